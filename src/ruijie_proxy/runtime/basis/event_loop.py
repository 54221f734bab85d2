"""The event loop: file descriptors, timers and signals, one callback at a time.

One thread, one epoll. Callbacks run in the loop and nowhere else, so nothing needs a lock. An
exception of a callback is nobody's to hide: it leaves :meth:`EventLoop.run`.

For timers there is the process's alarm (setitimer(2)), and not the wait's own end. It is punctual,
where a wait's end may come late by a thousandth of its length (select_estimate_accuracy in
fs/select.c): 30 ms in a heartbeat's interval. And it stays as it is when a frame comes, while a
wait with an end has the kernel put a timer of its own in place before it and away after it, which a
frame waits for: 1 to 3 of some 80 µs on the virtual machine of README's figures.
"""

from __future__ import annotations

import _heapq as heapq  # heapq is 60 kB of words about it
import os
import select

from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.c_modules import signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

EVENTS_PER_TURN = 16
"""How many descriptors, and how many timers, one turn serves at most; the others are next."""
SIGNALS_PER_READ = 256
SHORTEST_WAIT = 1e-6
"""Seconds: the alarm's unit. None at all would be no alarm."""
STALE_ENTRIES_ALLOWED = 64
STALE_SHARE = 4
"""How many outdated entries the queue of timers holds before it is worth cleaning: so many, and one
for so many timers that are set."""


class Timer:
    """Calls back once at a set time. Made by :meth:`EventLoop.timer`."""

    __slots__ = ("_loop", "callback", "ticket", "when")

    def __init__(self, loop: EventLoop, callback: Callable[[], None]) -> None:
        self._loop = loop
        self.callback = callback
        self.when: float | None = None
        """Seconds on :func:`clock.now`, or None while not set."""
        self.ticket = 0
        """Which entry of the loop's queue is this timer's newest."""

    def set(self, when: float | None) -> None:
        """Call back at `when` (seconds on :func:`clock.now`) instead of before; None: not at all.

        A time that has passed means the loop's next turn.
        """
        if when != self.when:
            self._loop.schedule(self, when)


