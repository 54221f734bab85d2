"""A campus behind one WAN port of a router that lets people in by a web page, over real sockets."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.namespaces.conftest import Namespace, Network

PORTAL = "10.9.8.7"
PASSWORDS = ("plum-tree-secret", "pear-tree-secret")


def make_router(network: Network) -> Namespace:
    """Make a router that may have several ways out."""
    router = network.namespace("router")
    router.run("sysctl", "-qw", "net.ipv4.conf.all.rp_filter=0")
    return router


class PortalCampus:
    """A portal behind one WAN port of the router."""

    def __init__(self, network: Network, router: Namespace, number: int, **options: Any) -> None:
        self.wan = f"wan{number}"
        self.namespace = network.namespace(f"campus{number}")
        network.cable(router, self.wan, self.namespace, "port")
        for address in (
            f"10.20.{number}.1/24 dev port",
            "123.123.123.123/32 dev lo",
            f"{PORTAL}/32 dev lo",
        ):
            self.namespace.ip("address", "add", *address.split())
        # As gateways do: they answer for no address beyond them.
        self.namespace.run("sysctl", "-qw", "net.ipv4.conf.all.arp_ignore=1")
        self._router = router
        self._gate = f"10.20.{number}.1"
        self.address = f"10.20.{number}.100"
        self._network = network
        self._options = {"user": f"2026{number}", "password": PASSWORDS[number], **options}
        self.server = self._start()

    def _start(self) -> subprocess.Popen[str]:
        module = (sys.executable, "-m", "ruijie_proxy.lab.portal.server")
        server = self._network.start(self.namespace, *module, json.dumps(self._options))
        assert server.stdout is not None
        assert "listening" in server.stdout.readline()
        return server

    def start_anew(self) -> None:
        """Have it forget who is online."""
        assert self.complaints() == []
        self.server = self._start()

    def give_address(self) -> None:
        """Do what a DHCP client would: one command after the other."""
        self._router.ip("address", "add", f"{self.address}/24", "dev", self.wan)
        self.give_way_out()

    def give_way_out(self) -> None:
        router = self._router
        # Two ways out: each answers by its own.
        router.ip(
            "route", "add", "default", "via", self._gate, "dev", self.wan, "metric", self.wan[-1]
        )

    def session(self, **keys: Any) -> dict[str, Any]:
        number = int(self.wan[-1])
        return {
            "name": f"room{number}",
            "mode": "portal",
            "wan": self.wan,
            "username": f"2026{number}",
            "password": PASSWORDS[number],
            **keys,
        }

    def complaints(self) -> list[str]:
        """Return what the portal complained of, once it has ended."""
        self.server.terminate()
        told, _ = self.server.communicate(timeout=60)
        return [line for line in told.splitlines() if "complaint" in line]
