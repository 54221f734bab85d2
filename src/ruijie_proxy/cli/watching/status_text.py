"""The status of a session, as people read it."""

from __future__ import annotations

import sys

from ruijie_proxy.display_width import fold, padded
from ruijie_proxy.durations import with_distance
from ruijie_proxy.i18n import N_, _, listed
from ruijie_proxy.terminal import styled, width_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_STATES = {
    "waiting": (N_("waiting for a client to log in"), "yellow"),
    "authenticating": (N_("logging in"), "yellow"),
    "online": (N_("online"), "green"),
    "backoff": (N_("waiting before the next try"), "yellow"),
    "link-down": (N_("no link on the WAN port"), "red"),
    "stopped": (N_("stopped"), "red"),
}
_AWAITING = N_("waiting for an address of the WAN port")
_SOURCES = {
    "server": N_("by the server's grant"),
    "client": N_("learned from the client"),
    "probe": N_("by answering identity probes"),
    None: N_("not yet known how"),
}
_OFF = {
    "configured": N_("none is sent, as configured; what the server asks is answered"),
    "server": N_("none is sent, as the server wants none; what it asks is answered"),
}
_PORTAL = "portal"
_FOUND_OUT = ("captcha", "credentials", "other-portal", "service", "unclear-portal")
"""Kinds of failures that the router can find out by itself; servers say other ones by words."""

_LABEL_WIDTH = 11
_BELOW = " " * (_LABEL_WIDTH + 3)
_LEAST_ROOM = 20
"""Columns for the text of a row, however narrow the terminal."""


def status_text(session: dict[str, Any]) -> str:
    """Return the lines of a session, from its part of the daemon's answer."""
    words, colour = _STATES[session["state"]]
    since = session["since"]
    if session.get("awaits_address_since"):  # a daemon from before an upgrade does not say
        words = _AWAITING
        since = session["awaits_address_since"]
    name = styled(session["name"], bold=True)
    state = styled(_(words), colour)
    if since:
        since = with_distance(since)
        lines = [_("{name}: {state} since {time}", name=name, state=state, time=since)]
    else:
        lines = [_("{name}: {state}", name=name, state=state)]
    lines.append(_row(_("ports"), _ports(session)))
    if session["server"]:
        lines.append(_row(_("server"), session["server"]))
    if session["client"]:
        lines.append(_row(_("client"), session["client"]))
    if session["next_try"]:
        lines.append(_row(_("next try"), with_distance(session["next_try"])))
    asked = session.get("asked")  # a daemon that runs since before an upgrade tells none
    if asked:
        told = _(
            "{count} times since {time}, and no server has answered",
            count=asked["count"],
            time=with_distance(asked["since"]),
        )
        lines.append(_row(_("called"), told))
    doubtful = session.get("doubtful")  # a daemon from before an upgrade does not say
    if doubtful:
        lines.append(_row(_("doubtful"), _("the switch may have ended the session; no sign of it")))
    too_long = session.get("too_long")
    if too_long:
        told = _(
            "{count} frames did not fit into the MTU of {port}, the last {time}",
            count=too_long["count"],
            port=too_long["port"],
            time=with_distance(too_long["last"]),
        )
        lines.append(_row(_("too long"), told))
    if session["client_needed"]:
        if doubtful:
            needed = _("the client on the PC has to log in anew")
        else:
            needed = _("the client on the PC has to prove the password again")
        lines.append(_row(_("needed"), needed))
    if session["heartbeat"]:
        lines.append(_row(_("heartbeat"), _heartbeat(session["heartbeat"])))
    by_udp = session.get("udp_heartbeat")  # a daemon from before an upgrade does not say
    if by_udp:
        told = _(
            "the campus also wants one by UDP (to {server}, port {port}), which only the genuine "
            "client sends; expect to be dropped after some minutes without the PC",
            server=by_udp["server"],
            port=by_udp["port"],
        )
        lines.append(_row(_("by UDP"), told))
    portal = session.get("portal")  # a daemon from before an upgrade does not say
    if portal and portal["page"]:
        lines.append(_row(_("portal"), portal["page"]))
    if portal and portal.get("unread"):
        label = _("unreadable") if portal["unread"]["why"] else _("no answer")
        lines.append(_row(label, _unread(portal)))
    if portal and portal["keepalive"]:
        told = _("every {seconds} s", seconds=portal["keepalive"])
        if portal["last"]:
            told = _("{how}, the last {time}", how=told, time=with_distance(portal["last"]))
        lines.append(_row(_("kept"), told))
    if session["message"]:
        lines.append(_row(_("message"), session["message"]))
    if session["accounting"]:
        lines.append(_row(_("accounting"), session["accounting"]))
    if session["services"]:
        lines.append(_row(_("services"), listed(session["services"])))
    if session.get("hours"):
        lines.append(_row(_("hours there"), session["hours"]))
    failure = session["last_failure"]
    if failure:
        told = _failure(failure)
        lines.append(_row(_("dropped") if failure.get("was_online") else _("failure"), told))
        lines.append(_row("", failure["advice"]))
    if session["state"] == "stopped":
        lines.append(_row(_("to go on"), _way_on(has_failed=failure is not None)))
    return "\n".join(lines)


