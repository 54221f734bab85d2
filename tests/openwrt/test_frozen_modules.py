"""What the daemon loads is in the self-contained program's lists, as far as can be told without it.

That nothing is loaded from its archive is held by tests/openwrt/standalone, which builds it first.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest

from openwrt.standalone.modules import FROZEN_OF_PROGRAM, FROZEN_PACKAGES
from tests.openwrt.checkout import CHECKOUT
from tests.openwrt.standalone.test_executable import MODULES_OF_THE_DAEMON

PROGRAM = "ruijie_proxy"
TELL = f"import sys, {', '.join(MODULES_OF_THE_DAEMON)}; print(*sys.modules)"


def test_what_the_daemon_loads_of_the_program_is_frozen() -> None:
    told = subprocess.run(
        [sys.executable, "-c", TELL], cwd=CHECKOUT, capture_output=True, text=True, check=True
    ).stdout.split()
    packages = tuple(f"{PROGRAM}.{name}" for name in FROZEN_PACKAGES)

    assert [
        name
        for name in told
        if name.partition(".")[0] == PROGRAM
        and name not in FROZEN_OF_PROGRAM
        and not any(name == package or name.startswith(f"{package}.") for package in packages)
    ] == []


@pytest.mark.parametrize("name", FROZEN_OF_PROGRAM)
def test_what_is_frozen_is_there(name: str) -> None:
    assert importlib.util.find_spec(name) is not None
