"""One daemon a WAN port: two that send heartbeats for one session would end it."""

from __future__ import annotations

import errno
import struct

from ruijie_proxy.i18n import _
from ruijie_proxy.runtime.basis.c_modules import socket

_NAME = "\0ruijie-proxy/wan/"
"""In front of the interface's name. The zero byte makes it an abstract name (unix(7)), which
belongs to the network namespace as the port does, and goes with the process, however it ends."""
_WAITING_CALLERS = 16
_CREDENTIALS = struct.Struct("iII")
"""struct ucred: process, user, group."""


class PortTaken(Exception):
    """Another process holds the port."""

    def __init__(self, interface: str, pid: int | None) -> None:
        self.interface = interface
        self.pid = pid
        """None when the kernel does not tell."""
        if pid is None:
            told = _(
                "{port} is already served by another process: stop that one first.", port=interface
            )
        else:
            told = _(
                "{port} is already served by process {pid}: stop that one first.",
                port=interface,
                pid=pid,
            )
        super().__init__(told)


class PortLock:
    """Holds a WAN port until it is closed or the process ends."""

    __slots__ = ("_socket",)

    def __init__(self, interface: str) -> None:
        """Take it. Raises PortTaken."""
        name = _NAME + interface
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._socket.bind(name)
            # Nobody is ever answered; a listening socket tells callers whose it is.
            self._socket.listen(_WAITING_CALLERS)
        except OSError as error:
            self._socket.close()
            if error.errno != errno.EADDRINUSE:
                raise
            raise PortTaken(interface, _holder(name)) from None

    def close(self) -> None:
        """Give the port back; a second time does nothing."""
        self._socket.close()


def lock_name(interface: str) -> str:
    """Return the name of the socket that holds a port, as /proc/net/unix writes it."""
    return "@" + _NAME[1:] + interface


def _holder(name: str) -> int | None:
    caller = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        caller.connect(name)
        answer = caller.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    except OSError:
        # It has gone this moment, or has as many callers waiting as it takes.
        return None
    finally:
        caller.close()
    # 0: a process that this one cannot see, in another PID namespace.
    return int(_CREDENTIALS.unpack(answer)[0]) or None
