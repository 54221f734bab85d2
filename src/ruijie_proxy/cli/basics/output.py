"""What commands print, without what it takes to load click."""

from __future__ import annotations

import sys

from ruijie_proxy.standard_streams import is_utf_8

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def say(text: str, *, error: bool = False) -> None:
    """Print a line: on standard output, or on standard error what is not the answer itself."""
    stream = sys.stderr if error else sys.stdout
    stream.write(f"{text}\n")
    stream.flush()


def say_json(value: Any, indent: int | None = None) -> None:
    """Print a value for programs, as JSON that says the same in every encoding."""
    say(to_json_text(value, indent))


def to_json_text(value: Any, indent: int | None = None) -> str:
    """Return a value as JSON that standard output can show as it is."""
    import json

    return json.dumps(value, ensure_ascii=not is_utf_8(sys.stdout.encoding), indent=indent)
