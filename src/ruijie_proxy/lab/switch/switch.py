"""A Ruijie switch that really checks: the authenticator of the virtual campus.

It does no input or output: frames and the time go in (:meth:`Switch.receive`,
:meth:`Switch.handle_timer`), frames and events come out (:meth:`Switch.frames_to_send`,
:meth:`Switch.events`). It guards one port, for one client at a time.

Whatever it does not like it writes down in :attr:`Switch.complaints`, and where a real switch would
refuse the client for it, it does so at the end of the login. Without complaints it is content.
"""

from __future__ import annotations

from random import Random

from ruijie_proxy.i18n import _
from ruijie_proxy.lab.events import Event, EventKind, FrameName
from ruijie_proxy.lab.journal import Journal
from ruijie_proxy.lab.options import Dialect, Dropping, Group, SwitchOptions
from ruijie_proxy.lab.switch.checks import (
    Complaint,
    check_clear_password,
    check_nak,
    check_notification_answer,
)
from ruijie_proxy.lab.switch.destinations import right_destinations
from ruijie_proxy.lab.switch.dialect_checks import checks_of
from ruijie_proxy.lab.switch.login import Login, Pending, steps_after_identity
from ruijie_proxy.lab.switch.port_session import LoginIdentity, PortSession, identity_response
from ruijie_proxy.lab.switch.quiet_period import QuietPeriod
from ruijie_proxy.lab.switch.radius_client import Outcome, RadiusClient
from ruijie_proxy.lab.switch.voice import Voice
from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS, format_mac
from ruijie_proxy.protocol.heartbeat import Heartbeat

SOURCE = "switch"
KICKED = "您已被强制下线"
TIMED_OUT = "心跳超时被强制下线"

_GROUPS = {PAE_GROUP_ADDRESS: Group.STANDARD, RUIJIE_GROUP_ADDRESS: Group.RUIJIE}


