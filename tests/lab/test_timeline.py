"""The timeline draws what happened, in the order in which it happened."""

from __future__ import annotations

import io

import pytest

from ruijie_proxy.display_width import columns
from ruijie_proxy.lab.campus.process import ROUTER
from ruijie_proxy.lab.campus.timeline import PC, SWITCH, Timeline
from ruijie_proxy.lab.events import Event, EventKind, FrameName
from tests.chinese import speak_chinese

SENT = Event(1.0, PC, EventKind.SENT, {"frame": FrameName.START})
RECEIVED = Event(1.01, SWITCH, EventKind.RECEIVED, {"frame": FrameName.START})
ASKED = Event(1.02, SWITCH, EventKind.SENT, {"frame": FrameName.REQUEST_IDENTITY})
HEARTBEAT = Event(2.0, SWITCH, EventKind.HEARTBEAT, {"number": 0x102C, "key": 0x32764AE1})
COMPLAINT = Event(2.5, SWITCH, EventKind.COMPLAINT, {"text": "the MD5 value is wrong"})


@pytest.fixture(autouse=True)
def _narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def drawn(*events: Event) -> list[str]:
    """Return the lines that some events make."""
    stream = io.StringIO()
    timeline = Timeline(stream)
    timeline.show(events, now=100.0)
    return stream.getvalue().splitlines()


def test_a_frame_goes_from_lane_to_lane() -> None:
    assert drawn(SENT, RECEIVED, ASKED) == [
        "   0.000  ├───────── Start ─────────▶│                          │",
        "   0.010  │                          ├───────── Start ─────────▶│",
        "   0.020  │                          │◀─── Request/Identity ────┤",
    ]


def test_an_accepted_heartbeat_shows_number_and_key() -> None:
    (line,) = drawn(HEARTBEAT)

    assert "Heartbeat 4140" in line
    assert line.endswith("✓ key 32764ae1")


def test_a_complaint_cannot_be_overlooked() -> None:
    assert drawn(COMPLAINT) == ["   0.000  switch: ✗ the MD5 value is wrong"]


def test_events_of_several_processes_are_put_into_their_order() -> None:
    assert drawn(RECEIVED, SENT) == drawn(SENT, RECEIVED)


def test_an_event_waits_for_older_ones_that_are_still_under_way() -> None:
    stream = io.StringIO()
    timeline = Timeline(stream)

    timeline.show([RECEIVED], now=RECEIVED.at)
    assert stream.getvalue() == ""
    timeline.show([SENT], now=100.0)

    assert stream.getvalue().splitlines() == drawn(SENT, RECEIVED)


def test_who_has_left_is_not_drawn_any_more() -> None:
    stream = io.StringIO()
    timeline = Timeline(stream)

    timeline.gone(PC)
    timeline.show([SENT, HEARTBEAT], now=100.0)

    (line,) = stream.getvalue().splitlines()
    assert "Heartbeat" in line
    assert line.split()[1] == "┊"


def test_of_the_daemon_s_log_what_matters_is_shown() -> None:
    lines = drawn(
        Event(1.0, ROUTER, EventKind.LOG, {"text": "dorm: takeover", "level": 5}),
        Event(1.1, ROUTER, EventKind.LOG, {"text": "dorm: a frame", "level": 6}),
        Event(1.2, ROUTER, EventKind.LOG, {"text": "Traceback", "level": None}),
    )

    assert [line.split("router: ")[1] for line in lines] == ["dorm: takeover", "Traceback"]


def test_no_line_is_wider_than_the_terminal() -> None:
    long = "欢迎使用校园网" * 20

    lines = drawn(SENT, Event(1.0, ROUTER, EventKind.LOG, {"text": long, "level": 5}))

    assert max(columns(line) for line in lines) < 80


def test_an_output_that_has_neither_lines_nor_chinese_gets_plain_characters() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    timeline = Timeline(stream)

    welcome = Event(1.5, ROUTER, EventKind.LOG, {"text": "says 欢迎", "level": 5})
    timeline.show([SENT, welcome], now=100.0)

    assert raw.getvalue().decode("ascii").splitlines() == [
        "   0.000  |--------- Start --------->|                          |",
        r"   0.500  router: says \u6b22\u8fce",
    ]


def test_in_chinese_the_lanes_stand_where_they_did(monkeypatch: pytest.MonkeyPatch) -> None:
    speak_chinese(monkeypatch)
    stream = io.StringIO()
    timeline = Timeline(stream)
    timeline.lanes()
    names = stream.getvalue().rstrip()

    arrow, heartbeat, left, complaint = drawn(
        SENT,
        HEARTBEAT,
        Event(2.2, PC, EventKind.LEFT, {}),
        COMPLAINT,
    )
    assert names.split() == ["时间", "电脑", "路由器", "交换机"]
    for name, lane in (("电脑", 10), ("路由器", 37), ("交换机", 64)):
        assert columns(names[: names.index(name)]) == lane
        assert arrow[lane] in "├│▶"
    assert heartbeat.endswith("✓密钥 32764ae1")
    assert columns(heartbeat) <= 80
    assert left == "   1.200    电脑: 关机"
    assert complaint.startswith("   1.500  交换机: ✗ ")
