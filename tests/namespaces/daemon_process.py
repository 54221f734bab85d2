"""The real daemon in a namespace, met as users meet it: by its log, commands and signals."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.namespaces.transcript import Transcript

if TYPE_CHECKING:
    from tests.namespaces.conftest import Namespace, Network

COMMAND = (sys.executable, "-m", "ruijie_proxy")
COMMAND_TIMEOUT = 60


def write_configuration(folder: Path, *sessions: Mapping[str, Any]) -> Path:
    """Write a configuration of these sessions; socket and state are in the same folder.

    No address is renewed: whatever manages addresses on this machine is no part of the test.
    """
    configuration = {
        "sessions": [{"dhcp": {"renew": "off"}, **session} for session in sessions],
        "control": str(folder / "control.sock"),
        "state_dir": str(folder / "state"),
    }
    path = folder / "config.yaml"
    # JSON is YAML.
    path.write_text(json.dumps(configuration, indent=2))
    return path


def run_command(
    *arguments: str, within: Namespace | None = None, prefix: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """Run a command of the program to its end. The prefix is a program to run it with."""
    enter = () if within is None else ("ip", "netns", "exec", within.name)
    return subprocess.run(
        [*enter, *prefix, *COMMAND, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=COMMAND_TIMEOUT,
        check=False,
    )


class DaemonProcess:
    """``ruijie-proxy run`` with a configuration. The network ends it with the test."""

    def __init__(
        self,
        network: Network,
        namespace: Namespace,
        configuration: Path,
        command: tuple[str, ...] = COMMAND,
    ) -> None:
        self.configuration = configuration
        self._process = network.start(namespace, *command, "run", "-c", str(configuration))
        self.log = Transcript(self._process)

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def status(self) -> dict[str, Any]:
        """Return the first session of ``status --json``."""
        return self.all_status()[0]

    def all_status(self) -> list[dict[str, Any]]:
        """Return the sessions of ``status --json``."""
        done = run_command("status", "--json", "-c", str(self.configuration))
        assert done.returncode == 0, done.stderr
        sessions: list[dict[str, Any]] = json.loads(done.stdout)["sessions"]
        return sessions

    def children(self) -> list[int]:
        """Return the processes that it has started and that have not ended."""
        return [
            int(pid)
            for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        ]

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def kill(self) -> None:
        """End it as a crash does, and wait until it is gone."""
        self._process.kill()
        self._process.wait()
