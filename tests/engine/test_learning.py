"""What a relayed login teaches: nothing, unless all that the client sent can be made anew."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.engine.relay.learning import Lesson, ObservedLogin, study
from ruijie_proxy.engine.settings import LoginSettings
from ruijie_proxy.protocol.clients.client_block import Machine, Proof, client_block
from ruijie_proxy.protocol.clients.client_profile import (
    FILLED_IN,
    LINUX_1_0,
    LINUX_1_31,
    PRESETS,
    WINDOWS_4_10,
    ClientProfile,
)
from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS
from ruijie_proxy.protocol.password import eap_md5_value
from ruijie_proxy.protocol.private_block import PrivateBlock, find_private_block
from ruijie_proxy.protocol.properties import Property, PropertyType, scan_properties
from ruijie_proxy.protocol.requests import Md5Challenge
from ruijie_proxy.secret import Secret
from ruijie_proxy.values import replace

CLIENT = bytes.fromhex("02000000cc01")
SERVER = bytes.fromhex("00d0f8d9f104")
USERNAME, PASSWORD = b"20260001", b"plum-tree"
ACCOUNT = LoginSettings("20260001", Secret("plum-tree"))
CHALLENGES = (
    bytes.fromhex("7c888016ca6b7f5b4d6a29024a18a85f"),
    bytes.fromhex("76b3afcd2e8063bafc991d4faf0c7183"),
)
MACHINE = Machine(
    CLIENT,
    address=bytes((10, 0, 0, 7)),
    netmask=bytes((255, 0, 0, 0)),
    gateway=bytes((10, 0, 0, 1)),
    dns=bytes((202, 114, 0, 242)),
    further_dns="8.8.8.8",
    link_local=bytes.fromhex("fe80000000000000 000000fffe00cc01"),
)
TAUGHT = (
    replace(LINUX_1_31, name="RG-SU For Linux V1.30 (version 1.31)")
    .with_property(PropertyType.DISK_SERIAL, b"WD-WCC4E1234567".ljust(64, b"\0"))
    .with_property(0x7D, bytes.fromhex("0badcafe"))
)


def response(method: EapType, identifier: int, data: bytes, block: bytes) -> bytes:
    packet = EapPacket.build(EapCode.RESPONSE, identifier, method, data).encode()
    return EapolFrame.build(SERVER, CLIENT, EapolType.EAP_PACKET, packet, block).encode()


def request(challenge: bytes, identifier: int = 2) -> bytes:
    packet = Md5Challenge(identifier, challenge, (), b"").encode().encode()
    return EapolFrame.build(CLIENT, SERVER, EapolType.EAP_PACKET, packet).encode()


def early_block(profile: ClientProfile) -> PrivateBlock:
    return client_block(profile, MACHINE, None)


def answer_block(profile: ClientProfile, challenge: bytes) -> PrivateBlock:
    return client_block(profile, MACHINE, Proof(challenge, USERNAME, PASSWORD))


def start_frame(block: PrivateBlock) -> bytes:
    return EapolFrame.build(
        PAE_GROUP_ADDRESS, CLIENT, EapolType.START, trailer=block.encode()
    ).encode()


def identity_frame(block: PrivateBlock, name: bytes = USERNAME) -> bytes:
    return response(EapType.IDENTITY, 1, name, block.encode())


def answer_frame(
    block: PrivateBlock, challenge: bytes, name: bytes = USERNAME, value: bytes | None = None
) -> bytes:
    value = eap_md5_value(2, PASSWORD, challenge) if value is None else value
    data = bytes((len(value),)) + value + name
    return response(EapType.MD5_CHALLENGE, 2, data, block.encode())


def genuine_login(
    profile: ClientProfile = TAUGHT, challenges: tuple[bytes, ...] = CHALLENGES[:1]
) -> ObservedLogin:
    """Return a client's frames whose every byte follows from its profile and its machine."""
    return ObservedLogin(
        start_frame(early_block(profile)),
        identity_frame(early_block(profile)),
        tuple(
            (request(challenge), answer_frame(answer_block(profile, challenge), challenge))
            for challenge in challenges
        ),
    )


def named(lesson: Lesson) -> tuple[str, ...]:
    """Return what differs in words."""
    return tuple(str(difference) for difference in lesson.differences)


GENUINE = genuine_login()
assert GENUINE.start is not None
assert GENUINE.identity is not None
START, IDENTITY, (EXCHANGE,) = GENUINE.start, GENUINE.identity, GENUINE.exchanges
NOTHING = Lesson()


# What is learned.


