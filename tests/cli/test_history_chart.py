"""``ruijie-proxy history --chart``, as users and scripts meet it: the last days as bands."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.cli.watching.week import BandState
from ruijie_proxy.display_width import columns
from tests.cli.daemon_stand_in import accepted, daemon_that_answers
from tests.cli.test_terminals import shown_on_a_terminal

PROGRAM = (sys.executable, "-m", "ruijie_proxy")


def midnight() -> datetime:
    return datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)


def line(
    day: int, hour: float, event: str, session: str | None = "dorm", **more: Any
) -> dict[str, Any]:
    """Return an event of a day: 0 is today, -6 the first of the chart."""
    at = (midnight() + timedelta(days=day, hours=hour)).astimezone().isoformat(timespec="seconds")
    text = more.pop("text", event)
    return {
        "session": session,
        "event": event,
        "at": at,
        "level": "notice",
        "text": text,
        "detail": more,
    }


def a_week() -> list[dict[str, Any]]:
    return [
        line(-7, 0, "daemon-started", None),
        line(-7, 1, "went-online"),
        line(-3, 12, "dropped", text="the server ended it: “您已被强制下线”"),
        line(-3, 12, "went-offline"),
        line(-3, 18, "own-login-begun"),
        line(-3, 18, "went-online"),
        line(-2, 0, "daemon-stopped", None),
        line(-1, 0, "daemon-started", None),
        line(-1, 0, "resumed"),
    ]


class Router:
    """A configuration with a session, a journal, and a daemon that answers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.control = folder / "control.sock"
        self.configure("dorm")

    def configure(self, *sessions: str) -> None:
        listed = "".join(
            f"  - {{name: {name}, wan: eth{number}, lan: br{number}}}\n"
            for number, name in enumerate(sessions)
        )
        (self.folder / "config.yaml").write_text(
            f"control: {self.control}\nstate_dir: {self.folder}\nsessions:\n{listed}"
        )

    def recorded(self, *lines: dict[str, Any]) -> None:
        text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines)
        (self.folder / "journal.jsonl").write_text(text)

    def shown(self, *arguments: str, encoding: str = "utf-8", language: str = "en") -> str:
        """Run the command with a pipe, which gets the usual width."""
        done = subprocess.run(
            [*PROGRAM, "history", "--chart", *arguments, "-c", str(self.folder / "config.yaml")],
            env={**os.environ, "PYTHONIOENCODING": encoding, "LANGUAGE": language},
            capture_output=True,
            check=False,
        )
        self.said = done.stderr.decode(encoding)
        self.code = done.returncode
        return done.stdout.decode(encoding)

    def document(self, *arguments: str) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.shown("--json", *arguments))
        return answer


@pytest.fixture
def router(tmp_path: Path) -> Iterator[Router]:
    made = Router(tmp_path)
    with daemon_that_answers(made.control, lambda _question: [accepted({})]):
        yield made


def day_lines(shown: str) -> list[str]:
    """Return the seven lines of the first session, without the days' names."""
    return [re.sub(r"^\S+ +\d+ +", "", one) for one in shown.splitlines()[2:9]]


def test_a_day_is_a_line_of_what_the_session_was(router: Router) -> None:
    router.recorded(*a_week())
    shown = router.shown()
    lines = day_lines(shown)

    assert shown.startswith("dorm: online ")
    assert lines[0] == "█" * 48 + " 100 %"
    assert lines[3] == "█" * 24 + "▼" + "░" * 11 + "▲" + "█" * 11 + "  75 %"
    assert lines[4] == "·" * 48 + "   0 %"
    assert lines[5] == "█" * 48 + " 100 %"
    assert "█" in lines[6] or time.localtime().tm_hour == 0
    assert len(lines) == 7


def test_each_drop_is_told_with_its_time_and_text(router: Router) -> None:
    router.recorded(*a_week())
    shown = router.shown()
    day = midnight() - timedelta(days=3)

    assert f"\n▼ {day:%a} {day.day} 12:00 the server ended it: “您已被强制下线”\n" in shown


def test_what_the_characters_mean_is_told_in_words(router: Router) -> None:
    router.recorded(*a_week())
    shown = router.shown()

    assert "█ online  ░ waiting or logging in  · not running  ▼ drop  ▲ login" in shown
    assert "Each place stands for 30 min." in shown


def test_it_speaks_chinese(router: Router) -> None:
    router.recorded(*a_week())
    shown = router.shown(language="zh")

    assert shown.startswith("dorm：最近 7 天有 ")
    assert "█ 在线  ░ 等待或正在认证  · 程序未运行  ▼ 掉线  ▲ 认证成功" in shown
    assert "每格 30 分钟。" in shown


@pytest.mark.parametrize(("language", "encoding"), [("zh", "gbk"), ("en", "ascii")])
def test_terminals_without_utf_8_get_plain_characters(
    router: Router, language: str, encoding: str
) -> None:
    router.recorded(*a_week())
    lines = day_lines(router.shown(encoding=encoding, language=language))

    assert lines[3] == "#" * 24 + "v" + "." * 11 + "^" + "#" * 11 + "  75 %"
    assert lines[4] == ":" * 48 + "   0 %"


