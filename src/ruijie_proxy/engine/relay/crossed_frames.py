"""The frames that have crossed the short way, and wait until the session looks at them."""

from __future__ import annotations

from ruijie_proxy.engine.frame_reading import eap_code
from ruijie_proxy.protocol.eap import EapCode

LONGEST_QUEUE = 32
"""Frames that may wait to be looked at after they have crossed …"""
READING_DELAY = 0.1
"""… and for how many seconds: the next frame of the login is more urgent."""

_RESULTS = (EapCode.SUCCESS, EapCode.FAILURE)


class CrossedFrames:
    """A queue, in the order in which they crossed. Times are seconds on the engine's clock."""

    def __init__(self) -> None:
        self._waiting: list[tuple[str | None, bytes, float]] = []

    def add(self, port: str | None, frame: bytes, now: float) -> bool:
        """Let a frame wait that came in by a LAN interface, or None for the WAN.

        Returns whether to look at all of them now: there is a result in it, and the next frame
        depends on that; or there are too many.
        """
        self._waiting.append((port, frame, now))
        return eap_code(frame) in _RESULTS or len(self._waiting) >= LONGEST_QUEUE

    @property
    def due_at(self) -> float | None:
        """When they are to be looked at, at the latest; None: there are none."""
        return self._waiting[0][2] + READING_DELAY if self._waiting else None

    def take(self) -> list[tuple[str | None, bytes, float]]:
        """Return the LAN interface, or None for the WAN, the frame, and when it came, of each;
        none waits any more then.
        """
        waiting = self._waiting
        if waiting:
            self._waiting = []
        return waiting
