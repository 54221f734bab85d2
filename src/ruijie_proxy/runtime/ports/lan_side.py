"""The LAN, where the client is: a port of its own, or a bridge with its ports.

A bridge never forwards a frame to the PAE group address, and hands it up only on the port that it
came in by; all other frames it takes for itself (docs/protocol.md, "Linux"). So a bridge needs a
socket on itself and one on each port. Answers go out by the port where the client is.

Where a bridge has to do with VLANs, a LAN is a VLAN: the one whose device is named, such as
`br-lan.1`, or the bridge's own. Its frames are heard at the ports alone, untagged or tagged as the
bridge's table says: there a socket sees the tag; further up, it is gone.
"""

from __future__ import annotations

from ruijie_proxy.protocol.ethernet import ADDRESS_SIZE, SOURCE_OFFSET
from ruijie_proxy.runtime.ports.bridge_ports import bridge_port_of, is_wireless
from ruijie_proxy.runtime.ports.port import Port, latest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from ruijie_proxy.runtime.basis.event_loop import EventLoop
    from ruijie_proxy.runtime.ports.links import LinkMonitor
    from ruijie_proxy.runtime.ports.netlink import Link
    from ruijie_proxy.runtime.ports.packet_filter import PortVlan
    from ruijie_proxy.runtime.ports.port import ShortCut, TooLong

_SOURCE = slice(SOURCE_OFFSET, SOURCE_OFFSET + ADDRESS_SIZE)


