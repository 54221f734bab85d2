"""The shapes of Ruijie's dialect: what each frame holds, and who gets which."""

from __future__ import annotations

from hashlib import md5

import pytest

from ruijie_proxy.engine.login.client_frames import ClientFrames
from ruijie_proxy.engine.login.shaped_frames import ShapeFound, frames_of
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.engine.settings import DhcpMode, Dialect, LoginSettings, SessionSettings, Shape
from ruijie_proxy.protocol.bare_properties import find_bare_properties, parse_bare_properties
from ruijie_proxy.protocol.clients.bare_block import as_bare
from ruijie_proxy.protocol.clients.client_profile import (
    LINUX_1_0,
    LINUX_1_30,
    LINUX_1_31,
    ClientProfile,
)
from ruijie_proxy.protocol.clients.client_shape import ClientShape
from ruijie_proxy.protocol.eap import EapPacket, EapType
from ruijie_proxy.protocol.eapol import EapolFrame
from ruijie_proxy.protocol.edition import Edition
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS
from ruijie_proxy.protocol.private_block import PrivateBlock, find_private_block
from ruijie_proxy.protocol.properties import PropertyType
from ruijie_proxy.protocol.requests import Md5Challenge
from ruijie_proxy.protocol.v4_check import v4_check
from ruijie_proxy.secret import Secret
from ruijie_proxy.values import replace

WAN = bytes.fromhex("0200000000e1")
RUIJIES = bytes.fromhex("00d0f8d9f104")
ANOTHERS = bytes.fromhex("3ce5a6000001")
CHALLENGE = bytes.fromhex("7c888016ca6b7f5b4d6a29024a18a85f")
REQUEST = Md5Challenge(2, CHALLENGE, (), b"")
FACTS = RouterFacts(
    WAN,
    address=bytes((10, 20, 30, 101)),
    netmask=bytes((255, 255, 255, 0)),
    gateway=bytes((10, 20, 30, 1)),
    dns=bytes((202, 114, 0, 242)),
    dns_servers=(bytes((202, 114, 0, 242)),),
)
LOGIN = LoginSettings("20260001", Secret("plum-tree"))
BARE = replace(LOGIN, shape=Shape.BARE)
INSIDE = replace(LOGIN, shape=Shape.INSIDE)
SETTINGS = SessionSettings()
VALUE = md5(b"\x02plum-tree" + CHALLENGE).digest()
NOTHING_MORE = bytes(42)
"""The padding of a frame that has its header alone."""


def bare(
    login: LoginSettings = BARE, facts: RouterFacts = FACTS, phase: int | None = None
) -> ClientFrames:
    return frames_of(SETTINGS, login, facts, None, None, phase)


def packet_of(frame: bytes) -> EapPacket:
    """Return the EAP packet of a frame whose two lengths agree and leave padding alone behind."""
    eapol = EapolFrame.parse(frame)
    packet, rest = EapPacket.parse(eapol.body)
    assert rest == b""
    assert eapol.length == packet.length == len(eapol.body)
    assert not any(eapol.trailer)
    return packet


def properties_of(frame: bytes) -> dict[int, bytes]:
    data = packet_of(frame).data
    assert find_bare_properties(data) == 17
    found, rest = parse_bare_properties(data[17:])
    assert rest == b""
    return {item.type: item.content for item in found}


# Bare.


@pytest.mark.parametrize("group", [PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS])
def test_a_bare_start_is_its_header_and_goes_to_the_group_that_is_called(group: bytes) -> None:
    assert bare().start(group) == group + WAN + bytes.fromhex("888e 01010000") + NOTHING_MORE


def test_all_else_goes_to_the_pae_group_whoever_asks() -> None:
    frames = bare()

    for frame in (
        frames.logoff(ANOTHERS),
        frames.identity(ANOTHERS, 1),
        frames.answer(ANOTHERS, REQUEST),
        frames.noted(ANOTHERS, 1),
        frames.other_method(ANOTHERS, 1),
    ):
        assert frame[:12] == PAE_GROUP_ADDRESS + WAN


def test_a_bare_logoff_and_identity_hold_nothing_private() -> None:
    frames = bare()

    assert frames.logoff(ANOTHERS)[12:] == bytes.fromhex("888e 01020000") + NOTHING_MORE
    packet = packet_of(frames.identity(ANOTHERS, 7))
    assert (packet.identifier, packet.type, packet.data) == (7, EapType.IDENTITY, b"20260001")


