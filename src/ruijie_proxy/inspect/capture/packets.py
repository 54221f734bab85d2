"""A captured packet, whatever it is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet of any kind."""

    number: int
    """Counted from 1, as Wireshark does."""
    at: int | None
    """Nanoseconds since 1970; None where the file does not say."""
    data: bytes
    """As much as was captured, from the link layer's header on."""
    length: int
    """Bytes on the wire."""
    link_type: int
    """One of the LINKTYPE_ numbers of tcpdump.org."""
    interface: str | None
    """Name of the interface that saw it, where the file tells."""
    outgoing: bool | None
    """Whether the capturing machine sent it, where the file tells."""
