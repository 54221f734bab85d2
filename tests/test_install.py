"""``make install`` and ``make uninstall``, into a directory that stands for a machine's root."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ruijie_proxy import __version__

ROOT = Path(__file__).parents[1]
TIMEOUT = 300
PREFIX = "/opt/rp"
LIBRARY = f"{PREFIX}/lib/ruijie-proxy"
UNIT = f"{PREFIX}/lib/systemd/system/ruijie-proxy.service"


class Machine:
    """Where it is installed."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def make(self, target: str, prefix: str = PREFIX) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            # The tests themselves may run under make, which would say where it is.
            [
                *("make", "--no-print-directory", target),
                f"DESTDIR={self.root}",
                f"PREFIX={prefix}",
                f"PYTHON={_python()}",
            ],
            cwd=ROOT,
            env={k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")},
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )

    def path(self, name: str) -> Path:
        return Path(f"{self.root}{name}")

    def everything(self) -> set[str]:
        return {f"/{path.relative_to(self.root)}" for path in self.root.rglob("*")}


def _python() -> str:
    """Return an interpreter that is in no virtual environment."""
    return str(Path(sys.base_prefix) / "bin" / "python3")


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """Install it once: it takes its time."""
    machine = Machine(tmp_path_factory.mktemp("machine"))
    # What is there before has to be there after.
    machine.path(f"{PREFIX}/bin").mkdir(parents=True)
    done = machine.make("install")
    assert done.returncode == 0, done.stderr
    assert "an example to edit: /etc/ruijie-proxy/config.yaml\n" in done.stdout
    return machine


def test_the_command_runs_with_its_own_environment(machine: Machine) -> None:
    link = machine.path(f"{PREFIX}/bin/ruijie-proxy")
    command = link.resolve()

    # It will lie below PREFIX, where its first line looks for the interpreter.
    assert command == machine.path(f"{LIBRARY}/bin/ruijie-proxy")
    assert command.read_text().splitlines()[0] == f"#!{LIBRARY}/bin/python3"
    interpreter = machine.path(f"{LIBRARY}/bin/python3")
    done = subprocess.run(
        [interpreter, command, "--version"], capture_output=True, text=True, check=True, cwd="/"
    )
    assert done.stdout == f"ruijie-proxy, version {__version__}\n"


def test_it_is_the_plain_command_and_its_bytecode_is_there(machine: Machine) -> None:
    assert "import re" not in machine.path(f"{LIBRARY}/bin/ruijie-proxy").read_text()
    packages = machine.path(f"{LIBRARY}/lib")
    (daemon,) = packages.rglob("ruijie_proxy/runtime/__pycache__/daemon.*.pyc")
    assert str(machine.root).encode() not in daemon.read_bytes()


def test_of_its_modules_python_loads_what_running_takes_and_no_more(machine: Machine) -> None:
    code = (
        "import ruijie_proxy.runtime.daemon as module; daemon = module.Daemon.run;"
        "print(module.__doc__, daemon.__doc__, daemon.__annotations__, module.__cached__);"
        "print(*{column for *_, column in daemon.__code__.co_positions()})"
    )
    python = machine.path(f"{LIBRARY}/bin/python3")
    command = [str(python), "-B", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=True)

    told, columns = done.stdout.splitlines()
    assert told.startswith(f"None None {{}} {machine.path(LIBRARY)}/")
    assert columns == "None"


def test_everybody_may_run_it(machine: Machine) -> None:
    for name in (LIBRARY, f"{LIBRARY}/bin", UNIT):
        mode = stat.S_IMODE(machine.path(name).stat().st_mode)
        assert mode & 0o444 == 0o444, name


def test_the_unit_starts_what_was_installed(machine: Machine) -> None:
    text = machine.path(UNIT).read_text()

    assert f"ExecStart={PREFIX}/bin/ruijie-proxy run -c %d/config.yaml\n" in text
    assert "LoadCredential=config.yaml:/etc/ruijie-proxy/config.yaml\n" in text


def test_the_example_is_its_owners_alone_and_another_install_leaves_it(machine: Machine) -> None:
    configuration = machine.path("/etc/ruijie-proxy/config.yaml")
    assert stat.S_IMODE(configuration.stat().st_mode) == 0o600
    configuration.write_text("mine\n")

    done = machine.make("install")

    assert done.returncode == 0, done.stderr
    assert "left as it is: /etc/ruijie-proxy/config.yaml\n" in done.stdout
    assert configuration.read_text() == "mine\n"


def test_the_folder_that_stands_for_the_root_need_not_be_there(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "new" / "machine")

    done = machine.make("install")

    assert done.returncode == 0, done.stderr
    assert machine.path(f"{PREFIX}/bin/ruijie-proxy").resolve().is_file()
    assert machine.make("uninstall").returncode == 0
    assert machine.everything() == {
        "/etc",
        "/etc/ruijie-proxy",
        "/etc/ruijie-proxy/config.yaml",
    }


def test_a_prefix_has_to_be_absolute(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "machine")

    done = machine.make("install", prefix="opt/rp")

    assert done.returncode != 0
    assert "opt/rp is no absolute path" in done.stderr
    assert not machine.root.exists()


def test_uninstall_takes_what_install_brought_and_says_what_it_leaves(machine: Machine) -> None:
    """The last one: nothing is there any more after it."""
    done = machine.make("uninstall")

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == (
        "removed. Kept, as they are yours: /etc/ruijie-proxy (configuration), "
        "/var/lib/ruijie-proxy (sessions)"
    )
    assert machine.everything() == {
        "/etc",
        "/etc/ruijie-proxy",
        "/etc/ruijie-proxy/config.yaml",
        "/opt",
        PREFIX,
        f"{PREFIX}/bin",
    }
    again = machine.make("uninstall")
    assert again.returncode != 0
    assert f"nothing is installed in {LIBRARY}" in again.stderr