class EventLoop:
    """Waits on readable descriptors, timers and signals, and calls back.

    The process's alarm and SIGALRM are its own: one loop a process, in the main thread (ValueError
    elsewhere).

    Time asleep counts for timers, but does not wake a sleeping machine, nor the loop: what fell due
    meanwhile runs with the first event after waking, or when the rest of the wait is over.
    """

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._readers: dict[int, Callable[[], None]] = {}
        # (time, ticket, timer); an entry whose ticket is not its timer's newest is outdated.
        self._queue: list[tuple[float, int, Timer]] = []
        self._tickets = 0
        self._armed = 0
        self._alarm: float | None = None
        """When the alarm goes off; None: it is not set."""
        self._signal_callbacks: dict[int, Callable[[], None]] = {}
        self._replaced_handlers: dict[int, Any] = {}
        self._signal_pipe = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._replaced_wakeup = signal.set_wakeup_fd(
            self._signal_pipe[1], warn_on_full_buffer=False
        )
        self._running = False
        self.add_reader(self._signal_pipe[0], self._read_signals)
        self.on_signal(signal.SIGALRM, _wake)
        # Whoever starts us may have blocked it, and a mask is inherited: no timer would be due.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGALRM,))

    def add_reader(self, descriptor: int, callback: Callable[[], None]) -> None:
        """Call back whenever the descriptor is readable, or has an error to be read.

        The callback must bear a call with nothing to read: an earlier callback of the same turn
        may have read it, or closed one descriptor and opened another of the same number.
        Raises FileExistsError when the descriptor already has a reader.
        """
        self._epoll.register(descriptor, select.EPOLLIN)
        self._readers[descriptor] = callback

    def remove_reader(self, descriptor: int) -> None:
        """Stop watching a descriptor; to be called before it is closed.

        Safe in any callback. Raises KeyError when it has no reader.
        """
        del self._readers[descriptor]
        self._epoll.unregister(descriptor)

    def timer(self, callback: Callable[[], None]) -> Timer:
        """Make a timer, not set yet."""
        return Timer(self, callback)

    def on_signal(self, number: int, callback: Callable[[], None]) -> None:
        """Call back in the loop when the process receives this signal; several at once may be one.

        A number has one callback, the newest.
        """
        self._signal_callbacks[number] = callback
        # The handler itself has nothing to do: that there is one makes the interpreter write the
        # number to the pipe.
        previous = signal.signal(number, lambda _number, _frame: None)
        self._replaced_handlers.setdefault(number, previous)

    def run(self) -> None:
        """Wait and call back until :meth:`stop`.

        After an exception of a callback the loop is good for :meth:`close` alone.
        """
        poll = self._epoll.poll
        readers = self._readers
        self._running = True
        while self._running:
            for descriptor, _ in poll(self._patience(), EVENTS_PER_TURN):
                if descriptor in readers:
                    readers[descriptor]()
            if self._queue:
                self._run_due_timers()

    def stop(self) -> None:
        """Let :meth:`run` return at the end of this turn."""
        self._running = False

    def close(self) -> None:
        """Give the signals back to who had them before, and close what the loop itself opened."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in self._replaced_handlers.items():
            # None: a handler that was not installed from Python; there is no way back to it.
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        self._replaced_handlers.clear()
        self._signal_callbacks.clear()
        signal.set_wakeup_fd(self._replaced_wakeup)
        for descriptor in self._signal_pipe:
            os.close(descriptor)
        self._readers.clear()
        self._epoll.close()

    def schedule(self, timer: Timer, when: float | None) -> None:
        """Put a timer into the queue, or out of it: the inside of :meth:`Timer.set`."""
        self._armed += (when is not None) - (timer.when is not None)
        timer.when = when
        if when is None:
            return
        self._tickets += 1
        timer.ticket = self._tickets
        heapq.heappush(self._queue, (when, self._tickets, timer))
        if len(self._queue) > self._armed + self._armed // STALE_SHARE + STALE_ENTRIES_ALLOWED:
            self._queue = [entry for entry in self._queue if _is_current(entry)]
            heapq.heapify(self._queue)

    def _patience(self) -> float | None:
        """Return for how many seconds to wait: none where a timer is due; None: for an event.

        The alarm is one. It goes off no later than the next timer is due.
        """
        queue = self._queue
        while queue and not _is_current(queue[0]):
            heapq.heappop(queue)
        if not queue:
            return None
        when = queue[0][0]
        if self._alarm is not None and self._alarm <= when:
            return None
        wait = when - clock.now()
        if wait <= 0:
            return 0.0
        signal.setitimer(signal.ITIMER_REAL, max(wait, SHORTEST_WAIT))
        self._alarm = when
        return None

    def _run_due_timers(self) -> None:
        queue = self._queue
        now = clock.now()
        # Collected first: a timer that sets itself to a time that has passed gets the next turn,
        # after the descriptors had theirs. So do those of a crowd: where hundreds log in at once,
        # the first are done before the last begin, and what a login takes serves one after another.
        due: list[tuple[float, int, Timer]] = []
        while queue and queue[0][0] <= now and len(due) < EVENTS_PER_TURN:
            entry = heapq.heappop(queue)
            if _is_current(entry):
                due.append(entry)
        for entry in due:
            # An earlier callback may have set this timer anew.
            if _is_current(entry):
                timer = entry[2]
                timer.when = None
                self._armed -= 1
                timer.callback()

    def _read_signals(self) -> None:
        try:
            numbers = os.read(self._signal_pipe[0], SIGNALS_PER_READ)
        except BlockingIOError:
            return
        # Whichever came: an alarm is not to be missed where there were too many to be read at once.
        self._alarm = None
        for number in dict.fromkeys(numbers):
            callback = self._signal_callbacks.get(number)
            if callback is not None:
                callback()


def _wake() -> None:
    """Do nothing but end a wait: the timers that are due are called back at the end of the turn."""


def _is_current(entry: tuple[float, int, Timer]) -> bool:
    _, ticket, timer = entry
    return ticket == timer.ticket and timer.when is not None
