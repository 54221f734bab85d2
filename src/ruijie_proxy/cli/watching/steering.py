"""The commands that steer the running daemon: logout, relogin, renew, reload."""

from __future__ import annotations

from ruijie_proxy.cli.basics.asking import NotAnswered, ask_daemon
from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.cli.basics.output import say
from ruijie_proxy.durations import duration
from ruijie_proxy.i18n import N_, _

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Tell = Callable[[dict[str, Any]], str]


def log_out(session: str | None, config: str | None) -> ExitCode:
    """Log off one session, or all."""

    def tell(one: dict[str, Any]) -> str:
        told = N_("{name}: logged off") if one["was_online"] else N_("{name}: was not online")
        return _(told, name=one["name"])

    return _steer("logout", session, config, tell)


def log_in_anew(session: str | None, config: str | None, *, trust: bool = False) -> ExitCode:
    """End one session, or all, and log in anew.

    ``trust``: whatever web portal comes next may have the password.
    """

    def tell(one: dict[str, Any]) -> str:
        name = one["name"]
        if one["was_online"]:
            return _("{name}: logged off, begins anew", name=name)
        if not one["seconds"]:
            return _("{name}: begins anew", name=name)
        time = duration(one["seconds"])
        return _("{name}: begins anew in {time}, not to be banned", name=name, time=time)

    return _steer("relogin", session, config, tell, **({"trust": True} if trust else {}))


def renew(session: str | None, config: str | None) -> ExitCode:
    """Renew the WAN address of one session, or of all."""
    return _steer(
        "renew",
        session,
        config,
        lambda one: _(
            "{name}: its address is being renewed; the log says what came of it", name=one["name"]
        ),
    )


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
    command: str, session: str | None, config: str | None, tell: Tell, **further: bool
) -> ExitCode:
    try:
        answer = ask_daemon(config, command, session=session, **further)
    except NotAnswered as error:
        say(str(error), error=True)
        return error.exit_code
    exit_code = ExitCode.DONE
    for one in answer["sessions"]:
        if one.get("begun", True):
            say(tell(one))
        else:
            exit_code = ExitCode.ERROR
            say(_not_begun(one), error=True)
    return exit_code


def _not_begun(one: dict[str, Any]) -> str:
    return _(
        "{name}: nothing is ended, since no login could follow now: there were many tries lately, "
        "and campuses ban for that. The next one is free in {time}",
        name=one["name"],
        time=duration(one["seconds"]),
    )
