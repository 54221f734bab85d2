"""Every command on terminals that lack characters, and with output that nobody takes."""

from __future__ import annotations

import gzip
import json
import os
import pty
import shutil
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.cli.commands import commands
from ruijie_proxy.display_width import columns
from tests.cli.daemon_stand_in import accepted, daemon_that_answers
from tests.inspect.recorded import login, pcapng

PROGRAM = (sys.executable, "-m", "ruijie_proxy")
TEXT = "✓ 密码错误… — “x” → €"
SESSION: dict[str, Any] = {
    "name": "宿舍",
    "mode": "auto",
    "state": "online",
    "wan": "eth1",
    "lan": "br-lan",
    "server": None,
    "client": None,
    "since": "2026-11-23T13:00:00+08:00",
    "client_needed": True,
    "heartbeat": None,
    "message": TEXT,
    "accounting": TEXT,
    "last_failure": {
        "text": TEXT,
        "kind": "credentials",
        "at": "2026-11-23T12:59:00+08:00",
        "advice": "Check “username:” and the password; only you can mend it.",
    },
    "next_try": None,
    "services": ["移动", "✓"],
    "was_online": True,
    "free_in": None,
}
EVENT: dict[str, Any] = {
    "session": "宿舍",
    "event": "noted",
    "at": "2026-11-23T13:00:00+08:00",
    "level": "warning",
    "text": TEXT,
    "detail": {},
}
COMMANDS: list[list[str]] = [
    ["run", "-c", "BROKEN"],
    ["login", "--wan", "无此口", "--lan", "无此桥"],
    ["logout", "宿舍"],
    ["relogin"],
    ["relogin", "--trust"],
    ["renew"],
    ["reload"],
    ["status"],
    ["status", "--json"],
    ["status", "没有"],
    ["events"],
    ["events", "--json"],
    ["history"],
    ["history", "--json"],
    ["history", "没有"],
    ["history", "--chart"],
    ["history", "--chart", "--json"],
    ["campus", "list"],
    ["campus", "show", "gzhu"],
    ["campus", "show", "没有"],
    ["check"],
    ["check", "-c", "BROKEN"],
    ["import", "MINIEAP", "-o", "-"],
    ["inspect", "CAPTURE", "-v"],
    ["inspect", "CAPTURE", "--json"],
    ["inspect", "BROKEN"],
    ["learn", "CAPTURE"],
    ["learn", "CAPTURE", "--json"],
    ["learn", "CAPTURE", "-u", "张三", "--password-file", "MINIEAP", "-o", "-"],
    ["learn", "BROKEN"],
    ["capture", "-o", "-"],
    ["doctor", "--seconds", "0"],
    ["doctor", "--seconds", "0", "--json"],
    ["deploy", "root@无此机", "--yes", "--packages", "没有"],
    ["profile", "show"],
    ["profile", "export"],
    ["profile", "import", "BROKEN"],
    ["profile", "forget"],
    ["password", "seal", "-u", "张三", "--password-file", "BROKEN"],
    ["lab", "--help"],
    ["lab", "demo", "--help"],
    ["--version"],
    ["--help"],
    ["nonsense"],
]
OUTSIDE = ("-c", "--help", "--version", "nonsense", "deploy", "inspect", "learn", "login")
"""What takes no configuration, or names its own."""


