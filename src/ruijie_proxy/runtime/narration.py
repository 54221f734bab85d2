"""What the log says of each event: one line that a person can follow, and how much it matters."""

from __future__ import annotations

from ruijie_proxy.engine import events
from ruijie_proxy.engine.keeper import Source
from ruijie_proxy.engine.refusals import classify_refusal
from ruijie_proxy.protocol.eap import EapType
from ruijie_proxy.protocol.ethernet import format_mac
from ruijie_proxy.runtime.log import Level

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_METHODS = {
    EapType.IDENTITY: "the identity",
    EapType.NOTIFICATION: "a notification",
    EapType.NAK: "another method",
    EapType.MD5_CHALLENGE: "the MD5 challenge",
    13: "EAP-TLS",
    25: "PEAP",
    26: "MSCHAPv2",
}
_SOURCES = {
    Source.SERVER: "the server's grant",
    Source.CLIENT: "the client's own heartbeats",
}


def describe(event: events.Event) -> tuple[Level, str]:
    """Return the level and the text of the line that tells of an event."""
    level, tell = _TEXTS[type(event)]
    return level, tell(event)


def _method(number: int | None) -> str:
    if number is None:
        return "something unknown"
    return _METHODS.get(number, f"EAP method {number}")


def _quoted(message: str | None) -> str:
    return f": “{message}”" if message else ", without a word"


def _login_started(event: events.LoginStarted) -> str:
    what = "logs in again, while online" if event.again else "starts to log in"
    where = f" ({event.port})" if event.port else ""
    return f"the client {format_mac(event.client)}{where} {what}; its Start goes out"


def _request(event: events.RequestRelayed) -> str:
    offered = f"; services on offer: {', '.join(event.services)}" if event.services else ""
    return f"server to client: asks for {_method(event.method)}{offered}"


def _succeeded(event: events.LoginSucceeded) -> str:
    count = f" ({event.count} of {event.wanted})" if event.wanted > 1 else ""
    message = f"; the server says: “{event.message}”" if event.message else ""
    accounting = f"; account: “{event.accounting}”" if event.accounting else ""
    if event.granted_interval is None:
        grant = ", no heartbeat granted"
    else:
        grant = f", heartbeat granted every {event.granted_interval} s"
    return f"Success{count}{grant}{message}{accounting}"


def _refused(event: events.LoginRefused) -> str:
    kind = classify_refusal(event.message).value
    return f"Failure: the server refused the login ({kind}){_quoted(event.message)}"


def _timed_out(event: events.LoginTimedOut) -> str:
    if event.server_answered:
        return "the login came to no result in time; the client has to start again"
    return (
        "no server answered the client's Start. Check the cable and that wan is the campus port; "
        "some campuses answer only with “group: ruijie”, others only with “group: standard”"
    )


def _link_back(event: events.LinkBack) -> str:
    goes_on = "the session goes on" if event.session_goes_on else "waiting for a client to log in"
    return f"the WAN link is up again: {goes_on}"


_TEXTS: dict[type, tuple[Level, Callable[[Any], str]]] = {
    events.LoginStarted: (Level.NOTICE, _login_started),
    events.ClientWaits: (
        Level.NOTICE,
        lambda event: (
            f"another client, {format_mac(event.client)}, wants to log in: "
            "it has to wait until the present one is done"
        ),
    ),
    events.ClientNotAllowed: (
        Level.NOTICE,
        lambda event: f"{format_mac(event.client)} wants to log in, but “client:” does not name it",
    ),
    events.StartIgnored: (
        Level.NOTICE,
        lambda event: (
            f"the client {format_mac(event.client)} wants to log in, but the session is "
            "online already. If it tries again, it may"
        ),
    ),
    events.ServerFound: (
        Level.INFO,
        lambda event: f"the server {format_mac(event.server)} answers",
    ),
    events.RequestRelayed: (Level.INFO, _request),
    events.ResponseRelayed: (
        Level.INFO,
        lambda event: f"client to server: answers with {_method(event.method)}",
    ),
    events.LoginSucceeded: (Level.NOTICE, _succeeded),
    events.LoginRefused: (Level.WARNING, _refused),
    events.LoginTimedOut: (Level.WARNING, _timed_out),
    events.LoginIncomplete: (
        Level.WARNING,
        lambda event: (
            f"only {event.count} of {event.wanted} logins came (“successes:”); going on with that"
        ),
    ),
    events.LogoffRelayed: (Level.NOTICE, lambda _: "the client logs off; the session is over"),
    events.LogoffIgnored: (
        Level.NOTICE,
        lambda _: "the client logs off; not passed on, the router holds the session",
    ),
    events.HeartbeatMismatch: (
        Level.WARNING,
        lambda _: (
            "the client's heartbeat does not fit the server's grant; "
            "waiting for its next one to learn from"
        ),
    ),
    events.TookOver: (
        Level.NOTICE,
        lambda event: (
            f"takeover: the router sends the heartbeats from now on, by "
            f"{_SOURCES[event.source]}, from number {event.number}, every {event.interval:g} s. "
            "The PC may be switched off"
        ),
    ),
    events.NothingGranted: (
        Level.NOTICE,
        lambda _: (
            "online. The server granted no heartbeat: waiting for one of the client to "
            "learn from. Leave the client running for now"
        ),
    ),
    events.OnlyProbes: (
        Level.NOTICE,
        lambda _: (
            "the client has sent no heartbeat yet: as long as none comes, the router can "
            "only answer the server's identity probes, which is all that some campuses want"
        ),
    ),
    events.HeartbeatSent: (Level.DEBUG, lambda event: f"heartbeat {event.number} sent"),
    events.ProbeAnswered: (
        Level.DEBUG,
        lambda event: f"identity probe {event.identifier} answered",
    ),
    events.ChallengedOnline: (
        Level.NOTICE,
        lambda _: "the server wants the password proven again; passed on to the client",
    ),
    events.ClientNeeded: (
        Level.WARNING,
        lambda _: (
            "the client did not answer, and only it can: start it on the PC, or the server "
            "will end the session"
        ),
    ),
    events.Dropped: (
        Level.WARNING,
        lambda event: f"the server ended the session{_quoted(event.message)}",
    ),
    events.LinkLost: (Level.WARNING, lambda _: "the WAN link is down"),
    events.LinkBack: (Level.NOTICE, _link_back),
    events.Resumed: (
        Level.NOTICE,
        lambda _: "going on with the session that was kept; no login is needed",
    ),
    events.TooLateToResume: (
        Level.NOTICE,
        lambda event: f"the session that was kept cannot go on: {event.reason}",
    ),
    events.AddressNotTaken: (
        Level.WARNING,
        lambda event: (
            f"the WAN port did not take the client's MAC address ({event.reason}); "
            "its own is used instead"
        ),
    ),
}
