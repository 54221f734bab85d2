"""Telling the service manager how things are: systemd's notification protocol, sd_notify(3).

A manager that wants to be told names a datagram socket in ``NOTIFY_SOCKET``. Without it, nothing
happens here. Each message is one datagram of lines ``NAME=value``. Nothing waits: a message that
the manager does not take is lost, and the next one tells as much.
"""

from __future__ import annotations

import os
import time

from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.c_modules import socket

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ruijie_proxy.runtime.basis.event_loop import EventLoop

_MICROSECONDS = 1_000_000


class ServiceManager:
    """Whoever started the daemon and wants to know how it does, or nobody."""

    def __init__(self, loop: EventLoop, environment: Mapping[str, str] = os.environ) -> None:
        """Read where to tell it. Whatever is no address that can be used counts as none."""
        self._address = _address(environment.get("NOTIFY_SOCKET", ""))
        self._socket: socket.socket | None = None
        if self._address is not None:
            kind = socket.SOCK_DGRAM | socket.SOCK_NONBLOCK
            self._socket = socket.socket(socket.AF_UNIX, kind)
        self._status = ""
        self._pause = _watchdog_pause(environment) if self._socket is not None else None
        # In the event loop like all else, so that a loop that hangs is a watchdog that is silent.
        self._watchdog = loop.timer(self._feed_watchdog)

    @property
    def is_there(self) -> bool:
        """Whether anybody is told anything."""
        return self._socket is not None

    def ready(self) -> None:
        """Tell that the daemon serves, after its start or a reload; the watchdog runs from now."""
        self._tell("READY=1")
        if self._pause is not None and self._watchdog.when is None:
            self._feed_watchdog()

    def reloading(self) -> None:
        """Tell that the configuration is read again, until :meth:`ready`.

        The time goes with it, which ``Type=notify-reload`` compares with that of its signal.
        """
        now = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        self._tell(f"RELOADING=1\nMONOTONIC_USEC={now}")

    def stopping(self) -> None:
        """Tell that the daemon ends."""
        self._watchdog.set(None)
        self._tell("STOPPING=1")

    def tell_status(self, text: str) -> None:
        """Tell people what the daemon is doing, in one line; the same line is told once."""
        if text != self._status:
            self._status = text
            self._tell(f"STATUS={text}")

    def close(self) -> None:
        """Tell nothing any more."""
        self._watchdog.set(None)
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _feed_watchdog(self) -> None:
        if self._pause is not None:
            self._watchdog.set(clock.now() + self._pause)
            self._tell("WATCHDOG=1")

    def _tell(self, message: str) -> None:
        if self._socket is None or self._address is None:
            return
        try:
            self._socket.sendto(message.encode(), self._address)
        except OSError:
            # The manager is being restarted, or has more to read than it can: that must not cost
            # the sessions, and there is nobody left to tell.
            return


def _address(name: str) -> str | None:
    """Return the socket's address, of the two kinds that unix(7) has: a path, and an abstract name,
    whose zero byte is written as "@".
    """
    if name.startswith("@") and len(name) > 1:
        return f"\0{name[1:]}"
    return name if name.startswith("/") else None


def _watchdog_pause(environment: Mapping[str, str]) -> float | None:
    """Return the seconds between two signs of life, half of what is allowed as
    sd_watchdog_enabled(3) recommends; None when none are wanted, or those of another process.
    """
    allowed = environment.get("WATCHDOG_USEC", "")
    if environment.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    if not allowed.isdecimal() or int(allowed) == 0:
        return None
    return int(allowed) / _MICROSECONDS / 2
