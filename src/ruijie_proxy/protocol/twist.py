"""The twist: how the dialect hides bytes (docs/protocol.md, "The twist")."""

_BITS = 8
_reversed = [0]
for _ in range(_BITS):
    # Of one bit more: first the numbers whose last bit is 0, then those where it is 1.
    _reversed = [2 * value for value in _reversed] + [2 * value + 1 for value in _reversed]
_TWISTED = bytes(value ^ 0xFF for value in _reversed)
"""For each byte, what stands for it."""


def twist(data: bytes | bytearray) -> bytes:
    """Reverse and invert the eight bits of each byte. The function is its own inverse."""
    return bytes(data).translate(_TWISTED)
