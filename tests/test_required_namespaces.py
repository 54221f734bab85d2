"""A test that needs namespaces cannot be skipped in silence where all must run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CONFTEST = Path(__file__).parent / "conftest.py"
SUITE = """
import pytest

@pytest.mark.namespaces
def test_needs_them(): pytest.skip("something is missing")

@pytest.mark.namespaces
@pytest.mark.xfail
def test_is_known_to_fail(): assert False

@pytest.mark.namespaces
def test_cannot_be_had(): pytest.skip("not on this system: its sources are another's")

def test_does_without(): pytest.skip("not wanted today")
"""
SKIPPED_FILE = "import pytest; pytest.skip('the whole file', allow_module_level=True)"


def run_suite(folder: Path, required: str) -> str:
    """Run a small suite with this project's conftest, and return pytest's last line."""
    (folder / "conftest.py").write_text(CONFTEST.read_text())
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = namespaces\n")
    (folder / "test_suite.py").write_text(SUITE)
    (folder / "namespaces").mkdir(exist_ok=True)
    (folder / "namespaces" / "test_whole_file.py").write_text(SKIPPED_FILE)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--continue-on-collection-errors", str(folder)],
        env={**os.environ, "RUIJIE_PROXY_REQUIRE_NAMESPACES": required},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.splitlines()[-1]


def test_a_skip_is_a_failure_where_namespaces_are_required(tmp_path: Path) -> None:
    assert run_suite(tmp_path, "1").startswith("1 failed, 2 skipped, 1 xfailed, 1 error in")


def test_a_skip_is_a_skip_elsewhere(tmp_path: Path) -> None:
    assert run_suite(tmp_path, "").startswith("4 skipped, 1 xfailed in")
