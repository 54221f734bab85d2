"""What the kernel's routing netlink says of links: bytes in, values out (rtnetlink(7)).

Everything is in the CPU's byte order. Whatever cannot be read is left out, never an error.
"""

from __future__ import annotations

import os
import struct
import sys

from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

# linux/netlink.h, linux/rtnetlink.h
NLMSG_ERROR = 2
NLMSG_DONE = 3
RTM_NEWLINK = 16
RTM_DELLINK = 17
RTM_GETLINK = 18
RTM_NEWADDR = 20
RTM_DELADDR = 21
NLM_F_REQUEST = 0x1
NLM_F_DUMP_INTR = 0x10
NLM_F_DUMP = 0x300
AF_BRIDGE = 7
"""linux/socket.h: what bridges say of links is told in the name of this protocol."""

# linux/if_link.h
_IFLA_ADDRESS = 1
_IFLA_IFNAME = 3
_IFLA_LINK = 5
_IFLA_MASTER = 10
_IFLA_LINKINFO = 18
_IFLA_INFO_KIND = 1
_IFLA_INFO_DATA = 2
_IFLA_CARRIER_CHANGES = 35
_IFLA_LINK_NETNSID = 37
_IFLA_EXT_MASK = 29
_IFLA_BR_VLAN_FILTERING = 7
_IFLA_VLAN_ID = 1
_IFLA_VLAN_PROTOCOL = 5
_CUSTOMER_VLAN = b"\x81\x00"
"""What IEEE 802.1Q calls a C-VLAN; providers' tags (0x88a8) are others."""
_SKIP_STATISTICS = 0x8
"""RTEXT_FILTER_SKIP_STATS: counters are most of an answer, and nobody here reads them."""
_ATTRIBUTE_TYPE_MASK = 0x3FFF
"""The two upper bits of an attribute's type are flags."""

# linux/if.h
_IFF_UP = 0x1
IFF_PROMISC = 0x100
"""It takes in the frames to other stations, too; a message with no other change tells no news."""
_IFF_LOWER_UP = 0x10000
"""There is a carrier. (IFF_RUNNING would be wrong here: a port that waits for 802.1X may be
dormant, and is the very port to speak on.)"""

_ALIGNMENT = 4
_HEADER = struct.Struct("IHHII")
"""struct nlmsghdr: size (header included), type, flags, sequence number, port."""
_LINK = struct.Struct("BxHiII")
"""struct ifinfomsg: family, hardware type, index, flags, mask of changed flags."""
LINK_HEADER_SIZE = _LINK.size
"""Behind it are a link's attributes."""
_ADDRESS = struct.Struct("BBBBI")
"""struct ifaddrmsg: family, prefix length, flags, scope, index of the link."""
_ATTRIBUTE = struct.Struct("HH")
"""struct rtattr: size (header included), type."""


_ON_ONE_CABLE = ("macvlan", "macvtap", "ipvlan")
"""Kinds of links that are other names for the link below them, with an address of their own."""


class Link(Frozen):
    """A network interface as the kernel describes it."""

    index: int
    """What the kernel calls it by; one removed and made anew has another."""
    name: str
    address: bytes
    """Hardware address: 6 bytes on Ethernet, empty where there is none."""
    running: bool
    """It is up and has a carrier: frames can pass."""
    master: int
    """Index of the bridge (or bond) that it is a port of; 0: none."""
    kind: str
    """`bridge`, `veth`, `vlan`, …; empty for a device of hardware."""
    vlan: int = 0
    """Of a VLAN device (IEEE 802.1Q): its VLAN's number. 0: it is none."""
    parent: int = 0
    """Of a VLAN device: index of the link that it is a VLAN of."""
    below: int = 0
    """Of a macvlan and its like: index of the link whose cable it shares."""
    is_vlan_aware: bool = False
    """Of a bridge: it keeps VLANs apart (vlan_filtering)."""
    carrier_changes: int = 0
    """How often the carrier has come or gone; the kernel tells of a short loss by nothing else."""

    def was_lost_since(self, before: Link) -> bool:
        """Whether the link was gone between two looks at it, though it was there at both."""
        flapped = before.running and self.running and self.carrier_changes != before.carrier_changes
        return flapped or self.index != before.index


class Message(Frozen):
    """One netlink message."""

    type: int
    flags: int
    sequence: int
    body: bytes


def dump_request(sequence: int, family: int = 0, what: int = _SKIP_STATISTICS) -> bytes:
    """Return the request for all links, or for what one protocol says of them."""
    body = _LINK.pack(family, 0, 0, 0, 0)
    body += _ATTRIBUTE.pack(_ATTRIBUTE.size + 4, _IFLA_EXT_MASK) + struct.pack("I", what)
    return request(RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, sequence, body)


