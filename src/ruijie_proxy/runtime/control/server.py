"""The daemon's end of the control socket. Whatever a caller does, the sessions go on.

A caller has one request and a few seconds for it, and its answer must fit what the kernel holds for
it: nothing here waits for anybody. Which commands there are is the daemon's matter.
"""

from __future__ import annotations

import errno
import os
import stat
import struct

from ruijie_proxy.i18n import _, listed, reason_of
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.c_modules import socket

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from ruijie_proxy.runtime.basis.event_loop import EventLoop
    from ruijie_proxy.runtime.telling.event_stream import Occurrence

    Handler = Callable[[dict[str, Any]], Any]

CALLERS_AT_ONCE = 16
PATIENCE = 10.0
"""Seconds after which a caller that has not asked is sent away."""
SOCKET_MODE = 0o660
DIRECTORY_MODE = 0o755
_PRIVATE_MODE = 0o600
_WAITING_CALLERS = 8
FOLLOWERS_AT_ONCE = 8
USUAL_BUFFER = 64 * 1024
"""Bytes of an answer that the kernel holds for a caller in any case."""
LARGEST_BUFFER = 1024 * 1024
"""… and that it is made to hold for one who asks for more: the status of a thousand sessions."""
MOST_GROUPS = 256
"""Of a caller's groups that are looked at; who has more is not let in by them. They have 4 bytes
each, and Python takes no more than 1024 bytes of an option."""

# asm-generic/socket.h
SO_SNDBUFFORCE = 32
SO_PEERGROUPS = 59
_CREDENTIALS = struct.Struct("@iII")
"""struct ucred of linux/socket.h: process, user, group."""
_GROUP = struct.Struct("@I")
_PAUSE = 1.0
"""Seconds in which nobody is let in after the system had no descriptor or no memory for a caller.
"""


class ControlSocketForbidden(Exception):
    """The process has no permission to make the control socket."""

    def __init__(self, path: str) -> None:
        super().__init__(
            _(
                "No permission to make the control socket {path}: run as root, or let “control” "
                "in the configuration name a place where this user may write.",
                path=path,
            )
        )


class ControlSocketTaken(Exception):
    """Another daemon answers on the control socket."""

    def __init__(self, path: str) -> None:
        super().__init__(
            _(
                "Another ruijie-proxy is running: it answers on {path}. Stop it first, or give "
                "this one another “control” in its configuration.",
                path=path,
            )
        )


class ControlSocketUnusable(OSError):
    """The control socket cannot be made at this path."""

    def __init__(self, path: str, error: OSError) -> None:
        super().__init__(
            error.errno,
            _(
                "The control socket {path} cannot be made: {reason}. Let “control” in the "
                "configuration name another path.",
                path=path,
                reason=reason_of(error),
            ),
        )

    def __str__(self) -> str:
        return str(self.strerror)


class NoSuchGroup(Exception):
    """The group that may use the control socket does not exist."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _(
                "There is no group {name} on this machine: see “control_group” in the "
                "configuration.",
                name=name,
            )
        )


class Following:
    """What a handler returns for a caller that stays, and is told of everything that happens."""

    def __init__(self, session: str | None) -> None:
        self.session = session
        """The name of the one session that the caller wants to hear of; None: all."""


class ControlServer:
    """Takes commands from other processes. ``handlers`` maps a command's name to what answers it:
    it gets the request, and returns what JSON can carry, or Following, or raises ControlError.
    """

    def __init__(
        self,
        loop: EventLoop,
        path: str,
        handlers: Mapping[str, Handler],
        group: str | None = None,
    ) -> None:
        """Open the socket, to root, to this process's user, and to a group of users.

        Raises NoSuchGroup, ControlSocketTaken, ControlSocketForbidden, or ControlSocketUnusable.
        """
        self._group = os.getegid() if group is None else _group_number(group)
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
            if self._group != os.getegid():
                os.chown(path, -1, self._group)
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

    def answer(self, line: bytes) -> tuple[bytes, Following | None]:
        """Carry out one request; return the answer's line, and what the caller stays for."""
        # Loaded with the first command: a daemon that nobody asks does without JSON.
        from ruijie_proxy.runtime.control.protocol import (
            ControlError,
            decode_line,
            encode_error,
            encode_line,
        )

        try:
            request = decode_line(line)
            handler = self._handlers.get(str(request.get("command")))
            if handler is None:
                known = listed(self._handlers)
                told = _("the commands are: {names}", names=known)
                raise ControlError("unknown-command", told)  # noqa: TRY301
            result = handler(request)
            following = result if isinstance(result, Following) else None
            if following is not None and self._followers >= FOLLOWERS_AT_ONCE:
                raise ControlError("busy", _("too many are following already"))  # noqa: TRY301
            plain = None if following is not None else result
            return encode_line({"ok": True, "result": plain}), following
        except ControlError as error:
            return encode_error(error), None

    def publish(self, occurrence: Occurrence) -> None:
        """Tell those who follow what has happened."""
        if not self._followers:
            return
        from ruijie_proxy.runtime.control.protocol import encode_line

        line = encode_line(occurrence.to_plain())
        for caller in list(self._callers):
            caller.tell(occurrence.session, line)

    @property
    def _followers(self) -> int:
        return sum(caller.follows for caller in self._callers)

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
            # Which socket.accept() calls, too; typeshed does not know it.
            descriptor, _caller = self._socket._accept()  # type: ignore[attr-defined]
        except (BlockingIOError, ConnectionAbortedError):
            return  # it has gone again
        except OSError:
            # Too many open files, or no memory. The caller stays in the queue, which would wake the
            # loop again at once.
            self._shut()
            self._pause.set(clock.now() + _PAUSE)
            return
        connection = socket.socket(fileno=descriptor)
        connection.setblocking(False)
        if not _may_command(connection, self._group):
            from ruijie_proxy.runtime.control.protocol import ControlError, encode_error

            told = _("only root, the daemon's own user and its group may command it")
            _send(connection, encode_error(ControlError("forbidden", told)))
            connection.close()
            return
        if len(self._callers) < CALLERS_AT_ONCE + self._followers:
            self._callers.add(_Caller(self._loop, connection, self))
            return
        from ruijie_proxy.runtime.control.protocol import ControlError, encode_error

        busy = ControlError("busy", _("too many commands at once: try again in some seconds"))
        _send(connection, encode_error(busy))
        connection.close()


