"""The kernel's old way to ask for, and to set, one thing of one interface (netdevice(7))."""

from __future__ import annotations

import errno
import fcntl
import os

from ruijie_proxy.i18n import reason_of
from ruijie_proxy.runtime.basis.c_modules import socket
from ruijie_proxy.runtime.ports.interface_errors import InterfaceMissing, SocketRefused

# linux/sockios.h
SIOCGIFFLAGS = 0x8913
SIOCSIFFLAGS = 0x8914
SIOCGIFADDR = 0x8915
SIOCGIFNETMASK = 0x891B
SIOCSIFHWADDR = 0x8924
SIOCGIFHWADDR = 0x8927

_NAME_SIZE = 16
"""IFNAMSIZ, the zero byte at the end included."""
_REQUEST_SIZE = 40
"""struct ifreq; 32 on a 32-bit CPU, where the kernel leaves the rest alone."""


def interface_request(interface: str, code: int, argument: bytes = b"") -> bytes:
    """Make one request, and return what stands behind the name in the kernel's answer (24 bytes).

    Raises InterfaceMissing, SocketRefused, and OSError for what else the kernel says.
    """
    name = os.fsencode(interface)
    if not 0 < len(name) < _NAME_SIZE or b"\0" in name:
        raise InterfaceMissing(interface)
    request = (name.ljust(_NAME_SIZE, b"\0") + argument).ljust(_REQUEST_SIZE, b"\0")
    try:
        any_socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    except OSError as error:
        raise SocketRefused(interface, reason_of(error)) from error
    try:
        answer = fcntl.ioctl(any_socket, code, request)
    except OSError as error:
        if error.errno == errno.ENODEV:
            raise InterfaceMissing(interface) from error
        raise
    finally:
        any_socket.close()
    return answer[_NAME_SIZE:]
