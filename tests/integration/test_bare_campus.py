"""Relayed logins at a switch of another vendor, which has the bare shape and checks everything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from ruijie_proxy.engine import events
from ruijie_proxy.engine.actions import SendToClient, SendToServer
from ruijie_proxy.engine.heartbeats import Source
from ruijie_proxy.engine.relay.relay_session import RelaySession
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.engine.settings import MacMode, SessionSettings
from ruijie_proxy.engine.states import HOLDING, State
from ruijie_proxy.lab.campus.memory import CLIENT_ADDRESS, MemoryCampus
from ruijie_proxy.lab.events import EventKind
from ruijie_proxy.lab.options import (
    Challenges,
    ClientOptions,
    Destination,
    Padding,
    Shape,
    SwitchOptions,
    linux_1_31,
    switch_of_another_vendor,
)
from ruijie_proxy.protocol.eapol import BODY_OFFSET
from ruijie_proxy.protocol.ethernet import link_local_address
from tests.integration.own_campus import DAY, HOUR, LEASED, WAN, Routed
from tests.lab.bare_frames import VALUE_END, eap_of, is_answer, read

CLIENT = linux_1_31(shape=Shape.BARE)
STATIC = replace(
    CLIENT,
    from_dhcp=False,
    address="172.16.0.100",
    netmask="255.255.0.0",
    gateway="172.16.0.1",
)
INSIDE = SwitchOptions(shape=Shape.INSIDE), ClientOptions(shape=Shape.INSIDE)
LONG_PASSWORD = "plum-tree-in-the-garden"


def online(
    routed: Routed, client: ClientOptions = CLIENT, *, settings: Any = None, **switch: Any
) -> Any:
    """Return a bare campus whose client has logged in through the router."""
    campus = routed(switch_of_another_vendor(**switch), client, settings or SessionSettings())
    campus.login()
    assert campus.switch.complaints == []
    assert campus.state() is State.ONLINE
    return campus


def told(campus: Any) -> dict[int, bytes]:
    """Return the bare properties of the last answer that the switch has got."""
    packet = eap_of([frame for frame in campus.to_switch if is_answer(frame)][-1])
    assert packet is not None
    return dict(read(packet.data[VALUE_END:]))


# A relayed life


@pytest.mark.parametrize("challenges", Challenges)
@pytest.mark.parametrize("destination", Destination)
@pytest.mark.parametrize("padding", Padding)
def test_a_day_without_the_pc_leaves_the_switch_content(
    routed: Routed, challenges: Challenges, destination: Destination, padding: Padding
) -> None:
    campus = online(
        routed,
        challenges=challenges,
        login_destination=destination,
        online_destination=destination,
        padding=padding,
    )
    campus.take_pc_away()
    campus.run(DAY)

    assert campus.switch.complaints == []
    assert campus.switch.session is not None
    assert campus.switch.logins == campus.switch.starts == 1
    assert campus.session.status.heartbeat.source is Source.PROBE
    assert campus.session.status.heartbeat.sent == 0
    answered = [e for e in campus.switch.events() if e.kind == EventKind.PROBE_ANSWERED]
    assert len(answered) == pytest.approx(DAY / 30, abs=1)


def test_the_pc_may_stay_and_answers_nothing_twice(routed: Routed) -> None:
    campus = online(routed)
    campus.run(HOUR)

    assert campus.switch.complaints == []
    assert campus.client.complaints == []


def test_a_password_above_16_bytes_crosses(routed: Routed) -> None:
    campus = online(
        routed, replace(CLIENT, password=LONG_PASSWORD), users={"student": LONG_PASSWORD}
    )

    assert len(told(campus)[0x2F]) == 32


def test_a_killed_daemon_goes_on_without_a_login(routed: Routed) -> None:
    campus = online(routed)
    campus.take_pc_away()
    campus.run(60.0)
    campus.restart_router(away=200.0)
    campus.run(HOUR)

    assert campus.switch.session is not None
    assert campus.switch.logins == 1
    assert campus.of(events.Resumed)


def test_a_reauthentication_is_answered_by_the_client_while_it_is_there(routed: Routed) -> None:
    campus = online(routed, reauthentication_interval=HOUR)
    campus.run(3.5 * HOUR)

    assert campus.switch.complaints == []
    assert campus.switch.logins == 4
    assert campus.state() is State.ONLINE


def test_a_reauthentication_without_the_client_says_that_it_is_needed(routed: Routed) -> None:
    campus = online(routed)
    campus.take_pc_away()
    campus.switch.reauthenticate(campus.now)
    campus.run(60.0)

    assert campus.of(events.ClientNeeded)


def test_the_clients_farewell_does_not_reach_the_switch(routed: Routed) -> None:
    campus = online(routed)
    campus.client.logoff(campus.now)
    campus.run(HOUR)

    assert campus.switch.complaints == []
    assert campus.switch.session is not None


def test_the_users_farewell_is_bare(routed: Routed) -> None:
    campus = online(routed)
    campus.take_pc_away()
    campus.log_off()

    assert campus.switch.session is None
    assert len(campus.to_switch[-1]) == 60


def test_a_client_that_has_yet_to_learn_the_vendor_is_online_all_the_same(routed: Routed) -> None:
    campus = routed(switch_of_another_vendor(), linux_1_31())
    campus.login()
    campus.take_pc_away()
    campus.run(HOUR)

    assert campus.switch.complaints == ["Start holds more than its header"]
    assert campus.switch.session is not None


def test_the_shape_in_between_is_relayed(routed: Routed) -> None:
    campus = routed(*INSIDE)
    campus.login()
    campus.take_pc_away()
    campus.run(DAY)

    assert campus.switch.complaints == []
    assert campus.switch.session is not None


# Whose addresses are told


def test_what_is_told_is_the_routers(routed: Routed) -> None:
    campus = online(routed, STATIC, expected_address=None)
    assert (told(campus)[0x2D], told(campus)[0x38]) == (
        campus.facts.mac,
        link_local_address(campus.facts.mac),
    )

    leased = routed(switch_of_another_vendor(expected_address="10.20.30.101"), STATIC, facts=LEASED)
    leased.login()
    assert leased.switch.complaints == []
    assert told(leased)[0x50].hex() == "0a141e65 ffffff00 0a141e01 ca7200f2 00".replace(" ", "")

    # With DHCP a genuine client tells no address.
    quiet = routed(switch_of_another_vendor(), CLIENT, facts=LEASED)
    quiet.login()
    assert quiet.switch.complaints == []
    assert told(quiet)[0x50][:4] == bytes(4)


@pytest.mark.parametrize("mac", [MacMode.CLONE, MacMode.KEEP])
def test_what_is_told_is_the_clients_where_frames_carry_its_address(
    routed: Routed, mac: MacMode
) -> None:
    campus = online(routed, settings=SessionSettings(mac=mac))

    assert told(campus)[0x2D] == CLIENT_ADDRESS
    assert told(campus)[0x38] == link_local_address(CLIENT_ADDRESS)
    campus.take_pc_away()
    campus.run(HOUR)
    assert campus.switch.complaints == []


# Cut frames


def bare_login(**client: Any) -> tuple[list[tuple[bool, bytes]], list[bytes]]:
    """Return the frames of a login in their order, each with whether the client sent it, and those
    of the switch alone: a login, and a probe."""
    campus = MemoryCampus(switch_of_another_vendor(), replace(CLIENT, **client))
    frames: list[tuple[bool, bytes]] = []

    def seen(from_client: bool) -> Callable[[bytes], bytes]:
        def keep(frame: bytes) -> bytes:
            # The switch has met the router, and not the client.
            frames.append((from_client, frame if from_client else WAN + frame[6:]))
            return frame

        return keep

    campus.tamper, campus.tamper_back = seen(True), seen(False)
    campus.login(seconds=31)
    return frames, [frame for from_client, frame in frames if not from_client]


class Bench:
    """A session whose frames go nowhere."""

    def __init__(self, *, short_way: bool) -> None:
        self.session = RelaySession(SessionSettings(), RouterFacts(WAN), link_up=True)
        self.now = 1000.0
        self._short_way = short_way

    def give(self, from_client: bool, frame: bytes) -> None:
        """Let a frame come in; what it brings about is taken and looked at."""
        self.now += 0.01
        way = self.session.short_way(self.now) if self._short_way else None
        if from_client:
            if way is not None and way.to_server(frame) is not None:
                self.session.crossed_to_server("lan", frame, self.now)
            else:
                self.session.receive_from_lan("lan", frame, self.now)
        elif way is not None and way.to_client(frame) is not None:
            self.session.crossed_to_client(frame, self.now)
        else:
            self.session.receive_from_wan(frame, self.now)
        for action in self.session.take_actions():
            if isinstance(action, SendToServer | SendToClient):
                assert len(action.frame) >= 18


def cuts(frames: list[tuple[bool, bytes]]) -> Iterator[tuple[int, int]]:
    """Give each place at which a frame can be cut: the frame's number, and how much is left."""
    for number, (_, frame) in enumerate(frames):
        for size in range(len(frame)):
            yield number, size