@pytest.mark.parametrize("challenges", [CHALLENGES[:1], CHALLENGES])
def test_a_login_that_can_be_made_anew_teaches_the_client(challenges: tuple[bytes, ...]) -> None:
    lesson = study(genuine_login(challenges=challenges), ACCOUNT)

    assert lesson == Lesson(profile=TAUGHT)


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_every_preset_is_learned_as_itself(preset: ClientProfile) -> None:
    lesson = study(genuine_login(preset), ACCOUNT)

    assert named(lesson) == ()
    assert lesson.profile is not None
    assert replace(lesson.profile, name=preset.name) == preset


def test_a_client_that_begins_with_the_check_of_the_text_is_learned_with_it() -> None:
    with_text = replace(TAUGHT, text_check=True)

    assert study(genuine_login(with_text), ACCOUNT) == Lesson(profile=with_text)


def test_a_client_that_begins_with_the_one_and_goes_on_with_the_other_is_not_learned() -> None:
    with_text = genuine_login(replace(TAUGHT, text_check=True))

    assert named(study(replace(GENUINE, start=with_text.start), ACCOUNT)) == (
        "the V4 check of the Identity response",
    )


def test_a_learned_profile_makes_the_clients_own_blocks_for_the_clients_machine() -> None:
    profile = study(GENUINE, ACCOUNT).profile
    assert profile is not None

    assert start_frame(early_block(profile)) == START
    assert answer_frame(answer_block(profile, CHALLENGES[0]), CHALLENGES[0]) == EXCHANGE[1]


def test_a_profile_holds_nothing_of_the_machine_or_the_login() -> None:
    profile = study(GENUINE, ACCOUNT).profile

    assert profile is not None
    assert not any(item.content for item in profile.properties if item.type in FILLED_IN)


def test_a_client_is_named_by_its_name_and_version() -> None:
    nameless = LINUX_1_0.with_property(PropertyType.CLIENT_NAME, b"\0")
    garbled = LINUX_1_0.with_property(PropertyType.CLIENT_NAME, "校园\x1b[2J\0".encode("gbk"))

    names = [study(genuine_login(client), ACCOUNT).profile for client in (nameless, garbled)]
    assert [profile.name for profile in names if profile] == [
        "version 1.1",
        "校园 [2J (version 1.1)",
    ]


def test_properties_without_marks_are_learned_without() -> None:
    old = tuple(replace(item, marked=False) for item in LINUX_1_0.properties)

    profile = study(genuine_login(replace(LINUX_1_0, properties=old)), ACCOUNT).profile

    assert profile is not None
    assert profile.properties == old


def test_names_and_passwords_are_compared_in_gbk() -> None:
    account = LoginSettings("学号1", Secret("密码"))
    name, password = "学号1".encode("gbk"), "密码".encode("gbk")
    challenge = CHALLENGES[0]
    block = client_block(TAUGHT, MACHINE, Proof(challenge, name, password))
    answer = answer_frame(block, challenge, name, eap_md5_value(2, password, challenge))

    lesson = study(
        ObservedLogin(
            START,
            identity_frame(early_block(TAUGHT), name),
            ((request(challenge), answer),),
        ),
        account,
    )
    assert lesson == Lesson(profile=TAUGHT)


def test_the_byte_that_is_left_to_chance_does_not_count() -> None:
    def with_chance(frame: bytes, state: int) -> bytes:
        at = find_private_block(frame)
        assert at is not None
        return frame[: at + 63] + bytes((state,)) + frame[at + 64 :]

    login = ObservedLogin(
        with_chance(START, 0xD0),
        with_chance(IDENTITY, 0x69),
        ((EXCHANGE[0], with_chance(EXCHANGE[1], 0x04)),),
    )

    assert study(login, ACCOUNT) == Lesson(profile=TAUGHT)


def test_zeros_behind_a_block_do_not_count() -> None:
    login = replace(GENUINE, start=START + bytes(20))

    assert study(login, ACCOUNT) == Lesson(profile=TAUGHT)


# What teaches nothing at all, and is no difference either.


