"""The bare properties of a client's MD5 response, and every figure that is known of them."""

from __future__ import annotations

import pytest

from ruijie_proxy.protocol.bare_properties import encode_bare_properties
from ruijie_proxy.protocol.clients.bare_block import as_bare, bare_properties
from ruijie_proxy.protocol.clients.client_block import Machine, Proof
from ruijie_proxy.protocol.clients.client_profile import (
    LINUX_1_0,
    LINUX_1_30,
    LINUX_1_31,
    WINDOWS_6_86,
    ClientProfile,
)
from ruijie_proxy.protocol.clients.client_shape import ClientShape
from ruijie_proxy.protocol.edition import Edition
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.properties import Property, PropertyType
from ruijie_proxy.protocol.v4_check import v4_check
from ruijie_proxy.values import replace

CHALLENGE = bytes.fromhex("7c888016ca6b7f5b4d6a29024a18a85f")
PROOF = Proof(CHALLENGE, b"20260001", b"plum-tree")
MACHINE = Machine(
    bytes.fromhex("02000000cc01"),
    address=bytes((10, 20, 30, 40)),
    netmask=bytes((255, 255, 255, 0)),
    gateway=bytes((10, 20, 30, 1)),
    dns=bytes((10, 20, 0, 53)),
)
LINK_LOCAL = bytes.fromhex("fe80000000000000000000fffe00cc01")
GLOBAL = bytes.fromhex("20010db8000000000000000000000002")
GATEWAY = bytes.fromhex("fe80000000000000000000fffe000001")
WITH_IPV6 = replace(MACHINE, link_local=LINK_LOCAL, ipv6_global=GLOBAL, ipv6_gateway=GATEWAY)
STANDARD_SIZE = 22
"""Of an EAP packet with the MD5 value alone."""


WINDOWS = WINDOWS_6_86.with_disk_serial(b"S1234567")


def made(
    profile: ClientProfile, machine: Machine = MACHINE, phase: int | None = None
) -> dict[int, bytes]:
    return {item.type: item.content for item in bare_properties(profile, machine, PROOF, phase)}


def order_of(profile: ClientProfile, machine: Machine = MACHINE, phase: int | None = None) -> str:
    return bytes(made(profile, machine, phase)).hex()


def eap_length(profile: ClientProfile, machine: Machine = MACHINE, phase: int | None = None) -> int:
    return STANDARD_SIZE + len(
        encode_bare_properties(bare_properties(profile, machine, PROOF, phase))
    )


def with_serial(profile: ClientProfile, serial: bytes) -> ClientProfile:
    return profile.with_property(PropertyType.DISK_SERIAL, serial)


# The figures of docs/protocol.md.


@pytest.mark.parametrize("size", [0, 1, 20, 64])
def test_a_linux_1_31_answers_with_272_bytes_and_its_serial_number(size: int) -> None:
    client = with_serial(as_bare(LINUX_1_31), b"S" * size)

    assert eap_length(client) == 272 + size
    assert order_of(client) == "11502d2f764d5462706f79"


def test_windows_6_86_answers_with_412_bytes_without_ipv6_and_service() -> None:
    client = as_bare(WINDOWS)

    assert eap_length(client, phase=2) == STANDARD_SIZE + 390 == 412
    assert order_of(client, phase=2) == "1150762d632f4d6054626b707e6f79"


def test_and_with_485_bytes_with_two_ipv6_addresses_and_a_service() -> None:
    client = as_bare(WINDOWS)
    client = client.with_property(PropertyType.SERVICE, b"campus".ljust(32, b"\0"))
    machine = replace(WITH_IPV6, ipv6_global=None)

    assert eap_length(client, machine, phase=2) == 485
    assert order_of(client, machine, phase=2) == "1150762d63353836392f4d6054626b707e6f79"


# What stands in them.


def test_linux_tells_everything_in_its_order_where_there_is_everything_to_tell() -> None:
    client = as_bare(LINUX_1_31)
    client = client.with_property(PropertyType.SERVICE, b"campus".ljust(32, b"\0"))
    client = client.with_property(PropertyType.SECONDARY_DOMAIN, b"campus.example")

    assert order_of(client, WITH_IPV6, 1) == "11502d6335384e36392f764d5455" + "62706f79"


def test_the_client_is_told_by_its_program_and_version() -> None:
    assert made(as_bare(LINUX_1_31))[0x11] == b"8021x.exe".ljust(32, b"\0") + bytes((1, 31, 1, 2))
    assert made(as_bare(LINUX_1_30))[0x11][32:] == bytes((1, 30, 1, 2))


def test_with_dhcp_the_address_is_left_zero_and_the_others_are_told() -> None:
    rest = bytes((255, 255, 255, 0, 10, 20, 30, 1, 10, 20, 0, 53))
    fixed = replace(MACHINE, from_dhcp=False)

    assert made(as_bare(LINUX_1_31))[0x50] == bytes(4) + rest + b"\1"
    assert made(as_bare(LINUX_1_31), fixed)[0x50] == bytes((10, 20, 30, 40)) + rest + b"\0"


