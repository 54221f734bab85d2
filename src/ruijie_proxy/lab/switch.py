"""A Ruijie switch that really checks: the authenticator of the virtual campus.

It does no input or output: frames and the time go in (:meth:`Switch.receive`,
:meth:`Switch.handle_timer`), frames and events come out (:meth:`Switch.frames_to_send`,
:meth:`Switch.events`). It guards one port, for one client at a time.

Whatever it does not like it writes down in :attr:`Switch.complaints`, and where a real switch would
refuse the client for it, it does so at the end of the login. Without complaints it is content.
"""

from __future__ import annotations

from random import Random

from ruijie_proxy.lab.checks import (
    Complaint,
    check_answer,
    check_block,
    check_password_property,
)
from ruijie_proxy.lab.events import Detail, Event, EventKind, FrameName
from ruijie_proxy.lab.journal import Journal
from ruijie_proxy.lab.login import Login, Pending
from ruijie_proxy.lab.options import Challenges, Dropping, Group, SwitchOptions
from ruijie_proxy.lab.port_session import LoginIdentity, PortSession, identity_response
from ruijie_proxy.lab.shapes import SwitchFrames
from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS, format_mac
from ruijie_proxy.protocol.heartbeat import Heartbeat
from ruijie_proxy.protocol.text import decode_text
from ruijie_proxy.protocol.v4_check import CHALLENGE_SIZE

SOURCE = "switch"
KICKED = "您已被强制下线"
TIMED_OUT = "心跳超时被强制下线"

_GROUPS = {PAE_GROUP_ADDRESS: Group.STANDARD, RUIJIE_GROUP_ADDRESS: Group.RUIJIE}
_IDENTIFIERS = 256


