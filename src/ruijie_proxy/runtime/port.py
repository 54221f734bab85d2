"""One network interface in the event loop: its packet socket, kept through all that befalls it."""

from __future__ import annotations

from ruijie_proxy.engine.rate_limit import RateLimit
from ruijie_proxy.i18n import _
from ruijie_proxy.runtime import clock
from ruijie_proxy.runtime.interface_errors import InterfaceMissing
from ruijie_proxy.runtime.packet_socket import (
    InterfaceGone,
    PacketSocket,
    PacketSocketError,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ruijie_proxy.runtime.event_loop import EventLoop
    from ruijie_proxy.runtime.netlink import Link

FRAMES_AT_ONCE = 64
SECONDS_A_FRAME = 0.01
"""Frames that are read from one interface: so many at once, and then one in this time. A login with
certificates is some thirty frames. What a flood brings beyond that waits in the kernel's queue,
which is small, and is dropped there: reading it would cost a small router all its time."""


class Port:
    """Receives from and sends to one interface, opening its socket anew when it was removed.

    ``on_frame`` gets each frame, and which port it came in by.
    """

    def __init__(
        self,
        loop: EventLoop,
        interface: str,
        on_frame: Callable[[Port, bytes], None],
        promiscuous: bool = False,
        vlan: int | None = None,
    ) -> None:
        """Begin without a socket. ``vlan`` is whose frames they are; None: those without a tag."""
        self.interface = interface
        self._loop = loop
        self._on_frame = on_frame
        self._promiscuous = promiscuous
        self._vlan = vlan
        self._socket: PacketSocket | None = None
        self._budget = RateLimit(FRAMES_AT_ONCE, SECONDS_A_FRAME)
        self._pause = loop.timer(self._end_pause)
        self._paused = False

    def follow(self, link: Link | None) -> None:
        """Open or close the socket, so that it is on the interface as it is now, or on none.

        Raises NotEthernet or PermissionMissing.
        """
        if self._socket is not None and (link is None or link.index != self._socket.index):
            self.close()
        if self._socket is not None and link is not None:
            self._socket.own_address_is(link.address)
        if self._socket is None and link is not None:
            try:
                opened = PacketSocket(self.interface, self._vlan)
            except InterfaceMissing:
                return  # gone since the kernel told of it; it will tell of that, too
            self._socket = opened
            self._loop.add_reader(opened.fileno(), self._read)
            # Through the method that bears an interface that vanishes in this very moment.
            self.set_promiscuous(self._promiscuous)

    def send(self, frame: bytes) -> str | None:
        """Send a frame. Returns why it could not be sent, or None when it was."""
        if self._socket is None:
            return _("there is no interface {port} at present", port=self.interface)
        try:
            self._socket.send(frame)
        except PacketSocketError as error:
            return error.strerror
        return None

    def set_promiscuous(self, wanted: bool) -> None:
        """Receive frames to other stations' addresses too, or stop it again."""
        self._promiscuous = wanted
        if self._socket is not None:
            try:
                self._socket.set_promiscuous(wanted)
            except InterfaceGone:
                return  # the kernel is about to tell, and follow() opens it anew

    def close(self) -> None:
        """Leave the interface; :meth:`follow` opens it again."""
        self._pause.set(None)
        if self._socket is not None:
            if not self._paused:
                self._loop.remove_reader(self._socket.fileno())
            self._paused = False
            self._socket.close()
            self._socket = None

    def _read(self) -> None:
        if self._socket is None:
            return
        try:
            # One frame a turn: every interface and timer gets its turn, whoever floods.
            frame = self._socket.receive()
        except PacketSocketError:
            return  # it went down or was removed, which the link monitor tells with more detail
        if frame is None:
            return
        self._on_frame(self, frame)
        now = clock.now()
        if not self._budget.allows(now) and self._socket is not None:
            self._paused = True
            self._loop.remove_reader(self._socket.fileno())
            self._pause.set(now + FRAMES_AT_ONCE * SECONDS_A_FRAME / 2)

    def _end_pause(self) -> None:
        self._paused = False
        if self._socket is not None:
            self._loop.add_reader(self._socket.fileno(), self._read)
