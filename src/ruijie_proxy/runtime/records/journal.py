"""The journal: what has happened, on disk, so that yesterday's drop can be read after a reboot.

Lines of JSON in two files of bounded size, the newer of which is appended to. It is made for flash:
lines are gathered, and written some minutes later, or some seconds after one that matters. Nothing
waits for the disk (no fsync): the kernel writes out what a file was given within half a minute by
itself, and a worn memory card can take seconds for it, in which no heartbeat would go out. So a
killed daemon loses the lines that are still gathered, and a loss of power half a minute more. It
may tear the last line, too; the next one begins on a line of its own, and the reader
(:mod:`.journal_reading`) skips what is torn.
"""

from __future__ import annotations

import errno
import os
import stat

from ruijie_proxy import __version__
from ruijie_proxy.engine import events
from ruijie_proxy.i18n import _, reason_of, told_by
from ruijie_proxy.rate_limit import RateLimit
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.json_text import encode_json
from ruijie_proxy.runtime.records.journal_files import NAME, OLDER_NAME
from ruijie_proxy.runtime.records.private_file import DIRECTORY_MODE, FILE_MODE
from ruijie_proxy.runtime.telling.level import Level
from ruijie_proxy.runtime.telling.machine_events import WentOffline, WentOnline
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ruijie_proxy.runtime.basis.event_loop import EventLoop
    from ruijie_proxy.runtime.telling.event_stream import Occurrence

LARGEST_FILE = 128 * 1024
"""Bytes of each of the two."""
LARGEST_BATCH = 64 * 1024
"""Bytes written at once; what a flood brings beyond that is counted, and lost."""
PATIENCE = 300.0
"""Seconds for which lines are gathered at most."""
HURRY = 10.0
"""Seconds until something that matters is written."""
LARGEST_ANSWER = 32 * 1024
"""Bytes of what is gathered that somebody is told who asks; the newest is told."""
MOST_LINES = 200
"""So many are gathered; of those that matter less, half as many."""
HURRIES_AT_ONCE = 12
HURRY_EVERY = 120.0
"""Of what matters, so many are written in a hurry, and then one in so many seconds: a cable that
comes and goes all night does not wear the flash out. The others wait their :data:`PATIENCE`."""

MARKS = (WentOnline, WentOffline)
"""Kinds of events that matter, whatever their level."""
CHATTER = (
    events.ServerFound,
    events.RequestRelayed,
    events.ResponseRelayed,
    events.RequestAnswered,
)
"""Kinds of events that there is one of for each frame of a login; its result says enough."""


class Mark(Frozen):
    """A line about the daemon itself."""

    name: str
    at: float
    """Seconds on the boot clock."""
    text: str
    detail: dict[str, Any]

    def to_plain(self) -> dict[str, Any]:
        """Return it in the shape of :meth:`.event_stream.Occurrence.to_plain`."""
        return {
            "session": None,
            "event": self.name,
            "at": clock.local_time(self.at),
            "level": Level.NOTICE.name.lower(),
            "text": self.text,
            "told": told_by(self.text),
            "detail": self.detail,
        }


