"""Cernet's mode of the same clients: docs/protocol.md, "Cousins"."""

from __future__ import annotations

from hashlib import md5

import pytest

from ruijie_proxy.protocol import cernet
from ruijie_proxy.protocol.eapol import EapolType
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS

CLIENT = bytes.fromhex("02000000cc01")
SERVER = bytes.fromhex("02000000aa01")
CHALLENGE = bytes.fromhex("7c888016ca6b7f5b4d6a29024a18a85f")


def test_the_md5_value_of_the_documents_example() -> None:
    value = cernet.md5_value(2, b"plum-tree", CHALLENGE)

    assert value.hex() == "2934f628f531efd3d6062338dc6e3ebd"


def test_the_ten_letters_stand_between_password_and_challenge() -> None:
    assert cernet.md5_value(0xFF, b"p", b"c") == md5(b"\xffpxxghlmhxzbc").digest()


@pytest.mark.parametrize("identifier", [-1, 256])
def test_an_identifier_is_one_byte(identifier: int) -> None:
    with pytest.raises(ValueError, match="byte"):
        cernet.md5_value(identifier, b"plum-tree", CHALLENGE)


@pytest.mark.parametrize(
    ("destination", "packet_type", "header"),
    [
        (PAE_GROUP_ADDRESS, EapolType.START, "0180c2000003 02000000cc01 888e 01 01 0000"),
        (SERVER, EapolType.LOGOFF, "02000000aa01 02000000cc01 888e 01 02 0000"),
        (SERVER, EapolType.CERNET_ECHO_ANSWER, "02000000aa01 02000000cc01 888e 01 06 0000"),
    ],
    ids=["start", "logoff", "echo"],
)
def test_frames_without_a_body_are_a_header_padded_with_a5_to_60_bytes(
    destination: bytes, packet_type: EapolType, header: str
) -> None:
    frame = cernet.bare_frame(destination, CLIENT, packet_type)

    assert len(frame) == 60
    assert frame == bytes.fromhex(header) + b"\xa5" * 42


def test_an_identity_tells_addresses_version_and_name() -> None:
    data = cernet.identity_data(
        b"20260001", bytes((10, 20, 30, 101)), bytes((255, 255, 255, 0)), bytes((10, 20, 30, 1))
    )

    assert data == bytes.fromhex("01 0a141e65 ffffff00 0a141e01 00000000") + b"03.02.0520260001"


def test_addresses_that_are_not_known_are_zeros() -> None:
    data = cernet.identity_data(b"user", None, None, None)

    assert data == b"\x01" + bytes(16) + b"03.02.05user"
