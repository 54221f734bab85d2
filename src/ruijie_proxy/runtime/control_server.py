"""The daemon's end of the control socket. Whatever a caller does, the sessions go on.

A caller has one request and a few seconds for it, and its answer must fit what the kernel holds for
it: nothing here waits for anybody. Which commands there are is the daemon's matter.
"""

from __future__ import annotations

import errno
import os
import socket
import stat

from ruijie_proxy.runtime import clock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from ruijie_proxy.runtime.event_loop import EventLoop

    Handler = Callable[[dict[str, Any]], Any]

CALLERS_AT_ONCE = 16
PATIENCE = 10.0
"""Seconds after which a caller that has not asked is sent away."""
SOCKET_MODE = 0o660
DIRECTORY_MODE = 0o755
_PRIVATE_MODE = 0o600
_WAITING_CALLERS = 8
_PAUSE = 1.0
"""Seconds in which nobody is let in after the system had no descriptor or no memory for a caller.
"""


class ControlSocketForbidden(Exception):
    """The process has no permission to make the control socket."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"No permission to make the control socket {path}: run as root, or let “control:” in "
            "the configuration name a place where this user may write."
        )


class ControlSocketTaken(Exception):
    """Another daemon answers on the control socket."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"Another ruijie-proxy is running: it answers on {path}. Stop it first, or give this "
            "one another “control:” in its configuration."
        )


class ControlSocketUnusable(OSError):
    """The control socket cannot be made at this path."""

    def __init__(self, path: str, error: OSError) -> None:
        super().__init__(
            error.errno,
            f"The control socket {path} cannot be made: {error.strerror or error}. Let “control:” "
            "in the configuration name another path.",
        )

    def __str__(self) -> str:
        return str(self.strerror)


class ControlServer:
    """Takes commands from other processes. ``handlers`` maps a command's name to what answers it:
    it gets the request, and returns what JSON can carry, or raises ControlError.
    """

    def __init__(self, loop: EventLoop, path: str, handlers: Mapping[str, Handler]) -> None:
        """Open the socket. Raises ControlSocketTaken, ControlSocketForbidden, or
        ControlSocketUnusable.
        """
        self._loop = loop
        self._path = path
        self._handlers = handlers
        self._callers: set[_Caller] = set()
        self._is_open = False
        self._pause = loop.timer(self._open)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        try:
            _make_way(path)
            # The file gets the mode of the descriptor: others never see it with a wider one.
            os.fchmod(self._socket.fileno(), _PRIVATE_MODE)
            self._socket.bind(path)
            self._identity = _identity(path)
            os.chmod(path, SOCKET_MODE)
            self._socket.listen(_WAITING_CALLERS)
        except PermissionError as error:
            self._socket.close()
            raise ControlSocketForbidden(path) from error
        except OSError as error:
            self._socket.close()
            raise ControlSocketUnusable(path, error) from error
        except BaseException:
            self._socket.close()
            raise
        self._open()

    def close(self) -> None:
        """Send all callers away and remove the socket, if it is still this one's."""
        for caller in list(self._callers):
            caller.close()
        self._pause.set(None)
        self._shut()
        self._socket.close()
        if _identity(self._path) == self._identity:
            os.unlink(self._path)

    def answer(self, line: bytes) -> bytes:
        """Carry out one request and return the answer's line."""
        # Loaded with the first command: a daemon that nobody asks does without JSON.
        from ruijie_proxy.runtime.control_protocol import (
            ControlError,
            decode_line,
            encode_error,
            encode_line,
        )

        try:
            request = decode_line(line)
            handler = self._handlers.get(str(request.get("command")))
            if handler is None:
                known = ", ".join(self._handlers)
                raise ControlError("unknown-command", f"the commands are: {known}")  # noqa: TRY301
            return encode_line({"ok": True, "result": handler(request)})
        except ControlError as error:
            return encode_error(error)

    def forget(self, caller: _Caller) -> None:
        """Take note that a caller has gone."""
        self._callers.discard(caller)

    def _open(self) -> None:
        self._is_open = True
        self._loop.add_reader(self._socket.fileno(), self._accept)

    def _shut(self) -> None:
        if self._is_open:
            self._is_open = False
            self._loop.remove_reader(self._socket.fileno())

    def _accept(self) -> None:
        try:
            connection, _ = self._socket.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return  # it has gone again
        except OSError:
            # Too many open files, or no memory. The caller stays in the queue, which would wake the
            # loop again at once.
            self._shut()
            self._pause.set(clock.now() + _PAUSE)
            return
        connection.setblocking(False)
        if len(self._callers) < CALLERS_AT_ONCE:
            self._callers.add(_Caller(self._loop, connection, self))
            return
        from ruijie_proxy.runtime.control_protocol import ControlError, encode_error

        busy = ControlError("busy", "too many commands at once: try again in some seconds")
        _send(connection, encode_error(busy))
        connection.close()


class _Caller:
    """One connection: a request, its answer, and the end."""

    def __init__(self, loop: EventLoop, connection: socket.socket, server: ControlServer) -> None:
        self._loop = loop
        self._connection = connection
        self._server = server
        self._received = b""
        self._timer = loop.timer(self.close)
        self._timer.set(clock.now() + PATIENCE)
        loop.add_reader(connection.fileno(), self._read)

    def close(self) -> None:
        self._timer.set(None)
        self._loop.remove_reader(self._connection.fileno())
        self._connection.close()
        self._server.forget(self)

    def _read(self) -> None:
        from ruijie_proxy.runtime.control_protocol import (
            LONGEST_REQUEST,
            ControlError,
            encode_error,
        )

        try:
            piece = self._connection.recv(LONGEST_REQUEST - len(self._received))
        except BlockingIOError:
            return
        except OSError:
            piece = b""  # it ended in an unfriendly way
        self._received += piece
        line, newline, _ = self._received.partition(b"\n")
        if newline:
            _send(self._connection, self._server.answer(line))
        elif len(self._received) == LONGEST_REQUEST:
            too_long = f"a request has {LONGEST_REQUEST} bytes at most"
            _send(self._connection, encode_error(ControlError("bad-request", too_long)))
        elif piece:
            return  # the rest is to come
        self.close()


def _send(connection: socket.socket, answer: bytes) -> None:
    """Send what the kernel takes: a caller that reads nothing, or has gone, has itself to blame."""
    try:
        connection.send(answer)
    except OSError:
        return


def _make_way(path: str) -> None:
    """Make the socket's directory, and remove a socket that a killed daemon has left."""
    os.makedirs(os.path.dirname(os.path.abspath(path)), DIRECTORY_MODE, exist_ok=True)
    try:
        if not stat.S_ISSOCK(os.lstat(path).st_mode):
            raise OSError(errno.EEXIST, "there is something else of this name, not a socket")
    except FileNotFoundError:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK) as caller:
        try:
            caller.connect(path)
        except ConnectionRefusedError:
            os.unlink(path)
            return
        except BlockingIOError:
            pass  # alive, and busy
    raise ControlSocketTaken(path)


def _identity(path: str) -> tuple[int, int] | None:
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino
