"""What the program answers to the pages, in examples."""

from __future__ import annotations

import json
from typing import Any

from tests.daemon_answer import ONLINE
from tests.openwrt.luci.router import PROGRAM, Outcome

STATUS = f"{PROGRAM} status --json"
HISTORY = f"{PROGRAM} history --json -n 50"
LONG_HISTORY = f"{PROGRAM} history --json -n 300"
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
