"""``ruijie-proxy history``: what has happened, read from the journal on disk."""

from __future__ import annotations

from collections import deque

from ruijie_proxy.cli.basics.asking import no_such_session
from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.cli.basics.output import say, say_json
from ruijie_proxy.config.reader import read_configuration, read_path
from ruijie_proxy.config.shape.problems import ConfigurationForbidden, ConfigurationProblems
from ruijie_proxy.config.usual_path import usual_path
from ruijie_proxy.i18n import _, reason_of
from ruijie_proxy.runtime.records.journal_reading import read_journal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

USUAL_COUNT = 100
"""So many of the newest lines are shown when it is not said which."""


def show_history(
    session: str | None, config: str | None, since: str | None, count: int | None, *, as_json: bool
) -> ExitCode:
    """Print what has happened, newest last. Raises click.UsageError."""
    begin = None if since is None else _moment(since)
    try:
        directory = read_path(config, "journal_dir", "state_dir")
    except ConfigurationForbidden as problems:
        say(str(problems), error=True)
        return ExitCode.INTERFACE
    except ConfigurationProblems as problems:
        say(str(problems), error=True)
        return ExitCode.USAGE
    try:
        content = read_journal(directory)
    except PermissionError as error:
        told = _("No permission to read {path}: run as root.", path=error.filename)
        say(told, error=True)
        return ExitCode.INTERFACE
    except OSError as error:
        told = _("{path} cannot be read: {reason}", path=error.filename, reason=reason_of(error))
        say(told, error=True)
        return ExitCode.ERROR
    if session is not None:
        known = list(dict.fromkeys(one["session"] for one in content.lines if one["session"]))
        if session not in known:
            # One that nothing has happened to yet is known all the same.
            known += [name for name in _configured_sessions(config) if name not in known]
        if session not in known:
            say(no_such_session(session, known), error=True)
            return ExitCode.USAGE
    wanted = (line for line in content.lines if _is_wanted(line, session, begin))
    most = USUAL_COUNT if count is None and begin is None else count
    lines = deque(wanted, most)
    for line in lines:
        if as_json:
            say_json(_translated(line))
        else:
            say(_for_people(line))
    if content.damaged:
        told = _(
            "{count} lines are damaged (by a loss of power, say) and left out.",
            count=content.damaged,
        )
        say(told, error=True)
    if not lines:
        if content.lines:
            told = _("There is nothing of that in the journal in {path}.", path=directory)
        else:
            told = _(
                "The journal in {path} holds nothing yet; what happens is written there within "
                "some minutes.",
                path=directory,
            )
        say(told, error=True)
    return ExitCode.DONE


def _configured_sessions(config: str | None) -> list[str]:
    try:
        plain = read_configuration(config or usual_path()).plain
    except ConfigurationProblems:
        return []  # what is wrong with it is of no interest to the journal
    return [one["name"] for one in plain["sessions"]]


def _moment(since: str) -> datetime:
    from datetime import datetime

    from ruijie_proxy.cli.watching.since import parse_since

    return parse_since(since, datetime.now().astimezone())


def _translated(line: dict[str, Any]) -> dict[str, Any]:
    from ruijie_proxy.cli.watching.event_line import in_users_language

    return in_users_language(line)


def _for_people(line: dict[str, Any]) -> str:
    from ruijie_proxy.cli.watching.event_line import line_for_people

    return line_for_people(line)


def _is_wanted(line: dict[str, Any], session: str | None, begin: datetime | None) -> bool:
    # What the daemon tells of itself belongs to each session's history.
    if session is not None and line["session"] not in (session, None):
        return False
    if begin is None:
        return True
    try:
        return type(begin).fromisoformat(line["at"]) >= begin
    except (ValueError, TypeError):
        return True  # better than to hide it
