"""The figures for Prometheus, read with Prometheus' own parser."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from ruijie_proxy import __version__
from ruijie_proxy.engine import events
from ruijie_proxy.engine.states import PUBLIC_NAMES, State
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.event_loop import EventLoop
from ruijie_proxy.runtime.telling.event_stream import EventStream
from ruijie_proxy.runtime.telling.machine_events import AddressRenewed, WentOffline, WentOnline
from ruijie_proxy.runtime.telling.metrics import FIGURES, INTERVAL, SOON, Metrics, _escaped

if TYPE_CHECKING:
    from ruijie_proxy.runtime.telling.machine_events import MachineEvent

CLIENT = bytes.fromhex("02000000cc01")


@dataclass
class Runner:
    """What the figures need of a session's runner."""

    is_online: bool = False
    session: Any = field(default_factory=lambda: SimpleNamespace(state=State.WAITING))


class Harness:
    """Figures of sessions that do as the test says; the timer is looked at and not waited for."""

    def __init__(self, loop: EventLoop, path: Path) -> None:
        self.path = path
        self.now = 1000.0
        self.complaints: list[str] = []
        self.runners: dict[str, Any] = {"dorm": Runner()}
        self._loop = loop
        self.stream = EventStream()

    def begin(self) -> None:
        self.metrics = Metrics(self._loop, str(self.path), self.runners, self.complaints.append)
        self.stream.subscribe(self.metrics.record)
        self.metrics.write()

    def happens(self, *several: events.Event | MachineEvent, session: str = "dorm") -> None:
        for event in several:
            self.stream.publish(session, event)

    @property
    def written_in(self) -> float:
        """Seconds until the next look."""
        when = self.metrics._timer.when
        assert when is not None
        return when - self.now

    def samples(self) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
        """Write, and return what Prometheus makes of it."""
        self.metrics.write()
        return {
            (sample.name.removeprefix("ruijie_proxy_"), tuple(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(self.path.read_text())
            for sample in family.samples
        }

    def value(self, name: str, **labels: str) -> float | None:
        return self.samples().get((name, (("session", "dorm"), *labels.items())))


@pytest.fixture
def harness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Harness]:
    loop = EventLoop()
    harness = Harness(loop, tmp_path / "ruijie-proxy.prom")
    monkeypatch.setattr(clock, "now", lambda: harness.now)
    harness.begin()
    yield harness
    loop.close()


def test_every_figure_has_its_help_its_type_and_its_prefix(harness: Harness) -> None:
    harness.happens(
        events.LoginRefused("密码错误"),
        AddressRenewed(succeeded=True, before=None, address=None, text=""),
    )
    harness.metrics.write()
    families = list(text_string_to_metric_families(harness.path.read_text()))

    # The parser takes "_total" from the names of counters.
    expected = {(f"ruijie_proxy_{name}".removesuffix("_total"), kind) for name, kind, _ in FIGURES}
    assert {(family.name, family.type) for family in families} == expected
    assert all(family.documentation for family in families)
    assert all(family.samples for family in families)


def test_the_version_is_a_label(harness: Harness) -> None:
    assert harness.samples()["build_info", (("version", __version__),)] == 1


def test_counters_begin_at_zero_so_that_they_can_be_seen_to_grow(harness: Harness) -> None:
    for name in ("heartbeats_sent_total", "online_seconds_total", "logins_total", "drops_total"):
        assert harness.value(name) == 0


def test_heartbeats_logins_and_drops_are_counted(harness: Harness) -> None:
    harness.happens(
        events.LoginSucceeded(None, None, 20, 1, 2),
        events.LoginSucceeded(None, None, 20, 2, 2),
        events.HeartbeatSent(1),
        events.HeartbeatSent(2),
        events.Dropped("您已被强制下线"),
    )
    assert harness.value("logins_total") == 1, "two Successes of one login"
    assert harness.value("heartbeats_sent_total") == 2
    assert harness.value("drops_total") == 1


def test_a_login_with_fewer_successes_than_wanted_is_one_too(harness: Harness) -> None:
    harness.happens(events.LoginSucceeded(None, None, 20, 1, 2), events.LoginIncomplete(1, 2))
    assert harness.value("logins_total") == 1


def test_failures_are_counted_by_their_kind(harness: Harness) -> None:
    harness.happens(
        events.LoginRefused("用户不存在或密码错误"),
        events.LoginRefused("用户不存在或密码错误", own=True),
        events.LoginRefused(None),
        events.LoginTimedOut(server_answered=False),
        events.LoginTimedOut(server_answered=True),
        events.PortalSilent(30.0, ""),
    )
    assert harness.value("login_failures_total", kind="credentials") == 2
    assert harness.value("login_failures_total", kind="unknown") == 1
    assert harness.value("login_failures_total", kind="no-server") == 2
    assert harness.value("login_failures_total", kind="no-result") == 1


@pytest.mark.parametrize(("succeeded", "result"), [(True, "success"), (False, "failure")])
def test_renewals_are_counted_by_their_result(
    harness: Harness, succeeded: bool, result: str
) -> None:
    harness.happens(AddressRenewed(succeeded, before=None, address=None, text=""))
    assert harness.value("renewals_total", result=result) == 1


def test_the_seconds_online_grow_while_online_and_rest_otherwise(harness: Harness) -> None:
    harness.happens(WentOnline(own=True))
    harness.now += 40.5
    assert harness.value("online_seconds_total") == 40.5
    harness.happens(WentOffline())
    harness.now += 1000
    assert harness.value("online_seconds_total") == 40.5
    harness.happens(WentOnline(own=True))
    harness.now += 10
    assert harness.value("online_seconds_total") == 50.5


def test_a_session_that_is_online_already_counts_from_now(tmp_path: Path, harness: Harness) -> None:
    harness.runners["dorm"].is_online = True
    harness.begin()
    harness.now += 7
    assert harness.value("online_seconds_total") == 7
    assert harness.value("session_online") == 1


@pytest.mark.parametrize("state", State)
def test_one_state_is_1_and_the_others_are_0(harness: Harness, state: State) -> None:
    harness.runners["dorm"].session.state = state
    values = {
        dict(labels)["state"]: value
        for (name, labels), value in harness.samples().items()
        if name == "session_state"
    }
    assert set(values) == set(PUBLIC_NAMES.values())
    assert [name for name, value in values.items() if value] == [PUBLIC_NAMES[state]]


def test_a_port_that_never_was_there_has_no_link(harness: Harness) -> None:
    harness.runners["dorm"].session = None
    assert harness.value("session_state", state="link-down") == 1


def test_a_session_that_was_taken_out_of_the_configuration_has_no_figures(
    harness: Harness,
) -> None:
    harness.happens(events.LoginRefused("密码错误"), events.HeartbeatSent(1))
    del harness.runners["dorm"]
    harness.samples()
    assert "dorm" not in harness.path.read_text()


@pytest.mark.parametrize("text", ['a"b', "a\\b", "a\nb", "欢迎", "\\n", '\\"\n'])
def test_label_values_are_escaped(text: str) -> None:
    line = f'# TYPE figure gauge\nfigure{{label="{_escaped(text)}"}} 1\n'
    (family,) = text_string_to_metric_families(line)
    assert family.samples[0].labels == {"label": text}


# The file.


def test_it_is_for_everybody_to_read_whatever_the_umask(harness: Harness) -> None:
    mask = os.umask(0o077)
    try:
        harness.happens(events.HeartbeatSent(1))
        harness.metrics.write()
    finally:
        os.umask(mask)
    assert stat.S_IMODE(harness.path.stat().st_mode) == 0o644


def test_it_is_replaced_as_a_whole_and_only_when_something_changed(harness: Harness) -> None:
    first = harness.path.stat().st_ino
    harness.now += INTERVAL
    harness.metrics.write()
    assert harness.path.stat().st_ino == first
    harness.happens(events.HeartbeatSent(1))
    with harness.path.open() as reader:
        harness.metrics.write()
        assert 'heartbeats_sent_total{session="dorm"} 0\n' in reader.read()
    assert harness.path.stat().st_ino != first
    assert os.listdir(harness.path.parent) == [harness.path.name]


def test_what_happens_rarely_is_written_soon_and_heartbeats_in_time(harness: Harness) -> None:
    assert harness.written_in == INTERVAL
    harness.happens(events.HeartbeatSent(1))
    assert harness.written_in == INTERVAL
    harness.happens(events.Dropped(None))
    assert harness.written_in == SOON
    harness.now += 0.5
    harness.happens(*[events.ClientWaits(CLIENT)] * 1000)
    assert harness.written_in == SOON / 2, "a flood puts nothing off"


def test_a_clean_end_removes_it(harness: Harness) -> None:
    harness.metrics.close()
    assert os.listdir(harness.path.parent) == []


def obstruct(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("hinder", [obstruct])
def test_what_cannot_be_written_is_told_once_and_tried_again(
    harness: Harness, hinder: Callable[[Path], None]
) -> None:
    hinder(harness.path)
    for number in range(5):
        harness.happens(events.HeartbeatSent(number))
        harness.metrics.write()
    (complaint,) = harness.complaints
    assert "cannot be written (Is a directory)" in complaint
    assert os.listdir(harness.path.parent) == [harness.path.name]

    harness.path.rmdir()
    assert harness.value("heartbeats_sent_total") == 5


def test_what_a_killed_daemon_left_is_in_nobodys_way(harness: Harness, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("precious")
    left = Path(f"{harness.path}.new")
    left.symlink_to(precious)
    harness.happens(events.HeartbeatSent(1))
    assert harness.value("heartbeats_sent_total") == 1
    assert precious.read_text() == "precious"
    assert not left.is_symlink()
