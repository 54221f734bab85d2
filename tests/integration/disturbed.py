"""A session's life that is disturbed at one moment of it: any that the test names.

A moment is before each frame or timer that the session is given, and after each action that it asks
for. So whoever disturbs a life at each of its moments in turn has tried them all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise

from ruijie_proxy.config.shape.model import Mode
from ruijie_proxy.engine.actions import SendToServer
from ruijie_proxy.engine.keeping.keeper import CLOSEST_HEARTBEATS
from ruijie_proxy.engine.settings import SessionSettings, Shape
from ruijie_proxy.engine.states import State
from ruijie_proxy.lab.campus.endpoint import Station
from ruijie_proxy.lab.loss import Loss
from ruijie_proxy.lab.options import ClientOptions, SwitchOptions
from ruijie_proxy.protocol.eapol import TYPE_OFFSET, EapolType
from tests.integration.conftest import PORT, RoutedCampus
from tests.integration.own_campus import LEASED, account

MOST_MOMENTS = 2000
"""No life has more; one that does goes round in circles."""
LOGIN_TIME = 1.0
AFTERMATH = 300.0
"""Seconds that are looked at after a disturbance."""
_ROUNDING = 1e-6
_FORGIVING = Loss(lost=1e-12)
"""Nothing is lost; but the switch no longer minds a number that was skipped."""


class Unwound(BaseException):
    """What is under way is over: the program was killed."""


@dataclass
class DisturbedCampus(RoutedCampus):
    """A campus in which something happens at one moment."""

    disturb_at: int | None = None
    """Which moment it is; None: none."""
    disturbance: Callable[[DisturbedCampus], None] = lambda _: None
    """What happens then. It may raise Unwound."""
    moments: int = 0
    """How many there were."""
    sent: list[tuple[float, bytes]] = field(default_factory=list)
    """Each frame that reached the switch, and when."""
    is_between: bool = False
    """Whether a heartbeat is about to be sent, and may have been written down already."""
    kept_then: bool = False
    """Whether there was a session written down when it was disturbed."""
    in_the_air: bool = False
    """Whether the switch had let the port through then, and had not heard a heartbeat yet."""
    asked_at: float | None = None
    """When the switch demanded a full login of who was online."""
    starts_then: int = 0
    """How many Starts the switch had seen when it was disturbed."""
    struck_between: bool = False
    """Whether a heartbeat was about to be sent then."""
    disturbed_at: float | None = None
    pulled_for: float | None = None
    """For how many seconds the WAN cable will have been out, once the program takes note of it."""

    def run(self, seconds: float = 0.0) -> None:
        end = self.now + seconds
        self._guarded(self._carry)
        rounds = 0
        while (deadline := self._next_deadline()) is not None and deadline <= end:
            rounds += 1
            assert rounds < MOST_MOMENTS * 10, "what was due is done, and still due"
            # A disturbance may have taken longer than this was to run.
            self.now = max(self.now, deadline)
            self._guarded(self._on_time)
        self.now = max(self.now, end)

    def begin(self, seconds: float = 2.0) -> None:
        self._guarded(lambda: self.session.begin(self.now))
        self.run(seconds)

    def run_without_router(self, seconds: float) -> None:
        """Let time pass at both ends of cables that lead to nobody."""
        end = self.now + seconds
        ends: list[Station] = [self.switch, self.client] if self.pc_is_there else [self.switch]
        while True:
            for one in ends:
                one.frames_to_send()
            deadlines = [when for one in ends if (when := one.next_deadline()) is not None]
            if not deadlines or min(deadlines) > end:
                break
            self.now = max(self.now, min(deadlines))
            for one in ends:
                one.handle_timer(self.now)
        self.now = end

    def heartbeats(self) -> list[float]:
        """Return when the switch got heartbeats."""
        return [at for at, frame in self.sent if frame[TYPE_OFFSET] == EapolType.RUIJIE_HEARTBEAT]

    def _guarded(self, do: Callable[[], None]) -> None:
        try:
            do()
        except Unwound:
            self.restart_router(away=0.2)

    def _on_time(self) -> None:
        self.switch.handle_timer(self.now)
        if self.pc_is_there:
            self.client.handle_timer(self.now)
        due = self.session.next_deadline
        if due is not None and due <= self.now:
            self._moment()
            self.session.handle_timer(self.now)
        self._carry()

    def _carry(self) -> None:
        moved = True
        while moved:
            moved = False
            for frame in self.switch.frames_to_send():
                moved = True
                self._moment()
                self._from_wan(frame)
                self._carry_out_all()
            for frame in self.client.frames_to_send() if self.pc_is_there else ():
                moved = True
                self._moment()
                self._from_lan(frame)
                self._carry_out_all()
            moved = self._carry_out_all() or moved

    def _from_wan(self, frame: bytes) -> None:
        """Take the short way where there is one, as the daemon does."""
        way = self.session.short_way(self.now)
        passed = way.to_client(frame) if way is not None else None
        if passed is None:
            self.session.receive_from_wan(frame, self.now)
        else:
            self._give_to_client(passed)
            self._moment()
            self.session.crossed_to_client(frame, self.now)

    def _from_lan(self, frame: bytes) -> None:
        way = self.session.short_way(self.now)
        passed = way.to_server(frame) if way is not None else None
        if passed is None:
            self.session.receive_from_lan(PORT, frame, self.now)
        else:
            self._give_to_switch(passed)
            self._moment()
            self.session.crossed_to_server(PORT, frame, self.now)

    def _carry_out_all(self) -> bool:
        actions = self.session.take_actions()
        for number, action in enumerate(actions):
            if isinstance(action, SendToServer) and self.pulled_for is None:
                self.sent.append((self.now, action.frame))
            if not isinstance(action, SendToServer) or self.pulled_for is None:
                self._carry_out(action)
            self.is_between = any(map(_is_heartbeat, actions[number + 1 :]))
            self._moment()
            self.is_between = False
        if self.pulled_for is not None:
            # The kernel tells of it when the program listens again.
            seconds, self.pulled_for = self.pulled_for, None
            self.session.link_changed(False, self.now)
            self.run_without_router(seconds)
            self.session.link_changed(True, self.now)
            return True
        return bool(actions)

    def _give_to_client(self, frame: bytes) -> None:
        self.to_client.append(frame)
        if self.pc_is_there:
            self.client.receive(frame, self.now)

    def _give_to_switch(self, frame: bytes) -> None:
        self.to_switch.append(frame)
        self.sent.append((self.now, frame))
        self.switch.receive(frame, self.now)

    def _moment(self) -> None:
        if self.disturbed_at is None and self.moments == self.disturb_at:
            self.disturbed_at = self.now
            self.kept_then = self.kept is not None
            self.in_the_air = self.switch.session is not None and not self.heartbeats()
            self.struck_between = self.is_between
            self.starts_then = self.switch.starts
            self.disturbance(self)
        self.moments += 1


# What may happen.


def kill(_: DisturbedCampus) -> None:
    """Kill the program; it is started again at once."""
    raise Unwound


def flap(seconds: float) -> Callable[[DisturbedCampus], None]:
    """Pull the WAN cable for so long. Frames that were on their way are lost."""

    def pull(campus: DisturbedCampus) -> None:
        campus.pulled_for = seconds

    return pull


def suspend(seconds: float) -> Callable[[DisturbedCampus], None]:
    """Have the machine sleep for so long, and nobody tell the program of it."""
    return lambda campus: campus.run_without_router(seconds)


# Lives.

SWITCH = SwitchOptions(
    probe_interval=25.0,
    # The first heartbeat may be the one that is lost.
    first_heartbeat_within=60.0,
    quiet_period=0.0,
)


@dataclass(frozen=True)
class Life:
    """A way to be logged in, and an online life with probes and a full re-authentication."""

    mode: Mode
    relayed: bool
    """Whether a client logs in, and leaves once it has proved itself anew."""
    refusals: tuple[str, ...] = ()
    """What the switch says to the first logins."""

    def make(
        self,
        disturb_at: int | None = None,
        disturbance: Callable[[DisturbedCampus], None] = kill,
        *,
        forgiving: bool = False,
    ) -> DisturbedCampus:
        """Make the campus, nothing of it begun."""
        options = replace(SWITCH, refusals=self.refusals)
        if forgiving:
            options = replace(options, inward=_FORGIVING)
        # Where a client is to log in instead, one wrong edition is enough of rejected clients.
        login = account(shape=Shape.BLOCK if self.relayed else Shape.AUTO)
        return DisturbedCampus(
            options,
            ClientOptions(),
            SessionSettings(login=None if self.mode is Mode.RELAY else login),
            mode=self.mode,
            facts=LEASED,
            disturb_at=disturb_at,
            disturbance=disturbance,
        )

    def live(self, campus: DisturbedCampus) -> None:
        """Go through it: about 80 seconds, if nothing happens."""
        campus.begin(LOGIN_TIME)
        if self.relayed:
            campus.client.login(campus.now)
        campus.run(30.0)
        campus.asked_at = campus.now
        campus.switch.reauthenticate(campus.now)
        campus.run(20.0)
        if self.relayed:
            campus.take_pc_away()
        campus.run(30.0)

    def number_of_moments(self) -> int:
        """Return how many moments an undisturbed life has."""
        campus = self.make()
        self.live(campus)
        assert campus.state() is State.ONLINE
        assert campus.switch.complaints == []
        assert 40 <= campus.moments <= MOST_MOMENTS
        return campus.moments


def _is_heartbeat(action: object) -> bool:
    return (
        isinstance(action, SendToServer) and action.frame[TYPE_OFFSET] == EapolType.RUIJIE_HEARTBEAT
    )


LIVES = {
    "relayed": Life(Mode.RELAY, relayed=True),
    "own": Life(Mode.LOGIN, relayed=False),
    "auto, own": Life(Mode.AUTO, relayed=False),
    "auto, relayed": Life(Mode.AUTO, relayed=True, refusals=("使用了非管理员指定的客户端",)),
}


def assert_no_burst(campus: DisturbedCampus) -> None:
    """No two heartbeats are closer than a Success that asks for one at once explains."""
    beats = campus.heartbeats()
    gaps = [later - earlier for earlier, later in pairwise(beats)]
    close = [gap for gap in gaps if gap < CLOSEST_HEARTBEATS - _ROUNDING]
    # One that was about to be sent when the machine fell asleep.
    assert len(close) <= campus.struck_between, gaps
