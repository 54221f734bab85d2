"""Port locks in namespaces of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ruijie_proxy.runtime.ports.port_lock import PortLock, PortTaken

if TYPE_CHECKING:
    from tests.namespaces.conftest import Network


def test_a_port_of_the_same_name_elsewhere_is_another_port(network: Network) -> None:
    one, other = network.namespace("one"), network.namespace("other")
    with one.entered():
        lock = PortLock("eth1")
        with pytest.raises(PortTaken):
            PortLock("eth1")

    with other.entered():
        PortLock("eth1").close()

    lock.close()
    with one.entered():
        PortLock("eth1").close()
