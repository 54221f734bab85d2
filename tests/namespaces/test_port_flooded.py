"""Who is heard on a port while strangers flood it, with the kernel's own queue and filter."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from ruijie_proxy.protocol.ethernet import (
    ADDRESS_SIZE,
    ETHERTYPE_EAPOL_BYTES,
    PAE_GROUP_ADDRESS,
    SOURCE_OFFSET,
)
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.event_loop import EventLoop
from ruijie_proxy.runtime.ports import port
from ruijie_proxy.runtime.ports.netlink import Link
from ruijie_proxy.runtime.ports.port import (
    FRAMES_AT_ONCE,
    LOUD,
    MOST_FRIENDS,
    SECONDS_A_FRAME,
    Port,
)
from tests.runtime.steered_clock import SteeredClock

if TYPE_CHECKING:
    from tests.namespaces.conftest import Network

FRIEND = bytes.fromhex("00d0f8d9f104")
LOUD_ONE = bytes.fromhex("020000001005")
QUIET_ONE = bytes.fromhex("020000000001")
SHUT_OUT_FOR = 2 * 60.0
FLOOD = 3000
"""More frames than a kernel's queue holds."""
MOMENT = 0.05
"""Seconds without a frame after which everything that is to be read has been read."""
LONG = 60.0
"""Seconds that no test of this file takes."""


class FloodedPort:
    """A port of ours, and a raw socket at the other end of its cable."""

    def __init__(self, network: Network) -> None:
        near, far = network.namespace("near"), network.namespace("far")
        network.cable(near, "eth1", far, "port")
        with far.entered():
            self.peer = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
            self.peer.bind(("port", 0))
        self.loop = EventLoop()
        self.heard: list[bytes] = []
        """Where the frames came from that were read."""
        self.took = 0.0
        """Seconds of the last turn."""
        self.port = Port(self.loop, "eth1", self.on_frame)
        with near.entered():
            index = socket.if_nametoindex("eth1")
            self.port.follow(Link(index, "eth1", FRIEND[:5] + b"\0", True, 0, "veth"))

    def on_frame(self, _port: Port, frame: bytes) -> None:
        self.heard.append(frame[SOURCE_OFFSET : SOURCE_OFFSET + ADDRESS_SIZE])

    def say(self, *sources: bytes) -> None:
        for source in sources:
            frame = PAE_GROUP_ADDRESS + source + ETHERTYPE_EAPOL_BYTES + b"\x01\x01\0\0"
            self.peer.send(frame.ljust(60, b"\0"))

    def turn(self, at_least: int = 0, seconds: float = MOMENT) -> list[bytes]:
        """Let it read for a while, and for as long as frames come; return what was heard."""
        began = clock.now()
        self.heard.clear()
        self._run(seconds)
        before = -1
        while before < len(self.heard) or before < at_least:
            assert clock.now() < began + LONG, f"no more than {before}"
            before = len(self.heard)
            self._run(MOMENT)
        self.took = clock.now() - began
        return list(self.heard)

    def budget(self) -> float:
        """What may have been read in the last turn; its last frame goes beyond it."""
        return FRAMES_AT_ONCE + self.took / SECONDS_A_FRAME + 1

    def _run(self, seconds: float) -> None:
        self.loop.timer(self.loop.stop).set(clock.now() + seconds)
        self.loop.run()

    def close(self) -> None:
        self.port.close()
        self.peer.close()
        self.loop.close()


def strangers(count: int, family: int = 0) -> list[bytes]:
    """Return that many addresses, of which none comes twice."""
    return [bytes((2, family)) + number.to_bytes(4, "big") for number in range(count)]


@pytest.fixture
def flooded(network: Network, monkeypatch: pytest.MonkeyPatch) -> Iterator[FloodedPort]:
    # However slow the machine is, what is done to those that are shut out is done meanwhile.
    monkeypatch.setattr(port, "SHUT_OUT_FOR", SHUT_OUT_FOR)
    with closing(FloodedPort(network)) as flooded:
        yield flooded