@pytest.mark.parametrize(
    "login",
    [
        replace(GENUINE, start=None),
        replace(GENUINE, identity=None),
        replace(GENUINE, exchanges=()),
        replace(GENUINE, identity=identity_frame(early_block(TAUGHT), b"20260002")),
        replace(GENUINE, identity=identity_frame(early_block(TAUGHT), b"202600011")),
        replace(GENUINE, exchanges=((START, EXCHANGE[1]),)),
        replace(GENUINE, exchanges=((EXCHANGE[0], IDENTITY),)),
        replace(GENUINE, exchanges=((EXCHANGE[0], START),)),
        replace(GENUINE, exchanges=(EXCHANGE, (EXCHANGE[0], IDENTITY))),
        replace(
            GENUINE,
            exchanges=(
                (EXCHANGE[0], response(EapType.MD5_CHALLENGE, 2, b"\x10" + bytes(24), b"")),
            ),
        ),
        replace(
            GENUINE,
            exchanges=((EXCHANGE[0], response(EapType.NAK, 2, b"\x19", EXCHANGE[1][-400:])),),
        ),
    ],
    ids=[
        "no start",
        "no identity",
        "no exchange",
        "another user",
        "a longer name",
        "no challenge",
        "no answer",
        "a start for an answer",
        "one of two answers",
        "no block",
        "nak",
    ],
)
def test_an_incomplete_or_foreign_login_teaches_nothing(login: ObservedLogin) -> None:
    assert study(login, ACCOUNT) == NOTHING


# What differs is named.

CHALLENGE = CHALLENGES[0]
ANSWER = answer_block(TAUGHT, CHALLENGE)
EARLY = early_block(TAUGHT)


def with_answer(block: PrivateBlock) -> ObservedLogin:
    return replace(GENUINE, exchanges=((EXCHANGE[0], answer_frame(block, CHALLENGE)),))


def with_start(block: PrivateBlock) -> ObservedLogin:
    return replace(GENUINE, start=start_frame(block))


def with_identity(block: PrivateBlock) -> ObservedLogin:
    return replace(GENUINE, identity=identity_frame(block))


def changed(block: PrivateBlock, number: int, content: bytes) -> PrivateBlock:
    """Return a block with another content in a property."""
    assert block.content(number) not in (None, content)
    return replace(
        block,
        properties=tuple(
            replace(item, content=content) if item.type == number else item
            for item in block.properties
        ),
    )


def without(block: PrivateBlock, number: int) -> PrivateBlock:
    return replace(block, properties=tuple(i for i in block.properties if i.type != number))


def swapped(block: PrivateBlock) -> PrivateBlock:
    first, second, *rest = block.properties
    return replace(block, properties=(second, first, *rest))


def unmarked(block: PrivateBlock) -> PrivateBlock:
    *most, last = block.properties
    return replace(block, properties=(*most, replace(last, marked=False)))


WRONG_CRC = replace(EARLY.head, crc=EARLY.head.right_crc() ^ 1)
V4_CHECK, PASSWORD_TYPE = int(PropertyType.V4_CHECK), int(PropertyType.PASSWORD)


