"""``ruijie-proxy history``: what has happened, read from the journal on disk."""

from __future__ import annotations

from collections import deque

from ruijie_proxy.cli.basics.asking import NotAnswered, ask_daemon, no_such_session
from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.cli.basics.output import say, say_json
from ruijie_proxy.config.reader import read_configuration, read_path
from ruijie_proxy.config.shape.problems import ConfigurationForbidden, ConfigurationProblems
from ruijie_proxy.config.usual_path import usual_path
from ruijie_proxy.i18n import _, reason_of
from ruijie_proxy.runtime.records.journal_reading import JournalContent, is_line, read_journal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

USUAL_COUNT = 100
"""So many of the newest lines are shown when it is not said which."""
MOST_SESSIONS = 32
"""So many are drawn: what a page can show, and more than anybody has."""


def show_history(
    session: str | None, config: str | None, since: str | None, count: int | None, *, as_json: bool
) -> ExitCode:
    """Print what has happened, newest last. Raises click.UsageError."""
    begin = None if since is None else _moment(since)
    try:
        directory, content = _read(config)
        _be_known(session, content, config)
    except NotShown as obstacle:
        say(str(obstacle), error=True)
        return obstacle.exit_code
    wanted = (line for line in content.lines if _is_wanted(line, session, begin))
    most = USUAL_COUNT if count is None and begin is None else count
    lines = deque(wanted, most)
    for line in lines:
        if as_json:
            say_json(_translated(line))
        else:
            say(_for_people(line))
    _tell_of_damage(content)
    if not lines:
        if content.lines:
            told = _("There is nothing of that in the journal in {path}.", path=directory)
        else:
            told = _nothing_yet(directory)
        say(told, error=True)
    return ExitCode.DONE


def show_week(
    session: str | None, config: str | None, count: int | None, *, as_json: bool
) -> ExitCode:
    """Print the last days of each session, or of one, as bands, with the newest drops."""
    import time

    from ruijie_proxy.cli.watching.week import bands
    from ruijie_proxy.cli.watching.week_days import last_days

    try:
        directory, content = _read(config)
        _be_known(session, content, config)
    except NotShown as obstacle:
        say(str(obstacle), error=True)
        return obstacle.exit_code
    now = time.time()
    days = last_days(now)
    # One that is configured no more is shown to who names it.
    names = [session] if session else _configured_sessions(config) or _sessions_in(content)
    found = bands(content.lines, names[:MOST_SESSIONS], days[0][0], now, runs=_daemon_runs(config))
    if as_json:
        from ruijie_proxy.cli.watching.week_json import week_json

        say_json({**week_json(found, days, now, count), "damaged": content.damaged})
    elif found:
        from ruijie_proxy.cli.watching.week_text import week_text

        say(week_text(found, days, count))
    if len(names) > MOST_SESSIONS:
        told = _("{count} more sessions are not shown.", count=len(names) - MOST_SESSIONS)
        say(told, error=True)
    _tell_of_damage(content)
    if not content.lines:
        say(_nothing_yet(directory), error=True)
    return ExitCode.DONE


class NotShown(Exception):
    """The journal cannot be shown; the text is for the user."""

    def __init__(self, message: str, exit_code: ExitCode) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def _read(config: str | None) -> tuple[str, JournalContent]:
    """Return where the journal is, and what it holds or will hold. Raises NotShown."""
    try:
        directory = read_path(config, "journal_dir", "state_dir")
    except ConfigurationForbidden as problems:
        raise NotShown(str(problems), ExitCode.INTERFACE) from problems
    except ConfigurationProblems as problems:
        raise NotShown(str(problems), ExitCode.USAGE) from problems
    # Asked first: what the daemon writes meanwhile is in both, and not in neither.
    unwritten = _unwritten(config)
    try:
        content = read_journal(directory)
    except PermissionError as error:
        told = _("No permission to read {path}: run as root.", path=error.filename)
        raise NotShown(told, ExitCode.INTERFACE) from error
    except OSError as error:
        told = _("{path} cannot be read: {reason}", path=error.filename, reason=reason_of(error))
        raise NotShown(told, ExitCode.ERROR) from error
    written = {_identity(line) for line in content.lines} if unwritten else set()
    news = [line for line in unwritten if _identity(line) not in written]
    return directory, JournalContent([*content.lines, *news], content.damaged)


def _unwritten(config: str | None) -> list[dict[str, Any]]:
    """Return the events that the daemon will write into the journal within some minutes."""
    try:
        answer = ask_daemon(config, "unwritten")
    except NotAnswered:
        return []  # there is none, or it is an older one: then the journal is all there is
    told = answer.get("events") if isinstance(answer, dict) else None
    return [line for line in told if is_line(line)] if isinstance(told, list) else []


def _identity(line: dict[str, Any]) -> tuple[Any, ...]:
    """Return what is the same in a line, however often it was said again since."""
    return line["session"], line["event"], line["at"], line["text"]


def _be_known(session: str | None, content: JournalContent, config: str | None) -> None:
    """Raises NotShown when there is no session of this name."""
    known = _sessions_in(content)
    if session is None or session in known:
        return
    # One that nothing has happened to yet is known all the same.
    known += [name for name in _configured_sessions(config) if name not in known]
    if session not in known:
        raise NotShown(no_such_session(session, known), ExitCode.USAGE)


def _sessions_in(content: JournalContent) -> list[str]:
    return list(dict.fromkeys(one["session"] for one in content.lines if one["session"]))


def _daemon_runs(config: str | None) -> bool:
    """Whether there is a daemon, as far as this user may know."""
    try:
        ask_daemon(config, "status")
    except NotAnswered as error:
        return error.exit_code is not ExitCode.NO_DAEMON
    return True


def _tell_of_damage(content: JournalContent) -> None:
    if content.damaged:
        told = _(
            "{count} lines are damaged (by a loss of power, say) and left out.",
            count=content.damaged,
        )
        say(told, error=True)


def _nothing_yet(directory: str) -> str:
    return _(
        "The journal in {path} holds nothing yet; what happens is written there within "
        "some minutes.",
        path=directory,
    )


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
