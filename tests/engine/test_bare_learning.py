"""What a relayed login of the bare shape teaches, and one with the block inside its lengths."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.engine.relay.fields import find_bare
from ruijie_proxy.engine.relay.learning import Lesson, ObservedLogin, study
from ruijie_proxy.engine.settings import LoginSettings
from ruijie_proxy.protocol.bare_properties import encode_bare_properties, scan_bare_properties
from ruijie_proxy.protocol.clients.bare_block import bare_properties
from ruijie_proxy.protocol.clients.client_block import Machine, Proof, client_block
from ruijie_proxy.protocol.clients.client_profile import FILLED_IN, LINUX_1_31, ClientProfile
from ruijie_proxy.protocol.clients.client_shape import ClientShape
from ruijie_proxy.protocol.clients.profile_data import profile_from_plain, profile_to_plain
from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.edition import Edition
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS
from ruijie_proxy.protocol.properties import Property, PropertyType
from ruijie_proxy.secret import Secret
from ruijie_proxy.values import replace
from tests.engine import bare_client
from tests.engine.bare_client import (
    BY_DHCP,
    CHALLENGE,
    CLIENT,
    DNS,
    FIXED,
    GATEWAY,
    MASK,
    answer_frame,
    challenge_frame,
    identity_frame,
    linux_properties,
    response,
    start_frame,
)

ACCOUNT = LoginSettings("20260001", Secret("plum-tree"))
OTHER_CHALLENGE = bytes.fromhex("76b3afcd2e8063bafc991d4faf0c7183")
NOTHING = Lesson()
WINDOWS = b"\x08"


def login(*answers: bytes, challenge: bytes = CHALLENGE) -> ObservedLogin:
    """Return a login whose challenges all have the same bytes, as they do there."""
    return ObservedLogin(
        start_frame(),
        identity_frame(),
        tuple(
            (challenge_frame(CLIENT, number, challenge=challenge), answer)
            for number, answer in enumerate(answers, 2)
        ),
    )


def genuine(properties: tuple[Property, ...], challenge: bytes = CHALLENGE) -> ObservedLogin:
    answers = (answer_frame(properties, number, challenge) for number in (2, 3))
    return login(*answers, challenge=challenge)


def changed(number: int, content: bytes, *, ipv6: bool = False) -> tuple[Property, ...]:
    properties = linux_properties(ipv6=ipv6)
    assert any(item.type == number and item.content != content for item in properties)
    return tuple(
        replace(item, content=content) if item.type == number else item for item in properties
    )


def named(lesson: Lesson) -> tuple[str, ...]:
    return tuple(str(difference) for difference in lesson.differences)


def learned(observed: ObservedLogin) -> ClientProfile:
    lesson = study(observed, ACCOUNT)
    assert named(lesson) == ()
    assert lesson.profile is not None
    return lesson.profile


# What is learned.


@pytest.mark.parametrize("addresses", [BY_DHCP, FIXED], ids=["by DHCP", "fixed"])
@pytest.mark.parametrize("ipv6", [False, True])
@pytest.mark.parametrize("service", [None, b"internet"])
@pytest.mark.parametrize("further_dns", [b"", b"8.8.8.8;1.1.1.1"])
def test_a_genuine_clients_login_teaches_it(
    addresses: bytes, ipv6: bool, service: bytes | None, further_dns: bytes
) -> None:
    properties = linux_properties(
        addresses=addresses, ipv6=ipv6, service=service, further_dns=further_dns
    )

    profile = learned(genuine(properties))

    assert profile.shape is ClientShape.BARE
    assert profile.name == "RG-SU For Linux V1.30 (version 1.31)"
    assert (profile.program, profile.version) == (b"8021x.exe", bytes((1, 0x1F, 1, 2)))
    assert [item.type for item in profile.properties] == [item.type for item in properties]
    assert not any(item.content for item in profile.properties if item.type in FILLED_IN)
    assert profile_from_plain(profile_to_plain(profile)) == profile


def test_a_learned_profile_makes_the_clients_own_frame_for_the_clients_machine() -> None:
    properties = linux_properties(addresses=BY_DHCP)
    machine = Machine(CLIENT, True, None, MASK, GATEWAY, DNS)
    proof = Proof(CHALLENGE, bare_client.USERNAME, bare_client.PASSWORD)

    made = bare_properties(learned(genuine(properties)), machine, proof)

    assert answer_frame(made) == answer_frame(properties)


@pytest.mark.parametrize("edition", Edition)
@pytest.mark.parametrize("challenge", [CHALLENGE, OTHER_CHALLENGE])
def test_the_check_of_the_challenge_tells_the_edition(edition: Edition, challenge: bytes) -> None:
    properties = linux_properties(challenge, edition=edition)

    assert learned(genuine(properties, challenge)).edition == edition


def test_each_answer_may_tell_its_own_round() -> None:
    answers = []
    for number in (1, 2):
        first, addresses, mac, *others = linux_properties()
        phase = Property(PropertyType.PHASE, bytes((number,)), marked=False)
        answers.append(answer_frame((first, addresses, mac, phase, *others), number + 1))

    assert learned(login(*answers)).shape is ClientShape.BARE


def inside_frame(
    name: bytes = bare_client.USERNAME, behind: bytes = b"", cut: int = 0, identifier: int = 2
) -> bytes:
    """Return an MD5 response whose block is counted in both lengths."""
    proof = Proof(CHALLENGE, bare_client.USERNAME, bare_client.PASSWORD)
    block = client_block(LINUX_1_31, Machine(CLIENT), proof).encode() + behind
    whole = answer_frame(name + block, identifier)
    if not cut:
        return whole
    value = whole[22:40]
    packet = EapPacket.build(
        EapCode.RESPONSE, identifier, EapType.MD5_CHALLENGE, value[1:] + name + block[:-cut]
    )
    return response(packet, block[-cut:])


def test_a_block_inside_the_lengths_teaches_that_it_is_there() -> None:
    profile = learned(login(inside_frame(), inside_frame(identifier=3)))

    assert profile.shape is ClientShape.INSIDE
    assert profile.edition == Edition.SECOND
    assert profile.properties == LINUX_1_31.properties


def test_a_start_with_a_block_comes_from_a_client_that_has_not_heard_the_switch_yet() -> None:
    """Which shape it speaks it chooses by the address that the switch's first request is from."""
    block = client_block(LINUX_1_31, Machine(CLIENT), None).encode()
    early = EapolFrame.build(PAE_GROUP_ADDRESS, CLIENT, EapolType.START, trailer=block).encode()

    profile = learned(replace(genuine(linux_properties()), start=early))

    assert profile.shape is ClientShape.BARE