class Journal:
    """Writes down what happens to sessions."""

    def __init__(self, loop: EventLoop, directory: str, complain: Callable[[str], None]) -> None:
        """Name the files; nothing is written yet.

        ``complain`` is told once when they cannot be written to, and again only after they could.
        """
        self._path = f"{directory}/{NAME}"
        self._older_path = f"{directory}/{OLDER_NAME}"
        self._directory = directory
        self._complain = complain
        self._has_complained = False
        self._timer = loop.timer(self.write)
        self._hurries = RateLimit(HURRIES_AT_ONCE, HURRY_EVERY)
        # What is gathered, with how often it was said again. It becomes text only when it is
        # written: the clock on the wall of a router is often put right after the first events.
        self._gathered: list[tuple[Occurrence | Mark, int]] = []
        self._lost = 0
        self._made_at = clock.now()
        self._has_begun = False
        self._ends_well = False

    def begin(self) -> None:
        """Take note that the daemon serves now; until then, nothing is written."""
        text = _("ruijie-proxy {version} started", version=__version__)
        mark = Mark("daemon-started", self._made_at, text, {"version": __version__})
        self._gathered.insert(0, (mark, 0))
        self._has_begun = True
        self._make_folder()
        if self._timer.when is None:
            self._timer.set(clock.now() + PATIENCE)

    def record(self, occurrence: Occurrence) -> None:
        """Take note of an event, if it is one that somebody will want to read."""
        event = occurrence.event
        matters = occurrence.level <= Level.WARNING or isinstance(event, MARKS)
        if matters or (occurrence.level <= Level.INFO and not isinstance(event, CHATTER)):
            self._gather(occurrence, matters)

    def end(self) -> None:
        """Take note that the daemon ends as it should; that is the last line."""
        self._ends_well = True

    def unwritten(self) -> list[dict[str, Any]]:
        """Return the newest of what is gathered and not written yet, oldest first."""
        lines: list[dict[str, Any]] = []
        size = 0
        for item, repeated in reversed(self._gathered):
            plain = _plain(item, repeated)
            size += len(encode_json(plain))
            if size > LARGEST_ANSWER:
                break
            lines.insert(0, plain)
        return lines

    def write(self) -> None:
        """Write what was gathered. What cannot be written stays, for the next time."""
        self._timer.set(None)
        if not self._gathered:
            return
        try:
            self._append(self._content())
        except OSError as error:
            self._timer.set(clock.now() + PATIENCE)
            if not self._has_complained:
                self._has_complained = True
                self._complain(
                    _(
                        "{path} cannot be written to ({reason}): “ruijie-proxy history” will not "
                        "know what happens from now on",
                        path=self._path,
                        reason=reason_of(error),
                    )
                )
            return
        self._has_complained = False
        self._gathered.clear()
        self._lost = 0

    def close(self) -> None:
        """Write what was gathered, for the last time.

        Nothing of a daemon that never served: a service manager may try again every second.
        """
        if self._ends_well:
            text = _("ruijie-proxy stopped")
            self._gather(Mark("daemon-stopped", clock.now(), text, {}), True)
        if self._has_begun and os.path.isdir(self._directory):
            # Who has taken the folder away meanwhile has removed the program.
            self.write()
        self._timer.set(None)

    def _make_folder(self) -> None:
        """Make it while the daemon begins; at its end, none is made."""
        # What is wrong with it is told when something is to be written.
        try:  # noqa: SIM105 - contextlib brings functools and collections
            os.makedirs(self._directory, DIRECTORY_MODE, exist_ok=True)
        except OSError:
            pass

    def _gather(self, item: Occurrence | Mark, matters: bool) -> None:
        if self._gathered:
            last, repeated = self._gathered[-1]
            if _is_said_again(last, item):
                self._gathered[-1] = (last, repeated + 1)
                return
        if len(self._gathered) >= (MOST_LINES if matters else MOST_LINES // 2):
            self._lost += 1
            return
        self._gathered.append((item, 0))
        now = clock.now()
        when = self._timer.when
        would_hurry = matters and not self._has_complained and (when is None or when > now + HURRY)
        if would_hurry and self._hurries.allows(now):
            self._timer.set(now + HURRY)
        elif when is None:
            self._timer.set(now + PATIENCE)

    def _content(self) -> bytes:
        lines = []
        size = 0
        lost = self._lost
        for item, repeated in self._gathered:
            line = encode_json(_plain(item, repeated)) + b"\n"
            size += len(line)
            if size <= LARGEST_BATCH:
                lines.append(line)
            else:
                lost += 1 + repeated
        if lost:
            text = _("{count} more events came at once, and were not written down", count=lost)
            mark = Mark("events-lost", clock.now(), text, {"count": lost})
            lines.append(encode_json(mark.to_plain()) + b"\n")
        return b"".join(lines)

    def _append(self, content: bytes) -> None:
        """Write all of it. Raises OSError, and then none of it has been written."""
        try:
            descriptor = self._open()
        except FileNotFoundError:
            os.makedirs(self._directory, DIRECTORY_MODE, exist_ok=True)
            descriptor = self._open()
        try:
            size = os.fstat(descriptor).st_size
            fits = size + len(content) < LARGEST_FILE
            if fits:
                torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
                _write_whole(descriptor, b"\n" + content if torn else content, size)
        finally:
            os.close(descriptor)
        if not fits:
            os.rename(self._path, self._older_path)
            self._append(content)

    def _open(self) -> int:
        # O_NONBLOCK: a pipe of this name would keep the daemon waiting.
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        descriptor = os.open(self._path, flags, FILE_MODE)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise OSError(errno.EINVAL, _("it is not a regular file"))
        return descriptor


def _write_whole(descriptor: int, content: bytes, size: int) -> None:
    """Append to a file of that size, or leave it as it was. Raises OSError."""
    written = 0
    try:
        while written < len(content):
            written += os.write(descriptor, content[written:])
    except OSError:
        if written:
            # A full disk took a part, which would come twice when the whole is tried again.
            os.ftruncate(descriptor, size)
        raise


def _plain(item: Occurrence | Mark, repeated: int) -> dict[str, Any]:
    return item.to_plain() | ({"repeated": repeated} if repeated else {})


def _is_said_again(last: Occurrence | Mark, item: Occurrence | Mark) -> bool:
    if isinstance(last, Mark) or isinstance(item, Mark):
        return False
    return (last.session, last.event, last.text) == (item.session, item.event, item.text)
