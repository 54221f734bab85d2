"""How two other programs log in, as their sources describe it: when they send, and when they end.

Both send at fixed times, without chance. Frames are those of EAP-MD5 alone: this is about when.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import Enum, auto

from ruijie_proxy.lab.options import DEFAULT_PASSWORD, DEFAULT_USER
from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS
from ruijie_proxy.protocol.password import eap_md5_value
from ruijie_proxy.protocol.requests import Md5Challenge


class Step(Enum):
    """What was sent last, or is to be sent again."""

    START = auto()
    IDENTITY = auto()
    PROOF = auto()
    ONLINE = auto()
    REFUSED = auto()


class OtherProgram(ABC):
    """A supplicant that repeats its last frame a few times. Times are seconds."""

    REPEATED_AFTER: float
    """Without an answer the last frame is sent again after so long …"""
    SENT = 3
    """… until it was sent so many times."""

    def __init__(self, address: bytes) -> None:
        """Begin with nothing sent; ``address`` is the MAC address."""
        self.was_limited = False
        self._address = address
        self._step = Step.START
        self._sent = 0
        """How often what belongs to this step was sent."""
        self._request: EapolFrame | None = None
        self._due: float | None = None
        self._frames: list[bytes] = []

    def begin(self, now: float) -> None:
        """Begin, with the power back."""
        self._enter(Step.START, now)

    def next_deadline(self) -> float | None:
        """Return when there is something to do, or None."""
        return self._due

    def handle_timer(self, now: float) -> None:
        """Do what is due: send again, or begin anew, or end."""
        if self._due is None or now < self._due:
            return
        if self._step is not Step.REFUSED and self._sent < self.SENT:
            self._send(now)
        elif self._step is Step.REFUSED:
            self._enter(Step.START, now)
        else:
            self._in_vain(now)

    @property
    def is_online(self) -> bool:
        """Whether it was told Success."""
        return self._step is Step.ONLINE

    def frames_to_send(self) -> list[bytes]:
        """Return the frames to be sent now, and forget them."""
        frames, self._frames = self._frames, []
        return frames

    def receive(self, data: bytes, now: float) -> None:
        """Take a frame of the switch's."""
        frame = EapolFrame.parse(data)
        packet, _ = EapPacket.parse(frame.body)
        if packet.code == EapCode.REQUEST:
            self._request = frame
            is_proof = packet.type == EapType.MD5_CHALLENGE
            self._enter(Step.PROOF if is_proof else Step.IDENTITY, now)
        elif packet.code == EapCode.SUCCESS:
            self._step, self._due = Step.ONLINE, None

    @abstractmethod
    def _in_vain(self, now: float) -> None:
        """Do what follows when the last repetition was in vain."""

    def _enter(self, step: Step, now: float) -> None:
        self._step, self._sent = step, 0
        self._send(now)

    def _send(self, now: float) -> None:
        self._sent += 1
        self._due = now + self.REPEATED_AFTER
        if self._step is Step.START or self._request is None:
            frame = EapolFrame.build(PAE_GROUP_ADDRESS, self._address, EapolType.START, b"")
        else:
            frame = self._response(self._request)
        self._frames.append(frame.encode())

    def _response(self, request: EapolFrame) -> EapolFrame:
        packet, _ = EapPacket.parse(request.body)
        data = DEFAULT_USER.encode()
        method = EapType.IDENTITY
        if self._step is Step.PROOF:
            method = EapType.MD5_CHALLENGE
            challenge = Md5Challenge.parse(packet).challenge
            value = eap_md5_value(packet.identifier, DEFAULT_PASSWORD.encode(), challenge)
            data = bytes((len(value),)) + value + data
        answer = EapPacket.build(EapCode.RESPONSE, packet.identifier, method, data)
        kind = EapolType.EAP_PACKET
        return EapolFrame.build(request.source, self._address, kind, answer.encode())


class Minieap(OtherProgram):
    """minieap 0.93: ``eap_state_machine.c``, ``include/config.h``.

    Whatever it sent last, it sends again every 5 s; after the third time it ends, and its unit for
    systemd does not start it again.
    """

    REPEATED_AFTER = 5.0

    def _in_vain(self, now: float) -> None:  # noqa: ARG002 - as all programs
        self._due = None
        self.was_limited = True


class MentoHust(OtherProgram):
    """MentoHUST 0.3.1: ``mystate.c``, ``myconfig.c``.

    Whatever it sent last, it sends again every 8 s, three times in all, and after 15 s more it
    begins anew; so for ever.
    """

    REPEATED_AFTER = 8.0
    RESTARTED_AFTER = 15.0

    def _in_vain(self, now: float) -> None:
        self._step, self._due = Step.REFUSED, now + self.RESTARTED_AFTER