@pytest.fixture(scope="module")
def router(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with all that commands ask for, and what answers at the daemon's socket."""
    folder = tmp_path_factory.mktemp("router")
    control = folder / "control.sock"
    (folder / "config.yaml").write_text(
        f"control: {control}\nstate_dir: {folder}\nkey_file: {folder}/key\n"
        "sessions:\n  - {name: dorm, wan: eth-nosuch, lan: br-nosuch}\n"
    )
    (folder / "broken.yaml").write_text("sessions:\n  - {wan: “eth1”, 网口: 1}\n")
    (folder / "minieap.conf").write_text("username=zhang\npassword=密码\nnic=eth1\n")
    (folder / "capture.pcapng").write_bytes(gzip.compress(pcapng(login())))
    (folder / "journal.jsonl").write_text(json.dumps(EVENT, ensure_ascii=False) + "\n")
    with daemon_that_answers(control, _answers):
        yield folder


def _answers(question: dict[str, Any]) -> list[dict[str, Any]]:
    answers = [accepted({"version": "0", "sessions": [SESSION]})]
    if question["command"] == "events":
        answers.append({"version": 1, **EVENT})
    return answers


def whole(router: Path, arguments: list[str]) -> list[str]:
    """Return arguments with the files that they are to name."""
    files = {
        "BROKEN": router / "broken.yaml",
        "MINIEAP": router / "minieap.conf",
        "CAPTURE": router / "capture.pcapng",
    }
    named = [str(files.get(one, one)) for one in arguments]
    if not arguments or any(one in OUTSIDE for one in arguments):
        return named
    return [*named, "-c", str(router / "config.yaml")]


def terminal(language: str, encoding: str) -> dict[str, str]:
    """Return the environment of a terminal; of the locale C, where Python is told to believe it."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LC_", "LANG", "PYTHONIOENCODING", "PYTHONUTF8"))
    }
    environment |= {"LANGUAGE": language, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}
    environment |= {"PYTHONUTF8": "0", "COLUMNS": "60"}
    return environment if encoding == "ascii" else {**environment, "PYTHONIOENCODING": encoding}


@pytest.mark.parametrize(
    ("language", "encoding"),
    [("zh", "gbk"), ("en", "gbk"), ("en", "iso8859-1"), ("en", "ascii"), ("zh", "ascii")],
)
@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_no_command_ends_for_want_of_a_character(
    router: Path, arguments: list[str], language: str, encoding: str
) -> None:
    done = subprocess.run(
        [*PROGRAM, *whole(router, arguments)],
        env=terminal(language, encoding),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert b"Traceback" not in done.stderr
    assert done.returncode in set(ExitCode)
    done.stderr.decode(encoding)
    if arguments[0] == "import" or "capture" in arguments:
        return  # not for a terminal
    shown = done.stdout.decode(encoding)
    assert shown or done.stderr
    if "--json" in arguments:
        for document in shown.splitlines() if arguments[0] in ("history", "events") else [shown]:
            json.loads(document)


def test_the_table_has_every_command() -> None:
    tried = {arguments[0] for arguments in COMMANDS}

    assert set(commands.commands) <= tried


def test_marks_and_quotes_have_their_like_and_the_rest_its_number(router: Path) -> None:
    done = subprocess.run(
        [*PROGRAM, *whole(router, ["status"])],
        env=terminal("en", "iso8859-1"),
        capture_output=True,
        check=False,
    )
    lines = done.stdout.decode("iso8859-1").splitlines()

    told = r'+ \u5bc6\u7801\u9519\u8bef... - "x" -> \u20ac'
    assert f"  message     {told}" in lines
    assert r"\u5bbf\u820d" in lines[0]


def test_programs_are_told_the_same_in_every_encoding(router: Path) -> None:
    told = [
        json.loads(
            subprocess.run(
                [*PROGRAM, *whole(router, ["status", "--json"])],
                env=terminal("en", encoding),
                capture_output=True,
                check=True,
            ).stdout.decode(encoding)
        )
        for encoding in ("utf-8", "gbk", "iso8859-1", "ascii")
    ]

    assert told[0]["sessions"][0]["message"] == TEXT
    assert all(one == told[0] for one in told)


@pytest.mark.skipif(shutil.which("localedef") is None, reason="no locales can be made here")
def test_a_real_locale_of_gbk_shows_what_gbk_has(router: Path, tmp_path: Path) -> None:
    made = tmp_path / "zh_CN.GBK"
    subprocess.run(
        ["localedef", "-i", "zh_CN", "-f", "GBK", str(made)], capture_output=True, check=False
    )
    if not (made / "LC_CTYPE").exists():
        pytest.skip("the definitions of locales are not installed")
    environment = terminal("zh", "ascii") | {"LOCPATH": str(tmp_path), "LC_ALL": "zh_CN.GBK"}
    shown = ""
    for arguments in (["status"], ["doctor", "--seconds", "0"]):
        done = subprocess.run(
            [*PROGRAM, *whole(router, arguments)], env=environment, capture_output=True, check=False
        )
        assert b"Traceback" not in done.stderr
        shown += done.stdout.decode("gbk")

    assert "  消息        + 密码错误… — “x” → \\u20ac\n" in shown
    assert "\n本机\n + " in shown
    assert "  x " in shown or " ! " in shown


# Colours and columns.

COLOURED = [
    ["status"],
    ["history"],
    ["history", "--chart"],
    ["events"],
    ["inspect", "CAPTURE"],
    ["doctor", "--seconds", "0"],
]


def shown_on_a_terminal(
    router: Path,
    arguments: list[str],
    environment: dict[str, str] | None = None,
    width: int = 80,
) -> str:
    """Run a command in a terminal; return what it shows there."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, width))
    plain = {
        name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS")
    }
    with subprocess.Popen(
        [*PROGRAM, *whole(router, arguments)],
        env={**plain, "TERM": "xterm", "PYTHONIOENCODING": "utf-8", **(environment or {})},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ):
        os.close(theirs)
        pieces = []
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # EIO: nobody has the terminal open any more
                break
            pieces.append(piece)
    os.close(ours)
    return b"".join(pieces).decode()


@pytest.mark.parametrize("arguments", COLOURED, ids=" ".join)
def test_colours_are_for_terminals(router: Path, arguments: list[str]) -> None:
    assert "\x1b[1m" in shown_on_a_terminal(router, arguments)


@pytest.mark.parametrize("wish", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
@pytest.mark.parametrize("arguments", COLOURED, ids=" ".join)
def test_who_wants_no_colours_gets_none(
    router: Path, arguments: list[str], wish: dict[str, str]
) -> None:
    shown = shown_on_a_terminal(router, arguments, wish)

    assert shown
    assert "\x1b[3" not in shown
    assert "\x1b[1m" not in shown


def test_a_dumb_terminal_gets_nothing_to_write_over(router: Path) -> None:
    shown = shown_on_a_terminal(router, ["doctor", "--seconds", "0.1"], {"TERM": "dumb"})

    assert "\x1b" not in shown
    assert "\r\n" in shown
    assert "\r" not in shown.replace("\r\n", "")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "arguments",
    [
        ["status"],
        ["history", "--chart"],
        ["doctor", "--seconds", "0"],
        ["--help"],
        ["login", "--help"],
        ["doctor", "-h"],
    ],
    ids=" ".join,
)
def test_what_is_folded_fits_forty_columns(
    router: Path, arguments: list[str], language: str
) -> None:
    environment = {"LANGUAGE": language, "NO_COLOR": "1", "TERM": "dumb"}
    shown = shown_on_a_terminal(router, arguments, environment, width=40)
    words = [line for line in shown.splitlines() if " " in line.strip().strip("→✓•!✗ ")]
    wide = [line for line in words if columns(line) > 40]

    # The first line of a session and long words, such as paths and choices, go as the terminal has
    # them.
    assert [line for line in wide if line[0] == " " and "/" not in line and "|" not in line] == []


# Nobody takes what is said.

SPEAKING = [
    ["status"],
    ["status", "--json"],
    ["logout"],
    ["events", "--json"],
    ["history"],
    ["history", "--chart"],
    ["check"],
    ["import", "MINIEAP", "-o", "-"],
    ["inspect", "CAPTURE"],
    ["inspect", "CAPTURE", "--json"],
    ["doctor", "--seconds", "0"],
    ["--version"],
    ["--help"],
    ["login", "--help"],
]


def outcome(router: Path, arguments: list[str], redirection: str) -> tuple[int, str]:
    """Run a command as a shell does; return its exit code and what it said on standard error."""
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" {redirection}', "sh", *PROGRAM, *whole(router, arguments)],
        env={**os.environ, "LANGUAGE": "en"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stderr.decode()


@pytest.mark.parametrize("arguments", SPEAKING, ids=" ".join)
def test_an_answer_that_a_full_disk_does_not_take_is_an_error(
    router: Path, arguments: list[str]
) -> None:
    code, told = outcome(router, arguments, ">/dev/full")

    assert code == ExitCode.ERROR
    assert told.endswith("Standard output cannot be written to: No space left on device\n")
    assert "Traceback" not in told
    assert str(router / "capture.pcapng") not in told


@pytest.mark.parametrize("arguments", SPEAKING, ids=" ".join)
def test_an_answer_that_goes_nowhere_is_an_error(router: Path, arguments: list[str]) -> None:
    code, told = outcome(router, arguments, ">&-")

    assert code == ExitCode.ERROR
    assert told.endswith("Standard output is closed.\n")
    assert "Traceback" not in told


@pytest.mark.parametrize("redirection", ["2>/dev/full", "2>&-"])
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["status"], ExitCode.DONE),
        (["status", "nobody"], ExitCode.USAGE),
        (["run", "-c", "BROKEN"], ExitCode.USAGE),
        (["check", "-c", "BROKEN"], ExitCode.USAGE),
        (["nonsense"], ExitCode.USAGE),
    ],
    ids=str,
)
def test_complaints_that_nobody_takes_change_nothing_of_the_exit_code(
    router: Path, arguments: list[str], code: ExitCode, redirection: str
) -> None:
    assert outcome(router, arguments, redirection) == (code, "")


