"""Whatever takes the short way comes out as it would by the long one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ruijie_proxy.engine.actions import SendToClient, SendToServer
from ruijie_proxy.engine.relay.fields import LINK_LOCAL_HEADER, MAC_HEADER, find_properties
from ruijie_proxy.engine.relay.relay_session import RelaySession
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.engine.settings import FieldsMode, MacMode, SessionSettings
from ruijie_proxy.protocol.properties import Property, PropertyType, parse_properties
from ruijie_proxy.values import replace
from tests.engine import bare_client
from tests.engine.conftest import HARMLESS

if TYPE_CHECKING:
    from tests.engine.conftest import Frames

CLIENT = bytes.fromhex("02000000cc01")
WAN = bytes.fromhex("0200000000e1")
ROUTER = RouterFacts(
    WAN,
    bytes((172, 21, 8, 74)),
    None,
    bytes((172, 21, 0, 1)),
    None,
    bytes.fromhex("fe80" + "07" * 14),
)
PORT = "lan2"


def started(frames: type[Frames], options: SessionSettings, start: bytes) -> RelaySession:
    """Return a session in which a server has answered the client's Start."""
    session = RelaySession(options, ROUTER, link_up=True)
    session.receive_from_lan(PORT, start, 1000.0)
    to = CLIENT if options.mac is MacMode.KEEP else WAN
    session.receive_from_wan(frames.identity_request(to=to), 1000.0)
    session.take_actions()
    return session


def long_way(session: RelaySession, frame: bytes) -> list[bytes]:
    """Return what goes to the server for a frame of the client."""
    session.receive_from_lan(PORT, frame, 1000.1)
    return [action.frame for action in session.take_actions() if isinstance(action, SendToServer)]


def assert_same(frames: type[Frames], options: SessionSettings, start: bytes, frame: bytes) -> bool:
    """Check that a frame comes out the same both ways; tell whether there is a short one."""
    session = started(frames, options, start)
    crossing = session.short_way(1000.1)
    assert crossing is not None
    short = crossing.to_server(frame)
    if short is not None:
        assert [short] == long_way(session, frame)
    return short is not None


some_settings = st.builds(
    SessionSettings,
    mac=st.sampled_from((MacMode.REWRITE, MacMode.KEEP)),
    fields=st.sampled_from(list(FieldsMode)),
)
a_property = st.sampled_from(
    (
        Property(PropertyType.MAC_ADDRESS, CLIENT),
        Property(PropertyType.MAC_ADDRESS, CLIENT, marked=False),
        Property(PropertyType.MAC_ADDRESS, WAN),
        Property(PropertyType.MAC_ADDRESS, b"too short"[:5]),
        Property(PropertyType.IPV6_LINK_LOCAL, bytes(16)),
        Property(PropertyType.IPV6_LINK_LOCAL, bytes.fromhex("fe80" + "00" * 13 + "05")),
        Property(PropertyType.PASSWORD, b""),
        Property(PropertyType.PASSWORD, bytes(range(16))),
        Property(0xEE, b"nobody knows"),
    )
)
some_properties = st.lists(a_property, max_size=6).map(tuple)


@settings(suppress_health_check=HARMLESS, max_examples=400)
@given(
    options=some_settings,
    in_start=some_properties,
    in_answer=some_properties,
    same=st.booleans(),
    mutations=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=3),
    cut=st.integers(0, 40),
    behind=st.sampled_from((b"", b"behind", Property(PropertyType.MAC_ADDRESS, CLIENT).encode())),
)
def test_an_answer_with_any_block_comes_out_the_same(
    frames: type[Frames],
    options: SessionSettings,
    in_start: tuple[Property, ...],
    in_answer: tuple[Property, ...],
    same: bool,
    mutations: list[tuple[int, int]],
    cut: int,
    behind: bytes,
) -> None:
    block = replace(frames.block(), properties=in_start)
    start = frames.start()[:18] + block.encode()
    answer = replace(block, properties=in_start if same else in_answer, rest=behind)
    frame = bytearray(frames.response(frames.identity, trailer=answer.encode()))
    for place, value in mutations:
        frame[12 + place % (len(frame) - 12)] = value

    damaged = bytes(frame[: len(frame) - cut])
    found = find_properties(damaged)
    if found is not None and parse_properties(damaged[found[1] : found[2]])[1]:
        return  # behind a broken property the short way need not look as closely
    assert_same(frames, options, start, damaged)