def test_a_bare_answer_has_properties_in_the_place_of_the_user_name() -> None:
    packet = packet_of(bare().answer(ANOTHERS, REQUEST))

    assert (packet.identifier, packet.type) == (2, EapType.MD5_CHALLENGE)
    assert packet.data[:17] == bytes((16,)) + VALUE
    assert packet.data[17:19] == bytes((0x11, 36))
    assert b"20260001" not in packet.data


@pytest.mark.parametrize("size", [0, 20])
def test_the_usual_bare_client_is_linux_1_31_with_edition_2(size: int) -> None:
    frames = bare(replace(BARE, disk_serial="S" * size))

    answer = frames.answer(ANOTHERS, REQUEST)
    assert packet_of(answer).length == 272 + size
    assert properties_of(answer)[0x4D] == v4_check(CHALLENGE, Edition.SECOND)
    assert properties_of(answer)[0x11][32:] == LINUX_1_31.version
    assert (frames.name, frames.edition, frames.shape) == ("Linux 1.31", 2, ClientShape.BARE)


def test_a_bare_answer_tells_what_the_router_has_and_nothing_that_it_has_not() -> None:
    own = bytes.fromhex("fe80000000000000 1234567812345678")

    without = properties_of(bare().answer(ANOTHERS, REQUEST))
    assert without[0x2D] == WAN
    assert without[0x50].hex() == "00000000 ffffff00 0a141e01 ca7200f2 01".replace(" ", "")
    assert 0x38 not in without, "not even the one that its MAC would make"
    facts = replace(FACTS, link_local=own)
    told = properties_of(bare(facts=facts).answer(ANOTHERS, REQUEST))
    assert (told[0x35], told[0x38], told[0x36]) == (b"\1", own, bytes(16))


def test_what_the_user_sets_stands_in_its_place() -> None:
    login = replace(
        BARE,
        service="教育网接入",
        disk_serial="WD-1",
        client_name="RG-SU",
        dns=("1.1.1.1", "8.8.8.8"),
        properties=((0x7D, b"campus"), (0x70, b"\x20"), (0x62, None)),
    )

    found = properties_of(bare(login).answer(ANOTHERS, REQUEST))

    assert bytes(found).hex() == "11502d392f764d5470" + "6f797d"
    assert found[0x39] == "教育网接入".encode("gbk").ljust(32, b"\0")
    assert (found[0x54], found[0x6F], found[0x70]) == (b"WD-1", b"RG-SU\0", b"\x20")
    assert (found[0x50][12:16], found[0x76]) == (bytes((1, 1, 1, 1)), b"8.8.8.8")


@pytest.mark.parametrize(
    ("login", "client", "edition"),
    [
        (replace(BARE, edition=1), LINUX_1_0, Edition.FIRST),
        (replace(BARE, client_version="1.30"), LINUX_1_30, Edition.SECOND),
        (replace(BARE, client_version="1.30", edition=1), LINUX_1_30, Edition.FIRST),
    ],
)
def test_version_and_edition_can_be_chosen_in_the_bare_shape(
    login: LoginSettings, client: ClientProfile, edition: Edition
) -> None:
    found = properties_of(bare(login).answer(ANOTHERS, REQUEST))

    assert found[0x11][32:] == client.version
    assert found[0x4D] == v4_check(CHALLENGE, edition)


def test_a_fixed_address_is_told_and_one_from_dhcp_is_not() -> None:
    fixed = frames_of(SessionSettings(dhcp=DhcpMode.OFF), BARE, FACTS, None, None)

    assert properties_of(fixed.answer(ANOTHERS, REQUEST))[0x50][:4] == FACTS.address


def test_the_round_is_told_in_a_login_on_two() -> None:
    assert properties_of(bare(phase=2).answer(ANOTHERS, REQUEST))[0x63] == b"\2"
    assert 0x63 not in properties_of(bare().answer(ANOTHERS, REQUEST))


