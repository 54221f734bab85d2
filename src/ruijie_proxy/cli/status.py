"""``ruijie-proxy status``: what the running daemon is doing, for people or for programs."""

from __future__ import annotations

import json
from typing import Any

import click

from ruijie_proxy.cli.asking import NotAnswered, ask_daemon
from ruijie_proxy.cli.exit_codes import ExitCode

_STATES = {
    "waiting": ("waiting for a client to log in", "yellow"),
    "authenticating": ("logging in", "yellow"),
    "online": ("online", "green"),
    "backoff": ("waiting before the next try", "yellow"),
    "link-down": ("no link on the WAN port", "red"),
    "stopped": ("stopped", "red"),
}
_SOURCES = {
    "server": "by the server's grant",
    "client": "learned from the client",
    "probe": "by answering identity probes",
    None: "not yet known how",
}


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
            click.echo(f"There is no session {session!r}. Sessions: {names}.", err=True)
            return ExitCode.USAGE
    if as_json:
        click.echo(json.dumps({**answer, "sessions": sessions}, ensure_ascii=False, indent=2))
    else:
        click.echo("\n\n".join(_for_people(one) for one in sessions))
    return ExitCode.DONE


def _for_people(session: dict[str, Any]) -> str:
    words, colour = _STATES[session["state"]]
    lines = [f"{click.style(session['name'], bold=True)}: {click.style(words, fg=colour)}"]
    if session["since"]:
        lines[0] += f" since {session['since']}"
    clients = "" if session["lan"] is None else f"clients on {session['lan']}, "
    lines.append(f"  ports       {clients}campus switch on {session['wan']}")
    for role in ("server", "client"):
        if session[role]:
            lines.append(f"  {role:<11} {session[role]}")
    if session["next_try"]:
        lines.append(f"  next try    {session['next_try']}")
    if session["client_needed"]:
        lines.append("  needed      the client on the PC has to prove the password again")
    if session["heartbeat"]:
        lines.append(f"  heartbeat   {_heartbeat(session['heartbeat'])}")
    if session["message"]:
        lines.append(f"  message     {session['message']}")
    if session["accounting"]:
        lines.append(f"  account     {session['accounting']}")
    if session["services"]:
        lines.append(f"  services    {', '.join(session['services'])}")
    failure = session["last_failure"]
    if failure:
        text = failure["text"] or "without a word"
        lines.append(f"  failure     {failure['at']} ({failure['kind']}): {text}")
        lines.append(f"              {failure['advice']}")
    return "\n".join(lines)


def _heartbeat(heartbeat: dict[str, Any]) -> str:
    source = _SOURCES[heartbeat["source"]]
    if heartbeat["source"] in (None, "probe"):
        return source
    return (
        f"every {heartbeat['interval']:g} s, {source}; {heartbeat['sent']} sent, "
        f"the last with number {heartbeat['number']} at {heartbeat['last']}"
    )
