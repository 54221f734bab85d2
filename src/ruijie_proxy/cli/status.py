"""``ruijie-proxy status``: what the running daemon is doing, for people or for programs."""

from __future__ import annotations

from ruijie_proxy.cli.asking import NotAnswered, ask_daemon
from ruijie_proxy.cli.exit_codes import ExitCode
from ruijie_proxy.cli.output import say
from ruijie_proxy.i18n import _

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def show_status(session: str | None, config: str | None, as_json: bool) -> ExitCode:
    """Print the status of one session or of all."""
    try:
        answer = ask_daemon(config, "status")
    except NotAnswered as error:
        say(str(error), error=True)
        return error.exit_code
    sessions = [_translated(one) for one in answer["sessions"]]
    if session is not None:
        sessions = [one for one in sessions if one["name"] == session]
        if not sessions:
            names = ", ".join(one["name"] for one in answer["sessions"])
            told = _(
                "There is no session {session!r}. Sessions: {names}.",
                session=session,
                names=names,
            )
            say(told, error=True)
            return ExitCode.USAGE
    if as_json:
        import json

        say(json.dumps({**answer, "sessions": sessions}, ensure_ascii=False, indent=2))
    else:
        from ruijie_proxy.cli.status_text import status_text

        say("\n\n".join(status_text(one) for one in sessions))
    return ExitCode.DONE


def _translated(session: dict[str, Any]) -> dict[str, Any]:
    """Return a session's part of the daemon's answer, with the advice in the user's language."""
    failure = session["last_failure"]
    if failure is None:
        return session
    advice = failure["advice"]
    return {**session, "last_failure": {**failure, "advice": _(advice)}}
