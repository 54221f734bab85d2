"""The facts of a real interface."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.runtime.ports.interface_errors import InterfaceMissing
from ruijie_proxy.runtime.ports.interface_facts import read_interface_facts

if TYPE_CHECKING:
    from tests.namespaces.conftest import Namespace, Network

MAC = "02:00:00:00:aa:01"
GLOBAL = "2001:db8::2"
LINK_LOCAL = "fe80::ff:fe00:aa01"
"""What the kernel makes of MAC (RFC 4291, appendix A)."""


@pytest.fixture
def router(network: Network) -> Namespace:
    router = network.namespace("router")
    network.cable(router, "eth1", network.namespace("peer"), "port")
    network.cable(router, "eth2", network.namespace("other"), "port")
    return router


def test_an_interface_with_everything(router: Namespace, tmp_path: Path) -> None:
    resolv = tmp_path / "resolv.conf"
    resolv.write_text("nameserver 202.114.0.242\n")
    router.ip("link", "set", "eth1", "address", MAC)
    router.ip("address", "add", f"{LINK_LOCAL}/64", "dev", "eth1", "nodad")
    router.ip("address", "add", "10.20.0.2/22", "dev", "eth1")
    router.ip("address", "add", "192.0.2.2/24", "dev", "eth2")
    router.ip("route", "add", "default", "via", "192.0.2.1", "dev", "eth2", "metric", "5")
    router.ip("route", "add", "default", "via", "10.20.0.99", "dev", "eth1", "metric", "20")
    router.ip("route", "add", "default", "via", "10.20.0.1", "dev", "eth1", "metric", "10")
    router.ip("address", "add", f"{GLOBAL}/64", "dev", "eth1", "nodad")
    router.ip("-6", "route", "add", "default", "via", "fe80::1", "dev", "eth1")

    with router.entered():
        facts = read_interface_facts("eth1", resolv_files=(str(resolv),))

    assert facts == RouterFacts(
        mac=bytes.fromhex(MAC.replace(":", "")),
        address=socket.inet_aton("10.20.0.2"),
        netmask=socket.inet_aton("255.255.252.0"),
        gateway=socket.inet_aton("10.20.0.1"),
        dns=socket.inet_aton("202.114.0.242"),
        link_local=socket.inet_pton(socket.AF_INET6, LINK_LOCAL),
        dns_servers=(socket.inet_aton("202.114.0.242"),),
        ipv6_global=socket.inet_pton(socket.AF_INET6, GLOBAL),
        ipv6_gateway=socket.inet_pton(socket.AF_INET6, "fe80::1"),
    )


def test_an_interface_with_nothing_but_its_mac(router: Namespace) -> None:
    router.ip("link", "set", "eth1", "addrgenmode", "none")
    router.ip("address", "flush", "dev", "eth1")
    router.ip("link", "set", "eth1", "address", MAC)

    with router.entered():
        facts = read_interface_facts("eth1", resolv_files=())

    assert facts == RouterFacts(mac=bytes.fromhex(MAC.replace(":", "")))


def test_an_interface_that_is_not_there(router: Namespace) -> None:
    with router.entered(), pytest.raises(InterfaceMissing, match="eth7"):
        read_interface_facts("eth7")
