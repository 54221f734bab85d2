"""The story for programs: one JSON object, written while the capture is read (docs/inspect.md)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from ruijie_proxy.i18n import written_in
from ruijie_proxy.inspect.steps import Fact, Json, Step
from ruijie_proxy.notation import YAML, Notation
from ruijie_proxy.protocol.ethernet import format_mac

SHAPE = 1
"""Grows when a program that reads the JSON would have to change."""


class JsonReport:
    """Writes the object."""

    def __init__(
        self,
        write: Callable[[str], object],
        encode: Callable[[Json], str],
        *,
        verbose: bool,
        notation: Notation = YAML,
    ) -> None:
        """``encode`` makes JSON of a value that ``write`` can write.

        ``verbose``: digests are written whole, the password property excepted. Advice names
        settings in ``notation``.
        """
        self._write = write
        self._encode = encode
        self._verbose = verbose
        self._notation = notation
        self._count = 0

    def begin(self, _format_name: str, _at: int | None) -> None:
        """Begin the object; what the file is stands at its end."""
        self._write(f'{{"shape": {SHAPE}, "steps": [')

    def show(self, step: Step) -> None:
        """Write a step."""
        separator = ",\n" if self._count else "\n"
        self._write(separator + self._encode(self._step(step)))
        self._count += 1

    def end(self, summary: dict[str, Json]) -> None:
        """Write what is known at the end."""
        self._write(f'\n], "summary": {self._encode(summary)}}}\n')

    def _step(self, step: Step) -> dict[str, Json]:
        destination = None if step.destination is None else format_mac(step.destination)
        direction = {None: None, True: "out", False: "in"}[step.outgoing]
        return {
            "number": step.number,
            "time": _moment(step.at),
            "seconds": step.seconds,
            "interface": step.interface,
            "side": step.side,
            "direction": direction,
            "vlans": list(step.vlans),
            "source": format_mac(step.source),
            "destination": destination,
            "from": step.sender,
            "to": step.receiver,
            "conversation": step.conversation,
            "phase": step.phase.value,
            "login": step.login,
            "kind": step.kind.value,
            "repeats": step.repeats,
            "facts": {fact.key: self._value(fact) for fact in step.facts},
            "properties": [
                {
                    "type": line.type,
                    "name": line.name,
                    "value": (self._verbose and line.full) or line.text,
                }
                for line in step.properties
            ],
            "unknown": [{"place": one.place, "hex": one.data.hex()} for one in step.unknown],
        }

    def _value(self, fact: Fact) -> Json:
        if isinstance(fact.value, str) and fact.full is None:
            return written_in(fact.value, self._notation)
        if not self._verbose or fact.full is None:
            return fact.value
        return {**fact.value, "digest": fact.full} if isinstance(fact.value, dict) else fact.full


def _moment(at: int | None) -> str | None:
    """Write a time as UTC, to the microsecond (ISO 8601)."""
    if at is None:
        return None
    try:
        return datetime.fromtimestamp(at / 1e9, UTC).isoformat(timespec="microseconds")
    except (ValueError, OverflowError, OSError):
        return None  # a damaged file can state any year
