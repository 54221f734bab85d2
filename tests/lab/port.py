"""A switch's port in memory, with a test's own hands at the other end of the cable."""

from __future__ import annotations

from ruijie_proxy.lab.campus.memory import CLIENT_ADDRESS, SWITCH_ADDRESS
from ruijie_proxy.lab.events import EventKind
from ruijie_proxy.lab.options import DEFAULT_PASSWORD, DEFAULT_USER, SwitchOptions
from ruijie_proxy.lab.switch.switch import Switch
from ruijie_proxy.protocol.eap import EapCode, EapPacket
from ruijie_proxy.protocol.eapol import EapolFrame, EapolType

USER = DEFAULT_USER.encode()
PASSWORD = DEFAULT_PASSWORD.encode()


class Port:
    """The switch, what it said, and the frames of whoever is plugged in."""

    def __init__(self, options: SwitchOptions) -> None:
        self.switch = Switch(options, SWITCH_ADDRESS)
        self.now = 0.0
        """Seconds since the cable was plugged in."""
        self.heard: list[EapolFrame] = []
        """All that the switch said."""

    @property
    def complaints(self) -> list[str]:
        """What the switch did not like."""
        return self.switch.complaints

    @property
    def packets(self) -> list[EapPacket]:
        """The EAP packets that the switch said."""
        frames = [frame for frame in self.heard if frame.type == EapolType.EAP_PACKET]
        return [EapPacket.parse(frame.body)[0] for frame in frames]

    @property
    def kinds(self) -> list[tuple[int, int | None]]:
        """Code and type of each EAP packet that the switch said."""
        return [(packet.code, packet.type) for packet in self.packets]

    @property
    def refusal(self) -> object:
        """What the last login or session ended with."""
        ends = [event for event in self.switch.events() if event.kind == EventKind.OFFLINE]
        return ends[-1].detail["reason"]

    def send(self, frame: bytes) -> None:
        """Put a frame on the cable."""
        self.switch.receive(frame, self.now)
        self._listen()

    def run(self, seconds: float) -> None:
        """Let time pass."""
        self._listen()
        end = self.now + seconds
        while (deadline := self.switch.next_deadline()) is not None and deadline <= end:
            self.now = max(self.now, deadline)
            self.switch.handle_timer(self.now)
            self._listen()
        self.now = end

    def respond(
        self, method: int, data: bytes, trailer: bytes = b"", destination: bytes = SWITCH_ADDRESS
    ) -> None:
        """Answer the switch's last request."""
        self.answer(self.packets[-1], method, data, trailer, destination)

    def answer(
        self,
        request: EapPacket,
        method: int,
        data: bytes,
        trailer: bytes = b"",
        destination: bytes = SWITCH_ADDRESS,
    ) -> None:
        """Answer one of the switch's requests."""
        body = EapPacket.build(EapCode.RESPONSE, request.identifier, method, data).encode()
        frame = EapolFrame.build(destination, CLIENT_ADDRESS, EapolType.EAP_PACKET, body, trailer)
        self.send(frame.encode())

    def _listen(self) -> None:
        self.heard += [EapolFrame.parse(frame) for frame in self.switch.frames_to_send()]
