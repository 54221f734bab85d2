"""WAN ports on one cable take turns to log in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS
from ruijie_proxy.runtime.basis.event_loop import EventLoop
from ruijie_proxy.runtime.ports.netlink import Link
from ruijie_proxy.runtime.ports.shared_cable import (
    LONGEST,
    SILENT_FOR,
    STILL_QUEUED,
    UNANSWERED_FOR,
    SharedCables,
    Turn,
)

US = bytes.fromhex("020000000001")
SERVER = bytes.fromhex("020000000009")
TO_ALL = EapolFrame.build(PAE_GROUP_ADDRESS, SERVER, EapolType.EAP_PACKET, b"").encode()
TO_US = EapolFrame.build(US, SERVER, EapolType.EAP_PACKET, b"").encode()


def start(number: int) -> bytes:
    return EapolFrame.build(PAE_GROUP_ADDRESS, US, EapolType.START, bytes((number,))).encode()


class Links:
    """eth1 with two macvlans on it, and eth2 beside it."""

    def __init__(self) -> None:
        names = {
            "eth1": (2, "", 0),
            "m1": (3, "macvlan", 2),
            "m2": (4, "macvlan", 2),
            "eth2": (5, "", 0),
        }
        self._links = {
            name: Link(index, name, bytes(6), True, 0, kind, below=below)
            for name, (index, kind, below) in names.items()
        }

    @property
    def links(self) -> dict[int, Link]:
        return {link.index: link for link in self._links.values()}

    def by_name(self, name: str) -> Link | None:
        return self._links.get(name)

    def remove(self, *names: str) -> list[Link]:
        return [self._links.pop(name) for name in names]

    def add(self, *links: Link) -> None:
        self._links.update((link.name, link) for link in links)


class Bench:
    """Time as the test has it, and what was sent by which port."""

    def __init__(self, loop: EventLoop) -> None:
        self.now = 100.0
        self.sent: list[tuple[str, bytes]] = []
        self.links = Links()
        self.cables = SharedCables(loop, self.links, lambda: self.now)  # type: ignore[arg-type]

    def join(self, wan: str) -> Turn:
        return self.cables.join(wan, lambda frame: self.sent.append((wan, frame)))

    def wait(self, seconds: float) -> None:
        """Let time pass; what the timer would do is done at its end."""
        self.now += seconds
        for cable in self.cables.cables:
            self.cables.look_again(cable)


@pytest.fixture
def bench() -> Iterator[Bench]:
    loop = EventLoop()
    yield Bench(loop)
    loop.close()


def test_alone_on_its_cable_a_port_sends_at_once(bench: Bench) -> None:
    one = bench.join("m1")
    one.send(start(1))
    one.send(start(2))
    assert bench.sent == [("m1", start(1)), ("m1", start(2))]
    assert one.hears(TO_ALL)


def test_the_second_start_waits_until_the_first_login_is_over(bench: Bench) -> None:
    one, two = bench.join("m1"), bench.join("m2")
    one.send(start(1))
    one.hears(TO_US)
    two.send(start(2))
    assert bench.sent == [("m1", start(1))]
    assert not two.hears(TO_ALL)
    assert one.hears(TO_ALL)

    one.is_over()
    assert bench.sent == [("m1", start(1)), ("m2", start(2))]
    assert not one.hears(TO_ALL), "who is online hears what the second one is asked, and is silent"


def test_what_is_still_queued_of_a_login_that_is_over_is_not_for_the_others(bench: Bench) -> None:
    one, two = bench.join("m1"), bench.join("m2")
    one.send(start(1))
    one.is_over()
    assert not two.hears(TO_ALL)
    assert one.hears(TO_ALL)
    bench.wait(STILL_QUEUED)
    assert two.hears(TO_ALL)


def test_what_goes_to_a_ports_own_address_is_always_its_own(bench: Bench) -> None:
    one, two = bench.join("m1"), bench.join("m2")
    one.send(start(1))
    assert two.hears(TO_US)


def test_only_starts_wait(bench: Bench) -> None:
    one, two = bench.join("m1"), bench.join("m2")
    one.send(start(1))
    two.send(TO_ALL)
    assert bench.sent[1:] == [("m2", TO_ALL)]


def test_the_interface_below_shares_the_cable_with_its_macvlans(bench: Bench) -> None:
    below, above = bench.join("eth1"), bench.join("m2")
    below.send(start(1))
    below.hears(TO_US)
    above.send(start(2))
    assert bench.sent == [("eth1", start(1))]


def test_another_cable_is_nobodys_business(bench: Bench) -> None:
    one, other = bench.join("m1"), bench.join("eth2")
    one.send(start(1))
    other.send(start(2))
    assert bench.sent == [("m1", start(1)), ("eth2", start(2))]
    assert other.hears(TO_ALL)


def test_a_port_with_no_macvlan_on_it_takes_no_turns(bench: Bench) -> None:
    alone = bench.join("eth2")
    alone.send(start(1))
    assert alone.hears(TO_ALL)
    assert bench.cables.cables == []


def test_who_waited_calls_at_once_when_the_macvlans_are_gone(bench: Bench) -> None:
    above, below = bench.join("m1"), bench.join("eth1")
    above.send(start(1))
    above.hears(TO_US)
    below.send(start(2))
    assert bench.sent == [("m1", start(1))]

    bench.links.remove("m1", "m2")
    below.send(start(3))
    assert bench.sent == [("m1", start(1)), ("eth1", start(3))]


def test_a_macvlan_made_while_the_port_below_logs_in_waits_for_that(bench: Bench) -> None:
    gone = bench.links.remove("m1", "m2")
    below, above = bench.join("eth1"), bench.join("m1")
    below.send(start(1))
    bench.links.add(*gone)

    above.send(start(2))

    assert bench.sent == [("eth1", start(1))]
    assert below.hears(TO_ALL)
    assert not above.hears(TO_ALL)
    below.is_over()
    assert bench.sent == [("eth1", start(1)), ("m1", start(2))]


def test_a_macvlan_made_after_the_login_of_the_port_below_calls_at_once(bench: Bench) -> None:
    gone = bench.links.remove("m1", "m2")
    below, above = bench.join("eth1"), bench.join("m1")
    below.send(start(1))
    below.is_over()
    bench.links.add(*gone)

    above.send(start(2))

    assert bench.sent == [("eth1", start(1)), ("m1", start(2))]


def test_one_that_nobody_answers_lets_the_other_call_in_turns(bench: Bench) -> None:
    one, two = bench.join("m1"), bench.join("m2")
    one.send(start(1))
    two.send(start(2))
    one.send(start(11))
    assert [port for port, _ in bench.sent] == ["m1", "m2"]
    bench.wait(UNANSWERED_FOR)
    assert [port for port, _ in bench.sent] == ["m1", "m2", "m1"]


def test_a_newer_start_takes_the_place_of_the_one_that_waits(bench: Bench) -> None:
    one, two = bench.join("m1"), bench.join("m2")
    one.send(start(1))
    one.hears(TO_US)
    two.send(start(2))
    two.send(start(12))
    one.is_over()
    assert bench.sent[1:] == [("m2", start(12))]


def test_a_login_that_fell_silent_holds_the_cable_no_more(bench: Bench) -> None:
    one, two = bench.join("m1"), bench.join("m2")
    one.send(start(1))
    one.hears(TO_US)
    two.send(start(2))
    bench.wait(SILENT_FOR - 0.1)
    assert len(bench.sent) == 1
    bench.wait(0.1)
    assert bench.sent[1:] == [("m2", start(2))]


def test_nobody_holds_it_for_ever_whatever_a_server_sends(bench: Bench) -> None:
    one, two = bench.join("m1"), bench.join("m2")
    one.send(start(1))
    two.send(start(2))
    for _ in range(int(LONGEST)):
        one.hears(TO_US)
        bench.wait(1.0)
    assert bench.sent[1:] == [("m2", start(2))]


def test_who_is_gone_waits_no_more(bench: Bench) -> None:
    one, two = bench.join("m1"), bench.join("m2")
    one.send(start(1))
    two.send(start(2))
    two.is_over()
    one.is_over()
    assert bench.sent == [("m1", start(1))]


def test_a_port_that_is_not_there_yet_is_alone(bench: Bench) -> None:
    absent = bench.join("wan9")
    absent.send(start(1))
    assert bench.sent == [("wan9", start(1))]
