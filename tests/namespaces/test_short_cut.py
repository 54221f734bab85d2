"""Frames that are passed on from port to port before anybody has looked at them."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from ruijie_proxy.protocol.ethernet import ETHERTYPE_EAPOL_BYTES, PAE_GROUP_ADDRESS
from ruijie_proxy.protocol.known_frames import NONE_KNOWN, KnownFrames
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.event_loop import EventLoop
from ruijie_proxy.runtime.ports.netlink import Link
from ruijie_proxy.runtime.ports.port import Port, ShortCut

if TYPE_CHECKING:
    from tests.namespaces.conftest import Network

CLIENT = bytes.fromhex("02000000cc01")
WAN = bytes.fromhex("0200000000e1")
SERVER = bytes.fromhex("00d0f8d9f104")
EAP = ETHERTYPE_EAPOL_BYTES + b"\x01\0"
CAME = PAE_GROUP_ADDRESS + CLIENT + EAP
GOES = SERVER + WAN + EAP
BODY = b"\0\x05\x02\x01\0\x05\x01" + bytes(40)
MOMENT = 0.01
"""Seconds."""
PATIENCE = 10.0
"""Seconds, at most, for a frame to come out."""


class TwoPorts:
    """A port with a short cut to another one, and raw sockets at the other ends of both cables."""

    def __init__(self, network: Network) -> None:
        router, far = network.namespace("router"), network.namespace("far")
        self.loop = EventLoop()
        self.looked_at: list[bytes] = []
        """Frames that took no short cut."""
        self.asked: list[bytes] = []
        """Frames about which the short cut's owner had to decide."""
        self.told: list[tuple[bytes, str | None]] = []
        """What the owner was told of those that did, and why one was not sent."""
        self.ports = []
        self.peers = []
        for near, peer in (("lan0", "pc"), ("wan0", "switch")):
            network.cable(router, near, far, peer)
            with far.entered():
                self.peers.append(socket.socket(socket.AF_PACKET, socket.SOCK_RAW))
                self.peers[-1].bind((peer, 0x888E))
            port = Port(self.loop, near, lambda _, frame: self.looked_at.append(frame))
            with router.entered():
                port.follow(Link(socket.if_nametoindex(near), near, WAN, True, 0, "veth"))
            self.ports.append(port)

    def cut_short(self, known: KnownFrames, decided: bytes | None = None) -> None:
        """Lay the short cut; ``decided`` is what its owner makes of any frame."""
        came, out = self.ports
        came.short_cut = ShortCut(
            known,
            lambda frame: self.asked.append(frame) or decided,  # type: ignore[func-returns-value]
            out,
            lambda _, frame, problem: self.told.append((frame, problem)),
        )

    def take(self, frame: bytes) -> None:
        """Let a frame come in that does not go out."""
        self.peers[0].send(frame)
        end = clock.now() + PATIENCE
        while not (self.looked_at or self.told) and clock.now() < end:
            self.loop.timer(self.loop.stop).set(clock.now() + MOMENT)
            self.loop.run()

    def passed(self, frame: bytes) -> bytes:
        """Let a frame come in, and return what comes out."""
        self.peers[0].send(frame)
        self.loop.add_reader(self.peers[1].fileno(), self.loop.stop)
        self.loop.timer(self.loop.stop).set(clock.now() + PATIENCE)
        self.loop.run()
        self.loop.remove_reader(self.peers[1].fileno())
        return self.peers[1].recv(2048, socket.MSG_DONTWAIT)

    def close(self) -> None:
        for port in self.ports:
            port.close()
        for peer in self.peers:
            peer.close()
        self.loop.close()


@pytest.fixture
def two(network: Network) -> Iterator[TwoPorts]:
    with closing(TwoPorts(network)) as two:
        yield two


def test_a_known_frame_goes_on_with_its_new_beginning_and_nobody_is_asked(two: TwoPorts) -> None:
    two.cut_short(KnownFrames({CAME: GOES}))

    assert two.passed(CAME + BODY) == GOES + BODY
    assert two.told == [(CAME + BODY, None)]
    assert two.asked == two.looked_at == []


def test_a_frame_with_the_known_rest_goes_on_with_the_new_one(two: TwoPorts) -> None:
    two.cut_short(KnownFrames({CAME: GOES}, b"\xff\xff", b"\xff\xffold", b"\xff\xffnew"))

    assert two.passed(CAME + BODY + b"\xff\xffold") == GOES + BODY + b"\xff\xffnew"
    assert two.asked == two.looked_at == []


@pytest.mark.parametrize(
    "frame",
    [
        PAE_GROUP_ADDRESS + SERVER + EAP + BODY + b"\xff\xffold",
        CAME + BODY + b"\xff\xffolder",
        CAME + BODY + b"\xff\xffsame\xff\xffold",
        CAME + BODY,
        CAME + BODY[:2],
    ],
    ids=["another's", "more of it", "an earlier mark", "no mark", "no body"],
)
def test_what_is_not_known_is_asked_about(two: TwoPorts, frame: bytes) -> None:
    decided = GOES + b"decided" + BODY
    two.cut_short(KnownFrames({CAME: GOES}, b"\xff\xff", b"\xff\xffold", b"\xff\xffnew"), decided)

    assert two.passed(frame) == decided
    assert two.asked == [frame]


def test_what_is_not_decided_is_looked_at(two: TwoPorts) -> None:
    two.cut_short(NONE_KNOWN)

    two.take(CAME + BODY)

    assert two.asked == two.looked_at == [CAME + BODY]
    assert two.told == []


def test_why_a_frame_could_not_go_out_is_told(two: TwoPorts) -> None:
    two.cut_short(KnownFrames({CAME: GOES}))
    two.ports[1].close()

    two.take(CAME + BODY)

    assert two.told == [(CAME + BODY, "there is no interface wan0 at present")]