def test_a_friend_is_heard_at_once_whatever_strangers_send(flooded: FloodedPort) -> None:
    flooded.port.heed([FRIEND])
    flooded.say(*strangers(FLOOD))
    assert FRAMES_AT_ONCE <= len(flooded.turn(FRAMES_AT_ONCE)) <= flooded.budget()

    for round_ in range(FRAMES_AT_ONCE // 2):
        flooded.say(*strangers(FLOOD // 10, round_), FRIEND)

    assert flooded.turn(FRAMES_AT_ONCE // 2) == [FRIEND] * (FRAMES_AT_ONCE // 2)


def test_friends_have_their_budget_too(flooded: FloodedPort) -> None:
    flooded.port.heed([FRIEND])
    flooded.say(*[FRIEND] * FRAMES_AT_ONCE * 2)

    assert FRAMES_AT_ONCE <= len(flooded.turn(FRAMES_AT_ONCE)) <= flooded.budget()


def test_strangers_are_heard_again_after_a_while(
    flooded: FloodedPort, monkeypatch: pytest.MonkeyPatch
) -> None:
    steered = SteeredClock(monkeypatch)
    flooded.port.heed([FRIEND])
    flooded.say(*strangers(FLOOD))
    flooded.turn()
    flooded.say(QUIET_ONE)
    assert flooded.turn() == []
    steered.skip(SHUT_OUT_FOR)
    flooded.turn()

    flooded.say(QUIET_ONE)

    assert flooded.turn(1) == [QUIET_ONE]


def test_one_loud_stranger_does_not_keep_the_others_from_being_heard(flooded: FloodedPort) -> None:
    flooded.say(*[LOUD_ONE] * FLOOD)
    flooded.turn()

    flooded.say(*[LOUD_ONE] * FLOOD, QUIET_ONE, *[LOUD_ONE] * FLOOD)

    assert flooded.turn(1) == [QUIET_ONE]


def test_who_is_not_loud_is_not_taken_for_it(flooded: FloodedPort) -> None:
    flooded.say(*strangers(FRAMES_AT_ONCE - LOUD + 1), *[QUIET_ONE] * (LOUD - 1), *strangers(FLOOD))
    flooded.turn(seconds=1.0)

    flooded.say(QUIET_ONE)

    assert QUIET_ONE in flooded.turn(seconds=1.0)


def test_where_all_are_strangers_a_flood_costs_a_bounded_share_of_the_time(
    flooded: FloodedPort,
) -> None:
    flooded.say(*strangers(FLOOD))

    assert FRAMES_AT_ONCE <= len(flooded.turn(FRAMES_AT_ONCE, 0.2)) <= flooded.budget()


def test_the_answer_to_a_question_comes_before_what_strangers_said_earlier(
    flooded: FloodedPort,
) -> None:
    flooded.say(*strangers(FLOOD))
    flooded.turn()

    flooded.port.hear_anew()
    flooded.say(QUIET_ONE)

    assert flooded.turn(1) == [QUIET_ONE]


def test_what_came_before_the_first_question_is_no_answer_either(flooded: FloodedPort) -> None:
    flooded.say(*strangers(FRAMES_AT_ONCE // 2))

    flooded.port.hear_anew()
    flooded.say(QUIET_ONE)

    assert flooded.turn(1) == [QUIET_ONE]


def test_a_shut_out_stranger_that_becomes_a_friend_is_heard(flooded: FloodedPort) -> None:
    flooded.port.heed([FRIEND])
    flooded.say(*strangers(FLOOD))
    flooded.turn()

    flooded.port.heed([QUIET_ONE])
    flooded.say(FRIEND, QUIET_ONE)

    assert flooded.turn(1) == [QUIET_ONE]


def test_where_there_is_no_friend_any_more_everybody_is_heard(flooded: FloodedPort) -> None:
    flooded.port.heed([FRIEND])
    flooded.say(*strangers(FLOOD))
    flooded.turn()

    flooded.port.heed([])
    flooded.say(QUIET_ONE)

    assert flooded.turn(1) == [QUIET_ONE]


def test_more_friends_than_the_filter_takes_are_heard_as_far_as_the_budget_goes(
    flooded: FloodedPort,
) -> None:
    friends = strangers(MOST_FRIENDS + 1)
    flooded.port.heed(friends)
    flooded.say(*strangers(FRAMES_AT_ONCE + 1, 1))
    flooded.turn(seconds=1.0)

    flooded.say(friends[-1])

    assert flooded.turn(1) == [friends[-1]]
