"""An event as a line for people: of the daemon's as it happens, or of the journal's."""

from __future__ import annotations

from ruijie_proxy.i18n import _, retell
from ruijie_proxy.terminal import styled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_COLOURS = {"error": "red", "warning": "yellow", "notice": "green", "debug": "bright_black"}


def in_users_language(event: dict[str, Any], name: str = "text") -> dict[str, Any]:
    """Return an event with its text in the language of who asks, and not in the daemon's.

    ``name`` is where the text stands, of what is told in the same way.

    One of a journal from before the daemon told what its texts are made of keeps its own.
    """
    try:
        text = retell(event["told"]) if event.get("told") else _(event[name])
    except ValueError:
        text = event[name]
    return {**event, name: text}


def line_for_people(event: dict[str, Any]) -> str:
    """Return the line of an event."""
    text = styled(in_users_language(event)["text"], _COLOURS.get(event["level"]))
    session = f"{styled(event['session'], bold=True)}: " if event["session"] else ""
    repeated = _(" ({count} times more)", count=event["repeated"]) if "repeated" in event else ""
    return f"{event['at']} {session}{text}{repeated}"
