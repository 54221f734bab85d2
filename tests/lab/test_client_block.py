"""The simulated client's private block is the genuine one's."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ruijie_proxy.lab.client.client_block import client_block
from ruijie_proxy.lab.options import ClientOptions
from ruijie_proxy.protocol.edition import Edition
from ruijie_proxy.protocol.private_block import PrivateBlock
from ruijie_proxy.protocol.properties import Property, PropertyType
from ruijie_proxy.protocol.v4_check import v4_check

CAPTURES = Path(__file__).parents[3] / "shared" / "vectors" / "client_blocks.json"
MAC = bytes.fromhex("02000000cc01")
CHALLENGE = bytes(range(16))
LINUX_1_0 = "18 2d 2f 76 35 36 38 4e 4d 39 54 55 62 70 6f"


def test_a_start_is_byte_for_byte_the_captured_one() -> None:
    if not CAPTURES.exists():
        pytest.skip("the captures of genuine clients are not beside this clone")
    captured = bytes.fromhex(json.loads(CAPTURES.read_text())["start"])
    mac = PrivateBlock.parse(captured).content(PropertyType.MAC_ADDRESS)
    assert mac is not None
    options = ClientOptions(from_dhcp=True, dns="202.114.0.242", dns_servers="8.8.8.8")

    assert client_block(options, mac, None).encode() == captured


@pytest.mark.parametrize(
    ("edition", "order", "version"),
    [(Edition.FIRST, LINUX_1_0, "01010102"), (Edition.SECOND, LINUX_1_0 + " 79", "011e0102")],
)
def test_the_properties_stand_in_the_order_of_the_client_s_version(
    edition: Edition, order: str, version: str
) -> None:
    block = client_block(ClientOptions(edition=edition), MAC, CHALLENGE)

    read = PrivateBlock.parse(block.encode())
    assert bytes(item.type for item in read.properties).hex(" ") == order
    assert read.version.hex() == version


def test_the_password_stands_only_where_a_challenge_is_answered() -> None:
    before = client_block(ClientOptions(), MAC, None)
    answer = client_block(ClientOptions(), MAC, CHALLENGE)

    assert before.content(PropertyType.PASSWORD) == b""
    assert len(answer.content(PropertyType.PASSWORD) or b"") == 16
    assert before.content(PropertyType.V4_CHECK) != answer.content(PropertyType.V4_CHECK)


def test_the_head_carries_the_pc_s_addresses() -> None:
    options = ClientOptions(address="10.20.0.2", netmask="255.255.255.0", gateway="10.20.0.1")

    head = client_block(options, MAC, None).head

    assert head.address.hex() == "0a140002"
    assert head.netmask.hex() == "ffffff00"
    assert head.gateway.hex() == "0a140001"


def test_a_client_of_a_named_version_is_that_preset() -> None:
    block = client_block(ClientOptions(client_version="1.31"), MAC, CHALLENGE)

    assert block.version.hex() == "011f0102"
    assert block.content(PropertyType.CLIENT_NAME) == b"RG-SU For Linux V1.30\0"
    assert block.content(PropertyType.V4_CHECK) == v4_check(CHALLENGE, Edition.SECOND)


def test_a_foreign_check_is_zeros_until_there_is_a_challenge_and_then_follows_no_known_rule() -> (
    None
):
    options = ClientOptions(foreign_check=True)
    before = client_block(options, MAC, None).content(PropertyType.V4_CHECK)
    answers = [
        client_block(options, MAC, challenge).content(PropertyType.V4_CHECK)
        for challenge in (CHALLENGE, CHALLENGE[::-1])
    ]

    assert before == bytes(128)
    assert answers[0] != answers[1]
    for answer in answers:
        assert answer is not None
        assert re.fullmatch(rb"[0-9a-f]{128}", answer)
        assert answer not in [v4_check(CHALLENGE, edition) for edition in Edition]


@pytest.mark.parametrize("challenge", [None, CHALLENGE])
def test_extra_properties_end_the_block_of_every_frame(challenge: bytes | None) -> None:
    options = ClientOptions(extra_properties=((0x6B, "00"), (0x7E, "0000010000040000")))

    block = client_block(options, MAC, challenge)
    plain = client_block(ClientOptions(), MAC, challenge)

    assert block.properties[: len(plain.properties)] == plain.properties
    assert block.properties[len(plain.properties) :] == (
        Property(0x6B, b"\0"),
        Property(0x7E, bytes.fromhex("0000010000040000")),
    )


def test_service_and_disk_serial_are_padded_with_zeros() -> None:
    options = ClientOptions(service="教育网接入", disk_serial="WD-1234")

    block = client_block(options, MAC, None)

    service = block.content(PropertyType.SERVICE)
    assert service == "教育网接入".encode("gbk").ljust(32, b"\0")
    assert block.content(PropertyType.DISK_SERIAL) == b"WD-1234".ljust(64, b"\0")
