"""``ruijie-proxy login``, running in the router of the virtual campus."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from ruijie_proxy.lab.campus.network import Role
from ruijie_proxy.lab.options import DEFAULT_PASSWORD, DEFAULT_USER
from tests.namespaces.campus_driver import CampusDriver
from tests.namespaces.transcript import Transcript

OWN = ("-u", DEFAULT_USER, "--password-file", "-")
"""The options of a login of the router's own."""
TIMEOUT = 90


class LoginProcess:
    """The command; the password is on its standard input, whoever wants it."""

    def __init__(self, driver: CampusDriver, state: Path, *options: str) -> None:
        entry = driver.campus.network.entry(Role.ROUTER)
        places = ("--wan", "eth1", "--dhcp-renew", "off", "--state-dir", str(state))
        self._process = subprocess.Popen(
            [*entry, sys.executable, "-m", "ruijie_proxy", "login", *places, *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self._process.stdin is not None
        self._process.stdin.write(DEFAULT_PASSWORD + "\n")
        self._process.stdin.close()
        self._process.stdin = None
        self.log = Transcript(self._process)

    def end(self, number: signal.Signals | None = None) -> int:
        """Wait for its end, which a signal may bring about, and return the exit code."""
        if number is not None:
            self._process.send_signal(number)
        return self._process.wait(TIMEOUT)
