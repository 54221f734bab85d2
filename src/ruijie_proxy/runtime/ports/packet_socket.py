"""A socket for the EAPOL frames of one Ethernet interface."""

from __future__ import annotations

import errno
import struct

from ruijie_proxy.i18n import _, reason_of
from ruijie_proxy.protocol.ethernet import (
    ETHERTYPE_EAPOL,
    ETHERTYPE_OFFSET,
    PAE_GROUP_ADDRESS,
    RUIJIE_GROUP_ADDRESS,
)
from ruijie_proxy.runtime.basis.c_modules import socket
from ruijie_proxy.runtime.ports.hardware_address import ARPHRD_ETHER
from ruijie_proxy.runtime.ports.interface_errors import (
    InterfaceMissing,
    NotEthernet,
    PermissionMissing,
    SocketRefused,
)
from ruijie_proxy.runtime.ports.packet_filter import ETHERTYPE_VLAN, attach_filter, eapol_filter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ruijie_proxy.runtime.ports.packet_filter import PortVlan

MAXIMUM_FRAME_SIZE = 65535
RECEIVE_QUEUE_SIZE = 64 * 1024
"""Bytes of frames that may wait; the kernel doubles it for its own bookkeeping (socket(7)).

A login is one frame at a time, so some fifty of its longest are plenty, and a flood is dropped in
the kernel before it can fill a small router's memory.
"""

# linux/if_packet.h
SOL_PACKET = 263
PACKET_ADD_MEMBERSHIP = 1
PACKET_DROP_MEMBERSHIP = 2
PACKET_MR_MULTICAST = 0
PACKET_MR_PROMISC = 1
PACKET_IGNORE_OUTGOING = 23
# linux/if_ether.h
ETH_P_ALL = 3
_MEMBERSHIP = struct.Struct("iHH8s")
"""struct packet_mreq: interface index, kind of membership, address size, address."""


class PacketSocketError(OSError):
    """The socket could not do what it was asked to; the classes below say whether it will again."""


class InterfaceDown(PacketSocketError):
    """The interface is down, or was a moment ago. The socket works again when it comes up."""


class InterfaceGone(PacketSocketError):
    """The interface was removed. One of the same name made later needs a new socket."""


class QueueFull(PacketSocketError):
    """The frame was not sent: the interface has too many waiting already. A later one may pass."""


class FrameTooLong(PacketSocketError):
    """The frame was not sent: it is longer than the interface carries."""


