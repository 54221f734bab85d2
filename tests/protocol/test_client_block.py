"""The router's own private block, held byte for byte against the genuine Linux 1.0 client's.

As in test_private_block.py, a clone without the captures beside it has their digests, with made-up
values in the places of the address, the password and the check.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ruijie_proxy.protocol.clients.client_block import Machine, Proof, client_block
from ruijie_proxy.protocol.clients.client_profile import (
    FILLED_IN,
    LINUX_1_0,
    LINUX_1_30,
    LINUX_1_31,
    PRESETS,
    WINDOWS_4_10,
    WINDOWS_6_61,
    WINDOWS_6_86,
    WINDOWS_PRESETS,
    ClientProfile,
)
from ruijie_proxy.protocol.edition import Edition
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.ethernet import link_local_address
from ruijie_proxy.protocol.password import password_property
from ruijie_proxy.protocol.private_block import PrivateBlock
from ruijie_proxy.protocol.properties import Property, PropertyType
from ruijie_proxy.protocol.v4_check import ZERO_CHALLENGE, v4_check
from ruijie_proxy.values import replace
from tests.protocol.test_private_block import (
    LINK_LOCAL,
    MAC,
    MD5_DIGEST,
    START_DIGEST,
    anonymous,
    digest,
)

DNS = bytes((202, 114, 0, 242))
MACHINE = Machine(MAC, dns=DNS, further_dns="8.8.8.8", link_local=LINK_LOCAL)
"""What the genuine client's machine has, but for its address."""
CHALLENGE = bytes.fromhex("7c888016ca6b7f5b4d6a29024a18a85f")
USERNAME, PASSWORD = b"20260001", b"plum-tree"
PROOF = Proof(CHALLENGE, USERNAME, PASSWORD)
GATEWAY_IPV6 = bytes.fromhex("fe80000000000000 02d0f8fffe000001")
GLOBAL_IPV6 = bytes.fromhex("20010db8000000000000000000000002")


def captured_machine(genuine: bytes) -> Machine:
    """Return the machine of a genuine block: the link-local address follows from the MAC."""
    mac = PrivateBlock.parse(genuine).content(PropertyType.MAC_ADDRESS) or b""
    return replace(MACHINE, mac=mac, link_local=link_local_address(mac))


@pytest.mark.parametrize("name", ["start", "identity"])
def test_before_a_challenge_the_block_is_the_genuine_clients(
    name: str, read_capture: Callable[[str], Any]
) -> None:
    genuine = bytes.fromhex(read_capture("client_blocks.json")[name])

    assert client_block(LINUX_1_0, captured_machine(genuine), None).encode() == genuine


def test_in_an_answer_all_but_what_the_secrets_go_into_is_the_genuine_clients(
    read_capture: Callable[[str], Any],
) -> None:
    """The captured login's password and challenge are not known, so two properties stay open."""
    genuine = bytes.fromhex(read_capture("client_blocks.json")["md5_challenge"])

    ours = client_block(LINUX_1_0, captured_machine(genuine), PROOF).encode()

    assert len(ours) == len(genuine)
    differing = {
        position
        for position, both in enumerate(zip(ours, genuine, strict=True))
        if len({*both}) > 1
    }
    assert differing
    assert differing <= {*range(104, 120), *range(224, 352)}


def test_the_digests_of_the_genuine_blocks_are_those_of_the_routers() -> None:
    start = client_block(LINUX_1_0, MACHINE, None).encode()
    answer = client_block(LINUX_1_0, MACHINE, PROOF).encode()

    assert digest(start) == START_DIGEST
    assert digest(anonymous(answer)) == MD5_DIGEST


def test_an_answer_proves_password_and_program() -> None:
    block = client_block(LINUX_1_0, MACHINE, PROOF)

    # docs/protocol.md, "The password property".
    assert block.content(PropertyType.PASSWORD) == bytes.fromhex("6d581b5f3af0953a520a1c9b1ba5edf4")
    assert block.content(PropertyType.PASSWORD) == password_property(USERNAME, CHALLENGE, PASSWORD)
    assert block.content(PropertyType.V4_CHECK) == v4_check(CHALLENGE, Edition.FIRST)


@pytest.mark.parametrize("profile", PRESETS.values(), ids=PRESETS)
@pytest.mark.parametrize("proof", [None, PROOF], ids=["early", "answer"])
def test_every_preset_says_what_it_is_and_checks_by_its_edition(
    profile: ClientProfile, proof: Proof | None
) -> None:
    block = PrivateBlock.parse(client_block(profile, MACHINE, proof).encode())

    assert block.program.rstrip(b"\0") == b"8021x.exe"
    assert block.version == profile.version
    assert [item.type for item in block.properties] == [item.type for item in profile.properties]
    assert block.content(PropertyType.CLIENT_NAME) == profile.content(PropertyType.CLIENT_NAME)
    assert profile.edition is not None
    challenge = ZERO_CHALLENGE if proof is None else CHALLENGE
    assert block.content(PropertyType.V4_CHECK) == v4_check(challenge, Edition(profile.edition))
    assert bool(block.content(PropertyType.PASSWORD)) is (proof is not None)
    assert (block.state, block.unparsed, block.rest) == (0, b"", b"")