def test_two_challenges_of_the_same_bytes_are_answered_each_with_its_identifier() -> None:
    frames = bare()
    answers = [packet_of(frames.answer(ANOTHERS, replace(REQUEST, identifier=n))) for n in (2, 3)]

    assert [packet.identifier for packet in answers] == [2, 3]
    assert answers[0].data[1:17] != answers[1].data[1:17], "the identifier is proved, too"
    assert answers[0].data[17:] == answers[1].data[17:]


@pytest.mark.parametrize("login", [BARE, INSIDE], ids=["bare", "inside"])
@pytest.mark.parametrize("size", [1, 15, 17, 255])
def test_a_challenge_of_another_size_has_no_answer(login: LoginSettings, size: int) -> None:
    with pytest.raises(ProtocolError):
        bare(login).answer(ANOTHERS, replace(REQUEST, challenge=bytes(size)))


# Inside.


def test_inside_has_a_bare_start_logoff_and_identity() -> None:
    frames = bare(INSIDE)

    assert frames.start(PAE_GROUP_ADDRESS)[12:] == bytes.fromhex("888e 01010000") + NOTHING_MORE
    assert frames.logoff(RUIJIES)[12:] == bytes.fromhex("888e 01020000") + NOTHING_MORE
    packet = packet_of(frames.identity(RUIJIES, 7))
    assert packet.data == b"20260001"
    assert frames.identity(RUIJIES, 7)[:6] == RUIJIES


@pytest.mark.parametrize("edition", [1, 2])
def test_inside_counts_the_block_behind_the_user_name_in_both_lengths(edition: int) -> None:
    block_login = replace(LOGIN, shape=Shape.BLOCK, edition=edition)
    inside, block = bare(replace(INSIDE, edition=edition)), bare(block_login)

    packet = packet_of(inside.answer(RUIJIES, REQUEST))
    usual = block.answer(RUIJIES, REQUEST)
    at = find_private_block(usual)
    assert at is not None
    assert packet.data == bytes((16,)) + VALUE + b"20260001" + usual[at:]
    assert PrivateBlock.parse(usual[at:]).content(PropertyType.PASSWORD)
    assert inside.shape is ClientShape.INSIDE


# Who gets which.


@pytest.mark.parametrize(
    ("server", "shape"),
    [
        ("00d0f8d9f104", ClientShape.BLOCK),
        ("58696cd9f104", ClientShape.BLOCK),
        ("105f02d9f104", ClientShape.BLOCK),
        ("3ce5a6d9f104", ClientShape.BARE),
        ("020000d9f104", ClientShape.BARE),
    ],
)
def test_the_vendor_of_who_asks_tells_the_shape(server: str, shape: ClientShape) -> None:
    frames = frames_of(SETTINGS, LOGIN, FACTS, None, None)
    address = bytes.fromhex(server)

    settled = frames.for_server(address)
    assert settled.shape is shape
    assert frames.identity(address, 1) == settled.identity(address, 1)
    assert frames.answer(address, REQUEST) == settled.answer(address, REQUEST)
    assert frames.noted(address, 1) == settled.noted(address, 1)
    assert frames.other_method(address, 1) == settled.other_method(address, 1)
    assert frames.logoff(address) == settled.logoff(address)
    assert frames.in_clear(address, 1) == settled.in_clear(address, 1)


def test_each_shape_has_its_usual_client() -> None:
    frames = frames_of(SETTINGS, LOGIN, FACTS, None, None)

    assert frames.for_server(RUIJIES).name == "Linux 1.0"
    assert frames.for_server(ANOTHERS).name == "Linux 1.31"
    assert frames.name == "Linux 1.0", "until somebody answers"


@pytest.mark.parametrize("shape", [Shape.BLOCK, Shape.BARE, Shape.INSIDE])
@pytest.mark.parametrize("server", [RUIJIES, ANOTHERS])
def test_a_shape_that_is_set_is_spoken_to_everybody(shape: Shape, server: bytes) -> None:
    frames = frames_of(SETTINGS, replace(LOGIN, shape=shape), FACTS, None, None)

    assert frames.for_server(server).shape is ClientShape(shape.value)


@pytest.mark.parametrize("shape", [Shape.AUTO, Shape.BARE])
def test_the_v2_check_is_of_a_block_alone(shape: Shape) -> None:
    login = replace(LOGIN, dialect=Dialect.RUIJIE_V2, shape=shape)

    assert frames_of(SETTINGS, login, FACTS, None, None).shape is ClientShape.BLOCK


