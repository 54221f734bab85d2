"""Watching the EAPOL frames of an interface in both directions, without touching them."""

from __future__ import annotations

import errno
import os
import socket
import struct
import time

from ruijie_proxy.i18n import _
from ruijie_proxy.protocol.ethernet import ETHERTYPE_OFFSET
from ruijie_proxy.runtime.ports.bridge_ports import SYSFS_NET, is_bridge, is_wireless
from ruijie_proxy.runtime.ports.bridge_vlans import read_lan_vlan
from ruijie_proxy.runtime.ports.hardware_address import ARPHRD_ETHER
from ruijie_proxy.runtime.ports.interface_errors import (
    InterfaceMissing,
    NotEthernet,
    PermissionMissing,
)
from ruijie_proxy.runtime.ports.packet_filter import (
    ETHERTYPE_VLAN,
    UNTAGGED,
    PortVlan,
    attach_filter,
    tap_filter,
)
from ruijie_proxy.runtime.ports.packet_socket import MAXIMUM_FRAME_SIZE
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

ETH_P_ALL = 0x0003
"""linux/if_ether.h: only so does a socket see what its own host sends."""
_SO_TIMESTAMPNS = 35
"""asm-generic/socket.h; also the type of the control message that brings the time."""
_TIMESPEC = struct.Struct("@ll")
_VLAN_TAGGED = ETHERTYPE_VLAN.to_bytes(2, "big")
_TAG_SIZE = 4
_NANOSECONDS = 1_000_000_000


class Passage(Frozen):
    """A frame that went by."""

    frame: bytes
    at: int
    """When the kernel sent it or took it in: nanoseconds since 1970."""
    outgoing: bool
    """Whether this machine sent it."""


class EapolTap:
    """Sees the EAPOL frames of one interface, untagged ones or a VLAN's. It never waits."""

    def __init__(self, interface: str, vlan: PortVlan = UNTAGGED) -> None:
        """Open it. Raises InterfaceMissing, NotEthernet or PermissionMissing."""
        self.interface = interface
        self._vlan = vlan
        try:
            # Protocol 0: nothing comes in before the filter is set.
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK)
        except PermissionError as error:
            purpose = _("record on {port}", port=interface)
            raise PermissionMissing(purpose, "CAP_NET_RAW") from error
        try:
            self._prepare()
        except BaseException:
            self._socket.close()
            raise

    def next(self) -> Passage | None:
        """Return the next frame; None when none waits, and while the interface is down."""
        try:
            frame, control, _, address = self._socket.recvmsg(
                MAXIMUM_FRAME_SIZE, socket.CMSG_SPACE(_TIMESPEC.size)
            )
        except BlockingIOError:
            return None
        except OSError as error:
            if error.errno == errno.ENETDOWN:
                return None  # told once; the socket works again when the interface is up
            raise
        if frame[ETHERTYPE_OFFSET : ETHERTYPE_OFFSET + 2] == _VLAN_TAGGED:
            frame = frame[:ETHERTYPE_OFFSET] + frame[ETHERTYPE_OFFSET + _TAG_SIZE :]
        return Passage(frame, _timestamp(control), address[2] == socket.PACKET_OUTGOING)

    def fileno(self) -> int:
        """Return the descriptor to wait on."""
        return self._socket.fileno()

    def close(self) -> None:
        """Close it."""
        self._socket.close()

    def _prepare(self) -> None:
        attach_filter(self._socket, tap_filter(self._vlan))
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        try:
            self._socket.bind((self.interface, ETH_P_ALL))
        except OSError as error:
            if error.errno in (errno.ENODEV, errno.ENXIO):
                raise InterfaceMissing(self.interface) from error
            raise
        if self._socket.getsockname()[3] != ARPHRD_ETHER:
            raise NotEthernet(self.interface)


def interfaces_to_tap(interface: str, sysfs: str = SYSFS_NET) -> Mapping[str, PortVlan]:
    """Return where the frames of a LAN or WAN are to be seen, and how: of a bridge, at its ports.

    A bridge itself is not handed the frames to the PAE group (docs/protocol.md, "Linux"). Wi-Fi
    ports are left alone.
    """
    vlan = read_lan_vlan(interface)
    if vlan is not None:
        ports = dict(vlan.ports)
    elif is_bridge(interface, sysfs):
        ports = dict.fromkeys(sorted(os.listdir(f"{sysfs}/{interface}/brif")), UNTAGGED)
    else:
        ports = {}
    wired = {port: ports[port] for port in ports if not is_wireless(port, sysfs)}
    return wired or {interface: UNTAGGED}


def _timestamp(control: list[tuple[int, int, bytes]]) -> int:
    for level, kind, data in control:
        if (level, kind) == (socket.SOL_SOCKET, _SO_TIMESTAMPNS) and len(data) == _TIMESPEC.size:
            seconds, nanoseconds = _TIMESPEC.unpack(data)
            return int(seconds) * _NANOSECONDS + int(nanoseconds)
    return time.time_ns()
