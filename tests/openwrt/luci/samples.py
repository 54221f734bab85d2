"""What the program answers to the pages, in examples."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from ruijie_proxy.cli.watching.week import bands
from ruijie_proxy.cli.watching.week_days import last_days
from ruijie_proxy.cli.watching.week_json import week_json
from tests.daemon_answer import ONLINE
from tests.openwrt.luci.router import PROGRAM, Outcome

STATUS = f"{PROGRAM} status --json"
HISTORY = f"{PROGRAM} history --json -n 50"
LONG_HISTORY = f"{PROGRAM} history --json -n 300"
WEEK = f"{PROGRAM} history --chart --json"
CHECK = f"{PROGRAM} check"
ENABLED = "/etc/init.d/ruijie-proxy enabled"
LOGREAD = "/sbin/logread -e ruijie-proxy"

NO_DAEMON = Outcome(6, stderr="No daemon answers at /var/run/ruijie-proxy/control.sock.\n")
RUNNING = {"ruijie-proxy": {"instances": {"instance1": {"running": True, "pid": 1234}}}}
STOPPED: dict[str, Any] = {}

REFUSED: dict[str, Any] = {
    **ONLINE,
    "mode": "login",
    "state": "backoff",
    "lan": None,
    "since": None,
    "heartbeat": None,
    "message": None,
    "accounting": None,
    "next_try": "2026-11-23T13:05:00+08:00",
    "services": ["internet", "校内"],
    "last_failure": {
        "text": "密码错误",
        "kind": "credentials",
        "at": "2026-11-23T13:00:00+08:00",
        "advice": "Check “username:” and the password; only you can mend it.",
        "was_online": False,
    },
}


def status(*sessions: dict[str, Any]) -> Outcome:
    """Return what ``status --json`` prints."""
    answer = {"version": "0.1.0", "sessions": list(sessions)}
    return Outcome(stdout=json.dumps(answer, ensure_ascii=False, indent=2) + "\n")


def event(text: str, level: str = "info", time: str = "13:00:00", **others: Any) -> dict[str, Any]:
    """Return an event as the journal has it."""
    return {
        "session": "campus",
        "event": "noted",
        "at": f"2026-11-23T{time}+08:00",
        "level": level,
        "text": text,
        "detail": {},
        **others,
    }


def history(*events: dict[str, Any]) -> Outcome:
    """Return what ``history --json`` prints."""
    return Outcome(stdout="".join(json.dumps(one, ensure_ascii=False) + "\n" for one in events))


NOW = datetime(2026, 11, 23, 13, 4)
"""By the clock on the wall of the machine that the tests run on."""


def happened(
    day: int, hour: float, name: str, session: str | None = "campus", **more: Any
) -> dict[str, Any]:
    """Return an event of a day, today being 0, as the journal has it."""
    midnight = NOW.replace(hour=0, minute=0)
    at = (midnight + timedelta(days=day, hours=hour)).astimezone()
    text = more.pop("text", name)
    return event(
        text,
        session=session,
        event=name,
        at=at.isoformat(timespec="seconds"),
        detail=more.pop("detail", {}),
        **more,
    )


def week(*lines: dict[str, Any], sessions: Sequence[str] = ("campus",)) -> Outcome:
    """Return what ``history --chart --json`` prints of a journal."""
    now = NOW.timestamp()
    days = last_days(now)
    found = bands(lines, sessions, days[0][0], now, runs=True)
    document = {**week_json(found, days, now), "damaged": 0}
    return Outcome(stdout=json.dumps(document, ensure_ascii=False) + "\n")
