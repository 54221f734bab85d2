"""A command of the machine, run beside the event loop: DHCP clients, hooks.

A command is a list, never a string for a shell. It is started by ``posix_spawn`` (which copies no
memory of ours, and needs no :mod:`subprocess`), in a process group of its own, so that what it
started can be ended with it. Its end is an event (a pidfd), its output another; nothing here waits.

What a command leaves running in the background keeps running, but loses its standard output: it
should redirect what it writes.
"""

from __future__ import annotations

import os
import select

from ruijie_proxy.i18n import _, reason_of
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.c_modules import signal
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ruijie_proxy.runtime.basis.event_loop import EventLoop

SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Where commands are looked for, and their PATH: a service manager's own often lacks the sbins."""

OUTPUT_LIMIT = 4096
"""Bytes of a command's output that are kept unless asked otherwise; the last ones."""

_TERMINATION_GRACE = 2.0
"""Seconds between SIGTERM and SIGKILL."""

_LINE_LIMIT = 200
"""Characters of a command's last line that go into a log."""

_READ_SIZE = 4096
_PIPE_CAPACITY = 65536
"""What Linux buffers in a pipe: at a command's end, no more than this can be its own output."""

_POLL_INTERVAL = 0.1
"""Seconds between looks at a running command on kernels before 5.3, which have no pidfd."""

_REAP_TIMEOUT = 1.0
"""Seconds that :meth:`ChildProcess.close` waits for a killed command to be gone."""

# CPython ignores these two, and an ignored signal stays ignored in the programs it starts.
_IGNORED_BY_PYTHON = (signal.SIGPIPE, signal.SIGXFSZ)


class ChildResult(Frozen):
    """How a command ended."""

    command: tuple[str, ...]
    exit_status: int | None
    """What it returned, 0 to 255; None if it was ended by a signal or never ran."""
    signal_number: int | None
    """The signal that ended it, if one did."""
    timed_out: bool
    """It ran for longer than it was given, and was told to end."""
    output: str
    """The last bytes of standard output and error, as UTF-8 with replacements."""
    error: str | None = None
    """Why it could not be run, or why its end is not known."""

    @property
    def succeeded(self) -> bool:
        """Whether it ran, ended by itself in time and returned 0."""
        return self.exit_status == 0 and not self.timed_out

    def describe(self) -> str:
        """Return one line for a log: the command, how it ended, and its last line of output."""
        name = " ".join(self.command)
        if self.error is not None:
            return _("“{name}” could not be run: {error}", name=name, error=self.error)
        if self.timed_out:
            told = _("“{name}” did not end in time and was stopped", name=name)
        elif self.signal_number is not None:
            told = _("“{name}” was ended by signal {number}", name=name, number=self.signal_number)
        elif self.exit_status == 0:
            told = _("“{name}” succeeded", name=name)
        else:
            told = _(
                "“{name}” failed with exit status {status}", name=name, status=self.exit_status
            )
        last_line = _last_printable_line(self.output)
        return _("{told}: {line}", told=told, line=last_line) if last_line else told