class _Caller:
    """One connection: a request, its answer, and the end; or events, for one that follows."""

    def __init__(self, loop: EventLoop, connection: socket.socket, server: ControlServer) -> None:
        self._loop = loop
        self._connection = connection
        self._server = server
        self._received = b""
        self._following: Following | None = None
        self._timer = loop.timer(self.close)
        self._timer.set(clock.now() + PATIENCE)
        loop.add_reader(connection.fileno(), self._read)

    @property
    def follows(self) -> bool:
        """Whether it stays to be told of events."""
        return self._following is not None

    def tell(self, session: str, line: bytes) -> None:
        """Tell one that follows of an event of a session, if it wants to hear of that.

        One that does not read what it is told is sent away.
        """
        wanted = self._following
        if wanted is None or wanted.session not in (None, session):
            return
        if not _send(self._connection, line):
            self.close()

    def close(self) -> None:
        self._timer.set(None)
        self._loop.remove_reader(self._connection.fileno())
        self._connection.close()
        self._server.forget(self)

    def _read(self) -> None:
        from ruijie_proxy.runtime.control.protocol import (
            LONGEST_REQUEST,
            ControlError,
            encode_error,
        )

        try:
            piece = self._connection.recv(max(1, LONGEST_REQUEST - len(self._received)))
        except BlockingIOError:
            return
        except OSError:
            piece = b""  # it ended in an unfriendly way
        if self._following is not None:
            if not piece:
                self.close()
            return  # it has said what it wants; whatever it says now is of no interest
        self._received += piece
        line, newline, _rest = self._received.partition(b"\n")
        if newline:
            answer, self._following = self._server.answer(line)
            self._received = b""
            _enlarge(self._connection, len(answer))
            if _send(self._connection, answer) and self.follows:
                self._timer.set(None)
                return
        elif len(self._received) == LONGEST_REQUEST:
            too_long = _("a request has {most} bytes at most", most=LONGEST_REQUEST)
            _send(self._connection, encode_error(ControlError("bad-request", too_long)))
        elif piece:
            return  # the rest is to come
        self.close()


def _send(connection: socket.socket, line: bytes) -> bool:
    """Send what the kernel takes, and tell whether that was all of it.

    A caller that reads nothing, or has gone, has itself to blame.
    """
    try:
        return connection.send(line) == len(line)
    except OSError:
        return False


def _enlarge(connection: socket.socket, size: int) -> None:
    """Have the kernel hold an answer of that many bytes, where it would not by itself."""
    if size <= USUAL_BUFFER:
        return
    size = min(size, LARGEST_BUFFER)
    # The kernel counts twice what it is told, and some for each piece (socket(7)).
    try:
        connection.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, 2 * size)
    except PermissionError:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2 * size)


def _may_command(connection: socket.socket, group: int) -> bool:
    """Whether the process at the other end may command the daemon, by the kernel's word on it."""
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _, user, primary_group = _CREDENTIALS.unpack(credentials)
    if user in (0, os.geteuid()) or primary_group == group:
        return True
    try:
        data = connection.getsockopt(socket.SOL_SOCKET, SO_PEERGROUPS, MOST_GROUPS * _GROUP.size)
    except OSError:
        return False  # too many to be told, or a kernel before 4.13
    return any(number == group for (number,) in _GROUP.iter_unpack(data))


def _group_number(name: str) -> int:
    import grp

    try:
        return grp.getgrnam(name).gr_gid
    except KeyError as error:
        raise NoSuchGroup(name) from error


def _make_way(path: str) -> None:
    """Make the socket's directory, and remove a socket that a killed daemon has left."""
    os.makedirs(os.path.dirname(os.path.abspath(path)), DIRECTORY_MODE, exist_ok=True)
    try:
        if not stat.S_ISSOCK(os.lstat(path).st_mode):
            told = _("there is something else of this name, not a socket")
            raise OSError(errno.EEXIST, told)
    except FileNotFoundError:
        return
    caller = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        caller.connect(path)
    except ConnectionRefusedError:
        os.unlink(path)
        return
    except BlockingIOError:
        pass  # alive, and busy
    finally:
        caller.close()
    raise ControlSocketTaken(path)


def _identity(path: str) -> tuple[int, int] | None:
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino
