"""What the simulated switch and client tell about themselves while they run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

Scalar = str | int | float | bool | None
Detail = Scalar | list[str]


class EventKind(StrEnum):
    """What happened."""

    READY = "ready"
    """The endpoint listens on its interface."""
    SENT = "sent"
    """A frame went out; `frame` names it."""
    RECEIVED = "received"
    """A frame came in and was looked at; `frame` names it."""
    IGNORED = "ignored"
    """A frame came in and was left alone; `why` says why."""
    COMPLAINT = "complaint"
    """Something is wrong with what the other side does; `text` says what."""
    ONLINE = "online"
    """A Success was given (switch) or got (client)."""
    OFFLINE = "offline"
    """The session, or the login, ended; `reason` says why."""
    HEARTBEAT = "heartbeat"
    """A heartbeat was accepted (switch) or sent (client); `number` and `key` are its own."""
    PROBE_ANSWERED = "probe-answered"
    """An identity probe was answered as it should be."""
    ECHO_ANSWERED = "echo-answered"
    """One of Cernet's echoes was answered as it should be."""
    LEFT = "left"
    """The client was told to vanish, and did."""
    REPORT = "report"
    """The answer to a `report` command."""
    FAILED = "failed"
    """The endpoint cannot go on; `text` says why."""
    LOG = "log"
    """A line of the daemon's log; `text` holds it, `level` its level in syslog's numbers."""


class FrameName(StrEnum):
    """How frames are called in events."""

    START = "Start"
    LOGOFF = "Logoff"
    HEARTBEAT = "Heartbeat"
    REQUEST_IDENTITY = "Request/Identity"
    RESPONSE_IDENTITY = "Response/Identity"
    REQUEST_NOTIFICATION = "Request/Notification"
    RESPONSE_NOTIFICATION = "Response/Notification"
    REQUEST_OTHER = "Request of another method"
    RESPONSE_NAK = "Response/Nak"
    RESPONSE_CLEAR_PASSWORD = "Response/Clear-Password"  # noqa: S105 - a name
    REQUEST_CHALLENGE = "Request/MD5-Challenge"
    RESPONSE_CHALLENGE = "Response/MD5-Challenge"
    SUCCESS = "Success"
    FAILURE = "Failure"
    ECHO = "Echo"
    """Cernet's, of the server."""
    ECHO_ANSWER = "Echo answer"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened at the switch or at a client."""

    at: float
    """Seconds of the clock that drives the endpoint; in a process the machine's monotonic one."""
    source: str
    """Who tells it: `switch`, `pc`, …"""
    kind: EventKind
    detail: Mapping[str, Detail]
    """More about it; which names there are depends on the kind."""

    def to_json(self) -> str:
        """Return the event as one line of JSON, without the line's end."""
        fields = {"at": round(self.at, 6), "source": self.source, "kind": self.kind.value}
        return json.dumps({**fields, "detail": dict(self.detail)}, ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str) -> Event:
        """Read what :meth:`to_json` wrote."""
        fields = json.loads(line)
        return cls(fields["at"], fields["source"], EventKind(fields["kind"]), fields["detail"])

    def text(self, name: str) -> str:
        """Return one detail as text; empty where there is none."""
        value = self.detail.get(name)
        return "" if value is None else str(value)
