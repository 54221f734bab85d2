"""Which network interfaces there are, which of them run, and what changes."""

from __future__ import annotations

import errno
import os

from ruijie_proxy.i18n import _
from ruijie_proxy.runtime.basis.c_modules import socket
from ruijie_proxy.runtime.ports import netlink
from ruijie_proxy.runtime.ports.netlink import Link
from ruijie_proxy.runtime.ports.packet_filter import attach_filter, news_filter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

# linux/rtnetlink.h
RTMGRP_LINK = 0x1
RTMGRP_IPV4_IFADDR = 0x10
RTMGRP_IPV6_IFADDR = 0x100
READ_SIZE = 32 * 1024
"""The most that the kernel puts into one answer of a dump."""
DUMP_ATTEMPTS = 8
"""A dump that a change interrupted may lack a link, and is asked for again; not for ever."""


class LinkMonitor:
    """Knows the links of the network namespace that it was made in, and hears of changes.

    Unlike /sys and /proc it needs no mount, and no privilege.
    """

    __slots__ = ("_links", "_sequence", "_socket")

    def __init__(self) -> None:
        """Subscribe, and read all links. Raises OSError when the kernel refuses."""
        self._links: dict[int, Link] = {}
        self._sequence = 0
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
        try:
            # The daemon itself makes interfaces promiscuous, within each login.
            attach_filter(self._socket, news_filter(netlink.RTM_NEWLINK, netlink.IFF_PROMISC))
            self._socket.bind((0, RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR))
            self._load()
        except BaseException:
            self._socket.close()
            raise

    @property
    def links(self) -> Mapping[int, Link]:
        """Every link, by its index, as of the last :meth:`receive`."""
        return self._links

    def by_name(self, name: str) -> Link | None:
        """Return the link of this name."""
        for link in self._links.values():
            if link.name == name:
                return link
        return None

    def ports_of(self, bridge: int) -> list[Link]:
        """Return the ports of the bridge that has this index."""
        return [link for link in self._links.values() if link.master == bridge]

    def bridge_of(self, lan: Link) -> Link | None:
        """Return the bridge that a LAN is, or is a VLAN of; None where it is another interface."""
        link = self._links.get(lan.parent) if lan.vlan else lan
        return link if link is not None and link.kind == "bridge" else None

    def has_vlans(self, bridge: Link) -> bool:
        """Whether a bridge has to do with VLANs: it keeps them apart, or has their devices."""
        return bridge.is_vlan_aware or bool(self.vlans_of(bridge.index))

    def vlans_of(self, link: int) -> list[Link]:
        """Return the VLAN devices on the link that has this index."""
        return [one for one in self._links.values() if one.vlan and one.parent == link]

    def receive(self) -> set[str]:
        """Read what has changed, without waiting.

        Returns the names of the links that came, went, or are not what they were, whose IPv4 or
        IPv6 addresses changed, or of which a bridge tells something new, such as its VLANs. A
        renamed link is in it with both names.
        """
        changed: set[str] = set()
        while True:
            try:
                data = self._socket.recv(READ_SIZE)
            except BlockingIOError:
                return changed
            except OSError as error:
                if error.errno != errno.ENOBUFS:
                    raise
                # Changes were lost, so anything may have changed.
                changed.update(link.name for link in self._links.values())
                self._load()
                changed.update(link.name for link in self._links.values())
                continue
            for message in netlink.messages(data):
                changed.update(_apply(message, self._links))

    def fileno(self) -> int:
        """Return the descriptor to wait on."""
        return self._socket.fileno()

    def close(self) -> None:
        """Close it; a second time does nothing."""
        self._socket.close()

    def _load(self) -> None:
        # The kernel answers a dump within the calls themselves, so waiting here is brief.
        self._socket.setblocking(True)
        for _attempt in range(DUMP_ATTEMPTS):
            self._links, is_whole = self._dump()
            if is_whole:
                break
        self._socket.setblocking(False)

    def _dump(self) -> tuple[dict[int, Link], bool]:
        """Ask for all links; return them, and whether nothing was lost meanwhile."""
        self._sequence += 1
        self._socket.send(netlink.dump_request(self._sequence))
        links: dict[int, Link] = {}
        has_begun = False
        is_whole = True
        while True:
            try:
                data = self._socket.recv(READ_SIZE)
            except OSError as error:
                if error.errno != errno.ENOBUFS:
                    raise
                is_whole = False
                continue
            for message in netlink.messages(data):
                # News and answer share one queue. What stands before the answer is older, and may
                # tell of links whose end was lost; what stands within or behind it counts.
                has_begun = has_begun or message.sequence == self._sequence
                if not has_begun:
                    continue
                if message.type == netlink.NLMSG_DONE:
                    return links, is_whole
                if message.type == netlink.NLMSG_ERROR:
                    number = netlink.parse_error(message.body)
                    reason = _(os.strerror(number))
                    raise OSError(number, _("the links cannot be listed: {reason}", reason=reason))
                if message.flags & netlink.NLM_F_DUMP_INTR:
                    is_whole = False
                _apply(message, links)


def _apply(message: netlink.Message, links: dict[int, Link]) -> set[str]:
    """Note what a message says; return the names that it changes something for."""
    if message.type in (netlink.RTM_NEWADDR, netlink.RTM_DELADDR):
        owner = links.get(netlink.parse_address_owner(message.body))
        return {owner.name} if owner else set()
    if message.type not in (netlink.RTM_NEWLINK, netlink.RTM_DELLINK):
        return set()
    link = netlink.parse_link(message.body)
    if link is None:
        name = netlink.parse_bridge_news(message.body)
        return {name} if name else set()
    old = links.pop(link.index, None)
    if message.type == netlink.RTM_NEWLINK:
        if old is not None and link == old:
            links[link.index] = old  # as whoever has seen it has it, too
            return set()
        links[link.index] = link
        return {old.name, link.name} if old else {link.name}
    return {old.name} if old else set()
