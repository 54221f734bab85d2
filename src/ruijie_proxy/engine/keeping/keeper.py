"""The keeper: staying online once the server has said Success.

It takes what a login ended in, whoever got it, or a session that was kept on disk, and from then on
sends the heartbeats and answers the identity probes (docs/protocol.md, "Heartbeats" and "Identity
probes").

Where a genuine client is still there, the keeper first learns. The client's own heartbeats pass on
to the server until key and number are certain: at the first one when it agrees with the grant, else
at the second one when that goes on from the first. If the client falls silent before, the keeper
goes on from what it knows: the client's last heartbeat, or else the grant. A heartbeat with a wrong
key is answered by nothing and costs the session minutes later, which is why it does not guess.

Where the user or the server wants no heartbeats, the keeper sends none and learns none. The
client's own still pass for as long as it is there: it knows its campus.
"""

from __future__ import annotations

from ruijie_proxy.engine.actions import Report, SendToServer
from ruijie_proxy.engine.events import (
    EchoAnswered,
    HeartbeatMismatch,
    HeartbeatSent,
    NoHeartbeats,
    NothingGranted,
    OnlyProbes,
    ProbeAnswered,
    TookOver,
)
from ruijie_proxy.engine.heartbeats import HeartbeatProgress, Off, ResumePoint, Source
from ruijie_proxy.protocol.eap import IDENTIFIER_OFFSET
from ruijie_proxy.protocol.eapol import BODY_OFFSET
from ruijie_proxy.protocol.heartbeat import Heartbeat, number_after, number_before
from ruijie_proxy.protocol.results import Grant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from ruijie_proxy.engine.actions import Action
    from ruijie_proxy.engine.heartbeats import Authentication
    from ruijie_proxy.engine.kept_session import KeptSession
    from ruijie_proxy.engine.settings import SessionSettings

    class Kept(Protocol):
        """The session that is kept alive."""

        def act(self, action: Action) -> None:
            """Ask for something to be done."""

        def save(self) -> None:
            """Write down what a restarted program must know of."""


SLOWEST_INTERVAL = 30.0
"""Seconds. Grants say up to 300, and campuses were seen to drop who was slower than this."""
FASTEST_INTERVAL = 1.0
"""Seconds. A grant of less is not believed: it would make the router flood the switch."""
_MARGIN = 0.9
"""Part of the granted interval after which the heartbeat goes out, so that it is never late."""
TAKEOVER_WAIT = 0.8
"""Seconds in which the client may send its first heartbeat; the server wants one within one."""
CLOSEST_HEARTBEATS = 0.8
"""Seconds from one heartbeat to the next at least, also when a Success asks for one at once: just
near enough for the server that wants one within a second of it."""
TEACHER_WAIT = 10.0
"""Seconds to wait for the client's heartbeat without a grant before saying that none came."""
PLAUSIBLE_RHYTHM = 5.0
"""Seconds between two heartbeats of the client, at least, that are taken for its rhythm; campuses
are known that want one every 15."""
PROBE_HOLD = 300.0
"""Seconds after which a server drops who has answered no probe."""
PLAUSIBLE_GRANT = 3600
"""Seconds. What is granted beyond this is taken as this when deciding whether a session can still
be alive."""
PATIENCE_OF_SERVERS = 3
"""Intervals without a heartbeat after which no server still thinks the session alive. A router that
is merely busy is not that late: it was asleep."""

_IDENTIFIER_AT = BODY_OFFSET + IDENTIFIER_OFFSET


