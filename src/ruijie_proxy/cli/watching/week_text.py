"""The last days for people: a line of characters a day, for a terminal of any width and kind."""

from __future__ import annotations

import sys
from datetime import datetime

from ruijie_proxy.cli.watching.event_line import in_users_language
from ruijie_proxy.cli.watching.week import (
    Band,
    BandState,
    Mark,
    MarkKind,
    cells,
    online_share,
    seconds_in,
    within,
)
from ruijie_proxy.cli.watching.week_days import USUAL_HOURS, hours_of
from ruijie_proxy.display_width import columns, fold, padded, right_aligned
from ruijie_proxy.durations import duration
from ruijie_proxy.i18n import N_, _
from ruijie_proxy.standard_streams import is_utf_8
from ruijie_proxy.terminal import USUAL, styled, width_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    Day = tuple[float, float]

_STATES = {
    BandState.ONLINE: ("█", "#", "green", N_("online")),
    BandState.WAITING: ("░", ".", "yellow", N_("waiting or logging in")),
    BandState.REFUSED: ("x", "x", "red", N_("refused")),
    BandState.CLOSED: ("─", "-", "cyan", N_("outside the hours")),
    BandState.LINK_DOWN: ("_", "_", "magenta", N_("no link")),
    BandState.LOGGED_OFF: ("o", "o", "bright_black", N_("logged off")),
    BandState.NOT_RUNNING: ("·", ":", "bright_black", N_("not running")),
    BandState.UNKNOWN: ("?", "?", "bright_black", N_("unknown")),
}
"""What draws a state, what does where there is no UTF-8, its colour and its word. Whoever sees no
colours can tell the characters apart."""
_MARKS = {
    MarkKind.DROP: ("▼", "v", "red", N_("drop")),
    MarkKind.LOGIN: ("▲", "^", "green", N_("login")),
}
"""Those that are drawn; where two fall on one place, the first counts."""
_LISTED = (MarkKind.DROP, MarkKind.REFUSAL)
"""Those whose text is told."""
USUALLY_LISTED = 10
"""Of each session."""
_WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
_LABEL_WIDTH = 8
_SHARE_WIDTH = 6
_LEAST_CELLS, _MOST_CELLS = 24, 96
"""An hour each on the narrowest terminal, a quarter of one on the widest."""
_TICKS = (0, 6, 12, 18)
"""Hours that are written above the bands."""
_NEGLIGIBLE = 60
"""Seconds of which it need not be said that they are not known."""
_INDENT = "  "
_LEAST_ROOM = 20
"""Columns for the text of a drop, however narrow the terminal."""


