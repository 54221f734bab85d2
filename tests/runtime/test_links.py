"""The link monitor where there is no root: it reads all the same."""

from __future__ import annotations

import socket

from ruijie_proxy.runtime.ports.links import LinkMonitor


def test_it_knows_every_interface_by_index_and_name() -> None:
    monitor = LinkMonitor()
    try:
        known = {(link.index, link.name) for link in monitor.links.values()}
        lo = monitor.by_name("lo")
    finally:
        monitor.close()

    assert lo is not None
    assert (socket.if_nametoindex("lo"), "lo") in known