class LanSide:
    """Receives from and sends to the clients of one LAN. Wi-Fi ports of a bridge are left alone.

    ``on_frame`` gets the name of the interface where the client is, and the frame.
    """

    def __init__(
        self,
        loop: EventLoop,
        links: LinkMonitor,
        interface: str,
        on_frame: Callable[[str, bytes], None],
        clients: Collection[bytes] = (),
    ) -> None:
        """Begin without sockets. ``clients`` are the only ones that may log in; none: all may."""
        self._loop = loop
        self._links = links
        self._on_frame = on_frame
        self._whole = Port(loop, interface, self._from_whole)
        """The port itself, the bridge, or the VLAN device on the bridge."""
        self._ports: dict[str, Port] = {}
        """The ports of the bridge, by name."""
        self._whole.heed(clients)
        self._heeded = clients
        self._listening = False
        """Whether what clients address to the server is wanted."""
        self._is_bridge = False
        self._is_vlan = False
        """Whether the ports alone hear it, since it is one VLAN of a bridge's."""
        self._found: tuple[bytes, str] | None = None
        """The station whose port was looked up last, and that port: an answer of the forwarding
        table, remembered because asking costs more than relaying a frame."""

    def refresh(self) -> None:
        """Open and close sockets to match the links as they are now.

        Raises NotEthernet or PermissionMissing.
        """
        self._found = None
        link = self._links.by_name(self._whole.interface)
        self._whole.follow(link)
        bridge = None if link is None else self._links.bridge_of(link)
        self._is_bridge = bridge is not None
        self._is_vlan = bridge is not None and self._links.has_vlans(bridge)
        members = self._members(link, bridge) if link is not None and bridge is not None else {}
        for name, port in list(self._ports.items()):
            if name not in members or members[name][1] != port.vlan:
                self._ports.pop(name).close()
        for name, (member, vlan) in members.items():
            opened = self._ports.get(name)
            if opened is None:
                opened = Port(self._loop, name, self._from_port, vlan=vlan)
                opened.heed(self._heeded)
                self._ports[name] = opened
            opened.follow(member)
        self.listen_to_client(self._listening)

    def concerns(self, names: set[str]) -> bool:
        """Whether a change of these interfaces is one of this LAN."""
        if self._whole.interface in names or not names.isdisjoint(self._ports):
            return True
        link = self._links.by_name(self._whole.interface)
        bridge = None if link is None else self._links.bridge_of(link)
        if bridge is None:
            return False
        on_it = [bridge, *self._links.ports_of(bridge.index), *self._links.vlans_of(bridge.index)]
        return any(link.name in names for link in on_it)

    def send(self, port: str, frame: bytes) -> str | None:
        """Send a frame by a port, or, when it is none of the LAN's, by the LAN as a whole.

        Returns why it could not be sent, or None when it was.
        """
        return self.port_of(port).send(frame)

    def port_of(self, name: str) -> Port:
        """Return the port by which :meth:`send` sends frames, until the next refresh."""
        return self._ports.get(name, self._whole)

    def cut_short(self, short_cut: ShortCut | None, port: str = "", client: bytes = b"") -> None:
        """Let frames take a short cut until the next refresh: those of one client at one port.

        Or, where none is named, those of clients that are seen at the very port that they are at.
        None: let all take the long way.
        """
        for name, member in self._ports.items():
            member.short_cut = short_cut if port in (name, "") else None
        is_there = port == self._whole.interface or (not port and not self._is_bridge)
        if self._is_bridge and client and port in self._ports:
            is_there = self._port_of(client) == port
        self._whole.short_cut = short_cut if is_there and not self._is_vlan else None

    @property
    def too_long(self) -> TooLong | None:
        """The frames that an interface of the LAN did not take, of late."""
        return latest(port.too_long for port in (self._whole, *self._ports.values()))

    def listen_to_client(self, listening: bool) -> None:
        """Receive what clients address to the server, or stop it again."""
        # The bridge's ports see everything anyway. The bridge itself hands up only what is
        # addressed to it, and a copy of every other frame while it is promiscuous, so this is for
        # the time of a login only. Ports of a bridge that keeps VLANs apart are promiscuous as the
        # bridge likes. On a port that is no bridge's there is the client's cable and no other
        # traffic to be copied, so that one listens always: to begin takes a driver 0.1 ms, and the
        # server's answer to the Start would wait for it.
        self._listening = listening
        self._whole.set_promiscuous((listening or not self._is_bridge) and not self._is_vlan)
        for port in self._ports.values():
            port.set_promiscuous(listening and self._is_vlan)

    def heed(self, clients: Collection[bytes]) -> None:
        """Hear these clients, however much strangers send."""
        self._heeded = clients
        for port in (self._whole, *self._ports.values()):
            port.heed(clients)

    def close(self) -> None:
        """Leave all interfaces."""
        self._whole.close()
        for port in self._ports.values():
            port.close()
        self._ports.clear()

    def _members(self, lan: Link, bridge: Link) -> dict[str, tuple[Link, PortVlan | None]]:
        """Return the wired ports of the LAN by their name, each with how its frames look there."""
        ports = [port for port in self._links.ports_of(bridge.index) if not is_wireless(port.name)]
        if not self._is_vlan:
            return {port.name: (port, None) for port in ports}
        # Most LANs have no VLANs, and do without it.
        from ruijie_proxy.runtime.ports.bridge_vlans import vlan_at_ports

        vlans = vlan_at_ports(lan, bridge, ports)
        return {port.name: (port, vlans[port.index]) for port in ports if port.index in vlans}

    def _from_port(self, port: Port, frame: bytes) -> None:
        self._on_frame(port.interface, frame)

    def _from_whole(self, whole: Port, frame: bytes) -> None:
        if self._is_vlan:
            return  # a port has heard it
        if not self._is_bridge:
            self._on_frame(whole.interface, frame)
            return
        port = self._port_of(frame[_SOURCE])
        if port in self._ports or port == whole.interface:
            self._on_frame(port, frame)

    def _port_of(self, station: bytes) -> str:
        """Return the bridge's port where a station is, or the bridge when it does not know."""
        if self._found is None or self._found[0] != station:
            found = bridge_port_of(self._whole.interface, station)
            self._found = station, found or self._whole.interface
        return self._found[1]
