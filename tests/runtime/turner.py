"""Turning an event loop in a test, while somebody in the same process waits for its answer."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest

from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.event_loop import EventLoop

GIVE_UP = 10.0
"""Seconds after which a test that still waits has failed."""


class Turner:
    """Turns the loop in this thread while a blocking caller waits in another one."""

    def __init__(self, loop: EventLoop) -> None:
        self.loop = loop

    def until(self, condition: Callable[[], bool]) -> None:
        end = clock.now() + GIVE_UP

        def look() -> None:
            if condition():
                self.loop.stop()
            elif clock.now() > end:
                pytest.fail("it did not happen")
            else:
                timer.set(clock.now() + 0.005)

        timer = self.loop.timer(look)
        timer.set(clock.now())
        self.loop.run()

    def during(self, call: Callable[[], Any]) -> Any:
        outcome: list[Any] = []

        def run() -> None:
            try:
                outcome.append(call())
            except Exception as error:
                outcome.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        self.until(lambda: bool(outcome))
        thread.join()
        if isinstance(outcome[0], Exception):
            raise outcome[0]
        return outcome[0]

    def turn(self, seconds: float) -> None:
        self.loop.timer(self.loop.stop).set(clock.now() + seconds)
        self.loop.run()


def connect(path: str) -> socket.socket:
    caller = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    caller.connect(path)
    caller.setblocking(False)
    return caller


def received(caller: socket.socket) -> bytes | None:
    """Everything there is to read; None while the connection is open and silent."""
    data = b""
    try:
        while piece := caller.recv(65536):
            data += piece
    except BlockingIOError:
        return data or None
    except ConnectionResetError:
        return data
    return data
