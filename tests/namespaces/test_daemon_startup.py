"""The daemon as its user meets it: how it starts, or says why it does not, rereads and ends."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ruijie_proxy.lab.options import SuccessShape
from ruijie_proxy.runtime.control.client import request
from tests.namespaces.daemon_process import DaemonProcess, run_command, write_configuration
from tests.namespaces.router import Router

if TYPE_CHECKING:
    from tests.namespaces.conftest import Network

WITHOUT_CAPABILITIES = ("setpriv", "--inh-caps=-all", "--bounding-set=-all")
"""What makes of root a user who owns root's files, and can do nothing else."""
DORM = {"name": "dorm", "wan": "wan", "lan": "lan"}
LIBRARY = {"name": "library", "wan": "wan2", "lan": "lan2"}


@pytest.fixture
def router(network: Network) -> Router:
    return Router(network)


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    """Write the usual configuration."""
    return write_configuration(tmp_path, DORM)


def ignores_or_blocks(pid: int, number: signal.Signals) -> bool:
    """Whether a process does not hear a signal; what it starts would not, either."""
    status = Path(f"/proc/{pid}/status").read_text()
    masks = re.findall(r"^Sig(?:Blk|Ign):\t([0-9a-f]+)$", status, re.MULTILINE)
    return any(int(mask, 16) >> (number - 1) & 1 for mask in masks)


# What the configuration says.


def test_a_missing_configuration_is_named_with_what_to_write(
    router: Router, tmp_path: Path
) -> None:
    done = router.run(tmp_path / "nothing.yaml")

    assert done.returncode == 2
    assert f"{tmp_path}/nothing.yaml: there is no such file; write one" in done.stderr


def test_options_may_be_written_in_any_form(router: Router, tmp_path: Path) -> None:
    missing = tmp_path / "nothing.yaml"

    done = run_command("run", "--verbose", f"--config={missing}", within=router.namespace)

    assert (done.returncode, done.stderr) == (2, router.run(missing).stderr)


def test_a_typo_is_named_with_its_line_and_the_nearest_key(router: Router, tmp_path: Path) -> None:
    configuration = tmp_path / "typo.yaml"
    configuration.write_text("sessions:\n  - wan: wan\n    lan: lan\n    login_timout: 30\n")

    done = router.run(configuration)

    assert done.returncode == 2
    assert f"{configuration}:4:" in done.stderr
    assert "login_timeout" in done.stderr


def test_wan_and_lan_have_to_differ(router: Router, tmp_path: Path) -> None:
    configuration = write_configuration(tmp_path, {"wan": "wan", "lan": "wan"})

    done = router.run(configuration)

    assert done.returncode == 2
    assert f"{configuration}:" in done.stderr
    assert "sessions[0].lan: " in done.stderr


# What the machine has, or has not.


def test_an_interface_that_is_not_there_is_waited_for(router: Router, configuration: Path) -> None:
    router.unplug_wan()
    daemon = router.start(configuration)
    assert "there is no interface wan (wan); waiting for it. Interfaces here: lan, lo" in (
        daemon.log.text
    )
    assert daemon.status()["state"] == "link-down"

    router.plug_in_wan()

    daemon.log.wait_for("waiting for a client")
    router.relay_a_login()
    assert daemon.status()["state"] == "online"


def test_an_interface_may_be_removed_and_made_anew(router: Router, configuration: Path) -> None:
    daemon = router.start(configuration)

    router.unplug_wan()
    daemon.log.wait_for("there is no interface wan")
    router.plug_in_wan()
    daemon.log.wait_for("the WAN link is up again")

    router.relay_a_login()
    assert daemon.status()["state"] == "online"


def test_a_missing_link_is_told_and_waited_for(router: Router, configuration: Path) -> None:
    router.pull_the_cable()
    daemon = router.start(configuration)
    assert "the WAN link is down" in daemon.log.text
    assert "wan has no link: check the cable" in daemon.log.text
    assert daemon.status()["state"] == "link-down"

    router.put_the_cable_back()

    daemon.log.wait_for("the WAN link is up again")
    router.relay_a_login()
    assert daemon.status()["state"] == "online"


def test_an_interface_without_ethernet_is_refused(router: Router, tmp_path: Path) -> None:
    configuration = write_configuration(tmp_path, {"wan": "lo", "lan": "lan"})

    done = router.run(configuration)

    assert done.returncode == 5
    assert "lo is not an Ethernet interface" in done.stderr


