"""What somebody is told who is neither root nor in the daemon's group.

The user of these tests may read whatever there is, so that it can run the program of a checkout
that only root may read; it may write nothing of root's, and a socket is written to.
"""

from __future__ import annotations

import grp
import json
import subprocess
from pathlib import Path

import pytest

from ruijie_proxy.cli.basics.exit_codes import ExitCode
from tests.namespaces.conftest import Network
from tests.namespaces.daemon_process import run_command, write_configuration
from tests.namespaces.router import Router

pytestmark = pytest.mark.namespaces

NOBODY = 65534
AS_NOBODY = (
    "setpriv",
    f"--reuid={NOBODY}",
    f"--regid={NOBODY}",
    "--clear-groups",
    "--bounding-set=-all,+dac_read_search",
    "--inh-caps=-all,+dac_read_search",
    "--ambient-caps=-all,+dac_read_search",
)


@pytest.fixture
def configuration(network: Network, tmp_path: Path) -> Path:
    """The configuration of a daemon that runs."""
    path = write_configuration(tmp_path, {"name": "dorm", "wan": "wan", "lan": "lan"})
    Router(network).start(path)
    return path


def as_nobody(configuration: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run_command("--lang", "en", *arguments, "-c", str(configuration), prefix=AS_NOBODY)


@pytest.mark.parametrize(
    "arguments",
    [
        ("status",),
        ("status", "--json"),
        ("status", "--watch"),
        ("logout",),
        ("relogin",),
        ("renew",),
        ("reload",),
        ("events",),
        ("capture", "-o", "/dev/null"),
    ],
    ids=" ".join,
)
def test_who_may_not_ask_the_daemon_is_told_which_socket_and_what_helps(
    configuration: Path, arguments: tuple[str, ...]
) -> None:
    done = as_nobody(configuration, *arguments)

    assert done.returncode == ExitCode.INTERFACE
    assert done.stderr == (
        f"This user may not ask the daemon at {configuration.parent}/control.sock: run the command "
        "as root, such as with sudo, or have “control_group” in the configuration name a group of "
        "this user.\n"
    )
    assert done.stdout == ""


def test_a_careless_chmod_of_the_socket_changes_nothing_of_it(configuration: Path) -> None:
    (configuration.parent / "control.sock").chmod(0o666)

    done = as_nobody(configuration, "status")

    assert done.returncode == ExitCode.INTERFACE
    assert "“control_group”" in done.stderr


def test_the_group_that_is_named_may(network: Network, tmp_path: Path) -> None:
    path = write_configuration(tmp_path, {"name": "dorm", "wan": "wan", "lan": "lan"})
    plain = json.loads(path.read_text()) | {"control_group": grp.getgrgid(NOBODY).gr_name}
    path.write_text(json.dumps(plain))
    Router(network).start(path)

    assert as_nobody(path, "status").returncode == ExitCode.DONE


def test_doctor_tells_it_among_the_rest(configuration: Path) -> None:
    done = as_nobody(configuration, "doctor", "--seconds", "0")

    assert "The daemon does not tell its status. This user may not ask the daemon at" in done.stdout
