"""Debian's hostapd and wpa_supplicant, as peers of a measured login."""

from __future__ import annotations

import secrets
import shutil
import socket
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, cast

from bench.errors import BenchError
from bench.lane import Lane
from bench.processes import start_process, stop_process
from ruijie_proxy.lab.campus.campus import Campus
from ruijie_proxy.lab.campus.network import PC_INTERFACE, SWITCH_INTERFACE, Role

USER = "student"
PASSWORD = "secret"
HOSTAPD = "hostapd"
WPA_SUPPLICANT = "wpa_supplicant"
PROGRAMS = (HOSTAPD, WPA_SUPPLICANT)
HOSTAPD_IS_READY = b"AP-ENABLED"
CONTROL_TIMEOUT = 5.0
"""Seconds in which a program has to answer."""
LONGEST_ANSWER = 4096


def missing_programs() -> list[str]:
    """Return which of the two programs are not installed."""
    return [program for program in PROGRAMS if shutil.which(program) is None]


class Control:
    """Asks hostapd or wpa_supplicant things (hostap's doc/ctrl_iface.doxygen)."""

    def __init__(self, directory: Path, program: str, interface: str) -> None:
        """Answers will come to a socket in the directory, whose path the program's follows."""
        self._directory = directory
        self._server = directory / program / interface

    def ask(self, command: str) -> str:
        """Give a command and return the answer. Raises OSError."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as control:
            control.settimeout(CONTROL_TIMEOUT)
            # The answer goes to the address that the question came from.
            own = self._directory / f"bench-{secrets.token_hex(8)}"
            control.bind(str(own))
            try:
                control.connect(str(self._server))
                control.send(command.encode())
                return control.recv(LONGEST_ANSWER).decode()
            finally:
                own.unlink()


class Hostapd:
    """The switch's port: hostapd's wired driver, with its own EAP server."""

    def __init__(self, campus: Campus) -> None:
        """Start it. Raises BenchError."""
        self._temporary = TemporaryDirectory(prefix="rp-bench-")
        directory = Path(self._temporary.name)
        self._control = Control(directory, HOSTAPD, SWITCH_INTERFACE)
        entry = campus.network.entry(Role.SWITCH)
        self._process = start_process([*entry, HOSTAPD, _write_hostapd_configuration(directory)])
        # What it says later, ten lines a login, is left in the pipe, which is large enough.
        if not any(HOSTAPD_IS_READY in line for line in cast(IO[bytes], self._process.stdout)):
            self.close()
            raise BenchError("hostapd does not start")

    def forget_client(self) -> None:
        """Take it back to where it knows nobody.

        Otherwise it goes on asking for the identity of one who has logged off, and the next login
        begins before its Start.
        """
        known = self._control.ask("STA-FIRST").splitlines()
        if known:
            self._control.ask(f"DEAUTHENTICATE {known[0]}")

    def close(self) -> None:
        """End it."""
        stop_process(self._process)
        self._temporary.cleanup()


class WpaSupplicant:
    """The client; a new process for each login, as it is on a PC."""

    def __init__(self, campus: Campus, role: Role, interface: str) -> None:
        """Prepare it: nothing is started yet."""
        self._temporary = TemporaryDirectory(prefix="rp-bench-")
        directory = Path(self._temporary.name)
        self._control = Control(directory, WPA_SUPPLICANT, interface)
        configuration = _write_client_configuration(directory)
        options = ["-qq", "-D", "wired", "-i", interface, "-c", configuration]
        self._command = [*campus.network.entry(role), WPA_SUPPLICANT, *options]
        self._process: subprocess.Popen[bytes] | None = None

    def begin_login(self) -> None:
        """Start it; it logs in by itself."""
        self._process = start_process(self._command)

    def end_session(self) -> None:
        """Let it log off and end."""
        if self._process is None:
            return
        self._control.ask("LOGOFF")
        stop_process(self._process)
        self._process = None

    def close(self) -> None:
        """End it."""
        if self._process is not None:
            stop_process(self._process)
        self._temporary.cleanup()


class StandardPeers:
    """EAP-MD5 between hostapd and wpa_supplicant, at the ends of a lane."""

    def __init__(self, lane: Lane) -> None:
        """Start hostapd. Raises BenchError."""
        self._lane = lane
        self._switch = Hostapd(lane.campus)
        self._client = WpaSupplicant(lane.campus, Role.PC, PC_INTERFACE)

    def begin_login(self) -> None:
        """Start the client, which logs in by itself."""
        self._client.begin_login()

    def end_session(self) -> None:
        """Let the client log off and end, and the switch forget it."""
        self._client.end_session()
        self._switch.forget_client()
        # Nobody reads the daemon's log meanwhile, and a full pipe would stop it.
        self._lane.campus.poll(0)

    def close(self) -> None:
        """End both."""
        self._client.close()
        self._switch.close()


def _write_hostapd_configuration(directory: Path) -> str:
    users = directory / "users"
    users.write_text(f'"{USER}" MD5 "{PASSWORD}"\n')
    file = directory / "hostapd.conf"
    file.write_text(
        f"ctrl_interface={directory / HOSTAPD}\n"
        f"interface={SWITCH_INTERFACE}\n"
        "driver=wired\n"
        "ieee8021x=1\n"
        "eap_server=1\n"
        f"eap_user_file={users}\n"
        "use_pae_group_addr=1\n"
    )
    return str(file)


def _write_client_configuration(directory: Path) -> str:
    file = directory / "wpa_supplicant.conf"
    file.write_text(
        f"ctrl_interface={directory / WPA_SUPPLICANT}\n"
        "ap_scan=0\n"
        "network={\n"
        "key_mgmt=IEEE8021X\n"
        "eap=MD5\n"
        "eapol_flags=0\n"
        f'identity="{USER}"\n'
        f'password="{PASSWORD}"\n'
        "}\n"
    )
    return str(file)
