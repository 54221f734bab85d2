"""Asking the running daemon, for every command that does."""

from __future__ import annotations

import contextlib
import os

from ruijie_proxy.cli.exit_codes import ExitCode
from ruijie_proxy.i18n import reason_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

CONTROL_VARIABLE = "RUIJIE_PROXY_CONTROL"
ANSWER_TIMEOUT = 5.0
"""Seconds for the daemon to answer; it does so at once unless it is stopped."""


class NotAnswered(Exception):
    """The daemon could not be asked, or would not do it; the text is for the user."""

    def __init__(self, message: str, exit_code: ExitCode) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def ask_daemon(config: str | None, command: str, **arguments: Any) -> Any:
    """Return the daemon's result of a command. Raises NotAnswered."""
    from ruijie_proxy.runtime.control_client import request

    with _told_to_the_user():
        return request(control_path(config), command, ANSWER_TIMEOUT, **arguments)


def follow_daemon(config: str | None, session: str | None) -> Iterator[dict[str, Any]]:
    """Yield the daemon's events as they come, until it ends. Raises NotAnswered."""
    from ruijie_proxy.runtime.control_client import follow

    with _told_to_the_user():
        yield from follow(control_path(config), ANSWER_TIMEOUT, session)


@contextlib.contextmanager
def _told_to_the_user() -> Iterator[None]:
    """Turn whatever keeps the daemon from being asked into NotAnswered."""
    from ruijie_proxy.config.problems import ConfigurationProblems
    from ruijie_proxy.runtime.control_client import ControlError, NoDaemon

    try:
        yield
    except ConfigurationProblems as problems:
        raise NotAnswered(str(problems), ExitCode.USAGE) from problems
    except NoDaemon as error:
        raise NotAnswered(str(error), ExitCode.NO_DAEMON) from error
    except ControlError as error:
        usage = error.kind == "no-session"
        raise NotAnswered(str(error), ExitCode.USAGE if usage else ExitCode.ERROR) from error
    except OSError as error:
        raise NotAnswered(reason_of(error), ExitCode.ERROR) from error


def control_path(config: str | None) -> str:
    """Return where the daemon's control socket is. Raises ConfigurationProblems.

    The environment goes first, then the configuration, whatever else is wrong in it.
    """
    given = os.environ.get(CONTROL_VARIABLE)
    if given:
        return given
    from ruijie_proxy.config.reader import read_path

    return read_path(config, "control")
