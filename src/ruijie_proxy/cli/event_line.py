"""An event as a line for people: of the daemon's as it happens, or of the journal's."""

from __future__ import annotations

from ruijie_proxy.i18n import _
from ruijie_proxy.terminal import styled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_COLOURS = {"error": "red", "warning": "yellow", "notice": "green", "debug": "bright_black"}


def line_for_people(event: dict[str, Any]) -> str:
    """Return the line of an event."""
    text = styled(event["text"], _COLOURS.get(event["level"]))
    session = f"{styled(event['session'], bold=True)}: " if event["session"] else ""
    repeated = _(" ({count} times more)", count=event["repeated"]) if "repeated" in event else ""
    return f"{event['at']} {session}{text}{repeated}"
