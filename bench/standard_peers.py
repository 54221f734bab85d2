"""Debian's hostapd and wpa_supplicant, as peers of a measured login."""

from __future__ import annotations

import itertools
import shutil
import socket
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, cast

from bench.errors import BenchError
from bench.lane import Lane
from bench.processes import start_process, stop_process
from ruijie_proxy.lab.network import PC_INTERFACE, SWITCH_INTERFACE, Role

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


class StandardPeers:
    """EAP-MD5 between hostapd's wired driver, with its own EAP server, and wpa_supplicant.

    The client is a new process for each login, as it is on a PC.
    """

    def __init__(self, lane: Lane) -> None:
        """Start hostapd. Raises BenchError."""
        self._lane = lane
        self._temporary = TemporaryDirectory(prefix="rp-bench-")
        self._directory = Path(self._temporary.name)
        self._sockets = itertools.count()
        self._client: subprocess.Popen[bytes] | None = None
        hostapd = self._start(Role.SWITCH, HOSTAPD, self._write_hostapd_configuration())
        self._hostapd = hostapd
        # What it says later, ten lines a login, is left in the pipe, which is large enough.
        if not any(HOSTAPD_IS_READY in line for line in cast(IO[bytes], hostapd.stdout)):
            self.close()
            raise BenchError("hostapd does not start")
        self._client_options = ["-qq", "-D", "wired", "-i", PC_INTERFACE]
        self._client_options += ["-c", self._write_client_configuration()]

    def begin_login(self) -> None:
        """Start the client, which logs in by itself."""
        self._client = self._start(Role.PC, WPA_SUPPLICANT, *self._client_options)

    def end_session(self) -> None:
        """Let the client log off and end, and the switch forget it."""
        if self._client is None:
            return
        self._ask(WPA_SUPPLICANT, PC_INTERFACE, "LOGOFF")
        stop_process(self._client)
        self._client = None
        # Otherwise hostapd goes on asking for the identity, and the next login begins before its
        # Start.
        known = self._ask(HOSTAPD, SWITCH_INTERFACE, "STA-FIRST").splitlines()
        if known:
            self._ask(HOSTAPD, SWITCH_INTERFACE, f"DEAUTHENTICATE {known[0]}")
        # Nobody reads the daemon's log meanwhile, and a full pipe would stop it.
        self._lane.campus.poll(0)

    def close(self) -> None:
        """End both."""
        if self._client is not None:
            stop_process(self._client)
        stop_process(self._hostapd)
        self._temporary.cleanup()

    def _start(self, role: Role, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        return start_process(self._lane.command(role, program, *arguments))

    def _ask(self, program: str, interface: str, command: str) -> str:
        """Ask by the program's control interface (hostap's doc/ctrl_iface.doxygen)."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as control:
            control.settimeout(CONTROL_TIMEOUT)
            # The answer goes to the address that the question came from.
            control.bind(str(self._directory / f"bench-{next(self._sockets)}"))
            control.connect(str(self._directory / program / interface))
            control.send(command.encode())
            return control.recv(LONGEST_ANSWER).decode()

    def _write_hostapd_configuration(self) -> str:
        users = self._directory / "users"
        users.write_text(f'"{USER}" MD5 "{PASSWORD}"\n')
        file = self._directory / "hostapd.conf"
        file.write_text(
            f"ctrl_interface={self._directory / HOSTAPD}\n"
            f"interface={SWITCH_INTERFACE}\n"
            "driver=wired\n"
            "ieee8021x=1\n"
            "eap_server=1\n"
            f"eap_user_file={users}\n"
            "use_pae_group_addr=1\n"
        )
        return str(file)

    def _write_client_configuration(self) -> str:
        file = self._directory / "wpa_supplicant.conf"
        file.write_text(
            f"ctrl_interface={self._directory / WPA_SUPPLICANT}\n"
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
