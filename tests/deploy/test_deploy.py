"""``ruijie-proxy deploy`` to a router's own dropbear, in a root that stands for a router."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from openwrt.packaging.archive import File
from openwrt.packaging.package import Package
from ruijie_proxy.cli.basics.exit_codes import ExitCode
from tests.deploy.conftest import write
from tests.deploy.laptop import Laptop
from tests.deploy.router_machine import Manager, RouterMachine
from tests.namespaces.terminal import InTerminal

pytestmark = pytest.mark.namespaces

State = Callable[[], dict[str, bytes | None]]
SETTINGS = "/etc/config/ruijie-proxy"
MENU = "/usr/share/luci/menu.d/luci-app-ruijie-proxy.json"
FOLDER = "/tmp/ruijie-proxy-deploy"
opkg_alone = pytest.mark.parametrize("manager", ["opkg"])
"""What has nothing to do with the package manager."""


def test_the_program_and_its_pages_are_installed_and_the_service_runs(
    laptop: Laptop, machine: RouterMachine
) -> None:
    done = laptop.deploy("--yes")

    assert done.returncode == ExitCode.DONE, done.stdout + done.stderr
    assert "campus: no link on the WAN port" in done.stdout, "as the daemon there says"
    assert "http://127.0.0.1/cgi-bin/luci/admin/services/ruijie-proxy" in done.stdout
    assert machine.router.path(MENU).exists()
    assert not machine.router.path(FOLDER).exists()


def test_what_is_there_already_is_not_installed_again_and_an_upgrade_is(
    laptop: Laptop, machine: RouterMachine, program: Package
) -> None:
    laptop.deploy("--yes")

    again = laptop.deploy("--yes")
    write(replace(program, version="9.9.9-1"), laptop.dist)
    upgraded = laptop.deploy("--yes")
    (laptop.dist / "older").mkdir()
    write(replace(program, version="0.0.9-1"), laptop.dist / "older")
    older = laptop.deploy("--yes", "--packages", str(laptop.dist / "older"))

    assert again.returncode == ExitCode.DONE, again.stderr
    assert "ruijie-proxy 0.1.0-1 is installed already." in again.stdout
    assert "There is nothing to do." in again.stdout
    assert upgraded.returncode == ExitCode.DONE, upgraded.stdout + upgraded.stderr
    assert "over 0.1.0-1; settings are kept" in upgraded.stdout
    assert older.returncode == ExitCode.USAGE
    assert "is older than what the router has, 9.9.9-1" in older.stderr


def test_force_installs_the_same_again(laptop: Laptop, machine: RouterMachine) -> None:
    laptop.deploy("--yes")
    broken = machine.router.path(MENU)
    whole = broken.read_bytes()
    broken.write_bytes(b"")

    without = laptop.deploy("--yes")
    left = broken.read_bytes()
    done = laptop.deploy("--yes", "--force")

    assert without.returncode == ExitCode.DONE, without.stdout + without.stderr
    assert left == b""
    assert done.returncode == ExitCode.DONE, done.stdout + done.stderr
    assert "nstalling ruijie-proxy" in done.stdout
    assert broken.read_bytes() == whole


def test_force_installs_another_file_of_the_same_version(
    laptop: Laptop, machine: RouterMachine, program: Package
) -> None:
    laptop.deploy("--yes")
    more = File("/usr/share/ruijie-proxy/more", b"more\n")
    write(replace(program, files=(*program.files, more)), laptop.dist)

    done = laptop.deploy("--yes", "--force")

    assert done.returncode == ExitCode.DONE, done.stdout + done.stderr
    assert machine.router.path(more.path).exists()


def test_a_dry_run_changes_not_a_byte(laptop: Laptop, state: State, tmp_path: Path) -> None:
    config = tmp_path / "mine.yaml"
    config.write_text("sessions:\n  - {name: dorm, wan: eth1, lan: br-lan}\n")
    before = state()

    done = laptop.deploy("--dry-run", "--config", str(config))

    assert done.returncode == ExitCode.DONE, done.stderr
    assert "add --allow-untrusted ./" in done.stdout or "opkg install ./" in done.stdout
    assert f"make {config} the settings, {SETTINGS}" in done.stdout
    assert "Nothing was changed" in done.stdout
    assert state() == before


# Settings that go along.


@opkg_alone
def test_settings_go_along_in_uci_and_what_was_there_is_kept(
    laptop: Laptop, machine: RouterMachine, tmp_path: Path
) -> None:
    config = tmp_path / "mine.yaml"
    config.write_text(
        "sessions:\n  - {name: dorm, mode: login, wan: eth1, username: me, password: it's secret}\n"
    )
    machine.write(SETTINGS, "config session 'old'\n\toption wan 'wan'\n\toption lan 'br-lan'\n")

    done = laptop.deploy("--yes", "--config", str(config))

    assert done.returncode == ExitCode.DONE, done.stdout + done.stderr
    assert "dorm: " in done.stdout
    assert "secret" not in done.stdout + done.stderr
    settings = machine.router.path(SETTINGS)
    assert settings.read_text() == (
        "config session 'dorm'\n\toption mode 'login'\n\toption wan 'eth1'\n"
        "\toption username 'me'\n\toption password 'it'\\''s secret'\n"
    )
    assert settings.stat().st_mode & 0o777 == 0o600
    assert "session 'old'" in machine.router.path(f"{SETTINGS}.old").read_text()


@opkg_alone
def test_wrong_settings_are_told_before_anything_is_copied(
    laptop: Laptop, state: State, tmp_path: Path
) -> None:
    config = tmp_path / "mine.uci"
    config.write_text("config session 'dorm'\n\toption wann 'eth1'\n")
    before = state()

    done = laptop.deploy("--yes", "--config", str(config))

    assert done.returncode == ExitCode.USAGE
    assert 'did you mean "wan"?' in done.stderr
    assert state() == before


@opkg_alone
def test_settings_that_the_router_finds_wrong_do_not_replace_its_own(
    laptop: Laptop, machine: RouterMachine, tmp_path: Path
) -> None:
    config = tmp_path / "mine.uci"
    config.write_text(
        "config session 'dorm'\n\toption mode 'login'\n\toption wan 'eth1'\n"
        "\toption username 'me'\n\toption password_file '/etc/not-there'\n"
    )

    done = laptop.deploy("--yes", "--config", str(config))

    assert done.returncode == ExitCode.USAGE
    assert "The router finds the configuration wrong" in done.stderr
    assert "password_file" in done.stderr
    assert "session 'campus'" in machine.router.path(SETTINGS).read_text()


@opkg_alone
def test_without_a_network_there_is_no_session_and_the_page_is_named(
    laptop: Laptop, machine: RouterMachine
) -> None:
    machine.write("/etc/config/network", "")

    done = laptop.deploy("--yes")

    assert done.returncode == ExitCode.DONE, done.stdout + done.stderr
    assert "It has no session to run yet" in done.stdout
    assert "/cgi-bin/luci/admin/services/ruijie-proxy" in done.stdout


# What keeps packages away.


def test_a_package_of_another_architecture_is_refused_even_over_one_that_is_there(
    laptop: Laptop, machine: RouterMachine, manager: Manager, state: State
) -> None:
    laptop.deploy("--yes")
    if manager == "apk":
        machine.write("/etc/apk/arch", "mips_24kc\n")
    else:
        machine.write("/etc/opkg.conf", "arch all 1\narch mips_24kc 10\n")
    release = machine.router.path("/etc/openwrt_release")
    release.write_text(release.read_text().replace("mipsel_24kc", "mips_24kc"))

    done = laptop.deploy("--yes")

    assert done.returncode == ExitCode.USAGE
    assert "architecture, mips_24kc; there are: mipsel_24kc." in done.stderr
    ending = "apk" if manager == "apk" else "ipk"
    assert f"make {ending} ARCH=mips_24kc" in done.stderr


@pytest.mark.parametrize("flash", [200])
def test_a_flash_that_is_too_small_is_told_before_anything_is_copied(
    tmp_path: Path, manager: Manager, dist: Path, flash: int
) -> None:
    machine = RouterMachine(tmp_path / "small", manager, flash)
    laptop = Laptop(tmp_path / "laptop", machine.port, dist)
    machine.let_in(laptop.public_key)
    with machine:
        done = laptop.deploy("--yes")

    assert done.returncode == ExitCode.ERROR
    assert "The router's flash is too small: 205 kB are free" in done.stderr
    assert not machine.router.path(FOLDER).exists()


@opkg_alone
@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda file: file.write_bytes(file.read_bytes()[:-9]), "is no package, or not the whole"),
        (
            lambda file: file.rename(file.with_name("ruijie-proxy_7.0.0-1_mipsel_24kc.ipk")),
            "is ruijie-proxy 0.1.0-1 for mipsel_24kc inside",
        ),
        (lambda file: file.unlink(), "there is no package of the program that ends in .ipk"),
    ],
    ids=["cut", "renamed", "missing"],
)
def test_a_file_that_is_not_right_is_told_and_nothing_done(
    laptop: Laptop, state: State, damage: Callable[[Path], object], told: str
) -> None:
    damage(laptop.dist / "ruijie-proxy_0.1.0-1_mipsel_24kc.ipk")
    before = state()

    done = laptop.deploy("--yes")

    assert done.returncode == ExitCode.USAGE
    assert told in done.stderr
    assert state() == before


@opkg_alone
def test_another_system_is_named(laptop: Laptop, machine: RouterMachine) -> None:
    machine.router.path("/etc/openwrt_release").unlink()
    machine.write("/etc/os-release", 'PRETTY_NAME="Debian GNU/Linux 12 \x1b]0;forged\x07"\n')
    machine.router.path("/usr/bin/opkg").unlink()
    machine.write("/usr/bin/dpkg", "#!/bin/sh\n", 0o755)

    done = laptop.deploy("--yes")

    assert done.returncode == ExitCode.USAGE
    assert "This is no OpenWrt, but Debian GNU/Linux 12" in done.stderr
    assert "make deb" in done.stderr
    assert "\x1b" not in done.stderr


@opkg_alone
def test_a_router_that_never_stops_talking_is_left(laptop: Laptop, machine: RouterMachine) -> None:
    machine.write("/etc/openwrt_release", "while :; do echo forged; done\n")

    done = laptop.deploy("--yes")

    assert done.returncode == ExitCode.USAGE
    assert "says more than a router does" in done.stderr


@opkg_alone
def test_what_the_package_manager_could_not_do_is_told_with_what_is_there_now(
    laptop: Laptop, machine: RouterMachine
) -> None:
    machine.write("/bin/opkg-of-before", machine.router.path("/usr/bin/opkg").read_text(), 0o755)
    machine.write(
        "/usr/bin/opkg",
        '#!/bin/sh\ncase "$*" in\ninstall*) echo "Collected errors: \x1b[2J broken"; exit 255 ;;\n'
        '*) exec /bin/opkg-of-before "$@" ;;\nesac\n',
        0o755,
    )

    done = laptop.deploy("--yes")

    assert done.returncode == ExitCode.ERROR
    assert "It has now: ruijie-proxy: not installed; luci-app-ruijie-proxy: not" in done.stderr
    assert "Collected errors:" in done.stderr
    assert "\x1b" not in done.stderr


# Getting in.


@opkg_alone
def test_a_password_is_asked_for_once(laptop: Laptop, machine: RouterMachine) -> None:
    laptop.knows_only(machine.password)

    done = laptop.deploy("--yes")

    assert done.returncode == ExitCode.DONE, done.stderr
    assert laptop.passwords_asked == 1


@opkg_alone
def test_a_wrong_password_is_told(laptop: Laptop) -> None:
    laptop.knows_only("nonsense")

    done = laptop.deploy("--yes")

    assert done.returncode == ExitCode.INTERFACE
    assert "127.0.0.1 does not let us in: the password is wrong" in done.stderr


@opkg_alone
def test_another_key_of_the_router_is_told_and_ssh_says_its_own(
    laptop: Laptop, machine: RouterMachine
) -> None:
    laptop.deploy("--dry-run")
    machine.stop()
    machine.new_host_key()
    machine.start()

    done = laptop.deploy("--yes")

    assert done.returncode == ExitCode.INTERFACE
    assert "REMOTE HOST IDENTIFICATION HAS CHANGED" in done.stderr
    assert "ssh-keygen -R" in done.stderr


@opkg_alone
def test_a_closed_port_is_told(laptop: Laptop, machine: RouterMachine) -> None:
    machine.stop()

    done = laptop.deploy("--yes")

    assert done.returncode == ExitCode.NO_ANSWER
    assert "takes no SSH at this port" in done.stderr


def test_a_name_that_nobody_has_is_told(tmp_path: Path) -> None:
    done = deploy_alone("nosuch.invalid", tmp_path)

    assert done.returncode == ExitCode.NO_ANSWER
    assert "There is no machine called nosuch.invalid" in done.stderr


def test_a_router_that_looks_like_an_option_is_none(tmp_path: Path) -> None:
    made = tmp_path / "made"

    done = deploy_alone("--", f"-oProxyCommand=touch {made}", tmp_path)

    assert done.returncode != ExitCode.DONE
    assert not made.exists()


def test_a_folder_that_is_not_there_is_told_before_anybody_is_asked(tmp_path: Path) -> None:
    done = deploy_alone("nosuch.invalid", tmp_path / "missing")

    assert done.returncode == ExitCode.USAGE
    assert "Name the folder with the packages" in done.stderr


def test_a_laptop_without_ssh_is_told_what_to_install(tmp_path: Path) -> None:
    done = deploy_alone("192.0.2.1", tmp_path, PATH=str(tmp_path))

    assert done.returncode == ExitCode.ERROR
    assert "There is no ssh on this laptop" in done.stderr


def deploy_alone(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command without any router; the last word is the folder of packages."""
    *target, folder = map(str, words)
    return subprocess.run(
        [sys.executable, "-m", "ruijie_proxy", "deploy", "-y", "--packages", folder, *target],
        env={**os.environ, "LANGUAGE": "en", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


# In a terminal, and interrupted.


@opkg_alone
def test_it_asks_and_no_means_no(laptop: Laptop, state: State) -> None:
    before = state()
    with InTerminal(*laptop.arguments, **laptop.environment) as terminal:
        terminal.wait_for("Go on?")
        terminal.type("n")

        assert terminal.end() == ExitCode.ERROR

    assert "Nothing was changed." in terminal.shown
    assert state() == before


@opkg_alone
def test_ctrl_c_and_a_lost_connection_let_the_installation_come_to_its_end(
    laptop: Laptop, machine: RouterMachine
) -> None:
    slow(machine)
    with InTerminal(*laptop.arguments, "--yes", **laptop.environment) as terminal:
        terminal.wait_for("Installing")
        wait_until(machine.router.path("/begun").exists)
        terminal.press_ctrl_c()

        assert terminal.end() == ExitCode.ERROR
    assert "Interrupted. An installation that has begun" in terminal.shown

    busy = laptop.deploy("--yes")
    machine.router.path("/go-on").touch()
    wait_until(lambda: not machine.router.path(f"{FOLDER}/pid").exists())
    again = laptop.deploy("--yes")

    assert busy.returncode == ExitCode.ERROR
    assert "An installation is under way on the router" in busy.stderr
    assert again.returncode == ExitCode.DONE, again.stdout + again.stderr
    assert "There is nothing to do." in again.stdout


@opkg_alone
def test_a_connection_that_is_cut_in_the_middle_is_told(
    laptop: Laptop, machine: RouterMachine
) -> None:
    slow(machine)
    with InTerminal(*laptop.arguments, "--yes", **laptop.environment) as terminal:
        terminal.wait_for("Installing")
        wait_until(machine.router.path("/begun").exists)
        machine.stop()

        assert terminal.end() == ExitCode.NO_ANSWER

    assert "The connection to 127.0.0.1 was lost" in terminal.shown


def slow(machine: RouterMachine) -> None:
    """Have the package manager wait in the middle of an installation, until it is told to go on."""
    machine.write("/bin/opkg-of-before", machine.router.path("/usr/bin/opkg").read_text(), 0o755)
    machine.write(
        "/usr/bin/opkg",
        "#!/bin/sh\n"
        'case "$*" in\n'
        "install*)\n\ttouch /begun\n\tuntil [ -e /go-on ]; do sleep 0.1; done ;;\n"
        "esac\n"
        'exec /bin/opkg-of-before "$@"\n',
        0o755,
    )


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)
