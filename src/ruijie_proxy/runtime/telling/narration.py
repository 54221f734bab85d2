"""What the log says of each event: one line that a person can follow, and how much it matters."""

from __future__ import annotations

from ruijie_proxy.durations import duration
from ruijie_proxy.engine import events
from ruijie_proxy.engine.heartbeats import Off, Source
from ruijie_proxy.engine.reasons import ClearPassword
from ruijie_proxy.engine.refusals import Advice, read_refusal
from ruijie_proxy.i18n import N_, _, listed
from ruijie_proxy.protocol.eap import EapType
from ruijie_proxy.protocol.ethernet import format_mac
from ruijie_proxy.runtime.telling import machine_events
from ruijie_proxy.runtime.telling.advice import sentence_of, word_of
from ruijie_proxy.runtime.telling.level import Level

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ruijie_proxy.runtime.telling.machine_events import MachineEvent

_METHODS = {
    EapType.IDENTITY: N_("the identity"),
    EapType.NOTIFICATION: N_("a notification"),
    EapType.NAK: N_("another method"),
    EapType.MD5_CHALLENGE: N_("the MD5 challenge"),
    EapType.CLEAR_PASSWORD: N_("the password in clear"),
    13: N_("EAP-TLS"),
    25: N_("PEAP"),
    26: N_("MSCHAPv2"),
}
"""Their Chinese begins with a blank where it does not begin with Chinese."""
_SOURCES = {
    Source.SERVER: N_("the server's grant"),
    Source.CLIENT: N_("the client's own heartbeats"),
}


def describe(event: events.Event | MachineEvent) -> tuple[Level, str]:
    """Return the level and the text of the line that tells of an event."""
    if isinstance(event, machine_events.Noted):
        return event.level, event.text
    if isinstance(event, machine_events.AddressRenewed):
        return Level.NOTICE if event.succeeded else Level.WARNING, event.text
    level, tell = _TEXTS[type(event)]
    return level, _(tell) if isinstance(tell, str) else tell(event)


_REMEDIES = {
    "renew": N_("the way out does not work: renewing the address"),
    "log-in": N_("the way out does not work: logging off and in again"),
    "client": N_(
        "the way out does not work, and only the client can log in again: start it on the PC "
        "(unless the Internet is down for all)"
    ),
}
_HELPED = {
    "renew": N_("the way out works again, after {time}: renewing the address helped"),
    "log-in": N_("the way out works again, after {time}: logging in again helped"),
    None: N_("the way out works again, after {time}"),
}
"""By the values of engine.health's Remedy, which is loaded only where checks are configured."""


def _health_restored(event: events.HealthRestored) -> str:
    helped = event.helped.value if event.helped else None
    return _(_HELPED[helped], time=duration(round(event.seconds)))


def _method(number: int | None) -> str:
    if number is None:
        return _("something unknown")
    known = _METHODS.get(number)
    return _("EAP method {number}", number=number) if known is None else _(known)


def _offered(services: tuple[str, ...]) -> str:
    """Return what a line ends with when the server offers services."""
    return _("; services on offer: {names}", names=listed(services)) if services else ""


def _quoted(message: str | None) -> str:
    return _(": “{message}”", message=message) if message else _(", without a word")


def _login_started(event: events.LoginStarted) -> str:
    where = f" ({event.port})" if event.port else ""
    client = f"{format_mac(event.client)}{where}"
    if event.again:
        return _(
            "the client {client} logs in again, while online; its Start goes out", client=client
        )
    return _("the client {client} starts to log in; its Start goes out", client=client)


def _turn_passed(event: events.TurnPassed) -> str:
    return _(
        N_("{mac} has not answered the server for {seconds:.0f} s: whoever waits may log in now")
        if event.was_asked
        else N_("no server has answered {mac} for {seconds:.0f} s: whoever waits may log in now"),
        mac=format_mac(event.client),
        seconds=event.seconds,
    )