@pytest.mark.parametrize(
    ("login", "parts"),
    [
        (
            replace(
                GENUINE,
                exchanges=((EXCHANGE[0], answer_frame(ANSWER, CHALLENGE, value=bytes(16))),),
            ),
            {"the MD5 value"},
        ),
        (
            replace(
                GENUINE, exchanges=((EXCHANGE[0], answer_frame(ANSWER, CHALLENGE, b"20260002")),)
            ),
            {"the user name of the MD5 response"},
        ),
        (
            with_answer(changed(ANSWER, PASSWORD_TYPE, bytes(16))),
            {"the password property of the MD5 response"},
        ),
        (with_answer(changed(ANSWER, V4_CHECK, b"0" * 128)), {"the V4 check"}),
        (
            with_start(changed(EARLY, V4_CHECK, b"0" * 128)),
            {"the V4 check of the Start"},
        ),
        (
            with_identity(changed(EARLY, V4_CHECK, bytes(128))),
            {"the V4 check of the Identity response"},
        ),
        (
            with_start(changed(EARLY, PASSWORD_TYPE, b"garbage-garbage-")),
            {"the password property of the Start"},
        ),
        (with_start(replace(EARLY, head=WRONG_CRC)), {"the head of the Start"}),
        (with_identity(replace(EARLY, head=WRONG_CRC)), {"the head of the Identity response"}),
        (
            with_answer(replace(ANSWER, head=replace(ANSWER.head, crc=7))),
            {"the head of the MD5 response"},
        ),
        (
            with_start(replace(EARLY, head=replace(EARLY.head, from_dhcp=0x35))),
            {"the head of the Start"},
        ),
        (
            with_start(replace(EARLY, program=b"other.exe")),
            {"the program or version of the Start"},
        ),
        (
            with_identity(replace(EARLY, version=b"\x01\x1e\x01\x02")),
            {"the program or version of the Identity response"},
        ),
        (
            with_start(replace(EARLY, unparsed=b"odd")),
            {"something behind the properties of the Start"},
        ),
        (
            with_identity(replace(EARLY, rest=b"odd")),
            {"something behind the properties of the Identity response"},
        ),
        (
            with_answer(replace(ANSWER, rest=b"\0\0odd")),
            {"something behind the properties of the MD5 response"},
        ),
        (
            with_start(without(EARLY, PropertyType.SECONDARY_DOMAIN)),
            {"the order of the properties of the Start"},
        ),
        (
            with_identity(swapped(EARLY)),
            {"the order of the properties of the Identity response"},
        ),
        (with_start(unmarked(EARLY)), {"property 0x7d of the Start"}),
        (
            with_start(changed(EARLY, PropertyType.SERVICE, b"campus".ljust(32, b"\0"))),
            {"property 0x39 of the Start"},
        ),
        (
            with_start(changed(EARLY, PropertyType.ADDRESS_FROM_DHCP, bytes(4))),
            {"property 0x18 of the Start"},
        ),
        (
            with_answer(changed(ANSWER, PropertyType.ADDRESS_FROM_DHCP, bytes(4))),
            {"property 0x18 of the MD5 response"},
        ),
        (
            with_identity(changed(EARLY, PropertyType.IPV6_ADDRESS_COUNT, b"\x03")),
            {"property 0x35 of the Identity response"},
        ),
        (
            with_identity(changed(EARLY, PropertyType.IPV6_LINK_LOCAL, b"short")),
            {"property 0x38 of the Identity response", "property 0x35 of the Identity response"},
        ),
        (
            with_start(changed(EARLY, PropertyType.DNS_SERVERS, b"8.8.8.8\xff")),
            {"property 0x76 of the Start"},
        ),
        (
            with_start(changed(EARLY, PropertyType.MAC_ADDRESS, bytes.fromhex("02000000cc02"))),
            {"property 0x2d of the Start"},
        ),
        (
            with_answer(changed(ANSWER, PropertyType.MAC_ADDRESS, b"")),
            {"property 0x2d of the MD5 response"},
        ),
        (
            replace(
                GENUINE,
                start=EapolFrame.build(PAE_GROUP_ADDRESS, CLIENT, EapolType.START).encode(),
            ),
            {"the private block of the Start"},
        ),
        (
            replace(GENUINE, identity=response(EapType.IDENTITY, 1, USERNAME, b"")),
            {"the private block of the Identity response"},
        ),
    ],
    ids=lambda value: ", ".join(sorted(value)) if isinstance(value, set) else "",
)
def test_a_single_difference_is_named_and_nothing_else(
    login: ObservedLogin, parts: set[str]
) -> None:
    lesson = study(login, ACCOUNT)

    assert lesson.profile is None
    assert set(named(lesson)) == parts


def test_what_only_the_answer_has_differs_in_the_frames_before_it() -> None:
    """The profile is made of the answer, where everything has its real value."""
    lesson = study(with_answer(changed(ANSWER, 0x7D, b"else")), ACCOUNT)

    assert named(lesson) == (
        "property 0x7d of the Start",
        "property 0x7d of the Identity response",
    )


def test_a_login_with_a_password_above_16_bytes_can_be_made_anew() -> None:
    """docs/protocol.md, "The password property"."""
    password = "plum-tree-in-the-garden"
    content = bytes.fromhex("6d581b5f3af0953a522775f536d18591 1712d9c019d3a94da488f8e690196950")
    block = changed(ANSWER, PropertyType.PASSWORD, content)
    value = eap_md5_value(2, password.encode(), CHALLENGES[0])
    frame = answer_frame(block, CHALLENGES[0], value=value)
    login = replace(GENUINE, exchanges=((request(CHALLENGES[0]), frame),))

    account = replace(ACCOUNT, password=Secret(password))
    assert study(login, account) == Lesson(profile=TAUGHT)


def test_a_wrong_password_in_the_configuration_is_two_differences() -> None:
    wrong = replace(ACCOUNT, password=Secret("else"))

    assert named(study(GENUINE, wrong)) == (
        "the MD5 value",
        "the password property of the MD5 response",
    )


def test_a_windows_client_differs_in_its_checks() -> None:
    """Before the challenge it has the same placeholder here: only the answer tells."""
    block = client_block(WINDOWS_4_10, MACHINE, Proof(CHALLENGE, USERNAME, PASSWORD, b"f" * 32))
    login = replace(
        genuine_login(WINDOWS_4_10), exchanges=((EXCHANGE[0], answer_frame(block, CHALLENGE)),)
    )

    lesson = study(login, ACCOUNT)

    assert lesson.profile is None
    assert named(lesson) == ("the V4 check", "the V2 check of the MD5 response")


