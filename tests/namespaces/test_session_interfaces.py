"""A session's WAN port and LAN at real cables: opened, followed, missed, and heard as is asked."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from ruijie_proxy.config.shape.model import SessionConfiguration
from ruijie_proxy.engine.actions import HeedClients, HeedServers, ListenToClient
from ruijie_proxy.protocol.ethernet import (
    ADDRESS_SIZE,
    ETHERTYPE_EAPOL_BYTES,
    PAE_GROUP_ADDRESS,
    SOURCE_OFFSET,
)
from ruijie_proxy.runtime import session_interfaces
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.event_loop import EventLoop
from ruijie_proxy.runtime.ports.interface_errors import NotEthernet
from ruijie_proxy.runtime.ports.lan_side import LanSide
from ruijie_proxy.runtime.ports.links import LinkMonitor
from ruijie_proxy.runtime.ports.port import FRAMES_AT_ONCE, Port
from ruijie_proxy.runtime.session_interfaces import SessionInterfaces
from ruijie_proxy.runtime.telling.level import Level

if TYPE_CHECKING:
    from tests.namespaces.conftest import Network

CLIENT = bytes.fromhex("02000000cc01")
SWITCH = bytes.fromhex("00d0f8d9f104")
STRANGERS = [bytes((2, 0, 0, 0, 1, number)) for number in range(2 * FRAMES_AT_ONCE)]
"""None of them loud, and together they send more than is read at once."""
MOMENT = 0.1
"""Seconds without a frame after which everything that is to be read has been read."""
LONG = 60.0
"""Seconds that no test of this file takes."""
MTU = 1500


class Router:
    """A router's ports `wan` and `lan`, and raw sockets at the other ends of their cables."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self.namespace, self._campus, self._pc = (
            network.namespace(role) for role in ("router", "campus", "pc")
        )
        self.plug_in("wan")
        self.plug_in("lan")
        self.loop = EventLoop()
        self.heard: list[tuple[str, bytes]] = []
        """By which port a frame was read, and where it came from."""
        self.told: list[tuple[Level, str]] = []
        self.lost_links = 0
        with self.namespace.entered():
            self.links = LinkMonitor()
        self.wan = Port(self.loop, "wan", lambda port, frame: self._hear(port.interface, frame))
        self.lan = LanSide(self.loop, self.links, "lan", self._hear)
        self.interfaces = self.interfaces_with(self.lan)

    def interfaces_with(self, lan: LanSide | None) -> SessionInterfaces:
        configuration = SessionConfiguration("dorm", "wan", "lan" if lan is not None else None)
        return SessionInterfaces(
            self.links,
            configuration,
            self.wan,
            lan,
            self._lose_link,
            lambda level, text: self.told.append((level, text)),
        )

    def plug_in(self, interface: str) -> None:
        far = {"wan": self._campus, "lan": self._pc}[interface]
        self._network.cable(self.namespace, interface, far, "port")

    def unplug(self, interface: str) -> None:
        self.namespace.ip("link", "delete", interface)

    def look(self) -> None:
        """Follow both as the daemon does when something has changed."""
        self.links.receive()
        with self.namespace.entered():
            self.interfaces.refresh_lan()
            self.interfaces.follow_wan()

    def say(self, interface: str, *sources: bytes) -> None:
        """Let frames come in by an interface."""
        far = {"wan": self._campus, "lan": self._pc}[interface]
        with far.entered():
            peer = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        with closing(peer):
            peer.bind(("port", 0))
            for source in sources:
                frame = PAE_GROUP_ADDRESS + source + ETHERTYPE_EAPOL_BYTES + b"\x01\x01\0\0"
                peer.send(frame.ljust(60, b"\0"))

    def turn(self, at_least: int = 0) -> list[tuple[str, bytes]]:
        """Let it read for as long as frames come; return what was heard."""
        began = clock.now()
        self.heard.clear()
        before = -1
        while before < len(self.heard) or before < at_least:
            assert clock.now() < began + LONG, f"no more than {self.heard}"
            before = len(self.heard)
            self.loop.timer(self.loop.stop).set(clock.now() + MOMENT)
            self.loop.run()
        return list(self.heard)

    def close(self) -> None:
        self.interfaces.close()
        self.links.close()
        self.loop.close()

    def _hear(self, interface: str, frame: bytes) -> None:
        self.heard.append((interface, frame[SOURCE_OFFSET : SOURCE_OFFSET + ADDRESS_SIZE]))

    def _lose_link(self) -> None:
        self.lost_links += 1


@pytest.fixture
def router(network: Network) -> Iterator[Router]:
    with closing(Router(network)) as router:
        yield router


def too_long_frame() -> bytes:
    return PAE_GROUP_ADDRESS + CLIENT + ETHERTYPE_EAPOL_BYTES + bytes(MTU + 1)


def test_both_are_heard_until_they_are_closed(router: Router) -> None:
    router.look()
    router.say("wan", SWITCH)
    router.say("lan", CLIENT)
    assert sorted(router.turn(2)) == [("lan", CLIENT), ("wan", SWITCH)]

    router.interfaces.close()

    router.say("wan", SWITCH)
    router.say("lan", CLIENT)
    assert router.turn() == []


def test_the_wan_port_is_returned_as_it_is(router: Router) -> None:
    with router.namespace.entered():
        link = router.interfaces.follow_wan()

    assert link is not None
    assert link.name == "wan"
    assert link.running
    assert router.interfaces.has_carrier()
    assert router.lost_links == 0


def test_a_port_that_is_down_or_gone_has_no_carrier(router: Router) -> None:
    router.namespace.ip("link", "set", "wan", "down")
    router.links.receive()
    assert not router.interfaces.has_carrier()

    router.unplug("wan")
    router.links.receive()
    assert not router.interfaces.has_carrier()


