"""The last days for programs, such as the page that draws them: bounded, however much happened."""

from __future__ import annotations

from ruijie_proxy.cli.watching.event_line import in_users_language
from ruijie_proxy.cli.watching.week import Band, Mark, coarse, online_share
from ruijie_proxy.cli.watching.week_days import local_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

MOST_SPANS = 1000
"""Of all sessions. A page draws each, and rpcd gives it 256 KiB at most."""
MOST_MARKS = 300
"""Of all sessions; the newest."""
LONGEST_TEXT = 300
"""Characters of what tells of a mark: longer than a server's words, which are 255 bytes."""


def week_json(
    found: Sequence[Band],
    days: Sequence[tuple[float, float]],
    now: float,
    most: int | None = None,
) -> dict[str, Any]:
    """Return bands as plain values, each with its newest marks, and no more of them than asked."""
    share = max(1, len(found))
    most_marks = min(MOST_MARKS // share, MOST_MARKS if most is None else most)
    return {
        "begin": local_text(days[0][0]),
        "end": local_text(now),
        "days": [{"begin": local_text(begin), "end": local_text(end)} for begin, end in days],
        "sessions": [_band(band, MOST_SPANS // share, most_marks) for band in found],
    }


def _band(band: Band, most_spans: int, most_marks: int) -> dict[str, Any]:
    seconds = band.seconds
    shown = band.marks[max(0, len(band.marks) - most_marks) :]
    return {
        "session": band.session,
        "online_share": online_share(seconds),
        "seconds": {state.value: round(seconds[state]) for state in seconds},
        "spans": [
            {
                "begin": local_text(span.begin),
                "end": local_text(span.end),
                "state": span.state.value,
            }
            for span in coarse(band.spans, most_spans)
        ],
        "marks": [_mark(mark) for mark in shown],
        "marks_left_out": len(band.marks) - len(shown),
    }


def _mark(mark: Mark) -> dict[str, Any]:
    repeated = mark.line.get("repeated")
    return {
        "at": local_text(mark.at),
        "kind": mark.kind.value,
        "event": mark.line["event"],
        "text": in_users_language(dict(mark.line))["text"][:LONGEST_TEXT],
        **({"repeated": repeated} if isinstance(repeated, int) else {}),
    }