class PacketSocket:
    """Receives and sends whole EAPOL frames on one interface, without ever waiting."""

    __slots__ = (
        "_own",
        "_promiscuous",
        "_socket",
        "_sources",
        "_tag",
        "_unheard",
        "_vlan",
        "index",
        "interface",
        "receive_at_once",
        "send_at_once",
    )

    def __init__(self, interface: str, vlan: PortVlan | None = None) -> None:
        """Open it, for untagged frames or for those of one VLAN. The interface may be down yet.

        Frames of a ``vlan`` are received and given without a tag, and sent as that VLAN's frames
        leave by this port. The kernel then shows this socket all traffic, so it is for ports that
        have no other way.

        Raises InterfaceMissing, NotEthernet, PermissionMissing (CAP_NET_RAW) or SocketRefused.
        """
        self.interface = interface
        self._vlan = vlan
        self._own = b""
        self._sources: Iterable[bytes] | None = None
        self._unheard: Iterable[bytes] = ()
        self._promiscuous = False
        # Protocol 0 receives nothing: no frame can come in before the filter and the interface are
        # set, and so none that they would have kept out (packet(7)).
        try:
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK)
        except PermissionError as error:
            purpose = _("receive 802.1X frames on {port}", port=interface)
            raise PermissionMissing(purpose, "CAP_NET_RAW") from error
        except OSError as error:
            raise SocketRefused(interface, reason_of(error)) from error
        try:
            self.index = _index(interface)
            self._prepare()
        except BaseException:
            self._socket.close()
            raise
        self.receive_at_once: Callable[[int], bytes] = self._socket.recv
        """As :meth:`receive` of so many bytes at most, for what cannot wait for an error to be
        explained: raises BlockingIOError when no frame waits, and OSError …"""
        self._tag = b""
        self.send_at_once: Callable[[bytes], int] = self._socket.send
        """… and as :meth:`send`; what raises OSError here is told by sending it again there."""
        if vlan is not None and not vlan.sends_untagged:
            self._tag = struct.pack("!HH", ETHERTYPE_VLAN, vlan.vlan)
            self.send_at_once = self._send_tagged

    def receive(self) -> bytes | None:
        """Return the next frame, from its destination address on, or None when none waits.

        Raises InterfaceDown or InterfaceGone, once each time the interface goes down.
        """
        try:
            return self.receive_at_once(MAXIMUM_FRAME_SIZE)
        except BlockingIOError:
            return None
        except OSError as error:
            raise self._explain(error) from error

    def send(self, frame: bytes) -> None:
        """Send a frame: destination, source, EtherType and the rest, padding included.

        When it returns, the frame is in the interface's queue. Otherwise it raises InterfaceDown,
        InterfaceGone, QueueFull (ENOBUFS), FrameTooLong (EMSGSIZE) or a plain PacketSocketError
        (EINVAL: shorter than an Ethernet header), and the frame is not sent.
        """
        try:
            self.send_at_once(frame)
        except OSError as error:
            if error.errno != errno.ENETDOWN:
                raise self._explain(error) from error
            self._send_despite_old_error(frame)

    def set_promiscuous(self, wanted: bool) -> None:
        """Receive frames to other stations' addresses too, or stop it again.

        Ends with the socket. Other users of the interface are not disturbed: the kernel counts.
        """
        if wanted != self._promiscuous:
            option = PACKET_ADD_MEMBERSHIP if wanted else PACKET_DROP_MEMBERSHIP
            try:
                self._set_membership(option, PACKET_MR_PROMISC)
            except OSError as error:
                raise self._explain(error) from error
            self._promiscuous = wanted

    def own_address_is(self, own: bytes) -> None:
        """Take note of the interface's MAC address, by which foreign VLANs are told."""
        if own != self._own:
            self._own = own
            self._filter()

    def receive_from(
        self, sources: Iterable[bytes] | None = None, but_not: Iterable[bytes] = ()
    ) -> None:
        """Receive frames of these MAC addresses alone, or of everybody but some.

        From now on: what has been received before can still be waiting.
        """
        self._sources = sources
        self._unheard = but_not
        self._filter()

    def fileno(self) -> int:
        """Return the descriptor to wait on."""
        return self._socket.fileno()

    def close(self) -> None:
        """Close it; a second time does nothing."""
        self._socket.close()

    def _prepare(self) -> None:
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_QUEUE_SIZE)
        try:
            self._socket.bind((self.interface, 0))
            *_, hardware_type, own = self._socket.getsockname()
            if hardware_type != ARPHRD_ETHER:
                raise NotEthernet(self.interface)
            self.own_address_is(own)
            self._begin_to_receive()
            for group in (PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS):
                self._set_membership(PACKET_ADD_MEMBERSHIP, PACKET_MR_MULTICAST, group)
        except OSError as error:
            if error.errno in (errno.ENODEV, errno.ENXIO):
                raise InterfaceMissing(self.interface) from error
            raise SocketRefused(self.interface, reason_of(error)) from error

    def _begin_to_receive(self) -> None:
        if self._vlan is None:
            self._socket.bind((self.interface, ETHERTYPE_EAPOL))
            return
        # A tag is there to be seen for sockets of all protocols alone: the kernel forgets it before
        # it looks for those of one.
        try:
            self._socket.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
        except OSError as error:
            # Kernels before 4.20 copy what goes out, for the filter to drop.
            if error.errno != errno.ENOPROTOOPT:
                raise
        self._socket.bind((self.interface, ETH_P_ALL))

    def _filter(self) -> None:
        program = eapol_filter(
            self._own, vlan=self._vlan, sources=self._sources, but_not=self._unheard
        )
        attach_filter(self._socket, program)

    def _send_tagged(self, frame: bytes) -> int:
        return self._socket.send(frame[:ETHERTYPE_OFFSET] + self._tag + frame[ETHERTYPE_OFFSET:])

    def _set_membership(self, option: int, kind: int, address: bytes = b"") -> None:
        request = _MEMBERSHIP.pack(self.index, kind, len(address), address)
        try:
            self._socket.setsockopt(SOL_PACKET, option, request)
        except OSError as error:
            # Every kernel knows these options. Emulators of another CPU (qemu-user) do not pass
            # them on, and the virtual interfaces under them deliver every frame anyway.
            if error.errno != errno.ENOPROTOOPT:
                raise

    def _send_despite_old_error(self, frame: bytes) -> None:
        # The kernel reports that the interface went down to whichever call comes next, even when
        # it has come up again since. A second ENETDOWN is about now.
        try:
            self.send_at_once(frame)
        except OSError as error:
            raise self._explain(error) from error

    def _explain(self, error: OSError) -> PacketSocketError:
        """Say in our own terms what the kernel meant."""
        number = error.errno
        if number in (errno.ENXIO, errno.ENODEV, errno.EADDRNOTAVAIL):
            return InterfaceGone(number, self._told_gone())
        if number == errno.ENETDOWN:
            # A socket whose interface was removed is bound to none any more.
            if not self._socket.getsockname()[0]:
                return InterfaceGone(number, self._told_gone())
            return InterfaceDown(number, _("the interface {port} went down", port=self.interface))
        if number in (errno.ENOBUFS, errno.EAGAIN):
            return QueueFull(number, _("the queue of {port} is full", port=self.interface))
        if number == errno.EMSGSIZE:
            return FrameTooLong(number, _("the frame is too long for {port}", port=self.interface))
        told = _("{reason} on {port}", reason=reason_of(error), port=self.interface)
        return PacketSocketError(number, told)

    def _told_gone(self) -> str:
        return _("the interface {port} was removed", port=self.interface)


def _index(interface: str) -> int:
    try:
        return socket.if_nametoindex(interface)
    except (OSError, ValueError) as error:
        # ValueError: a name that holds a zero byte.
        raise InterfaceMissing(interface) from error
