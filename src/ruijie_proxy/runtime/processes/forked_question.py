"""Something that is asked of somebody else and waits, in a fork that reports what came of it.

Nothing of the daemon may wait: for a resolver, a page, a host that is silent. A fork may, and ends.
It has all modules already: measured on x86-64, it takes 1.1 MB of its own for as long as it lives,
and forking keeps the daemon from its loop for half a millisecond. A new interpreter would take 9 MB
and 20 ms of processor time.
"""

from __future__ import annotations

import gc
import os
import select

from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.c_modules import signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    from ruijie_proxy.runtime.basis.event_loop import EventLoop

_REPORT_LIMIT = 512
"""Bytes that a fork can have to say, where it is not expected to have more."""
_PIECE = 4096
_MOST_DESCRIPTORS = 4096
"""Above what a daemon has open: those that its child closes one by one on old kernels."""


class ForkedQuestion:
    """One question. ``on_report`` gets what it came to, once, from the loop.

    ``ask`` runs in the fork, and raises nothing. The report is empty where the fork failed, and
    None where it took longer than ``timeout``, in seconds. Of a report longer than
    ``report_limit``, in bytes, the rest is not read. Raises OSError when no process can be started.
    """

    def __init__(
        self,
        loop: EventLoop,
        ask: Callable[[], str],
        timeout: float,
        on_report: Callable[[str | None], None],
        report_limit: int = _REPORT_LIMIT,
    ) -> None:
        self._loop = loop
        self._limit = report_limit
        self._on_report = on_report
        self._report = bytearray()
        reading_end, writing_end = os.pipe2(os.O_CLOEXEC)
        try:
            self.pid = os.fork()
        except BaseException:
            os.close(reading_end)
            os.close(writing_end)
            raise
        if self.pid == 0:
            _ask_and_end(ask, timeout, writing_end)
        os.close(writing_end)
        os.set_blocking(reading_end, False)
        self._pipe = reading_end
        loop.add_reader(reading_end, self._on_readable)
        self._timer = loop.timer(self._on_timeout)
        self._timer.set(clock.now() + timeout)

    def wait(self, seconds: float) -> None:
        """Wait until it has said something or ended: only for who has nothing else to do."""
        select.select([self._pipe], [], [], seconds)

    def close(self) -> None:
        """End it without a report."""
        self._timer.set(None)
        self._loop.remove_reader(self._pipe)
        os.close(self._pipe)
        try:
            os.kill(self.pid, signal.SIGKILL)
            # A killed process is gone at once: it waits for nothing but the network.
            os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            # With SIGCHLD ignored (inherited from whoever started us), nothing is left of it.
            return

    def _on_readable(self) -> None:
        try:
            piece = os.read(self._pipe, _PIECE)
        except BlockingIOError:
            return
        self._report += piece
        if piece and len(self._report) < self._limit:
            return
        self.close()  # it has ended, or is about to: the pipe was closed with the process
        self._on_report(self._report.decode("utf-8", "replace"))

    def _on_timeout(self) -> None:
        self.close()
        self._on_report(None)


def _ask_and_end(ask: Callable[[], str], timeout: float, writing_end: int) -> NoReturn:
    """Ask and write what came of it, in the child. Never returns into the parent's code."""
    exit_status = 1
    try:
        gc.disable()  # it would look through what is about to end
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        # Should the daemon be killed meanwhile, no one else ends this.
        signal.alarm(int(timeout) + 2)
        # The daemon's ports and its control socket must be free for the next one.
        os.closerange(3, writing_end)
        os.closerange(writing_end + 1, _MOST_DESCRIPTORS)
        os.write(writing_end, ask().encode())
        exit_status = 0
    except Exception:
        # A fault of the program: shown as any other, but it must end here and not in the
        # parent's code.
        import traceback

        traceback.print_exc()
    finally:
        os._exit(exit_status)
