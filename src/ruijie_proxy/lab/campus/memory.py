"""A campus without a network: client and switch joined by a cable in memory, on a clock of its own.

A day of heartbeats takes a moment here, and whatever a test wants to do to a frame, it can.
"""

from __future__ import annotations

from collections.abc import Callable

from ruijie_proxy.lab.client.client import Client
from ruijie_proxy.lab.events import Detail, Event, EventKind
from ruijie_proxy.lab.options import (
    OTHER_VENDORS_SWITCH,
    RUIJIES_SWITCH,
    ClientOptions,
    SwitchOptions,
)
from ruijie_proxy.lab.switch.port_session import PortSession
from ruijie_proxy.lab.switch.switch import Switch
from ruijie_proxy.protocol.ethernet import parse_mac

SWITCH_ADDRESS = parse_mac(RUIJIES_SWITCH)
OTHER_VENDORS_ADDRESS = parse_mac(OTHER_VENDORS_SWITCH)
CLIENT_ADDRESS = parse_mac("02:00:00:00:cc:01")

Tamper = Callable[[bytes], bytes | None]
"""Changes a frame on its way; None takes it off the cable."""


def unchanged(frame: bytes) -> bytes:
    """Tamper with nothing."""
    return frame


class MemoryCampus:
    """A switch and a client, and what went over the cable between them."""

    def __init__(
        self,
        switch: SwitchOptions | None = None,
        client: ClientOptions | None = None,
        switch_address: bytes | None = None,
    ) -> None:
        options = switch or SwitchOptions()
        self.switch = Switch(options, switch_address or parse_mac(options.usual_address))
        self.client = Client(client or ClientOptions(), CLIENT_ADDRESS)
        self.now = 0.0
        """Seconds since the campus was built."""
        self.to_switch: list[bytes] = []
        """Each Ethernet frame that reached the switch."""
        self.to_client: list[bytes] = []
        """Each Ethernet frame that reached the client."""
        self.events: list[Event] = []
        """What both told, in order."""
        self.tamper: Tamper = unchanged
        """Applied to each frame of the client."""
        self.tamper_back: Tamper = unchanged
        """Applied to each frame of the switch."""

    @property
    def session(self) -> PortSession:
        """Who is online. Raises LookupError when nobody is."""
        if self.switch.session is None:
            raise LookupError(f"nobody is online; the switch says {self.switch.complaints}")
        return self.switch.session

    def login(self, seconds: float = 1.0) -> None:
        """Let the client log in, and some time pass."""
        self.client.login(self.now)
        self.run(seconds)

    def run(self, seconds: float = 0.0) -> None:
        """Let time pass, and carry frames as they come."""
        end = self.now + seconds
        self._carry()
        while (deadline := self._next_deadline()) is not None and deadline <= end:
            self.now = max(self.now, deadline)
            self.client.handle_timer(self.now)
            self.switch.handle_timer(self.now)
            self._carry()
        self.now = end

    def inject(self, frame: bytes) -> None:
        """Put a frame of anybody's on the cable towards the switch."""
        self.switch.receive(frame, self.now)
        self._carry()

    def find(self, kind: EventKind, **detail: Detail) -> list[Event]:
        """Return the events of a kind that have these details, in order."""
        return [
            event
            for event in self.events
            if event.kind == kind
            and all(event.detail.get(name) == value for name, value in detail.items())
        ]

    def _next_deadline(self) -> float | None:
        deadlines = (self.client.next_deadline(), self.switch.next_deadline())
        return min((deadline for deadline in deadlines if deadline is not None), default=None)

    def _carry(self) -> None:
        while True:
            outgoing, incoming = self.client.frames_to_send(), self.switch.frames_to_send()
            self.events += self.client.events() + self.switch.events()
            if not outgoing and not incoming:
                return
            for original in outgoing:
                frame = self.tamper(original)
                if frame is not None:
                    self.to_switch.append(frame)
                    self.switch.receive(frame, self.now)
            for original in incoming:
                frame = self.tamper_back(original)
                if frame is not None:
                    self.to_client.append(frame)
                    self.client.receive(frame, self.now)
