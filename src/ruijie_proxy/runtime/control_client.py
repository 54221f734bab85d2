"""A command's end of the control socket."""

from __future__ import annotations

import socket
from typing import Any

from ruijie_proxy.runtime.control_protocol import ControlError, decode_line, encode_line

__all__ = ["ControlError", "NoDaemon", "request"]

LONGEST_ANSWER = 16 * 1024 * 1024


class NoDaemon(Exception):
    """Nobody answers on the control socket."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"No daemon is running (nobody answers on {path}). Start it with: ruijie-proxy run"
        )


def request(path: str, command: str, timeout: float, **arguments: Any) -> Any:
    """Ask the daemon and return its result, waiting at most ``timeout`` seconds at each step.

    Raises NoDaemon, ControlError, or OSError (PermissionError, TimeoutError).
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout)
        try:
            connection.connect(path)
        except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError) as error:
            raise NoDaemon(path) from error
        connection.sendall(encode_line({"command": command, **arguments}))
        with connection.makefile("rb") as lines:
            line = lines.readline(LONGEST_ANSWER)
    if not line.endswith(b"\n"):
        raise ControlError("no-answer", "the daemon ended the connection without an answer")
    answer = decode_line(line)
    if not answer.get("ok"):
        error_told = answer.get("error", {})
        raise ControlError(str(error_told.get("kind")), str(error_told.get("message")))
    return answer["result"]