@pytest.mark.parametrize("mac", [MacMode.REWRITE, MacMode.KEEP])
def test_the_answers_of_an_ordinary_login_take_the_short_way(
    frames: type[Frames], mac: MacMode
) -> None:
    options = SessionSettings(mac=mac)
    block = frames.block()
    with_password = tuple(
        replace(item, content=bytes(range(16))) if item.type == PropertyType.PASSWORD else item
        for item in block.properties
    )
    md5_block = replace(block, properties=with_password).encode()

    for answer in (
        frames.response(frames.identity),
        frames.response(frames.md5, trailer=md5_block),
        frames.response(frames.md5, trailer=b""),
    ):
        assert assert_same(frames, options, frames.start(), answer)


def test_an_answer_that_has_more_to_change_than_the_start_goes_the_long_way(
    frames: type[Frames],
) -> None:
    block = frames.block()
    without_mac = tuple(item for item in block.properties if item.type != PropertyType.MAC_ADDRESS)
    start = frames.start()[:18] + replace(block, properties=without_mac).encode()

    assert not assert_same(frames, SessionSettings(), start, frames.response(frames.identity))


def test_a_link_local_address_that_the_start_did_not_know_goes_the_long_way(
    frames: type[Frames],
) -> None:
    block = frames.block()
    unknown = tuple(
        replace(item, content=bytes(16)) if item.type == PropertyType.IPV6_LINK_LOCAL else item
        for item in block.properties
    )
    start = frames.start()[:18] + replace(block, properties=unknown).encode()

    assert not assert_same(frames, SessionSettings(), start, frames.response(frames.identity))


def test_a_block_that_tells_an_address_twice_hides_no_other_one(frames: type[Frames]) -> None:
    block = frames.block()
    twice, other = (
        replace(
            block,
            properties=tuple(Property(PropertyType.MAC_ADDRESS, address) for address in addresses),
        )
        for addresses in ((WAN, WAN), (CLIENT, WAN))
    )
    start = frames.start()[:18] + twice.encode()
    answer = frames.response(frames.identity, trailer=other.encode())

    assert not assert_same(frames, SessionSettings(), start, answer)


def test_an_address_that_was_put_in_is_not_taken_for_one_that_was_there(
    frames: type[Frames],
) -> None:
    start_block, answer_block = (
        replace(
            frames.block(),
            properties=tuple(Property(PropertyType.MAC_ADDRESS, address) for address in addresses),
        )
        for addresses in ((CLIENT, WAN), (CLIENT, bytes(5) + b"\xe1"))
    )
    start = frames.start()[:18] + start_block.encode()
    answer = frames.response(frames.identity, trailer=answer_block.encode())

    assert not assert_same(frames, SessionSettings(), start, answer)


def test_a_block_that_does_not_parse_crosses_untouched_by_whichever_way(
    frames: type[Frames],
) -> None:
    cut = frames.response(frames.identity)[:-1]

    assert_same(frames, SessionSettings(), frames.start(), cut)
    session = started(frames, SessionSettings(), frames.start())
    assert long_way(session, cut) == [cut[:6] + WAN + cut[12:]]


def test_a_client_that_moves_to_another_port_is_answered_there(frames: type[Frames]) -> None:
    session = started(frames, SessionSettings(), frames.start())
    before = session.short_way(1000.1)
    assert before is not None
    assert before.port == PORT

    session.receive_from_lan("lan4", frames.response(frames.identity), 1000.1)

    after = session.short_way(1000.1)
    assert after is not None
    assert after.port == "lan4"


def test_the_short_way_knows_no_other_server_than_the_session_does(frames: type[Frames]) -> None:
    session = started(frames, SessionSettings(), frames.start())
    crossing = session.short_way(1000.1)
    assert crossing is not None

    assert crossing.to_client(frames.challenge(source=frames.OTHER_SERVER)) is None
    assert crossing.to_client(frames.challenge()) == frames.challenge(to=CLIENT)


def test_a_request_in_the_padding_of_an_empty_packet_shows_no_server(frames: type[Frames]) -> None:
    session = RelaySession(SessionSettings(), ROUTER, link_up=True)
    session.receive_from_lan(PORT, frames.start(), 1000.0)
    crossing = session.short_way(1000.1)
    assert crossing is not None
    stale = frames.of_server(b"", source=frames.OTHER_SERVER, trailer=bytes((1, 1, 0, 5, 1)))

    assert crossing.to_client(stale) is None
    assert crossing.to_client(frames.identity_request()) is not None