# What teaches nothing at all, and is no difference either.


@pytest.mark.parametrize(
    "observed",
    [
        replace(genuine(linux_properties()), identity=identity_frame(name=b"20260002")),
        login(answer_frame(encode_bare_properties(linux_properties())[:-1])),
        login(answer_frame(b"20260001")),
    ],
    ids=["another user", "properties that are not whole", "plain 802.1X"],
)
def test_a_foreign_or_plain_login_teaches_nothing(observed: ObservedLogin) -> None:
    assert study(observed, ACCOUNT) == NOTHING


# What differs is named.


@pytest.mark.parametrize(
    ("number", "content", "ipv6", "part"),
    [
        (PropertyType.V4_CHECK, b"0" * 128, False, "the V4 check"),
        (PropertyType.PASSWORD, bytes(16), False, "the password property of the MD5 response"),
        (PropertyType.MAC_ADDRESS, CLIENT[:-1] + b"\2", False, "property 0x2d of the MD5 response"),
        (PropertyType.MAC_ADDRESS, CLIENT + b"\2", False, "property 0x2d of the MD5 response"),
        (PropertyType.ADDRESSES, FIXED[:-1] + b"\1", False, "property 0x50 of the MD5 response"),
        (PropertyType.ADDRESSES, FIXED[:-1] + b"\2", False, "property 0x50 of the MD5 response"),
        (PropertyType.ADDRESSES, FIXED[:-1], False, "property 0x50 of the MD5 response"),
        (PropertyType.ADDRESSES, FIXED + b"\0", False, "property 0x50 of the MD5 response"),
        (PropertyType.IPV6_ADDRESS_COUNT, b"\2", True, "property 0x35 of the MD5 response"),
        (PropertyType.DNS_SERVERS, b"8.8.8.8\xff", False, "property 0x76 of the MD5 response"),
    ],
)
def test_a_property_that_cannot_be_made_anew_is_named(
    number: int, content: bytes, ipv6: bool, part: str
) -> None:
    lesson = study(genuine(changed(number, content, ipv6=ipv6)), ACCOUNT)

    assert lesson.profile is None
    assert named(lesson) == (part,)


def test_the_wrong_one_of_two_answers_is_found() -> None:
    wrong, right = (
        answer_frame(properties, number)
        for number, properties in (
            (2, changed(PropertyType.WORD_SIZE, b"\x20")),
            (3, linux_properties()),
        )
    )

    assert named(study(login(wrong, right), ACCOUNT)) == ("property 0x70 of the MD5 response",)


def test_answers_in_different_orders_are_named() -> None:
    first, *others = linux_properties()
    answers = (answer_frame((first, *others)), answer_frame((first, *reversed(others)), 3))

    assert named(study(login(*answers), ACCOUNT)) == (
        "the order of the properties of the MD5 response",
    )


def test_a_client_that_says_another_version_in_its_second_answer_is_named() -> None:
    client = bare_client.CLIENT_OF_LINUX[:-4] + bytes((1, 0x1E, 1, 2))
    answers = (
        answer_frame(linux_properties()),
        answer_frame(changed(PropertyType.CLIENT, client), 3),
    )

    assert named(study(login(*answers), ACCOUNT)) == ("the program or version of the MD5 response",)


def test_an_answer_without_properties_beside_one_with_them_is_named() -> None:
    answers = (answer_frame(b"20260001"), answer_frame(linux_properties(), 3))

    assert named(study(login(*answers), ACCOUNT)) == ("the private block of the MD5 response",)


