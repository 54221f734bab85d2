"""Plain values written as JSON and read again; for the daemon.

Not :mod:`json`, which imports the regular expressions, and with them enum and functools: a megabyte
resident. Reading is done by the extension in C that :mod:`json` stands on, which is loaded when
there is something to read.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_WHITESPACE = " \t\n\r"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""What editors on Windows write in front of UTF-8, as of a profile that somebody edits."""
_FIRST_PRINTABLE = 0x20
_CONTROLS = (*range(_FIRST_PRINTABLE), *range(0x7F, 0xA0))
"""Characters that no terminal and no log should get as they are: C0, DEL and C1."""
_ESCAPES = {
    **{number: f"\\u{number:04x}" for number in _CONTROLS},
    **{ord(char): f"\\{escape}" for char, escape in zip('"\\\n\r\t', '"\\nrt', strict=True)},
}


def encode_json(value: Any) -> bytes:
    """Write a value as :func:`to_json` does, in UTF-8; a surrogate becomes JSON's escape of it."""
    return to_json(value).encode(errors="backslashreplace")


def to_json(value: Any) -> str:
    """Write None, bool, int, float, str, list or dict (with str for keys) as JSON, in one line.

    Surrogates stay in the text: ``encode(errors="backslashreplace")`` makes JSON's escapes of them.
    Raises TypeError for anything else, and ValueError for a number that JSON does not have.
    """
    if value is None:
        return "null"
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value.translate(_ESCAPES)}"'
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        if value - value != 0:
            raise ValueError(f"JSON has no {value}")
        return float.__repr__(value)
    if isinstance(value, list):
        return f"[{', '.join([to_json(item) for item in value])}]"
    if isinstance(value, dict):
        pairs = [f"{to_json(str(key))}: {to_json(item)}" for key, item in value.items()]
        return f"{{{', '.join(pairs)}}}"
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def to_json_lines(value: Any, margin: str = "\n") -> str:
    """Write a value as :func:`to_json` does, for people.

    What a list or dict has in it is on lines of its own, unless that is neither lists nor dicts.
    """
    is_list = isinstance(value, list)
    members = value if is_list else value.values() if isinstance(value, dict) else ()
    if not any(isinstance(member, (list, dict)) for member in members):
        return to_json(value)
    within = f"{margin} "
    parts = [to_json_lines(member, within) for member in members]
    if not is_list:
        parts = [f"{to_json(name)}: {part}" for name, part in zip(value, parts, strict=True)]
    begin, end = "[]" if is_list else "{}"
    return f"{begin}{within}{f',{within}'.join(parts)}{margin}{end}"


def from_json(content: bytes | str) -> Any:
    """Read JSON as :func:`json.loads` does. Raises ValueError or RecursionError when it is none."""
    from _json import make_scanner

    if isinstance(content, str):
        text = content
    else:
        text = content.removeprefix(_BYTE_ORDER_MARK).decode(errors="surrogatepass")
    text = text.strip(_WHITESPACE)
    try:
        value, end = make_scanner(_AsUsual)(text, 0)  # type: ignore[arg-type]
        if end == len(text):
            return value
    except (StopIteration, SystemError):
        pass  # the latter, where what would say more is not loaded yet
    import json  # which says what is wrong

    return json.loads(text)


class _AsUsual:
    """What the extension asks for: how JSON's values become Python's."""

    strict = True
    object_hook = object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = float
    """Of NaN and the infinities, which JSON does not have, and Python reads and writes."""
