"""Whirlpool, and the changed Whirlpool that the V4 check is made with.

Whirlpool (Barreto and Rijmen; ISO/IEC 10118-3) hashes in blocks of 64 bytes with a cipher of ten
rounds over a state of eight 64-bit words, big-endian, and gives 64 bytes. The dialect's hash
differs from it in three points, all of them data: they are what a :class:`Variant` holds, so that
the code below, run as ``STANDARD``, can be held against the published test vectors
(docs/protocol.md, "The V4 check").

The lookup tables (16 kB) are made when a first digest is asked for: a relay never needs them. They
are memory read as words: arrays, and functools to keep them, would take 0.5 MB resident.
"""

from __future__ import annotations

from struct import pack, unpack

from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    Tables = tuple[memoryview[int], ...]

_BLOCK_SIZE = 64
_LENGTH_SIZE = 32  # the message's length in bits ends the padding
_ROUNDS = 10
_WORDS = 8  # words in a state, and bytes in a word
_WORD_MASK = (1 << 64) - 1

# The two 4-bit permutations that the S-box is built from; E is used with its inverse.
_MINI_BOX_E = bytes.fromhex("010b090c0d060f030e0807040a020500")
_MINI_BOX_R = bytes.fromhex("070c0b0d0e04090f0603080a02050100")

_DIFFUSION_ROW = (1, 1, 4, 1, 8, 5, 2, 9)  # first row of the circulant matrix, over GF(256)
_FIELD_POLYNOMIAL = 0b1_0001_1101  # x^8 + x^4 + x^3 + x^2 + 1


class Variant(Frozen):
    """The data in which one hash of this construction differs from another."""

    initial_value: tuple[int, ...]
    """Eight words."""
    increments: tuple[int, ...]
    """Eight words; each round adds them to the state, modulo 2^64, after its key."""
    table_changes: tuple[tuple[int, int, int], ...]
    """Table, index, and what is XORed into the lookup table's entry there."""


STANDARD = Variant(
    initial_value=(0, 0, 0, 0, 0, 0, 0, 0),
    increments=(0, 0, 0, 0, 0, 0, 0, 0),
    table_changes=(),
)

RUIJIE = Variant(
    initial_value=(0, 3, 5, 2, 1, 7, 4, 6),
    increments=(0, 0, 1, 0, 0, 1, 1, 0),
    table_changes=(
        (0, 0, 0x0000000000020000),
        (0, 1, 0x0000000000000C00),
        (0, 2, 0x0C00000000000000),
        (0, 3, 0x0000200000000000),
        (0, 4, 0x0000D00000000000),
        (0, 5, 0x00000000000000A0),
        (0, 6, 0x0000000000B00000),
        (0, 7, 0x00F0000000000000),
        (0, 12, 0x0000070000000000),
        (0, 16, 0x000000AD00000000),
        (0, 35, 0x0000790000000000),
        (0, 38, 0x0000001E00000000),
        (0, 40, 0x0000000005D00000),
        (0, 44, 0x000000000B600000),
        (0, 54, 0x00002B0000000000),
        (0, 56, 0x0000000000B00000),
        (0, 66, 0x00000F7000000000),
        (0, 137, 0x00000000B3000000),
        (0, 157, 0x0000000000420000),
        (0, 189, 0x000000000FF00000),
        (0, 192, 0x00000003A0000000),
        (0, 249, 0x0000000009000000),
        (3, 23, 0x0000028000000000),
        (3, 24, 0x0000000000580000),
        (3, 25, 0x0000000000029000),
        (3, 51, 0x0000013000000000),
        (3, 53, 0x000000000FF00000),
        (3, 70, 0x000000001B000000),
        (3, 77, 0x000000E100000000),
        (3, 101, 0x0000006400000000),
        (3, 110, 0x0000C00000000000),
        (3, 204, 0x00EC000000000000),
        (3, 237, 0x00000003C0000000),
        (7, 6, 0x0000000000000010),
        (7, 26, 0x0000000AA0000000),
        (7, 32, 0x000000000FC00000),
        (7, 39, 0x00C1000000000000),
        (7, 47, 0x0000000002B00000),
        (7, 63, 0x0067000000000000),
        (7, 74, 0x00000007A0000000),
        (7, 77, 0x00000000A7000000),
        (7, 85, 0x00B4000000000000),
        (7, 129, 0x0210000000000000),
        (7, 161, 0x0000036000000000),
        (7, 248, 0x0005600000000000),
        (7, 253, 0x00009B0000000000),
    ),
)


_made: dict[Variant, tuple[Tables, tuple[int, ...]]] = {}
"""The lookup tables of the variants that were asked for, and what each round adds to its key."""


