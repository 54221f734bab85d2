"""MAC addresses of real interfaces, changed and changed back."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from ruijie_proxy.runtime.ports.hardware_address import hardware_address, set_hardware_address
from ruijie_proxy.runtime.ports.interface_errors import InterfaceMissing, NotEthernet

if TYPE_CHECKING:
    from tests.namespaces.conftest import Namespace, Network

CLIENT = bytes.fromhex("02000000cc01")


@pytest.fixture
def router(network: Network) -> Namespace:
    router = network.namespace("router")
    network.cable(router, "eth1", network.namespace("peer"), "port")
    return router


def test_an_address_is_taken_and_given_back(router: Namespace) -> None:
    with router.entered():
        own = hardware_address("eth1")

        set_hardware_address("eth1", CLIENT)
        assert hardware_address("eth1") == CLIENT

        set_hardware_address("eth1", own)
        assert hardware_address("eth1") == own
    assert "UP" in router.ip("link", "show", "eth1")


def test_interfaces_that_are_missing_or_not_ethernet_are_told(router: Namespace) -> None:
    with router.entered():
        with pytest.raises(InterfaceMissing, match="eth7"):
            set_hardware_address("eth7", CLIENT)
        with pytest.raises(NotEthernet, match="lo"):
            set_hardware_address("lo", CLIENT)


def test_without_the_capability_the_message_names_it(router: Namespace) -> None:
    code = "from ruijie_proxy.runtime.ports.hardware_address import set_hardware_address\n"
    code += f"try: set_hardware_address('eth1', {CLIENT!r})\n"
    code += "except Exception as e: print(type(e).__name__, e)"
    unprivileged = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"]

    said = router.run(*unprivileged, sys.executable, "-c", code)

    assert said.startswith("PermissionMissing")
    assert "CAP_NET_ADMIN" in said
