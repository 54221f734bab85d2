"""``python -m tests.vlan [PYTEST'S ARGUMENTS]``: this folder's tests, on Debian's kernel."""

from __future__ import annotations

import sys

from tests.vlan.conftest import REQUIRE_VLANS
from tests.vlan.machine import FOLDER, TESTS, fetch_kernel, make_file_system, run_in_machine


def main() -> int:
    """Boot, run the tests, and return pytest's exit code."""
    kernel = fetch_kernel(FOLDER)
    pytest = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--color=no"]
    command = ["env", f"{REQUIRE_VLANS}=1", *pytest, *(sys.argv[1:] or [str(TESTS)])]
    return run_in_machine(kernel, make_file_system(kernel, command))


if __name__ == "__main__":
    sys.exit(main())
