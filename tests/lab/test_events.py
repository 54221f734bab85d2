"""Events cross a pipe as lines of JSON."""

from __future__ import annotations

from ruijie_proxy.lab.events import Event, EventKind


def test_an_event_survives_the_way_through_json() -> None:
    event = Event(12.5, "switch", EventKind.REPORT, {"complaints": ["密码"], "online": True})

    line = event.to_json()

    assert "\n" not in line
    assert Event.from_json(line) == event


def test_a_detail_that_is_not_there_reads_as_empty() -> None:
    event = Event(0.0, "pc", EventKind.OFFLINE, {"reason": "kicked", "message": None})

    assert event.text("reason") == "kicked"
    assert event.text("message") == event.text("nothing") == ""
