"""Frames that can be told by a look at how they begin and end."""

from __future__ import annotations

from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

BEGINNING_SIZE = 16
"""Bytes of a frame by which it is known: addresses, EtherType, EAPOL's version and packet type."""
LEAST_SIZE = 18
"""Bytes that a frame has more than, where EAPOL's packet has a body."""


class KnownFrames(Frozen):
    """Frames that can be told by a look at them, and what becomes of those.

    Data, and no method that decides: a program that has been asleep has left the processor's
    caches, and each object more that it comes by costs the frame more than what is done there.
    """

    beginnings: Mapping[bytes, bytes]
    """How they begin, :data:`BEGINNING_SIZE` bytes, and how they begin when they go on. Frames of
    :data:`LEAST_SIZE` bytes or fewer are none of these."""
    mark: bytes = b""
    """Empty: the rest goes on as it is. Otherwise this mark is in them, and …"""
    rest: bytes = b""
    """… from where it is first, this is all the rest …"""
    new_rest: bytes = b""
    """… and this, when they go on."""


NONE_KNOWN = KnownFrames({})
