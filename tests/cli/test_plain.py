"""Commands without click: they do what they do with it, and load what they need."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.cli.commands import commands
from ruijie_proxy.cli.plain import COMMANDS, parse
from ruijie_proxy.cli.run import RunOptions
from tests.cli.daemon_stand_in import accepted, daemon_that_answers, refused

STATUS = {
    "version": "0",
    "sessions": [
        {
            "name": "宿舍",
            "mode": "relay",
            "state": "online",
            "wan": "wan",
            "lan": "br-lan",
            "server": None,
            "client": None,
            "since": "2026-11-23T13:00:00+08:00",
            "client_needed": False,
            "heartbeat": None,
            "message": "欢迎使用校园网",
            "accounting": None,
            "last_failure": None,
            "next_try": None,
            "services": [],
            "was_online": True,
        }
    ],
}
EVENTS: list[dict[str, Any]] = [
    {"session": None, "event": "daemon-started", "at": "2026-11-23T12:00:00+08:00"},
    {"session": "宿舍", "event": "online", "at": "2026-11-23T13:00:00+08:00"},
]
PLAINLY = (sys.executable, "-m", "ruijie_proxy")
WITH_CLICK = (
    sys.executable,
    "-c",
    "import sys; from ruijie_proxy.cli import _take_language; a = _take_language(sys.argv[1:])\n"
    "from ruijie_proxy.cli.commands import commands; commands(a, prog_name='ruijie-proxy')",
)


@pytest.fixture
def router(tmp_path: Path) -> Iterator[Path]:
    """A UCI configuration, a journal and what answers at the daemon's socket."""
    control = tmp_path / "control.sock"
    configuration = tmp_path / "ruijie-proxy"
    configuration.write_text(
        f"config globals\n\toption control '{control}'\n\toption state_dir '{tmp_path}'\n"
        "config session 'campus'\n\toption wan 'wan'\n\toption lan 'br-lan'\n"
    )
    lines = [{**event, "level": "warning", "text": "x happened"} for event in EVENTS]
    (tmp_path / "journal.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    with daemon_that_answers(control, _answers):
        yield configuration


def _answers(question: dict[str, Any]) -> list[dict[str, Any]]:
    if question.get("session") == "nobody":
        return [refused("no-session", "There is no session 'nobody'.")]
    return [accepted(STATUS)]


def ended(command: tuple[str, ...], *arguments: str) -> tuple[int, bytes, bytes]:
    done = subprocess.run([*command, *arguments], capture_output=True, check=False)
    return done.returncode, done.stdout, done.stderr


def of_router(router: Path, arguments: list[str]) -> list[str]:
    """Name the configuration to a command that takes one, before anything that follows ``--``."""
    if arguments in ([], ["--version"]):
        return arguments
    return [arguments[0], "-c", str(router), *arguments[1:]]


SIMPLE = [
    ["--version"],
    ["check"],
    ["status"],
    ["status", "--json"],
    ["status", "--json", "宿舍"],
    ["status", "nobody"],
    ["logout"],
    ["logout", "宿舍"],
    ["logout", "nobody"],
    ["relogin"],
    ["renew", "宿舍"],
    ["reload"],
    ["history"],
    ["history", "--json"],
    ["history", "--json", "-n", "1"],
    ["history", "--lines", "0", "宿舍"],
    ["history", "--chart", "宿舍"],
    ["relogin", "--", "宿舍"],
    ["status", "--json", "--", "nobody"],
    ["logout", "--", "--json"],
    ["renew", "--", "--"],
]
LEFT_TO_CLICK = [
    ["status", "--watch", "--json"],
    ["status", "one", "two"],
    ["status", "-n", "3"],
    ["history", "-n", "-1"],
    ["history", "-n", "x"],
    ["history", "--since=soon"],
    ["history", "--chart", "--since=2h"],
    ["reload", "session"],
    ["reload", "--", "session"],
    ["logout", "one", "--", "two"],
    ["logout", "--", "one", "two"],
    ["logout", "--"],
    ["logout", "--help"],
    ["nonsense"],
    [],
]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("arguments", SIMPLE + LEFT_TO_CLICK, ids=" ".join)
def test_what_is_said_is_the_same_with_and_without_click(
    router: Path, arguments: list[str], language: str
) -> None:
    whole = ["--lang", language, *of_router(router, arguments)]

    assert ended(PLAINLY, *whole) == ended(WITH_CLICK, *whole)


@pytest.mark.parametrize("arguments", [["status"], ["history"]], ids=" ".join)
def test_on_a_terminal_there_are_colours(router: Path, arguments: list[str]) -> None:
    ours, theirs = pty.openpty()
    try:
        command = [*PLAINLY, *arguments, "-c", str(router), "--lang", "en"]
        done = subprocess.run(command, stdout=theirs, check=False)
        told = os.read(ours, 10_000).decode()
    finally:
        os.close(ours)
        os.close(theirs)

    assert done.returncode == ExitCode.DONE
    assert "\x1b[1m宿舍\x1b[0m" in told
    assert "\x1b[32monline\x1b[0m" in told or "\x1b[33mx happened\x1b[0m" in told


def test_a_reader_who_goes_away_is_no_fault() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([*PLAINLY, "--version"], stdout=writing, stderr=-1, check=False)
    os.close(writing)

    assert (done.returncode, done.stderr) == (ExitCode.ERROR, b"")


LOADED = (
    "import sys\n"
    "from ruijie_proxy.cli import main\n"
    "try:\n"
    "    main()\n"
    "finally:\n"
    "    print(*sys.modules, file=sys.stderr)\n"
)
HEAVY = {
    "argparse",
    "click",
    "dataclasses",
    "datetime",
    "gettext",
    "inspect",
    "pathlib",
    "subprocess",
    "typing",
    "yaml",
}


@pytest.mark.parametrize(
    ("arguments", "more"),
    [
        (["--version"], {"json", "re", "socket"}),
        (["check"], {"json", "re", "socket"}),
        (["status", "--json"], set()),
        (["logout"], set()),
        (["relogin", "--", "宿舍"], set()),
        (["renew"], set()),
        (["reload"], set()),
        (["history", "--json", "-n", "5"], set()),
    ],
    # A set's own text would be another one in each process that runs tests.
    ids=lambda value: " ".join(sorted(value) if isinstance(value, set) else value),
)
def test_nothing_heavy_is_loaded(router: Path, arguments: list[str], more: set[str]) -> None:
    code, _, told = ended((sys.executable, "-c", LOADED), *of_router(router, arguments))
    loaded = set(told.decode().split())

    assert code == ExitCode.DONE
    assert loaded & (HEAVY | more) == set()


def test_the_table_names_commands_and_options_that_click_has() -> None:
    for name, (_run, known) in COMMANDS.items():
        parameters = {parameter.name for parameter in commands.commands[name].params}
        assert set(known) <= parameters


@pytest.mark.parametrize("name", ["宿舍", "-x", "--json", "--"])
def test_what_stands_behind_two_dashes_is_a_sessions_name(name: str) -> None:
    assert parse(COMMANDS["status"][1], ["--json", "--", name]) == {
        "as_json": True,
        "session": name,
    }


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ([], {}),
        (["-c", "/etc/x.yaml"], {"config": "/etc/x.yaml"}),
        (["--config", "x.yaml", "-v"], {"config": "x.yaml", "verbose": True}),
    ],
)
def test_what_service_files_write_needs_no_click(
    arguments: list[str], options: dict[str, object]
) -> None:
    assert parse(COMMANDS["run"][1], arguments) == options


@pytest.mark.parametrize(
    "arguments", [["--help"], ["-c"], ["-c", "-v"], ["--config=x.yaml"], ["extra"], ["-x"], ["--"]]
)
def test_anything_else_is_left_to_click(arguments: list[str]) -> None:
    assert parse(COMMANDS["run"][1], arguments) is None


@pytest.mark.parametrize("options", [RunOptions(), RunOptions("x", True), RunOptions("x")])
def test_options_survive_the_way_through_a_new_process(options: RunOptions) -> None:
    parsed = parse(COMMANDS["run"][1], options.as_arguments())

    assert parsed is not None
    assert RunOptions(**parsed) == options
