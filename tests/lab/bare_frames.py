"""Answers in the bare shape, taken apart and put together again with something wrong in them."""

from __future__ import annotations

from collections.abc import Callable

from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.eapol import EapolFrame, EapolType

Properties = list[tuple[int, bytes]]
VALUE_END = 17
"""Of the MD5 value and its size, in the data of an answer."""


def eap_of(frame: bytes) -> EapPacket | None:
    """Return a frame's EAP packet, or None."""
    parsed = EapolFrame.parse(frame)
    return EapPacket.parse(parsed.body)[0] if parsed.type == EapolType.EAP_PACKET else None


def is_answer(frame: bytes) -> bool:
    """Whether a frame is a Response/MD5-Challenge."""
    packet = eap_of(frame)
    answers = (EapCode.RESPONSE, EapType.MD5_CHALLENGE)
    return packet is not None and (packet.code, packet.type) == answers


def read(private: bytes) -> Properties:
    """Read bare properties."""
    found = []
    while private:
        end = 2 + private[1]
        found.append((private[0], private[2:end]))
        private = private[end:]
    return found


def written(properties: Properties) -> bytes:
    """Write bare properties."""
    return b"".join(bytes((number, len(content))) + content for number, content in properties)


def with_private(frame: bytes, private: bytes) -> bytes:
    """Return an answer with something else behind its value, all lengths right."""
    parsed, packet = EapolFrame.parse(frame), eap_of(frame)
    assert packet is not None
    data = packet.data[:VALUE_END] + private
    body = EapPacket.build(packet.code, packet.identifier, packet.type, data).encode()
    built = EapolFrame.build(parsed.destination, parsed.source, EapolType.EAP_PACKET, body)
    return built.encode()


def changing(change: Callable[[Properties], Properties]) -> Callable[[bytes], bytes]:
    """Return what changes the properties of each answer, and nothing else."""

    def tamper(frame: bytes) -> bytes:
        packet = eap_of(frame)
        if packet is None or not is_answer(frame):
            return frame
        return with_private(frame, written(change(read(packet.data[VALUE_END:]))))

    return tamper


def setting(number: int, content: bytes) -> Callable[[bytes], bytes]:
    """Return what gives a property of each answer another content."""
    return changing(
        lambda properties: [(kind, content if kind == number else old) for kind, old in properties]
    )


def answers(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """Return what changes the answers alone."""
    return lambda frame: change(frame) if is_answer(frame) else frame
