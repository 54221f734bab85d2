"""``ruijie-proxy login``: one login, and its result as an exit code."""

from __future__ import annotations

import json
from typing import Any

import click

from ruijie_proxy.cli.exit_codes import ExitCode
from ruijie_proxy.config.model import Configuration, SessionConfiguration
from ruijie_proxy.config.problems import ConfigurationProblems
from ruijie_proxy.config.reader import parse_configuration
from ruijie_proxy.runtime.interface_errors import InterfaceError
from ruijie_proxy.runtime.log import Level, Log
from ruijie_proxy.runtime.one_shot import OneShot, Outcome
from ruijie_proxy.runtime.port_lock import PortTaken

_EXIT_CODES = {
    Outcome.AUTHENTICATED: ExitCode.DONE,
    Outcome.REFUSED: ExitCode.REFUSED,
    Outcome.NO_CLIENT: ExitCode.NO_ANSWER,
    Outcome.NO_SERVER: ExitCode.NO_ANSWER,
    Outcome.NO_RESULT: ExitCode.NO_ANSWER,
    Outcome.INTERRUPTED: ExitCode.ERROR,
}
_WORDS = {
    Outcome.NO_CLIENT: "no client on the LAN tried to log in. Start the campus client on the PC, "
    "with its cable in a LAN port of this router and its Wi-Fi off",
    Outcome.NO_SERVER: "no server answered on the WAN port. Check the cable, and try --group",
    Outcome.NO_RESULT: "the login came to no result in time",
    Outcome.INTERRUPTED: "interrupted before there was a result",
}


def relay_login(session: dict[str, Any], timeout: float, keep: bool, verbose: bool) -> ExitCode:
    """Relay one login. ``session`` holds the keys of a session in the configuration."""
    try:
        configuration = _read_session(session)
    except ConfigurationProblems as found:
        for problem in found.problems:
            key = problem.key.removeprefix("sessions[0].")
            click.echo(f"{key}: {problem.wrong}; {problem.remedy}", err=True)
        return ExitCode.USAGE
    log = Log(level=Level.DEBUG if verbose else Level.INFO)
    try:
        one_shot = OneShot(configuration, log, timeout)
    except InterfaceError as error:
        click.echo(str(error), err=True)
        return ExitCode.INTERFACE
    except (PortTaken, OSError) as error:
        click.echo(str(error), err=True)
        return ExitCode.ERROR
    try:
        outcome = one_shot.run(keep)
    finally:
        one_shot.close()
        log.end_repetition()
    _tell(outcome, one_shot.message, keep)
    return _EXIT_CODES[outcome]


def _read_session(session: dict[str, Any]) -> SessionConfiguration:
    # JSON is YAML, so the options are read by the same rules as the file.
    text = json.dumps({"sessions": [session]})
    plain = parse_configuration(text.encode(), "the command line")
    return Configuration.from_plain(plain).sessions[0]


def _tell(outcome: Outcome, message: str | None, keep: bool) -> None:
    if outcome is Outcome.AUTHENTICATED:
        click.echo(f"Authenticated. {message or ''}".rstrip())
        if not keep:
            click.echo(
                "Nothing keeps the session alive now; --keep would, or ruijie-proxy run.", err=True
            )
    elif outcome is Outcome.REFUSED:
        click.echo(f"The server refused the login: {message or 'without a word'}", err=True)
    else:
        click.echo(f"Not authenticated: {_WORDS[outcome]}.", err=True)
