"""What the daemon answers to ``status``, for tests that show it to people."""

from __future__ import annotations

from typing import Any

ONLINE: dict[str, Any] = {
    "name": "campus",
    "mode": "relay",
    "state": "online",
    "wan": "wan",
    "lan": "br-lan",
    "server": "00:d0:f8:d9:f1:04",
    "client": "02:00:00:00:cc:01",
    "since": "2026-11-23T13:00:00+08:00",
    "client_needed": False,
    "doubtful": False,
    "udp_heartbeat": None,
    "hours": None,
    "heartbeat": {
        "source": "server",
        "interval": 18.0,
        "sent": 12,
        "number": 4150,
        "last": "2026-11-23T13:03:36+08:00",
        "off": None,
    },
    "message": "欢迎使用校园网",
    "accounting": "剩余时长 120 小时",
    "last_failure": None,
    "next_try": None,
    "services": [],
    "asked": None,
    "too_long": None,
    "portal": None,
    "awaits_address_since": None,
}
"""A session that is online."""
