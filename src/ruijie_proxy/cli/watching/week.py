"""The last days of each session as bands: what it was when, and what ended it, by the journal.

Lines of the journal go in, spans of time come out; nothing is read here, no clock and no file. The
lines stand in the order in which things happened, whatever the router's clock said: it may have
jumped, and many a router boots with a clock that is days behind.
"""

from __future__ import annotations

from bisect import bisect_right

from ruijie_proxy.choices import Enum
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    Line = Mapping[str, Any]


class BandState(Enum):
    """What a session was for a while, as far as the journal tells."""

    ONLINE = "online"
    WAITING = "waiting"
    """For a client, or for the next try; or logging in."""
    REFUSED = "refused"
    """The last try was refused."""
    CLOSED = "closed-hours"
    """Outside the hours in which the campus lets anybody in."""
    LINK_DOWN = "link-down"
    LOGGED_OFF = "logged-off"
    """By the user, and the router does not log in again by itself."""
    NOT_RUNNING = "not-running"
    """The daemon had been told to stop."""
    UNKNOWN = "unknown"
    """Before the journal begins, and from the last sign of a daemon that was killed."""


class MarkKind(Enum):
    """What is marked on a band."""

    LOGIN = "login"
    DROP = "drop"
    """What ended a session that nobody wanted to end."""
    REFUSAL = "refusal"
    """The first of those that say the same."""
    LOGOFF = "logoff"


class Span(Frozen):
    """What a session was for a while."""

    begin: float
    """Seconds since 1970, as all times here."""
    end: float
    state: BandState


class Mark(Frozen):
    """Something that happened at one moment."""

    at: float
    kind: MarkKind
    line: Line
    """The journal's line that tells of it."""


class Band(Frozen):
    """A session's days."""

    session: str
    spans: tuple[Span, ...]
    """Without gaps, from the beginning to now."""
    marks: tuple[Mark, ...]

    @property
    def seconds(self) -> dict[BandState, float]:
        """For how long it was what."""
        return seconds_in(self.spans)


_DAEMON_STARTED, _DAEMON_STOPPED = "daemon-started", "daemon-stopped"
_ENDS = {
    "dropped": BandState.WAITING,
    "logoff-relayed": BandState.WAITING,
    "logged-off": BandState.WAITING,
    "link-lost": BandState.LINK_DOWN,
    "login-refused": BandState.REFUSED,
    "portal-hindered": BandState.REFUSED,
    "refused-before": BandState.REFUSED,
    "gave-up": BandState.REFUSED,
}
"""What a session is after an event, whatever it was before."""
_TRIES = ("own-login-begun", "login-started", "portal-login-begun")
"""A try begins; one after a refusal shows first what comes of it."""
_TRIED_IN = (BandState.REFUSED, BandState.WAITING)
_WAITS = ("login-timed-out", "nobody-answers", "left-to-client", "portal-silent")
"""Nothing came of a try; a session that is online goes on."""
_LOGOFFS = ("logged-off", "logoff-relayed")
_REFUSALS = ("login-refused", "portal-hindered", "refused-before")


def bands(
    lines: Sequence[Line], sessions: Iterable[str], begin: float, now: float, *, runs: bool
) -> list[Band]:
    """Return the band of each session from ``begin`` to ``now``.

    ``runs``: whether there is a daemon now; if not, nothing is known behind its last line.
    """
    times = times_in_order([_seconds(line["at"]) for line in lines], now)
    tracks = {name: _Track() for name in sessions}
    alive_at = begin
    stopped = False
    for line, at in zip(lines, times, strict=True):
        session, event = line["session"], line["event"]
        if session is not None:
            if session in tracks:
                tracks[session].see(at, event, line)
        elif event == _DAEMON_STARTED:
            for track in tracks.values():
                track.daemon_starts(at, alive_at)
            stopped = False
        elif event == _DAEMON_STOPPED:
            for track in tracks.values():
                track.turn(at, BandState.NOT_RUNNING)
            stopped = True
        alive_at = at
    if not runs and not stopped:
        for track in tracks.values():
            track.turn(alive_at, BandState.UNKNOWN)
    return [track.band(name, begin, now) for name, track in tracks.items()]


