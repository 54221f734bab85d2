"""The pure package depends on just what it imports: with that everything runs, and none is idle.

Everything here runs the package's own files in an interpreter that has only the modules of the
packages named.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from openwrt.packaging.kinds import DEPENDS
from openwrt.packaging.program import LIBRARY, program_files
from ruijie_proxy.lab.options import SuccessShape
from tests.namespaces.conftest import Network
from tests.namespaces.daemon_process import write_configuration
from tests.namespaces.router import Router
from tests.openwrt.checkout import CHECKOUT
from tests.openwrt.feed_python import LIGHT, OTHERS, STANDARD_LIBRARY, RouterPython

COMMAND = "from ruijie_proxy.cli import main; main()"
IMPORT_ALL = """
import importlib, json, pkgutil
import ruijie_proxy
missing = {}
for module in pkgutil.walk_packages(ruijie_proxy.__path__, "ruijie_proxy."):
    if module.name != "ruijie_proxy.__main__":
        try:
            importlib.import_module(module.name)
        except ImportError as error:
            missing[module.name] = error.name
print(json.dumps(missing))
"""
DECODE = """
import sys
from ruijie_proxy.protocol.text import decode_text
print(decode_text(bytes.fromhex(sys.argv[1])))
"""
ASK_FOR_WHAT_IS_LEFT = """
from ruijie_proxy.runtime.processes.privileges import drop_privileges
drop_privileges()
"""
NEEDED_WITH_WHAT_NO_ROUTER_HAS = {
    "cryptography": "sealed passwords, which say what to install",
    "pefile": "the V2 check, which says what to install",
    "scapy": "inspect.layers, for those who have it",
}
ONLY_IN_THE_EXECUTABLE = "_linux_calls"
"""A module of the self-contained program's, without which _ctypes does."""
CONFIGURATION = CHECKOUT / "configs" / "login.yaml"
COMMANDS = {
    ("--help",): 0,
    ("--lang", "zh", "--help"): 0,
    ("--version",): 0,
    ("check", "-c", CONFIGURATION): 0,
    ("--lang", "zh", "check", "-c", CHECKOUT / "configs" / "full.yaml"): 0,
    ("run", "-c", "/nowhere"): 2,
    ("status",): 6,
    ("status", "--json"): 6,
    ("status", "--watch"): 6,
    ("history",): 0,
    ("history", "--json"): 0,
    ("history", "--chart"): 0,
    ("history", "--chart", "--json"): 0,
    ("events",): 6,
    ("logout",): 6,
    ("relogin",): 6,
    ("renew",): 6,
    ("reload",): 6,
    ("capture", "-o", "/nowhere/capture"): 6,
    ("doctor", "--seconds", "0", "-c", CONFIGURATION): 5,
    ("--lang", "zh", "doctor", "--seconds", "0", "-c", CONFIGURATION): 5,
    ("profile", "show", "-c", CONFIGURATION): 1,
    ("profile", "export", "-c", CONFIGURATION): 1,
    ("profile", "forget", "-c", CONFIGURATION): 1,
    ("login", "--wan", "nosuch", "-u", "me", "--password-file", CONFIGURATION): 2,
    ("inspect", "/dev/null"): 1,
    ("lab",): 1,
    ("lab", "demo"): 1,
    ("deploy", "root@192.168.1.1"): 1,
}
"""Command lines, and the exit codes that they have where no daemon runs and no port is there."""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return where Python finds the program's files and those of other packages."""
    root = tmp_path_factory.mktemp("router")
    for file in program_files(CHECKOUT):
        target = root / file.path[1:]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.data)
    others = root / "others"
    others.mkdir()
    for module in set().union(*OTHERS.values()):
        found = importlib.util.find_spec(module)
        if found is not None and found.origin is not None:
            (others / module).symlink_to(Path(found.origin).parent)
    return [root / LIBRARY[1:], others]


@pytest.fixture(scope="module")
def python(path: list[Path]) -> RouterPython:
    return RouterPython(DEPENDS, path)


def environment(tmp_path: Path) -> dict[str, str]:
    """One in which nothing of this machine's is found: no daemon, no feed's package manager."""
    return {"RUIJIE_PROXY_CONTROL": str(tmp_path / "control.sock"), "PATH": str(tmp_path)}


# With what it depends on, everything runs.


def test_every_module_can_be_imported_but_the_one_for_scapy(python: RouterPython) -> None:
    done = python.run(IMPORT_ALL)

    assert json.loads(done.stdout) == {"ruijie_proxy.inspect.layers": "scapy"}


def test_whatever_is_imported_when_it_is_needed_is_there_too() -> None:
    """The imports within functions, read from the source."""
    elsewhere = {
        module: package
        for package, modules in {**STANDARD_LIBRARY, **OTHERS}.items()
        for module in modules
    }
    asked_for = {
        package_or_module
        for module in _imported_modules()
        if (package_or_module := elsewhere.get(module, LIGHT if _is_pythons(module) else module))
        not in DEPENDS
    }

    assert asked_for == {elsewhere.get(module, module) for module in NEEDED_WITH_WHAT_NO_ROUTER_HAS}


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(map(str, words)))
def test_every_command_runs(
    python: RouterPython, words: tuple[str | Path, ...], tmp_path: Path
) -> None:
    done = python.run(COMMAND, *map(str, words), environment=environment(tmp_path))

    assert "Traceback" not in done.stderr
    assert done.returncode == COMMANDS[words], done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("lab", "demo"), "The virtual campus is no part of a router's package"),
        (("deploy", "me"), "“deploy” is no part of a router's package: run it on the laptop."),
    ],
)
def test_heavy_commands_say_what_is_missing(
    python: RouterPython, words: tuple[str, ...], told: str, tmp_path: Path
) -> None:
    done = python.run(COMMAND, *words, environment=environment(tmp_path))

    assert done.stderr.startswith(told)


