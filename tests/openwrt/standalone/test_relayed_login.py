"""The packaged program relays a login in namespaces, where no emulator is needed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ruijie_proxy.lab.options import SuccessShape
from ruijie_proxy.runtime.processes.privileges import KEPT
from tests.namespaces.conftest import Network
from tests.namespaces.daemon_process import write_configuration
from tests.namespaces.router import Router
from tests.openwrt.standalone.conftest import Installed

pytestmark = pytest.mark.namespaces


@pytest.fixture
def router() -> Iterator[Router]:
    with Network() as network:
        yield Router(network)


def test_it_takes_a_login_over_and_keeps_no_more_rights_than_it_needs(
    native: Installed, router: Router, tmp_path: Path
) -> None:
    configuration = write_configuration(tmp_path, {"name": "dorm", "wan": "wan", "lan": "lan"})
    program = str(native.root / "usr/bin/ruijie-proxy")

    daemon = router.start(configuration, (program,))
    router.relay_a_login(SuccessShape.MODERN)
    daemon.log.wait_for("takeover")

    assert daemon.status()["state"] == "online"
    held = int(capabilities_of(program)["CapPrm"], 16)
    assert held == sum(1 << number for number in KEPT)


def capabilities_of(program: str) -> dict[str, str]:
    """Return the sets of the process that runs a program, by the kernel's names."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "exe").readlink() == Path(program):
                lines = (process / "status").read_text().splitlines()
                return dict(line.split(":\t") for line in lines if line.startswith("Cap"))
        except OSError:
            continue  # it has ended, or is the kernel's
    raise AssertionError(f"nobody runs {program}")