def test_an_interface_may_come_back_as_something_that_is_no_use(
    router: Router, configuration: Path
) -> None:
    daemon = router.start(configuration)
    router.unplug_wan()

    router.namespace.ip("link", "set", "lo", "down")
    router.namespace.ip("link", "set", "lo", "name", "wan")
    daemon.log.wait_for("wan is not an Ethernet interface")
    assert daemon.status()["state"] == "link-down"

    router.namespace.ip("link", "set", "wan", "name", "lo")
    router.plug_in_wan()
    daemon.log.wait_for("the WAN link is up again")
    router.relay_a_login()
    assert daemon.status()["state"] == "online"


def test_without_permission_it_says_which_one(router: Router, configuration: Path) -> None:
    done = router.run(configuration, WITHOUT_CAPABILITIES)

    assert done.returncode == 5
    assert "run as root, or give the program CAP_NET_RAW" in done.stderr


def test_a_folder_that_may_not_be_written_is_a_missing_permission(
    router: Router, configuration: Path, tmp_path: Path
) -> None:
    tmp_path.chmod(0o500)

    done = router.run(configuration, WITHOUT_CAPABILITIES)

    assert done.returncode == 5
    assert f"No permission to make the control socket {tmp_path}/control.sock" in done.stderr


# Other daemons.


def test_a_second_daemon_on_the_port_is_told_who_has_it(
    router: Router, configuration: Path, tmp_path: Path
) -> None:
    first = router.start(configuration)
    other_folder = tmp_path / "other"
    other_folder.mkdir()

    second = router.run(write_configuration(other_folder, DORM))

    assert second.returncode == 1
    assert f"wan is already served by process {first.pid}" in second.stderr
    assert not (other_folder / "control.sock").exists()


def test_a_control_socket_is_not_taken_from_a_daemon_that_answers(
    router: Router, configuration: Path, tmp_path: Path
) -> None:
    first = router.start(configuration)

    second = router.run(configuration)

    assert second.returncode == 1
    assert f"it answers on {tmp_path}/control.sock" in second.stderr
    assert first.status()["state"] == "waiting"


def test_what_a_killed_daemon_left_is_in_nobodys_way(
    router: Router, configuration: Path, tmp_path: Path
) -> None:
    router.start(configuration).kill()
    assert (tmp_path / "control.sock").exists()

    daemon = router.start(configuration)

    assert daemon.status()["state"] == "waiting"


def test_a_file_in_the_place_of_the_control_socket_is_left_alone(
    router: Router, configuration: Path, tmp_path: Path
) -> None:
    precious = tmp_path / "control.sock"
    precious.write_text("precious")

    done = router.run(configuration)

    assert done.returncode == 1
    assert str(precious) in done.stderr
    assert precious.read_text() == "precious"


# Signals.


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(
    router: Router, configuration: Path, number: signal.Signals, tmp_path: Path
) -> None:
    daemon = router.start(configuration)
    assert (tmp_path / "control.sock").is_socket()

    daemon.signal(number)

    assert daemon.log.wait_for_end() == 0
    assert daemon.log.text.endswith("stopped\n")
    assert not (tmp_path / "control.sock").exists()
    assert run_command("status", "-c", str(configuration)).returncode == 6


def test_a_broken_configuration_does_not_touch_what_runs(
    router: Router, configuration: Path
) -> None:
    daemon = router.start(configuration)
    router.relay_a_login()
    before = daemon.status()

    # Somebody is still editing.
    good = configuration.read_text()
    configuration.write_text(good.replace('"lan":', '"lann":'))
    daemon.signal(signal.SIGHUP)
    assert f"{configuration}:" in daemon.log.wait_for('did you mean "lan"?')
    daemon.log.wait_for("going on with the old one")
    configuration.write_text(good)

    assert before["state"] == "online"
    assert daemon.status() == before


def test_a_death_of_the_process_that_reads_costs_the_sessions_nothing(
    router: Router, configuration: Path, tmp_path: Path
) -> None:
    daemon = router.start(configuration)
    router.relay_a_login()
    before = daemon.status()

    # It waits at a pipe until it is killed, as when memory runs out.
    configuration.unlink()
    os.mkfifo(configuration)
    daemon.signal(signal.SIGHUP)
    with configuration.open("w"):
        (child,) = daemon.children()
        os.kill(child, signal.SIGKILL)
        daemon.log.wait_for("failed (signal 9); going on with the old one")
    configuration.unlink()
    write_configuration(tmp_path, DORM)

    assert before["state"] == "online"
    assert daemon.status() == before


