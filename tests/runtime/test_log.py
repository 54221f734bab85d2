from __future__ import annotations

import io
import re

import pytest

from ruijie_proxy.runtime.log import Level, Log


@pytest.fixture(autouse=True)
def no_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JOURNAL_STREAM", raising=False)


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


def test_the_journal_gets_the_level_and_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOURNAL_STREAM", "8:1234")
    stream = io.StringIO()
    Log(stream).write(Level.WARNING, "the WAN link is down", "dorm")

    assert stream.getvalue() == "<4>dorm: the WAN link is down\n"


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
