"""``ruijie-proxy history``: what has happened, read from the journal on disk."""

from __future__ import annotations

import json
import re
from collections import deque
from datetime import datetime, timedelta
from typing import Any

import click

from ruijie_proxy.cli.exit_codes import ExitCode
from ruijie_proxy.cli.following import line_for_people
from ruijie_proxy.config.problems import ConfigurationProblems
from ruijie_proxy.config.reader import read_path
from ruijie_proxy.i18n import _, reason_of
from ruijie_proxy.runtime.journal_reading import read_journal

USUAL_COUNT = 100
"""So many of the newest lines are shown when it is not said which."""
_AGO = re.compile(r"([0-9]{1,6})(s|min|m|h|d|w)")
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400, "w": 604_800}


def show_history(
    session: str | None, config: str | None, since: str | None, count: int | None, *, as_json: bool
) -> ExitCode:
    """Print what has happened, newest last. Raises click.UsageError."""
    begin = None if since is None else parse_since(since, datetime.now().astimezone())
    try:
        directory = read_path(config, "journal_dir", "state_dir")
    except ConfigurationProblems as problems:
        click.echo(str(problems), err=True)
        return ExitCode.USAGE
    try:
        content = read_journal(directory)
    except PermissionError as error:
        told = _("No permission to read {path}: run as root.", path=error.filename)
        click.echo(told, err=True)
        return ExitCode.INTERFACE
    except OSError as error:
        told = _("{path} cannot be read: {reason}", path=error.filename, reason=reason_of(error))
        click.echo(told, err=True)
        return ExitCode.ERROR
    wanted = (line for line in content.lines if _is_wanted(line, session, begin))
    most = USUAL_COUNT if count is None and begin is None else count
    lines = deque(wanted, most)
    for line in lines:
        click.echo(json.dumps(line, ensure_ascii=False) if as_json else line_for_people(line))
    if content.damaged:
        told = _(
            "{count} lines are damaged (by a loss of power, say) and left out.",
            count=content.damaged,
        )
        click.echo(told, err=True)
    if not lines:
        if content.lines:
            told = _("There is nothing of that in the journal in {path}.", path=directory)
        else:
            told = _("There is nothing at all of that in the journal in {path}.", path=directory)
        click.echo(told, err=True)
    return ExitCode.DONE


def parse_since(text: str, now: datetime) -> datetime:
    """Read a moment: ``90s``, ``15min``, ``2h``, ``3d``, ``1w`` ago, ``today``, ``yesterday``, or a
    date with or without a time (ISO 8601), by default in the zone of ``now``.

    Raises click.UsageError.
    """
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    if text == "today":
        return midnight.astimezone()
    if text == "yesterday":
        return (midnight - timedelta(days=1)).astimezone()
    ago = _AGO.fullmatch(text)
    try:
        if ago:
            return now - timedelta(seconds=int(ago[1]) * _SECONDS[ago[2]])
        moment = datetime.fromisoformat(text)
        # Without a zone: that of this machine, with the summer time of that day.
        return moment if moment.tzinfo else moment.astimezone()
    except (ValueError, OverflowError):
        raise click.UsageError(
            _(
                "--since {text}: use 30min, 2h, 3d, today, yesterday, 2026-11-23 or "
                "2026-11-23T13:00",
                text=text,
            )
        ) from None


def _is_wanted(line: dict[str, Any], session: str | None, begin: datetime | None) -> bool:
    # What the daemon tells of itself belongs to each session's history.
    if session is not None and line["session"] not in (session, None):
        return False
    if begin is None:
        return True
    try:
        return datetime.fromisoformat(line["at"]) >= begin
    except (ValueError, TypeError):
        return True  # better than to hide it
