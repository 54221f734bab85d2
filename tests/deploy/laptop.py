"""A laptop with OpenSSH: a key, the routers that it knows, and a password that it is asked for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TIMEOUT = 120


class Laptop:
    """Who runs ``deploy``."""

    def __init__(self, folder: Path, port: int, dist: Path) -> None:
        folder.mkdir()
        self.port = port
        self.dist = dist
        self._key = folder / "id"
        self._known = folder / "known_hosts"
        self._asked = folder / "asked"
        self._ask = folder / "ask"
        self._password: str | None = None
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self._key)], check=True
        )

    @property
    def public_key(self) -> str:
        return Path(f"{self._key}.pub").read_text()

    @property
    def passwords_asked(self) -> int:
        """How often ssh has asked for one."""
        return len(self._asked.read_text().splitlines()) if self._asked.exists() else 0

    def knows_only(self, password: str) -> None:
        """Have no key, but a password."""
        self._password = password
        self._key.unlink()

    @property
    def arguments(self) -> list[str]:
        """What stands behind the program's name, up to what a test adds to it."""
        options = [
            f"UserKnownHostsFile={self._known}",
            "StrictHostKeyChecking=accept-new",
            "IdentitiesOnly=yes",
            f"IdentityFile={self._key}",
        ]
        given = [word for option in options for word in ("--ssh-option", option)]
        return [
            *("deploy", "root@127.0.0.1", "-p", str(self.port), "--packages", str(self.dist)),
            *given,
        ]

    @property
    def environment(self) -> dict[str, str]:
        # Whatever agent this machine has knows nothing of these.
        environment = {**os.environ, "LANGUAGE": "en", "SSH_AUTH_SOCK": ""}
        if self._password is not None:
            self._ask.write_text(f"#!/bin/sh\necho >>'{self._asked}'\necho '{self._password}'\n")
            self._ask.chmod(0o700)
            environment |= {"SSH_ASKPASS": str(self._ask), "SSH_ASKPASS_REQUIRE": "force"}
        return environment

    def deploy(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the command to its end; without a terminal, so ``--yes`` is needed."""
        return subprocess.run(
            [sys.executable, "-m", "ruijie_proxy", *self.arguments, *words],
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