class Switch:
    """The simulated switch's one port."""

    def __init__(
        self, options: SwitchOptions, address: bytes, radius: RadiusClient | None = None
    ) -> None:
        """Begin with the port closed; without ``radius`` each login is decided at once."""
        self.options = options
        self.address = address
        """The switch's own MAC address."""
        self.session: PortSession | None = None
        """Who is online; None while the port is closed."""
        self.logins = 0
        """How many logins ended in a Success."""
        self.starts = 0
        """How many Starts came in, whatever became of them."""
        self.tries: list[float] = []
        """When each try to log in began: every Start to a group that this switch listens to, one
        that is not answered (:attr:`SwitchOptions.answers`, the quiet period) included."""
        self.refused = 0
        """How many logins ended in a Failure."""
        self.fruitless: list[float] = []
        """When each login began that was answered and did not end in a Success: what a campus
        counts against a user."""
        self.succeeded: list[float] = []
        """When each login of a client's own ended in a Success."""
        self._random = Random(options.seed)  # noqa: S311 - to be the same in each run is the point
        self._forgiving = bool(options.inward or options.outward)
        self._checks = checks_of(options)
        self._journal = Journal(SOURCE)
        self._voice = Voice(options, address, self._journal, self._random)
        self._radius = radius
        self._login: Login | None = None
        self._successes_in_a_row = 0
        self._refusals = list(options.refusals)
        self._quiet: QuietPeriod | None = None

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
        frames, self._voice.frames = self._voice.frames, []
        return frames

    def events(self) -> list[Event]:
        """Return what happened since the last call."""
        return self._journal.take()

    def receive(self, frame: bytes, now: float) -> None:
        """Take a frame from the cable."""
        for _copy in range(self.options.inward.copies(self._random)):
            self._receive(frame, now)

    def next_deadline(self) -> float | None:
        """Return when :meth:`handle_timer` has something to do, or None."""
        pending = self._login.pending if self._login else None
        deadlines = (
            pending.deadline if pending else None,
            self._radius.next_deadline() if self._radius else None,
            self.session.next_deadline() if self.session else None,
            self._quiet.next_deadline() if self._quiet else None,
        )
        return min((deadline for deadline in deadlines if deadline is not None), default=None)

    def handle_timer(self, now: float) -> None:
        """Do what is due: repeat a request, invite, ask for a sign of life, close the port."""
        if self._login and self._login.pending and now >= self._login.pending.deadline:
            self._repeat_request(self._login, self._login.pending, now)
        outcome = self._radius.handle_timer(now) if self._radius else None
        if self._login and outcome:
            self._hear_server(outcome, self._login, now)
        if self._quiet and self._quiet.wants_invitation(now):
            invitation = self._voice.invite(self._quiet.client, now)
            self._quiet.invited(invitation, now)
        if not self.session:
            return
        expired = self.session.expiry(now)
        if expired:
            self._journal.complain(expired, now)
            self._close(self.session, expired, TIMED_OUT, now)
            return
        if self.session.wants_probe(now):
            client = self.session.identity.client
            self.session.probe_sent(self._voice.probe(client, now), now)
        if self.session.wants_echo(now):
            self._echo(self.session, now)
        if self.session.wants_reauthentication(now):
            self.session.reauthentication_begun()
            # The client's own login, if there is one under way, is as good.
            if self._login is None:
                self.reauthenticate(now)

    def kick(self, now: float, message: str = KICKED) -> None:
        """Throw the client out, as a manager does."""
        if self.session:
            client = self.session.identity.client
            self._end_session(_("kicked"), now)
            self._voice.fail(client, message, now, online=True)

    def reauthenticate(self, now: float) -> None:
        """Demand a full login of the client that is online."""
        if self.session:
            client = LoginIdentity(self.session.identity.client)
            self._login = Login(client, now, reauthentication=True)
            self._voice.ask_identity(self._login, now)

    def report(self, now: float) -> None:
        """Tell how things stand, in an event."""
        self._journal.tell(
            EventKind.REPORT,
            now,
            online=self.session is not None and self.session.final,
            complaints=list(self.complaints),
            starts=self.starts,
            tries=len(self.tries),
            logins=self.logins,
            refused=self.refused,
            heartbeats=self.session.heartbeats if self.session else 0,
        )

    # What comes in

    def _receive(self, data: bytes, now: float) -> None:
        try:
            frame = EapolFrame.parse(data)
            if self._is_from_owner(frame, now):
                self._dispatch(frame, data, now)
        except ProtocolError as error:
            self._journal.complain(
                _("a frame that cannot be read: {reason}", reason=_(error.message, **error.values)),
                now,
            )

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
                _(
                    "a frame of {stranger}, while the port is {owner}'s",
                    stranger=stranger,
                    owner=format_mac(owner),
                ),
                now,
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
            case EapolType.CERNET_ECHO_ANSWER if self.options.dialect == Dialect.CERNET:
                self._on_echo_answer(frame, now)
            case EapolType.EAP_PACKET:
                packet, _ = EapPacket.parse(frame.body)
                self._on_eap(frame, packet, now)
            case other:
                self._journal.received(f"EAPOL type {other:#04x}", frame.source, now)

    def _on_start(self, frame: EapolFrame, now: float) -> None:
        self.starts += 1
        self._journal.received(FrameName.START, frame.source, now)
        if not self._is_addressed_well(FrameName.START, frame, now):
            return
        group = _GROUPS[frame.destination]
        if self.options.accepted_starts not in (Group.BOTH, group):
            self._journal.ignored(f"a Start to the {group} group is not answered here", now)
            return
        self.tries.append(now)
        if not self.options.answers:
            self._journal.ignored("a Start to a switch that answers nothing", now)
            return
        if self._quiet and self._quiet.holds(now):
            self._journal.ignored("a Start in the quiet period", now)
            return
        self._quiet = None
        if self._login is not None and self._radius and self._radius.next_deadline() is not None:
            # A Start aborts the login that waits for the server (IEEE 802.1X: ABORTING).
            self._radius.forget()
            self.fruitless.append(self._login.began)
            self._login = None
        if self._login is None or self._login.reauthentication:
            self._login = Login(LoginIdentity(frame.source), now)
        login = self._login
        login.starts += 1
        # It begins anew, whoever started it before: what was wrong with that Start is forgotten.
        login.refusal = None
        if login.starts > 1 and not self._forgiving:
            self._journal.complain(_("Start number {count} of one login", count=login.starts), now)
        self._take(self._checks.bare(frame, FrameName.START), login, now)
        self._voice.ask_identity(login, now)

    def _on_logoff(self, frame: EapolFrame, now: float) -> None:
        self._journal.received(FrameName.LOGOFF, frame.source, now)
        self._is_addressed_well(FrameName.LOGOFF, frame, now)
        self._note(self._checks.bare(frame, FrameName.LOGOFF), now)
        self._login = None
        if self.session:
            self._end_session("logoff", now)

    def _on_heartbeat(self, frame: EapolFrame, heartbeat: Heartbeat, now: float) -> None:
        self._journal.received(FrameName.HEARTBEAT, frame.source, now)
        if not self._is_addressed_well(FrameName.HEARTBEAT, frame, now):
            return
        if self.session is None:
            self._journal.complain(_("a heartbeat, while nobody is online"), now)
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
            self._journal.complain(
                _("an EAP packet of code {code} from a client", code=packet.code), now
            )
            return
        if not self._is_addressed_well(_("a Response"), frame, now):
            return
        if self.session and self.session.is_probe_answer(packet):
            self._on_probe_answer(self.session, frame, now)
            return
        notice = self._voice.take_notice(packet.identifier)
        if notice is not None:
            self._on_notice_answer(notice, frame, packet, now)
            return
        login = self._login
        pending = login.pending if login else None
        if login is None or pending is None or pending.identifier != packet.identifier:
            self._on_unexpected(packet, now)
            return
        match pending.step.name, packet.type:
            case FrameName.REQUEST_IDENTITY, EapType.IDENTITY:
                self._on_identity(login, frame, packet, now)
            case FrameName.REQUEST_NOTIFICATION, EapType.NOTIFICATION:
                self._on_notification_answer(frame, packet, now)
                self._voice.ask_next(login, now)
            case FrameName.REQUEST_OTHER, EapType.NAK:
                self._on_nak(login, frame, packet, now)
            case FrameName.REQUEST_OTHER, EapType.CLEAR_PASSWORD if self._asks_in_clear:
                self._on_clear_password(login, frame, packet, now)
            case FrameName.REQUEST_CHALLENGE, EapType.MD5_CHALLENGE:
                self._on_answer(login, pending.step.challenge, frame, packet, now)
            case name, method:
                self._journal.complain(
                    _("a Response of type {method} to a {name}", method=method, name=name), now
                )

    def _on_unexpected(self, packet: EapPacket, now: float) -> None:
        if self._quiet and self._quiet.is_answer_to_invitation(packet.identifier):
            self._journal.complain(_("the invitation after a Failure was answered"), now)
        elif self._forgiving:
            self._journal.ignored("a Response to no request that is out", now)
        else:
            self._journal.complain(
                _(
                    "a Response to no request that is out (id {number})",
                    number=packet.identifier,
                ),
                now,
            )

    def _on_notice_answer(
        self, notice: FrameName, frame: EapolFrame, packet: EapPacket, now: float
    ) -> None:
        if notice != FrameName.REQUEST_NOTIFICATION:
            self._journal.ignored(f"the answer to a {notice} that told a reason", now)
        elif packet.type == EapType.NOTIFICATION:
            self._on_notification_answer(frame, packet, now)
        else:
            self._journal.complain(
                _("a Response of type {method} to a {name}", method=packet.type, name=notice), now
            )

    def _on_notification_answer(self, frame: EapolFrame, packet: EapPacket, now: float) -> None:
        name = FrameName.RESPONSE_NOTIFICATION
        self._journal.received(name, frame.source, now)
        self._note(check_notification_answer(packet) + self._checks.reply(frame, name), now)

    def _on_nak(self, login: Login, frame: EapolFrame, packet: EapPacket, now: float) -> None:
        name = FrameName.RESPONSE_NAK
        self._journal.received(name, frame.source, now)
        self._take(check_nak(packet) + self._checks.reply(frame, name), login, now)
        self._voice.ask_next(login, now)

    def _on_probe_answer(self, session: PortSession, frame: EapolFrame, now: float) -> None:
        self._journal.received(FrameName.RESPONSE_IDENTITY, frame.source, now)
        verdict = session.answer_probe(frame, now)
        for text in verdict.complaints:
            self._journal.complain(text, now)
        if not verdict.complaints:
            self._journal.tell(EventKind.PROBE_ANSWERED, now)

    def _on_echo_answer(self, frame: EapolFrame, now: float) -> None:
        name = FrameName.ECHO_ANSWER
        self._journal.received(name, frame.source, now)
        if not self._is_addressed_well(name, frame, now):
            return
        complaints = self._checks.bare(frame, name)
        self._note(complaints, now)
        if self.session is None:
            self._journal.complain(_("an echo's answer, while nobody is online"), now)
            return
        if complaints:
            return
        verdict = self.session.answer_echo(now)
        for text in verdict.complaints:
            self._journal.complain(text, now)
        if verdict.forgiven:
            self._journal.ignored("an echo's answer that came twice", now)
        elif not verdict.complaints:
            self._journal.tell(EventKind.ECHO_ANSWERED, now)

    def _on_identity(self, login: Login, frame: EapolFrame, packet: EapPacket, now: float) -> None:
        self._journal.received(FrameName.RESPONSE_IDENTITY, frame.source, now)
        username, complaints = self._checks.identity(frame, packet)
        self._take(complaints, login, now)
        if self.options.stops_after_identity:
            self.fruitless.append(login.began)
            self._login = None
            return
        login.identity = LoginIdentity(login.client, username, identity_response(frame))
        login.steps = steps_after_identity(self.options, self._random)
        self._voice.ask_next(login, now)

    def _on_answer(
        self, login: Login, challenge: bytes, frame: EapolFrame, packet: EapPacket, now: float
    ) -> None:
        self._journal.received(FrameName.RESPONSE_CHALLENGE, frame.source, now)
        username = login.identity.username
        self._take(self._checks.answer(frame, packet, username, challenge), login, now)
        # Bare, the second request tells what has become of the answer to the first.
        is_refused_early = self.options.is_bare and self._will_refuse
        if login.refusal is None and login.steps and not is_refused_early:
            self._voice.ask_next(login, now)
        else:
            self._decide(login, now)

    @property
    def _asks_in_clear(self) -> bool:
        return self.options.offers_first == EapType.CLEAR_PASSWORD

    def _on_clear_password(
        self, login: Login, frame: EapolFrame, packet: EapPacket, now: float
    ) -> None:
        name = FrameName.RESPONSE_CLEAR_PASSWORD
        self._journal.received(name, frame.source, now)
        username = login.identity.username
        complaints = check_clear_password(self.options, packet, username)
        self._take(complaints + self._checks.reply(frame, name), login, now)
        self._decide(login, now)

    def _decide(self, login: Login, now: float) -> None:
        if self._radius is None:
            self._pronounce(login, now)
            return
        login.pending = None
        self._radius.ask(now)

    def _hear_server(self, outcome: Outcome, login: Login, now: float) -> None:
        if outcome is Outcome.ANSWERED:
            self._pronounce(login, now)
        else:
            self._give_up(login, _("no answer of the RADIUS server"), now)

    def _pronounce(self, login: Login, now: float) -> None:
        refusal = self._scripted_refusal() or login.refusal
        if refusal is not None:
            self._refuse(login, refusal, now)
        else:
            self._succeed(login, now)

    @property
    def _will_refuse(self) -> bool:
        return bool(self._refusals) or self.options.refuse_always is not None

    def _scripted_refusal(self) -> str | None:
        return self._refusals.pop(0) if self._refusals else self.options.refuse_always

    def _take(self, complaints: list[Complaint], login: Login, now: float) -> None:
        self._note(complaints, now)
        for complaint in complaints:
            login.refusal = login.refusal or complaint.refusal

    def _note(self, complaints: list[Complaint], now: float) -> None:
        for complaint in complaints:
            self._journal.complain(complaint.text, now)

    def _is_addressed_well(self, name: str, frame: EapolFrame, now: float) -> bool:
        """Whether a frame is sent to where it belongs; complain if not."""
        if frame.destination in right_destinations(self.options, frame.type, self.address):
            return True
        mac = format_mac(frame.destination)
        self._journal.complain(_("{name} sent to {mac}", name=name, mac=mac), now)
        return False

    # What becomes of it

    def _repeat_request(self, login: Login, pending: Pending, now: float) -> None:
        if pending.repeats_left:
            self._voice.repeat(pending, now)
            return
        reason = _("no answer to the {name}", name=pending.step.name)
        self._journal.complain(reason, now)
        self._give_up(login, reason, now)

    def _give_up(self, login: Login, reason: str, now: float) -> None:
        """Let a login be over without a word to the client."""
        self.fruitless.append(login.began)
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
        self._voice.succeed(identity.client, shape, key, now, final=final)
        self._login = None
        self.logins += 1
        if not login.reauthentication:
            self.succeeded.append(now)
        if final:
            self._successes_in_a_row = 0
        self.session = PortSession(
            options, identity, key, now, final=final, forgiving=self._forgiving
        )
        client = format_mac(identity.client)
        self._journal.tell(EventKind.ONLINE, now, client=client, final=final, key=key)

    def _refuse(self, login: Login, message: str, now: float) -> None:
        self._voice.fail(login.client, message, now)
        self.refused += 1
        self.fruitless.append(login.began)
        self._end_session(message, now)
        self._quiet = QuietPeriod(self.options, login.client, now)

    def _echo(self, session: PortSession, now: float) -> None:
        for text in session.echo_sent(now).complaints:
            self._journal.complain(text, now)
        self._voice.echo(session.identity.client, now)

    def _close(self, session: PortSession, reason: str, message: str, now: float) -> None:
        """Close the port, in the way that this switch does it."""
        self._end_session(reason, now)
        if self.options.dropping == Dropping.FAILURE:
            self._voice.fail(session.identity.client, message, now, online=True)

    def _end_session(self, reason: str, now: float) -> None:
        self.session = None
        self._login = None
        self._successes_in_a_row = 0
        self._journal.tell(EventKind.OFFLINE, now, reason=reason)
