"""What happens on the campus, drawn as it happens: three lanes, and an arrow for each frame.

::

      time    PC                     router                 switch
     0.013    ├─────── Start ───────▶│                      │
     0.016    │                      ├─────── Start ───────▶│
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TextIO

from ruijie_proxy.display_width import columns, fold, padded, right_aligned
from ruijie_proxy.i18n import N_, _
from ruijie_proxy.lab.campus.process import ROUTER
from ruijie_proxy.lab.client import client
from ruijie_proxy.lab.events import Event, EventKind, FrameName
from ruijie_proxy.lab.switch import switch
from ruijie_proxy.standard_streams import shown_in
from ruijie_proxy.terminal import Style, painted, wants_colour, width_of

PC, SWITCH = client.SOURCE, switch.SOURCE
NOTICE = 5
"""Lines of the daemon's log that matter at least this much are shown (syslog's numbers)."""
SETTLING = 0.15
"""Seconds in which events of the several processes are put into their order before they show."""

NARROWEST, WIDEST = 80, 110
"""Columns that are drawn in."""
_TIME_WIDTH = 10
_MARGIN = 16
"""Columns right of the last lane, for what the switch says of a frame."""
_STYLES = {PC: Style.PC, ROUTER: Style.ROUTER, SWITCH: Style.SWITCH}
_LABELS = {PC: N_("PC"), ROUTER: N_("router"), SWITCH: N_("switch")}
_LABEL_WIDTH = 6


@dataclass(frozen=True, slots=True)
class Glyphs:
    """What lanes and arrows are drawn with."""

    lane: str
    gone: str
    line: str
    right: str
    left: str
    from_left: str
    from_right: str
    good: str
    bad: str
    rule: str


_DRAWN = Glyphs("│", "┊", "─", "▶", "◀", "├", "┤", "✓", "✗", "━")
_TYPED = Glyphs("|", ":", "-", ">", "<", "|", "|", "ok", "!!", "=")


class Timeline:
    """Draws events."""

    def __init__(self, output: TextIO) -> None:
        self._output = output
        self._colour = wants_colour(output)
        # An output in memory has no encoding.
        self._encoding = output.encoding or "utf-8"
        self._glyphs = _DRAWN if _can_draw(self._encoding) else _TYPED
        self._width = max(NARROWEST, min(WIDEST, (width_of(output) or NARROWEST) - 1))
        self._span = (self._width - _TIME_WIDTH - _MARGIN) // 2
        self._began: float | None = None
        self._waiting: list[Event] = []
        self._gone: set[str] = set()

    def title(self, text: str) -> None:
        """Write a heading."""
        self._write("")
        self._write(self._paint(f" {self._glyphs.rule * 2} {text}", Style.BOLD))

    def text(self, text: str, style: Style | None = None) -> None:
        """Write a line of its own."""
        for line in fold(text, self._width - 4):
            self._write(f"    {self._paint(line, style)}")

    def verdict(self, text: str, *, good: bool) -> None:
        """Write whether something is as it should be."""
        mark = self._glyphs.good if good else self._glyphs.bad
        self._write(f"  {self._paint(f'{mark} {text}', Style.GOOD if good else Style.BAD)}")

    def lanes(self) -> None:
        """Write the lanes' names."""
        width = {PC: self._span, ROUTER: self._span, SWITCH: 0}
        names = [
            self._paint(padded(_(_LABELS[source]), width[source]), _STYLES[source])
            for source in (PC, ROUTER, SWITCH)
        ]
        time = right_aligned(_("time"), _TIME_WIDTH - 2)
        self._write(self._paint(time, Style.FAINT) + "  " + "".join(names))

    def gone(self, source: str) -> None:
        """Remember that somebody left: its lane thins out, and its events are not shown."""
        self._gone.add(source)

    def show(self, events: Sequence[Event], now: float) -> None:
        """Draw events, as soon as those of the other processes of the same time must be here."""
        self._waiting = sorted([*self._waiting, *events], key=lambda event: event.at)
        while self._waiting and self._waiting[0].at <= now - SETTLING:
            self._draw(self._waiting.pop(0))

    def flush(self) -> None:
        """Draw what still waits."""
        for event in self._waiting:
            self._draw(event)
        self._waiting = []

    def _draw(self, event: Event) -> None:
        if self._began is None:
            self._began = event.at
        if event.source in self._gone and event.kind != EventKind.LEFT:
            return
        match event.kind:
            case EventKind.SENT | EventKind.RECEIVED:
                self._draw_frame(event)
            case EventKind.HEARTBEAT:
                label = f"{FrameName.HEARTBEAT} {event.detail['number']}"
                note = _("{mark} key {key:08x}", mark=self._glyphs.good, key=event.detail["key"])
                self._arrow(event, ROUTER, SWITCH, label, note, Style.GOOD)
            case EventKind.PROBE_ANSWERED:
                told = _("the probe is answered")
                self._remark(event, f"{self._glyphs.good} {told}", Style.GOOD)
            case EventKind.COMPLAINT:
                self._remark(event, f"{self._glyphs.bad} {event.text('text')}", Style.BAD)
            case EventKind.OFFLINE:
                told = _("offline: {reason}", reason=event.text("reason"))
                self._remark(event, told, Style.BAD)
            case EventKind.LEFT:
                self._remark(event, _("switched off"), Style.BOLD)
            case EventKind.LOG:
                level = event.detail.get("level")
                if not isinstance(level, int) or level <= NOTICE:
                    self._remark(event, event.text("text"), None)
            case _:
                pass

    def _draw_frame(self, event: Event) -> None:
        frame = event.text("frame")
        if event.source == SWITCH and frame == FrameName.HEARTBEAT:
            return  # drawn when the switch has accepted it
        ends = (event.source, ROUTER) if event.kind == EventKind.SENT else (ROUTER, event.source)
        self._arrow(event, *ends, frame, "", None)

    def _arrow(
        self, event: Event, start: str, end: str, label: str, note: str, style: Style | None
    ) -> None:
        lanes = (PC, ROUTER, SWITCH)
        left_gap = PC in (start, end)
        rightward = lanes.index(start) < lanes.index(end)
        arrow = self._paint(self._drawn_arrow(label, rightward=rightward), style or _STYLES[start])
        empty = " " * (self._span - 1)
        marks = {source: self._lane(source) for source in lanes}
        # An arrow's tail begins at its lane; its head ends beside the other.
        tail = self._glyphs.from_left if rightward else self._glyphs.from_right
        marks[start] = self._paint(tail, _STYLES[start])
        gaps = (arrow, empty) if left_gap else (empty, arrow)
        drawn = marks[PC] + gaps[0] + marks[ROUTER] + gaps[1] + marks[SWITCH]
        self._write(f"{self._time(event)}{drawn} {self._paint(note, style)}".rstrip())

    def _drawn_arrow(self, label: str, *, rightward: bool) -> str:
        glyphs = self._glyphs
        free = self._span - 2 - columns(label) - 2
        before, after = glyphs.line * (free // 2), glyphs.line * (free - free // 2)
        body = f"{before} {label} {after}"
        return body + glyphs.right if rightward else glyphs.left + body

    def _remark(self, event: Event, text: str, style: Style | None) -> None:
        label = right_aligned(_(_LABELS[event.source]), _LABEL_WIDTH)
        name = self._paint(label, _STYLES[event.source])
        first, *others = fold(text, self._width - _TIME_WIDTH - 9) or [""]
        self._write(f"{self._time(event)}{name}: {self._paint(first, style)}")
        for line in others:
            self._write(f"{' ' * (_TIME_WIDTH + 8)}{self._paint(line, style)}")

    def _lane(self, source: str) -> str:
        if source in self._gone:
            return self._paint(self._glyphs.gone, Style.FAINT)
        return self._paint(self._glyphs.lane, _STYLES[source])

    def _time(self, event: Event) -> str:
        passed = event.at - (event.at if self._began is None else self._began)
        return self._paint(f"{passed:8.3f}  ", Style.FAINT)

    def _paint(self, text: str, style: Style | None) -> str:
        return painted(text, style) if self._colour and style else text

    def _write(self, line: str) -> None:
        self._output.write(shown_in(line, self._encoding) + "\n")
        self._output.flush()


def _can_draw(encoding: str) -> bool:
    """Whether an encoding has the lines and arrows."""
    try:
        "│┊─▶◀├┤✓✗━".encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
