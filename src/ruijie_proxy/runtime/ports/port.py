"""One network interface in the event loop: its packet socket, kept through all that befalls it."""

from __future__ import annotations

import errno

from ruijie_proxy.i18n import _
from ruijie_proxy.protocol.ethernet import ADDRESS_SIZE, SOURCE_OFFSET
from ruijie_proxy.rate_limit import RateLimit
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.ports.interface_errors import InterfaceMissing
from ruijie_proxy.runtime.ports.packet_socket import (
    MAXIMUM_FRAME_SIZE,
    FrameTooLong,
    InterfaceGone,
    PacketSocket,
    PacketSocketError,
)
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from typing import NoReturn

    from ruijie_proxy.protocol.known_frames import KnownFrames
    from ruijie_proxy.runtime.basis.event_loop import EventLoop, Timer
    from ruijie_proxy.runtime.ports.netlink import Link
    from ruijie_proxy.runtime.ports.packet_filter import PortVlan

FRAMES_AT_ONCE = 64
SECONDS_A_FRAME = 0.01
"""Frames that are read from one interface: so many at once, and then one in this time. A login with
certificates is some thirty frames. What a flood brings beyond that waits in the kernel's queue,
which is small, and is dropped there: reading it would cost a small router all its time. Friends
have as much for themselves."""
MOST_FRIENDS = 64
"""So many can be heard while the filter shuts all others out: it looks for each in turn."""
MOST_WAITING = 256
"""More frames than the kernel's queue has room for."""
LOUD = FRAMES_AT_ONCE // 4
"""A stranger that sent so many of those frames keeps the others from being heard."""
SHUT_OUT_FOR = 3.0
"""Seconds for which the filter drops the frames of strangers that sent too many."""
_SOURCE = slice(SOURCE_OFFSET, SOURCE_OFFSET + ADDRESS_SIZE)


class TooLong(Frozen):
    """Frames that an interface did not take, since its MTU is too small for them."""

    port: str
    count: int
    size: int
    """Bytes, of the last one."""
    last: float
    """When that was, in seconds on the boot clock."""


def latest(several: Iterable[TooLong | None]) -> TooLong | None:
    """Return what was last of what several interfaces did not take; None: they took all."""
    return max((one for one in several if one is not None), key=_last_of, default=None)


def _last_of(too_long: TooLong) -> float:
    return too_long.last


class ShortCut(Frozen):
    """How frames get from one port to another before anybody has looked at them."""

    known: KnownFrames
    """Those that are plain."""
    change: Callable[[bytes], bytes | None]
    """Returns any other as it goes out; None: it is to be looked at first."""
    out: Port
    """The other port, by which it goes."""
    passed: Callable[[Port, bytes, str | None], None]
    """Is told of each that went so: the port and the frame as it came in, and why it could not be
    sent, or None when it was."""


