"""``ruijie-proxy status``: what the running daemon is doing, for people or for programs."""

from __future__ import annotations

import json
from typing import Any

import click

from ruijie_proxy.cli.asking import NotAnswered, ask_daemon
from ruijie_proxy.cli.exit_codes import ExitCode
from ruijie_proxy.display_width import padded
from ruijie_proxy.i18n import N_, _

_STATES = {
    "waiting": (N_("waiting for a client to log in"), "yellow"),
    "authenticating": (N_("logging in"), "yellow"),
    "online": (N_("online"), "green"),
    "backoff": (N_("waiting before the next try"), "yellow"),
    "link-down": (N_("no link on the WAN port"), "red"),
    "stopped": (N_("stopped"), "red"),
}
_SOURCES = {
    "server": N_("by the server's grant"),
    "client": N_("learned from the client"),
    "probe": N_("by answering identity probes"),
    None: N_("not yet known how"),
}

_LABEL_WIDTH = 11


def show_status(session: str | None, config: str | None, as_json: bool) -> ExitCode:
    """Print the status of one session or of all."""
    try:
        answer = ask_daemon(config, "status")
    except NotAnswered as error:
        click.echo(str(error), err=True)
        return error.exit_code
    sessions = answer["sessions"]
    if session is not None:
        sessions = [one for one in sessions if one["name"] == session]
        if not sessions:
            names = ", ".join(one["name"] for one in answer["sessions"])
            told = _(
                "There is no session {session!r}. Sessions: {names}.",
                session=session,
                names=names,
            )
            click.echo(told, err=True)
            return ExitCode.USAGE
    if as_json:
        click.echo(json.dumps({**answer, "sessions": sessions}, ensure_ascii=False, indent=2))
    else:
        click.echo("\n\n".join(_for_people(one) for one in sessions))
    return ExitCode.DONE


def _for_people(session: dict[str, Any]) -> str:
    words, colour = _STATES[session["state"]]
    name = click.style(session["name"], bold=True)
    state = click.style(_(words), fg=colour)
    if session["since"]:
        lines = [_("{name}: {state} since {time}", name=name, state=state, time=session["since"])]
    else:
        lines = [_("{name}: {state}", name=name, state=state)]
    lines.append(_row(_("ports"), _ports(session)))
    if session["server"]:
        lines.append(_row(_("server"), session["server"]))
    if session["client"]:
        lines.append(_row(_("client"), session["client"]))
    if session["next_try"]:
        lines.append(_row(_("next try"), session["next_try"]))
    if session["client_needed"]:
        needed = _("the client on the PC has to prove the password again")
        lines.append(_row(_("needed"), needed))
    if session["heartbeat"]:
        lines.append(_row(_("heartbeat"), _heartbeat(session["heartbeat"])))
    if session["message"]:
        lines.append(_row(_("message"), session["message"]))
    if session["accounting"]:
        lines.append(_row(_("account"), session["accounting"]))
    if session["services"]:
        lines.append(_row(_("services"), ", ".join(session["services"])))
    failure = session["last_failure"]
    if failure:
        kind, advice = failure["kind"], failure["advice"]
        # The daemon may speak another language than who asks it: what it quotes is translated here.
        told = _(
            "{time} ({kind}): {text}",
            time=failure["at"],
            kind=_(kind),
            text=failure["text"] or _("without a word"),
        )
        lines.append(_row(_("failure"), told))
        lines.append(_row("", _(advice)))
    return "\n".join(lines)


def _row(label: str, text: str) -> str:
    return f"  {padded(label, _LABEL_WIDTH)} {text}"


def _ports(session: dict[str, Any]) -> str:
    wan, lan = session["wan"], session["lan"]
    if lan is None:
        return _("campus switch on {wan}", wan=wan)
    return _("clients on {lan}, campus switch on {wan}", lan=lan, wan=wan)


def _heartbeat(heartbeat: dict[str, Any]) -> str:
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
        time=heartbeat["last"],
    )