def week_text(found: Sequence[Band], days: Sequence[Day], most: int | None = None) -> str:
    """Return the chart of all bands, with what the characters mean at its end.

    Of the drops of each, ``most`` are listed; None: as many as are usually read.
    """
    plain = not is_utf_8(sys.stdout.encoding or "")
    width = width_of(sys.stdout)
    room = (width or USUAL) - _LABEL_WIDTH - _SHARE_WIDTH
    count = min(max(room // _LEAST_CELLS * _LEAST_CELLS, _LEAST_CELLS), _MOST_CELLS)
    most = USUALLY_LISTED if most is None else most
    blocks = []
    for band in found:
        lines = [*_folded(_heading(band), width, ""), _axis(count)]
        lines += [_day_line(band, day, count, plain=plain) for day in days]
        blocks.append("\n".join([*lines, *_list(band, most, width, plain=plain)]))
    return "\n\n".join([*blocks, _legend(found, days, count, width, plain=plain)])


def _list(band: Band, most: int, width: int | None, *, plain: bool) -> list[str]:
    """Return the lines that tell of the newest drops."""
    listed = [mark for mark in band.marks if mark.kind in _LISTED]
    shown = listed[max(0, len(listed) - most) :]
    lines = []
    if len(shown) < len(listed):
        told = _(
            "{shown} of {count} drops and refusals, the newest (more: -n {count}):",
            shown=len(shown),
            count=len(listed),
        )
        lines += _folded(told, width, "")
    for mark in shown:
        lines += _listed_mark(mark, width, plain=plain)
    return lines


def _heading(band: Band) -> str:
    seconds = band.seconds
    share = online_share(seconds)
    name = styled(band.session, bold=True)
    if share is None:
        return _("{name}: nothing is known of the last 7 days", name=name)
    unknown = seconds.get(BandState.UNKNOWN, 0.0)
    if unknown < _NEGLIGIBLE:
        return _("{name}: online {share} of the last 7 days", name=name, share=_percent(share))
    return _(
        "{name}: online {share} of {time}; of the rest of the last 7 days nothing is known",
        name=name,
        share=_percent(share),
        time=duration(round(sum(seconds.values()) - unknown)),
    )


def _axis(count: int) -> str:
    line = ""
    for hour in _TICKS:
        line = padded(line, _LABEL_WIDTH + hour * count // USUAL_HOURS) + str(hour)
    return line


def _day_line(band: Band, day: Day, count: int, *, plain: bool) -> str:
    begin, end = day
    spans = within(band.spans, begin, end)
    marked: dict[int, MarkKind] = {}
    for kind in reversed(_MARKS):
        for mark in band.marks:
            if mark.kind is kind and begin <= mark.at < end:
                marked[int((mark.at - begin) / (end - begin) * count)] = kind
    drawn = []
    for number, state in enumerate(cells(spans, begin, end, count)):
        row = _MARKS[marked[number]] if number in marked else _STATES[state] if state else None
        drawn.append((row[1 if plain else 0], row[2]) if row else (" ", None))
    share = online_share(seconds_in(spans))
    told = "" if share is None else right_aligned(_percent(share, digits=0), _SHARE_WIDTH)
    return f"{padded(_day(begin), _LABEL_WIDTH)}{_coloured(drawn)}{told}".rstrip()


def _coloured(drawn: Sequence[tuple[str, str | None]]) -> str:
    """Return characters, neighbours of one colour in one go."""
    runs: list[tuple[str, str | None]] = []
    for character, colour in drawn:
        if runs and runs[-1][1] == colour:
            runs[-1] = (runs[-1][0] + character, colour)
        else:
            runs.append((character, colour))
    return "".join([styled(text, colour) for text, colour in runs])


def _listed_mark(mark: Mark, width: int | None, *, plain: bool) -> list[str]:
    when = f"{_day(mark.at)} {datetime.fromtimestamp(mark.at):%H:%M}"
    line = in_users_language(dict(mark.line))
    repeated = _(" ({count} times more)", count=line["repeated"]) if "repeated" in line else ""
    sign, colour = _sign_of(mark.kind, plain=plain)
    lines = _folded(f"{when} {line['text']}{repeated}", width, _INDENT)
    return [f"{styled(sign, colour)} {lines[0].removeprefix(_INDENT)}", *lines[1:]]


def _sign_of(kind: MarkKind, *, plain: bool) -> tuple[str, str]:
    row = _MARKS.get(kind, _STATES[BandState.REFUSED])
    return row[1 if plain else 0], row[2]


def _legend(
    found: Sequence[Band], days: Sequence[Day], count: int, width: int | None, *, plain: bool
) -> str:
    states = {span.state for band in found for span in band.spans}
    kinds = {mark.kind for band in found for mark in band.marks}
    rows = [row for state, row in _STATES.items() if state in states]
    rows += [row for kind, row in _MARKS.items() if kind in kinds]
    parts = [(row[1 if plain else 0], row[2], _(row[3])) for row in rows]
    lines = [""]
    used = 0
    for sign, colour, word in parts:
        size = columns(f"{sign} {word}")
        if used and used + 2 + size > (width or USUAL):
            lines.append("")
            used = 0
        lines[-1] += f"{'  ' if used else ''}{styled(sign, colour)} {word}"
        used += size + (2 if used else 0)
    minutes = USUAL_HOURS * 60 // count
    lines += _folded(_("Each place stands for {minutes} min.", minutes=minutes), width, "")
    for begin, end in days:
        hours = hours_of(begin, end)
        if hours != USUAL_HOURS:
            told = _(
                "{day}: a day of {hours:g} h, since the clocks change; it is drawn as wide as the "
                "others.",
                day=_day(begin),
                hours=hours,
            )
            lines += _folded(told, width, "")
    return "\n".join(lines)


def _day(at: float) -> str:
    moment = datetime.fromtimestamp(at)
    return f"{_(_WEEKDAYS[moment.weekday()])} {moment.day}"


def _percent(share: float, digits: int = 1) -> str:
    """Write a share, cut off: 100 % is said of nothing less."""
    scale = 100 * 10**digits
    return f"{int(share * scale + 1e-9) / 10**digits:.{digits}f} %"


def _folded(text: str, width: int | None, indent: str) -> list[str]:
    """Cut a text into lines. What is piped on is to be searched, so it keeps a line."""
    if width is None:
        return [f"{indent}{text}"]
    return [f"{indent}{line}" for line in fold(text, max(_LEAST_ROOM, width - len(indent)))]