def _start_ignored(event: events.StartIgnored) -> str:
    mac = format_mac(event.client)
    if event.hurdle is None:
        return _(
            "the client {mac} wants to log in, but the session is online already. If it tries "
            "again, it may",
            mac=mac,
        )
    if event.hurdle.value == "awaits-result":
        return _(
            "the client {mac} begins its login anew, but the server has not answered its password "
            "yet: its Start waits for up to half a minute, so that its place there is not lost",
            mac=mac,
        )
    if event.hurdle.value == "other-kind":
        return _(
            "{mac} wants to log in, but not as the campus's client does that is online; its Start "
            "stays on the LAN",
            mac=mac,
        )
    if event.holder is None:
        return _(
            "{mac} wants to log in, but the router itself is online; its Start stays on the LAN. "
            "To let it log in, run “ruijie-proxy logout”, or name it in “{keys[client]}”",
            mac=mac,
        )
    return _(
        "{mac} wants to log in, but the session is that of {holder}; its Start stays on the LAN. "
        "To let another PC log in, run “ruijie-proxy logout” or “relogin” first, or set "
        "“{keys[client=any]}”",
        mac=mac,
        holder=format_mac(event.holder),
    )


def _client_needed(event: events.ClientNeeded) -> str:
    if event.was_asked:
        return _(
            "the client did not answer, and only it can: start it on the PC, or the server "
            "will end the session"
        )
    return _(
        "only the client can log in anew: start it on the PC, if nothing is reached through the "
        "campus network"
    )


_DOUBTS = {
    "no-result": N_(
        "a login while online came to no result: the switch may have ended the session"
    ),
    "link": N_("the link was gone for a moment: the switch may have ended the session"),
    "silence": N_(
        "the switch asks for nothing any more, after asking regularly: it may have restarted, and "
        "have ended the session"
    ),
    "kept": N_("whether the switch has ended the session was in doubt before"),
}
"""By the values of engine.held_session's Doubt."""


def _request(event: events.RequestRelayed) -> str:
    asked = _("server to client: asks for {method}", method=_method(event.method))
    return asked + _offered(event.services)


def _answered(event: events.RequestAnswered) -> str:
    asked = _("the server asks for {method}, and is answered", method=_method(event.method))
    return asked + _offered(event.services)


def _succeeded(event: events.LoginSucceeded) -> str:
    if event.page:
        told = _("online: the web portal {page} has let the port in", page=event.page)
        return told + _quoted(event.message) if event.message else told
    parts = [_("Success")]
    if event.wanted > 1:
        parts.append(_(" ({count} of {wanted})", count=event.count, wanted=event.wanted))
    if event.forbids_heartbeats:
        parts.append(_(", no heartbeats wanted"))
    elif event.granted_interval is None:
        parts.append(_(", no heartbeat granted"))
    else:
        parts.append(_(", heartbeat granted every {interval} s", interval=event.granted_interval))
    if event.message:
        parts.append(_("; the server says: “{message}”", message=event.message))
    if event.accounting:
        parts.append(_("; account: “{text}”", text=event.accounting))
    told = parts[0]
    for part in parts[1:]:
        told += part
    return told


def _by_udp(event: events.UdpHeartbeatWanted) -> str:
    server = ".".join(str(byte) for byte in event.server)
    told = _(
        "this campus also wants a heartbeat by UDP (to {server}, port {port}), which only the "
        "genuine client sends; expect to be dropped after some minutes without the PC",
        server=server,
        port=event.port,
    )
    if not event.own:
        told += _("; as long as the client runs there, its own can keep the session up")
    return told


def _refused(event: events.LoginRefused) -> str:
    refusal = read_refusal(event.message, of_client=not event.own)
    told = _("Failure: the server refused the login ({kind})", kind=word_of(refusal.kind))
    told += _quoted(event.message)
    if event.own:
        return told
    return _("{told}. {advice}", told=told, advice=sentence_of(refusal.advice))


def _timed_out(event: events.LoginTimedOut) -> str:
    if event.server_answered and event.client_is_awaited:
        return _("the login came to no result in time; the client has to start again")
    if event.server_answered:
        return _("the login came to no result in time")
    told = _("no server answered the Start. Check the cable and that wan is the campus port")
    if not event.client_is_awaited:
        return told
    return told + _(
        "; some campuses answer only with “{keys[group=ruijie]}”, others only with "
        "“{keys[group=standard]}”"
    )