def times_in_order(stamps: Sequence[float | None], now: float) -> list[float]:
    """Return when each line was written, in an order that can have been.

    Believed are the most stamps that do not contradict each other, and none of the future; of as
    many, the later ones, since a clock that is wrong is one that booted behind. A line that is not
    believed, or tells no time, was written at the latest when the next one was: such a clock is put
    right soon.
    """
    firsts: list[int] = []  # the lines that the best rows of each length begin with, ...
    first_stamps: list[float] = []  # ... by their stamps, negated, ...
    behind: dict[int, int] = {}  # ... and the line that follows each
    for index in range(len(stamps) - 1, -1, -1):
        stamp = stamps[index]
        if stamp is not None and stamp <= now:
            length = bisect_right(first_stamps, -stamp)
            if length:
                behind[index] = firsts[length - 1]
            firsts[length : length + 1] = [index]
            first_stamps[length : length + 1] = [-stamp]
    believed: dict[int, float] = {}
    index = firsts[-1] if firsts else len(stamps)
    while index < len(stamps):
        believed[index] = stamps[index] or 0.0
        index = behind.get(index, len(stamps))
    at = max(believed.values(), default=now)
    times = []
    for index in range(len(stamps) - 1, -1, -1):
        at = believed.get(index, at)
        times.append(at)
    return times[::-1]


def seconds_in(spans: Iterable[Span]) -> dict[BandState, float]:
    """Return how long each state takes."""
    seconds: dict[BandState, float] = {}
    for span in spans:
        seconds[span.state] = seconds.get(span.state, 0.0) + span.end - span.begin
    return seconds


def online_share(seconds: Mapping[BandState, float]) -> float | None:
    """Return the share of the time online, of that which is known; None where nothing is.

    Four digits, cut off and not rounded: 1 is said of nothing less.
    """
    known = sum(seconds.values()) - seconds.get(BandState.UNKNOWN, 0.0)
    if known <= 0:
        return None
    return int(seconds.get(BandState.ONLINE, 0.0) / known * 10_000) / 10_000


def within(spans: Iterable[Span], begin: float, end: float) -> list[Span]:
    """Cut spans to a piece of time."""
    return [
        Span(max(span.begin, begin), min(span.end, end), span.state)
        for span in spans
        if span.begin < end and span.end > begin
    ]


def cells(spans: Sequence[Span], begin: float, end: float, count: int) -> list[BandState | None]:
    """Cut a piece of time into so many equal cells: what a session was for the longest in each.

    None where there are no spans, as of a day that is not over.
    """
    width = (end - begin) / count
    found: list[BandState | None] = []
    first = 0
    for number in range(count):
        edge, next_edge = begin + number * width, begin + (number + 1) * width
        while first < len(spans) and spans[first].end <= edge:
            first += 1
        last = first
        while last < len(spans) and spans[last].begin < next_edge:
            last += 1
        seconds = seconds_in(within(spans[first:last], edge, next_edge))
        found.append(max(seconds, key=lambda state: seconds[state]) if seconds else None)
    return found


def coarse(spans: Sequence[Span], most: int) -> tuple[Span, ...]:
    """Return at most so many spans: what it was for the longest in each of as many pieces."""
    if len(spans) <= most:
        return tuple(spans)
    begin, end = spans[0].begin, spans[-1].end
    width = (end - begin) / most
    changes = [
        (begin + number * width, state)
        for number, state in enumerate(cells(spans, begin, end, most))
        if state is not None
    ]
    return _spans_of(changes, begin, end)


