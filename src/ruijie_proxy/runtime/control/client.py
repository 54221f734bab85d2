"""A command's end of the control socket."""

from __future__ import annotations

import contextlib
import socket

from ruijie_proxy.i18n import _
from ruijie_proxy.runtime.control.protocol import ControlError, decode_line, encode_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, BinaryIO

__all__ = ["ControlError", "NoDaemon", "request"]

LONGEST_ANSWER = 16 * 1024 * 1024


class NoDaemon(Exception):
    """Nobody answers on the control socket."""

    def __init__(self, path: str) -> None:
        super().__init__(
            _(
                "No daemon is running (nobody answers on {path}). Start it with: ruijie-proxy run",
                path=path,
            )
        )


def request(path: str, command: str, timeout: float, **arguments: Any) -> Any:
    """Ask the daemon and return its result, waiting at most ``timeout`` seconds at each step.

    Raises NoDaemon, ControlError (also when the answer does not come: ``no-answer``), or OSError
    (PermissionError).
    """
    question = encode_line({"command": command, **arguments})
    with _connect(path, timeout) as connection, connection.makefile("rb") as lines:
        return _result_of(path, _ask(connection, lines, question, timeout))


def follow(path: str, timeout: float, session: str | None) -> Iterator[dict[str, Any]]:
    """Yield events of the daemon, of one session or of all, until it ends.

    ``timeout`` is in seconds, for the daemon to begin. Raises as :func:`request`.
    """
    with _connect(path, timeout) as connection:
        question = encode_line({"command": "events", "session": session})
        with connection.makefile("rb") as lines:
            _result_of(path, _ask(connection, lines, question, timeout))
            connection.settimeout(None)
            # The daemon may be killed, which ends the connection in an unfriendly way.
            with contextlib.suppress(ConnectionResetError):
                for line in lines:
                    if not line.endswith(b"\n"):
                        told = _("the events came faster than they were read")
                        raise ControlError("too-slow", told)
                    yield decode_line(line)


def _connect(path: str, timeout: float) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(timeout)
        connection.connect(path)
    except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError) as error:
        connection.close()
        raise NoDaemon(path) from error
    except (TimeoutError, BlockingIOError) as error:
        connection.close()
        told = _("the daemon on {path} is busy: try again", path=path)
        raise ControlError("busy", told) from error
    except BaseException:
        connection.close()
        raise
    return connection


def _result_of(path: str, line: bytes) -> Any:
    answer = decode_line(line)
    if answer.get("ok") is True:
        return answer.get("result")
    told = answer.get("error")
    if not isinstance(told, dict):
        wrong = _("what answers on {path} is not this program's daemon", path=path)
        raise ControlError("no-answer", wrong)
    # In the daemon's language, which may be another one than this user's.
    raise ControlError(str(told.get("kind")), _(str(told.get("message"))))


def _ask(connection: socket.socket, lines: BinaryIO, question: bytes, timeout: float) -> bytes:
    """Send a request and return the line of its answer. Raises ControlError or OSError."""
    line = b""
    try:
        # One that does not want to hear the question may have said why.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(question)
        with contextlib.suppress(ConnectionResetError):
            line = lines.readline(LONGEST_ANSWER)
    except TimeoutError as error:
        told = _("the daemon has not answered within {seconds:g} seconds", seconds=timeout)
        raise ControlError("no-answer", told) from error
    if not line.endswith(b"\n"):
        raise ControlError("no-answer", _("the daemon ended the connection without an answer"))
    return line
