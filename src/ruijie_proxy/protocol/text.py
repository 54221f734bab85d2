"""Text of the server: GBK on the wire, and not to be trusted (docs/protocol.md, "Results")."""

_ENCODING = "gb18030"
"""GBK and its later extension: every GBK text reads the same in it."""
_SERVICE_SEPARATOR = "@"


def decode_text(raw: bytes) -> str:
    """Decode a server's text into one line without control characters.

    What is no GBK becomes U+FFFD, a character that was cut at the end included. Line ends, and all
    characters that could steer the terminal that shows them (controls, marks of writing direction),
    become spaces; runs of spaces become one.
    """
    text = raw.decode(_ENCODING, "replace")
    shown = (character if character.isprintable() else " " for character in text)
    return " ".join("".join(shown).split())


def encode_text(text: str) -> bytes:
    """Encode a text as a server would. Raises UnicodeEncodeError for what GBK cannot say."""
    return text.encode(_ENCODING)


def names_of_services(offered: bytes) -> tuple[str, ...]:
    """Read a list of services on offer, in its order (docs/protocol.md, "Requests")."""
    names = (part.strip() for part in decode_text(offered).split(_SERVICE_SEPARATOR))
    return tuple([name for name in names if name])
