"""What the log says of each event: one line that a person can follow, and how much it matters."""

from __future__ import annotations

from ruijie_proxy.engine import events
from ruijie_proxy.engine.keeper import Source
from ruijie_proxy.engine.refusals import read_refusal
from ruijie_proxy.protocol.eap import EapType
from ruijie_proxy.protocol.ethernet import format_mac
from ruijie_proxy.runtime import machine_events
from ruijie_proxy.runtime.advice import sentence_of
from ruijie_proxy.runtime.log import Level

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ruijie_proxy.runtime.machine_events import MachineEvent

_SECONDS_SAID = 120
_MINUTES_SAID = 120
"""Up to so many seconds, and then minutes, are said as such."""

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


def describe(event: events.Event | MachineEvent) -> tuple[Level, str]:
    """Return the level and the text of the line that tells of an event."""
    if isinstance(event, machine_events.Noted):
        return event.level, event.text
    if isinstance(event, machine_events.AddressRenewed):
        return Level.NOTICE if event.succeeded else Level.WARNING, event.text
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


def _answered(event: events.RequestAnswered) -> str:
    offered = f"; services on offer: {', '.join(event.services)}" if event.services else ""
    return f"the server asks for {_method(event.method)}, and is answered{offered}"


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
    refusal = read_refusal(event.message)
    told = f"Failure: the server refused the login ({refusal.kind.value}){_quoted(event.message)}"
    return told if event.own else f"{told}. {sentence_of(refusal.advice)}"


def _timed_out(event: events.LoginTimedOut) -> str:
    if event.server_answered:
        again = "; the client has to start again" if event.client_is_awaited else ""
        return f"the login came to no result in time{again}"
    told = "no server answered the Start. Check the cable and that wan is the campus port"
    if not event.client_is_awaited:
        return told
    return (
        f"{told}; some campuses answer only with “group: ruijie”, others only with "
        "“group: standard”"
    )


def _link_back(event: events.LinkBack) -> str:
    if event.session_goes_on:
        what = "the session goes on"
    elif event.client_is_awaited:
        what = "waiting for a client to log in"
    else:
        what = "the session cannot be alive any more"
    return f"the WAN link is up again: {what}"


def _took_over(event: events.TookOver) -> str:
    what = (
        "takeover: the router sends the heartbeats from now on"
        if event.client_may_leave
        else ("the router sends heartbeats")
    )
    end = ". The PC may be switched off" if event.client_may_leave else ""
    return (
        f"{what}, by {_SOURCES[event.source]}, from number {event.number}, "
        f"every {event.interval:g} s{end}"
    )


def _only_probes(event: events.OnlyProbes) -> str:
    if event.client_may_teach:
        return (
            "the client has sent no heartbeat yet: as long as none comes, the router can "
            "only answer the server's identity probes, which is all that some campuses want"
        )
    return (
        "online. The server granted no heartbeat that can be read: only what it asks is answered, "
        "which is all that some campuses want. If the session is dropped after some minutes, "
        "relay one login of the genuine client (“mode: relay”), from which the router learns"
    )


def _own_login_begun(event: events.OwnLoginBegun) -> str:
    edition = f", edition {event.edition} of the check" if event.edition else ""
    which = "logging in" if event.count == 1 else "logging in once more, with the address"
    return f"{which} as {event.client}{edition}; the Start goes out"


def _next_try(event: events.NextTryPlanned) -> str:
    seconds = round(event.seconds)
    if not event.limited:
        return f"the next try is in {duration(seconds)}"
    return (
        f"there were many tries lately, and campuses ban for that: the next one is in "
        f"{duration(seconds)}"
    )


def _gave_up(event: events.GaveUp) -> str:
    offered = f" Services on offer: {', '.join(event.services)}." if event.services else ""
    return f"no further try, until something is changed. {sentence_of(event.advice)}{offered}"


_REMEDIES = {
    "renew": "renewing the address",
    "log-in": "logging off and in again",
    "client": (
        "only the client can log in again: start it on the PC, and log in there (if the Internet "
        "is down for all, that will not help)"
    ),
}
"""What is done about a way out that does not work, by the values of engine.health's Remedy, which
is loaded only where checks are configured."""
_HELPED = {"renew": "; renewing the address helped", "log-in": "; logging in again helped"}


def _health_restored(event: events.HealthRestored) -> str:
    helped = _HELPED[event.helped.value] if event.helped else ""
    return f"the way out works again, after {duration(round(event.seconds))}{helped}"


def duration(seconds: int) -> str:
    """Write a number of seconds as people say it."""
    if seconds < _SECONDS_SAID:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < _MINUTES_SAID else f"{minutes / 60:.1f} h"


_TEXTS: dict[type, tuple[Level, Callable[[Any], str]]] = {
    machine_events.WentOnline: (Level.DEBUG, lambda _: "online"),
    machine_events.WentOffline: (Level.DEBUG, lambda _: "offline"),
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
    events.TookOver: (Level.NOTICE, _took_over),
    events.NothingGranted: (
        Level.NOTICE,
        lambda _: (
            "online. The server granted no heartbeat: waiting for one of the client to "
            "learn from. Leave the client running for now"
        ),
    ),
    events.OnlyProbes: (Level.NOTICE, _only_probes),
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
    events.EchoAnswered: (Level.DEBUG, lambda _: "echo of the server answered"),
    events.OwnLoginBegun: (Level.NOTICE, _own_login_begun),
    events.RequestAnswered: (Level.INFO, _answered),
    events.ServerSaid: (Level.NOTICE, lambda event: f"the server says: “{event.message}”"),
    events.ProofGivenAgain: (
        Level.NOTICE,
        lambda _: "the server wanted the password proven again, and the router did",
    ),
    events.OtherEditionNext: (
        Level.NOTICE,
        lambda event: (
            f"once more with edition {event.edition} of the check (“edition:” would settle it)"
        ),
    ),
    events.NextTryPlanned: (Level.NOTICE, _next_try),
    events.GaveUp: (Level.ERROR, _gave_up),
    events.LeftToClient: (
        Level.NOTICE,
        lambda _: "waiting for the genuine client on the LAN to log in instead",
    ),
    events.LeaseAwaited: (Level.NOTICE, lambda _: "waiting for an address of the WAN port"),
    events.LeaseMissing: (
        Level.WARNING,
        lambda _: "no new address came in time (“dhcp: timeout:”); logging in without it",
    ),
    events.LoggedOff: (Level.NOTICE, lambda _: "logged off at the switch"),
    events.EditionSeen: (
        Level.NOTICE,
        lambda event: f"the client is a Linux one, with edition {event.edition} of the check",
    ),
    events.ProfileLearned: (
        Level.NOTICE,
        lambda event: (
            f"this campus can be logged in to without the PC: everything that the client "
            f"({event.name}) sent could be computed. “mode: auto” does so from now on"
        ),
    ),
    events.HealthFailed: (
        Level.WARNING,
        lambda event: (
            f"online, but the way out does not work: {event.detail} "
            f"({event.in_a_row} in a row, something is done after {event.wanted})"
        ),
    ),
    events.HealthActed: (
        Level.WARNING,
        lambda event: f"the way out does not work: {_REMEDIES[event.remedy.value]}",
    ),
    events.HealthRestored: (Level.NOTICE, _health_restored),
    events.ProfileDiffers: (
        Level.NOTICE,
        lambda event: (
            "this campus still needs the client: the router would have sent something else in "
            f"{', '.join(event.parts)}"
        ),
    ),
}