def test_addresses_that_are_not_known_are_zeros() -> None:
    assert made(as_bare(LINUX_1_31), Machine(MACHINE.mac, from_dhcp=False))[0x50] == bytes(17)


def test_check_and_password_prove_what_they_do_in_a_block() -> None:
    properties = made(as_bare(LINUX_1_31))

    assert properties[0x4D] == v4_check(CHALLENGE, Edition.SECOND)
    assert properties[0x2F].hex() == "6d581b5f3af0953a520a1c9b1ba5edf4"
    assert properties[0x2D] == MACHINE.mac


def test_only_the_dns_servers_behind_the_first_are_told_as_text() -> None:
    several = replace(MACHINE, further_dns="10.20.0.54;8.8.8.8")

    assert made(as_bare(LINUX_1_31))[0x76] == b"", "there, and empty"
    assert made(as_bare(LINUX_1_31), several)[0x76] == b"10.20.0.54;8.8.8.8"
    assert made(as_bare(LINUX_1_31).with_property(0x76, b""), several)[0x76] == b"", "as chosen"


def test_windows_tells_its_check_twice() -> None:
    properties = made(replace(as_bare(WINDOWS), edition=2))

    assert properties[0x60] == properties[0x4D] == v4_check(CHALLENGE, Edition.SECOND)


def test_a_round_is_told_where_there_are_two() -> None:
    assert made(as_bare(LINUX_1_31), phase=2)[0x63] == b"\2"
    assert 0x63 not in made(as_bare(LINUX_1_31))


@pytest.mark.parametrize(
    ("machine", "order", "count"),
    [
        (WITH_IPV6, "35384e36", 3),
        (replace(WITH_IPV6, ipv6_global=None), "353836", 2),
        (replace(MACHINE, link_local=LINK_LOCAL), "353836", 1),
        (replace(WITH_IPV6, link_local=None), "354e36", 2),
    ],
)
def test_of_ipv6_only_what_there_is_and_a_gateway_are_told(
    machine: Machine, order: str, count: int
) -> None:
    properties = made(as_bare(LINUX_1_31), machine)

    assert order_of(as_bare(LINUX_1_31), machine) == f"11502d{order}2f764d5462706f79"
    assert properties[0x35] == bytes((count,))
    assert properties[0x36] == (machine.ipv6_gateway or bytes(16)), "zeros while unknown"


def test_windows_has_no_place_for_a_global_address_and_counts_it_not() -> None:
    properties = made(as_bare(WINDOWS), WITH_IPV6)

    assert 0x4E not in properties
    assert properties[0x35] == bytes((2,))


def test_a_gateway_alone_is_no_ipv6_address() -> None:
    machine = replace(MACHINE, ipv6_gateway=GATEWAY)

    assert order_of(as_bare(LINUX_1_31), machine) == "11502d2f764d5462706f79"


def test_a_challenge_of_another_size_has_no_answer() -> None:
    with pytest.raises(ProtocolError):
        bare_properties(as_bare(LINUX_1_31), MACHINE, replace(PROOF, challenge=bytes(15)))


def test_windows_tells_a_serial_number_behind_its_head() -> None:
    assert made(as_bare(WINDOWS))[0x54] == b"Static:S1234567"
    assert made(as_bare(WINDOWS_6_86).with_disk_serial(b"S1234567"))[0x54] == b"Static:S1234567"
    assert made(as_bare(LINUX_1_31).with_disk_serial(b"WD-1"))[0x54] == b"WD-1", "not padded"


# A block's client in the bare shape.


def test_the_service_that_nobody_has_chosen_is_not_told() -> None:
    chosen = LINUX_1_31.with_property(PropertyType.SERVICE, b"campus".ljust(32, b"\0"))

    assert 0x39 not in made(as_bare(LINUX_1_31))
    assert made(as_bare(chosen))[0x39] == b"campus".ljust(32, b"\0")


def test_a_serial_number_is_told_without_its_padding() -> None:
    client = LINUX_1_31.with_property(PropertyType.DISK_SERIAL, b"WD-1".ljust(64, b"\0"))

    assert made(as_bare(client))[0x54] == b"WD-1"


def test_what_has_no_place_there_comes_last_and_the_dhcp_flag_of_its_own_not_at_all() -> None:
    client = as_bare(LINUX_1_31.with_property(0x7D, b"campus"))

    assert order_of(client) == "11502d2f764d5462706f797d"
    assert made(client)[0x7D] == b"campus"


def test_a_client_of_an_older_generation_tells_none() -> None:
    assert order_of(as_bare(LINUX_1_0)) == "11502d2f764d5462706f"


def test_a_bare_client_stays_as_it_is() -> None:
    """As a learned one, whose order is the campus's own."""
    learned = replace(
        as_bare(LINUX_1_31),
        properties=(
            Property(0x2D, b"", marked=False),
            Property(0x7D, b"", marked=False),
            Property(0x54, b"x\0", marked=False),
        ),
    )

    assert as_bare(learned) is learned
    assert learned.shape is ClientShape.BARE
    assert order_of(learned) == "2d7d54"
    assert made(learned) == {0x2D: MACHINE.mac, 0x7D: b"", 0x54: b"x\0"}
