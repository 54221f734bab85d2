"""Reading the configuration in a child process that ends.

The YAML reader alone is as large as the rest of the daemon. A child forked for the reading takes
it along when it ends, and hands over what it read as plain values.
"""

from __future__ import annotations

import gc
import marshal
import os

from ruijie_proxy.i18n import _
from ruijie_proxy.notation import UCI, YAML
from ruijie_proxy.runtime.basis.c_modules import signal
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn

    from ruijie_proxy.config.shape.problems import Problem
    from ruijie_proxy.notation import Notation

_READ_SIZE = 64 * 1024


class ReadConfiguration(Frozen):
    """What came of reading a configuration file."""

    path: str
    plain: dict[str, Any] | None
    """For :meth:`ruijie_proxy.config.shape.model.Configuration.from_plain`; None when it has
    problems."""
    problems: tuple[str, ...]
    """A line for each."""
    warnings: tuple[str, ...] = ()
    """A line for each thing that can be used and had better be otherwise."""
    is_forbidden: bool = False
    """Whether this user may not read the file."""
    notation: Notation = YAML
    """How it is written, where it has no problems."""

    def __repr__(self) -> str:
        # Not the values: there are passwords among them.
        return f"ReadConfiguration({self.path!r}, {len(self.problems)} problems)"


class ReadingFailed(RuntimeError):
    """The child ended without an answer: killed, or by a fault that it has shown."""

    def __init__(self, exit_code: int) -> None:
        if exit_code < 0:
            told = _(
                "the process that reads the configuration failed (signal {number})",
                number=-exit_code,
            )
        else:
            told = _("the process that reads the configuration failed (see above)")
        super().__init__(told)


class ConfigurationChild:
    """A child that reads one configuration file. Its descriptor is readable as it answers."""

    def __init__(self, path: str | None) -> None:
        """Start reading a file; None: the usual one. Raises OSError when no process can start."""
        self._descriptor, writing_end = os.pipe()
        self._answer = bytearray()
        self._pid = os.fork()
        if self._pid == 0:
            _read_and_end(path, writing_end)
        os.close(writing_end)

    def fileno(self) -> int:
        """Return the descriptor to wait on."""
        return self._descriptor

    def receive(self, before_close: Callable[[], None]) -> ReadConfiguration | None:
        """Take what has come, waiting if nothing has; return the whole once it is there.

        ``before_close`` is called when the descriptor is about to be closed. Raises
        ReadingFailed.
        """
        piece = os.read(self._descriptor, _READ_SIZE)
        if piece:
            self._answer += piece
            return None
        before_close()
        os.close(self._descriptor)
        exit_code = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        if exit_code != 0:
            raise ReadingFailed(exit_code)
        answer = marshal.loads(bytes(self._answer))  # noqa: S302 - our child's
        path, plain, problems, warnings, is_forbidden, is_uci = answer
        notation = UCI if is_uci else YAML
        return ReadConfiguration(
            path, plain, tuple(problems), tuple(warnings), is_forbidden, notation
        )

    def let_finish(self) -> None:
        """Wait until it has said all; :meth:`wait` returns that."""
        while piece := os.read(self._descriptor, _READ_SIZE):
            self._answer += piece

    def wait(self) -> ReadConfiguration:
        """Wait for the whole answer. Raises ReadingFailed."""
        answer = None
        while answer is None:
            answer = self.receive(before_close=lambda: None)
        return answer


def _read_and_end(path: str | None, writing_end: int) -> NoReturn:
    """Read the file and write the answer, in the child. Never returns into the parent's code."""
    exit_status = 1
    try:
        gc.disable()  # it would look through what is about to end
        signal.set_wakeup_fd(-1)
        from ruijie_proxy.config.reader import read_configuration
        from ruijie_proxy.config.shape.problems import ConfigurationForbidden, ConfigurationProblems
        from ruijie_proxy.config.usual_path import usual_path

        path = usual_path() if path is None else path
        plain: dict[str, Any] | None = None
        problems: list[str] = []
        warnings: list[str] = []
        is_forbidden = is_uci = False
        try:
            reading = read_configuration(path)
            plain = reading.plain
            is_uci = reading.report.notation.is_uci
            warnings = [_plain(warning) for warning in reading.warnings]
        except ConfigurationProblems as found:
            problems = [_plain(problem) for problem in found.problems]
            is_forbidden = isinstance(found, ConfigurationForbidden)
        with os.fdopen(writing_end, "wb") as pipe:
            pipe.write(marshal.dumps((path, plain, problems, warnings, is_forbidden, is_uci)))
        exit_status = 0
    except Exception:
        # A fault of the program: shown as any other, but it must end here and not in the
        # parent's code.
        import traceback

        traceback.print_exc()
    finally:
        os._exit(exit_status)


def _plain(problem: Problem) -> str:
    return str.__str__(str(problem))  # marshal takes no kind of text but the plain one
