"""The link monitor on real links."""

from __future__ import annotations

import os
import select
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from ruijie_proxy.runtime.ports.links import LinkMonitor
from ruijie_proxy.runtime.ports.netlink import Link

if TYPE_CHECKING:
    from tests.namespaces.conftest import Namespace, Network

SETTLING_TIME = 0.3
"""Seconds without news after which there are none."""
ARRIVAL_TIMEOUT = 30.0
SMALLEST_QUEUE = 1
"""The kernel makes it its minimum, some 2 kB: one message."""


class Router:
    """A namespace with a port `eth1`, its cable plugged in, and a monitor."""

    def __init__(self, network: Network) -> None:
        self.inside = network.namespace("router")
        self.peer = network.namespace("peer")
        network.cable(self.inside, "eth1", self.peer, "port")
        with self.inside.entered():
            self.monitor = LinkMonitor()

    def link(self, name: str) -> Link:
        link = self.monitor.by_name(name)
        assert link is not None, f"{name} is not known"
        return link

    def knows(self, name: str) -> bool:
        return self.monitor.by_name(name) is not None

    def ports(self) -> set[str]:
        """The ports of the bridge, by name."""
        return {link.name for link in self.monitor.ports_of(self.link("br-lan").index)}

    def changes(self) -> set[str]:
        """Wait for news, and return what they are about."""
        assert select.select([self.monitor], [], [], ARRIVAL_TIMEOUT)[0], "no news came"
        return self.monitor.receive()

    def changes_until(self, condition: Callable[[], bool]) -> set[str]:
        """Wait until news have brought a condition about, and return what they are about.

        What one command does may come as several, of which the kernel tells some a moment later.
        """
        changed = self.changes()
        while not condition():
            changed |= self.changes()
        return changed


@pytest.fixture
def router(network: Network) -> Router:
    return Router(network)


def mac_of(namespace: Namespace, interface: str) -> bytes:
    text = namespace.run("cat", f"/sys/class/net/{interface}/address")
    return bytes.fromhex(text.strip().replace(":", ""))


def test_it_knows_the_links_that_are_there(router: Router) -> None:
    eth1 = router.link("eth1")

    assert {link.name for link in router.monitor.links.values()} == {"lo", "eth1"}
    assert router.monitor.links[eth1.index] == eth1
    assert (eth1.address, eth1.running) == (mac_of(router.inside, "eth1"), True)
    assert (eth1.kind, eth1.master) == ("veth", 0)
    assert router.monitor.by_name("eth7") is None


def test_without_news_it_returns_at_once_and_empty(router: Router) -> None:
    router.monitor.receive()

    assert router.monitor.receive() == set()


def test_an_interface_that_listens_to_all_is_no_news(router: Router) -> None:
    """The daemon makes the LAN do so within each login, and would be woken by itself."""
    # What IPv6 finds out about its addresses comes at any time.
    router.inside.run("sysctl", "-qw", "net.ipv6.conf.eth1.disable_ipv6=1")
    while select.select([router.monitor], [], [], SETTLING_TIME)[0]:
        router.monitor.receive()

    for wanted in ("on", "off"):
        router.inside.ip("link", "set", "eth1", "promisc", wanted)
    assert not select.select([router.monitor], [], [], SETTLING_TIME)[0]

    router.inside.ip("link", "set", "eth1", "down", "promisc", "on")
    assert router.changes() == {"eth1"}


def test_a_port_runs_while_it_is_up_and_has_a_carrier(router: Router) -> None:
    def runs() -> bool:
        return router.link("eth1").running

    router.inside.ip("link", "set", "eth1", "down")
    assert "eth1" in router.changes_until(lambda: not runs())

    router.inside.ip("link", "set", "eth1", "up")
    router.changes_until(runs)

    router.peer.ip("link", "set", "port", "down")
    assert "eth1" in router.changes_until(lambda: not runs())