@pytest.mark.parametrize("arguments", SPEAKING, ids=" ".join)
def test_a_reader_that_has_seen_enough_is_told_nothing(router: Path, arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*PROGRAM, *whole(router, arguments)],
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)

    assert b"roken" not in done.stderr
    assert b"Traceback" not in done.stderr
    assert b"Exception" not in done.stderr


@pytest.mark.parametrize("option", ["--wan", "--lan", "-u", "--service", "--client", "--state-dir"])
def test_an_option_that_is_no_text_is_wrong_usage(router: Path, option: str) -> None:
    arguments = [
        "login",
        "--wan",
        "lo",
        "-u",
        "zhang",
        "--password-file",
        "BROKEN",
        option,
        "\udcff",
    ]
    code, told = outcome(router, arguments, "")

    assert code in (ExitCode.USAGE, ExitCode.INTERFACE)
    assert "Traceback" not in told


@pytest.mark.parametrize("seconds", ["1e12", "nan", "inf", "-1", "x"])
def test_a_recording_that_would_never_end_is_wrong_usage(router: Path, seconds: str) -> None:
    code, told = outcome(router, ["capture", "-o", "/dev/null", "--seconds", seconds], "")

    assert code == ExitCode.USAGE
    assert "Traceback" not in told
    assert "--seconds" in told
