"""The editions of the V4 check, and how a client's frames tell which one it has.

docs/protocol.md, "The V4 check". Apart from the check itself, which a relay never needs to load.
"""

from __future__ import annotations

from ruijie_proxy.choices import IntEnum


class Edition(IntEnum):
    """Which set of constants: by the dates within them, 2012-05 and 2012-10."""

    FIRST = 1
    """Linux client 1.0."""
    SECOND = 2
    """Linux clients 1.30 and 1.31."""


# Written out, so that a relay can tell a client's edition without computing it.
_EDITION_OF_ZERO_CHECK = {
    b"b464896d8135ee1da7dd2926bcbb65ae4eb77df681012a8e52ce8bf566125194"
    b"ed197bcfda8f729f582a1d330d5f03ba48245a8325f1215ebbe4cf9c1ca25b0b": Edition.FIRST,
    b"cedfeb1d7f714546e57ca23b56e1888b1c576780b68da2764b2da9badf68fe79"
    b"130740975965232c5a5e36b00c09401d0fd81179a318b66587ff9e49aa98f5d0": Edition.SECOND,
}


_EDITION_OF_TEXT_CHECK = {
    b"00f9c0f50729580d934329506ba25643c6a4818c8a37c0d0351649f15ff94f6a"
    b"7087b012834e385323a2c3606f21436bdbb1891c8873493c65621a07fa76ecaf": Edition.FIRST,
    b"a57233d9c53b0da798d8facc801214b0a5c35d57f91110b45bcb61063f33ffd9"
    b"97abcbf68d6f9a812fbacd0a39724920dc1c26b1b8e4e93681632e80ac10b451": Edition.SECOND,
}


def edition_of_zero_check(check: bytes) -> Edition | None:
    """Tell a genuine client's edition by the check in its Start or Identity response.

    None when the check is not that of ``ZERO_CHALLENGE``, as with every Windows client.
    """
    return _EDITION_OF_ZERO_CHECK.get(check)


def edition_of_text_check(check: bytes) -> Edition | None:
    """Tell the same of a client that sends the check of ``TEXT_CHALLENGE`` there."""
    return _EDITION_OF_TEXT_CHECK.get(check)


def edition_of_early_check(check: bytes) -> Edition | None:
    """Tell it of a client that sends either."""
    return edition_of_zero_check(check) or edition_of_text_check(check)
