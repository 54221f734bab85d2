"""A port of the campus: the switch's, and the router at the other end of its cable."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from ruijie_proxy.lab.switch.switch import Switch
from ruijie_proxy.protocol.eapol import TYPE_OFFSET, EapolType


class Router(Protocol):
    """Whatever logs in."""

    def begin(self, now: float) -> None:
        """Begin, with the power back."""

    def receive(self, frame: bytes, now: float) -> None:
        """Take a frame of the switch's."""

    def next_deadline(self) -> float | None:
        """Return when :meth:`handle_timer` has something to do, or None."""

    def handle_timer(self, now: float) -> None:
        """Do what is due."""

    def frames_to_send(self) -> list[bytes]:
        """Return the frames to be sent now, and forget them."""

    @property
    def is_online(self) -> bool:
        """Whether it has been let in, as it thinks."""

    @property
    def was_limited(self) -> bool:
        """Whether it ever had to wait because of its tries, or gave up."""


@dataclass(slots=True)
class Port:
    """Both ends, and what has crossed. Times are seconds."""

    switch: Switch
    router: Router
    starts: list[float] = field(default_factory=list)
    """When each Start went out."""
    heartbeats: list[float] = field(default_factory=list)
    """When each heartbeat did."""
    online_at: float | None = None
    """When it was let in for the first time, and both sides knew it."""
    is_dead: bool = False
    """Whether the switch is: it hears nothing, and says nothing."""

    def begin(self, now: float) -> float | None:
        """Switch the router on; return when :meth:`step` is to be called."""
        self.router.begin(now)
        return self._carry(now)

    def step(self, now: float) -> float | None:
        """Do what is due at both ends; return when it is to be called again, or None."""
        self.switch.handle_timer(now)
        self.router.handle_timer(now)
        return self._carry(now)

    @property
    def tries(self) -> int:
        """How many logins the switch has begun, whatever became of them."""
        return len(self.switch.fruitless) + len(self.switch.succeeded)

    def _carry(self, now: float) -> float | None:
        moved = True
        while moved:
            moved = False
            for frame in self.switch.frames_to_send():
                moved = True
                self.router.receive(frame, now)
            for frame in self.router.frames_to_send():
                moved = True
                self._send(frame, now)
        self.switch.events()  # nobody reads them
        if self.online_at is None and self.switch.session is not None and self.router.is_online:
            self.online_at = now
        deadlines = (self.switch.next_deadline(), self.router.next_deadline())
        return min((when for when in deadlines if when is not None), default=None)

    def _send(self, frame: bytes, now: float) -> None:
        if frame[TYPE_OFFSET] == EapolType.START:
            self.starts.append(now)
        elif frame[TYPE_OFFSET] == EapolType.RUIJIE_HEARTBEAT:
            self.heartbeats.append(now)
        if not self.is_dead:
            self.switch.receive(frame, now)