def request(kind: int, flags: int, sequence: int, body: bytes) -> bytes:
    """Return a request of any type."""
    return _HEADER.pack(_HEADER.size + len(body), kind, flags, sequence, 0) + body


def messages(data: bytes) -> Iterator[Message]:
    """Cut what one reading brought into messages."""
    start = 0
    while start + _HEADER.size <= len(data):
        size, kind, flags, sequence, _ = _HEADER.unpack_from(data, start)
        if size < _HEADER.size or start + size > len(data):
            return
        yield Message(kind, flags, sequence, data[start + _HEADER.size : start + size])
        start += _aligned(size)


def parse_link(body: bytes) -> Link | None:
    """Read the body of RTM_NEWLINK or RTM_DELLINK.

    None when it tells of no link: too short, without a name, or in the name of one protocol. The
    last is how a bridge says that a port left it: as RTM_DELLINK, with the link still there.
    """
    if len(body) < _LINK.size:
        return None
    family, _, index, flags, _ = _LINK.unpack_from(body)
    told = dict(attributes(body, _LINK.size))
    name = _text(told.get(_IFLA_IFNAME, b""))
    if family != 0 or not name:
        return None
    details = dict(attributes(told.get(_IFLA_LINKINFO, b""), 0))
    kind = _text(details.get(_IFLA_INFO_KIND, b""))
    data = dict(attributes(details.get(_IFLA_INFO_DATA, b""), 0))
    # An index in another network namespace is none of ours.
    is_vlan = kind == "vlan" and data.get(_IFLA_VLAN_PROTOCOL, _CUSTOMER_VLAN) == _CUSTOMER_VLAN
    is_vlan = is_vlan and _IFLA_LINK_NETNSID not in told
    shares_a_cable = kind in _ON_ONE_CABLE and _IFLA_LINK_NETNSID not in told
    return Link(
        index=index,
        name=name,
        address=told.get(_IFLA_ADDRESS, b""),
        running=bool(flags & _IFF_UP and flags & _IFF_LOWER_UP),
        master=_number(told.get(_IFLA_MASTER, b"")),
        kind=kind,
        vlan=_number(data.get(_IFLA_VLAN_ID, b"")) if is_vlan else 0,
        parent=_number(told.get(_IFLA_LINK, b"")) if is_vlan else 0,
        below=_number(told.get(_IFLA_LINK, b"")) if shares_a_cable else 0,
        carrier_changes=_number(told.get(_IFLA_CARRIER_CHANGES, b"")),
        is_vlan_aware=kind == "bridge" and bool(_number(data.get(_IFLA_BR_VLAN_FILTERING, b""))),
    )


def parse_link_index(body: bytes) -> int:
    """Read from the body of RTM_NEWLINK, of any protocol, which link it is about; 0: none."""
    return int(_LINK.unpack_from(body)[2]) if len(body) >= _LINK.size else 0


def parse_bridge_news(body: bytes) -> str:
    """Read from the body of RTM_NEWLINK of which link a bridge tells something; "": of none.

    So it tells that VLANs came to a port, or left it.
    """
    if len(body) < _LINK.size or _LINK.unpack_from(body)[0] != AF_BRIDGE:
        return ""
    return _text(dict(attributes(body, _LINK.size)).get(_IFLA_IFNAME, b""))


def parse_address_owner(body: bytes) -> int:
    """Read from the body of RTM_NEWADDR or RTM_DELADDR which link it is about; 0: none."""
    return int(_ADDRESS.unpack_from(body)[-1]) if len(body) >= _ADDRESS.size else 0


def parse_error(body: bytes) -> int:
    """Read the error number (positive) from the body of NLMSG_ERROR; 0: none."""
    return -int(struct.unpack_from("i", body)[0]) if len(body) >= struct.calcsize("i") else 0


def attributes(data: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Return the attributes from a place in a message's body on: type and content of each."""
    while start + _ATTRIBUTE.size <= len(data):
        size, kind = _ATTRIBUTE.unpack_from(data, start)
        if size < _ATTRIBUTE.size or start + size > len(data):
            return
        yield kind & _ATTRIBUTE_TYPE_MASK, data[start + _ATTRIBUTE.size : start + size]
        start += _aligned(size)


def _aligned(size: int) -> int:
    return (size + _ALIGNMENT - 1) & ~(_ALIGNMENT - 1)


def _number(value: bytes) -> int:
    return int.from_bytes(value, sys.byteorder)


def _text(value: bytes) -> str:
    # Names that the configuration has, too, and a few kinds: one of each is enough for a daemon.
    return sys.intern(os.fsdecode(value.split(b"\0", 1)[0]))
