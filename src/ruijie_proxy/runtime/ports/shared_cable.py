"""One cable, several WAN ports on it: macvlans of one interface, each with an account of its own.

A server that asks at the group address is heard by all of them, and each would answer what another
one is asked (docs/protocol.md, "Frames"). So they take turns: while a login is under way on one,
the Starts of the others wait, and what comes to a group is that one's. What goes to a port's own
address is always its own.
"""

from __future__ import annotations

from ruijie_proxy.protocol.eapol import TYPE_OFFSET, EapolType
from ruijie_proxy.protocol.ethernet import is_group_address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ruijie_proxy.runtime.basis.event_loop import EventLoop
    from ruijie_proxy.runtime.ports.links import LinkMonitor

UNANSWERED_FOR = 4.0
"""Seconds after a Start in which nobody has answered, and another port may call."""
SILENT_FOR = 15.0
"""Seconds without a frame after which a login that was answered holds the cable no more: a server
repeats a request for 12."""
STILL_QUEUED = 0.3
"""Seconds after a login in which the other ports may still read what it was asked: the kernel has
put it into all their queues."""
LONGEST = 60.0
"""Seconds that one login may hold it, whatever comes."""


class Turn:
    """One WAN port's part in its cable. Times are seconds on the daemon's clock."""

    __slots__ = ("_cable", "_cables", "_clock", "_send", "waiting", "wan")

    def __init__(
        self,
        cables: SharedCables,
        wan: str,
        send: Callable[[bytes], None],
        clock: Callable[[], float],
    ) -> None:
        """``send`` sends a frame by the port."""
        self.wan = wan
        self._cables = cables
        self._send = send
        self._clock = clock
        self.waiting: bytes | None = None
        """The Start that waits for another one's login to end."""
        self._cable: Cable | None = None
        """Where it is logging in, or waits to; None: neither, or alone on its cable."""

    def send(self, frame: bytes) -> None:
        """Send a frame; a Start when it is this port's turn, in place of one that waits already."""
        if frame[TYPE_OFFSET] != EapolType.START:
            self._send(frame)
            return
        cable = self._cables.cable_of(self.wan)
        if self._cable is not cable:  # the port was made anew, on another one
            self._leave()
        self._cable = cable
        if cable is None:
            self.waiting = None
            self._cables.calls_alone(self)
            self._send(frame)
            return
        if cable.is_free_for(self, self._clock()):
            self.waiting = None
            cable.take(self, self._clock())
            self._send(frame)
        else:
            self.waiting = frame
            cable.wait(self)
        self._cables.look_again(cable)

    def hears(self, frame: bytes) -> bool:
        """Whether a frame that came in is for this port, as far as its turn decides that."""
        now = self._clock()
        if is_group_address(frame):
            cable = self._cables.cable_of(self.wan)
            if cable is not None and cable.is_anothers(self, now):
                return False
        if self._cable is not None:
            self._cable.goes_on(self, now)
        return True

    def is_over(self) -> None:
        """Take note that no login is under way here, as whatever a session does may tell."""
        self.waiting = None
        self._leave()

    def is_joined_on(self, cable: Cable) -> None:
        """Take note that others have come to the cable on which it logs in."""
        self._cable = cable
        cable.take(self, self._clock())

    def _leave(self) -> None:
        self._cables.calls_no_more(self)
        cable, self._cable = self._cable, None
        if cable is not None:
            cable.leave(self, self._clock())
            self._cables.look_again(cable)


