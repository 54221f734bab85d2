"""The campus's DHCP, as a port shows it: dnsmasq at the switch's end, udhcpc in the router."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from tests.namespaces.transcript import Transcript

if TYPE_CHECKING:
    from tests.namespaces.conftest import Namespace, Network

ARE_INSTALLED = shutil.which("dnsmasq") is not None and shutil.which("busybox") is not None
WHAT_IS_NEEDED = "dnsmasq and busybox are needed (Debian: dnsmasq-base, busybox)"

QUARANTINE = "172.16.0"
"""What a port is given addresses of before a login: the first three bytes of a /24."""
CAMPUS = "10.20.30"
"""The same after it."""
NETMASK = "255.255.255.0"

CLIENT_SCRIPT = """\
#!/bin/sh
case "$1" in
deconfig)
    ip -4 address flush dev "$interface"
    ;;
bound|renew)
    ip -4 address flush dev "$interface"
    ip address add "$ip/$mask" dev "$interface"
    ip route replace default via "$router" dev "$interface"
    echo "uses $ip"
    ;;
esac
"""


def gateway_of(prefix: str) -> str:
    """Return the address of the gateway, which is the DHCP server, too, of such a /24."""
    return f"{prefix}.1"


def lease_of(prefix: str) -> str:
    """Return the one address of such a /24 that is handed out."""
    return f"{prefix}.100"


class DhcpServer:
    """The server, which hands out addresses of one network at a time."""

    def __init__(
        self, network: Network, namespace: Namespace, interface: str, directory: Path
    ) -> None:
        """Prepare it; it is silent until it is told what to hand out."""
        self._network = network
        self._namespace = namespace
        self._interface = interface
        self._directory = directory
        self._process: subprocess.Popen[str] | None = None

    def hand_out(self, prefix: str, *, authoritative: bool = True) -> None:
        """Serve this /24 from now on, and no other one.

        An authoritative server refuses addresses of other networks, another one ignores them.
        """
        self.fall_silent()
        self._namespace.ip("-4", "address", "flush", "dev", self._interface)
        self._namespace.ip("address", "add", f"{gateway_of(prefix)}/24", "dev", self._interface)
        command = [
            "dnsmasq",
            "--no-daemon",
            "--conf-file=/dev/null",
            "--port=0",
            "--no-ping",
            f"--interface={self._interface}",
            "--bind-interfaces",
            f"--dhcp-range={lease_of(prefix)},{lease_of(prefix)},1h",
            f"--dhcp-leasefile={self._directory}/leases-{prefix}",
            f"--pid-file={self._directory}/dnsmasq.pid",
        ]
        if authoritative:
            command.append("--dhcp-authoritative")
        self._process = self._network.start(self._namespace, *command)
        assert self._process.stdout is not None
        while "sockets bound exclusively" not in (line := self._process.stdout.readline()):
            assert line, "dnsmasq did not start"

    def fall_silent(self) -> None:
        """Stop serving."""
        if self._process is not None:
            # At once: a second after a Success, the daemon asks it.
            self._process.kill()
            self._process.communicate()
            self._process = None


class DhcpClient:
    """udhcpc, which repeats after a second, as it begins again sooner then."""

    def __init__(
        self, network: Network, namespace: Namespace, interface: str, directory: Path
    ) -> None:
        """Start it."""
        script = directory / "udhcpc-script"
        script.write_text(CLIENT_SCRIPT)
        script.chmod(0o755)
        options = ("-f", "-T", "1", "-t", "0", "-i", interface, "-s", str(script))
        self._output = Transcript(network.start(namespace, "busybox", "udhcpc", *options))

    def wait_for_lease(self, prefix: str) -> None:
        """Wait until the interface has been given its address of this /24 (once more)."""
        self._output.wait_for(f"uses {lease_of(prefix)}")
