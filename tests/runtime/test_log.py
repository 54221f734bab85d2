from __future__ import annotations

import io
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from ruijie_proxy.config.shape.schema import LOG_LEVELS
from ruijie_proxy.engine import events
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.telling.event_stream import EventStream
from ruijie_proxy.runtime.telling.level import Level
from ruijie_proxy.runtime.telling.log import REPETITION, Log


@pytest.fixture(autouse=True)
def no_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JOURNAL_STREAM", raising=False)
    monkeypatch.delenv("RUIJIE_PROXY_LOG", raising=False)


def test_a_line_tells_the_time_the_session_and_what_happened() -> None:
    stream = io.StringIO()
    Log(stream).write(Level.NOTICE, "Success", "dorm")

    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d dorm: Success\n", stream.getvalue())


def test_a_warning_says_that_it_is_one() -> None:
    stream = io.StringIO()
    Log(stream).write(Level.WARNING, "the WAN link is down")

    assert stream.getvalue().endswith(" warning: the WAN link is down\n")


def test_what_matters_less_than_wanted_is_left_out() -> None:
    stream = io.StringIO()
    log = Log(stream, Level.INFO)
    log.write(Level.DEBUG, "heartbeat 4139 sent")

    assert stream.getvalue() == ""


def test_the_journal_gets_the_level_and_no_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "journal").open("w+") as stream:
        status = os.fstat(stream.fileno())
        monkeypatch.setenv("JOURNAL_STREAM", f"{status.st_dev}:{status.st_ino}")
        Log(stream).write(Level.WARNING, "the WAN link is down", "dorm")

    assert (tmp_path / "journal").read_text() == "<4>dorm: the WAN link is down\n"


def test_an_output_that_is_not_the_journals_stays_plain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with ``ruijie-proxy run 2>&1 | logger``, or a file, in a unit of systemd."""
    monkeypatch.setenv("JOURNAL_STREAM", "8:1234")
    with (tmp_path / "log").open("w") as stream:
        Log(stream).write(Level.WARNING, "the WAN link is down", "dorm")

    assert (tmp_path / "log").read_text().endswith(" warning: dorm: the WAN link is down\n")


def test_a_line_that_is_said_again_and_again_is_written_once_with_its_count() -> None:
    stream = io.StringIO()
    log = Log(stream)
    for _ in range(1000):
        log.write(Level.NOTICE, "another client wants to log in", "dorm")
    log.write(Level.NOTICE, "Success", "dorm")

    first, count, last = stream.getvalue().splitlines()
    assert first.endswith("another client wants to log in")
    assert count.endswith("(the last line was said 999 times more)")
    assert last.endswith("Success")


class _ClosedPipe(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError


def test_a_reader_that_has_gone_does_not_end_the_daemon() -> None:
    Log(_ClosedPipe()).write(Level.NOTICE, "Success")


# What the configuration says.


def json_lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_the_names_of_levels_are_those_of_the_configuration() -> None:
    assert {level.name.lower() for level in Level} == set(LOG_LEVELS)


def test_a_level_leaves_out_what_matters_less() -> None:
    stream = io.StringIO()
    log = Log(stream)
    log.configure("warning", as_json=False)
    for level in Level:
        log.write(level, level.name)

    assert [line.split()[-1] for line in stream.getvalue().splitlines()] == ["ERROR", "WARNING"]


def test_verbose_means_everything_whatever_the_configuration_says() -> None:
    stream = io.StringIO()
    log = Log(stream, verbose=True)
    log.configure("error", as_json=False)
    log.write(Level.DEBUG, "heartbeat 4139 sent")

    assert stream.getvalue().endswith("heartbeat 4139 sent\n")


def test_json_has_an_object_in_each_line() -> None:
    stream = io.StringIO()
    log = Log(stream)
    log.configure("info", as_json=True)
    events_of_sessions = EventStream()
    events_of_sessions.subscribe(log.tell)
    events_of_sessions.publish("dorm", events.Dropped("您已被强制下线"))
    log.write(Level.INFO, "stopped")

    dropped, stopped = json_lines(stream)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", dropped.pop("at"))
    assert dropped == {
        "level": "warning",
        "session": "dorm",
        "event": "dropped",
        "text": "the server ended the session: “您已被强制下线”",
        "detail": {"message": "您已被强制下线"},
    }
    del stopped["at"]
    assert stopped == {
        "level": "info",
        "session": None,
        "event": None,
        "text": "stopped",
        "detail": {},
    }


def test_json_in_the_journal_has_its_level_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "journal").open("w+") as stream:
        status = os.fstat(stream.fileno())
        monkeypatch.setenv("JOURNAL_STREAM", f"{status.st_dev}:{status.st_ino}")
        log = Log(stream)
        log.configure("info", as_json=True)
        log.write(Level.WARNING, "the WAN link is down", "dorm")

    line = (tmp_path / "journal").read_text()
    assert line.startswith("<4>{")
    assert json.loads(line.removeprefix("<4>"))["text"] == "the WAN link is down"


def test_repetitions_are_folded_in_json_too() -> None:
    stream = io.StringIO()
    log = Log(stream)
    log.configure("info", as_json=True)
    for _ in range(1000):
        log.write(Level.NOTICE, "another client wants to log in", "dorm")
    log.end_repetition()

    _, count = json_lines(stream)
    assert count["detail"] == {"repeated": 999}
    assert (count["session"], count["event"]) == ("dorm", None)


def test_what_is_said_again_much_later_is_news(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(clock, "now", lambda: now)
    stream = io.StringIO()
    log = Log(stream)
    for seconds in (0, 1, 2, REPETITION):
        now = 1000.0 + seconds
        log.write(Level.NOTICE, "the address was renewed")

    first, count, again = stream.getvalue().splitlines()
    assert first.endswith("the address was renewed")
    assert count.endswith("(the last line was said 2 times more)")
    assert again.endswith("the address was renewed")


def test_another_format_ends_what_was_folded() -> None:
    stream = io.StringIO()
    log = Log(stream)
    log.write(Level.NOTICE, "once")
    log.write(Level.NOTICE, "once")
    log.configure("info", as_json=True)
    log.write(Level.NOTICE, "once")

    first, count, again = stream.getvalue().splitlines()
    assert first.endswith("once")
    assert count.endswith("(the last line was said once more)")
    assert json.loads(again)["text"] == "once"
