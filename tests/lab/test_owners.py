"""Names tell whose things are, even after a crash."""

from __future__ import annotations

import os
import subprocess
import sys

from ruijie_proxy.lab.campus.owners import is_stale, owned_prefix


def test_what_a_living_process_owns_is_not_stale() -> None:
    assert not is_stale(f"{owned_prefix()}0-pc")
    assert not is_stale(f"rp-lab-{os.getppid()}-0-pc")


def test_what_a_dead_process_owned_is_stale() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()

    assert is_stale(f"rp-lab-{process.pid}-0-pc")


def test_names_of_others_are_not_ours_to_judge() -> None:
    assert not is_stale("rp-lab-x-0-pc")
    assert not is_stale("rp-lab-999999999")
    assert not is_stale("my-rp-lab-999999999-0-pc")
