"""A switch that compares the V2 check."""

from __future__ import annotations

import pytest

from ruijie_proxy.lab.campus.memory import CLIENT_ADDRESS
from ruijie_proxy.lab.options import Dialect, SwitchOptions
from ruijie_proxy.lab.switch.checks import NO_CLIENT, OLD_CLIENT, WRONG_CLIENT, WRONG_PASSWORD
from ruijie_proxy.protocol.clients.client_block import Machine, Proof, client_block
from ruijie_proxy.protocol.clients.client_profile import WINDOWS_4_10, ClientProfile
from ruijie_proxy.protocol.eap import EapType
from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS
from ruijie_proxy.protocol.password import eap_md5_value
from ruijie_proxy.protocol.properties import PropertyType
from ruijie_proxy.protocol.requests import Md5Challenge
from ruijie_proxy.protocol.v2_check import v2_check
from tests.lab.port import PASSWORD, USER, Port

CODE = bytes(range(0x10, 0x90))
SWITCH = SwitchOptions(dialect=Dialect.RUIJIE_V2, code_section=CODE.hex(), code_version=(4, 10))
MACHINE = Machine(CLIENT_ADDRESS)


def login(
    options: SwitchOptions = SWITCH,
    profile: ClientProfile = WINDOWS_4_10,
    code: bytes = CODE,
    password: bytes = PASSWORD,
) -> Port:
    """Log in as a Windows client of that time."""
    port = Port(options)
    block = client_block(profile, MACHINE, None).encode()
    start = EapolFrame.build(PAE_GROUP_ADDRESS, CLIENT_ADDRESS, EapolType.START, trailer=block)
    port.send(start.encode())
    port.respond(EapType.IDENTITY, USER, block)
    request = port.packets[-1]
    challenge = Md5Challenge.parse(request).challenge
    proof = Proof(challenge, USER, password, v2_check(challenge, code))
    value = eap_md5_value(request.identifier, password, challenge)
    block = client_block(profile, MACHINE, proof).encode()
    port.respond(EapType.MD5_CHALLENGE, b"\x10" + value + USER, block)
    return port


def test_a_client_with_the_campus_s_own_program_is_online() -> None:
    port = login()

    assert port.complaints == []
    assert port.switch.session is not None


def test_the_check_of_another_program() -> None:
    port = login(code=CODE[::-1])

    assert port.complaints == ["Response/MD5-Challenge: the V2 check is wrong"]
    assert port.refusal == WRONG_CLIENT


@pytest.mark.parametrize("placeholder", [None, b"0" * 31])
def test_nothing_in_the_place_of_the_check_before_there_is_a_challenge(
    placeholder: bytes | None,
) -> None:
    profile = WINDOWS_4_10.with_property(PropertyType.V2_CHECK, placeholder)

    port = login(profile=profile)

    assert port.complaints == [
        "Start without a V2 check",
        "Response/Identity without a V2 check",
        "Response/MD5-Challenge without a V2 check",
    ]
    assert port.refusal == WRONG_CLIENT


def test_any_32_bytes_stand_for_the_check_before_there_is_a_challenge() -> None:
    profile = WINDOWS_4_10.with_property(PropertyType.V2_CHECK, b"x" * 32)

    assert login(profile=profile).complaints == ["Response/MD5-Challenge: the V2 check is wrong"]


def test_another_version_than_the_program_s() -> None:
    port = login(profile=WINDOWS_4_10.with_version(3, 50))

    assert port.complaints == [
        "Start: the version is 3.50, not 4.10",
        "Response/Identity: the version is 3.50, not 4.10",
        "Response/MD5-Challenge: the version is 3.50, not 4.10",
    ]
    assert port.refusal == OLD_CLIENT


def test_a_campus_that_compares_no_version() -> None:
    options = SwitchOptions(dialect=Dialect.RUIJIE_V2, code_section=CODE.hex())

    assert login(options, WINDOWS_4_10.with_version(3, 50)).complaints == []


def test_all_else_is_checked_as_in_the_newer_dialect() -> None:
    wrong = login(password=b"wrong")
    bare = Port(SWITCH)
    bare.send(EapolFrame.build(PAE_GROUP_ADDRESS, CLIENT_ADDRESS, EapolType.START).encode())
    bare.respond(EapType.IDENTITY, USER)
    bare.respond(EapType.MD5_CHALLENGE, bytes(17))

    assert wrong.complaints == ["the MD5 value is wrong", "the password property is wrong"]
    assert wrong.refusal == WRONG_PASSWORD
    assert bare.complaints[0] == "Start without a private block"
    assert bare.refusal == NO_CLIENT