def ruijie_whirlpool(message: bytes) -> bytes:
    """Return the 64 bytes of the dialect's changed Whirlpool."""
    return whirlpool(message, RUIJIE)


def whirlpool(message: bytes, variant: Variant) -> bytes:
    """Return the 64-byte digest of a message of any length."""
    if variant not in _made:
        box = _make_s_box()
        _made[variant] = _make_lookup_tables(variant, box), _make_round_constants(box)
    tables, constants = _made[variant]
    chain = variant.initial_value
    padded = _pad(message)
    for start in range(0, len(padded), _BLOCK_SIZE):
        block = unpack(">8Q", padded[start : start + _BLOCK_SIZE])
        encrypted = _encrypt(block, chain, tables, constants, variant.increments)
        # Miyaguchi and Preneel's way to make a hash of a cipher.
        chain = tuple([c ^ e ^ b for c, e, b in zip(chain, encrypted, block, strict=True)])
    return pack(">8Q", *chain)


def _pad(message: bytes) -> bytes:
    """Append a one bit, zeros, and the length in bits, up to a whole number of blocks."""
    zeros = -(len(message) + 1 + _LENGTH_SIZE) % _BLOCK_SIZE
    return message + b"\x80" + bytes(zeros) + (8 * len(message)).to_bytes(_LENGTH_SIZE, "big")


def _encrypt(
    block: tuple[int, ...],
    key: Sequence[int],
    tables: Tables,
    constants: tuple[int, ...],
    increments: tuple[int, ...],
) -> Sequence[int]:
    """Encrypt eight words with the block cipher; each round's key is made as it is needed."""
    state: Sequence[int] = [b ^ k for b, k in zip(block, key, strict=True)]
    for constant in constants:
        round_key = _substitute_and_diffuse(key, tables)
        round_key[0] ^= constant
        key = round_key
        diffused = _substitute_and_diffuse(state, tables)
        state = [
            ((d ^ k) + increment) & _WORD_MASK
            for d, k, increment in zip(diffused, key, increments, strict=True)
        ]
    return state


def _substitute_and_diffuse(words: Sequence[int], tables: Tables) -> list[int]:
    """Do a round's S-boxes, column shifts and matrix product, one lookup for each byte.

    Column t is shifted down t rows, so word i takes its byte t from word i - t; an index below 0
    counts from the end, which is the wrapping that is wanted.
    """
    t0, t1, t2, t3, t4, t5, t6, t7 = tables
    return [
        t0[words[i] >> 56]
        ^ t1[words[i - 1] >> 48 & 0xFF]
        ^ t2[words[i - 2] >> 40 & 0xFF]
        ^ t3[words[i - 3] >> 32 & 0xFF]
        ^ t4[words[i - 4] >> 24 & 0xFF]
        ^ t5[words[i - 5] >> 16 & 0xFF]
        ^ t6[words[i - 6] >> 8 & 0xFF]
        ^ t7[words[i - 7] & 0xFF]
        for i in range(_WORDS)
    ]


def _make_lookup_tables(variant: Variant, box: bytes) -> Tables:
    """Return the eight tables of 256 words: the S-box times the matrix's row, rotated."""
    products = [
        int.from_bytes([_multiply(value, factor) for factor in _DIFFUSION_ROW], "big")
        for value in box
    ]
    tables = tuple([memoryview(bytearray(_WORDS * len(products))).cast("Q") for _ in range(_WORDS)])
    for t, table in enumerate(tables):
        for value, product in enumerate(products):
            table[value] = _rotate_right(product, 8 * t)
    for table_number, index, change in variant.table_changes:
        tables[table_number][index] ^= change
    return tables


def _make_round_constants(box: bytes) -> tuple[int, ...]:
    """Return what each round adds to the first word of its key: the S-box, eight bytes a round."""
    return unpack(f">{_ROUNDS}Q", box[: _ROUNDS * _WORDS])


def _make_s_box() -> bytes:
    inverse_e = bytes(_MINI_BOX_E.index(value) for value in range(16))
    box = bytearray()
    for byte in range(256):
        high = _MINI_BOX_E[byte >> 4]
        low = inverse_e[byte & 0xF]
        middle = _MINI_BOX_R[high ^ low]
        box.append(_MINI_BOX_E[high ^ middle] << 4 | inverse_e[low ^ middle])
    return bytes(box)


def _multiply(a: int, b: int) -> int:
    """Multiply in GF(256)."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a > 0xFF:
            a ^= _FIELD_POLYNOMIAL
        b >>= 1
    return product


def _rotate_right(word: int, bits: int) -> int:
    return (word >> bits | word << (64 - bits)) & _WORD_MASK
