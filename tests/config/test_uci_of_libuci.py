"""Awkward files as libuci itself reads them, by a record that lies outside of the repository."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ruijie_proxy.config.notations.uci_syntax import UciSection, parse_sections
from ruijie_proxy.config.reader import parse_configuration
from ruijie_proxy.config.shape.problems import ConfigurationProblems

_RECORD = Path(__file__).parents[2].parent / "shared" / "uci" / "real.json"
ROWS: list[dict[str, Any]] = json.loads(_RECORD.read_text())["rows"] if _RECORD.exists() else []

SEMICOLON = "has a semicolon outside quotes"
CHINESE = "has a Chinese quotation mark or space outside quotes"
TWICE = "is given twice"
DELIBERATE = {
    "semicolon bare": SEMICOLON,
    "semicolon end": SEMICOLON,
    "two commands by ;": SEMICOLON,
    "utf8 ideographic space bare": CHINESE,
    "nbsp bare": CHINESE,
    "chinese quotes bare": CHINESE,
    "named twice override": TWICE,
}
"""What libuci reads and we do not, and what is said instead (docs/openwrt.md)."""


def plain(sections: list[UciSection]) -> list[dict[str, Any]]:
    """Return sections as the record has them: an empty value is as good as none."""
    found = []
    for section in sections:
        options: dict[str, Any] = {}
        for option in section.options:
            if option.is_item:
                before = options.get(option.name, [])
                items = before if isinstance(before, list) else [before]
                options[option.name] = [*items, option.value]
            elif option.value:
                options[option.name] = option.value
        found.append({"type": section.type, "name": section.name, "o": options})
    return found


def read(text: str) -> list[dict[str, Any]] | None:
    """Return what is read; None: it is refused."""
    try:
        return plain(parse_sections(text, "file"))
    except ConfigurationProblems:
        return None


def refused(text: str) -> str:
    with pytest.raises(ConfigurationProblems) as caught:
        parse_configuration(text.encode(), "/etc/config/ruijie-proxy")
    return "\n".join(str(problem) for problem in caught.value.problems)


@pytest.mark.skipif(not ROWS, reason="there is no record of libuci beside the repository")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_a_file_is_read_as_libuci_reads_it_or_refused_with_a_word(row: dict[str, Any]) -> None:
    if row["name"] in DELIBERATE:
        assert DELIBERATE[row["name"]] in refused(row["input"])
    elif row["sections"] is None:
        refused(row["input"])
    else:
        assert read(row["input"]) == row["sections"]
