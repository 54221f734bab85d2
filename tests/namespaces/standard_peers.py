"""Debian's own 802.1X programs: hostapd as the switch, wpa_supplicant as the client.

They know nothing of Ruijie; what they prove is that a login of any method crosses the router.
"""

from __future__ import annotations

import contextlib
import functools
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import NOT_HERE
from tests.namespaces.conftest import Namespace, Network
from tests.namespaces.transcript import PATIENCE, Transcript

PASSWORD = "the right password"
METHODS = ("MD5", "MSCHAPv2", "PEAP", "TLS")
"""Each is the method of a user whom the switch knows by the same name."""
PIECE_SIZE = 200
"""Bytes of a certificate that a frame carries, few so that a login becomes a long conversation."""
USERS = f"""
"MD5"      MD5       "{PASSWORD}"
"MSCHAPv2" MSCHAPV2  "{PASSWORD}"
"PEAP"     PEAP
"TLS"      TLS
"PEAP"     MSCHAPV2  "{PASSWORD}" [2]
"""


@dataclass(frozen=True, slots=True)
class Certificates:
    """A campus's own authority, and what it has signed; each with its key beside it."""

    folder: Path

    @staticmethod
    def make(folder: Path) -> Certificates:
        """Make them, valid for a day."""
        certificates = Certificates(folder)
        certificates._make("authority")
        for name in ("server", "client"):
            certificates._make(name, "-CA", "authority.pem", "-CAkey", "authority.key")
        return certificates

    def __getitem__(self, name: str) -> Path:
        return self.folder / name

    def _make(self, name: str, *signed_by: str) -> None:
        key = ["-newkey", "rsa:2048", "-noenc", "-keyout", f"{name}.key"]
        certificate = ["-subj", f"/CN={name}", "-days", "1", "-out", f"{name}.pem"]
        subprocess.run(
            ["openssl", "req", "-x509", *key, *certificate, *signed_by],
            cwd=self.folder,
            check=True,
            capture_output=True,
        )


class Hostapd:
    """A switch's port, ready to be spoken to, and behind it hostapd's own EAP server or another."""

    def __init__(
        self,
        network: Network,
        namespace: Namespace,
        interface: str,
        folder: Path,
        certificates: Certificates | None = None,
        **settings: int | str,
    ) -> None:
        """Start it. The settings are hostapd's own; without certificates, they name the server."""
        self._namespace = namespace
        self._control = folder / "hostapd"
        configuration = folder / "hostapd.conf"
        lines = {
            "interface": interface,
            "driver": "wired",
            "ctrl_interface": self._control,
            "logger_stdout": -1,
            "logger_stdout_level": 0,
            "ieee8021x": 1,
            "eap_reauth_period": 0,
            **(_eap_server(folder, certificates) if certificates else {}),
            **settings,
        }
        configuration.write_text("".join(f"{key}={value}\n" for key, value in lines.items()))
        self._process = network.start(namespace, "hostapd", str(configuration))
        self.output = Transcript(self._process)
        self.output.wait_for("AP-ENABLED")

    def lets_in(self, address: bytes) -> bool:
        """Whether the port is open to the station of this MAC address."""
        station = ("sta", address.hex(":"))
        said = self._namespace.run("hostapd_cli", "-p", str(self._control), *station)
        return "[AUTHORIZED]" in said

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Do nothing for a while; what comes in meanwhile is answered afterwards."""
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)


BARE_FORWARDER = """
import select, socket, sys
ports = [socket.socket(socket.AF_PACKET, socket.SOCK_RAW) for _ in range(2)]
for port, name in zip(ports, sys.argv[1:], strict=True):
    port.bind((name, 0x888E))
print("forwards", flush=True)
while True:
    for port in select.select(ports, [], [])[0]:
        frame, (_, _, kind, *_) = port.recvfrom(2048)
        if kind != socket.PACKET_OUTGOING:
            ports[port is ports[0]].send(frame)
"""
"""Passes every frame on as it is."""
FIRST_LOGIN = 60.0
"""Seconds for the first login, of which two go by before its Start."""


@functools.cache
def obstacle_of_standard_peers() -> str | None:
    """Return why these programs are no peers to test with; None: they come to a login.

    Those of Debian's unstable came to none, with nothing but a forwarder between them.
    """
    with tempfile.TemporaryDirectory() as name, Network() as network:
        folder = Path(name)
        switch, middle, pc = (network.namespace(role) for role in ("switch", "middle", "pc"))
        network.cable(middle, "wan", switch, "port")
        network.cable(middle, "lan", pc, "eth0")
        command = (sys.executable, "-c", BARE_FORWARDER, "wan", "lan")
        Transcript(network.start(middle, *command)).wait_for("forwards")
        Hostapd(network, switch, "port", folder, Certificates.make(folder))
        client = WpaSupplicant(network, pc, "eth0", folder, None, "MD5")
        try:
            client.wait_for_success(FIRST_LOGIN)
        except AssertionError:
            return "hostapd and wpa_supplicant come to no login through a bare forwarder either"
    return None


def require_standard_peers() -> None:
    """Skip a test that cannot tell whether a login crosses the router."""
    obstacle = obstacle_of_standard_peers()
    if obstacle:
        pytest.skip(f"{NOT_HERE}{obstacle}")


def _eap_server(folder: Path, certificates: Certificates) -> dict[str, object]:
    """Return the settings of hostapd's own EAP server."""
    users = folder / "hostapd.users"
    users.write_text(USERS)
    return {
        "eap_server": 1,
        "eap_user_file": users,
        "ca_cert": certificates["authority.pem"],
        "server_cert": certificates["server.pem"],
        "private_key": certificates["server.key"],
        "fragment_size": PIECE_SIZE,
    }


class WpaSupplicant:
    """A client that logs in with one method; its first Start goes out after two seconds."""

    def __init__(
        self,
        network: Network,
        namespace: Namespace,
        interface: str,
        folder: Path,
        certificates: Certificates | None,
        method: str,
        password: str = PASSWORD,
        identity: str | None = None,
    ) -> None:
        """Start it; None: the user is called like the method. Some methods need certificates."""
        self._namespace = namespace
        self._interface = interface
        self._control = folder / "wpa"
        configuration = folder / "wpa.conf"
        proofs = _proofs(certificates) if certificates else ""
        configuration.write_text(
            f"""
            ctrl_interface={self._control}
            ap_scan=0
            eapol_version=1
            network={{
                key_mgmt=IEEE8021X
                eapol_flags=0
                eap={method.upper()}
                identity="{identity or method}"
                password="{password}"
                phase2="auth=MSCHAPV2"
                {proofs}
            }}
            """
        )
        command = ["wpa_supplicant", "-D", "wired", "-i", interface, "-c", str(configuration)]
        self.output = Transcript(network.start(namespace, *command))

    def wait_for_success(self, timeout: float = PATIENCE) -> None:
        """Wait until the next login has succeeded."""
        self.output.wait_for("CTRL-EVENT-EAP-SUCCESS", timeout)

    def wait_for_failure(self) -> None:
        """Wait until the next login has failed."""
        self.output.wait_for("CTRL-EVENT-EAP-FAILURE")

    def log_off(self) -> None:
        """Say goodbye to the switch."""
        self._namespace.run("wpa_cli", "-p", str(self._control), "-i", self._interface, "logoff")


def _proofs(certificates: Certificates) -> str:
    """Return the client's settings that name certificates."""
    return f"""
                ca_cert="{certificates["authority.pem"]}"
                client_cert="{certificates["client.pem"]}"
                private_key="{certificates["client.key"]}"
    """
