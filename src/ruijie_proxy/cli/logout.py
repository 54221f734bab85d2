"""``ruijie-proxy logout``: say goodbye to the switch."""

from __future__ import annotations

import click

from ruijie_proxy.cli.asking import NotAnswered, ask_daemon
from ruijie_proxy.cli.exit_codes import ExitCode


def log_out(session: str | None, config: str | None) -> ExitCode:
    """Log off one session, or all."""
    try:
        answer = ask_daemon(config, "logout", session=session)
    except NotAnswered as error:
        click.echo(str(error), err=True)
        return error.exit_code
    for one in answer["sessions"]:
        what = "logged off" if one["was_online"] else "was not online"
        click.echo(f"{one['name']}: {what}")
    return ExitCode.DONE