@pytest.mark.parametrize("dialect", [Dialect.PLAIN, Dialect.CERNET])
def test_other_dialects_have_no_shape(dialect: Dialect) -> None:
    frames = frames_of(SETTINGS, replace(LOGIN, dialect=dialect), FACTS, None, None)

    assert frames.shape is None
    assert frames.for_server(ANOTHERS) is frames


def has_block(start: bytes) -> bool:
    return find_private_block(start) is not None


def test_before_anybody_has_answered_the_start_has_a_block() -> None:
    frames = frames_of(SETTINGS, LOGIN, FACTS, None, None)

    assert has_block(frames.start(PAE_GROUP_ADDRESS))
    assert frames.ways_to_start == 1


def test_where_bare_was_right_the_start_is_bare_and_there_is_one_with_a_block_to_try() -> None:
    frames = frames_of(SETTINGS, LOGIN, FACTS, None, ShapeFound(ClientShape.BARE, 2))

    assert [has_block(frames.start(PAE_GROUP_ADDRESS, way)) for way in (0, 1)] == [False, True]
    assert frames.ways_to_start == 2
    assert frames.name == "Linux 1.31"


def test_a_switch_of_ruijies_that_answers_a_bare_start_is_called_anew() -> None:
    frames = frames_of(SETTINGS, LOGIN, FACTS, None, ShapeFound(ClientShape.BARE, 2))

    anew = frames.to_start_anew(RUIJIES)
    assert anew is not None
    assert has_block(anew.start(PAE_GROUP_ADDRESS))
    assert anew.to_start_anew(RUIJIES) is None, "once"
    assert anew.for_server(ANOTHERS).shape is ClientShape.BARE
    assert frames.to_start_anew(ANOTHERS) is None


def test_an_edition_that_was_found_is_of_the_shape_that_it_was_found_in() -> None:
    """What was written down by an earlier version is of a block."""
    found = ShapeFound(ClientShape.BLOCK, 1)

    frames = frames_of(SETTINGS, LOGIN, FACTS, None, replace(found, edition=2))
    assert (frames.for_server(RUIJIES).name, frames.for_server(RUIJIES).edition) == (
        "Linux 1.31",
        2,
    )
    assert frames_of(SETTINGS, LOGIN, FACTS, None, found).for_server(ANOTHERS).edition == 2


@pytest.mark.parametrize("shape", [ClientShape.BLOCK, ClientShape.BARE])
def test_once_the_vendors_shape_was_refused_the_other_is_spoken_to_everybody(
    shape: ClientShape,
) -> None:
    found = ShapeFound(shape, None, is_by_vendor=False)
    frames = frames_of(SETTINGS, LOGIN, FACTS, None, found)

    assert {frames.for_server(server).shape for server in (RUIJIES, ANOTHERS)} == {shape}
    assert frames.to_start_anew(RUIJIES) is None
    assert has_block(frames.start(PAE_GROUP_ADDRESS)) is (shape is ClientShape.BLOCK)


def test_a_learned_client_keeps_its_shape_whoever_asks() -> None:
    learned = replace(as_bare(LINUX_1_31), name="learned").with_property(0x7D, b"campus")

    frames = frames_of(SETTINGS, LOGIN, FACTS, learned, None)

    assert (frames.name, frames.for_server(RUIJIES).shape) == ("learned", ClientShape.BARE)
    assert properties_of(frames.answer(RUIJIES, REQUEST))[0x7D] == b"campus"
    block = frames_of(SETTINGS, LOGIN, FACTS, replace(LINUX_1_31, name="other"), None)
    assert block.for_server(ANOTHERS).shape is ClientShape.BLOCK


def test_a_learned_block_can_be_spoken_bare_and_a_learned_bare_one_not_as_a_block() -> None:
    learned = replace(LINUX_1_30, name="learned").with_property(0x7D, b"campus")

    assert (
        properties_of(frames_of(SETTINGS, BARE, FACTS, learned, None).answer(ANOTHERS, REQUEST))[
            0x7D
        ]
        == b"campus"
    )
    block = replace(LOGIN, shape=Shape.BLOCK)
    frames = frames_of(SETTINGS, block, FACTS, as_bare(learned), None)
    assert (frames.name, frames.edition) == ("Linux 1.31", 2), "the preset of its edition"