def test_a_wrong_password_in_the_configuration_is_two_differences() -> None:
    wrong = replace(ACCOUNT, password=Secret("else"))

    assert named(study(genuine(linux_properties()), wrong)) == (
        "the MD5 value",
        "the password property of the MD5 response",
    )


def test_a_challenge_that_has_no_check_is_named() -> None:
    challenge = bytes(17)
    answer = answer_frame(linux_properties(), 2, challenge)

    lesson = study(login(answer, challenge=challenge), ACCOUNT)

    assert named(lesson) == ("the size of the challenge",)


def test_what_nobody_knows_the_meaning_of_is_named_for_one_frame_alone_shows_it() -> None:
    unknown = Property(0x7D, b"????", marked=False)

    lesson = study(genuine((*linux_properties(), unknown)), ACCOUNT)

    assert named(lesson) == ("property 0x7d of the MD5 response",)


def private_identity() -> bytes:
    block = client_block(LINUX_1_31, Machine(CLIENT), None).encode()
    packet = EapPacket.build(EapCode.RESPONSE, 1, EapType.IDENTITY, bare_client.USERNAME)
    return response(packet, block)


@pytest.mark.parametrize(
    ("observed", "part"),
    [
        (
            replace(genuine(linux_properties()), start=start_frame()[:18] + b"\xff\xff\x37\x77"),
            "something private in the Start",
        ),
        (
            replace(genuine(linux_properties()), start=start_frame()[:16] + b"\0\4" + bytes(42)),
            "something private in the Start",
        ),
        (
            replace(genuine(linux_properties()), identity=private_identity()),
            "something private in the Identity response",
        ),
        (
            replace(login(inside_frame()), identity=private_identity()),
            "something private in the Identity response",
        ),
        (login(answer_frame(linux_properties()) + b"x"), "the length of the MD5 response"),
        (login(inside_frame() + b"x"), "something behind the properties of the MD5 response"),
        (login(inside_frame(behind=b"\0")), "the length of the MD5 response"),
        (login(inside_frame(b"20260002")), "the user name of the MD5 response"),
    ],
)
def test_what_has_no_place_in_the_shape_is_named(observed: ObservedLogin, part: str) -> None:
    lesson = study(observed, ACCOUNT)

    assert lesson.profile is None
    assert part in named(lesson)


def test_lengths_that_disagree_are_named() -> None:
    whole = answer_frame(linux_properties())
    shorter = int.from_bytes(whole[16:18], "big") - 1

    for frame in (whole[:16] + shorter.to_bytes(2, "big") + whole[18:],):
        assert study(login(frame), ACCOUNT).profile is None


# Any byte at all.

CLIENTS_OWN = (
    PropertyType.DISK_SERIAL,
    PropertyType.SECURITY_CHECK,
    PropertyType.WORD_SIZE,
    PropertyType.CLIENT_NAME,
    PropertyType.GENERATION,
    PropertyType.SERVICE,
    PropertyType.CLIENT,
)
"""What the client says of itself is learned as it says it, whatever that is."""
MACHINE_FACTS = (
    PropertyType.ADDRESSES,
    PropertyType.IPV6_LINK_LOCAL,
    PropertyType.IPV6_GLOBAL,
    PropertyType.IPV6_GATEWAY_LINK_LOCAL,
    PropertyType.DNS_SERVERS,
)


@pytest.mark.parametrize("flip", [0x01, 0x80, 0xFF])
def test_an_answer_with_any_other_byte_is_learned_only_as_what_it_says(flip: int) -> None:
    whole = answer_frame(linux_properties(addresses=FIXED, ipv6=True))
    place = find_bare(whole)
    assert place is not None
    contents = list(scan_bare_properties(whole, *place))
    told = {
        at
        for begin, end in contents
        for at in range(begin, end)
        if whole[begin - 2] in (*CLIENTS_OWN, *MACHINE_FACTS)
    }
    # A property of another known type says something else, which the client may well say.
    known = frozenset(PropertyType)
    types = {begin - 2 for begin, _ in contents if whole[begin - 2] ^ flip in known}
    for at in set(range(20, place[1])) - told - types:
        damaged = whole[:at] + bytes((whole[at] ^ flip,)) + whole[at + 1 :]
        assert study(login(damaged), ACCOUNT).profile is None, f"byte {at}"


@given(
    answer=st.binary(max_size=120),
    start=st.binary(max_size=60),
    numbers=st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=20)), max_size=6),
)
def test_whatever_was_observed_nothing_is_raised(
    answer: bytes, start: bytes, numbers: list[tuple[int, bytes]]
) -> None:
    first, *_ = linux_properties()
    bare = (first, *(Property(number, content, marked=False) for number, content in numbers))
    observed = replace(
        login(answer_frame(bare), answer_frame(encode_bare_properties((first,)) + answer, 3)),
        start=start_frame()[:18] + start,
    )

    assert study(observed, ACCOUNT).profile is None