def _nobody_answers(event: events.NobodyAnswers) -> str:
    return _(
        "no server has answered for {time} ({count} Starts); going on. Check the cable and that "
        "wan is the campus port",
        time=duration(round(event.seconds)),
        count=event.count,
    )


_TURNS = {
    "asked": N_("a switch asks who is there: the login goes by 802.1X again"),
    "silent": N_("no web portal is heard any more: trying 802.1X again"),
    "no-address": N_("without an address no web portal can be asked: trying 802.1X again"),
    "client": N_("a client starts to log in: trying 802.1X again"),
    "link": N_("the cable may be in another socket now: trying 802.1X again"),
}
"""By the values of engine.way_in's Turn."""


def _portal_login_begun(event: events.PortalLoginBegun) -> str:
    if event.page:
        return _("asking the web portal {page} to let the port in", page=event.page)
    return _("asking the web portal that the campus leads to, to let the port in")


def _portal_silent(event: events.PortalSilent) -> str:
    time = duration(round(event.seconds))
    if event.page:
        return _("the web portal {page} has not answered for {time}", page=event.page, time=time)
    return _(
        "for {time} nobody has asked for a login by a web page: either the port is online, or "
        "nothing answers on it",
        time=time,
    )


def _portal_unread(event: events.PortalUnread) -> str:
    if event.why:
        return _(
            "the web portal {page} cannot be read: {reason}. The session goes on",
            page=event.page,
            reason=_(event.why),
        )
    return _("the web portal {page} does not answer. The session goes on", page=event.page)


def _portal_read_again(event: events.PortalReadAgain) -> str:
    return _(
        "the web portal {page} answers as it should again, after {time}",
        page=event.page,
        time=duration(round(event.seconds)),
    )


_HINDRANCES = {
    "captcha": N_("the web portal {page} wants a captcha to be read: the password was not sent"),
    "no-service": N_("the web portal {page} offers no service “{told}”: the password was not sent"),
    "not-encipherable": N_(
        "the web portal {page} could not be told this password: it was not sent"
    ),
    "other-portal": N_("another kind of web portal, at {page}, asks for the login"),
    "by-https": N_("the web portal {page} asks for the login by HTTPS, which is not spoken here"),
    "other-site": N_(
        "a login is asked for at {told}, and not at {page}: the password was not sent there"
    ),
    "unclear": N_("the web portal {page} cannot be understood: {reason}"),
}
"""By the values of protocol.portal's Came, which is loaded only where portals are asked."""


def _portal_hindered(event: events.PortalHindered) -> str:
    what = event.hindrance.value
    if what == "unclear" and not event.page:
        return _(
            "what answers in the place of the Internet cannot be understood: {reason}",
            reason=_(event.told),
        )
    reason = _(event.told) if what == "unclear" else event.told
    return _(_HINDRANCES[what], page=event.page, told=event.told, reason=reason)


def _logged_off(event: events.LoggedOff) -> str:
    if event.page:
        return _("logged off at the web portal {page}", page=event.page)
    return _("logged off at the switch")


def _link_back(event: events.LinkBack) -> str:
    if event.session_goes_on:
        return _("the WAN link is up again: the session goes on")
    if event.client_is_awaited:
        return _("the WAN link is up again: waiting for a client to log in")
    if event.portal_is_asked:
        return _("the WAN link is up again: the web portal is asked whether the session lives")
    if event.session_was_held:
        return _("the WAN link is up again: the session cannot be alive any more")
    return _("the WAN link is up")


def _took_over(event: events.TookOver) -> str:
    facts = {
        "source": _(_SOURCES[event.source]),
        "number": event.number,
        "interval": event.interval,
    }
    if event.client_may_leave:
        return _(
            "takeover: the router sends the heartbeats from now on, by {source}, from number "
            "{number}, every {interval:g} s. The PC may be switched off",
            **facts,
        )
    return _(
        "the router sends heartbeats, by {source}, from number {number}, every {interval:g} s",
        **facts,
    )