def test_the_wrong_one_of_two_answers_is_found() -> None:
    for wrong in (0, 1):
        exchanges = list(genuine_login(challenges=CHALLENGES).exchanges)
        block = changed(answer_block(TAUGHT, CHALLENGES[wrong]), V4_CHECK, b"0" * 128)
        exchanges[wrong] = (exchanges[wrong][0], answer_frame(block, CHALLENGES[wrong]))

        lesson = study(replace(GENUINE, exchanges=tuple(exchanges)), ACCOUNT)
        assert (lesson.profile, named(lesson)) == (None, ("the V4 check",))


def test_the_first_of_two_answers_without_a_block_is_named() -> None:
    first, second = genuine_login(challenges=CHALLENGES).exchanges
    value = eap_md5_value(2, PASSWORD, CHALLENGES[0])
    bare = response(EapType.MD5_CHALLENGE, 2, b"\x10" + value + USERNAME, b"")

    lesson = study(replace(GENUINE, exchanges=((first[0], bare), second)), ACCOUNT)

    assert named(lesson) == ("the private block of the MD5 response",)


def test_a_challenge_that_has_no_check_is_named() -> None:
    challenge = bytes(17)
    value = eap_md5_value(2, PASSWORD, challenge)
    login = replace(
        GENUINE, exchanges=((request(challenge), answer_frame(ANSWER, challenge, value=value)),)
    )

    assert named(study(login, ACCOUNT)) == ("the size of the challenge",)


def test_each_difference_is_named_once() -> None:
    exchanges = genuine_login(challenges=CHALLENGES).exchanges
    wrong = replace(ACCOUNT, password=Secret("else"))

    lesson = study(replace(GENUINE, exchanges=exchanges), wrong)

    assert len(lesson.differences) == 2


# Any byte at all.

MACHINE_FACTS = (
    PropertyType.IPV6_LINK_LOCAL,
    PropertyType.DNS_SERVERS,
)
"""Of these a router fills in its own, and what the client's say cannot be known beforehand."""


def places_of_machine_facts(frame: bytes) -> set[int]:
    """Return the offsets of the chance byte, and of what the client's machine alone knows."""
    at = find_private_block(frame)
    assert at is not None
    places = {at + 63}
    for begin, end in scan_properties(frame, at + 70, len(frame)):
        if frame[begin - 2] in MACHINE_FACTS:
            places |= {*range(begin, end)}
    return places


@pytest.mark.parametrize("which", ["start", "identity", "answer"])
@pytest.mark.parametrize("flip", [0x01, 0x80, 0xFF])
def test_a_frame_with_any_other_byte_in_its_block_is_never_learned(which: str, flip: int) -> None:
    frame = {"start": START, "identity": IDENTITY, "answer": EXCHANGE[1]}[which]
    at = find_private_block(frame)
    assert at is not None
    harmless = places_of_machine_facts(frame)
    for place in range(at, len(frame)):
        damaged = frame[:place] + bytes((frame[place] ^ flip,)) + frame[place + 1 :]
        login = {
            "start": replace(GENUINE, start=damaged),
            "identity": replace(GENUINE, identity=damaged),
            "answer": replace(GENUINE, exchanges=((EXCHANGE[0], damaged),)),
        }[which]

        profile = study(login, ACCOUNT).profile

        if place in harmless:
            assert profile in (None, TAUGHT), "it is no part of what is learned"
        else:
            assert profile is None, f"byte {place - at} of the block"


@given(
    start=st.binary(max_size=80),
    identity=st.binary(max_size=80),
    challenge=st.binary(max_size=80),
    answer=st.binary(max_size=80),
)
def test_whatever_was_observed_nothing_is_raised(
    start: bytes, identity: bytes, challenge: bytes, answer: bytes
) -> None:
    header = SERVER + CLIENT + b"\x88\x8e\x01\x00"
    login = ObservedLogin(
        header + start.rjust(5, b"\0"),
        header + identity.rjust(5, b"\0"),
        ((header + challenge.rjust(5, b"\0"), header + answer.rjust(5, b"\0")),),
    )

    assert study(login, ACCOUNT).profile is None


@given(data=st.data())
def test_blocks_of_any_properties_are_learned_or_named(data: st.DataObject) -> None:
    properties = data.draw(
        st.lists(
            st.builds(Property, st.integers(0, 255), st.binary(max_size=20), st.booleans()),
            max_size=5,
        ).map(tuple)
    )
    block = replace(EARLY, properties=properties)
    lesson = study(
        ObservedLogin(
            start_frame(block),
            identity_frame(block),
            ((EXCHANGE[0], answer_frame(block, CHALLENGE)),),
        ),
        ACCOUNT,
    )

    assert lesson.profile is None
    assert "the V4 check" in named(lesson)