class Keeper:
    """Keeps one session alive. Times are seconds on the clock that the caller's ``now`` is of."""

    __slots__ = (
        "_authentication",
        "_client_may_teach",
        "_due",
        "_grant_key",
        "_granted_interval",
        "_key",
        "_last",
        "_next_number",
        "_observed",
        "_observed_at",
        "_observed_interval",
        "_proven_at",
        "_relearns_until",
        "_sent",
        "_session",
        "_settings",
        "_source",
        "is_forbidden",
    )

    def __init__(
        self, authentication: Authentication, settings: SessionSettings, session: Kept
    ) -> None:
        """Make a keeper that does nothing yet; :meth:`begin` or :meth:`go_on` comes next.

        The session is saved before each step that a restarted program must know of.
        """
        self._authentication = authentication
        self._settings = settings
        self._session = session
        self._granted_interval: int | None = None
        self._observed_interval: float | None = None
        """Seconds from one heartbeat of the client to its next, where no grant tells more."""
        self._grant_key: int | None = None
        self._key: int | None = None
        self._next_number: int | None = None
        self._observed: Heartbeat | None = None
        self._observed_at: float | None = None
        """When the client's last heartbeat came."""
        self._source: Source | None = None
        self._sent = 0
        self._last: float | None = None
        self._proven_at = 0.0
        """When the server last had a reason to think the session alive."""
        self._due: float | None = None
        """When to send, or while learning when to stop waiting for the client."""
        self._client_may_teach = False
        """Whether a client was there when this began."""
        self._relearns_until: float | None = None
        """Until when the client may teach another key, though the router sends already."""
        self.is_forbidden = authentication.forbids_heartbeats
        """Whether the server has said that no heartbeats shall be sent."""

    @property
    def off(self) -> Off | None:
        """Why no heartbeats are sent; None: they are, once it is known how."""
        if not self._settings.heartbeats:
            return Off.CONFIGURED
        return Off.SERVER if self.is_forbidden else None

    def begin(self, client_may_teach: bool, now: float, *, is_bare: bool = False) -> None:
        """Begin right after a Success. Where no client may teach, a grant is used at once."""
        self._proven_at = now
        self._client_may_teach = client_may_teach
        grant = self._authentication.grant
        off = self.off or (Off.SHAPE if is_bare and grant is None else None)
        if off is not None:
            self._session.act(Report(NoHeartbeats(off, client_may_teach)))
        elif grant is None and not client_may_teach:
            self._session.act(Report(OnlyProbes(client_may_teach)))
        elif grant is None:
            self._session.act(Report(NothingGranted()))
            self._due = now + TEACHER_WAIT
        else:
            self._granted_interval, self._grant_key = grant.interval, grant.key
            self._due = now + (TAKEOVER_WAIT if client_may_teach else 0.0)

    def go_on(self, kept: KeptSession, now: float) -> None:
        """Go on from a session that was kept: with the next number, when that falls due."""
        last = self._last = kept.last_heartbeat
        self._proven_at = kept.since if last is None else last
        self.is_forbidden = kept.forbids_heartbeats
        source = None if kept.source is None else Source(kept.source)
        if self.off is not None:  # there may have been some, before the settings changed
            self._source = source if source is Source.PROBE else None
            return
        self._source = source
        self._granted_interval = kept.interval
        self._observed_interval = kept.observed_interval
        self._key, self._next_number = kept.key, kept.next_number
        if kept.key is not None:
            self._due = now if last is None else max(now, last + self.interval)

    @property
    def interval(self) -> float:
        """Seconds between heartbeats: as set, or the grant's less a margin, within bounds.

        Without a grant, the client knows best how often this campus wants one.
        """
        if self._settings.heartbeat_interval is not None:
            return self._settings.heartbeat_interval
        told = self._told_interval or SLOWEST_INTERVAL
        return max(FASTEST_INTERVAL, min(told, SLOWEST_INTERVAL) * _MARGIN)

    @property
    def _told_interval(self) -> float | None:
        return self._granted_interval or self._observed_interval

    @property
    def granted_interval(self) -> int | None:
        """Seconds between heartbeats as the server granted them."""
        return self._granted_interval

    @property
    def observed_interval(self) -> float | None:
        """Seconds between the client's own heartbeats, as far as they were seen."""
        return self._observed_interval

    @property
    def has_taken_over(self) -> bool:
        """Whether the router, and no longer the client, sends the heartbeats."""
        return self._key is not None

    @property
    def wants_to_hear(self) -> bool:
        """Whether there is something to learn from the client's heartbeats."""
        return not self.has_taken_over or self._relearns_until is not None

    @property
    def progress(self) -> HeartbeatProgress:
        """How far the heartbeats are."""
        number = None if self._observed is None else self._observed.number
        if self._next_number is not None:
            number = number_before(self._next_number)
        return HeartbeatProgress(
            self._source, number, self.interval, self._sent, self._last, self.off
        )

    @property
    def resume_point(self) -> ResumePoint:
        """What a restarted program would go on with, also while the client is still the teacher."""
        if self.has_taken_over:
            return ResumePoint(self._key, self._next_number, self._source)
        if self._observed is not None:
            number = number_after(self._observed.number)
            return ResumePoint(self._observed.key, number, Source.CLIENT)
        if self._grant_key is not None:
            return ResumePoint(self._grant_key, self._first_number, Source.SERVER)
        return ResumePoint(None, None, self._source)

    @property
    def _first_number(self) -> int:
        number = self._settings.heartbeat_number
        return self._authentication.first_number if number is None else number

    @property
    def next_deadline(self) -> float | None:
        """When :meth:`handle_timer` wants to be called, or None."""
        return self._due

    def may_still_hold(self, now: float) -> bool:
        """Whether the server can still think the session alive, as far as one can know."""
        # A time that is still to come is from before the machine was started anew.
        silence = now - self._proven_at
        if self._key is None and self._source is Source.PROBE:
            return 0 <= silence <= PROBE_HOLD
        if self.off is not None:
            return silence >= 0  # the server waits for nothing
        return 0 <= silence <= self._expected_within

    def has_overslept(self, now: float) -> bool:
        """Whether a heartbeat is due so late that the server cannot think the session alive."""
        if self._due is None or not (self.has_taken_over or self._knows_a_key):
            return False
        # Not by when the server last spoke: what it said may have waited here as long.
        silence = now - self._due + self.interval
        return silence > PATIENCE_OF_SERVERS * self._expected_within

    @property
    def _expected_within(self) -> float:
        told = min(self._told_interval or 0, PLAUSIBLE_GRANT)
        return max(told, self.interval)

    def client_heartbeat(self, heartbeat: Heartbeat | None, now: float) -> bool:
        """Take note of a heartbeat of the client; None for one that cannot be read.

        Returns whether it shall pass on to the server.
        """
        if self.off is not None:
            return True
        if self.has_taken_over and not self._teaches_another_key(heartbeat):
            return False
        if heartbeat is None:
            return True
        previous, self._observed = self._observed, heartbeat
        follows = previous is not None and heartbeat == Heartbeat(
            previous.key, number_after(previous.number)
        )
        if follows and self._observed_at is not None:
            pause = now - self._observed_at
            # Told Success again, a client sends one out of turn; that is not its rhythm.
            self._observed_interval = pause if pause >= PLAUSIBLE_RHYTHM else None
        self._observed_at = now
        self._proven_at = self._last = now
        self._due = now + self.interval
        if heartbeat.key == self._grant_key:
            self._take_over(Source.SERVER, heartbeat.key, number_after(heartbeat.number))
        elif follows or self.has_taken_over:
            self._take_over(Source.CLIENT, heartbeat.key, number_after(heartbeat.number))
        elif self._grant_key is not None:
            self._session.act(Report(HeartbeatMismatch()))
        self._session.save()
        return True

    def _teaches_another_key(self, heartbeat: Heartbeat | None) -> bool:
        return (
            self._relearns_until is not None
            and heartbeat is not None
            and heartbeat.key != self._key
        )

    def client_left(self, now: float) -> None:
        """Take note that the client goes: there is nothing more to learn from it."""
        if self.has_taken_over or not self._knows_a_key:
            return
        if self._observed is None:
            self._due = now
        self._use_what_is_known()
        self._session.save()
        self.handle_timer(now)

    def told_success(self, grant: Grant | None, now: float, *, forbidden: bool = False) -> None:
        """Take note of a Success while online: a heartbeat goes out at once, as a client's does.

        Not close behind the last one, though, however often the Success is repeated. One that
        forbids heartbeats ends them, until another one grants them.
        """
        self._proven_at = now
        if forbidden or grant is not None:
            self._be_forbidden(forbidden)
        if self.off is not None:
            self._session.save()
            return
        if grant is not None:
            self._take_grant(grant, now)
        if self.has_taken_over and self._relearns_until is None:
            soonest = now if self._last is None else max(now, self._last + CLOSEST_HEARTBEATS)
            self._due = soonest if self._due is None else min(self._due, soonest)
        self._session.save()
        self.handle_timer(now)

    def _be_forbidden(self, forbidden: bool) -> None:
        was_forbidden, self.is_forbidden = self.is_forbidden, forbidden
        if self.off is Off.SERVER and not was_forbidden:
            self._key = self._next_number = self._grant_key = None
            self._observed = self._observed_at = self._due = self._relearns_until = None
            self._granted_interval = self._observed_interval = self._source = None
            self._session.act(Report(NoHeartbeats(Off.SERVER, self._client_may_teach)))

    def reauthenticated(self, grant: Grant | None, now: float, *, forbidden: bool = False) -> None:
        """Take note of a Success for which the client has proven itself anew.

        A grant that nobody can parse may hold another key now. Who had to learn the last one from
        the client listens to it again for a moment, and else goes on with what is known.
        """
        has_learned = self.has_taken_over and self._source is Source.CLIENT
        if grant is None and not forbidden and has_learned:
            self._proven_at = now
            self._due = self._relearns_until = now + TAKEOVER_WAIT
            self._session.save()
        else:
            self.told_success(grant, now, forbidden=forbidden)

    def _take_grant(self, grant: Grant, now: float) -> None:
        self._granted_interval = grant.interval
        if grant.key == self._grant_key:
            return  # the same again; where the client's heartbeats belied it, they still do
        self._grant_key = grant.key
        self._observed = None
        if self.has_taken_over:
            self._key, self._source = grant.key, Source.SERVER
        else:
            self._due = now + TAKEOVER_WAIT

    def answer_identity(self, identifier: int, now: float) -> bool:
        """Answer a Request/Identity; returns False when there is nothing to answer with."""
        response = self._authentication.identity_response
        if response is None or len(response) <= _IDENTIFIER_AT:
            return False
        answer = response[:_IDENTIFIER_AT] + bytes((identifier,)) + response[_IDENTIFIER_AT + 1 :]
        self._session.act(SendToServer(answer))
        self._session.act(Report(ProbeAnswered(identifier)))
        self._was_probed(now)
        return True

    def answer_echo(self, answer: bytes, now: float) -> None:
        """Answer an echo: the server asks, in its own way, whether the client is still there."""
        self._session.act(SendToServer(answer))
        self._session.act(Report(EchoAnswered()))
        self._was_probed(now)

    def _was_probed(self, now: float) -> None:
        self._proven_at = now
        if not self.has_taken_over:
            self._source = Source.PROBE
            self._last = now
        self._session.save()

    def handle_timer(self, now: float) -> None:
        """Do what is due."""
        if self._due is None or now < self._due:
            return
        self._relearns_until = None
        if not self.has_taken_over and not self._knows_a_key:
            self._due = None
            self._session.act(Report(OnlyProbes(client_may_teach=True)))
            return
        if not self.has_taken_over:
            self._use_what_is_known()
        self._beat(now)

    @property
    def _knows_a_key(self) -> bool:
        return self._observed is not None or self._grant_key is not None

    def _use_what_is_known(self) -> None:
        if self._observed is not None:
            number = number_after(self._observed.number)
            self._take_over(Source.CLIENT, self._observed.key, number)
        elif self._grant_key is not None:
            self._take_over(Source.SERVER, self._grant_key, self._first_number)

    def _take_over(self, source: Source, key: int, next_number: int) -> None:
        self._key, self._next_number, self._source = key, next_number, source
        self._relearns_until = None
        from_client = self._client_may_teach or source is Source.CLIENT
        self._session.act(Report(TookOver(source, next_number, self.interval, from_client)))

    def _beat(self, now: float) -> None:
        if self._key is None or self._next_number is None:
            raise AssertionError("a heartbeat is due before its key is known")
        number = self._next_number
        heartbeat = Heartbeat(self._key, number)
        # Written down first: after a crash in between the number is skipped, which looks to the
        # server like a lost frame. The other way round it would be used twice, like a replay.
        self._next_number = number_after(number)
        self._last = self._proven_at = now
        self._sent += 1
        due = (now if self._due is None else self._due) + self.interval
        # One deadline follows from the last and not from the time of sending, so lateness does not
        # add up. After a long sleep the missed ones are not made up for, nor hurried after.
        self._due = due if due - now > self.interval / 2 else now + self.interval
        self._session.save()
        self._session.act(
            SendToServer(
                heartbeat.encode(self._authentication.server, self._authentication.address)
            )
        )
        self._session.act(Report(HeartbeatSent(number)))
