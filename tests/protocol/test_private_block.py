"""The private block, held against three blocks of a genuine Linux 1.0 client.

Those hold the address of the card that they were captured on, so they are not in the repository.
What stands here is the digest of each with that address, and the values that the password went
into, replaced by made-up ones; and the block is built here, byte by byte, from the figures of
docs/protocol.md, "The private block", with the same made-up values.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS
from ruijie_proxy.protocol.private_block import (
    HEAD_SIZE,
    PROPERTIES_OFFSET,
    AddressHead,
    PrivateBlock,
    find_private_block,
)
from ruijie_proxy.protocol.properties import MAGIC, TWISTED_MAGIC, Property, PropertyType
from ruijie_proxy.values import replace

MAC = bytes.fromhex("02000000cc01")
LINK_LOCAL = bytes.fromhex("fe80000000000000 000000fffe00cc01")
PASSWORD_PROPERTY = bytes(range(16))
V4_CHECK = b"0123456789abcdef" * 8

START_DIGEST = "578c8b7fdf230f3bea6b4b1a0eecba1fe663d336fb568093e8213a65f927340e"
"""SHA-256 of the genuine Start's block, and of the Identity response's, which is the same."""
MD5_DIGEST = "3bb729e3be5cca50e8c22a01ab37ce2ea6c320c325a6e48d7e87cc0be16fe8f9"
"""SHA-256 of the genuine MD5 response's block."""


@pytest.fixture(scope="module")
def zero_check() -> bytes:
    """The V4 check of edition 1 for the zero challenge, 128 hex characters."""
    path = Path(__file__).parents[1] / "data" / "v4_check.json"
    rows = json.loads(path.read_text(encoding="utf-8"))["check"]
    (check,) = (
        row["check"] for row in rows if row["edition"] == 1 and not int(row["challenge"], 16)
    )
    assert isinstance(check, str)
    return check.encode("ascii")


def linux_block(
    v4_check: bytes,
    password_property: bytes = b"",
    mac: bytes = MAC,
    link_local: bytes = LINK_LOCAL,
) -> bytes:
    """Write a Linux 1.0 client's block with nothing of the package under test."""
    properties = [
        ("18", bytes.fromhex("00000001")),
        ("2d", mac),
        ("2f", password_property),
        ("76", b"8.8.8.8"),
        ("35", b"\x01"),
        ("36", bytes(16)),
        ("38", link_local),
        ("4e", bytes(16)),
        ("4d", v4_check),
        ("39", b"internet" + bytes(24)),
        ("54", bytes(64)),
        ("55", b""),
        ("62", b"\x00"),
        ("70", b"\x40"),
        ("6f", b"RG-SU For Linux V1.0\x00"),
    ]
    written = b"".join(
        bytes((0x1A, len(content) + 8))
        + bytes.fromhex("00001311" + number)
        + bytes((len(content) + 2,))
        + content
        for number, content in properties
    )
    head = "ffff3777 7f ffffffff ffffffff ffffffff acb1ffb0 b02d"
    return (
        bytes.fromhex(head + "00001311")
        + b"8021x.exe".ljust(32, b"\0")
        + bytes.fromhex("01010102 00 00001311")
        + len(written).to_bytes(2, "big")
        + written
    )


def anonymous(genuine: bytes) -> bytes:
    """Put the made-up values into a genuine block, at the offsets that the figures give."""
    block = bytearray(genuine)
    block[90:96] = MAC
    shift = len(block) - 503
    if shift:
        block[104:120] = PASSWORD_PROPERTY
        block[208 + shift : 336 + shift] = V4_CHECK
    block[160 + shift : 176 + shift] = LINK_LOCAL
    return bytes(block)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_the_figures_give_the_genuine_start(zero_check: bytes) -> None:
    block = linux_block(zero_check)

    assert len(block) == 503
    assert digest(block) == START_DIGEST


def test_the_figures_give_the_genuine_md5_response() -> None:
    block = linux_block(V4_CHECK, PASSWORD_PROPERTY)

    assert len(block) == 519
    assert digest(block) == MD5_DIGEST


def test_a_start_is_parsed_into_what_the_client_said(zero_check: bytes) -> None:
    block = PrivateBlock.parse(linux_block(zero_check))

    assert block.head == AddressHead(1, dns=bytes((202, 114, 0, 242)), crc=0xF24B)
    assert block.program.rstrip(b"\0") == b"8021x.exe"
    assert block.version.hex() == "01010102"
    assert block.state == 0
    assert bytes(item.type for item in block.properties).hex() == "182d2f76353638" + (
        "4e4d39545562706f"
    )
    assert block.content(PropertyType.MAC_ADDRESS) == MAC
    assert block.content(PropertyType.PASSWORD) == b""
    assert block.content(PropertyType.V4_CHECK) == zero_check
    assert block.content(PropertyType.CLIENT_NAME) == b"RG-SU For Linux V1.0\0"
    assert block.content(PropertyType.V2_CHECK) is None
    assert (block.unparsed, block.rest) == (b"", b"")