class Cable:
    """Who is logging in on one cable, until when that is believed, and who waits."""

    __slots__ = ("_last", "_latest", "_left", "_was_answered", "holder", "queue", "until")

    def __init__(self) -> None:
        self.holder: Turn | None = None
        self.until = 0.0
        self.queue: list[Turn] = []
        self._latest = 0.0
        self._was_answered = False
        self._last: Turn | None = None
        self._left = float("-inf")
        """When the last one that logged in was done, and which it was."""

    def is_held(self, now: float) -> bool:
        """Whether a login is under way."""
        return self.holder is not None and now < self.until

    def is_anothers(self, turn: Turn, now: float) -> bool:
        """Whether what comes to a group now is for another port."""
        if self.is_held(now):
            return self.holder is not turn
        return self._last is not turn and now < self._left + STILL_QUEUED

    def is_free_for(self, turn: Turn, now: float) -> bool:
        """Whether a port may call.

        One that calls again, since nobody has answered it, lets those go first that wait.
        """
        if self.holder is turn and self.is_held(now):
            return self._was_answered or not self.queue
        return not self.is_held(now) and (not self.queue or self.queue[0] is turn)

    def take(self, turn: Turn, now: float) -> None:
        """Have a port log in."""
        if turn in self.queue:
            self.queue.remove(turn)
        if self.holder is not turn or not self.is_held(now):
            self.holder, self._was_answered, self._latest = turn, False, now + LONGEST
        self.until = min(now + (SILENT_FOR if self._was_answered else UNANSWERED_FOR), self._latest)

    def wait(self, turn: Turn) -> None:
        """Have a port wait, behind those that do already."""
        if self.holder is turn:
            self.holder = None
        if turn not in self.queue:
            self.queue.append(turn)

    def goes_on(self, turn: Turn, now: float) -> None:
        """Give a login that was answered its time."""
        if self.holder is turn and self.is_held(now):
            self._was_answered = True
            self.until = min(now + SILENT_FOR, self._latest)

    def leave(self, turn: Turn, now: float) -> None:
        """Have a port neither log in nor wait."""
        if self.holder is turn:
            self.holder, self._last, self._left = None, turn, now
        if turn in self.queue:
            self.queue.remove(turn)


class SharedCables:
    """The cables that WAN ports of the daemon share, or may come to share."""

    def __init__(self, loop: EventLoop, links: LinkMonitor, clock: Callable[[], float]) -> None:
        self._links = links
        self._clock = clock
        self._by_link: dict[int, Cable] = {}
        self._alone: dict[Turn, int] = {}
        """Who logs in where there is no macvlan, and the index of the link; one may be made yet."""
        self._timer = loop.timer(self._on_timer)

    @property
    def cables(self) -> list[Cable]:
        """All of them."""
        return list(self._by_link.values())

    def join(self, wan: str, send: Callable[[bytes], None]) -> Turn:
        """Return the part of a WAN port; ``send`` sends a frame by it."""
        return Turn(self, wan, send, self._clock)

    def cable_of(self, wan: str) -> Cable | None:
        """Return the cable that a WAN port shares: that of the interface which it is a macvlan of.

        None: there is no macvlan on it, or no such port, and nobody to take turns with.
        """
        link = self._links.by_name(wan)
        if link is None:
            return None
        key = link.below or link.index
        if all(one.below != key for one in self._links.links.values()):
            return None
        cable = self._by_link.get(key)
        if cable is None:
            cable = self._by_link[key] = Cable()
        for turn in [turn for turn, index in self._alone.items() if index == key]:
            del self._alone[turn]
            turn.is_joined_on(cable)
        return cable

    def calls_alone(self, turn: Turn) -> None:
        """Take note that a port logs in on a cable without macvlans."""
        link = self._links.by_name(turn.wan)
        if link is not None:
            self._alone[turn] = link.index

    def calls_no_more(self, turn: Turn) -> None:
        """Take note that it does so no more."""
        self._alone.pop(turn, None)

    def look_again(self, cable: Cable) -> None:
        """Let the next one call that waits, if it may; else see again when it may."""
        now = self._clock()
        while cable.queue and not cable.is_held(now):
            turn = cable.queue[0]
            start, turn.waiting = turn.waiting, None
            if start is None:
                cable.leave(turn, now)
            else:
                turn.send(start)
        ends = [one.until for one in self.cables if one.queue and one.is_held(now)]
        self._timer.set(min(ends, default=None))

    def _on_timer(self) -> None:
        for cable in self.cables:
            self.look_again(cable)