def test_a_client_for_the_v2_check_says_what_is_missing(
    python: RouterPython, tmp_path: Path
) -> None:
    login = {"mode": "login", "username": "u", "password": "p", "dialect": "ruijie-v2"}
    session = {"name": "dorm", "wan": "eth1", "client_exe": "/bin/sh", **login}
    configuration = str(write_configuration(tmp_path, session))

    done = python.run(COMMAND, "check", "-c", configuration, environment=environment(tmp_path))

    assert done.returncode == 2
    assert "reading it needs the package pefile; pip install pefile" in done.stderr


def test_sealing_a_password_says_what_is_missing(python: RouterPython, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("secret")
    files = ("--password-file", str(tmp_path / "password"), "--key-file", str(tmp_path / "key"))

    done = python.run(
        COMMAND, "password", "seal", "-u", "me", *files, environment=environment(tmp_path)
    )

    assert done.returncode != 0
    assert "sealed passwords need the package cryptography; pip install cryptography" in done.stderr


@pytest.fixture
def router() -> Iterator[Router]:
    with Network() as network:
        yield Router(network)


@pytest.mark.namespaces
def test_the_daemon_relays_renews_checks_runs_hooks_and_measures(
    router: Router, python: RouterPython, tmp_path: Path
) -> None:
    health = {"interval": 10, "failures": 1, "timeout": 1, "url": "http://127.0.0.1:9/"}
    session = {
        "name": "dorm",
        "wan": "wan",
        "lan": "lan",
        "dhcp": {"renew": ["ip", "address", "add", "192.0.2.2/24", "dev", "wan"]},
        "health": {**health, "gateway": False},
        "hooks": {"online": ["/bin/echo", "told"]},
    }
    configuration = write_configuration(tmp_path, session)
    metrics = {"metrics": str(tmp_path / "metrics.prom")}
    configuration.write_text(json.dumps(json.loads(configuration.read_text()) | metrics))
    daemon = router.start(configuration, tuple(python.command(COMMAND)))
    router.relay_a_login(SuccessShape.MODERN)
    daemon.log.wait_for_all("wan has the address 192.0.2.2", "takeover", "hook online: told")
    daemon.log.wait_for("the way out does not work: 127.0.0.1 ")
    assert daemon.status()["state"] == "online"
    assert (tmp_path / "metrics.prom").exists()

    daemon.signal(signal.SIGTERM)

    assert daemon.log.wait_for_end() == 0
    assert "Traceback" not in daemon.log.text
    assert "could not be given up" not in daemon.log.text


@pytest.mark.namespaces
def test_the_daemon_logs_in_by_itself(router: Router, python: RouterPython, tmp_path: Path) -> None:
    session = {"name": "dorm", "wan": "wan", "mode": "login", "username": "u", "password": "p"}
    daemon = router.start(write_configuration(tmp_path, session), tuple(python.command(COMMAND)))
    daemon.log.wait_for("the Start goes out")

    daemon.signal(signal.SIGTERM)

    assert daemon.log.wait_for_end() == 0
    assert "Traceback" not in daemon.log.text


# Without any one of them, something does not.

FAILS_WITHOUT = {
    "python3-light": (COMMAND, "--version"),
    "python3-click": (COMMAND, "--help"),
    "python3-codecs": (DECODE, "您好".encode("gb18030").hex()),
    "python3-ctypes": (ASK_FOR_WHAT_IS_LEFT,),
    "python3-uuid": (COMMAND, "--help"),
    "python3-yaml": (COMMAND, "check", "-c", str(CONFIGURATION)),
}


def test_each_of_them_is_named_below() -> None:
    assert set(FAILS_WITHOUT) == set(DEPENDS)


@pytest.mark.parametrize("package", DEPENDS)
def test_none_of_them_is_idle(package: str, path: list[Path]) -> None:
    probe = FAILS_WITHOUT[package]
    assert RouterPython(DEPENDS, path).run(*probe).returncode == 0

    without = RouterPython(set(DEPENDS) - {package}, path).run(*probe)

    assert without.returncode != 0
    assert "No module named" in without.stderr or "unknown encoding" in without.stderr


def test_the_interpreter_of_these_tests_has_what_was_asked_for_and_no_more(
    path: list[Path],
) -> None:
    import_both = "import click, sys; print(click.__name__); import asyncio"

    done = RouterPython(DEPENDS, path).run(import_both)

    assert done.stdout == "click\n"
    assert done.stderr.endswith("ModuleNotFoundError: No module named 'asyncio'\n")


def _imported_modules() -> set[str]:
    """Return the first parts of the names of all modules that the package's files import."""
    found: set[str] = set()
    for file in program_files(CHECKOUT):
        if file.path.endswith(".py"):
            found |= set(_imports(ast.parse(file.data)))
    return found - {"ruijie_proxy", ONLY_IN_THE_EXECUTABLE}


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module is not None
            yield node.module.partition(".")[0]
        elif not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
            yield from _imports(node)


def _is_pythons(module: str) -> bool:
    return module in sys.stdlib_module_names