def test_a_configuration_that_changes_while_it_is_read_is_read_once_more(
    router: Router, configuration: Path, tmp_path: Path
) -> None:
    daemon = router.start(configuration)
    configuration.unlink()
    os.mkfifo(configuration)
    daemon.signal(signal.SIGHUP)
    with configuration.open("w") as being_read:
        daemon.signal(signal.SIGHUP)
        # Who answers has seen the signal.
        request(f"{tmp_path}/control.sock", "status", timeout=30)
        configuration.unlink()
        write_configuration(tmp_path, DORM, LIBRARY)
        being_read.write("sessions: [{name: dorm, wan: wan, lan: lan}]")

    daemon.log.wait_for("the configuration was read again")
    daemon.log.wait_for("the configuration was read again")

    assert [one["name"] for one in daemon.all_status()] == ["dorm", "library"]


def test_a_reload_that_comes_while_it_starts_is_carried_out_once_it_runs(
    network: Network, router: Router, configuration: Path, tmp_path: Path
) -> None:
    first = configuration.read_text()
    configuration.unlink()
    os.mkfifo(configuration)
    daemon = DaemonProcess(network, router.namespace, configuration)
    with configuration.open("w") as being_read:
        daemon.signal(signal.SIGHUP)
        configuration.unlink()
        write_configuration(tmp_path, DORM, LIBRARY)
        being_read.write(first)

    daemon.log.wait_for("runs as process")
    daemon.log.wait_for("the configuration was read again")
    assert [one["name"] for one in daemon.all_status()] == ["dorm", "library"]
    assert not ignores_or_blocks(daemon.pid, signal.SIGHUP)


def test_a_new_configuration_changes_the_sessions_that_it_changes(
    router: Router, configuration: Path, tmp_path: Path
) -> None:
    write_configuration(tmp_path, DORM, LIBRARY)
    daemon = router.start(configuration)
    router.relay_a_login()
    before = daemon.status()

    lab = {"name": "lab", "wan": "wan4", "lan": "lan4"}
    write_configuration(tmp_path, DORM, {**LIBRARY, "wan": "wan3"}, lab)
    daemon.signal(signal.SIGHUP)
    daemon.log.wait_for("the configuration was read again")

    assert before["state"] == "online"
    dorm, *others = daemon.all_status()
    assert dorm == before
    assert [(one["name"], one["wan"]) for one in others] == [("library", "wan3"), ("lab", "wan4")]


def test_a_new_session_that_cannot_run_is_told_and_left_out(
    router: Router, configuration: Path, tmp_path: Path
) -> None:
    daemon = router.start(configuration)
    router.relay_a_login()
    before = daemon.status()

    write_configuration(tmp_path, DORM, {**LIBRARY, "wan": "lo"})
    daemon.signal(signal.SIGHUP)
    assert "library: lo is not" in daemon.log.wait_for("Ethernet")
    daemon.log.wait_for("the configuration was read again")
    router.namespace.ip("link", "set", "lo", "down")

    assert before["state"] == "online"
    assert daemon.all_status() == [before]


def test_a_session_that_is_configured_differently_goes_on(
    router: Router, configuration: Path, tmp_path: Path
) -> None:
    daemon = router.start(configuration)
    router.relay_a_login(SuccessShape.MODERN)
    daemon.log.wait_for("takeover")
    since = daemon.status()["since"]

    write_configuration(tmp_path, {**DORM, "heartbeat": {"interval": 5}})
    daemon.signal(signal.SIGHUP)
    daemon.log.wait_for("the configuration was read again")

    status = daemon.status()
    assert (status["state"], status["since"]) == ("online", since)
    assert status["heartbeat"]["interval"] == 5


def test_a_session_that_is_configured_no_more_ends(
    router: Router, configuration: Path, tmp_path: Path
) -> None:
    write_configuration(tmp_path, DORM, LIBRARY)
    daemon = router.start(configuration)
    router.relay_a_login()

    write_configuration(tmp_path, LIBRARY)
    daemon.signal(signal.SIGHUP)
    daemon.log.wait_for("the configuration was read again")

    (library,) = daemon.all_status()
    assert library["name"] == "library"


def test_a_login_that_has_just_begun_is_told_before_the_end(
    router: Router, configuration: Path
) -> None:
    """A Start goes out first, and is told a moment later: not too late for who ends it then."""
    daemon = router.start(configuration)
    router.start_in_vain(times=1)
    daemon.signal(signal.SIGTERM)
    assert daemon.log.wait_for_end() == 0

    text = daemon.log.text
    assert text.index("starts to log in; its Start goes out") < text.index("stopped")
