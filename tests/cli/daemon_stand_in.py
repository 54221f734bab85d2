"""A stand-in for the daemon: whoever asks at its control socket gets what a test has it answer."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any


def accepted(result: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to a question that has a result."""
    return {"version": 1, "ok": True, "result": result}


def refused(kind: str, message: str) -> dict[str, Any]:
    """Return the answer to a question that has none."""
    return {"version": 1, "ok": False, "error": {"kind": kind, "message": message}}


@contextlib.contextmanager
def daemon_that_answers(
    control: Path, answers: Callable[[dict[str, Any]], list[dict[str, Any]]]
) -> Iterator[None]:
    """Answer all that ask at a socket, each with the lines that ``answers`` gives for its question.

    Who asks what that does not know hears nothing.
    """

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return  # nobody can ask any more
            with connection, contextlib.suppress(KeyError):
                lines = answers(json.loads(connection.recv(4096)))
                connection.sendall(b"".join(json.dumps(one).encode() + b"\n" for one in lines))

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(control))
        listener.listen()
        answering = threading.Thread(target=serve)
        answering.start()
        try:
            yield
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            answering.join()