def _failure(failure: dict[str, Any]) -> str:
    time, kind = with_distance(failure["at"]), _(failure["kind"])
    text = failure["text"]
    if not text and failure["kind"] in _FOUND_OUT:
        return _("{time} ({kind})", time=time, kind=kind)
    return _("{time} ({kind}): {text}", time=time, kind=kind, text=text or _("without a word"))


def _unread(portal: dict[str, Any]) -> str:
    """Return since when a portal does not answer, or not as one does, and when it is asked next."""
    unread = portal["unread"]
    since = with_distance(unread["since"])
    if unread["why"]:
        told = _("since {time}: {reason}", time=since, reason=unread["why"])
    elif portal["page"]:
        told = _("since {time}", time=since)
    else:
        told = _(
            "since {time}: nobody asks for a login by a web page. Either the port is online, or "
            "nothing answers on it",
            time=since,
        )
    if not portal["next_look"]:
        return told
    return _("{told}; asked again {time}", told=told, time=with_distance(portal["next_look"]))


def _row(label: str, text: str) -> str:
    width = width_of(sys.stdout)
    # What is piped on is to be searched, so it keeps each thing on one line.
    lines = [text] if width is None else fold(text, max(_LEAST_ROOM, width - len(_BELOW)))
    return f"\n{_BELOW}".join([f"  {padded(label, _LABEL_WIDTH)} {lines[0]}", *lines[1:]])


def _ports(session: dict[str, Any]) -> str:
    wan, lan = session["wan"], session["lan"]
    if lan is None:
        if session["mode"] == _PORTAL:
            return _("campus network on {wan}", wan=wan)
        return _("campus switch on {wan}", wan=wan)
    return _("clients on {lan}, campus switch on {wan}", lan=lan, wan=wan)


def _way_on(*, has_failed: bool) -> str:
    """Return what has a session that was logged off, or has given up, log in again."""
    if has_failed:
        return _(
            "after a change in the configuration: ruijie-proxy reload (a service of systemd: "
            "restart it); without one: ruijie-proxy relogin"
        )
    return _("to log in again: ruijie-proxy relogin")


def _heartbeat(heartbeat: dict[str, Any]) -> str:
    off = heartbeat.get("off")  # a daemon from before an upgrade does not say
    if off:
        return _(_OFF[off])
    known = heartbeat["source"]
    source = _(_SOURCES[known])
    if known in (None, "probe"):
        return source
    return _(
        "every {interval:g} s, {source}; {sent} sent, the last with number {number} at {time}",
        interval=heartbeat["interval"],
        source=source,
        sent=heartbeat["sent"],
        number=heartbeat["number"],
        time=with_distance(heartbeat["last"]) if heartbeat["last"] else _("never"),
    )
