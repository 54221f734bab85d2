"""The log: lines for people, on standard error, where a service manager takes them up.

Not :mod:`logging`: it costs 1 MB resident, and nothing of it but this would be used.
"""

from __future__ import annotations

import os
import sys
import time
from enum import IntEnum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

    from ruijie_proxy.runtime.event_stream import Occurrence


class Level(IntEnum):
    """How much a line matters: the numbers of syslog (RFC 5424, 6.2.1)."""

    ERROR = 3
    WARNING = 4
    NOTICE = 5
    INFO = 6
    DEBUG = 7


class Log:
    """Writes lines. A line that is said again and again is written once, and then its count."""

    def __init__(self, stream: TextIO | None = None, level: Level = Level.INFO) -> None:
        """Write to a stream, by default standard error, what matters at least as much as level."""
        self._stream = sys.stderr if stream is None else stream
        self._level = level
        # systemd sets it for a unit whose output goes to the journal (systemd.exec(5)), which
        # keeps the time itself and reads the level from a prefix (sd-daemon(3)).
        self._for_journal = "JOURNAL_STREAM" in os.environ
        self._last: tuple[Level, str] | None = None
        self._repeated = 0

    def write(self, level: Level, text: str, session: str | None = None) -> None:
        """Write a line, after the name of the session that it is about."""
        if level > self._level:
            return
        line = (level, f"{session}: {text}" if session else text)
        if line == self._last:
            self._repeated += 1
            return
        self.end_repetition()
        self._last = line
        self._put(*line)

    def tell(self, occurrence: Occurrence) -> None:
        """Write the line of something that has happened to a session."""
        self.write(occurrence.level, occurrence.text, occurrence.session)

    def end_repetition(self) -> None:
        """Tell how often the last line was said again, if it was."""
        if self._repeated and self._last is not None:
            times = "once" if self._repeated == 1 else f"{self._repeated} times"
            self._put(self._last[0], f"(the last line was said {times} more)")
        self._repeated = 0

    def _put(self, level: Level, text: str) -> None:
        prefix = f"<{level.value}>" if self._for_journal else time.strftime("%Y-%m-%d %H:%M:%S ")
        mark = "" if level >= Level.NOTICE or self._for_journal else f"{level.name.lower()}: "
        try:
            self._stream.write(f"{prefix}{mark}{text}\n")
            self._stream.flush()
        except OSError:
            # Whoever read the log has gone (a closed terminal or pipe). That must not cost the
            # session, and there is nobody left to tell.
            return