def _only_probes(event: events.OnlyProbes) -> str:
    if event.client_may_teach:
        return _(
            "the client has sent no heartbeat yet: as long as none comes, the router can "
            "only answer the server's identity probes, which is all that some campuses want"
        )
    return _(
        "online. The server granted no heartbeat that can be read: only what it asks is answered, "
        "which is all that some campuses want. If the session is dropped after some minutes, "
        "relay one login of the genuine client (“{keys[mode=relay]}”), from which the router learns"
    )


_IN_CLEAR = {
    ClearPassword.SENT: N_(
        "the switch has got the password in clear, as “{keys[allow_clear_password=true]}” allows"
    ),
    ClearPassword.NOT_ALLOWED: N_(
        "the switch wants the password in clear, which whoever listens on the cable can read: it "
        "was not sent, and MD5 proposed instead. If your campus is known to log in like that, set "
        "“{keys[allow_clear_password=true]}”"
    ),
    ClearPassword.TOO_LONG: N_(
        "the switch wants the password in clear, but a longer one than 255 bytes cannot be sent "
        "so: MD5 was proposed instead"
    ),
}

_WITHOUT_HEARTBEATS = {
    Off.CONFIGURED: N_(
        "no heartbeats are sent, as configured (“{keys[heartbeat=off]}”); what the server asks is "
        "answered"
    ),
    Off.SERVER: N_("no heartbeats are sent, as the server wants none; what it asks is answered"),
    Off.SHAPE: N_(
        "no heartbeats are sent, as there are none in the bare shape; what the server asks is "
        "answered"
    ),
}


def _no_heartbeats(event: events.NoHeartbeats) -> str:
    told = _(_WITHOUT_HEARTBEATS[event.off])
    return told + _(". The PC may be switched off") if event.client_may_leave else told


def _own_login_begun(event: events.OwnLoginBegun) -> str:
    client = event.client
    if event.edition:
        client = _("{client}, edition {edition} of the check", client=client, edition=event.edition)
    if event.count > 1:
        return _("logging in once more as {client}; the Start goes out", client=client)
    return _("logging in as {client}; the Start goes out", client=client)


def _shape_by_vendor(event: events.ShapeByVendor) -> str:
    client = event.client
    if event.edition:
        client = _("{client}, edition {edition} of the check", client=client, edition=event.edition)
    if event.shape == "bare":
        return _(
            "the switch is not Ruijie's: going on in the bare shape, as {client}", client=client
        )
    return _("the switch is Ruijie's: going on with the private block, as {client}", client=client)


def _other_shape(event: events.OtherShapeNext) -> str:
    if event.shape == "bare":
        return _("once more in the bare shape (“{keys[shape]}” would settle it)")
    return _("once more with the private block (“{keys[shape]}” would settle it)")


def _next_try(event: events.NextTryPlanned) -> str:
    time = duration(max(1, round(event.seconds)))
    if event.hours is not None:
        told = _(
            "outside the campus's hours ({hours}); the next try is in {time}",
            hours=event.hours,
            time=time,
        )
    elif event.limited:
        told = _(
            "there were many tries lately, and campuses ban for that: the next one is in {time}",
            time=time,
        )
    elif event.seconds == 0:
        told = _("the next try follows at once")
    else:
        told = _("the next try is in {time}", time=time)
    if event.advice is None:
        return told
    return _("{told}. {advice}", told=told, advice=sentence_of(event.advice))


def _hours_learned(event: events.HoursLearned) -> str:
    return _(
        "the campus says its hours: {hours}; no try is made outside of them", hours=event.hours
    )


def _gave_up(event: events.GaveUp) -> str:
    told = _(
        "no further try, until something is changed. {advice}", advice=sentence_of(event.advice)
    )
    if event.services:
        told += _(" Services on offer: {names}.", names=listed(event.services))
    return told


def _refused_before(event: events.RefusedBefore) -> str:
    told = _("not tried, since the server has refused this user name and password before")
    told += _quoted(event.message)
    return _("{told}. {advice}", told=told, advice=sentence_of(event.advice))


