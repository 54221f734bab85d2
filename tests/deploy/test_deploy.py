"""``ruijie-proxy deploy`` to a router's own dropbear, in a root that stands for a router."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ruijie_proxy.cli.basics.exit_codes import ExitCode
from tests.deploy.laptop import Laptop
from tests.deploy.router_machine import RouterMachine

pytestmark = pytest.mark.namespaces

State = Callable[[], dict[str, bytes | None]]


def test_the_program_and_its_pages_are_installed_and_the_service_runs(
    laptop: Laptop, machine: RouterMachine
) -> None:
    done = laptop.deploy("--yes")

    assert done.returncode == ExitCode.DONE, done.stdout + done.stderr
    assert "campus" in done.stdout
    assert "Done: the service runs." in done.stdout
    assert "http://127.0.0.1/cgi-bin/luci/admin/services/ruijie-proxy" in done.stdout
    print(done.stdout, done.stderr)
