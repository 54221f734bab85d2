"""Which edition of the V4 check a client has, from its frames alone.

A Linux client has no challenge yet in its Start and its Identity response, and sends the check of
zeros there, or at some campuses that of a text (docs/protocol.md, "The V4 check").
"""

from __future__ import annotations

from ruijie_proxy.engine.relay.fields import find_properties
from ruijie_proxy.protocol.edition import edition_of_early_check, edition_of_text_check
from ruijie_proxy.protocol.properties import PropertyType, scan_properties

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.protocol.edition import Edition

_TYPE_BEFORE_CONTENT = 2
"""Bytes from a property's type to its content."""


def edition_seen(frame: bytes) -> Edition | None:
    """Return the edition that a Start or Identity response tells; None where it tells none."""
    return edition_of_early_check(_check_of(frame))


def sends_text_check(frame: bytes) -> bool:
    """Whether a Start or Identity response has the check of the text."""
    return edition_of_text_check(_check_of(frame)) is not None


def _check_of(frame: bytes) -> bytes:
    place = find_properties(frame)
    if place is None:
        return b""
    _, begin, end = place
    for content, content_end in scan_properties(frame, begin, end):
        if frame[content - _TYPE_BEFORE_CONTENT] == PropertyType.V4_CHECK:
            return bytes(frame[content:content_end])
    return b""