class Switch:
    """The simulated switch's one port."""

    def __init__(self, options: SwitchOptions, address: bytes) -> None:
        self.options = options
        self.address = address
        """The switch's own MAC address."""
        self.session: PortSession | None = None
        """Who is online; None while the port is closed."""
        self.logins = 0
        """How many logins ended in a Success."""
        self.starts = 0
        """How many Starts came in, whatever became of them."""
        self._random = Random(options.seed)  # noqa: S311 - to be the same in each run is the point
        self._forgiving = bool(options.inward or options.outward)
        self._make = SwitchFrames(options, address)
        self._journal = Journal(SOURCE)
        self._identifier = self._random.randrange(_IDENTIFIERS)
        self._login: Login | None = None
        self._successes_in_a_row = 0
        self._quiet_until: float | None = None
        self._invitation: int | None = None
        self._frames: list[bytes] = []

    @property
    def complaints(self) -> list[str]:
        """What is wrong with what came in so far."""
        return self._journal.complaints

    @property
    def content(self) -> bool:
        """Whether there is nothing to complain about."""
        return not self.complaints

    def frames_to_send(self) -> list[bytes]:
        """Return the Ethernet frames to be sent now, in order, and forget them."""
        frames, self._frames = self._frames, []
        return frames

    def events(self) -> list[Event]:
        """Return what happened since the last call."""
        return self._journal.take()

    def receive(self, frame: bytes, now: float) -> None:
        """Take a frame from the cable."""
        for _ in range(self.options.inward.copies(self._random)):
            self._receive(frame, now)

    def next_deadline(self) -> float | None:
        """Return when :meth:`handle_timer` has something to do, or None."""
        pending = self._login.pending if self._login else None
        deadlines = (
            pending.deadline if pending else None,
            self.session.next_deadline() if self.session else None,
        )
        return min((deadline for deadline in deadlines if deadline is not None), default=None)

    def handle_timer(self, now: float) -> None:
        """Do what is due: repeat a request, ask for the identity, close the port."""
        if self._login and self._login.pending and now >= self._login.pending.deadline:
            self._repeat_request(self._login, self._login.pending, now)
        if not self.session:
            return
        expired = self.session.expiry(now)
        if expired:
            self._journal.complain(expired, now)
            self._close(self.session, expired, TIMED_OUT, now)
        elif self.session.wants_probe(now):
            self._probe(self.session, now)

    def kick(self, now: float, message: str = KICKED) -> None:
        """Throw the client out, as a manager does."""
        if self.session:
            client = self.session.identity.client
            self._end_session("kicked", now)
            frame = self._make.failure(client, self._next_identifier(), message, online=True)
            self._send(FrameName.FAILURE, frame, now, message=message)

    def reauthenticate(self, now: float) -> None:
        """Demand a full login of the client that is online."""
        if self.session:
            client = LoginIdentity(self.session.identity.client)
            self._login = Login(client, reauthentication=True)
            self._ask_identity(self._login, now)

    def report(self, now: float) -> None:
        """Tell how things stand, in an event."""
        self._journal.tell(
            EventKind.REPORT,
            now,
            online=self.session is not None and self.session.final,
            complaints=list(self.complaints),
            starts=self.starts,
            logins=self.logins,
            heartbeats=self.session.heartbeats if self.session else 0,
        )

    # What comes in

    def _receive(self, data: bytes, now: float) -> None:
        try:
            frame = EapolFrame.parse(data)
            if self._is_from_owner(frame, now):
                self._dispatch(frame, data, now)
        except ProtocolError as error:
            self._journal.complain(f"a frame that cannot be read: {error}", now)

    def _is_from_owner(self, frame: EapolFrame, now: float) -> bool:
        if self.session:
            owner = self.session.identity.client
        elif self._login:
            owner = self._login.client
        else:
            return True
        if frame.source != owner:
            stranger = format_mac(frame.source)
            self._journal.complain(
                f"a frame of {stranger}, while the port is {format_mac(owner)}'s", now
            )
        return frame.source == owner

    def _dispatch(self, frame: EapolFrame, data: bytes, now: float) -> None:
        match frame.type:
            case EapolType.START:
                self._on_start(frame, now)
            case EapolType.LOGOFF:
                self._on_logoff(frame, now)
            case EapolType.RUIJIE_HEARTBEAT:
                self._on_heartbeat(frame, Heartbeat.parse(data), now)
            case EapolType.EAP_PACKET:
                packet, _ = EapPacket.parse(frame.body)
                self._on_eap(frame, packet, now)
            case other:
                self._journal.received(f"EAPOL type {other:#04x}", frame.source, now)

    def _on_start(self, frame: EapolFrame, now: float) -> None:
        self.starts += 1
        self._journal.received(FrameName.START, frame.source, now)
        group = _GROUPS.get(frame.destination)
        if group is None:
            self._complain_of_destination(FrameName.START, frame, now)
            return
        if self.options.accepted_starts not in (Group.BOTH, group):
            self._journal.ignored(f"a Start to the {group} group is not answered here", now)
            return
        if self._quiet_until is not None and now < self._quiet_until:
            self._journal.ignored("a Start in the quiet period", now)
            return
        if self._login is None or self._login.reauthentication:
            self._login = Login(LoginIdentity(frame.source))
        login = self._login
        login.starts += 1
        if login.starts > 1 and not self._forgiving:
            self._journal.complain(f"Start number {login.starts} of one login", now)
        _, complaints = check_block(self.options, frame, FrameName.START, None)
        self._take(complaints, login, now)
        self._ask_identity(login, now)

    def _on_logoff(self, frame: EapolFrame, now: float) -> None:
        self._journal.received(FrameName.LOGOFF, frame.source, now)
        if frame.destination != self.address:
            self._complain_of_destination(FrameName.LOGOFF, frame, now)
        _, complaints = check_block(self.options, frame, FrameName.LOGOFF, None)
        for complaint in complaints:
            self._journal.complain(complaint.text, now)
        self._login = None
        if self.session:
            self._end_session("logoff", now)

    def _on_heartbeat(self, frame: EapolFrame, heartbeat: Heartbeat, now: float) -> None:
        self._journal.received(FrameName.HEARTBEAT, frame.source, now)
        if frame.destination != self.address:
            self._complain_of_destination(FrameName.HEARTBEAT, frame, now)
            return
        if self.session is None:
            self._journal.complain("a heartbeat, while nobody is online", now)
            return
        verdict = self.session.heartbeat(heartbeat, now)
        for text in verdict.complaints:
            self._journal.complain(text, now)
        if verdict.forgiven:
            self._journal.ignored("a heartbeat that came twice", now)
        elif not verdict.complaints:
            self._journal.tell(
                EventKind.HEARTBEAT,
                now,
                number=heartbeat.number,
                key=heartbeat.key,
                count=self.session.heartbeats,
            )

    def _on_eap(self, frame: EapolFrame, packet: EapPacket, now: float) -> None:
        if packet.code != EapCode.RESPONSE:
            self._journal.complain(f"an EAP packet of code {packet.code} from a client", now)
            return
        if frame.destination not in (self.address, *_GROUPS):
            self._complain_of_destination("a Response", frame, now)
            return
        if self.session and self.session.is_probe_answer(packet):
            self._on_probe_answer(self.session, frame, now)
            return
        login = self._login
        pending = login.pending if login else None
        if login is None or pending is None or pending.identifier != packet.identifier:
            self._on_unexpected(packet, now)
        elif pending.name == FrameName.REQUEST_IDENTITY and packet.type == EapType.IDENTITY:
            self._on_identity(login, frame, packet, now)
        elif pending.name == FrameName.REQUEST_CHALLENGE and packet.type == EapType.MD5_CHALLENGE:
            self._on_answer(login, pending.challenge, frame, packet, now)
        else:
            self._journal.complain(f"a Response of type {packet.type} to a {pending.name}", now)

    def _on_unexpected(self, packet: EapPacket, now: float) -> None:
        if packet.identifier == self._invitation:
            self._journal.complain("the invitation after a Failure was answered", now)
        elif self._forgiving:
            self._journal.ignored("a Response to no request that is out", now)
        else:
            self._journal.complain(
                f"a Response to no request that is out (id {packet.identifier})", now
            )

    def _on_probe_answer(self, session: PortSession, frame: EapolFrame, now: float) -> None:
        self._journal.received(FrameName.RESPONSE_IDENTITY, frame.source, now)
        verdict = session.answer_probe(frame, now)
        for text in verdict.complaints:
            self._journal.complain(text, now)
        if not verdict.complaints:
            self._journal.tell(EventKind.PROBE_ANSWERED, now)

    def _on_identity(self, login: Login, frame: EapolFrame, packet: EapPacket, now: float) -> None:
        self._journal.received(FrameName.RESPONSE_IDENTITY, frame.source, now)
        _, complaints = check_block(self.options, frame, FrameName.RESPONSE_IDENTITY, None)
        self._take(complaints, login, now)
        username = decode_text(packet.data)
        login.identity = LoginIdentity(login.client, username, identity_response(frame))
        login.challenges = self._make_challenges()
        self._ask_challenge(login, now)

    def _on_answer(
        self, login: Login, challenge: bytes, frame: EapolFrame, packet: EapPacket, now: float
    ) -> None:
        name, username = FrameName.RESPONSE_CHALLENGE, login.identity.username
        self._journal.received(name, frame.source, now)
        self._take(check_answer(self.options, packet, username, challenge), login, now)
        block, complaints = check_block(self.options, frame, name, challenge)
        self._take(complaints, login, now)
        if block is not None:
            complaints = check_password_property(self.options, block, username, challenge)
            self._take(complaints, login, now)
        if login.refusal is not None:
            self._refuse(login.client, login.refusal, now)
        elif login.challenges:
            self._ask_challenge(login, now)
        else:
            self._succeed(login, now)

    def _take(self, complaints: list[Complaint], login: Login, now: float) -> None:
        for complaint in complaints:
            self._journal.complain(complaint.text, now)
            login.refusal = login.refusal or complaint.refusal

    def _complain_of_destination(self, name: str, frame: EapolFrame, now: float) -> None:
        self._journal.complain(f"{name} sent to {format_mac(frame.destination)}", now)

    # What goes out

    def _ask_identity(self, login: Login, now: float) -> None:
        identifier = self._next_identifier()
        frame = self._make.identity(login.client, identifier)
        self._ask(login, FrameName.REQUEST_IDENTITY, identifier, frame, b"", now)

    def _ask_challenge(self, login: Login, now: float) -> None:
        challenge = login.challenges.pop(0)
        is_second = self.options.challenges != Challenges.ONE and not login.challenges
        identifier = self._next_identifier()
        frame = self._make.challenge(login.client, identifier, challenge, longer=is_second)
        self._ask(login, FrameName.REQUEST_CHALLENGE, identifier, frame, challenge, now)

    def _ask(
        self,
        login: Login,
        name: FrameName,
        identifier: int,
        frame: bytes,
        challenge: bytes,
        now: float,
    ) -> None:
        deadline = now + self.options.step_timeout
        repeats = self.options.step_repeats
        login.pending = Pending(name, identifier, frame, deadline, repeats, challenge)
        self._send(name, frame, now)

    def _repeat_request(self, login: Login, pending: Pending, now: float) -> None:
        if pending.repeats_left:
            pending.repeats_left -= 1
            pending.deadline = now + self.options.step_timeout
            self._send(pending.name, pending.frame, now, again=True)
            return
        reason = f"no answer to the {pending.name}"
        self._journal.complain(reason, now)
        self._login = None
        if self.session and login.reauthentication:
            self._close(self.session, reason, TIMED_OUT, now)
        else:
            self._journal.tell(EventKind.OFFLINE, now, reason=reason)

    def _succeed(self, login: Login, now: float) -> None:
        options, identity = self.options, login.identity
        self._successes_in_a_row += 1
        final = login.reauthentication or self._successes_in_a_row >= options.successes
        shape = options.success if final else options.first_success or options.success
        key = options.keys[min(self.logins, len(options.keys) - 1)]
        frame = self._make.success(identity.client, self._identifier, shape, key)
        self._send(FrameName.SUCCESS, frame, now, final=final, message=options.message)
        self._login = None
        self.logins += 1
        if final:
            self._successes_in_a_row = 0
        self.session = PortSession(
            options, identity, key, now, final=final, forgiving=self._forgiving
        )
        client = format_mac(identity.client)
        self._journal.tell(EventKind.ONLINE, now, client=client, final=final, key=key)

    def _refuse(self, client: bytes, message: str, now: float) -> None:
        frame = self._make.failure(client, self._identifier, message)
        self._send(FrameName.FAILURE, frame, now, message=message)
        self._end_session(message, now)
        self._quiet_until = now + self.options.quiet_period
        if self.options.invite_after_failure:
            self._invitation = self._next_identifier()
            frame = self._make.identity(client, self._invitation)
            self._send(FrameName.REQUEST_IDENTITY, frame, now)

    def _probe(self, session: PortSession, now: float) -> None:
        identifier = self._next_identifier()
        session.probe_sent(identifier, now)
        frame = self._make.identity(session.identity.client, identifier, online=True)
        self._send(FrameName.REQUEST_IDENTITY, frame, now, probe=True)

    def _close(self, session: PortSession, reason: str, message: str, now: float) -> None:
        """Close the port, in the way that this switch does it."""
        self._end_session(reason, now)
        if self.options.dropping == Dropping.FAILURE:
            client = session.identity.client
            frame = self._make.failure(client, self._next_identifier(), message, online=True)
            self._send(FrameName.FAILURE, frame, now, message=message)

    def _end_session(self, reason: str, now: float) -> None:
        self.session = None
        self._login = None
        self._successes_in_a_row = 0
        self._journal.tell(EventKind.OFFLINE, now, reason=reason)

    def _send(self, name: FrameName, frame: bytes, now: float, **detail: Detail) -> None:
        self._frames += [frame] * self.options.outward.copies(self._random)
        self._journal.tell(EventKind.SENT, now, frame=name, **detail)

    def _next_identifier(self) -> int:
        self._identifier = (self._identifier + 1) % _IDENTIFIERS
        return self._identifier

    def _make_challenges(self) -> list[bytes]:
        first = self._random.randbytes(CHALLENGE_SIZE)
        match self.options.challenges:
            case Challenges.ONE:
                return [first]
            case Challenges.TWO_SAME:
                return [first, first]
            case Challenges.TWO_DIFFERENT:
                return [first, self._random.randbytes(CHALLENGE_SIZE)]
