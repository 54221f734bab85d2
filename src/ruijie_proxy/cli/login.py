"""``ruijie-proxy login``: one login, and its result as an exit code."""

from __future__ import annotations

import json
import os
from typing import Any

import click

from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.cli.basics.option_notation import OPTIONS
from ruijie_proxy.cli.basics.passwords import STANDARD_INPUT, take_password
from ruijie_proxy.config.reader import parse_configuration
from ruijie_proxy.config.shape.model import Configuration, Mode, SessionConfiguration
from ruijie_proxy.config.shape.problems import ConfigurationProblems, Problem
from ruijie_proxy.engine.settings import GroupMode
from ruijie_proxy.i18n import N_, _, reason_of, written_in
from ruijie_proxy.runtime.one_shot import OneShot, Outcome
from ruijie_proxy.runtime.ports.interface_errors import InterfaceError
from ruijie_proxy.runtime.ports.port_lock import PortTaken
from ruijie_proxy.runtime.telling.level import Level
from ruijie_proxy.runtime.telling.log import Log
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.engine.status import PortalStatus

_EXIT_CODES = {
    Outcome.AUTHENTICATED: ExitCode.DONE,
    Outcome.REFUSED: ExitCode.REFUSED,
    Outcome.HINDERED: ExitCode.REFUSED,
    Outcome.NO_CLIENT: ExitCode.NO_ANSWER,
    Outcome.NO_SERVER: ExitCode.NO_ANSWER,
    Outcome.NO_PORTAL: ExitCode.NO_ANSWER,
    Outcome.NO_ADDRESS: ExitCode.NO_ANSWER,
    Outcome.NO_RESULT: ExitCode.NO_ANSWER,
    Outcome.TOO_SOON: ExitCode.ERROR,
    Outcome.INTERRUPTED: ExitCode.ERROR,
}
_WORDS = {
    Outcome.NO_CLIENT: N_(
        "no client on the LAN tried to log in. Start the campus client on the PC, with its cable "
        "in a LAN port of this router and its Wi-Fi off"
    ),
    Outcome.NO_SERVER: N_("no server answered on the WAN port. Check the cable{otherwise}"),
    Outcome.NO_PORTAL: N_(
        "no web portal answered, nor did a gateway ask for a login: either the port is online "
        "already, or nothing answers on it. Check the cable"
    ),
    Outcome.NO_ADDRESS: N_(
        "the WAN port has no address, which a web portal needs: see that it gets one by DHCP"
    ),
    Outcome.NO_RESULT: N_("the login came to no result in time"),
    Outcome.TOO_SOON: N_("there were too many tries lately, which get an account banned"),
    Outcome.INTERRUPTED: N_("interrupted before there was a result"),
}
_PASSWORD_TO_COME = ""
_PATHS = ("client_exe", "operator_password_file")
"""Keys that name files."""


class LoginOptions(Frozen):
    """What ``login`` was told beside the keys of a session."""

    password_file: str | None
    """"-" is standard input; None: the password is asked for."""
    state_dir: str | None
    """None: the usual one."""
    timeout: float
    """Seconds."""
    keep: bool
    verbose: bool


def login_once(session: dict[str, Any], options: LoginOptions) -> ExitCode:
    """Log in once. ``session`` holds the keys of a session in the configuration.

    Raises click.UsageError.
    """
    try:
        configuration = _configuration(session, options)
    except ConfigurationProblems as found:
        for problem in found.problems:
            click.echo(_without_place(problem), err=True)
        return ExitCode.USAGE
    log = Log(level=Level.DEBUG if options.verbose else Level.INFO)
    try:
        one_shot = _one_shot(configuration, log, options)
    except InterfaceError as error:
        click.echo(str(error), err=True)
        return ExitCode.INTERFACE
    except PortTaken as error:
        click.echo(str(error), err=True)
        return ExitCode.ERROR
    except OSError as error:
        click.echo(reason_of(error), err=True)
        return ExitCode.ERROR
    try:
        outcome = one_shot.run(options.keep)
    finally:
        one_shot.close()
        log.end_repetition()
    _tell(outcome, one_shot, configuration.sessions[0], options.keep)
    return _EXIT_CODES[outcome]


