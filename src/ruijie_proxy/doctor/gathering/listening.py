"""Listens on many interfaces at once, without sending anything.

Two sockets an interface. One is what every 802.1X program opens, and shows what this program gets.
The other, the *tap*, stands before the firewall and before the bridge, and shows what there was.
What one has and the other has not was filtered on this machine (docs/protocol.md, "Linux").
"""

from __future__ import annotations

import signal
from functools import partial
from math import ceil

from ruijie_proxy.doctor.gathering.heard import Heard, Sighting, read_sighting
from ruijie_proxy.doctor.gathering.interfaces import received_packets
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.event_loop import EventLoop
from ruijie_proxy.runtime.ports.eapol_tap import EapolTap
from ruijie_proxy.runtime.ports.interface_errors import InterfaceMissing, NotEthernet
from ruijie_proxy.runtime.ports.packet_filter import UNTAGGED
from ruijie_proxy.runtime.ports.packet_socket import InterfaceGone, PacketSocket, PacketSocketError
from ruijie_proxy.values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ruijie_proxy.runtime.ports.packet_filter import PortVlan

MOST_INTERFACES = 64
FRAMES_FROM_A_SOCKET = 512
"""As many are read, then the socket is left alone: a flood has told by then what it is, and costs a
small router no more time."""
MOST_SIGHTINGS = 256
"""Kinds of frames that are told apart; sources can be forged."""
PROMISCUOUS_WINDOWS = 2
"""How often in the time all interfaces receive everything, with as many windows between in which
they receive what they would without: a card that drops the group address shows by the pattern."""
GRACE = 0.2
"""Seconds that listening goes on when enough was heard."""


class _Ear:
    """Both sockets of one interface."""

    def __init__(self, interface: str, vlan: PortVlan | None) -> None:
        """Open them. Raises InterfaceMissing, NotEthernet or PermissionMissing."""
        self.interface = interface
        self.left_of_socket = self.left_of_tap = FRAMES_FROM_A_SOCKET
        # In this order: what the tap sees, the other could have received.
        self.socket = PacketSocket(interface, vlan)
        try:
            self.tap = EapolTap(interface, vlan or UNTAGGED)
        except BaseException:
            self.socket.close()
            raise

    def next_delivered(self) -> Sighting | None:
        """Return the next frame that programs are given; None: none waits, or enough were read."""
        while self.left_of_socket:
            try:
                frame = self.socket.receive()
            except PacketSocketError:
                # It is or went down, which the kernel tells once; or it is gone, and silent.
                continue
            if frame is None:
                return None
            self.left_of_socket -= 1
            sighting = read_sighting(frame, self.interface, outgoing=False)
            if sighting is not None:
                return sighting
        return None

    def next_seen(self) -> Sighting | None:
        """Return the next frame on the wire, outgoing ones included; None as above."""
        while self.left_of_tap:
            passage = self.tap.next()
            if passage is None:
                return None
            self.left_of_tap -= 1
            sighting = read_sighting(passage.frame, self.interface, passage.outgoing)
            if sighting is not None:
                return sighting
        return None

    def close(self) -> None:
        self.socket.close()
        self.tap.close()


