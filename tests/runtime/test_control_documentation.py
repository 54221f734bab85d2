"""docs/control.md is a promise to scripts: what the program says, it says, and nothing else."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import ruijie_proxy
from ruijie_proxy.cli.watching.history import MOST_SESSIONS
from ruijie_proxy.cli.watching.week import Band, BandState, MarkKind, Span
from ruijie_proxy.cli.watching.week_json import MOST_MARKS, MOST_SPANS, week_json
from ruijie_proxy.config.shape.model import SessionConfiguration
from ruijie_proxy.engine import events, heartbeats, learned, reasons, unanswered, way_in, way_out
from ruijie_proxy.engine.refusals import RefusalKind
from ruijie_proxy.engine.states import PUBLIC_NAMES
from ruijie_proxy.runtime.control.protocol import VERSION
from ruijie_proxy.runtime.control.server import CALLERS_AT_ONCE, FOLLOWERS_AT_ONCE, MOST_GROUPS
from ruijie_proxy.runtime.control.status_report import report_session
from ruijie_proxy.runtime.control_commands import ControlCommands
from ruijie_proxy.runtime.records import journal
from ruijie_proxy.runtime.records.journal_files import NAME, OLDER_NAME
from ruijie_proxy.runtime.telling import machine_events
from ruijie_proxy.runtime.telling.event_stream import EventStream, Occurrence
from ruijie_proxy.runtime.telling.level import Level
from ruijie_proxy.runtime.telling.metrics import FIGURES

PACKAGE = Path(ruijie_proxy.__file__).parent
TEXT = (Path(__file__).parents[2] / "docs" / "control.md").read_text(encoding="utf-8")

TEXT_IN_CHINESE = Path(__file__).parents[2] / "docs" / "control.zh-CN.md"


def section(title: str) -> str:
    """Return what stands below a heading, up to the next one of its kind or above."""
    marks = title.split()[0]
    after = TEXT.split(f"\n{title}\n", 1)[1]
    return re.split(rf"^#{{1,{len(marks)}}} ", after, flags=re.MULTILINE)[0]


def quoted(text: str) -> list[str]:
    """Return what stands between backquotes, outside of examples."""
    return re.findall(
        r"`([^`]+)`", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    )


def rows(title: str) -> Iterator[list[str]]:
    """Yield the cells of each row of a section's table."""
    for line in section(title).splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and quoted(cells[0]):
            yield cells


_HOMES = {kept.__name__ for kept in (heartbeats, learned, reasons, unanswered, way_in, way_out)}
"""Where events stand with what they tell of."""


def kinds_of_events() -> Iterator[type]:
    for module in (events, machine_events):
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if kind.__module__ in {module.__name__, *_HOMES}:
                yield kind


def plain(kind: type) -> dict[str, Any]:
    """Return the plain shape of an event whose fields are all None."""
    fields: Any = kind.__match_args__  # type: ignore[attr-defined]
    return Occurrence("dorm", kind(*[None] * len(fields)), Level.INFO, "", 0.0).to_plain()


def test_every_event_stands_there_with_its_fields() -> None:
    told = {plain(kind)["event"]: list(plain(kind)["detail"]) for kind in kinds_of_events()}
    promised = {quoted(cells[0])[0]: quoted(cells[1]) for cells in rows("## Events")}
    columns = ("session", "event", "at", "level", "text", "told", "detail")
    keys = {key: promised.pop(key) for key in columns}

    assert promised == told
    assert set(keys) == set(plain(events.LinkLost))


def test_every_event_has_a_name_of_its_own() -> None:
    names = [plain(kind)["event"] for kind in kinds_of_events()]
    assert len(names) == len(set(names))


def test_every_level_stands_there() -> None:
    (cells,) = (cells for cells in rows("## Events") if cells[0] == "`level`")
    assert set(quoted(cells[1])) == {level.name.lower() for level in Level}


def test_every_command_stands_there() -> None:
    headings = re.findall(r"^### (.*)$", section("## Commands"), flags=re.MULTILINE)
    promised = [name for heading in headings for name in quoted(heading)]

    known = ControlCommands({}, lambda: None, list, EventStream()).handlers
    assert sorted(promised) == sorted(known)


def test_every_kind_of_error_stands_there() -> None:
    said = set()
    for name in ("control/server", "control_commands", "control/protocol"):
        source = (PACKAGE / "runtime" / f"{name}.py").read_text()
        said |= set(re.findall(r"ControlError\(\s*\"([a-z-]+)\"", source))
    promised = {quoted(cells[0])[0] for cells in rows("## A request and its answer")}

    assert promised == said


