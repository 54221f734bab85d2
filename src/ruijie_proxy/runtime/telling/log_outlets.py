"""Where the lines of the log go: to a stream, to systemd's journal, or to syslog."""

from __future__ import annotations

import os
import sys
import time

from ruijie_proxy.runtime.basis.c_modules import socket

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol, TextIO

    class Outlet(Protocol):
        """Takes lines, and never fails: the log must not cost a session."""

        @property
        def keeps_time_and_level(self) -> bool:
            """Whether who reads it is shown both anyway, so that the line need not say them."""

        def put(self, level: int, line: str) -> None:
            """Take a line without its end; the level is syslog's number of it."""


VARIABLE = "RUIJIE_PROXY_LOG"
"""``syslog`` in it has the log go there. So it is under procd, which would call every line of
standard error an error."""
SYSLOG = "/dev/log"
_FACILITY_DAEMON = 3
"""RFC 3164, 4.1.1; the priority is eight times the facility, and the level."""


class Stream:
    """A terminal, a file, a pipe."""

    keeps_time_and_level = False

    def __init__(self, stream: TextIO) -> None:
        """Write to a stream."""
        self._stream = stream

    def put(self, level: int, line: str) -> None:  # noqa: ARG002 - the line says it
        """Write a line."""
        try:
            self._stream.write(f"{line}\n")
            self._stream.flush()
        except OSError:
            # Whoever read the log has gone (a closed terminal or pipe). That must not cost the
            # session, and there is nobody left to tell.
            return


class Journal(Stream):
    """A stream that systemd reads: it reads the level from a prefix (sd-daemon(3))."""

    keeps_time_and_level = True

    def put(self, level: int, line: str) -> None:
        """Write a line."""
        super().put(level, f"<{level}>{line}")


class Syslog:
    """The socket of the system's log, whatever reads there, as syslog(3) writes to it."""

    keeps_time_and_level = True

    def __init__(self, otherwise: Stream, address: str) -> None:
        """Send to the socket at an address, and tell ``otherwise`` what nobody takes there."""
        self._otherwise = otherwise
        self._address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)

    def put(self, level: int, line: str) -> None:
        """Send a line. Each for itself, so that the log may be restarted."""
        # The time is read by nobody, but OpenWrt's logd takes its place for granted.
        at = time.strftime("%b %e %H:%M:%S")
        priority = _FACILITY_DAEMON * 8 + level
        message = f"<{priority}>{at} ruijie-proxy[{os.getpid()}]: {line}"
        try:
            self._socket.sendto(message.encode("utf-8", "backslashreplace"), self._address)
        except OSError:
            self._otherwise.put(level, line)


def usual_outlet() -> Outlet:
    """Return where the log of this process goes: standard error, unless the environment says."""
    if os.environ.get(VARIABLE) == "syslog":
        return Syslog(Stream(sys.stderr), SYSLOG)
    return outlet_of(sys.stderr)


def outlet_of(stream: TextIO) -> Outlet:
    """Return the outlet that a stream is.

    systemd names the stream that it gave to the unit (systemd.exec(5), ``$JOURNAL_STREAM``), whose
    output may have been redirected since, or be that of a child.
    """
    named = os.environ.get("JOURNAL_STREAM")
    if not named:
        return Stream(stream)
    try:
        status = os.fstat(stream.fileno())
    except OSError:
        return Stream(stream)  # it is no file
    return Journal(stream) if named == f"{status.st_dev}:{status.st_ino}" else Stream(stream)
