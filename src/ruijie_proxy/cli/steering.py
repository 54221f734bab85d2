"""The commands that steer the running daemon: logout, relogin, renew, reload."""

from __future__ import annotations

from ruijie_proxy.cli.asking import NotAnswered, ask_daemon
from ruijie_proxy.cli.exit_codes import ExitCode
from ruijie_proxy.cli.output import say
from ruijie_proxy.i18n import N_, _


def log_out(session: str | None, config: str | None) -> ExitCode:
    """Log off one session, or all."""
    return _steer(
        "logout",
        session,
        config,
        was_online=N_("{name}: logged off"),
        was_not=N_("{name}: was not online"),
    )


def log_in_anew(session: str | None, config: str | None) -> ExitCode:
    """End one session, or all, and log in anew."""
    return _steer(
        "relogin",
        session,
        config,
        was_online=N_("{name}: logged off, begins anew"),
        was_not=N_("{name}: begins anew"),
    )


def renew(session: str | None, config: str | None) -> ExitCode:
    """Renew the WAN address of one session, or of all."""
    told = N_("{name}: its address is being renewed")
    return _steer("renew", session, config, was_online=told, was_not=told)


def reload(config: str | None) -> ExitCode:
    """Have the daemon read its configuration again."""
    try:
        ask_daemon(config, "reload")
    except NotAnswered as error:
        say(str(error), error=True)
        return error.exit_code
    say(_("The configuration is being read again; the log says what came of it."))
    return ExitCode.DONE


def _steer(
    command: str, session: str | None, config: str | None, *, was_online: str, was_not: str
) -> ExitCode:
    try:
        answer = ask_daemon(config, command, session=session)
    except NotAnswered as error:
        say(str(error), error=True)
        return error.exit_code
    for one in answer["sessions"]:
        say(_(was_online if one.get("was_online") else was_not, name=one["name"]))
    return ExitCode.DONE
