"""``check`` judges as ``run`` does: what the daemon does not start with, it names with its line."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.namespaces.daemon_process import COMMAND, run_command, write_configuration
from tests.namespaces.router import Router

if TYPE_CHECKING:
    from tests.namespaces.conftest import Network

DORM = {"name": "dorm", "wan": "wan", "lan": "lan"}


@pytest.fixture
def router(network: Network) -> Router:
    return Router(network)


def with_keys(folder: Path, **keys: Any) -> Path:
    """Write the usual configuration with other keys at its top."""
    path = write_configuration(folder, DORM)
    path.write_text(json.dumps(json.loads(path.read_text()) | keys, indent=2))
    return path


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"control_group": "nosuchgroup"}, "control_group: there is no such group"),
        ({"state_dir": "/dev/null"}, "state_dir: is no directory, and none can be made there"),
        ({"state_dir": "{folder}/file/state"}, "state_dir: is no directory, and none"),
        ({"profile_dir": "/dev/null"}, "profile_dir: is no directory, and none"),
        ({"journal_dir": "/dev/null/journal"}, "journal_dir: is no directory, and none"),
        ({"control": "/dev/null/control"}, "control: is in something that is no directory"),
        ({"control": "{folder}"}, "control: is a directory"),
        ({"control": "{folder}/file"}, "control: there is something else of this name"),
        ({"metrics": "{folder}/file/m.prom"}, "metrics: is in something that is no directory"),
        ({"sessions": [{**DORM, "wan": "lo"}]}, "wan: is not an Ethernet interface"),
        ({"sessions": [{**DORM, "lan": "lo"}]}, "lan: is not an Ethernet interface"),
        ({"sessions": [{**DORM, "wan": "lan"}]}, "lan: is the wan of the same session"),
    ],
)
def test_what_run_refuses_check_names(
    router: Router, tmp_path: Path, keys: dict[str, Any], told: str
) -> None:
    (tmp_path / "file").write_text("")
    in_folder = {
        key: value.format(folder=tmp_path) if isinstance(value, str) else value
        for key, value in keys.items()
    }
    configuration = with_keys(tmp_path, **in_folder)

    check = run_command("check", "-c", str(configuration), within=router.namespace)
    run = router.run(configuration)

    assert run.returncode in (1, 2, 5)
    assert check.returncode == 2
    assert told in check.stderr
    assert f"{configuration}:" in check.stderr


def test_a_place_on_a_read_only_file_system_holds_no_control_socket(
    router: Router, tmp_path: Path
) -> None:
    place = tmp_path / "read-only"
    place.mkdir()
    configuration = with_keys(tmp_path, control=f"{place}/control.sock")
    mounted = f"mount -t tmpfs -o ro none {place} && exec"
    prefix = ("unshare", "--mount", "sh", "-c", f'{mounted} "$@"', "sh")

    check = run_command("check", "-c", str(configuration), prefix=prefix)
    run = router.run(configuration, prefix)

    assert (run.returncode, check.returncode) == (1, 2)
    assert "control: is on a read-only file system" in check.stderr


@pytest.mark.parametrize("kind", ["pipe", "directory", "socket", "device", "nothing"])
def test_what_is_no_file_is_told_by_both_and_neither_hangs(
    router: Router, tmp_path: Path, kind: str
) -> None:
    configuration = tmp_path / kind
    if kind == "pipe":
        os.mkfifo(configuration)
    elif kind == "directory":
        configuration.mkdir()
    elif kind == "device":
        configuration = Path("/dev/null")
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(configuration))

    check = run_command("check", "-c", str(configuration))
    run = router.run(configuration)

    assert (run.returncode, check.returncode) == (2, 2)
    assert check.stderr.startswith(run.stderr)
    assert run.stderr.startswith(f"{configuration}: ")


def test_what_a_shell_pipes_in_can_be_checked(router: Router, tmp_path: Path) -> None:
    configuration = write_configuration(tmp_path, DORM)

    told = router.namespace.run(
        "bash", "-c", f'"$@" check -c <(cat {configuration})', "bash", *COMMAND
    )

    assert "is fine." in told


@pytest.mark.parametrize("keys", [{"wan": "usb7"}, {"mode": "login", "username": "me"}])
def test_what_run_takes_check_takes(router: Router, tmp_path: Path, keys: dict[str, str]) -> None:
    """Interfaces that are not there yet, and keys that only another mode has a use for."""
    account = {"password": "hunter2"} if "username" in keys else {}
    configuration = write_configuration(tmp_path, {**DORM, **keys, **account})

    check = run_command("check", "-c", str(configuration), within=router.namespace)
    daemon = router.start(configuration)

    assert check.returncode == 0
    if "mode" in keys:
        assert "warning: " in check.stderr
        assert "lan: has no use with mode: login; leave it out, or set mode: auto" in check.stderr
        assert "lan: has no use with mode: login" in daemon.log.text
    assert daemon.status()["wan"] == keys.get("wan", "wan")


def test_a_wan_that_is_a_port_of_a_bridge_is_warned_of(router: Router, tmp_path: Path) -> None:
    """As where a router was made a mere access point before."""
    router.namespace.ip("link", "add", "br-lan", "type", "bridge")
    router.namespace.ip("link", "set", "wan", "master", "br-lan")
    path = write_configuration(tmp_path, {**DORM, "lan": "br-lan"})

    check = run_command("check", "-c", str(path), within=router.namespace)

    assert check.returncode == 0
    told = "wan: is a port of the bridge br-lan, which takes the switch's answers away"
    assert told in check.stderr


def test_a_lan_that_is_a_port_of_a_bridge_is_warned_of(router: Router, tmp_path: Path) -> None:
    router.namespace.ip("link", "add", "br-lan", "type", "bridge")
    router.namespace.ip("link", "set", "lan", "master", "br-lan")

    check = run_command(
        "check", "-c", str(write_configuration(tmp_path, DORM)), within=router.namespace
    )
    bridge = write_configuration(tmp_path, {**DORM, "lan": "br-lan"})
    check_of_bridge = run_command("check", "-c", str(bridge), within=router.namespace)

    assert check.returncode == 0
    assert "lan: is a port of the bridge br-lan, which takes most frames away" in check.stderr
    assert (check_of_bridge.returncode, check_of_bridge.stderr) == (0, "")


def test_a_daemon_that_runs_already_is_no_mistake_of_the_configuration(
    router: Router, tmp_path: Path
) -> None:
    configuration = write_configuration(tmp_path, DORM)
    router.start(configuration)

    check = run_command("check", "-c", str(configuration), within=router.namespace)

    assert (check.returncode, router.run(configuration).returncode) == (0, 1)
