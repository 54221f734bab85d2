"""The simulated client's private block is the genuine one's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ruijie_proxy.lab.client_block import client_block
from ruijie_proxy.lab.options import ClientOptions
from ruijie_proxy.protocol.private_block import PrivateBlock
from ruijie_proxy.protocol.properties import PropertyType
from ruijie_proxy.protocol.v4_check import Edition

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
