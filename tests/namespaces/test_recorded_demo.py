"""A demonstration is recorded, learned from, and made into a campus that lets the router in."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from ruijie_proxy.lab.options import DEFAULT_PASSWORD
from tests.ctrl_c import HEARING_CTRL_C
from tests.namespaces.transcript import Transcript

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = (sys.executable, "-m", "ruijie_proxy")


def test_from_the_demonstration_to_a_campus_of_its_own(tmp_path: Path) -> None:
    recording, password = tmp_path / "demo.pcapng", tmp_path / "password"
    password.write_text(DEFAULT_PASSWORD)
    subprocess.run([*PROGRAM, "lab", "demo", "--record", str(recording)], check=True)

    again = subprocess.run(
        [*PROGRAM, "lab", "demo", "--record", str(recording)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert again.returncode == 2
    assert "is there already" in again.stdout

    with subprocess.Popen(
        [
            *HEARING_CTRL_C,
            *(*PROGRAM, "lab", "--campus", str(recording)),
            *("--password-file", str(password)),
        ],
        stdout=subprocess.PIPE,
        text=True,
    ) as lab:
        try:
            Transcript(lab).wait_for("Heartbeat")
        finally:
            lab.send_signal(signal.SIGINT)
        assert lab.wait(60) == 130
