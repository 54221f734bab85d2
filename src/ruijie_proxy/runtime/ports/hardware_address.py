"""Read and change the MAC address of an Ethernet interface."""

from __future__ import annotations

import errno
import struct

from ruijie_proxy.i18n import _, reason_of
from ruijie_proxy.protocol.ethernet import ADDRESS_SIZE, format_mac, is_group_address
from ruijie_proxy.runtime.ports.interface_errors import (
    AddressRefused,
    NotEthernet,
    PermissionMissing,
)
from ruijie_proxy.runtime.ports.interface_request import (
    SIOCGIFFLAGS,
    SIOCGIFHWADDR,
    SIOCSIFFLAGS,
    SIOCSIFHWADDR,
    interface_request,
)

ARPHRD_ETHER = 1
"""The hardware type of Ethernet (linux/if_arp.h)."""
IFF_UP = 0x1
_HARDWARE_ADDRESS = struct.Struct("H6s")
"""struct sockaddr: hardware type in the CPU's byte order, then the address."""
_FLAGS = struct.Struct("H")


def hardware_address(interface: str) -> bytes:
    """Return the interface's present MAC address, 6 bytes.

    Raises InterfaceMissing or NotEthernet.
    """
    kind, address = _HARDWARE_ADDRESS.unpack_from(interface_request(interface, SIOCGIFHWADDR))
    if kind != ARPHRD_ETHER:
        raise NotEthernet(interface)
    return bytes(address)


def set_hardware_address(interface: str, mac: bytes) -> None:
    """Give the interface another MAC address (6 bytes), down and up again if its driver needs it.

    Down and up takes the routes and the IPv6 addresses away, which come back with the next renewal.
    Raises InterfaceMissing, NotEthernet, PermissionMissing (CAP_NET_ADMIN), AddressRefused (by the
    driver), and ValueError for an address that names no single station.
    """
    if len(mac) != ADDRESS_SIZE or is_group_address(mac) or not any(mac):
        raise ValueError(f"{format_mac(mac)} is not the MAC address of a single station")
    if hardware_address(interface) == mac:
        return
    try:
        try:
            _change(interface, mac)
        except OSError as error:
            if error.errno != errno.EBUSY:
                raise
            _change_while_down(interface, mac)
    except PermissionError as error:
        purpose = _("change the MAC address of {port}", port=interface)
        raise PermissionMissing(purpose, "CAP_NET_ADMIN") from error
    except OSError as error:
        raise AddressRefused(interface, reason_of(error)) from error


def _change(interface: str, mac: bytes) -> None:
    interface_request(interface, SIOCSIFHWADDR, _HARDWARE_ADDRESS.pack(ARPHRD_ETHER, mac))


def _change_while_down(interface: str, mac: bytes) -> None:
    (flags,) = _FLAGS.unpack_from(interface_request(interface, SIOCGIFFLAGS))
    _set_flags(interface, flags & ~IFF_UP)
    try:
        _change(interface, mac)
    finally:
        _set_flags(interface, flags)


def _set_flags(interface: str, flags: int) -> None:
    interface_request(interface, SIOCSIFFLAGS, _FLAGS.pack(flags))
