"""A relayed login of the bare shape, from the Start to the probes after the PC is gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from ruijie_proxy.engine.events import NoHeartbeats, NothingGranted
from ruijie_proxy.engine.heartbeats import Off
from ruijie_proxy.engine.relay.fields import find_bare
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.engine.settings import FieldsMode, GroupMode, MacMode, SessionSettings
from ruijie_proxy.engine.states import State
from ruijie_proxy.protocol.bare_properties import parse_bare_properties
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS
from ruijie_proxy.protocol.properties import PropertyType
from tests.engine.bare_client import (
    CLIENT,
    FIXED,
    LINK_LOCAL,
    SERVER,
    WINDOWS_START,
    answer_frame,
    challenge_frame,
    identity_frame,
    linux_properties,
    start_frame,
)
from tests.engine.conftest import STEP, WAN

if TYPE_CHECKING:
    from tests.engine.conftest import Campus

ROUTER = RouterFacts(
    WAN,
    bytes((10, 20, 0, 2)),
    bytes((255, 255, 0, 0)),
    bytes((10, 20, 0, 1)),
    bytes((10, 20, 0, 1)),
    bytes.fromhex("fe80" + "00" * 13 + "07"),
)
OTHER_VENDOR = bytes.fromhex("020000ccdd01")
ANSWERS = tuple(
    answer_frame(linux_properties(addresses=FIXED, ipv6=True), identifier) for identifier in (2, 3)
)


def log_in(campus: Campus, start: bytes | None = None, to: bytes | None = None) -> None:
    """Let the genuine client log in: two challenges of the same bytes, and a bare Success."""
    to = campus.facts.mac if to is None else to
    for put_in, frame in (
        (campus.lan, start or start_frame()),
        (campus.wan, campus.identity_request(to=to, source=SERVER)),
        (campus.lan, identity_frame()),
        (campus.wan, challenge_frame(to, 2)),
        (campus.lan, ANSWERS[0]),
        (campus.wan, challenge_frame(to, 3)),
        (campus.lan, ANSWERS[1]),
        (campus.wan, campus.success(to=to, source=SERVER)),
    ):
        put_in(frame)
        campus.wait(STEP)


def said(frame: bytes) -> dict[int, bytes]:
    """Return what the bare properties of a frame say."""
    place = find_bare(frame)
    assert place is not None
    return {item.type: item.content for item in parse_bare_properties(frame[slice(*place)])[0]}


@pytest.mark.parametrize("short_way", [False, True])
def test_both_answers_tell_the_routers_addresses_and_reach_the_group(
    make_campus: Callable[..., Campus], short_way: bool
) -> None:
    campus = make_campus(SessionSettings(), ROUTER)
    campus.short_way = short_way

    log_in(campus)

    assert campus.state() is State.ONLINE
    _, identity, *answers = campus.server_got
    assert identity == PAE_GROUP_ADDRESS + WAN + identity_frame()[12:]
    assert len(answers) == 2
    for got, sent in zip(answers, ANSWERS, strict=True):
        told = said(got)
        assert got[:12] == PAE_GROUP_ADDRESS + WAN
        assert len(got) == len(sent)
        assert told[PropertyType.MAC_ADDRESS] == WAN
        assert told[PropertyType.IPV6_LINK_LOCAL] == ROUTER.link_local
        assert told[PropertyType.ADDRESSES][:4] == ROUTER.address
        assert CLIENT not in got


def test_with_fields_kept_only_the_source_changes(make_campus: Callable[..., Campus]) -> None:
    campus = make_campus(SessionSettings(fields=FieldsMode.KEEP), ROUTER)
    campus.short_way = True

    log_in(campus)

    assert campus.server_got[-2:] == [one[:6] + WAN + one[12:] for one in ANSWERS]


@pytest.mark.parametrize("mac", [MacMode.KEEP, MacMode.CLONE])
@pytest.mark.parametrize("short_way", [False, True])
def test_with_the_clients_address_on_the_wire_only_the_ipv4_addresses_change(
    make_campus: Callable[..., Campus], mac: MacMode, short_way: bool
) -> None:
    campus = make_campus(SessionSettings(mac=mac), ROUTER)
    campus.short_way = short_way

    log_in(campus, to=CLIENT)

    assert campus.state() is State.ONLINE
    for got in campus.server_got[-2:]:
        told = said(got)
        assert got[6:12] == told[PropertyType.MAC_ADDRESS] == CLIENT
        assert told[PropertyType.IPV6_LINK_LOCAL] == LINK_LOCAL
        assert told[PropertyType.ADDRESSES][:4] == ROUTER.address


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        (GroupMode.KEEP, RUIJIE_GROUP_ADDRESS),
        (GroupMode.STANDARD, PAE_GROUP_ADDRESS),
        (GroupMode.RUIJIE, RUIJIE_GROUP_ADDRESS),
    ],
)
def test_a_windows_clients_start_keeps_its_group_unless_told(
    make_campus: Callable[..., Campus], group: GroupMode, expected: bytes
) -> None:
    campus = make_campus(SessionSettings(group=group), ROUTER)

    log_in(campus, WINDOWS_START)

    assert campus.state() is State.ONLINE
    start, *others = campus.server_got
    assert start[:6] == expected
    assert {frame[:6] for frame in others} == {PAE_GROUP_ADDRESS}


def test_probes_are_answered_at_the_group_when_the_pc_is_gone(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(SessionSettings(), ROUTER)
    log_in(campus)
    campus.forget_frames()

    for identifier in range(200, 210):
        campus.wait(30.0)
        campus.wan(campus.identity_request(identifier, source=SERVER))

    expected = [
        PAE_GROUP_ADDRESS + WAN + identity_frame(identifier)[12:] for identifier in range(200, 210)
    ]
    assert campus.server_got == expected
    assert campus.client_got == []
    assert campus.restart().state() is State.ONLINE


def test_nobody_waits_for_a_heartbeat_that_the_shape_does_not_have(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(SessionSettings(), ROUTER)
    log_in(campus)

    assert campus.of(NoHeartbeats) == [NoHeartbeats(Off.SHAPE, client_may_leave=True)]
    assert campus.of(NothingGranted) == []


def test_a_farewell_goes_where_the_client_said_its_name(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(SessionSettings(), ROUTER)
    log_in(campus)
    campus.forget_frames()

    assert campus.session.log_off(campus.now)
    campus.carry()

    assert campus.server_got == [
        start_frame()[:6] + WAN + bytes.fromhex("888e01020000") + bytes(42)
    ]


def test_an_answer_given_while_online_is_rewritten_as_well(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(SessionSettings(), ROUTER)
    campus.short_way = True
    log_in(campus)
    campus.forget_frames()

    campus.wan(challenge_frame(WAN, 3))
    campus.lan(ANSWERS[1])

    (got,) = campus.server_got
    assert said(got)[PropertyType.MAC_ADDRESS] == WAN


@pytest.mark.parametrize("short_way", [False, True])
@pytest.mark.parametrize("to", [WAN, PAE_GROUP_ADDRESS])
def test_a_challenge_from_another_vendors_address_changes_nothing(
    make_campus: Callable[..., Campus], short_way: bool, to: bytes
) -> None:
    campus = make_campus(SessionSettings(), ROUTER)
    campus.short_way = short_way
    campus.lan(start_frame())
    campus.wan(campus.identity_request(source=SERVER))
    campus.lan(identity_frame())
    campus.wan(challenge_frame(WAN, 2))
    campus.forget_frames()

    campus.wan(challenge_frame(to, 2, source=OTHER_VENDOR))
    assert campus.client_got == []
    campus.lan(ANSWERS[0])
    campus.wan(campus.success(source=SERVER))

    assert campus.state() is State.ONLINE
    assert said(campus.server_got[0])[PropertyType.MAC_ADDRESS] == WAN


def test_a_server_that_asks_again_by_another_vendors_address_is_followed(
    make_campus: Callable[..., Campus],
) -> None:
    """Before any has gone on with the login, whoever was answered may."""
    campus = make_campus(SessionSettings(), ROUTER)
    campus.lan(start_frame())
    campus.wan(campus.identity_request(source=SERVER))
    campus.wan(campus.identity_request(source=OTHER_VENDOR))
    campus.lan(identity_frame())
    campus.wan(challenge_frame(WAN, 2, source=OTHER_VENDOR))
    campus.lan(ANSWERS[0])
    campus.wan(campus.success(source=OTHER_VENDOR))

    assert campus.state() is State.ONLINE
    assert campus.session.status.server == OTHER_VENDOR