class Port:
    """Receives from and sends to one interface, opening its socket anew when it was removed.

    ``on_frame`` gets each frame, and which port it came in by. Strangers that send too many are
    shut out by the kernel's filter for a while, so that they take neither the time nor the room in
    the queue that is for others.
    """

    __slots__ = (
        "_counts",
        "_for_friends",
        "_for_strangers",
        "_friends",
        "_loop",
        "_on_frame",
        "_paused",
        "_promiscuous",
        "_receive_at_once",
        "_shut_out",
        "_socket",
        "_until",
        "interface",
        "send_at_once",
        "short_cut",
        "too_long",
        "vlan",
    )

    def __init__(
        self,
        loop: EventLoop,
        interface: str,
        on_frame: Callable[[Port, bytes], None],
        promiscuous: bool = False,
        vlan: PortVlan | None = None,
    ) -> None:
        """Begin without a socket. ``vlan`` is whose frames they are; None: those without a tag."""
        self.interface = interface
        self._loop = loop
        self._on_frame = on_frame
        self._promiscuous = promiscuous
        self.vlan = vlan
        self.short_cut: ShortCut | None = None
        """For frames that need not be looked at first; None: there are none."""
        self.too_long: TooLong | None = None
        """The frames that the interface did not take; None: it takes those of that size now."""
        self._socket: PacketSocket | None = None
        self._receive_at_once: Callable[[int], bytes] = _no_interface
        self.send_at_once: Callable[[bytes], object] = _no_interface
        """Sends a frame as :meth:`send` does, for who calls that one when this raises OSError."""
        self._friends: tuple[bytes, ...] = ()
        self._for_friends = RateLimit(FRAMES_AT_ONCE, SECONDS_A_FRAME)
        self._for_strangers = RateLimit(FRAMES_AT_ONCE, SECONDS_A_FRAME)
        self._counts: dict[bytes, int] = {}
        """How many frames each stranger has sent of late."""
        self._until: Timer | None = None
        """When strangers are heard again; made for the first one that is not: most never are."""
        self._paused = False
        """Whether nothing is read …"""
        self._shut_out: Callable[[bytes], bool] | None = None
        """… or whose frames the filter drops, and those that still wait are not looked at."""

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
                opened = PacketSocket(self.interface, self.vlan)
            except InterfaceMissing:
                return  # gone since the kernel told of it; it will tell of that, too
            self._socket = opened
            self._receive_at_once = opened.receive_at_once
            self.send_at_once = opened.send_at_once
            self._loop.add_reader(opened.fileno(), self._read)
            # Through the method that bears an interface that vanishes in this very moment.
            self.set_promiscuous(self._promiscuous)

    def heed(self, friends: Collection[bytes]) -> None:
        """Hear these MAC addresses, however much strangers send."""
        self._friends = tuple(friends)
        counts = self._counts.items()
        self._counts = {one: count for one, count in counts if one not in self._friends}
        if self._shut_out is None or self._socket is None:
            return
        if self._can_shut_strangers_out:
            self._shut_strangers_out(self._socket)
        else:
            self._hear_all()

    def hear_anew(self) -> None:
        """Be ready for the answer of a stranger to what is about to be sent.

        What strangers have sent before is none, and counts no more.
        """
        self.count_anew()
        if self._socket is None:
            return
        try:
            for _frame in range(MOST_WAITING):
                if self._socket.receive() is None:
                    break
        except PacketSocketError:
            pass  # as while reading
        if self.turns_away:
            self._hear_again_at(None)
            self._hear_all()

    def count_anew(self) -> None:
        """Let what strangers have sent until now count no more."""
        self._for_strangers.refill()

    @property
    def turns_away(self) -> bool:
        """Whether anybody is not heard at present, and what has come may wait unread."""
        return self._paused or self._shut_out is not None

    def send(self, frame: bytes) -> str | None:
        """Send a frame. Returns why it could not be sent, or None when it was."""
        packets = self._socket
        if packets is None:
            return _("there is no interface {port} at present", port=self.interface)
        try:
            packets.send_at_once(frame)
        except OSError:
            problem = self._send_again(packets, frame)
            if problem is not None:
                return problem
        self.note_sent(frame)
        return None

    def note_sent(self, frame: bytes) -> None:
        """Take note that the interface takes frames of this size."""
        if self.too_long is not None and len(frame) >= self.too_long.size:
            self.too_long = None

    def _send_again(self, packets: PacketSocket, frame: bytes) -> str | None:
        """Send a frame that was not sent for whatever reason; return it if it is one still."""
        try:
            packets.send(frame)
        except FrameTooLong as error:
            count = self.too_long.count if self.too_long is not None else 0
            self.too_long = TooLong(self.interface, count + 1, len(frame), clock.now())
            return error.strerror
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
        self._hear_again_at(None)
        if self._socket is not None:
            if not self._paused:
                self._loop.remove_reader(self._socket.fileno())
            self._paused = False
            self._shut_out = None
            self._socket.close()
            self._socket = None
            self._receive_at_once = self.send_at_once = _no_interface

    def _read(self) -> None:
        receive = self._receive_at_once
        try:
            # One frame a turn: every interface and timer gets its turn, whoever floods.
            frame = receive(MAXIMUM_FRAME_SIZE)
            while self._shut_out is not None and self._shut_out(frame[_SOURCE]):
                frame = receive(MAXIMUM_FRAME_SIZE)  # that one has waited since before
        except OSError:
            # None waits, or the interface went: that the link monitor tells with more detail.
            return
        short_cut = self.short_cut
        passed = None
        if short_cut is not None:
            # What is looked up here is not asked of a method, nor by a name, for the reason that
            # KnownFrames gives.
            known = short_cut.known
            beginning = known.beginnings.get(frame[:16])
            if beginning is None or not frame[18:]:
                passed = short_cut.change(frame)
            elif not known.mark:
                passed = beginning + frame[16:]
            else:
                at = frame.find(known.mark)
                if frame[at:] == known.rest:
                    passed = beginning + frame[16:at] + known.new_rest
                else:
                    passed = short_cut.change(frame)
        if short_cut is None or passed is None:
            self._on_frame(self, frame)
        else:
            problem, out = None, short_cut.out
            try:
                out.send_at_once(passed)
            except OSError:
                problem = out.send(passed)  # which knows why not, or how all the same
            else:
                out.note_sent(passed)
            short_cut.passed(self, frame, problem)
        self._count(frame[_SOURCE], clock.now())

    def _count(self, source: bytes, now: float) -> None:
        """Take note of a frame that was read, and see that none comes beyond the budget."""
        if source in self._friends:
            if not self._for_friends.allows(now):
                self._pause(now)
            return
        if len(self._counts) >= FRAMES_AT_ONCE:
            self._counts.clear()
        self._counts[source] = self._counts.get(source, 0) + 1
        if self._for_strangers.allows(now) or self._socket is None:
            return
        loud = [stranger for stranger, count in self._counts.items() if count >= LOUD]
        self._counts.clear()
        if self._can_shut_strangers_out:
            self._shut_strangers_out(self._socket)
        elif loud:
            self._shut_out = loud.__contains__
            self._socket.receive_from(but_not=loud)
            self._for_strangers.refill()
        else:
            self._pause(now)
            return
        self._hear_again_at(now + SHUT_OUT_FOR)

    @property
    def _can_shut_strangers_out(self) -> bool:
        return 0 < len(self._friends) <= MOST_FRIENDS

    def _shut_strangers_out(self, packets: PacketSocket) -> None:
        friends = self._friends
        self._shut_out = lambda source: source not in friends
        packets.receive_from(friends)

    def _pause(self, now: float) -> None:
        if self._socket is not None:
            self._paused = True
            self._loop.remove_reader(self._socket.fileno())
            self._hear_again_at(now + FRAMES_AT_ONCE * SECONDS_A_FRAME / 2)

    def _hear_again_at(self, when: float | None) -> None:
        if self._until is None and when is not None:
            self._until = self._loop.timer(self._hear_all)
        if self._until is not None:
            self._until.set(when)

    def _hear_all(self) -> None:
        """End the pause, and let everybody be heard again."""
        if self._socket is None:
            return
        if self._shut_out is not None:
            self._shut_out = None
            self._socket.receive_from()
        if self._paused:
            self._paused = False
            self._loop.add_reader(self._socket.fileno(), self._read)


def _no_interface(_: object) -> NoReturn:
    """Neither receive nor send."""
    raise OSError(errno.ENODEV)