@pytest.mark.parametrize(("role", "other"), [("wan", "lan"), ("lan", "wan")])
def test_an_interface_that_is_missing_is_told_once_each_time(
    router: Router, role: str, other: str
) -> None:
    router.look()
    assert router.told == []
    text = f"there is no interface {role} ({role}); waiting for it. Interfaces here: "
    missing = Level.WARNING, text + ", ".join(sorted((other, "lo")))

    router.unplug(role)
    for _change in range(2):
        router.look()
    assert router.told == [missing]

    router.plug_in(role)
    router.look()
    router.unplug(role)
    router.look()
    assert router.told == [missing] * 2


def test_a_port_made_anew_between_two_looks_has_lost_its_link_and_is_heard(router: Router) -> None:
    router.look()
    router.unplug("wan")
    router.plug_in("wan")

    router.look()
    assert router.lost_links == 1
    router.say("wan", SWITCH)
    assert router.turn(1) == [("wan", SWITCH)]

    router.look()
    assert router.lost_links == 1


def test_what_came_under_the_ports_name_and_is_of_no_use_has_no_link(router: Router) -> None:
    router.look()
    router.unplug("wan")
    router.look()
    router.namespace.ip("link", "set", "lo", "down")
    router.namespace.ip("link", "set", "lo", "name", "wan")
    lost_before = router.lost_links
    router.links.receive()
    with router.namespace.entered():
        router.interfaces = router.interfaces_with(router.lan)  # which saw no other one before

        with pytest.raises(NotEthernet):
            router.interfaces.follow_wan()

    assert router.lost_links == lost_before + 1


def lets_in_all(router: Router) -> bool:
    """A cable without hardware lets it in always; what a real port would do, its figure tells."""
    return " promiscuity 1 " in router.namespace.ip("-details", "link", "show", "lan")


def test_a_bridge_lets_in_what_a_client_says_to_the_switch_while_it_is_wanted(
    router: Router,
) -> None:
    router.namespace.ip("link", "set", "lan", "down")
    router.namespace.ip("link", "set", "lan", "name", "lan1")
    router.namespace.ip("link", "add", "lan", "up", "type", "bridge")
    router.namespace.ip("link", "set", "lan1", "up", "master", "lan")
    router.look()
    assert not lets_in_all(router)

    router.interfaces.listen_to_client(ListenToClient(listening=True))
    assert lets_in_all(router)

    router.interfaces.listen_to_client(ListenToClient(listening=False))
    assert not lets_in_all(router)


def test_a_port_of_its_own_lets_that_in_always(router: Router) -> None:
    router.look()
    assert lets_in_all(router)

    router.interfaces.listen_to_client(ListenToClient(listening=True))
    router.interfaces.listen_to_client(ListenToClient(listening=False))
    assert lets_in_all(router)


def test_a_client_that_is_heeded_is_heard_whatever_strangers_send(router: Router) -> None:
    router.look()
    router.interfaces.heed_clients(HeedClients((CLIENT,)))
    router.say("lan", *STRANGERS)
    router.turn()

    router.say("lan", CLIENT)

    assert ("lan", CLIENT) in router.turn(1)


def test_a_server_that_is_heeded_is_heard_whatever_strangers_send(router: Router) -> None:
    router.look()
    router.interfaces.heed_servers(HeedServers((SWITCH,)))
    router.say("wan", *STRANGERS)
    router.turn()

    router.say("wan", SWITCH)

    assert ("wan", SWITCH) in router.turn(1)


@pytest.mark.parametrize(("anew", "heard"), [(False, [("wan", SWITCH)]), (True, [])])
def test_what_servers_said_before_they_are_asked_anew_is_no_answer(
    router: Router, anew: bool, heard: list[tuple[str, bytes]]
) -> None:
    router.look()
    router.say("wan", SWITCH)

    router.interfaces.heed_servers(HeedServers((), anew=anew))

    assert router.turn(len(heard)) == heard


def test_what_was_too_long_last_is_told_of_either(router: Router) -> None:
    router.look()
    assert router.interfaces.too_long is None

    router.wan.send(too_long_frame())
    too_long = router.interfaces.too_long
    assert too_long is not None
    assert too_long.port == "wan"

    router.lan.send("lan", too_long_frame())
    too_long = router.interfaces.too_long
    assert too_long is not None
    assert too_long.port == "lan"


@pytest.mark.parametrize("wireless", ["lan", "wlan0"])
def test_a_lan_of_wifi_is_warned_of(
    router: Router, wireless: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # There is no radio here, so the test says which port is one.
    monkeypatch.setattr(session_interfaces, "is_wireless", lambda name: name == wireless)

    router.interfaces.warn_of_wireless_lan()

    warned = [level for level, text in router.told if text.startswith("lan is lan, a Wi-Fi ")]
    assert warned == ([Level.WARNING] if wireless == "lan" else [])


def test_a_session_without_a_lan_has_its_wan_port_alone(
    router: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_interfaces, "is_wireless", lambda _name: True)
    interfaces = router.interfaces_with(None)
    interfaces.warn_of_wireless_lan()
    with router.namespace.entered():
        interfaces.refresh_lan()
        interfaces.follow_wan()
    interfaces.listen_to_client(ListenToClient(listening=True))
    interfaces.heed_clients(HeedClients((CLIENT,)))
    router.say("wan", SWITCH)
    router.say("lan", CLIENT)

    assert router.turn(1) == [("wan", SWITCH)]
    assert interfaces.too_long is None
    assert router.told == []
    interfaces.close()