def _configuration(session: dict[str, Any], options: LoginOptions) -> Configuration:
    username = session.get("username")
    if username is None and "portal" in session:
        raise click.UsageError(_("--portal logs in with an account: name it with -u"))
    if username is None and "lan" not in session:
        raise click.UsageError(
            _(
                "nobody is there to log in: name the account with -u, or with --lan the interface "
                "where a client PC is"
            )
        )
    if username is None and options.password_file is not None:
        raise click.UsageError(_("--password-file belongs to an account: name it with -u"))
    if options.password_file == session.get("operator_password_file") == STANDARD_INPUT:
        raise click.UsageError(_("standard input has one password: put the other into a file"))
    mode = _mode_of(session)
    whole: dict[str, Any] = {"sessions": [{"mode": mode.value, **_with_absolute_paths(session)}]}
    if options.state_dir is not None:
        whole["state_dir"] = os.path.abspath(options.state_dir)
    # JSON is YAML, so the options are read by the same rules as the file. The password does not go
    # that way: the reader would take one that begins with "sealed:" for a sealed one. It is asked
    # for once all else is right.
    reading = parse_configuration(
        json.dumps(whole).encode(),
        _("the command line"),
        None if username is None else _PASSWORD_TO_COME,
        OPTIONS,
    )
    for warning in reading.warnings:
        click.echo(_("warning: {text}", text=_without_place(warning)), err=True)
    if username is not None:
        plain = reading.plain["sessions"][0]
        plain["password"] = take_password(options.password_file, username)
        if "operator_password_file" in session:
            plain["operator_password"] = take_password(
                session["operator_password_file"],
                session["operator_username"],
                option="--operator-password-file",
            )
    return Configuration.from_plain(reading.plain)


def _mode_of(session: dict[str, Any]) -> Mode:
    """Return who logs in, and where, by who is named."""
    if "username" not in session:
        return Mode.RELAY
    if "portal" in session:
        return Mode.PORTAL
    return Mode.AUTO if "lan" in session else Mode.LOGIN


def _without_place(problem: Problem) -> str:
    """Say what is wrong with an option: the lines of what was made of it are nobody's matter."""
    return _(
        "{key}: {wrong}; {remedy}", key=problem.key, wrong=problem.wrong, remedy=problem.remedy
    )


def _with_absolute_paths(session: dict[str, Any]) -> dict[str, Any]:
    """Return it with its files named from the root, as the configuration wants them."""
    paths = {key: os.path.abspath(session[key]) for key in _PATHS if key in session}
    return {**session, **paths}


def _one_shot(configuration: Configuration, log: Log, options: LoginOptions) -> OneShot:
    (session,) = configuration.sessions
    kept = configuration.state_dir if options.keep else None
    if session.mode is Mode.RELAY:
        return OneShot(session, log, options.timeout, session_dir=kept, notation=OPTIONS)
    return OneShot(
        session,
        log,
        options.timeout,
        # Who types the password in wants it tried; a script does not know better than the server.
        insists=options.password_file is None,
        session_dir=kept,
        state_dir=configuration.state_dir,
        profile_dir=configuration.profile_dir,
        notation=OPTIONS,
    )


def _what_else_to_try(session: SessionConfiguration) -> str:
    """Return what else may have a server answer: another group address, where one is fixed."""
    group = session.settings.group
    if group in (GroupMode.STANDARD, GroupMode.RUIJIE):
        return _(", and try without --group")
    if session.mode is Mode.RELAY:
        return _(", and try {option}", option=f"--group {GroupMode.RUIJIE.value}")
    return ""  # the router's own login tries each of them by itself


def _what_is_left(portal: PortalStatus | None) -> str:
    """Say what becomes of the session when nobody stays."""
    if portal is None or portal.keepalive:
        return _("Nothing keeps the session alive now; --keep would, or ruijie-proxy run.")
    return _(
        "The web portal wants nothing to keep the session. Should it end it, nobody logs in anew: "
        "--keep would, or ruijie-proxy run."
    )


def _tell(outcome: Outcome, one_shot: OneShot, session: SessionConfiguration, keep: bool) -> None:
    message = one_shot.message
    if outcome is Outcome.AUTHENTICATED:
        click.echo(
            _("Authenticated. {message}", message=message) if message else _("Authenticated.")
        )
        if not keep:
            click.echo(_what_is_left(one_shot.portal), err=True)
    elif outcome is Outcome.REFUSED:
        if message:
            told = _("The server refused the login: {message}", message=message)
        else:
            told = _("The server refused the login: without a word")
        click.echo(told, err=True)
        if one_shot.advice is not None:
            click.echo(written_in(one_shot.advice, OPTIONS), err=True)
    else:
        words = _WORDS.get(outcome)
        otherwise = _what_else_to_try(session)
        reason = one_shot.hindrance if words is None else _(words, otherwise=otherwise)
        click.echo(_("Not authenticated: {reason}.", reason=reason), err=True)
        if outcome is Outcome.HINDERED and one_shot.advice is not None:
            click.echo(written_in(one_shot.advice, OPTIONS), err=True)
        if one_shot.seconds_to_wait is not None:
            told = _("The next try may be in {seconds:.0f} s.", seconds=one_shot.seconds_to_wait)
            click.echo(told, err=True)
