"""Asking the running daemon, for every command that does."""

from __future__ import annotations

import contextlib
import os

from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.i18n import _, listed, reason_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

CONTROL_VARIABLE = "RUIJIE_PROXY_CONTROL"
ANSWER_TIMEOUT = 5.0
"""Seconds for the daemon to answer; it does so at once unless it is stopped."""


class NotAnswered(Exception):
    """The daemon could not be asked, or would not do it; the text is for the user."""

    def __init__(self, message: str, exit_code: ExitCode) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class SocketNotKnown(NotAnswered):
    """The configuration, which would say where the daemon's socket is, cannot be used."""


def ask_daemon(config: str | None, command: str, **arguments: Any) -> Any:
    """Return the daemon's result of a command. Raises NotAnswered."""
    from ruijie_proxy.runtime.control.client import request

    path = control_path(config)
    with _told_to_the_user(path):
        return request(path, command, ANSWER_TIMEOUT, **arguments)


def follow_daemon(config: str | None, session: str | None) -> Iterator[dict[str, Any]]:
    """Yield the daemon's events as they come, until it ends. Raises NotAnswered."""
    from ruijie_proxy.runtime.control.client import follow

    path = control_path(config)
    with _told_to_the_user(path):
        yield from follow(path, ANSWER_TIMEOUT, session)


@contextlib.contextmanager
def _told_to_the_user(path: str) -> Iterator[None]:
    """Turn whatever keeps the daemon at a socket from being asked into NotAnswered."""
    from ruijie_proxy.runtime.control.client import ControlError, NoDaemon

    try:
        yield
    except NoDaemon as error:
        raise NotAnswered(str(error), ExitCode.NO_DAEMON) from error
    except PermissionError as error:
        raise NotAnswered(_not_permitted(path), ExitCode.INTERFACE) from error
    except ControlError as error:
        if error.kind == "forbidden":
            raise NotAnswered(_not_permitted(path), ExitCode.INTERFACE) from error
        usage = error.kind == "no-session"
        raise NotAnswered(str(error), ExitCode.USAGE if usage else ExitCode.ERROR) from error
    except OSError as error:
        told = _("{path}: {reason}", path=path, reason=reason_of(error))
        raise NotAnswered(told, ExitCode.ERROR) from error


def control_path(config: str | None) -> str:
    """Return where the daemon's control socket is. Raises SocketNotKnown.

    The environment goes first, then the configuration, whatever else is wrong in it. Who may not
    read the usual one, since it holds a password, may still be in the group that may use the usual
    socket.
    """
    given = os.environ.get(CONTROL_VARIABLE)
    if given:
        return given
    from ruijie_proxy.config.reader import read_path
    from ruijie_proxy.config.shape.model import Configuration
    from ruijie_proxy.config.shape.problems import ConfigurationForbidden, ConfigurationProblems

    try:
        return read_path(config, "control")
    except ConfigurationForbidden as problems:
        usual = Configuration(sessions=()).control
        if config is None and os.path.exists(usual):
            return usual
        raise SocketNotKnown(str(problems), ExitCode.INTERFACE) from problems
    except ConfigurationProblems as problems:
        raise SocketNotKnown(str(problems), ExitCode.USAGE) from problems


def no_such_session(name: str, known: Iterable[str]) -> str:
    """Return what to say of a session that nobody knows."""
    return _(
        "There is no session {session!r}. Sessions: {names}.",
        session=name,
        names=listed(known) or _("none"),
    )


def _not_permitted(path: str) -> str:
    return _(
        "This user may not ask the daemon at {path}: run the command as root, such as with sudo, "
        "or have “control_group” in the configuration name a group of this user.",
        path=path,
    )