class _Track:
    """Follows one session from line to line."""

    def __init__(self) -> None:
        self._state = BandState.UNKNOWN
        self._changes: list[tuple[float, BandState]] = []
        self._marks: list[Mark] = []
        self._before_crash: BandState | None = None
        """What it was when a daemon ended without a word, until it is known what came of it."""
        self._before_link: BandState | None = None
        """What it was when the link went."""
        self._success: Line | None = None
        self._own = False
        """Whether the router itself logged in, the last time."""
        self._doubt: Line | None = None
        """What may have ended the session, until it is known to go on."""
        self._refusal = ""

    def turn(self, at: float, state: BandState) -> None:
        """Take note of what the session is from now on."""
        self._before_crash = None
        self._state = state
        self._changes.append((at, state))

    def daemon_starts(self, at: float, alive_at: float) -> None:
        """A daemon begins; the one before gave its last sign at ``alive_at``."""
        before = self._state
        if before is not BandState.NOT_RUNNING:
            self.turn(alive_at, BandState.UNKNOWN)
        self.turn(at, BandState.WAITING)
        self._before_crash = before if before is BandState.ONLINE else None

    def see(self, at: float, event: str, line: Line) -> None:
        """Take note of an event of the session."""
        if event == "login-succeeded":
            self._success, self._doubt = line, None
        elif event == "session-doubtful":
            self._doubt = line
        elif event == "session-confirmed":
            self._doubt = None
        elif event == "went-online":
            if self._state is not BandState.ONLINE:
                self._marks.append(Mark(at, MarkKind.LOGIN, self._success or line))
            self._own = _detail(line, "own") is True
            self.turn(at, BandState.ONLINE)
        elif event in ("resumed", "portal-adopted"):
            self._resume(at)
        elif event == "link-back":
            self._link_is_back(at, line)
        elif event == "next-try-planned":
            self._plan(at, line)
        elif event in _ENDS:
            self._end(at, event, line)
        elif self._state is BandState.ONLINE:
            if event == "went-offline":  # for a doubt, or nothing has told why
                self._marks.append(Mark(at, MarkKind.DROP, self._doubt or line))
                self._success = None
                self.turn(at, BandState.WAITING)
        elif event in _WAITS or (event in _TRIES and self._state not in _TRIED_IN):
            self.turn(at, BandState.WAITING)

    def band(self, session: str, begin: float, now: float) -> Band:
        """Return what was noted from ``begin`` to ``now``."""
        changes = [(begin, BandState.UNKNOWN), *self._changes]
        marks = tuple(mark for mark in self._marks if mark.at >= begin)
        return Band(session, _spans_of(changes, begin, now), marks)

    def _end(self, at: float, event: str, line: Line) -> None:
        is_refusal = event in _REFUSALS
        kind = MarkKind.LOGOFF if event in _LOGOFFS else MarkKind.DROP
        if self._state is BandState.ONLINE:
            self._marks.append(Mark(at, kind, line))
        elif (is_refusal and line["text"] != self._refusal) or (
            _ENDS[event] is BandState.REFUSED and self._state is not BandState.REFUSED
        ):
            self._marks.append(Mark(at, MarkKind.REFUSAL, line))
        if is_refusal:
            self._refusal = line["text"]
        if event == "link-lost":
            self._before_link = self._state
        self._success = None
        if event == "logged-off" and self._own and self._state is BandState.ONLINE:
            self.turn(at, BandState.LOGGED_OFF)
        else:  # for a client; or it was a session from before a restart that was let go
            self.turn(at, _ENDS[event])

    def _resume(self, at: float) -> None:
        if self._before_crash is BandState.ONLINE:
            # It would not have gone on if it had not been held until shortly before.
            del self._changes[-2:]
        self.turn(at, BandState.ONLINE)

    def _link_is_back(self, at: float, line: Line) -> None:
        lasting = (BandState.REFUSED, BandState.CLOSED, BandState.LOGGED_OFF)
        if _detail(line, "session_goes_on"):
            self.turn(at, BandState.ONLINE)
        elif self._before_link in lasting:
            self.turn(at, self._before_link)
        else:
            self.turn(at, BandState.WAITING)
        self._before_link = None

    def _plan(self, at: float, line: Line) -> None:
        if self._state is BandState.ONLINE:
            return
        if _detail(line, "hours"):
            self.turn(at, BandState.CLOSED)
        elif self._state is not BandState.REFUSED:
            self.turn(at, BandState.WAITING)


def _spans_of(
    changes: Sequence[tuple[float, BandState]], begin: float, end: float
) -> tuple[Span, ...]:
    """Return what was between changes, from ``begin`` to ``end``; like and like are one span."""
    spans: list[Span] = []
    ends = [at for at, _state in changes[1:]] + [end]
    for (at, state), until in zip(changes, ends, strict=True):
        span = Span(max(at, begin), min(until, end), state)
        if span.end <= span.begin:
            continue
        if spans and spans[-1].state is state:
            span = Span(spans.pop().begin, span.end, state)
        spans.append(span)
    return tuple(spans)


def _detail(line: Line, key: str) -> Any:
    detail = line.get("detail")
    return detail.get(key) if isinstance(detail, dict) else None


def _seconds(text: str) -> float | None:
    """Read a line's time; None where it is none."""
    from datetime import datetime

    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
