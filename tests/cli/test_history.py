"""``ruijie-proxy history``, as users and scripts meet it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.cli.commands import commands
from ruijie_proxy.cli.watching import history
from ruijie_proxy.cli.watching.since import parse_since
from ruijie_proxy.config.notations import document
from tests.cli.daemon_stand_in import accepted, daemon_that_answers, refused

CHINESE = (sys.executable, "-m", "ruijie_proxy", "--lang", "zh")
ZONE = timezone(timedelta(hours=8))
NOW = datetime(2026, 11, 24, 8, 30, tzinfo=ZONE)


def line(hours_ago: float, event: str, session: str | None = "dorm", **more: Any) -> dict[str, Any]:
    at = (datetime.now().astimezone() - timedelta(hours=hours_ago)).isoformat(timespec="seconds")
    text = f"{event} happened"
    return {
        "session": session,
        "event": event,
        "at": at,
        "level": "warning",
        "text": text,
        "detail": {},
        **more,
    }


class Router:
    """A configuration, and a journal beside it."""

    def __init__(self, folder: Path) -> None:
        self.configuration = folder / "config.yaml"
        self.state = folder / "state"
        self.state.mkdir()
        self.configure(f"state_dir: {self.state}\n")

    def configure(self, more: str) -> None:
        sessions = "sessions:\n  - {name: dorm, wan: eth1, lan: br-lan}\n"
        self.configuration.write_text(sessions + more)

    def recorded(self, *lines: dict[str, Any], name: str = "journal.jsonl") -> None:
        text = "".join(json.dumps(one) + "\n" for one in lines)
        (self.state / name).write_text(text)

    def history(self, *arguments: str) -> Result:
        config = ("-c", str(self.configuration))
        return CliRunner().invoke(commands, ["history", *arguments, *config])

    @contextmanager
    def daemon(self, folder: Path, answers: dict[str, Any]) -> Iterator[None]:
        """Have a daemon answer, by the names of commands."""
        control = folder / "control.sock"
        self.configure(f"state_dir: {self.state}\ncontrol: {control}\n")
        with daemon_that_answers(control, lambda question: [answers[question["command"]]]):
            yield

    def names(self, *arguments: str) -> list[str]:
        done = self.history(*arguments, "--json")
        assert done.exit_code == ExitCode.DONE, done.stderr
        return [json.loads(one)["event"] for one in done.stdout.splitlines()]


def run_in_chinese(router: Router) -> str:
    return subprocess.run(
        [*CHINESE, "history", "-c", str(router.configuration)],
        env={"PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout


@pytest.fixture
def router(tmp_path: Path) -> Router:
    return Router(tmp_path)


def test_the_newest_comes_last_across_both_files(router: Router) -> None:
    router.recorded(line(30, "a"), line(20, "b"), name="journal.1.jsonl")
    router.recorded(line(2, "c"), line(1, "d"))
    assert router.names() == ["a", "b", "c", "d"]


def test_people_get_a_line_each(router: Router) -> None:
    dropped = line(2, "dropped")
    router.recorded(line(3, "daemon-started", None), dropped, line(1, "client-waits", repeated=4))
    started, second, waits = router.history().stdout.splitlines()

    assert started.endswith(" daemon-started happened")
    assert second == f"{dropped['at']} dorm: dropped happened"
    assert waits.endswith(" dorm: client-waits happened (4 times more)")


def test_programs_get_what_was_written(router: Router) -> None:
    recorded = line(1, "dropped", detail={"message": "您已被强制下线"})
    router.recorded(recorded)
    assert json.loads(router.history("--json").stdout) == recorded


def test_what_the_daemon_has_not_written_yet_comes_behind_the_journal(
    router: Router, tmp_path: Path
) -> None:
    written = line(2, "a")
    # Asked for first, and written before the journal is read; then said again, and not written.
    news = [{**written, "repeated": 1}, line(1, "b")]
    router.recorded(written)

    with router.daemon(tmp_path, {"unwritten": accepted({"events": news})}):
        assert router.names() == ["a", "b"]
        assert router.names("-n", "1") == ["b"]


def test_what_is_not_written_yet_is_in_the_language_of_the_reader(
    router: Router, tmp_path: Path
) -> None:
    told = {"message": "heartbeat {number} sent", "values": {"number": 4150}}
    news = [line(1, "heartbeat-sent", text="heartbeat 4150 sent", told=told, repeated=3)]

    with router.daemon(tmp_path, {"unwritten": accepted({"events": news})}):
        shown = run_in_chinese(router)

    assert shown.endswith(" dorm: 已发送心跳 4150（又重复 3 次）\n")


@pytest.mark.parametrize(
    "answer",
    [
        refused("unknown-command", "There is no command unwritten."),
        accepted({}),
        accepted({"events": "none"}),
        accepted({"events": [1, {"event": "b"}, line(1, "b", 5)]}),  # type: ignore[arg-type]
    ],
    ids=["an older daemon", "nothing", "no list", "no events"],
)
def test_a_daemon_that_cannot_tell_leaves_the_journal(
    router: Router, tmp_path: Path, answer: dict[str, Any]
) -> None:
    router.recorded(line(2, "a"))

    with router.daemon(tmp_path, {"unwritten": answer}):
        assert router.names() == ["a"]


def test_one_session_is_shown_with_what_the_daemon_tells_of_itself(router: Router) -> None:
    router.recorded(line(3, "daemon-started", None), line(2, "a"), line(1, "b", "attic"))
    assert router.names("attic") == ["daemon-started", "b"]


def test_a_session_that_nobody_knows_is_an_error_that_names_those_there_are(
    router: Router,
) -> None:
    router.recorded(line(3, "daemon-started", None), line(2, "a", "attic"))
    done = router.history("atic")

    assert (done.exit_code, done.stdout) == (ExitCode.USAGE, "")
    assert done.stderr == "There is no session 'atic'. Sessions: attic, dorm.\n"


def test_a_configured_session_that_nothing_has_happened_to_is_none(router: Router) -> None:
    router.recorded(line(2, "a", "attic"))
    done = router.history("dorm")

    assert (done.exit_code, done.stdout) == (ExitCode.DONE, "")
    assert "nothing" in done.stderr


def test_what_happened_since_then(router: Router) -> None:
    router.recorded(line(5, "a"), line(2.5, "b"), line(1, "c"))
    assert router.names("--since", "2h") == ["c"]
    assert router.names("--since", "180min") == ["b", "c"]
    assert router.names("--since", "1w") == ["a", "b", "c"]


def test_a_line_whose_time_cannot_be_read_is_not_hidden(router: Router) -> None:
    router.recorded(line(5, "a", at="yesterday"), line(5, "b"))
    assert router.names("--since", "2h") == ["a"]


def test_the_last_lines_are_shown_unless_all_are_asked_for(
    router: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "USUAL_COUNT", 3)
    router.recorded(*[line(1, name) for name in "abcde"])
    assert router.names() == ["c", "d", "e"]
    assert router.names("-n", "1") == ["e"]
    assert router.names("-n", "0") == []
    assert router.names("--since", "1d") == ["a", "b", "c", "d", "e"]
    assert router.names("--since", "1d", "-n", "2") == ["d", "e"]


def test_nothing_to_show_is_said_and_no_error(router: Router) -> None:
    done = router.history()
    assert (done.exit_code, done.stdout) == (ExitCode.DONE, "")
    assert "nothing" in done.stderr
    assert str(router.state) in done.stderr


def test_damaged_lines_are_counted_and_left_out(router: Router) -> None:
    router.recorded(line(1, "a"))
    with (router.state / "journal.jsonl").open("a") as file:
        file.write('{"session": "do')
    done = router.history()
    assert done.exit_code == ExitCode.DONE
    assert len(done.stdout.splitlines()) == 1
    assert "damaged" in done.stderr


def test_a_journal_in_a_place_of_its_own_is_found(router: Router, tmp_path: Path) -> None:
    router.recorded(line(1, "a"))
    router.configure(f"state_dir: /nowhere\njournal_dir: {router.state}\n")
    assert router.names() == ["a"]


def test_other_errors_of_the_configuration_do_not_matter(router: Router) -> None:
    router.recorded(line(1, "a"))
    router.configuration.write_text(f"sessions: nonsense\nstate_dir: {router.state}\n")
    assert router.names() == ["a"]


def test_a_configuration_that_is_not_there_is_wrong_usage(router: Router) -> None:
    router.configuration.unlink()
    assert router.history().exit_code == ExitCode.USAGE


@pytest.mark.parametrize("arguments", [("history",), ("check",), ("status",)], ids=" ".join)
def test_a_configuration_that_may_not_be_read_is_a_missing_permission(
    router: Router, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    def refuse(path: str, _most: int) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(document, "read_bounded", refuse)
    done = CliRunner().invoke(commands, [*arguments, "-c", str(router.configuration)])

    assert done.exit_code == ExitCode.INTERFACE
    assert "this user may not read it; run as root" in done.stderr


def test_what_may_not_be_read_is_a_missing_permission(
    router: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(directory: str) -> None:
        raise PermissionError(13, "Permission denied", f"{directory}/journal.jsonl")

    monkeypatch.setattr(history, "read_journal", refuse)
    done = router.history()
    assert done.exit_code == ExitCode.INTERFACE
    assert "run as root" in done.stderr


def test_what_cannot_be_read_otherwise_is_an_error(router: Router) -> None:
    (router.state / "journal.jsonl").mkdir()
    done = router.history()
    assert done.exit_code == ExitCode.ERROR
    assert "cannot be read" in done.stderr


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", NOW - timedelta(seconds=90)),
        ("30min", NOW - timedelta(minutes=30)),
        ("30m", NOW - timedelta(minutes=30)),
        ("2h", NOW - timedelta(hours=2)),
        ("3d", NOW - timedelta(days=3)),
        ("1w", NOW - timedelta(days=7)),
        ("2026-11-23T13:00:00+08:00", datetime(2026, 11, 23, 13, tzinfo=ZONE)),
        ("2026-11-23T13:00:00Z", datetime(2026, 11, 23, 13, tzinfo=UTC)),
    ],
)
def test_moments_are_read(text: str, expected: datetime) -> None:
    assert parse_since(text, NOW) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("today", datetime(2026, 11, 24)),
        ("yesterday", datetime(2026, 11, 23)),
        ("2026-11-23", datetime(2026, 11, 23)),
        ("2026-11-23T13:00", datetime(2026, 11, 23, 13)),
        ("2026-11-23 13:00:05", datetime(2026, 11, 23, 13, 0, 5)),
    ],
)
def test_moments_without_a_zone_are_of_this_machines(text: str, expected: datetime) -> None:
    assert parse_since(text, NOW) == expected.astimezone()


@pytest.mark.parametrize(
    "text", ["", "soon", "2", "2x", "-2h", "2h ago", "2026-13-01", "999999w", "24.11.2026"]
)
def test_what_is_no_moment_is_wrong_usage(router: Router, text: str) -> None:
    with pytest.raises(click.UsageError, match="yesterday"):
        parse_since(text, NOW)
    assert router.history(f"--since={text}").exit_code == ExitCode.USAGE
