"""How commands and the daemon talk: lines of JSON over a Unix socket.

A connection is for one request, ``{"version": 1, "command": "status"}`` with the command's own keys
beside, and its answer: ``{"version": 1, "ok": true, "result": …}`` or ``{"version": 1, "ok": false,
"error": {"kind": …, "message": …}}``.
"""

from __future__ import annotations

from ruijie_proxy.i18n import _
from ruijie_proxy.runtime.basis.json_text import encode_json, from_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

VERSION = 1
LONGEST_REQUEST = 4096
"""Bytes, the end of the line included."""


class ControlError(Exception):
    """A command could not be carried out."""

    def __init__(self, kind: str, message: str) -> None:
        self.kind = kind
        """One word for programs: ``bad-request``, ``unknown-command``, ``version``, ``busy``, …"""
        super().__init__(message)


def encode_line(message: dict[str, Any]) -> bytes:
    """Write one message as a line."""
    return encode_json({"version": VERSION, **message}) + b"\n"


def encode_error(error: ControlError) -> bytes:
    """Write the answer that a request could not be carried out."""
    return encode_line({"ok": False, "error": {"kind": error.kind, "message": str(error)}})


def decode_line(line: bytes) -> dict[str, Any]:
    """Read one message. Raises ControlError when it is none, or of another version."""
    try:
        message = from_json(line)
    except (ValueError, RecursionError):
        message = None
    if not isinstance(message, dict):
        raise ControlError("bad-request", _("a line of JSON with an object in it was expected"))
    if message.get("version") != VERSION:
        told = _("only version {version} of this protocol is spoken here", version=VERSION)
        raise ControlError("version", told)
    return message
