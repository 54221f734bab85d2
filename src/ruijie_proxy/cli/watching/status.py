"""``ruijie-proxy status``: what the running daemon is doing, for people or for programs."""

from __future__ import annotations

from ruijie_proxy.cli.basics.asking import NotAnswered, ask_daemon, no_such_session
from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.cli.basics.output import say, to_json_text
from ruijie_proxy.cli.watching.event_line import in_users_language
from ruijie_proxy.i18n import _

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def show_status(session: str | None, config: str | None, as_json: bool) -> ExitCode:
    """Print the status of one session or of all."""
    try:
        told = (
            _status_for_programs(session, config) if as_json else status_for_people(session, config)
        )
    except NotAnswered as error:
        say(str(error), error=True)
        return error.exit_code
    say(told)
    return ExitCode.DONE


def status_for_people(session: str | None, config: str | None) -> str:
    """Return the lines on one session or on all. Raises NotAnswered."""
    from ruijie_proxy.cli.watching.status_text import status_text

    answer = _ask(session, config)
    return "\n\n".join(status_text(one) for one in answer["sessions"])


def _status_for_programs(session: str | None, config: str | None) -> str:
    return to_json_text(_ask(session, config), indent=2)


def _ask(session: str | None, config: str | None) -> dict[str, Any]:
    """Return the daemon's answer, on one session or on all. Raises NotAnswered."""
    answer: dict[str, Any] = ask_daemon(config, "status")
    chosen = [one for one in answer["sessions"] if session in (None, one["name"])]
    if session is not None and not chosen:
        known = [one["name"] for one in answer["sessions"]]
        raise NotAnswered(no_such_session(session, known), ExitCode.USAGE)
    return {**answer, "sessions": [with_advice(one) for one in chosen]}


def with_advice(session: dict[str, Any]) -> dict[str, Any]:
    """Return a session's part of the daemon's answer, with its sentences in the user's language."""
    failure, portal = session["last_failure"], session.get("portal")
    told = dict(session)
    if failure is not None:
        told["last_failure"] = in_users_language(failure, "advice")
    if portal and portal.get("unread"):  # a daemon from before an upgrade tells none
        why = portal["unread"]["why"]
        unread = {**portal["unread"], "why": why and str(_(why))}
        told["portal"] = {**portal, "unread": unread}
    return told