class Listener:
    """Listens once."""

    def __init__(
        self,
        interfaces: Sequence[str],
        enough: Sequence[frozenset[str]],
        on_second: Callable[[float], None],
        vlans: Mapping[str, PortVlan],
    ) -> None:
        """Open the sockets. Interfaces that are gone, or carry no Ethernet, are left out.

        ``vlans`` are the interfaces at which a VLAN is listened to; at others, untagged frames are.

        ``enough`` holds groups of interfaces: once each of them has heard a client or a server,
        listening ends. Empty: it takes its time. ``on_second`` gets the seconds left, each second.
        Raises PermissionMissing.
        """
        self._enough = [group for group in enough if not group.isdisjoint(interfaces)]
        self._on_second = on_second
        self._loop = EventLoop()
        self._ears: list[_Ear] = []
        self._counts: dict[Sighting, tuple[int, int]] = {}
        """By the sighting of one frame: how many of the kind, and how many while promiscuous."""
        self._delivered: set[tuple[str, bool]] = set()
        self._promiscuous = False
        try:
            for interface in interfaces[:MOST_INTERFACES]:
                self._open(interface, vlans.get(interface))
        except BaseException:
            self.close()
            raise

    @property
    def interfaces(self) -> list[str]:
        """Where it listens."""
        return [ear.interface for ear in self._ears]

    def listen(self, seconds: float) -> Heard:
        """Listen for so long, or until SIGINT (Ctrl-C), or until enough was heard; then close."""
        began = clock.now()
        packets = received_packets(self.interfaces)
        try:
            self._set_timers(began, seconds)
            self._loop.on_signal(signal.SIGINT, self._loop.stop)
            self._loop.run()
            # The taps first: what comes in meanwhile must not look like something withheld.
            for ear in self._ears:
                self._read_tap(ear)
            for ear in self._ears:
                self._read_socket(ear)
        finally:
            self.close()
        return Heard(
            seconds=clock.now() - began,
            sightings=tuple(
                replace(kind, count=count, promiscuous=promiscuous)
                for kind, (count, promiscuous) in self._counts.items()
            ),
            delivered=frozenset(self._delivered),
            busy=frozenset(
                name
                for name, count in received_packets(self.interfaces).items()
                if count > packets[name]
            ),
        )

    def close(self) -> None:
        """Leave all interfaces; a second time does nothing."""
        for ear in self._ears:
            ear.close()
        self._loop.close()

    def _open(self, interface: str, vlan: PortVlan | None) -> None:
        try:
            ear = _Ear(interface, vlan)
        except (InterfaceMissing, NotEthernet):
            return
        self._ears.append(ear)
        self._loop.add_reader(ear.socket.fileno(), lambda: self._on_socket(ear))
        self._loop.add_reader(ear.tap.fileno(), lambda: self._on_tap(ear))

    def _set_timers(self, began: float, seconds: float) -> None:
        self._loop.timer(self._loop.stop).set(began + seconds)
        window = seconds / (2 * PROMISCUOUS_WINDOWS)
        for number in range(1, 2 * PROMISCUOUS_WINDOWS):
            self._loop.timer(self._change_window).set(began + number * window)
        for second in range(ceil(seconds)):
            left = seconds - second
            self._loop.timer(partial(self._on_second, left)).set(began + second)

    def _change_window(self) -> None:
        self._promiscuous = not self._promiscuous
        for ear in self._ears:
            try:
                ear.socket.set_promiscuous(self._promiscuous)
            except InterfaceGone:
                continue  # nothing is heard there any more

    def _on_socket(self, ear: _Ear) -> None:
        self._read_socket(ear)
        if not ear.left_of_socket:
            self._loop.remove_reader(ear.socket.fileno())

    def _on_tap(self, ear: _Ear) -> None:
        self._read_tap(ear)
        if not ear.left_of_tap:
            self._loop.remove_reader(ear.tap.fileno())
        if self._enough and self._heard_enough():
            self._enough.clear()
            # What the tap has seen is on its way to the other socket yet.
            self._loop.timer(self._loop.stop).set(clock.now() + GRACE)

    def _read_socket(self, ear: _Ear) -> None:
        while (delivered := ear.next_delivered()) is not None:
            self._delivered.add((ear.interface, delivered.to_pae_group))

    def _read_tap(self, ear: _Ear) -> None:
        while (seen := ear.next_seen()) is not None:
            if seen in self._counts or len(self._counts) < MOST_SIGHTINGS:
                count, promiscuous = self._counts.get(seen, (0, 0))
                self._counts[seen] = count + 1, promiscuous + self._promiscuous

    def _heard_enough(self) -> bool:
        heard = Heard(sightings=tuple(self._counts))
        return all(heard.said_on(group) for group in self._enough)
