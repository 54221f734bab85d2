"""The event loop: descriptors, timers, signals, and what happens when they meet."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.event_loop import (
    STALE_ENTRIES_ALLOWED,
    STALE_SHARE,
    EventLoop,
)

SOON = 0.02
"""Seconds: long enough to be in the future, short enough to wait for."""
GIVE_UP = 60.0
"""Seconds after which a test that still runs has failed."""


class Pipe:
    """A descriptor to read from, and a way to make it readable."""

    def __init__(self) -> None:
        self.reading, self._writing = os.pipe2(os.O_NONBLOCK)

    def write(self) -> None:
        os.write(self._writing, b"x")

    def read(self) -> None:
        os.read(self.reading, 1)

    def close(self) -> None:
        os.close(self.reading)
        os.close(self._writing)


@pytest.fixture
def loop() -> Iterator[EventLoop]:
    loop = EventLoop()
    loop.timer(lambda: pytest.fail("the loop did not stop")).set(clock.now() + GIVE_UP)
    yield loop
    loop.close()


@pytest.fixture
def pipe() -> Iterator[Callable[[], Pipe]]:
    made: list[Pipe] = []

    def make() -> Pipe:
        made.append(Pipe())
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_a_readable_descriptor_calls_back_until_it_is_read(
    loop: EventLoop, pipe: Callable[[], Pipe]
) -> None:
    source = pipe()
    calls: list[int] = []

    def read_at_the_third_call() -> None:
        calls.append(len(calls))
        if len(calls) == 3:
            source.read()
            loop.timer(loop.stop).set(clock.now() + SOON)

    loop.add_reader(source.reading, read_at_the_third_call)
    source.write()

    loop.run()

    assert calls == [0, 1, 2]


def test_a_descriptor_has_one_reader(loop: EventLoop, pipe: Callable[[], Pipe]) -> None:
    source = pipe()
    loop.add_reader(source.reading, loop.stop)

    with pytest.raises(FileExistsError):
        loop.add_reader(source.reading, loop.stop)
    loop.remove_reader(source.reading)
    with pytest.raises(KeyError):
        loop.remove_reader(source.reading)


def test_a_callback_may_remove_any_reader_of_the_same_turn(
    loop: EventLoop, pipe: Callable[[], Pipe]
) -> None:
    sources = [pipe(), pipe(), pipe()]
    called = []

    def remove_all_but(winner: Pipe) -> None:
        called.append(winner)
        for source in sources:
            loop.remove_reader(source.reading)
        loop.timer(loop.stop).set(clock.now())

    for source in sources:
        loop.add_reader(source.reading, lambda source=source: remove_all_but(source))  # type: ignore[misc]
        source.write()

    loop.run()

    assert len(called) == 1


def test_a_callback_may_add_readers(loop: EventLoop, pipe: Callable[[], Pipe]) -> None:
    first, second = pipe(), pipe()
    second.write()

    def add_second() -> None:
        first.read()
        loop.add_reader(second.reading, loop.stop)

    loop.add_reader(first.reading, add_second)
    first.write()

    loop.run()


def test_an_exception_of_a_callback_leaves_the_loop(loop: EventLoop) -> None:
    def fail() -> None:
        raise LookupError("from the callback")

    loop.timer(fail).set(clock.now())

    with pytest.raises(LookupError, match="from the callback"):
        loop.run()


def test_timers_call_back_in_the_order_of_their_times_and_never_early(loop: EventLoop) -> None:
    start = clock.now()
    times = [start + SOON * factor for factor in (1, 0.5, 2, 1.5)]
    called: list[tuple[float, bool]] = []
    for when in times:
        loop.timer(lambda when=when: called.append((when, clock.now() >= when))).set(when)  # type: ignore[misc]
    loop.timer(loop.stop).set(start + SOON * 3)

    loop.run()

    assert called == [(when, True) for when in sorted(times)]


def test_a_timer_calls_back_once_for_each_time_it_is_set(loop: EventLoop) -> None:
    calls = []
    timer = loop.timer(lambda: calls.append(timer.when))
    timer.set(clock.now())
    loop.timer(loop.stop).set(clock.now() + SOON)

    loop.run()
    assert calls == [None]
    loop.timer(loop.stop).set(clock.now() + SOON)
    timer.set(clock.now())
    loop.run()

    assert calls == [None, None]


def test_a_timer_can_be_moved_both_ways_and_unset(loop: EventLoop) -> None:
    now = clock.now()
    called = []
    sooner, later, unset = (loop.timer(lambda n=n: called.append(n)) for n in range(3))  # type: ignore[misc]
    sooner.set(now + GIVE_UP)
    sooner.set(now + SOON)
    later.set(now)
    later.set(now + 2 * SOON)
    unset.set(now)
    unset.set(None)
    loop.timer(loop.stop).set(now + 3 * SOON)

    loop.run()

    assert called == [0, 1]


def test_a_timer_may_unset_another_that_is_due_in_the_same_turn(loop: EventLoop) -> None:
    called = []
    second = loop.timer(lambda: called.append("second"))
    first = loop.timer(lambda: second.set(None))
    first.set(clock.now() - 2)
    second.set(clock.now() - 1)
    loop.timer(loop.stop).set(clock.now() + SOON)

    loop.run()

    assert called == []


def test_a_timer_that_is_always_overdue_starves_nobody(
    loop: EventLoop, pipe: Callable[[], Pipe]
) -> None:
    source = pipe()
    greedy = loop.timer(lambda: greedy.set(clock.now() - 1))
    greedy.set(clock.now() - 1)
    called = []
    loop.timer(lambda: called.append("timer")).set(clock.now())

    def read() -> None:
        called.append("reader")
        loop.stop()

    loop.add_reader(source.reading, read)
    loop.timer(source.write).set(clock.now())

    loop.run()

    assert called == ["timer", "reader"]


def test_a_loop_that_waits_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    polls = []

    class CountedEpoll:
        def __init__(self) -> None:
            self._epoll = real_epoll()

        def __getattr__(self, name: str) -> object:
            return getattr(self._epoll, name)

        def poll(self, timeout: float | None, events: int) -> list[tuple[int, int]]:
            polls.append(timeout)
            return self._epoll.poll(timeout, events)

    real_epoll = select.epoll
    monkeypatch.setattr(select, "epoll", CountedEpoll)
    loop = EventLoop()
    for number in range(10):
        loop.timer(lambda: None).set(clock.now() + GIVE_UP + number)
    for part in range(2, 10):
        unset = loop.timer(lambda: None)
        unset.set(clock.now() + SOON / part)
        unset.set(None)
    loop.timer(loop.stop).set(clock.now() + SOON)

    loop.run()
    loop.close()

    # One turn, and as many more as the kernel's clock and ours differ in their rounding.
    assert len(polls) <= 2


def test_the_queue_stays_small_however_often_timers_are_set(loop: EventLoop) -> None:
    timers = [loop.timer(lambda: None) for _ in range(500)]
    now = clock.now()

    for step in range(100):
        for timer in timers:
            timer.set(now + GIVE_UP + 1000 - step)
    for timer in timers:
        timer.set(None)
    flooded = loop.timer(lambda: None)
    for step in range(10_000):
        flooded.set(now + GIVE_UP + step)

    assert len(loop._queue) <= 2 + STALE_ENTRIES_ALLOWED
    loop.timer(loop.stop).set(now)
    loop.run()


def test_of_many_timers_a_part_more_may_be_in_the_queue(loop: EventLoop) -> None:
    later = clock.now() + GIVE_UP
    timers = [loop.timer(lambda: None) for _ in range(500)]

    longest = 0
    for again in range(4):
        for timer in timers:
            timer.set(later + again)
            longest = max(longest, len(loop._queue))

    set_ones = 501  # the fixture's, too
    assert longest <= set_ones + set_ones // STALE_SHARE + STALE_ENTRIES_ALLOWED


def test_500_timers_call_back_each_at_its_turn(loop: EventLoop) -> None:
    now = clock.now()
    called: list[int] = []
    order = [(number * 7) % 500 for number in range(500)]
    for number in order:
        loop.timer(lambda number=number: called.append(number)).set(now + number * SOON / 500)  # type: ignore[misc]
    loop.timer(loop.stop).set(now + SOON)

    loop.run()

    assert called == list(range(500))


def test_a_signal_calls_back_in_the_loop(loop: EventLoop) -> None:
    called = []
    loop.on_signal(signal.SIGHUP, lambda: called.append("reload"))
    loop.on_signal(signal.SIGTERM, loop.stop)
    os.kill(os.getpid(), signal.SIGHUP)
    assert called == []
    loop.timer(lambda: os.kill(os.getpid(), signal.SIGTERM)).set(clock.now() + SOON)

    loop.run()

    assert called == ["reload"]


def test_the_end_of_a_child_is_a_signal_too(loop: EventLoop) -> None:
    ended = []

    def reap() -> None:
        ended.append(child.wait())
        loop.stop()

    loop.on_signal(signal.SIGCHLD, reap)
    child = subprocess.Popen([sys.executable, "-S", "-c", "raise SystemExit(3)"])

    loop.run()

    assert ended == [3]


def test_a_signal_has_one_callback_the_newest(loop: EventLoop) -> None:
    called = []
    loop.on_signal(signal.SIGHUP, lambda: called.append("old"))
    loop.on_signal(signal.SIGHUP, lambda: called.append("new"))
    os.kill(os.getpid(), signal.SIGHUP)
    loop.timer(loop.stop).set(clock.now() + SOON)

    loop.run()

    assert called == ["new"]


def test_closing_gives_the_signals_back() -> None:
    def others(number: int, frame: object) -> None:
        """Belong to whoever embeds the loop."""

    original = signal.signal(signal.SIGHUP, others)
    reading, writing = os.pipe2(os.O_NONBLOCK)
    original_wakeup = signal.set_wakeup_fd(writing)
    try:
        loop = EventLoop()
        loop.on_signal(signal.SIGHUP, loop.stop)
        loop.on_signal(signal.SIGHUP, loop.stop)
        loop.close()

        assert signal.getsignal(signal.SIGHUP) is others
        assert signal.set_wakeup_fd(original_wakeup) == writing
    finally:
        signal.signal(signal.SIGHUP, original)
        os.close(reading)
        os.close(writing)


def test_a_long_wait_ends_on_time_and_by_no_end_of_the_poll(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 1000.0
    set_to: list[float] = []
    waits: list[float | None] = []

    class Poll:
        """Is woken by the alarm alone, a little early, as clocks of two kinds may have it."""

        def register(self, *_: int) -> None:
            """Nothing is readable but the alarm."""

        def poll(self, timeout: float | None, _: int) -> list[tuple[int, int]]:
            nonlocal now
            waits.append(timeout)
            now += set_to[-1] - (1e-3 if len(waits) == 1 else 0.0)
            os.kill(os.getpid(), signal.SIGALRM)
            return [(woken._signal_pipe[0], select.EPOLLIN)]

        def close(self) -> None:
            """There is nothing to close."""

    monkeypatch.setattr("ruijie_proxy.runtime.basis.event_loop.select.epoll", Poll)
    monkeypatch.setattr("ruijie_proxy.runtime.basis.clock.now", lambda: now)
    monkeypatch.setattr(
        "ruijie_proxy.runtime.basis.event_loop.signal.setitimer",
        lambda _, seconds: set_to.append(seconds),
    )
    woken = EventLoop()
    called: list[float] = []

    def call() -> None:
        called.append(now)
        woken.stop()

    woken.timer(call).set(now + 30.0)
    woken.run()
    woken.close()

    assert called == [pytest.approx(1030.0, abs=1e-6)]
    assert waits == [None, None]
    assert set_to == [30.0, pytest.approx(1e-3), 0]


def test_timers_go_on_where_whoever_started_the_program_has_blocked_the_alarm() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGALRM,))
    try:
        loop = EventLoop()
        loop.timer(loop.stop).set(clock.now() + SOON)

        loop.run()

        loop.close()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def test_an_alarm_is_set_anew_only_for_what_is_due_before_it(
    loop: EventLoop, pipe: Callable[[], Pipe], monkeypatch: pytest.MonkeyPatch
) -> None:
    set_to: list[float] = []
    really_set = signal.setitimer

    def set_alarm(which: int, seconds: float) -> None:
        set_to.append(seconds)
        really_set(which, seconds)

    monkeypatch.setattr("ruijie_proxy.runtime.basis.event_loop.signal.setitimer", set_alarm)
    source = pipe()
    timer = loop.timer(loop.stop)
    timer.set(clock.now() + SOON)

    def put_off() -> None:
        source.read()
        timer.set(clock.now() + 2 * SOON)

    loop.add_reader(source.reading, put_off)
    source.write()

    loop.run()

    # The first goes off for nothing, and what is next is set then.
    assert len(set_to) == 2