@pytest.mark.parametrize("password_property", [b"", PASSWORD_PROPERTY], ids=["start", "md5"])
def test_parsing_and_encoding_gives_the_same_bytes(password_property: bytes) -> None:
    raw = linux_block(V4_CHECK, password_property)

    assert PrivateBlock.parse(raw).encode() == raw


def test_a_block_made_of_values_is_the_genuine_one(zero_check: bytes) -> None:
    def item(number: PropertyType, content: bytes) -> Property:
        return Property(number, content)

    block = PrivateBlock(
        head=AddressHead(from_dhcp=1, dns=bytes((202, 114, 0, 242))),
        program=b"8021x.exe",
        version=bytes((1, 1, 1, 2)),
        properties=(
            item(PropertyType.ADDRESS_FROM_DHCP, bytes((0, 0, 0, 1))),
            item(PropertyType.MAC_ADDRESS, MAC),
            item(PropertyType.PASSWORD, b""),
            item(PropertyType.DNS_SERVERS, b"8.8.8.8"),
            item(PropertyType.IPV6_ADDRESS_COUNT, b"\x01"),
            item(PropertyType.IPV6_GATEWAY_LINK_LOCAL, bytes(16)),
            item(PropertyType.IPV6_LINK_LOCAL, LINK_LOCAL),
            item(PropertyType.IPV6_GLOBAL, bytes(16)),
            item(PropertyType.V4_CHECK, zero_check),
            item(PropertyType.SERVICE, b"internet".ljust(32, b"\0")),
            item(PropertyType.DISK_SERIAL, bytes(64)),
            item(PropertyType.SECONDARY_DOMAIN, b""),
            item(PropertyType.SECURITY_CHECK, b"\0"),
            item(PropertyType.WORD_SIZE, b"\x40"),
            item(PropertyType.CLIENT_NAME, b"RG-SU For Linux V1.0\0"),
        ),
    )

    assert digest(block.encode()) == START_DIGEST


@pytest.mark.parametrize("name", ["start", "identity", "md5_challenge"])
def test_the_captured_blocks_cross_byte_for_byte(
    name: str, read_capture: Callable[[str], Any]
) -> None:
    genuine = bytes.fromhex(read_capture("client_blocks.json")[name])
    block = PrivateBlock.parse(genuine)

    assert block.encode() == genuine
    assert block.head.crc == block.head.right_crc()
    assert digest(anonymous(genuine)) == (MD5_DIGEST if "md5" in name else START_DIGEST)
    assert genuine == linux_block(
        block.content(PropertyType.V4_CHECK) or b"",
        block.content(PropertyType.PASSWORD) or b"",
        block.content(PropertyType.MAC_ADDRESS) or b"",
        block.content(PropertyType.IPV6_LINK_LOCAL) or b"",
    )


@pytest.mark.parametrize(
    ("addresses", "crc", "on_the_wire"),
    [
        (
            "00000000 00000000 00000000 ca7200f2",
            0xF24B,
            "ffff3777 7f ffffffff ffffffff ffffffff acb1ffb0 b02d",
        ),
        (
            "ac15084a ffff0000 ac150001 ac110821",
            0x5F77,
            "ffff3777 7f ca57efad 0000ffff ca57ff7f ca77ef7b 0511",
        ),
    ],
    ids=["linux", "windows"],
)
def test_the_heads_of_genuine_clients_have_the_right_crc(
    addresses: str, crc: int, on_the_wire: str
) -> None:
    address, netmask, gateway, dns = map(bytes.fromhex, addresses.split())
    head = AddressHead(1, address, netmask, gateway, dns)

    assert head.right_crc() == crc
    assert head.encode() == bytes.fromhex(on_the_wire)
    assert AddressHead.parse(bytes.fromhex(on_the_wire)) == replace(head, crc=crc)


def test_a_wrong_crc_is_kept_until_a_new_one_is_asked_for() -> None:
    raw = bytearray(linux_block(V4_CHECK)[:HEAD_SIZE])
    raw[-1] ^= 1
    head = AddressHead.parse(bytes(raw))

    assert head.crc != head.right_crc()
    assert head.encode() == bytes(raw)
    assert replace(head, crc=None).encode() == linux_block(V4_CHECK)[:HEAD_SIZE]


def test_a_strange_state_byte_and_flag_are_kept() -> None:
    raw = bytearray(linux_block(V4_CHECK))
    raw[63] = 0xD0
    raw[4] = 0x35
    block = PrivateBlock.parse(bytes(raw))

    assert block.state == 0xD0
    assert block.encode() == bytes(raw)


def test_properties_without_marks_are_read_and_kept() -> None:
    """As very old clients write them."""
    head = linux_block(V4_CHECK)[: PROPERTIES_OFFSET - 2]
    old = bytes.fromhex("00001311 2d 08") + MAC + bytes.fromhex("00001311 18 06 00000000")
    raw = head + len(old).to_bytes(2, "big") + old

    block = PrivateBlock.parse(raw)

    assert block.content(PropertyType.MAC_ADDRESS) == MAC
    assert not any(item.marked for item in block.properties)
    assert block.encode() == raw