@pytest.mark.parametrize("edition", Edition)
def test_a_client_may_begin_with_the_check_of_the_text(edition: Edition) -> None:
    profile = replace(LINUX_1_31, edition=edition, text_check=True)

    early, answer = (client_block(profile, MACHINE, proof) for proof in (None, PROOF))

    assert early.content(PropertyType.V4_CHECK) == v4_check(b"!jierui9002pmsus", edition)
    assert answer.content(PropertyType.V4_CHECK) == v4_check(CHALLENGE, edition)


@pytest.mark.parametrize("profile", WINDOWS_PRESETS.values(), ids=WINDOWS_PRESETS)
@pytest.mark.parametrize("proof", [None, PROOF], ids=["early", "answer"])
def test_later_windows_clients_have_placeholders_for_their_checks_in_every_frame(
    profile: ClientProfile, proof: Proof | None
) -> None:
    block = PrivateBlock.parse(client_block(profile, MACHINE, proof).encode())

    assert block.version == profile.version
    assert [item.type for item in block.properties] == [item.type for item in profile.properties]
    assert block.content(PropertyType.V2_CHECK) == b"0" * 32
    assert block.content(PropertyType.V4_CHECK) == bytes(128)
    again = bytes(128) if profile is WINDOWS_6_86 else None
    assert block.content(PropertyType.V4_CHECK_AGAIN) == again
    assert block.content(PropertyType.CLIENT_NAME) == b"\0"
    assert block.content(PropertyType.DNS_SERVERS) == b"8.8.8.8"
    assert bool(block.content(PropertyType.PASSWORD)) is (proof is not None)


def test_the_check_that_windows_6_86_has_twice_is_the_same_twice() -> None:
    block = client_block(replace(WINDOWS_6_86, edition=2), MACHINE, PROOF)

    right = v4_check(CHALLENGE, Edition.SECOND)
    assert block.content(PropertyType.V4_CHECK) == right
    assert block.content(PropertyType.V4_CHECK_AGAIN) == right


@pytest.mark.parametrize("from_dhcp", [True, False])
@pytest.mark.parametrize("proof", [None, PROOF], ids=["early", "answer"])
def test_windows_6_86_keeps_an_address_from_dhcp_to_itself(
    from_dhcp: bool, proof: Proof | None
) -> None:
    address, netmask, gateway = b"\x0a\x14\x1e\x28", b"\xff\xff\xff\x00", b"\x0a\x14\x1e\x01"
    machine = replace(
        MACHINE, from_dhcp=from_dhcp, address=address, netmask=netmask, gateway=gateway
    )

    head = client_block(WINDOWS_6_86, machine, proof).head
    assert head.address == (bytes(4) if from_dhcp else address)
    assert (head.netmask, head.gateway, head.dns) == (netmask, gateway, DNS)
    assert client_block(WINDOWS_6_61, machine, proof).head.address == address


@pytest.mark.parametrize("profile", [LINUX_1_30, LINUX_1_31], ids=lambda p: str(p.name))
def test_the_later_linux_clients_end_with_their_generation(profile: ClientProfile) -> None:
    encoded = client_block(profile, MACHINE, None).encode()

    assert encoded.endswith(bytes.fromhex("1a0900001311790302"))


def test_the_windows_order_has_the_v2_check_first_and_none_of_the_later_properties() -> None:
    check = b"0123456789abcdef" * 2
    block = client_block(WINDOWS_4_10, MACHINE, replace(PROOF, v2_check=check))

    assert bytes(item.type for item in block.properties).hex() == "17182d2f3536384d39545562"
    assert block.properties[0] == Property(PropertyType.V2_CHECK, check)
    assert block.version == bytes((4, 0x0A, 0, 2))


def test_a_windows_client_has_a_placeholder_before_the_challenge_and_never_a_v4_check() -> None:
    early = client_block(WINDOWS_4_10, MACHINE, None)
    answer = client_block(WINDOWS_4_10, MACHINE, replace(PROOF, v2_check=b"f" * 32))

    assert early.content(PropertyType.V2_CHECK) == b"0" * 32
    assert early.content(PropertyType.V4_CHECK) == bytes(128)
    assert answer.content(PropertyType.V4_CHECK) == bytes(128)
    assert answer.content(PropertyType.PASSWORD) == password_property(USERNAME, CHALLENGE, PASSWORD)