_TEXTS: dict[type, tuple[Level, str | Callable[[Any], str]]] = {
    machine_events.WentOnline: (Level.DEBUG, N_("online")),
    machine_events.WentOffline: (Level.DEBUG, N_("offline")),
    events.LoginStarted: (Level.NOTICE, _login_started),
    events.ClientWaits: (
        Level.NOTICE,
        lambda event: _(
            "another client, {mac}, wants to log in: it has to wait until the present one is done",
            mac=format_mac(event.client),
        ),
    ),
    events.ClientNotAllowed: (
        Level.NOTICE,
        lambda event: _(
            "{mac} wants to log in, but “{keys[client]}” does not name it",
            mac=format_mac(event.client),
        ),
    ),
    events.TurnPassed: (Level.NOTICE, _turn_passed),
    events.StartIgnored: (Level.NOTICE, _start_ignored),
    events.ServerFound: (
        Level.INFO,
        lambda event: _("the server {mac} answers", mac=format_mac(event.server)),
    ),
    events.RequestRelayed: (Level.INFO, _request),
    events.ResponseRelayed: (
        Level.INFO,
        lambda event: _("client to server: answers with {method}", method=_method(event.method)),
    ),
    events.LoginSucceeded: (Level.NOTICE, _succeeded),
    events.UdpHeartbeatWanted: (Level.WARNING, _by_udp),
    events.LoginRefused: (Level.WARNING, _refused),
    events.LoginTimedOut: (Level.WARNING, _timed_out),
    events.NobodyAnswers: (Level.WARNING, _nobody_answers),
    events.LoginIncomplete: (
        Level.WARNING,
        lambda event: _(
            "only {count} of {wanted} logins came (“{keys[successes]}”); going on with that",
            count=event.count,
            wanted=event.wanted,
        ),
    ),
    events.LogoffRelayed: (Level.NOTICE, N_("the client logs off; the session is over")),
    events.LogoffIgnored: (
        Level.NOTICE,
        N_("the client logs off; not passed on, the router holds the session"),
    ),
    events.HeartbeatMismatch: (
        Level.WARNING,
        N_(
            "the client's heartbeat does not fit the server's grant; "
            "waiting for its next one to learn from"
        ),
    ),
    events.TookOver: (Level.NOTICE, _took_over),
    events.NothingGranted: (
        Level.NOTICE,
        N_(
            "online. The server granted no heartbeat: waiting for one of the client to "
            "learn from. Leave the client running for now"
        ),
    ),
    events.OnlyProbes: (Level.NOTICE, _only_probes),
    events.NoHeartbeats: (Level.NOTICE, _no_heartbeats),
    events.HeartbeatSent: (
        Level.DEBUG,
        lambda event: _("heartbeat {number} sent", number=event.number),
    ),
    events.ProbeAnswered: (
        Level.DEBUG,
        lambda event: _("identity probe {number} answered", number=event.identifier),
    ),
    events.ChallengedOnline: (
        Level.NOTICE,
        N_("the server wants the password proven again; passed on to the client"),
    ),
    events.ClientNeeded: (Level.WARNING, _client_needed),
    events.SessionDoubtful: (Level.WARNING, lambda event: _(_DOUBTS[event.doubt.value])),
    events.SessionConfirmed: (
        Level.NOTICE,
        N_("the switch has given a sign: the session goes on"),
    ),
    events.Dropped: (
        Level.WARNING,
        lambda event: _("the server ended the session") + _quoted(event.message),
    ),
    events.PortalLoginBegun: (Level.NOTICE, _portal_login_begun),
    events.PortalAdopted: (
        Level.NOTICE,
        lambda event: _(
            "online: the web portal {page} has let the port in before", page=event.page
        ),
    ),
    events.PortalSilent: (Level.WARNING, _portal_silent),
    events.PortalUnread: (Level.WARNING, _portal_unread),
    events.PortalReadAgain: (Level.NOTICE, _portal_read_again),
    events.PortalHindered: (Level.WARNING, _portal_hindered),
    events.PortalNotTrusted: (
        Level.WARNING,
        lambda event: _(
            "nobody answers 802.1X, and Ruijie's ePortal at {site} lets people in. {advice}",
            site=event.site,
            advice=sentence_of(Advice.TRUST_PORTAL),
        ),
    ),
    events.TurnedToPortal: (
        Level.NOTICE,
        lambda event: _(
            "nobody answers 802.1X, and Ruijie's ePortal at {site} lets people in: the router logs "
            "in there from now on",
            site=event.site,
        ),
    ),
    events.TurnedToSwitch: (Level.NOTICE, lambda event: _(_TURNS[event.why.value])),
    events.LinkLost: (Level.WARNING, N_("the WAN link is down")),
    events.LinkBack: (Level.NOTICE, _link_back),
    events.Resumed: (
        Level.NOTICE,
        N_("going on with the session that was kept; no login is needed"),
    ),
    events.TooLateToResume: (
        Level.NOTICE,
        lambda event: _("the session that was kept cannot go on: {reason}", reason=_(event.reason)),
    ),
    events.AddressNotTaken: (
        Level.WARNING,
        lambda event: _(
            "the WAN port did not take the client's MAC address ({reason}); "
            "its own is used instead",
            reason=event.reason,
        ),
    ),
    events.EchoAnswered: (Level.DEBUG, N_("echo of the server answered")),
    events.OwnLoginBegun: (Level.NOTICE, _own_login_begun),
    events.RequestAnswered: (Level.INFO, _answered),
    events.ClearPasswordWanted: (Level.WARNING, lambda event: _(_IN_CLEAR[event.answer])),
    events.ServerSaid: (
        Level.NOTICE,
        lambda event: _("the server says: “{message}”", message=event.message),
    ),
    events.ProofGivenAgain: (
        Level.NOTICE,
        N_("the server wanted the password proven again, and the router did"),
    ),
    events.OtherEditionNext: (
        Level.NOTICE,
        lambda event: _(
            "once more with edition {edition} of the check (“{keys[edition]}” would settle it)",
            edition=event.edition,
        ),
    ),
    events.OtherShapeNext: (Level.NOTICE, _other_shape),
    events.ShapeByVendor: (Level.NOTICE, _shape_by_vendor),
    events.NextTryPlanned: (Level.NOTICE, _next_try),
    events.HoursLearned: (Level.NOTICE, _hours_learned),
    events.GaveUp: (Level.ERROR, _gave_up),
    events.RefusedBefore: (Level.ERROR, _refused_before),
    events.LeftToClient: (
        Level.NOTICE,
        N_("waiting for the genuine client on the LAN to log in instead"),
    ),
    events.LeaseAwaited: (Level.NOTICE, N_("waiting for an address of the WAN port")),
    events.LeaseMissing: (
        Level.WARNING,
        N_("no new address came in time (“{keys[dhcp.timeout]}”); logging in without it"),
    ),
    events.LoggedOff: (Level.NOTICE, _logged_off),
    events.EditionSeen: (
        Level.NOTICE,
        lambda event: _(
            "the client is a Linux one, with edition {edition} of the check",
            edition=event.edition,
        ),
    ),
    events.ProfileLearned: (
        Level.NOTICE,
        lambda event: _(
            "this campus can be logged in to without the PC: everything that the client "
            "({name}) sent could be computed. “{keys[mode=auto]}” does so from now on",
            name=event.name,
        ),
    ),
    events.HealthFailed: (
        Level.WARNING,
        lambda event: _(
            "online, but the way out does not work: {detail} ({count} in a row; something is done "
            "after {wanted})",
            detail=event.detail,
            count=event.in_a_row,
            wanted=event.wanted,
        ),
    ),
    events.HealthActed: (Level.WARNING, lambda event: _(_REMEDIES[event.remedy.value])),
    events.HealthRestored: (Level.NOTICE, _health_restored),
    events.ProfileDiffers: (
        Level.NOTICE,
        lambda event: _(
            "this campus still needs the client: the router would have sent something else in "
            "{parts}",
            parts=listed(
                [_(part.text, frame=_(part.frame), number=part.number) for part in event.parts]
            ),
        ),
    ),
}
