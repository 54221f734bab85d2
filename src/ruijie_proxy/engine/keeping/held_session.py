"""A session that the switch lets through, as far as the router knows, whoever logged in.

It joins what a login ended in with the keeper that stays online by it, answers what a server asks
of anybody who is online, and writes down what a restarted program needs.
"""

from __future__ import annotations

from ruijie_proxy.engine.actions import ForgetSession, KeepSession, SendToServer
from ruijie_proxy.engine.events import SessionConfirmed, UdpHeartbeatWanted
from ruijie_proxy.engine.heartbeats import Authentication
from ruijie_proxy.engine.keeping.keeper import Keeper
from ruijie_proxy.engine.keeping.logoff import logoff_frame
from ruijie_proxy.engine.keeping.wanted import account_digest
from ruijie_proxy.engine.kept_session import KeptSession
from ruijie_proxy.messages import N_
from ruijie_proxy.protocol.heartbeat import UdpHeartbeat
from ruijie_proxy.rate_limit import RateLimit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.engine.actions import Action
    from ruijie_proxy.engine.outbox import Outbox
    from ruijie_proxy.engine.settings import SessionSettings
    from ruijie_proxy.protocol.results import Result

# How many at once, and then one in how many seconds: what a flood may bring about.
PROBE_BURST = 5
PROBE_INTERVAL = 1.0
"""Of identity probes and echoes answered; real ones come every 5 to 30 seconds."""
SUCCESS_BURST = 3
SUCCESS_INTERVAL = 10.0
"""Of Successes repeated while online that are heeded."""

REGULAR_QUESTIONS = 10
"""So many probes or echoes make a rhythm …"""
REGULAR_FOR = 60.0
"""… where they came over so many seconds, at least."""
SILENT_INTERVALS = 10
SHORTEST_SILENCE = 60.0
"""A switch with such a rhythm that asks nothing for so many intervals, and so many seconds, knows
the session no longer: it has restarted, most likely. Who is merely busy is not that late."""

HEARD_NOTHING = N_("the switch has heard nothing for longer than the interval")
"""Why a session cannot be alive after a pause."""
ANOTHER_ADDRESS = N_("the WAN port has another MAC address now")
"""Why one that was kept is not this router's any more."""


class Questions:
    """How often and how regularly the switch asks whether somebody is still there."""

    __slots__ = ("_count", "_first", "_last", "_longest", "limit")

    def __init__(self) -> None:
        self.limit = RateLimit(PROBE_BURST, PROBE_INTERVAL)
        """Of those that are answered."""
        self._first = 0.0
        self._last = 0.0
        self._count = 0
        self._longest = 0.0
        """Seconds from one question to the next, at most."""

    def note(self, now: float) -> None:
        """Take note of one that was answered."""
        silent_at = self.silent_at
        if self._count == 0 or (silent_at is not None and now >= silent_at):
            self._first, self._count, self._longest = now, 0, 0.0
        else:
            self._longest = max(self._longest, now - self._last)
        self._last = now
        self._count += 1

    @property
    def silent_at(self) -> float | None:
        """When the next question will be so late that none will come; None: no telling."""
        if self._count < REGULAR_QUESTIONS or self._last - self._first < REGULAR_FOR:
            return None
        return self._last + max(SHORTEST_SILENCE, SILENT_INTERVALS * self._longest)


