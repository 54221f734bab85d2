"""Which of a bridge's ports belong to a VLAN, and how its frames look there, as the bridge says.

A bridge that keeps VLANs apart has a table of them for each port and for itself (bridge(8),
"vlan"). It is read here, and frames are judged by it as the bridge judges them itself.
"""

from __future__ import annotations

import contextlib
import os
import struct

from ruijie_proxy.i18n import _
from ruijie_proxy.runtime.basis.c_modules import socket
from ruijie_proxy.runtime.ports import netlink
from ruijie_proxy.runtime.ports.links import DUMP_ATTEMPTS, READ_SIZE, LinkMonitor
from ruijie_proxy.runtime.ports.packet_filter import UNTAGGED, PortVlan
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ruijie_proxy.runtime.ports.netlink import Link

    VlanTable = dict[int, PortVlan]
    """The VLANs of one port, or of a bridge itself, by their number."""

# linux/rtnetlink.h, linux/if_link.h, linux/if_bridge.h
_WITH_RANGES_OF_VLANS = 0x4
"""RTEXT_FILTER_BRVLAN_COMPRESSED: of thousands of VLANs in a row, the first and the last."""
_IFLA_AF_SPEC = 26
_IFLA_BRIDGE_VLAN_INFO = 2
_VLAN_INFO = struct.Struct("HH")
"""struct bridge_vlan_info: flags, number."""
_PVID = 0x02
_UNTAGGED = 0x04
_RANGE_BEGINS = 0x08
_RANGE_ENDS = 0x10
_HIGHEST_VLAN = 4094


class LanVlan(Frozen):
    """A LAN on a bridge that has to do with VLANs, as people are told of it."""

    bridge: str
    vlan: int = 0
    """Its number; 0: what is untagged at the ports."""
    ports: tuple[tuple[str, PortVlan], ...] = ()
    """The names of its ports, and how it looks there."""
    devices: tuple[str, ...] = ()
    """The names of the VLAN devices on the bridge."""
    misses_frames: bool = False
    """It is a bridge that keeps VLANs apart and hands up none of them without a tag."""

    @property
    def port_names(self) -> tuple[str, ...]:
        """The names of its ports."""
        return tuple([name for name, _vlan in self.ports])


def read_lan_vlan(lan: str) -> LanVlan | None:
    """Return what a LAN has to do with VLANs; None: nothing. Raises OSError."""
    with contextlib.closing(LinkMonitor()) as links:
        link = links.by_name(lan)
        bridge = None if link is None else links.bridge_of(link)
        if link is None or bridge is None or not links.has_vlans(bridge):
            return None
        ports = links.ports_of(bridge.index)
        found = vlan_at_ports(link, bridge, ports)
        vlan = next((one.vlan for one in found.values()), link.vlan)
        return LanVlan(
            bridge.name,
            vlan,
            tuple([(port.name, found[port.index]) for port in ports if port.index in found]),
            tuple([device.name for device in links.vlans_of(bridge.index)]),
            misses_frames=bridge.is_vlan_aware
            and not link.vlan
            and not own_vlan(read_vlan_tables().get(bridge.index, {})),
        )


def vlan_at_ports(lan: Link, bridge: Link, ports: Iterable[Link]) -> dict[int, PortVlan]:
    """Return by which ports of a bridge a LAN is reached, by their index, and how it looks there.

    ``lan`` is the bridge itself or a VLAN device on it. Raises OSError when the kernel refuses.
    """
    if bridge.is_vlan_aware:
        tables = read_vlan_tables()
        vlan = lan.vlan or own_vlan(tables.get(bridge.index, {}))
        if vlan:
            at_ports = {port.index: tables.get(port.index, {}).get(vlan) for port in ports}
            return {index: found for index, found in at_ports.items() if found is not None}
    # Tags are nothing to such a bridge, and for VLAN devices on it to take off; or it is of no VLAN
    # itself, and only what ports keep from it can be heard.
    alike = PortVlan(lan.vlan) if lan.vlan else UNTAGGED
    return {port.index: alike for port in ports}


def own_vlan(table: VlanTable) -> int:
    """Return the VLAN whose frames a bridge with this table hands up without a tag; 0: none's."""
    return next((number for number, vlan in table.items() if vlan.takes_untagged), 0)


def read_vlan_tables() -> dict[int, VlanTable]:
    """Read the VLANs of all ports of bridges, and of the bridges themselves, by their index.

    Raises OSError when the kernel refuses.
    """
    kernel = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
    try:
        for sequence in range(1, DUMP_ATTEMPTS + 1):
            tables, is_whole = _dump(kernel, sequence)
            if is_whole:
                break
    finally:
        kernel.close()
    return tables


def _dump(kernel: socket.socket, sequence: int) -> tuple[dict[int, VlanTable], bool]:
    """Ask for all tables; return them, and whether nothing changed meanwhile."""
    kernel.send(netlink.dump_request(sequence, netlink.AF_BRIDGE, _WITH_RANGES_OF_VLANS))
    tables: dict[int, VlanTable] = {}
    is_whole = True
    while True:
        for message in netlink.messages(kernel.recv(READ_SIZE)):
            if message.type == netlink.NLMSG_DONE:
                return tables, is_whole
            if message.type == netlink.NLMSG_ERROR:
                number = netlink.parse_error(message.body)
                raise OSError(number, _(os.strerror(number)))
            is_whole = is_whole and not message.flags & netlink.NLM_F_DUMP_INTR
            index, table = parse_vlan_table(message.body)
            tables.setdefault(index, {}).update(table)


def parse_vlan_table(body: bytes) -> tuple[int, VlanTable]:
    """Read a message of a bridge: the index of a port, or of the bridge, and its VLANs."""
    index = netlink.parse_link_index(body)
    table: VlanTable = {}
    first = 0
    for kind, specific in netlink.attributes(body, netlink.LINK_HEADER_SIZE):
        if kind != _IFLA_AF_SPEC:
            continue
        for inner, told in netlink.attributes(specific, 0):
            if inner != _IFLA_BRIDGE_VLAN_INFO or len(told) < _VLAN_INFO.size:
                continue
            flags, number = _VLAN_INFO.unpack_from(told)
            if flags & _RANGE_BEGINS:
                first = number
                continue
            last = min(number, _HIGHEST_VLAN)
            for vlan in range(first if flags & _RANGE_ENDS else last, last + 1):
                table[vlan] = PortVlan(vlan, bool(flags & _PVID), bool(flags & _UNTAGGED))
    return index, table