def test_the_status_stands_there_key_by_key() -> None:
    example = json.loads(re.findall(r"```json\n(.*?)```", section("### `status`"), re.DOTALL)[0])
    configuration = SessionConfiguration(name="dorm", wan="eth1", lan="br-lan")
    (session,) = example["sessions"]
    assert list(session) == list(report_session(configuration, None))
    assert set(example) == {"version", "sessions"}


def test_every_state_and_every_kind_of_failure_stands_there() -> None:
    words = set(quoted(section("### `status`")))
    assert {*PUBLIC_NAMES.values(), *(kind.value for kind in RefusalKind)} <= words


def test_the_examples_are_of_the_protocol_that_is_spoken() -> None:
    lines = re.findall(r"^[→←] (.*)$", TEXT, flags=re.MULTILINE)
    assert len(lines) > 10
    for line in lines:
        assert json.loads(line)["version"] == VERSION


def test_the_example_of_an_event_is_what_is_said() -> None:
    (line,) = re.findall(r"^← (.*heartbeat-sent.*)$", TEXT, flags=re.MULTILINE)
    example = json.loads(line)
    del example["version"]
    shape = plain(events.HeartbeatSent)
    assert list(example) == list(shape)
    assert list(example["detail"]) == list(shape["detail"])


def test_every_figure_stands_there_with_its_labels_and_type() -> None:
    promised = {
        quoted(cells[0])[0].removeprefix("ruijie_proxy_"): re.split(r"\W", cells[2])[0]
        for cells in rows("## Figures for Prometheus")
    }
    assert promised == {name: kind for name, kind, _ in FIGURES}


def test_what_the_journal_adds_and_leaves_out_stands_there() -> None:
    source = inspect.getsource(journal)
    marks = set(re.findall(r"Mark\(\"([a-z-]+)\"", source))
    promised = {quoted(cells[0])[0] for cells in rows("## The journal")}
    assert promised == marks

    words = quoted(section("## The journal"))
    assert {plain(kind)["event"] for kind in (*journal.CHATTER, *journal.MARKS)} <= set(words)
    assert {NAME, OLDER_NAME} <= set(words)


def test_what_the_chart_says_stands_there() -> None:
    promised = {quoted(cells[0])[0] for cells in rows("## The last 7 days")}
    states = {state.value for state in BandState}
    example = json.loads(
        re.findall(
            r"^```json\n(.*?)^```", section("## The last 7 days"), flags=re.DOTALL | re.MULTILINE
        )[0]
    )
    band = Band("dorm", (Span(0.0, 60.0, BandState.ONLINE),), ())
    document = week_json([band], [(0.0, 60.0)], 60.0)

    assert states <= promised
    assert set(example) - {"damaged"} == set(document)
    assert set(example["sessions"][0]) == set(document["sessions"][0])
    assert {kind.value for kind in MarkKind} <= set(quoted(section("## The last 7 days")))
    assert f"at most {MOST_SPANS} spans and {MOST_MARKS} marks" in TEXT
    assert f"{MOST_SESSIONS} sessions are told of at most" in TEXT


@pytest.mark.parametrize(
    "told",
    [
        f"{CALLERS_AT_ONCE} callers are connected already, or {FOLLOWERS_AT_ONCE} follow",
        f"Of a caller's groups, {MOST_GROUPS}\nare looked at",
    ],
)
def test_the_limits_stand_there(told: str) -> None:
    assert told in TEXT


def test_what_a_renewal_answers_is_what_stands_there() -> None:
    runner: Any = SimpleNamespace(renew=lambda: None, log_off=lambda: True)
    handlers = ControlCommands({"dorm": runner}, lambda: None, list, EventStream()).handlers
    answers = [json.loads(line) for line in re.findall(r"^← (.*)$", TEXT, flags=re.MULTILINE)]
    results = [answer.get("result") for answer in answers]

    assert handlers["renew"]({"session": "dorm"}) in results
    assert handlers["logout"]({"session": "dorm"}) in results


def test_the_chinese_page_knows_every_field_command_and_kind() -> None:
    chinese = TEXT_IN_CHINESE.read_text(encoding="utf-8")
    known = set(quoted(chinese))
    fields = set(report_session(SessionConfiguration("dorm", wan="eth1"), None))
    commands = set(ControlCommands({}, lambda: None, list, EventStream()).handlers) | {"events"}
    kinds = {kind.value for kind in RefusalKind}

    assert (fields - {"name", "mode", "wan", "lan"}) - known == set()
    assert commands - known == set()
    assert kinds - known == set()
    chart = week_json([Band("dorm", (), ())], [(0.0, 60.0)], 60.0)
    assert {*chart, *chart["sessions"][0]} - known == set()
    assert {state.value for state in BandState} | {kind.value for kind in MarkKind} <= known