class HeldSession:
    """One session online. Times are seconds on the engine's clock."""

    __slots__ = (
        "_outbox",
        "_questions",
        "_settings",
        "_successes",
        "accounting",
        "authentication",
        "client",
        "doubtful",
        "keeper",
        "message",
        "original_wan_address",
        "own",
        "private",
        "since",
        "udp_heartbeat",
    )

    def __init__(
        self,
        authentication: Authentication,
        settings: SessionSettings,
        outbox: Outbox,
        *,
        client: bytes,
        own: bool,
        since: float,
        message: str | None,
        accounting: str | None,
        private: bool | None = None,
    ) -> None:
        """Hold what a login ended in; the keeper does nothing yet: it wants to begin or go on."""
        self.authentication = authentication
        self.client = client
        """MAC address of who logged in."""
        self.own = own
        """Whether that was the router itself."""
        self.since = since
        self.message = message
        """The server's words at the last Success."""
        self.accounting = accounting
        self.private = private
        """Whether the client's Start had a private block; None where that is not known."""
        self.doubtful = False
        """Whether something has happened that may have ended it, and the switch gave no sign since.
        """
        self.original_wan_address: bytes | None = None
        """The WAN port's own MAC address, where it has taken the client's."""
        self._settings = settings
        self.keeper = Keeper(authentication, settings, self)
        self._outbox = outbox
        self._questions: Questions | None = None
        """None: the switch has asked none."""
        self._successes = RateLimit(SUCCESS_BURST, SUCCESS_INTERVAL)
        self.udp_heartbeat: UdpHeartbeat | None = None
        """The heartbeat by UDP that the campus wants as well, and that the router cannot send."""
        self.wants_by_udp(authentication.udp_heartbeat)

    @staticmethod
    def of_own_login(
        authentication: Authentication,
        message: str | None,
        accounting: str | None,
        settings: SessionSettings,
        outbox: Outbox,
        now: float,
    ) -> HeldSession:
        """Make it of what a login of the router's own has ended in, and the server's words."""
        return HeldSession(
            authentication,
            settings,
            outbox,
            client=authentication.address,
            own=True,
            since=now,
            message=message,
            accounting=accounting,
        )

    @staticmethod
    def from_kept(
        kept: KeptSession, settings: SessionSettings, outbox: Outbox, now: float
    ) -> HeldSession:
        """Make it of what was kept on disk; whether it can still be alive, the keeper tells."""
        authentication = Authentication(
            kept.server, kept.wan_address, kept.identity_response or None, None
        )
        held = HeldSession(
            authentication,
            settings,
            outbox,
            client=kept.client,
            own=kept.own,
            since=kept.since,
            message=kept.message,
            accounting=kept.accounting,
            private=kept.private,
        )
        held.doubtful = kept.doubtful
        if kept.udp_server is not None and kept.udp_port is not None:
            held.udp_heartbeat = UdpHeartbeat(kept.udp_server, kept.udp_port)
        held.original_wan_address = kept.original_wan_address
        held.keeper.go_on(kept, now)
        return held

    def has_address(self, address: bytes) -> bool:
        """Whether frames that go out with this MAC address, 6 bytes, are of this session."""
        return address == self.authentication.address

    def loses_address(self, had: bytes, address: bytes) -> bool:
        """Whether frames go out with another MAC address than before, not this session's."""
        return had != address and not self.has_address(address)

    def act(self, action: Action) -> None:
        """Ask for something to be done."""
        self._outbox.act(action)

    def save(self) -> None:
        """Write down what a restarted program needs to go on."""
        keeper, authentication, settings = self.keeper, self.authentication, self._settings
        point = keeper.resume_point
        kept = KeptSession(
            server=authentication.server,
            client=self.client,
            wan_address=authentication.address,
            original_wan_address=self.original_wan_address,
            identity_response=authentication.identity_response or b"",
            key=point.key,
            next_number=point.next_number,
            interval=keeper.granted_interval,
            observed_interval=keeper.observed_interval,
            source=point.source.value if point.source else None,
            last_heartbeat=keeper.progress.last,
            since=self.since,
            message=self.message,
            accounting=self.accounting,
            own=self.own,
            account=account_digest(settings.login) if self.own and settings.login else None,
            mac_mode=None if self.own else settings.mac.value,
            private=self.private,
            doubtful=self.doubtful,
            udp_server=self.udp_heartbeat.server if self.udp_heartbeat else None,
            udp_port=self.udp_heartbeat.port if self.udp_heartbeat else None,
            forbids_heartbeats=keeper.is_forbidden,
        )
        self._outbox.act(KeepSession(kept))

    def wants_by_udp(self, wanted: UdpHeartbeat | None) -> None:
        """Take note of a heartbeat by UDP that the server wants; it is told once a session."""
        if wanted is None or self.udp_heartbeat is not None:
            return
        self.udp_heartbeat = wanted
        self._outbox.report(UdpHeartbeatWanted(wanted.server, wanted.port, self.own))

    def answer_identity(self, identifier: int, now: float) -> bool:
        """Answer a Request/Identity; returns False when there is nothing to answer with.

        One of too many is taken for answered.
        """
        questions = self._questions = self._questions or Questions()
        if not questions.limit.allows(now):
            return True
        if not self.keeper.answer_identity(identifier, now):
            return False
        questions.note(now)
        self.gave_sign()
        return True

    def answer_echo(self, answer: bytes, now: float) -> None:
        """Send the answer to an echo of the server's, unless there are too many."""
        questions = self._questions = self._questions or Questions()
        if questions.limit.allows(now):
            self.keeper.answer_echo(answer, now)
            questions.note(now)
            self.gave_sign()

    def told_success(
        self, result: Result, *, proven: bool, now: float, account: str | None = None
    ) -> bool:
        """Take note of a Success that comes while online, unless there are too many.

        ``proven`` tells whether a proof was given since the last one, ``account`` what its
        challenge told. Returns whether it was heeded.
        """
        if not self._successes.allows(now):
            return False
        self.gave_sign()
        if proven:
            self.reauthenticated(result, now, account)
        else:
            forbidden = result.forbids_heartbeats
            self.keeper.told_success(result.grant, now, forbidden=forbidden)
        return True

    def reauthenticated(self, result: Result, now: float, account: str | None = None) -> None:
        """Take note of a Success for which a proof was given anew.

        ``account`` is what the challenge told of it, where the Success tells nothing.
        """
        self.message = result.message
        self.accounting = result.accounting or account
        self.gave_sign()
        self.wants_by_udp(result.udp_heartbeat)
        self.keeper.reauthenticated(result.grant, now, forbidden=result.forbids_heartbeats)

    def doubt(self) -> None:
        """Take note that something has happened that may have ended it."""
        if not self.doubtful:
            self.doubtful = True
            self.save()

    def gave_sign(self) -> None:
        """Take note that the switch has said something that it says to who is online."""
        if self.doubtful:
            self.doubtful = False
            self.save()
            self._outbox.report(SessionConfirmed())

    @property
    def silent_at(self) -> float | None:
        """When a switch that asked regularly until now will have been silent for too long."""
        if self.doubtful or self._questions is None:
            return None
        return self._questions.silent_at

    def log_off(self, frame: bytes | None = None) -> None:
        """Say goodbye to the server, with a frame of the caller's or the usual one."""
        self._outbox.act(SendToServer(frame or logoff_frame(self.authentication)))
        self.forget()

    def forget(self) -> None:
        """Remove what was written down: the session has ended."""
        self._outbox.act(ForgetSession())
