"""The twist: how the dialect hides bytes (docs/protocol.md, "The twist")."""

_TWISTED = bytes(int(f"{value:08b}"[::-1], 2) ^ 0xFF for value in range(256))


def twist(data: bytes | bytearray) -> bytes:
    """Reverse and invert the eight bits of each byte. The function is its own inverse."""
    return bytes(data).translate(_TWISTED)