def test_the_newest_drops_are_listed_and_as_many_as_are_asked_for(router: Router) -> None:
    drops = [
        each
        for number in range(15)
        for each in (
            line(-1, number, "went-online"),
            line(-1, number + 0.5, "dropped", text=f"drop {number}"),
        )
    ]
    router.recorded(line(-2, 0, "daemon-started", None), *drops)

    usual = router.shown()
    assert "10 of 15 drops and refusals, the newest (more: -n 15):" in usual
    assert "drop 4" not in usual
    assert "drop 5\n" in usual
    assert "drop 0\n" in router.shown("-n", "15")
    assert "drop" not in router.shown("-n", "0").partition("(more")[2].partition("█")[0]
    assert len(router.document("-n", "3")["sessions"][0]["marks"]) == 3


def test_programs_get_days_spans_and_marks(router: Router) -> None:
    router.recorded(*a_week())
    document = router.document()
    (session,) = document["sessions"]

    assert [span["state"] for span in session["spans"]] == [
        "online",
        "waiting",
        "online",
        "not-running",
        "online",
    ]
    assert session["spans"][0]["begin"] == document["begin"] == document["days"][0]["begin"]
    assert session["spans"][-1]["end"] == document["end"]
    assert {"at", "kind", "event", "text"} == set(session["marks"][0])
    assert [mark["kind"] for mark in session["marks"]] == ["drop", "login"]
    assert session["seconds"]["not-running"] == 86_400
    assert session["marks_left_out"] == document["damaged"] == 0
    assert len(document["days"]) == 7


def test_programs_get_the_texts_in_the_language_of_who_asks(router: Router) -> None:
    told = {"message": "the WAN link is down", "values": {}}
    lost = line(-1, 1, "link-lost", text="the WAN link is down") | {"told": told}
    router.recorded(line(-2, 0, "went-online"), lost)

    (session,) = json.loads(router.shown("--json", language="zh"))["sessions"]
    assert session["marks"][-1]["text"] == "WAN 口断开"


def test_every_configured_session_is_drawn_and_no_other(router: Router) -> None:
    router.configure("dorm", "attic")
    router.recorded(*a_week(), line(-1, 2, "dropped", "long-gone"))

    assert [one["session"] for one in router.document()["sessions"]] == ["dorm", "attic"]
    assert [one["session"] for one in router.document("attic")["sessions"]] == ["attic"]
    assert [one["session"] for one in router.document("long-gone")["sessions"]] == ["long-gone"]
    assert router.shown("atic") == ""
    assert router.said.startswith("There is no session 'atic'.")
    assert router.code == ExitCode.USAGE


def test_ten_sessions_each_have_their_lines(router: Router) -> None:
    names = [f"room-{number}" for number in range(10)]
    router.configure(*names)
    router.recorded(line(-7, 0, "daemon-started", None))
    shown = router.shown()

    assert [one.partition(":")[0] for one in shown.splitlines() if ": online" in one] == names


def test_without_a_daemon_it_is_not_said_to_be_online_still(tmp_path: Path) -> None:
    alone = Router(tmp_path)
    alone.recorded(*a_week())

    assert alone.document()["sessions"][0]["spans"][-1]["state"] == BandState.UNKNOWN.value


def test_no_journal_at_all_is_said_and_drawn_as_nothing_known(router: Router) -> None:
    shown = router.shown()

    assert shown.startswith("dorm: nothing is known of the last 7 days\n")
    assert day_lines(shown)[0] == "?" * 48
    assert "holds nothing yet" in router.said
    assert router.code == ExitCode.DONE


def test_damaged_lines_are_counted_and_the_rest_is_drawn(router: Router) -> None:
    router.recorded(*a_week())
    with (router.folder / "journal.jsonl").open("a") as file:
        file.write('{"session": "do\n{"session": "dorm", "event": "dropped"}\n')

    assert router.document()["damaged"] == 2
    assert "2 lines are damaged" in router.said


def test_lines_of_strange_shapes_end_nothing(router: Router) -> None:
    strange = [
        {**line(-1, 3, name), **more}
        for name in ("dropped", "link-back", "next-try-planned", "went-online")
        for more in (
            {"detail": None},
            {"detail": [1]},
            {"at": "never"},
            {"repeated": "x"},
            {"told": 7},
            {"told": {"message": "{", "values": {"a": 1}}},
        )
    ]
    router.recorded(*a_week(), *strange)

    assert router.shown("-n", "100")
    assert router.code == ExitCode.DONE
    assert router.document()["sessions"][0]["spans"]


def test_a_moment_does_not_go_with_a_chart(router: Router) -> None:
    router.shown("--since", "2h")

    assert router.code == ExitCode.USAGE
    assert "--chart always shows the last 7 days" in router.said


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("width", "places"), [(30, 24), (40, 24), (61, 24), (62, 48), (80, 48), (120, 96), (300, 96)]
)
def test_a_chart_is_as_wide_as_the_terminal_allows(
    router: Router, language: str, width: int, places: int
) -> None:
    router.recorded(*a_week())
    wishes = {"LANGUAGE": language, "NO_COLOR": "1"}
    shown = shown_on_a_terminal(router.folder, ["history", "--chart"], wishes, width)
    whole = [one for one in shown.splitlines() if one.endswith("█ 100 %")]

    assert [one.count("█") for one in whole][:4] == [places] * 4
    assert max(columns(one) for one in shown.splitlines()) <= max(width, 38)


def test_a_colour_goes_with_each_character(router: Router) -> None:
    router.recorded(*a_week())
    shown = shown_on_a_terminal(router.folder, ["history", "--chart"])

    assert "\x1b[32m" + "█" * 24 + "\x1b[0m\x1b[31m▼\x1b[0m\x1b[33m░" in shown