def test_a_removed_link_is_forgotten_and_one_made_anew_has_another_index(
    network: Network, router: Router
) -> None:
    before = router.link("eth1")

    router.inside.ip("link", "delete", "eth1")
    assert "eth1" in router.changes_until(lambda: not router.knows("eth1"))

    network.cable(router.inside, "eth1", router.peer, "port")
    assert "eth1" in router.changes_until(lambda: router.knows("eth1"))
    assert router.link("eth1").index != before.index


def test_a_link_that_is_replaced_between_two_looks_is_a_change(
    network: Network, router: Router
) -> None:
    before = router.link("eth1")
    router.inside.ip("link", "delete", "eth1")
    network.cable(router.inside, "eth1", router.peer, "port")

    changed = router.changes_until(
        lambda: router.knows("eth1") and router.link("eth1").index != before.index
    )

    assert "eth1" in changed
    assert [link.name for link in router.monitor.links.values()].count("eth1") == 1


def test_a_renamed_link_is_told_with_both_names(router: Router) -> None:
    router.inside.ip("link", "set", "eth1", "down")
    router.changes()

    router.inside.ip("link", "set", "eth1", "name", "wan")

    assert {"eth1", "wan"} <= router.changes_until(lambda: router.knows("wan"))
    assert router.monitor.by_name("eth1") is None


def test_a_new_hardware_address_is_a_change(router: Router) -> None:
    router.inside.ip("link", "set", "eth1", "address", "02:00:00:00:aa:07")

    new = bytes.fromhex("02000000aa07")
    assert "eth1" in router.changes_until(lambda: router.link("eth1").address == new)


def test_ports_of_a_bridge_come_and_go(network: Network, router: Router) -> None:
    network.cable(router.inside, "lan1", router.peer, "pc1")
    network.cable(router.inside, "lan2", router.peer, "pc2")
    network.bridge(router.inside, "br-lan", "lan1")

    def has(*names: str) -> Callable[[], bool]:
        return lambda: router.knows("br-lan") and router.ports() == set(names)

    router.changes_until(has("lan1"))
    assert router.link("br-lan").kind == "bridge"
    router.inside.ip("link", "set", "lan2", "master", "br-lan")
    assert "lan2" in router.changes_until(has("lan1", "lan2"))
    router.inside.ip("link", "set", "lan1", "nomaster")
    assert "lan1" in router.changes_until(has("lan2"))
    assert router.link("lan1").running, "it left the bridge, but is still there"
    router.inside.ip("link", "delete", "lan2")
    router.changes_until(has())


@pytest.mark.parametrize("address", ["192.0.2.7/24", "2001:db8::7/64"])
def test_a_change_of_addresses_names_their_link(router: Router, address: str) -> None:
    # IPv6 news of the link itself, such as the end of duplicate address detection, may come at
    # any time: only a link that has none of it is quiet enough to show what one address does.
    router.inside.ip("link", "add", "name", "quiet", "type", "veth", "peer", "name", "other")
    router.changes()

    for what in ("add", "delete"):
        router.inside.ip("address", what, address, "dev", "quiet")
        while "quiet" not in router.changes():
            pass  # it is told of eth1's


def test_lost_news_make_it_look_again(network: Network, router: Router) -> None:
    with socket.socket(fileno=os.dup(router.monitor.fileno())) as same_queue:
        same_queue.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALLEST_QUEUE)
    network.cable(router.inside, "ghost", router.peer, "ghost-peer")
    for number in range(5):
        router.inside.ip("link", "set", "eth1", "mtu", str(1400 + number))
    router.inside.ip("link", "delete", "ghost")
    network.cable(router.inside, "lan1", router.peer, "pc1")
    router.peer.ip("link", "set", "port", "down")

    changed = router.changes_until(lambda: not router.link("eth1").running)

    assert {"eth1", "lan1", "lo"} <= changed, "all links may have changed"
    assert {link.name for link in router.monitor.links.values()} == {"lo", "eth1", "lan1"}


def test_it_stays_in_the_namespace_that_it_was_made_in(network: Network, router: Router) -> None:
    elsewhere = network.namespace("elsewhere")
    elsewhere.ip("link", "add", "name", "foreign", "type", "bridge")

    router.monitor.receive()

    assert router.monitor.by_name("foreign") is None
