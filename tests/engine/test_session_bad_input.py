"""Floods and rubbish: a bounded cost, nothing lost, the session untouched."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.engine.actions import SendToClient, SendToServer
from ruijie_proxy.engine.events import ResponseRelayed, StartIgnored
from ruijie_proxy.engine.relay.relay_session import RelaySession
from ruijie_proxy.engine.relay.standing import CROSSING_BURST
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.engine.settings import MacMode, SessionSettings
from ruijie_proxy.engine.states import State
from ruijie_proxy.protocol.eap import EapCode, EapPacket
from ruijie_proxy.protocol.ethernet import ETHERTYPE_EAPOL_BYTES, PAE_GROUP_ADDRESS

if TYPE_CHECKING:
    from tests.engine.conftest import Campus

CLIENT = bytes.fromhex("02000000cc01")
SERVER = bytes.fromhex("00d0f8d9f104")
WAN = bytes.fromhex("0200000000e1")
FLOOD = 10_000
SECOND = 1.0


def flood(campus: Campus, put_in: Callable[[bytes], None], frame: Callable[[int], bytes]) -> None:
    """Put in 10 000 frames within a second."""
    for number in range(FLOOD):
        put_in(frame(number))
        campus.wait(SECOND / FLOOD)


def made_up(number: int) -> bytes:
    """Return the MAC address of a client that does not exist."""
    return bytes.fromhex("0242") + number.to_bytes(4, "big")


@pytest.mark.parametrize("made_up_addresses", [False, True])
def test_a_flood_of_starts_while_waiting_reaches_the_switch_as_a_trickle(
    campus: Campus, made_up_addresses: bool
) -> None:
    starts = [campus.start(made_up(n) if made_up_addresses else campus.CLIENT) for n in range(100)]

    flood(campus, campus.lan, lambda number: starts[number % 100])

    assert 1 <= len(campus.server_got) <= 9
    assert len(campus.events) <= 5
    assert campus.writes == 0


@pytest.mark.parametrize("made_up_addresses", [False, True])
def test_a_flood_of_starts_while_online_leaves_the_session_untouched(
    campus: Campus, made_up_addresses: bool
) -> None:
    campus.go_online()
    kept = campus.kept
    starts = [campus.start(made_up(n) if made_up_addresses else campus.CLIENT) for n in range(100)]

    flood(campus, campus.lan, lambda number: starts[number % 100])

    assert campus.server_got == campus.client_got == []
    assert len(campus.events) == len(campus.of(StartIgnored)) <= 3
    assert campus.state() is State.ONLINE
    assert campus.kept == kept
    campus.wait(27.0)
    assert len(campus.heartbeats) == 1


def test_a_flood_of_starts_in_the_middle_of_a_login_does_not_lose_it(campus: Campus) -> None:
    campus.lan(campus.start())
    campus.wan(campus.identity_request())
    others = campus.start(campus.OTHER_CLIENT)

    flood(campus, campus.lan, lambda _: others)
    campus.lan(campus.response(campus.identity))
    campus.wan(campus.success(campus.GRANT))

    assert campus.state() is State.ONLINE
    assert len(campus.server_got) == 2


def test_a_flood_of_the_clients_heartbeats_reaches_the_switch_as_a_trickle(
    campus: Campus,
) -> None:
    campus.log_in(campus.success())
    campus.forget_frames()

    flood(campus, campus.lan, lambda number: campus.heartbeat(number * 7, number * 11))

    assert len(campus.server_got) <= 5
    assert campus.writes <= 8
    assert len(campus.events) <= 5


def test_a_flood_of_successes_while_online_brings_few_heartbeats(campus: Campus) -> None:
    campus.go_online()
    writes = campus.writes
    success = campus.success(campus.GRANT)

    flood(campus, campus.wan, lambda _: success)

    assert 1 <= len(campus.heartbeats) <= 2
    assert campus.writes - writes <= 6
    assert campus.of(type(campus.events[0])) == campus.events  # of heartbeats alone
    assert campus.state() is State.ONLINE


def test_a_flood_of_challenges_while_online_is_told_of_but_a_few_times(campus: Campus) -> None:
    campus.go_online()
    challenge = campus.challenge(9)

    flood(campus, campus.wan, lambda _: challenge)

    assert campus.server_got == []
    assert len(campus.events) <= 65


def test_a_flood_of_the_clients_answers_is_told_of_but_a_few_times(campus: Campus) -> None:
    campus.lan(campus.start())
    campus.wan(campus.identity_request())
    answer = campus.response(campus.md5)

    flood(campus, campus.lan, lambda _: answer)

    assert len(campus.of(ResponseRelayed)) <= 65


def test_a_flood_of_logoffs_while_online_is_told_of_but_a_few_times(campus: Campus) -> None:
    campus.go_online()
    logoff = campus.logoff()

    flood(campus, campus.lan, lambda _: logoff)

    assert campus.server_got == []
    assert len(campus.events) <= 3


def test_starts_and_logoffs_in_turn_reach_the_switch_as_a_trickle(campus: Campus) -> None:
    pair = (campus.start(), campus.logoff())

    flood(campus, campus.lan, lambda number: pair[number % 2])

    assert len(campus.server_got) <= 18


@pytest.mark.parametrize("source", [SERVER, PAE_GROUP_ADDRESS, b"\xff" * 6])
def test_frames_of_the_lan_with_an_address_that_no_client_has_are_dropped(
    campus: Campus, source: bytes
) -> None:
    campus.go_online()
    for _ in range(3):
        campus.wait(5.0)
        campus.lan(campus.start(source))
        campus.lan(campus.logoff(source))

    assert campus.server_got == campus.client_got == []
    assert campus.events == []


@pytest.mark.parametrize("source", [PAE_GROUP_ADDRESS, b"\xff" * 6])
def test_no_server_has_the_address_of_a_group(campus: Campus, source: bytes) -> None:
    campus.lan(campus.start())

    campus.wan(campus.identity_request(source=source))

    assert campus.client_got == []


def test_frames_of_other_protocols_are_dropped(campus: Campus) -> None:
    campus.lan(campus.start())
    campus.wan(campus.identity_request())
    campus.forget_frames()
    for ethertype in (b"\x08\x00", b"\x88\xc7", b"\x81\x00"):
        campus.lan(SERVER + CLIENT + ethertype + bytes(100))
        campus.wan(WAN + SERVER + ethertype + bytes(100))

    assert campus.server_got == campus.client_got == []
    assert campus.events == []


def random_frame(random: Random) -> bytes:
    """Return 0 to 2000 random bytes, most of the time behind a header that gets them looked at."""
    rubbish = random.randbytes(random.choice((0, 1, 2, 4, 8, 30, 60, 500, 2000)))
    if random.random() < 0.2:
        return rubbish
    addresses = (CLIENT, SERVER, WAN, PAE_GROUP_ADDRESS, bytes.fromhex("02000000cc02"))
    header = random.choice(addresses) + random.choice(addresses) + ETHERTYPE_EAPOL_BYTES
    packet_type = random.choice((0, 0, 0, 1, 2, 0xBF, random.randrange(256)))
    length = random.choice((0, 1, 4, 5, 22, len(rubbish), 0xFFFF))
    eap = bytes((random.randrange(6), random.randrange(256))) + length.to_bytes(2, "big")
    body = eap + bytes((random.randrange(6),)) if random.random() < 0.8 else b""
    stated = random.choice((length, len(body) + len(rubbish)))
    whole = header + bytes((1, packet_type)) + stated.to_bytes(2, "big") + body + rubbish
    return whole[: random.choice((len(whole), random.randrange(len(whole) + 1)))][:2000]


@pytest.mark.parametrize("seed", range(40))
def test_rubbish_on_any_side_at_any_time_raises_nothing_and_brings_little(seed: int) -> None:
    random = Random(seed)
    settings = SessionSettings(mac=random.choice(list(MacMode)), successes=random.choice((1, 2)))
    session = RelaySession(settings, RouterFacts(WAN), link_up=True)
    now = 1000.0
    for _ in range(1500):
        now += random.choice((0.0, 0.001, 0.5, 3.0, 30.0))
        step = random.random()
        if step < 0.45:
            session.receive_from_lan("lan2", random_frame(random), now)
        elif step < 0.9:
            session.receive_from_wan(random_frame(random), now)
        elif step < 0.93:
            session.link_changed(random.random() < 0.7, now)
        elif step < 0.96:
            session.router_changed(RouterFacts(random.choice((WAN, CLIENT))), now)
        else:
            session.handle_timer(now)
        actions = session.take_actions()
        frames = [action for action in actions if isinstance(action, SendToServer | SendToClient)]
        assert len(frames) <= 2
        assert len(actions) <= 12


@given(data=st.binary(max_size=2000))
def test_any_bytes_are_dropped_quietly_while_nobody_is_there(data: bytes) -> None:
    session = RelaySession(SessionSettings(), RouterFacts(WAN), link_up=True)

    session.receive_from_lan("lan2", data, 1000.0)
    session.receive_from_wan(data, 1000.0)

    assert session.take_actions() == []


@pytest.mark.parametrize("code", [EapCode.REQUEST, EapCode.SUCCESS, EapCode.FAILURE])
def test_while_online_what_no_client_says_does_not_reach_the_server(
    campus: Campus, code: EapCode
) -> None:
    """Anybody on the LAN can send with the client's address."""
    campus.go_online()
    campus.lan(campus.response(EapPacket.build(code, 1)))

    assert campus.server_got == []
    campus.lan(campus.response(campus.identity))
    assert len(campus.server_got) == 1


def test_while_online_a_flood_with_the_clients_address_is_bounded(campus: Campus) -> None:
    campus.go_online()
    for _ in range(1000):
        campus.lan(campus.response(campus.md5))
        campus.wait(0.01)

    assert len(campus.server_got) <= CROSSING_BURST + 12