class ChildProcess:
    """A running command. Its result is handed to ``on_end`` once, from the loop, never before
    the constructor has returned.

    ``timeout`` is in seconds, after which the command's process group gets SIGTERM and, two
    seconds later, SIGKILL. ``environment`` is added to PATH, which is all it has otherwise. The
    last ``output_limit`` bytes of output are kept. A command that cannot be run is a result, too.
    """

    def __init__(
        self,
        loop: EventLoop,
        command: Sequence[str],
        on_end: Callable[[ChildResult], None],
        *,
        timeout: float,
        environment: Mapping[str, str] | None = None,
        output_limit: int = OUTPUT_LIMIT,
    ) -> None:
        self._loop = loop
        self._command = tuple(command)
        self._on_end = on_end
        self._output = bytearray()
        self._output_limit = output_limit
        self._pid: int | None = None
        self._pidfd: int | None = None
        self._pipe: int | None = None
        self._error: str | None = None
        self._timed_out = False
        self._killed = False
        self._deadline = clock.now() + timeout
        self._timer = loop.timer(self._on_timer)
        try:
            self._start({"PATH": SEARCH_PATH, **(environment or {})})
        except OSError as error:
            self._error = reason_of(error)
        except ValueError as error:  # a NUL in an argument
            self._error = str(error)
        self._set_timer()

    def close(self) -> None:
        """Kill the command if it still runs, with its process group; ``on_end`` is not called."""
        self._timer.set(None)
        if self._pid is None:
            return
        self._signal_group(signal.SIGKILL)
        if self._pidfd is not None:
            # A process in an uninterruptible sleep outlives SIGKILL; it is then left to init.
            poll = select.poll()
            poll.register(self._pidfd, select.POLLIN)
            if poll.poll(_REAP_TIMEOUT * 1000):
                self._wait(os.WNOHANG)
        else:
            self._wait(0)
        self._pid = None
        self._release()

    def _start(self, environment: Mapping[str, str]) -> None:
        path = find_program(self._command[0], SEARCH_PATH) if self._command else None
        if path is None:
            raise FileNotFoundError(_("there is no such program"))
        read_end, write_end = os.pipe()
        try:
            self._pid = os.posix_spawn(
                path,
                self._command,
                environment,
                file_actions=(
                    (os.POSIX_SPAWN_DUP2, write_end, 1),
                    (os.POSIX_SPAWN_DUP2, write_end, 2),
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                ),
                setpgroup=0,
                setsigmask=(),
                setsigdef=_IGNORED_BY_PYTHON,
            )
        except BaseException:
            os.close(read_end)
            raise
        finally:
            os.close(write_end)
        os.set_blocking(read_end, False)
        self._pipe = read_end
        self._loop.add_reader(read_end, self._on_output)
        self._pidfd = _open_pidfd(self._pid)
        if self._pidfd is not None:
            self._loop.add_reader(self._pidfd, self._on_end_of_process)

    def _set_timer(self) -> None:
        now = clock.now()
        if self._pid is None:
            self._timer.set(now)
        elif self._pidfd is None:
            self._timer.set(min(self._deadline, now + _POLL_INTERVAL))
        else:
            self._timer.set(self._deadline)

    def _on_timer(self) -> None:
        if self._pid is None:
            self._finish(None)
            return
        if self._pidfd is None and self._reap():
            return
        if clock.now() >= self._deadline:
            if not self._timed_out:
                self._timed_out = True
                self._deadline += _TERMINATION_GRACE
                self._signal_group(signal.SIGTERM)
            elif not self._killed:
                self._killed = True
                self._deadline = float("inf")
                self._signal_group(signal.SIGKILL)
        self._set_timer()

    def _on_output(self) -> None:
        if self._read_output() == 0:
            self._close_pipe()

    def _read_output(self) -> int | None:
        """Read once; return how many bytes came, 0 at the end, None when there are none now."""
        if self._pipe is None:
            return 0
        try:
            piece = os.read(self._pipe, _READ_SIZE)
        except BlockingIOError:
            return None
        self._output += piece
        del self._output[: -self._output_limit]
        return len(piece)

    def _on_end_of_process(self) -> None:
        if self._timed_out:
            # Its children had the same time to end. The group's number cannot be another's yet.
            self._signal_group(signal.SIGKILL)
        self._reap()

    def _reap(self) -> bool:
        """Reap and report the command if it has ended; return whether it has."""
        ended, exit_code = self._wait(os.WNOHANG)
        if not ended:
            return False
        self._pid = None
        # No more than what the command can have left there: a process that it started may hold
        # the pipe, too, and go on writing.
        left = _PIPE_CAPACITY
        while left > 0 and (size := self._read_output()):
            left -= size
        self._finish(exit_code)
        return True

    def _wait(self, options: int) -> tuple[bool, int | None]:
        """Return whether the command has ended, and its exit code (a negative one is a signal)."""
        if self._pid is None:
            return False, None
        try:
            pid, status = os.waitpid(self._pid, options)
        except ChildProcessError:
            # With SIGCHLD ignored (inherited from whoever started us), the kernel keeps no status.
            self._error = _("its exit status is not known, because SIGCHLD is ignored here")
            return True, None
        return pid != 0, os.waitstatus_to_exitcode(status) if pid else None

    def _finish(self, exit_code: int | None) -> None:
        self._timer.set(None)
        self._release()
        signalled = exit_code is not None and exit_code < 0
        self._on_end(
            ChildResult(
                command=self._command,
                exit_status=None if signalled else exit_code,
                signal_number=-exit_code if exit_code is not None and signalled else None,
                timed_out=self._timed_out,
                output=self._output.decode("utf-8", "replace"),
                error=self._error,
            )
        )

    def _signal_group(self, number: int) -> None:
        if self._pid is not None:
            try:
                os.killpg(self._pid, number)
            except (ProcessLookupError, PermissionError):
                # It has ended, as is about to be reported; or it is a setuid program, and we are
                # not root: then it ends when it likes.
                return

    def _release(self) -> None:
        self._close_pipe()
        if self._pidfd is not None:
            self._loop.remove_reader(self._pidfd)
            os.close(self._pidfd)
            self._pidfd = None

    def _close_pipe(self) -> None:
        if self._pipe is not None:
            self._loop.remove_reader(self._pipe)
            os.close(self._pipe)
            self._pipe = None


def find_program(name: str, search_path: str = SEARCH_PATH) -> str | None:
    """Return the path of an executable file: ``name`` itself if it has a slash, else the first
    of that name in the directories of ``search_path``. None if there is none.
    """
    directories = [""] if "/" in name else search_path.split(":")
    for directory in directories if name else []:
        path = f"{directory}/{name}" if directory else name
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return None


def _open_pidfd(pid: int) -> int | None:
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):  # not in this libc, or not in this kernel
        return None


def _last_printable_line(output: str) -> str:
    for line in reversed(output.split("\n")):
        printable = "".join(c if c.isprintable() else " " for c in line).strip()
        if printable:
            return printable[:_LINE_LIMIT]
    return ""