@pytest.mark.parametrize(
    ("machine", "count"),
    [
        (Machine(MAC), 0),
        (Machine(MAC, link_local=LINK_LOCAL), 1),
        (Machine(MAC, ipv6_gateway=GATEWAY_IPV6), 1),
        (Machine(MAC, link_local=LINK_LOCAL, ipv6_global=GLOBAL_IPV6), 2),
        (Machine(MAC, True, None, None, None, None, "", GATEWAY_IPV6, LINK_LOCAL, GLOBAL_IPV6), 3),
    ],
    ids=["none", "own", "gateway", "own and global", "all"],
)
def test_so_many_ipv6_addresses_are_counted_as_there_are(machine: Machine, count: int) -> None:
    block = client_block(LINUX_1_0, machine, None)

    assert block.content(PropertyType.IPV6_ADDRESS_COUNT) == bytes((count,))
    assert (
        block.content(PropertyType.IPV6_GATEWAY_LINK_LOCAL),
        block.content(PropertyType.IPV6_LINK_LOCAL),
        block.content(PropertyType.IPV6_GLOBAL),
    ) == (
        machine.ipv6_gateway or bytes(16),
        machine.link_local or bytes(16),
        machine.ipv6_global or bytes(16),
    )


def test_the_head_tells_the_ipv4_addresses_in_their_places() -> None:
    """The head of a genuine Windows client: docs/protocol.md, "The private block"."""
    machine = Machine(
        MAC,
        address=bytes((0xAC, 0x15, 0x08, 0x4A)),
        netmask=bytes((255, 255, 0, 0)),
        gateway=bytes((0xAC, 0x15, 0x00, 0x01)),
        dns=bytes((0xAC, 0x11, 0x08, 0x21)),
    )

    encoded = client_block(LINUX_1_0, machine, None).encode()

    head = "ffff3777 7f ca57efad 0000ffff ca57ff7f ca77ef7b 0511"
    assert encoded[:23] == bytes.fromhex(head)


@pytest.mark.parametrize("from_dhcp", [True, False])
def test_whether_the_address_is_from_dhcp_is_told_twice_and_alike(from_dhcp: bool) -> None:
    block = client_block(LINUX_1_0, Machine(MAC, from_dhcp=from_dhcp), None)

    assert block.head.from_dhcp == int(from_dhcp)
    assert block.content(PropertyType.ADDRESS_FROM_DHCP) == bytes((0, 0, 0, from_dhcp))


def test_a_machine_without_anything_but_a_mac_has_zeros_and_no_dns_servers() -> None:
    block = client_block(LINUX_1_0, Machine(MAC), None)

    head = block.head
    assert {head.address, head.netmask, head.gateway, head.dns} == {bytes(4)}
    assert block.content(PropertyType.DNS_SERVERS) == b""


def test_a_content_that_a_profile_has_of_its_own_is_not_filled_in() -> None:
    profile = LINUX_1_0.with_property(PropertyType.IPV6_GLOBAL, GLOBAL_IPV6)

    block = client_block(profile, MACHINE, None)

    assert block.content(PropertyType.IPV6_GLOBAL) == GLOBAL_IPV6
    assert block.content(PropertyType.IPV6_ADDRESS_COUNT) == b"\x01"


def test_a_property_that_is_filled_in_keeps_its_mark() -> None:
    unmarked = tuple(replace(item, marked=False) for item in LINUX_1_0.properties)

    block = client_block(replace(LINUX_1_0, properties=unmarked), MACHINE, PROOF)

    assert not any(item.marked for item in block.properties)
    assert block.content(PropertyType.MAC_ADDRESS) == MAC


@pytest.mark.parametrize("size", [0, 1, 15, 17, 255])
def test_a_challenge_of_another_size_has_no_answer(size: int) -> None:
    with pytest.raises(ProtocolError):
        client_block(LINUX_1_0, MACHINE, replace(PROOF, challenge=bytes(size)))


@pytest.mark.parametrize("further", ["", "8.8.8.8", "8.8.8.8;8.8.4.4"])
def test_the_head_tells_the_first_dns_server_and_the_property_those_behind_it(further: str) -> None:
    block = client_block(LINUX_1_0, replace(MACHINE, further_dns=further), None)

    assert block.head.dns == DNS
    assert block.content(PropertyType.DNS_SERVERS) == further.encode("ascii")


@pytest.mark.parametrize("property_type", FILLED_IN, ids=lambda number: number.name)
def test_a_property_that_is_to_be_empty_is_not_filled_in(property_type: PropertyType) -> None:
    emptied = LINUX_1_0.with_property(property_type, b"")

    assert client_block(emptied, MACHINE, PROOF).content(property_type) == b""

    content = b"something else"
    given = emptied.with_property(property_type, content)
    assert client_block(given, MACHINE, PROOF).content(property_type) == content


def test_a_proof_does_not_show_what_it_proves() -> None:
    """User name, challenge and property 0x2F together tell the password."""
    shown = repr(PROOF) + str(PROOF)

    assert "plum" not in shown
    assert "20260001" not in shown
    assert repr(CHALLENGE)[2:-1] not in shown
