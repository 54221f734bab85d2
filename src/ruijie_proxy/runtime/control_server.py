"""The daemon's end of the control socket. Whatever a caller does, the sessions go on."""

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
"""Seconds after which a caller that neither asks nor goes is sent away."""
SOCKET_MODE = 0o660
DIRECTORY_MODE = 0o755
_READ_SIZE = 4096
_WAITING_CALLERS = 8


class ControlSocketTaken(Exception):
    """Another daemon answers on the control socket."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"Another ruijie-proxy is running: it answers on {path}. Stop it first, or give this "
            "one another “control:” in its configuration."
        )


class ControlServer:
    """Takes commands from other processes. ``handlers`` maps a command's name to what answers it;
    a handler may raise ControlError.
    """

    def __init__(self, loop: EventLoop, path: str, handlers: Mapping[str, Handler]) -> None:
        """Open the socket. Raises ControlSocketTaken, or OSError with the path in it."""
        self._loop = loop
        self._path = path
        self._handlers = handlers
        self._callers: set[_Caller] = set()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        try:
            _make_way(path)
            self._socket.bind(path)
            os.chmod(path, SOCKET_MODE)
            self._socket.listen(_WAITING_CALLERS)
            self._identity = _identity(path)
        except OSError as error:
            self._socket.close()
            raise OSError(error.errno, f"{path}: {error.strerror}") from error
        except BaseException:
            self._socket.close()
            raise
        loop.add_reader(self._socket.fileno(), self._accept)

    def close(self) -> None:
        """Send all callers away and remove the socket, if it is still this one's."""
        for caller in list(self._callers):
            caller.close()
        self._loop.remove_reader(self._socket.fileno())
        self._socket.close()
        if _identity(self._path) == self._identity:
            os.unlink(self._path)

    def answer(self, line: bytes) -> bytes:
        """Carry out one request and return the answer's line."""
        # Loaded with the first command: a daemon that nobody asks does without JSON.
        from ruijie_proxy.runtime.control_protocol import ControlError, decode_line, encode_line

        try:
            request = decode_line(line)
            handler = self._handlers.get(str(request.get("command")))
            if handler is None:
                known = ", ".join(self._handlers)
                raise ControlError("unknown-command", f"the commands are: {known}")  # noqa: TRY301
            return encode_line({"ok": True, "result": handler(request)})
        except ControlError as error:
            return encode_line({"ok": False, "error": {"kind": error.kind, "message": str(error)}})

    def forget(self, caller: _Caller) -> None:
        """Take note that a caller has gone."""
        self._callers.discard(caller)

    def _accept(self) -> None:
        try:
            connection, _ = self._socket.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return  # it has gone again
        if len(self._callers) >= CALLERS_AT_ONCE:
            connection.close()
            return
        connection.setblocking(False)
        self._callers.add(_Caller(self._loop, connection, self))


class _Caller:
    """One connection. Answers that do not fit the socket's buffer end it: nothing waits for it."""

    def __init__(self, loop: EventLoop, connection: socket.socket, server: ControlServer) -> None:
        self._loop = loop
        self._connection = connection
        self._server = server
        self._received = bytearray()
        self._timer = loop.timer(self.close)
        self._timer.set(clock.now() + PATIENCE)
        loop.add_reader(connection.fileno(), self._read)

    def close(self) -> None:
        self._timer.set(None)
        self._loop.remove_reader(self._connection.fileno())
        self._connection.close()
        self._server.forget(self)

    def _read(self) -> None:
        from ruijie_proxy.runtime.control_protocol import LONGEST_REQUEST

        try:
            piece = self._connection.recv(_READ_SIZE)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        self._received += piece
        if not piece or len(self._received) > LONGEST_REQUEST:
            self.close()
            return
        while (end := self._received.find(b"\n")) >= 0:
            line = bytes(self._received[:end])
            del self._received[: end + 1]
            if not self._send(self._server.answer(line)):
                self.close()
                return
            self._timer.set(clock.now() + PATIENCE)

    def _send(self, answer: bytes) -> bool:
        try:
            return self._connection.send(answer) == len(answer)
        except OSError:
            return False


def _make_way(path: str) -> None:
    """Make the socket's directory, and remove a socket that a killed daemon has left."""
    os.makedirs(os.path.dirname(path), DIRECTORY_MODE, exist_ok=True)
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