def length_of(frame: bytes) -> int:
    """Return how long a frame is without its padding."""
    packet = eap_of(frame)
    assert packet is not None
    return BODY_OFFSET + packet.length


@pytest.mark.parametrize("short_way", [False, True])
def test_a_login_succeeds_in_spite_of_a_frame_that_came_cut_before_it_came_whole(
    short_way: bool,
) -> None:
    frames, _ = bare_login()
    frames = frames[:8]
    assert [from_client for from_client, _ in frames] == [True, False] * 4

    for number, size in cuts(frames):
        bench = Bench(short_way=short_way)
        for at, (from_client, frame) in enumerate(frames):
            if at == number:
                bench.give(from_client, frame[:size])
            bench.give(from_client, frame)
        assert bench.session.state is State.ONLINE, f"frame {number} cut after {size} bytes"


@pytest.mark.parametrize("short_way", [False, True])
def test_the_reason_of_a_refusal_may_come_cut(short_way: bool) -> None:
    frames, _ = bare_login(password="wrong")

    for number, size in cuts(frames):
        bench = Bench(short_way=short_way)
        for at, (from_client, frame) in enumerate(frames):
            bench.give(from_client, frame[:size] if at == number else frame)
        assert bench.session.state in (State.WAITING, State.AUTHENTICATING)


def test_an_online_session_is_untouched_by_cut_frames_of_its_server() -> None:
    frames, of_switch = bare_login()
    bench = Bench(short_way=False)
    for from_client, frame in frames[:8]:
        bench.give(from_client, frame)
    before = bench.session.status

    for frame in of_switch:
        for size in range(length_of(frame)):
            bench.now += 12.0
            bench.session.handle_timer(bench.now)
            bench.give(False, frame[:size])
            assert bench.session.state in HOLDING, f"{frame.hex()} cut after {size} bytes"
    bench.session.handle_timer(bench.now + 12.0)
    assert bench.session.state is State.ONLINE
    assert bench.session.status.server == before.server
    assert bench.session.status.since == before.since
