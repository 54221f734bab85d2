"""The LAN, where the client is: a port of its own, or a bridge with its ports.

A bridge never forwards a frame to the PAE group address, and hands it up only on the port that it
came in by; all other frames it takes for itself (docs/protocol.md, "Linux"). So a bridge needs a
socket on itself and one on each port. Answers go out by the port where the client is.
"""

from __future__ import annotations

from ruijie_proxy.protocol.ethernet import ADDRESS_SIZE, SOURCE_OFFSET
from ruijie_proxy.runtime.bridge_ports import bridge_port_of, is_bridge, is_wireless
from ruijie_proxy.runtime.port import Port

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from ruijie_proxy.runtime.event_loop import EventLoop
    from ruijie_proxy.runtime.links import LinkMonitor

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
        """The port itself, or the bridge."""
        self._ports: dict[str, Port] = {}
        """The ports of the bridge, by name."""
        self._whole.heed(clients)
        self._heeded = clients
        self._is_bridge = False
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
        self._is_bridge = link is not None and is_bridge(link.name)
        members = self._links.ports_of(link.index) if link is not None and self._is_bridge else []
        wired = {member.name: member for member in members if not is_wireless(member.name)}
        for name in self._ports.keys() - wired.keys():
            self._ports.pop(name).close()
        for name, member in wired.items():
            port = self._ports.get(name)
            if port is None:
                port = self._ports[name] = Port(self._loop, name, self._from_port)
                port.heed(self._heeded)
            port.follow(member)

    def concerns(self, names: set[str]) -> bool:
        """Whether a change of these interfaces is one of this LAN."""
        if self._whole.interface in names or not names.isdisjoint(self._ports):
            return True
        bridge = self._links.by_name(self._whole.interface)
        return bridge is not None and any(
            port.name in names for port in self._links.ports_of(bridge.index)
        )

    def send(self, port: str, frame: bytes) -> str | None:
        """Send a frame by a port, or, when it is none of the LAN's, by the LAN as a whole.

        Returns why it could not be sent, or None when it was.
        """
        return self._ports.get(port, self._whole).send(frame)

    def listen_to_client(self, listening: bool) -> None:
        """Receive what clients address to the server, or stop it again."""
        # The bridge's ports see everything anyway. The bridge itself hands up only what is
        # addressed to it, and a copy of every other frame while it is promiscuous, so this is for
        # the time of a login only.
        self._whole.set_promiscuous(listening)

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

    def _from_port(self, port: Port, frame: bytes) -> None:
        self._on_frame(port.interface, frame)

    def _from_whole(self, whole: Port, frame: bytes) -> None:
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
