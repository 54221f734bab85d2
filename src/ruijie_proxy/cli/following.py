"""``ruijie-proxy events`` and ``status --watch``: looking on while the daemon works."""

from __future__ import annotations

import json
import time
from typing import Any

import click

from ruijie_proxy.cli.asking import NotAnswered, follow_daemon
from ruijie_proxy.cli.exit_codes import ExitCode
from ruijie_proxy.cli.status import show_status
from ruijie_proxy.i18n import _

WATCH_INTERVAL = 1.0
"""Seconds between two looks."""
_COLOURS = {"error": "red", "warning": "yellow", "notice": "green", "debug": "bright_black"}


def show_events(session: str | None, config: str | None, as_json: bool) -> ExitCode:
    """Print what happens until Ctrl-C, or until the daemon ends."""
    try:
        for event in follow_daemon(config, session):
            click.echo(json.dumps(event, ensure_ascii=False) if as_json else line_for_people(event))
    except NotAnswered as error:
        click.echo(str(error), err=True)
        return error.exit_code
    except KeyboardInterrupt:
        return ExitCode.DONE
    click.echo(_("The daemon has ended."), err=True)
    return ExitCode.NO_DAEMON


def watch_status(session: str | None, config: str | None) -> ExitCode:
    """Print the status again and again until Ctrl-C."""
    try:
        while True:
            click.clear()
            code = show_status(session, config, as_json=False)
            if code is not ExitCode.DONE:
                return code
            ending = _("Ctrl-C ends this; the daemon goes on.")
            click.echo(f"\n{ending}", err=True)
            time.sleep(WATCH_INTERVAL)
    except KeyboardInterrupt:
        return ExitCode.DONE


def line_for_people(event: dict[str, Any]) -> str:
    """Return the line of an event, of the daemon's or of the journal's."""
    text = click.style(event["text"], fg=_COLOURS.get(event["level"]))
    session = f"{click.style(event['session'], bold=True)}: " if event["session"] else ""
    repeated = _(" ({count} times more)", count=event["repeated"]) if "repeated" in event else ""
    return f"{event['at']} {session}{text}{repeated}"
