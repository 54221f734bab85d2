"""``ruijie-proxy events`` and ``status --watch``: looking on while the daemon works."""

from __future__ import annotations

import sys
import time

from ruijie_proxy.cli.basics.asking import NotAnswered, follow_daemon
from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.cli.basics.output import say, say_json
from ruijie_proxy.cli.watching.event_line import in_users_language, line_for_people
from ruijie_proxy.cli.watching.status import status_for_people
from ruijie_proxy.i18n import _
from ruijie_proxy.terminal import moves_the_cursor

WATCH_INTERVAL = 1.0
"""Seconds between two looks."""
_CLEARED = "\x1b[2J\x1b[H"
"""An empty screen, and the cursor at its beginning (ECMA-48, 8.3.39 and 8.3.21)."""
_MAY_PASS = (ExitCode.NO_DAEMON, ExitCode.ERROR)
"""Why a daemon that answered a moment ago does not: it ends, it starts, or it has no time."""


def show_events(session: str | None, config: str | None, as_json: bool) -> ExitCode:
    """Print what happens until Ctrl-C, or until the daemon ends."""
    try:
        for event in follow_daemon(config, session):
            if as_json:
                say_json(in_users_language(event))
            else:
                say(line_for_people(event))
    except NotAnswered as error:
        say(str(error), error=True)
        return error.exit_code
    except KeyboardInterrupt:
        return ExitCode.DONE
    say(_("The daemon has ended."), error=True)
    return ExitCode.NO_DAEMON


def watch_status(session: str | None, config: str | None) -> ExitCode:
    """Print the status again and again until Ctrl-C, also while the daemon is restarted.

    One that does not run in the first place is not waited for.
    """
    has_answered = False
    try:
        while True:
            try:
                told = status_for_people(session, config)
                has_answered = True
                ending = _("Ctrl-C ends this; the daemon goes on.")
            except NotAnswered as error:
                if not has_answered or error.exit_code not in _MAY_PASS:
                    say(str(error), error=True)
                    return error.exit_code
                told = str(error)
                ending = _("It is asked again every second; Ctrl-C ends this.")
            say(f"{_CLEARED if moves_the_cursor(sys.stdout) else ''}{told}")
            say(f"\n{ending}", error=True)
            time.sleep(WATCH_INTERVAL)
    except KeyboardInterrupt:
        return ExitCode.DONE
