"""The log: lines for people, where a service manager takes them up (:mod:`.log_outlets`).

Not :mod:`logging`: it costs 1 MB resident, and nothing of it but this would be used.
"""

from __future__ import annotations

import time

from ruijie_proxy.i18n import N_, _
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.telling.level import Level
from ruijie_proxy.runtime.telling.log_outlets import outlet_of, usual_outlet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TextIO

    from ruijie_proxy.runtime.telling.event_stream import Occurrence


_MARKED = {Level.ERROR: N_("error: {text}"), Level.WARNING: N_("warning: {text}")}
"""How a line shows that it matters, where nothing else does."""
REPETITION = 600.0
"""Seconds after which a line that is said again is no repetition, but news."""


class Log:
    """Writes lines. A line that is said again and again is written once, and then its count."""

    def __init__(
        self, stream: TextIO | None = None, level: Level = Level.INFO, *, verbose: bool = False
    ) -> None:
        """Write to a stream, by default where this process logs, what matters as much as level.

        ``verbose``: everything, whatever :meth:`configure` says.
        """
        self._outlet = usual_outlet() if stream is None else outlet_of(stream)
        self._verbose = verbose
        self._level = Level.DEBUG if verbose else level
        self._as_json = False
        self._last: tuple[Level, str | None, str | None, str] | None = None
        self._last_written = 0.0
        self._repeated = 0

    def configure(self, level: str, *, as_json: bool) -> None:
        """From now on, write what matters at least as much as the level of that name, in lower
        case; as text, or as an object of JSON in each line.
        """
        if not self._verbose:
            self._level = Level[level.upper()]
        if as_json is not self._as_json:
            self.end_repetition()
            self._as_json = as_json
            self._last = None

    def write(self, level: Level, text: str, session: str | None = None) -> None:
        """Write a line, after the name of the session that it is about."""
        self._write(level, text, session)

    def tell(self, occurrence: Occurrence) -> None:
        """Write the line of something that has happened to a session."""
        self._write(occurrence.level, occurrence.text, occurrence.session, occurrence)

    def end_repetition(self) -> None:
        """Tell how often the last line was said again, if it was."""
        if self._repeated and self._last is not None:
            level, session, *_rest = self._last
            if self._repeated == 1:
                text = _("(the last line was said once more)")
            else:
                text = _("(the last line was said {count} times more)", count=self._repeated)
            if self._as_json:
                self._put_json(level, text, session, None, {"repeated": self._repeated})
            else:
                self._put(level, text)
        self._repeated = 0

    def _write(
        self, level: Level, text: str, session: str | None, occurrence: Occurrence | None = None
    ) -> None:
        if level > self._level:
            return
        name = occurrence.name if occurrence is not None and self._as_json else None
        line = (level, session, name, text)
        now = clock.now()
        if line == self._last and now < self._last_written + REPETITION:
            self._repeated += 1
            return
        self.end_repetition()
        self._last = line
        self._last_written = now
        if not self._as_json:
            self._put(level, f"{session}: {text}" if session else text)
        elif occurrence is None:
            self._put_json(level, text, session, None, {})
        else:
            self._put_json(level, text, session, name, occurrence.to_plain()["detail"])

    def _put(self, level: Level, text: str) -> None:
        if not self._outlet.keeps_time_and_level:
            marked = _(_MARKED[level], text=text) if level in _MARKED else text
            text = f"{time.strftime('%Y-%m-%d %H:%M:%S')} {marked}"
        self._outlet.put(level, text)

    def _put_json(
        self, level: Level, text: str, session: str | None, name: str | None, detail: dict[str, Any]
    ) -> None:
        from ruijie_proxy.runtime.basis.json_text import to_json

        line = {
            "at": clock.local_time(clock.now()),
            "level": level.name.lower(),
            "session": session,
            "event": name,
            "text": text,
            "detail": detail,
        }
        self._outlet.put(level, to_json(line))
