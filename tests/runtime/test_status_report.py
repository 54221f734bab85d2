from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from ruijie_proxy.config.shape.model import SessionConfiguration
from ruijie_proxy.engine.heartbeats import HeartbeatProgress, Off, Source
from ruijie_proxy.engine.refusals import Advice, RefusalKind
from ruijie_proxy.engine.states import State
from ruijie_proxy.engine.status import LoginFailure, SessionStatus
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.control.status_report import report_session
from ruijie_proxy.values import replace
from tests.chinese import speak_chinese
from tests.engine.conftest import GRANT, Frames
from tests.engine.own_session import begun

CONFIGURATION = SessionConfiguration(name="dorm", wan="eth1", lan="br-lan")
NOTHING = SessionStatus(
    state=State.WAITING,
    server=None,
    client=None,
    since=None,
    heartbeat=None,
    client_needed=False,
    message=None,
    accounting=None,
    last_failure=None,
)


def test_the_promised_names_are_there() -> None:
    report = report_session(CONFIGURATION, NOTHING)

    assert {
        "name": "dorm",
        "mode": "relay",
        "state": "waiting",
        "wan": "eth1",
        "lan": "br-lan",
        "server": None,
        "client": None,
        "since": None,
        "heartbeat": None,
        "message": None,
        "accounting": None,
        "last_failure": None,
    }.items() <= report.items()


def test_an_online_session_tells_all_there_is_to_tell() -> None:
    now = clock.now()
    status = SessionStatus(
        state=State.ONLINE,
        server=bytes.fromhex("00d0f8d9f104"),
        client=bytes.fromhex("02000000cc01"),
        since=now - 3600,
        heartbeat=HeartbeatProgress(Source.SERVER, 4150, 18.0, 12, now - 5),
        client_needed=False,
        message="欢迎",
        accounting="剩余 20 GB",
        last_failure=LoginFailure(
            "密码错误", RefusalKind.CREDENTIALS, now - 7200, Advice.CHECK_PASSWORD
        ),
    )
    report = json.loads(json.dumps(report_session(CONFIGURATION, status)))

    assert report["state"] == "online"
    assert report["server"] == "00:d0:f8:d9:f1:04"
    assert report["client"] == "02:00:00:00:cc:01"
    assert report["heartbeat"].items() >= {"source": "server", "sent": 12, "number": 4150}.items()
    assert report["last_failure"]["kind"] == "credentials"
    since = datetime.fromisoformat(report["since"])
    assert since.tzinfo is not None
    assert abs(datetime.now(UTC) - since - timedelta(hours=1)) < timedelta(seconds=5)


@pytest.mark.parametrize(
    ("off", "told"), [(None, None), (Off.CONFIGURED, "configured"), (Off.SERVER, "server")]
)
def test_it_is_told_why_no_heartbeats_are_sent(off: Off | None, told: str | None) -> None:
    progress = HeartbeatProgress(Source.PROBE, None, 27.0, 0, None, off)
    status = replace(NOTHING, state=State.ONLINE, heartbeat=progress)

    heartbeat = report_session(CONFIGURATION, status)["heartbeat"]

    assert (heartbeat["source"], heartbeat["off"]) == ("probe", told)


def test_the_advice_is_left_to_be_translated_by_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    speak_chinese(monkeypatch)
    failure = LoginFailure("密码错误", RefusalKind.CREDENTIALS, clock.now(), Advice.CHECK_PASSWORD)

    report = report_session(CONFIGURATION, replace(NOTHING, last_failure=failure))

    assert report["last_failure"]["advice"] == (
        "Check “username:” and the password; only you can mend it."
    )


def test_what_is_new_to_the_engine_alone_has_a_promised_name_too() -> None:
    promised = {"waiting", "authenticating", "online", "backoff", "link-down", "stopped"}

    for state in State:
        assert report_session(CONFIGURATION, replace(NOTHING, state=state))["state"] in promised


def test_a_port_that_has_never_been_there_is_a_link_that_is_down() -> None:
    assert report_session(CONFIGURATION, None)["state"] == "link-down"


@pytest.mark.parametrize("auto", [False, True])
def test_after_a_logout_nothing_of_the_session_is_left(auto: bool) -> None:
    campus = begun(auto=auto)
    campus.log_in(Frames.success(GRANT, message="欢迎使用校园网", accounting="剩余 20 GB"))
    online = report_session(CONFIGURATION, campus.session.status)
    assert (online["message"], online["accounting"]) == ("欢迎使用校园网", "剩余 20 GB")

    campus.session.log_off(campus.now)
    campus.carry()

    report = report_session(CONFIGURATION, campus.session.status)
    assert report["state"] == ("waiting" if auto else "stopped")
    of_a_session = ("server", "since", "heartbeat", "message", "accounting")
    assert {name: report[name] for name in of_a_session} == dict.fromkeys(of_a_session)
