"""How checks and remedies are joined in the loop, with checks of our making."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from ruijie_proxy.config.shape.model import HealthConfiguration, SessionConfiguration
from ruijie_proxy.engine.events import HeartbeatSent
from ruijie_proxy.engine.keeping import health
from ruijie_proxy.engine.keeping.health import Failure, Impossible
from ruijie_proxy.engine.way_out import Check, HealthActed, HealthFailed, HealthRestored, Remedy
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.event_loop import EventLoop
from ruijie_proxy.runtime.health import watch as health_watch
from ruijie_proxy.runtime.health.watch import HealthWatch
from ruijie_proxy.runtime.telling.level import Level
from ruijie_proxy.runtime.telling.machine_events import (
    AddressRenewed,
    Noted,
    WentOffline,
    WentOnline,
)

LONG = 60.0
NO_GATEWAY = Failure(Check.GATEWAY, "the gateway answers no ARP request")
RENEWED = AddressRenewed(True, None, None, "renewed")


class Bench:
    """A watch, and a machine around it that tells what it was asked for."""

    def __init__(self) -> None:
        self.loop = EventLoop()
        self.results: list[Failure | Impossible | None] = []
        """What the next checks come to; the last one stays."""
        self.checks = 0
        self.stopped = 0
        self.asked: list[str] = []
        self.events: list[object] = []
        self.is_busy = False
        self.is_slow = False
        self.on_done: Callable[[Failure | Impossible | None], None] = lambda _: None
        self.on_note: Callable[[str], None] = lambda _: None
        self.watch: HealthWatch

    def start(self, *, failures: int = 1) -> None:
        configured = HealthConfiguration(enabled=True, interval=0.02, failures=failures)
        self.watch = HealthWatch(
            self.loop,
            SessionConfiguration("dorm", "eth1", health=configured),
            has_carrier=lambda: True,
            is_busy=lambda: self.is_busy,
            renew=self.renew,
            may_log_in=lambda _: True,
            log_in_anew=self.log_in_anew,
            publish=self.events.append,
        )
        self.watch.told(WentOnline(own=True))

    def renew(self) -> None:
        self.asked.append("renew")
        self.watch.told(RENEWED)

    def log_in_anew(self) -> None:
        self.asked.append("log in")
        # As a session does, while the watch still carries out what it was told to.
        self.watch.told(WentOffline())
        self.watch.told(WentOnline(own=True))

    def check(self) -> None:
        self.checks += 1
        if not self.is_slow:
            self.on_done(self.results.pop(0) if len(self.results) > 1 else self.results[0])

    def run_until(self, is_done: Callable[[], bool]) -> None:
        end = clock.now() + LONG
        while not is_done():
            assert clock.now() < end, self.events
            self.run_for(0.01)

    def run_for(self, seconds: float) -> None:
        self.loop.timer(self.loop.stop).set(clock.now() + seconds)
        self.loop.run()


class Checks:
    """Stands for HealthChecks."""

    bench: Bench

    def __init__(
        self,
        loop: object,
        interface: str,
        configuration: object,
        has_carrier: object,
        on_done: Callable[[Failure | Impossible | None], None],
        on_note: Callable[[str], None],
    ) -> None:
        self.bench.on_done = on_done
        self.bench.on_note = on_note

    def start(self) -> None:
        self.bench.check()

    def stop(self) -> None:
        self.bench.stopped += 1


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    bench = Bench()
    monkeypatch.setattr(Checks, "bench", bench, raising=False)
    monkeypatch.setattr(health_watch, "HealthChecks", Checks)
    monkeypatch.setattr(health, "SETTLING", 0.01)
    monkeypatch.setattr(health, "BUSY_PAUSE", 0.01)
    yield bench
    bench.watch.close()
    bench.loop.close()


def test_failures_lead_to_remedies_and_each_is_told(bench: Bench) -> None:
    bench.results = [None, NO_GATEWAY, NO_GATEWAY, None]
    bench.start()
    bench.run_until(lambda: any(isinstance(event, HealthRestored) for event in bench.events))

    assert bench.asked == ["renew", "log in"]
    # The second failure is of the same kind, and its remedy tells of it.
    assert bench.events[:3] == [
        HealthFailed(Check.GATEWAY, NO_GATEWAY.detail, 1, 1),
        HealthActed(Remedy.RENEW),
        HealthActed(Remedy.LOG_IN),
    ]
    restored = bench.events[3]
    assert isinstance(restored, HealthRestored)
    assert restored.helped is Remedy.LOG_IN


def test_while_a_login_is_under_way_nothing_is_checked(bench: Bench) -> None:
    bench.results = [NO_GATEWAY]
    bench.is_busy = True
    bench.start()
    bench.run_for(0.2)
    assert (bench.checks, bench.asked) == (0, [])

    bench.is_busy = False
    bench.run_until(lambda: bench.asked != [])


def test_offline_a_check_under_way_is_given_up(bench: Bench) -> None:
    bench.results = [NO_GATEWAY]
    bench.is_slow = True
    bench.start()
    bench.run_until(lambda: bench.checks == 1)
    bench.watch.told(WentOffline())
    assert bench.stopped == 1

    bench.run_for(0.1)
    assert (bench.checks, bench.asked, bench.events) == (1, [], [])


def test_one_check_at_a_time(bench: Bench) -> None:
    bench.results = [None]
    bench.is_slow = True
    bench.start()
    bench.run_until(lambda: bench.checks == 1)
    bench.watch.told(RENEWED)
    bench.run_for(0.2)
    assert bench.checks == 1

    bench.is_slow = False
    bench.on_done(None)
    bench.run_until(lambda: bench.checks > 1)


def test_that_nothing_can_be_checked_is_told_once(bench: Bench) -> None:
    impossible = Impossible("out of memory")
    bench.results = [impossible, impossible, impossible, None, impossible, None]
    bench.start()
    bench.run_until(lambda: bench.checks > 6)

    note = Noted(Level.WARNING, "the way out cannot be checked: out of memory")
    assert bench.events == [note, note]
    assert bench.asked == []


def test_what_else_happens_changes_nothing(bench: Bench) -> None:
    bench.results = [None]
    bench.start()
    for _ in range(1000):
        bench.watch.told(HeartbeatSent(1))
    bench.run_until(lambda: bench.checks == 3)
    assert bench.events == []


def test_closed_it_does_nothing_more(bench: Bench) -> None:
    bench.results = [NO_GATEWAY]
    bench.start()
    bench.watch.close()
    bench.run_for(0.1)

    assert bench.checks == 0


def test_a_check_that_has_no_sense_is_told_of_once(bench: Bench) -> None:
    bench.results = [None]
    bench.start()

    for text in ("not asked", "not asked", "nor this"):
        bench.on_note(text)

    assert bench.events == [Noted(Level.WARNING, "not asked"), Noted(Level.WARNING, "nor this")]