def test_what_is_no_property_and_what_stands_behind_is_kept() -> None:
    genuine = linux_block(V4_CHECK)
    inner = genuine[PROPERTIES_OFFSET:] + b"\x1a\x09odd"
    raw = genuine[: PROPERTIES_OFFSET - 2] + len(inner).to_bytes(2, "big") + inner + b"\xa5" * 9

    block = PrivateBlock.parse(raw)

    assert block.unparsed == b"\x1a\x09odd"
    assert block.rest == b"\xa5" * 9
    assert block.encode() == raw


def test_of_two_properties_of_a_type_the_first_is_meant() -> None:
    twice = (Property(PropertyType.SERVICE, b"one"), Property(PropertyType.SERVICE, b"two"))

    block = PrivateBlock(AddressHead(0), b"", bytes(4), twice)

    assert block.content(PropertyType.SERVICE) == b"one"


@pytest.mark.parametrize("size", [0, 4, 22, 23, 26, 59, 69, 70, 71, 400, 502])
def test_a_block_that_was_cut_is_refused(size: int) -> None:
    with pytest.raises(ProtocolError):
        PrivateBlock.parse(linux_block(V4_CHECK)[:size])


@pytest.mark.parametrize("offset", [0, 3, 23, 26, 64, 67])
def test_a_block_without_its_magic_numbers_is_refused(offset: int) -> None:
    raw = bytearray(linux_block(V4_CHECK))
    raw[offset] ^= 0xFF
    with pytest.raises(ProtocolError):
        PrivateBlock.parse(bytes(raw))


WHOLE = PrivateBlock(AddressHead(1), b"8021x.exe", bytes(4), ())


@pytest.mark.parametrize(
    "block",
    [
        replace(WHOLE, program=b"x" * 33),
        replace(WHOLE, version=bytes(3)),
        replace(WHOLE, head=AddressHead(1, address=b"\x0a")),
        replace(WHOLE, properties=(Property(0x39, bytes(248)),)),
        replace(WHOLE, properties=(Property(0x39, bytes(247)),) * 258),
    ],
    ids=["program", "version", "address", "property", "properties"],
)
def test_values_that_do_not_fit_are_refused_instead_of_shifting_the_rest(
    block: PrivateBlock,
) -> None:
    assert len(WHOLE.encode()) == PROPERTIES_OFFSET
    with pytest.raises(ProtocolError):
        block.encode()


def test_a_block_is_found_behind_the_stated_length_and_inside_it() -> None:
    block = linux_block(V4_CHECK)
    ethernet = PAE_GROUP_ADDRESS + MAC + bytes.fromhex("888e")
    start = ethernet + bytes.fromhex("01010000")
    response = ethernet + bytes.fromhex("0100000d 0207000d01") + b"20260001"

    assert find_private_block(start + block) == 18
    assert find_private_block(response + block) == 31
    assert find_private_block(bytearray(response + block)) == 31


def test_the_twisted_magic_alone_makes_no_block() -> None:
    header = PAE_GROUP_ADDRESS + MAC + bytes.fromhex("888e 01bf001e")
    block = linux_block(V4_CHECK)

    assert find_private_block(header + TWISTED_MAGIC + bytes(60)) is None
    assert find_private_block(header + TWISTED_MAGIC * 3 + block) == 18 + 12
    assert find_private_block(header + TWISTED_MAGIC + MAGIC) is None
    assert find_private_block(b"") is None


def test_addresses_that_look_like_a_block_do_not_make_one() -> None:
    """The search begins behind the Ethernet and EAPOL headers."""
    frame = TWISTED_MAGIC + bytes(19) + MAGIC + bytes(40)

    assert find_private_block(frame) is None


GENUINE = linux_block(V4_CHECK, PASSWORD_PROPERTY)
changed_blocks = st.builds(
    lambda cut, offset, patch: (GENUINE[:offset] + patch + GENUINE[offset + len(patch) :])[:cut],
    cut=st.integers(0, len(GENUINE)) | st.just(len(GENUINE)),
    offset=st.integers(0, len(GENUINE)),
    patch=st.binary(max_size=8),
)


@given(changed_blocks | st.binary(max_size=100))
def test_damaged_blocks_are_kept_byte_for_byte_or_refused(raw: bytes) -> None:
    try:
        block = PrivateBlock.parse(raw)
    except ProtocolError:
        return
    assert block.encode() == raw


@given(
    st.builds(
        PrivateBlock,
        head=st.builds(
            AddressHead,
            st.integers(0, 255),
            *[st.binary(min_size=4, max_size=4)] * 4,
            crc=st.integers(0, 0xFFFF),
        ),
        program=st.binary(min_size=32, max_size=32),
        version=st.binary(min_size=4, max_size=4),
        properties=st.lists(
            st.builds(Property, st.integers(0, 255), st.binary(max_size=64), st.booleans()),
            max_size=6,
        ).map(tuple),
        state=st.integers(0, 255),
        rest=st.binary(max_size=20),
    )
)
def test_parsing_is_the_inverse_of_encoding(block: PrivateBlock) -> None:
    assert PrivateBlock.parse(block.encode()) == block
