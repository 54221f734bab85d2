"""A router with the real daemon, where what is at its cables' other ends does as the test says."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from ruijie_proxy.lab.options import SuccessShape, SwitchOptions
from ruijie_proxy.lab.switch.shapes import SwitchFrames
from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.ethernet import (
    ADDRESS_SIZE,
    ETHERTYPE_EAPOL,
    PAE_GROUP_ADDRESS,
    SOURCE_OFFSET,
)
from tests.namespaces.daemon_process import COMMAND, DaemonProcess, run_command

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.namespaces.conftest import Namespace, Network

CLIENT = bytes.fromhex("02000000cc01")
SWITCH = bytes.fromhex("00d0f8d9f104")
START = EapolFrame.build(PAE_GROUP_ADDRESS, CLIENT, EapolType.START).encode()
LONG_START = START + bytes(521 - len(START))
"""As long as a genuine client's, with nothing in it."""
HEARTBEAT_KEY = 0x410F2F36
ARRIVAL_TIMEOUT = 30.0
LARGEST_FRAME = 2048


class Router:
    """A router whose interfaces are `wan`, to the campus's switch, and `lan`, to a PC."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self.namespace, self._campus, self._pc = (
            network.namespace(role) for role in ("router", "campus", "pc")
        )
        self.plug_in_wan()
        self._network.cable(self.namespace, "lan", self._pc, "eth0")

    def plug_in_wan(self) -> None:
        """Put in the WAN interface."""
        self._network.cable(self.namespace, "wan", self._campus, "port")

    def unplug_wan(self) -> None:
        """Take the WAN interface out, as the unplugging of a USB network card does."""
        self.namespace.ip("link", "delete", "wan")

    def pull_the_cable(self) -> None:
        """Take the cable out of the campus's socket."""
        self._campus.ip("link", "set", "port", "down")

    def put_the_cable_back(self) -> None:
        """Put it into the socket again.

        At that end, for the kernel tells the router's of it when both can send. Of an end that is
        brought up itself it tells at once, and the other one still loses all it sends for some ten
        milliseconds, until linkwatch has come to it (net/core/link_watch.c).
        """
        self._campus.ip("link", "set", "port", "up")

    def run(
        self, configuration: Path, prefix: tuple[str, ...] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Run the daemon in the expectation that it ends by itself."""
        return run_command("run", "-c", str(configuration), within=self.namespace, prefix=prefix)

    def start(
        self,
        configuration: Path,
        command: tuple[str, ...] = COMMAND,
        words: str = "runs as process",
    ) -> DaemonProcess:
        """Start the daemon, and wait until it serves, which it says in these words."""
        daemon = DaemonProcess(self._network, self.namespace, configuration, command)
        daemon.log.wait_for(words)
        return daemon

    def relay_a_login(self, shape: SuccessShape = SuccessShape.BARE) -> None:
        """Log a client in. The switch asks nothing, and lets it in."""
        frames = SwitchFrames(SwitchOptions(), SWITCH)
        self._answer_a_start(lambda router: frames.success(router, 1, shape, HEARTBEAT_KEY))

    def start_in_vain(self, times: int) -> None:
        """Have a client ask so many times, and nobody answer."""
        with _open_socket(self._pc, "eth0") as client, _open_socket(self._campus, "port") as server:
            for _number in range(times):
                client.send(LONG_START)
                server.recv(LARGEST_FRAME)

    def start_too_long(self) -> None:
        """Have a client send a Start as long as genuine ones are."""
        with _open_socket(self._pc, "eth0") as client:
            client.send(LONG_START)

    def refuse_a_login(self, message: str) -> None:
        """Have a client ask, and the switch refuse it."""
        frames = SwitchFrames(SwitchOptions(), SWITCH)
        self._answer_a_start(lambda router: frames.failure(router, 1, message))

    def _answer_a_start(self, answer: Callable[[bytes], bytes]) -> None:
        with _open_socket(self._pc, "eth0") as client, _open_socket(self._campus, "port") as server:
            client.send(START)
            start = server.recv(LARGEST_FRAME)
            address = start[SOURCE_OFFSET : SOURCE_OFFSET + ADDRESS_SIZE]
            assert start == PAE_GROUP_ADDRESS + address + START[SOURCE_OFFSET + ADDRESS_SIZE :]

            result = answer(address)
            server.send(result)
            assert client.recv(LARGEST_FRAME) == CLIENT + result[ADDRESS_SIZE:]


def _open_socket(namespace: Namespace, interface: str) -> socket.socket:
    # Opened inside, it belongs to that namespace for good.
    with namespace.entered():
        opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    opened.bind((interface, ETHERTYPE_EAPOL))
    opened.settimeout(ARRIVAL_TIMEOUT)
    return opened