def test_a_link_that_goes_while_the_address_is_taken_closes_the_short_way(
    frames: type[Frames],
) -> None:
    session = RelaySession(SessionSettings(mac=MacMode.CLONE), ROUTER, link_up=True)
    session.receive_from_lan(PORT, frames.start(), 1000.0)
    session.router_changed(replace(ROUTER, mac=CLIENT), 0.0)
    assert session.short_way(1000.1) is not None

    session.link_changed(up=False, now=1000.2)
    assert session.short_way(1000.1) is None
    session.link_changed(up=True, now=1002.0)
    assert session.short_way(1000.1) is not None


def test_the_headers_that_are_looked_for_are_those_of_the_two_properties() -> None:
    mac = Property(PropertyType.MAC_ADDRESS, CLIENT, marked=False).encode()
    link_local = Property(PropertyType.IPV6_LINK_LOCAL, bytes(16), marked=False).encode()

    assert mac == MAC_HEADER + CLIENT
    assert link_local == LINK_LOCAL_HEADER + bytes(16)


@settings(suppress_health_check=HARMLESS)
@given(
    options=some_settings,
    body=st.binary(max_size=300),
    packet_type=st.sampled_from((0, 0, 0, 1, 3, 0xBF)),
    to=st.sampled_from((CLIENT, WAN, bytes.fromhex("0180c2000003"), bytes(6))),
    second=st.booleans(),
)
def test_a_frame_of_the_server_comes_out_the_same(
    frames: type[Frames],
    options: SessionSettings,
    body: bytes,
    packet_type: int,
    to: bytes,
    second: bool,
) -> None:
    session = started(frames, options, frames.start())
    source = frames.OTHER_SERVER if second else frames.SERVER
    header = to + source + bytes.fromhex("888e01") + bytes((packet_type,))
    frame = header + len(body).to_bytes(2, "big") + body
    crossing = session.short_way(1000.1)
    assert crossing is not None

    short = crossing.to_client(frame)

    if short is not None:
        session.receive_from_wan(frame, 1000.1)
        sent = [
            action.frame for action in session.take_actions() if isinstance(action, SendToClient)
        ]
        assert sent == [short]


# The bare shape: its Start has nothing to change, its answer to a challenge has.


@settings(suppress_health_check=HARMLESS, max_examples=300)
@given(
    options=some_settings,
    ipv6=st.booleans(),
    addresses=st.sampled_from((bare_client.BY_DHCP, bare_client.FIXED)),
    mutations=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=3),
    cut=st.integers(0, 40),
)
def test_an_answer_with_bare_properties_comes_out_the_same(
    frames: type[Frames],
    options: SessionSettings,
    ipv6: bool,
    addresses: bytes,
    mutations: list[tuple[int, int]],
    cut: int,
) -> None:
    properties = bare_client.linux_properties(addresses=addresses, ipv6=ipv6)
    frame = bytearray(bare_client.answer_frame(properties))
    for place, value in mutations:
        frame[12 + place % (len(frame) - 12)] = value

    for start in (bare_client.start_frame(), frames.start()):
        assert_same(frames, options, start, bytes(frame[: len(frame) - cut]))


@pytest.mark.parametrize("mac", [MacMode.REWRITE, MacMode.KEEP])
def test_bare_properties_never_take_the_short_way_where_fields_are_rewritten(
    frames: type[Frames], mac: MacMode
) -> None:
    options = SessionSettings(mac=mac)
    start = bare_client.start_frame()
    answer = bare_client.answer_frame(bare_client.linux_properties())

    assert not assert_same(frames, options, start, answer)
    assert assert_same(frames, options, start, bare_client.identity_frame())
    kept = replace(options, fields=FieldsMode.KEEP)
    assert assert_same(frames, kept, start, answer)


def test_a_plain_clients_answers_take_the_short_way(frames: type[Frames]) -> None:
    """wpa_supplicant: its Start says nothing either."""
    for name in (b"20260001", b"", "学号1".encode("gbk")):
        answer = bare_client.answer_frame(name)
        assert assert_same(frames, SessionSettings(), bare_client.start_frame(), answer)


def test_a_block_inside_the_lengths_goes_the_long_way(frames: type[Frames]) -> None:
    inside = bare_client.answer_frame(b"20260001" + frames.block().encode())

    assert not assert_same(frames, SessionSettings(), bare_client.start_frame(), inside)
    session = started(frames, SessionSettings(), bare_client.start_frame())
    (sent,) = long_way(session, inside)
    assert CLIENT not in sent
