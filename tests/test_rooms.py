"""Who may import whom: the rooms of the house (docs/architecture.md, "The rooms"), as a table.

A room is a folder of the program with the modules that lie in it, not those of folders below. An
arrow that is not in the table fails, and so does one of the table that nothing needs any more.
Imports that only a type checker reads count like all others.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import ruijie_proxy

PACKAGE = Path(ruijie_proxy.__file__).parent
NAME = PACKAGE.name
EVERYWHERE = frozenset(
    {
        "choices",
        "display_width",
        "durations",
        "i18n",
        "installing",
        "messages",
        "notation",
        "messages_of_others",
        "own_modules",
        "rate_limit",
        "secret",
        "standard_streams",
        "terminal",
        "values",
    }
)
"""Modules of the package itself, which lie below all rooms: words, values and the terminal."""
MOST_FILES = 20
"""In a room, its ``__init__`` included: more cannot be taken in at a glance."""
MOST_LINES = 450
"""Of a file of the engine."""

MAY_IMPORT: dict[str, frozenset[str]] = {
    room: frozenset(others.split())
    for room, others in {
        "": "cli",
        "cli": (
            "cli/basics cli/captures cli/watching config config/notations config/shape "
            "deploy doctor doctor/gathering engine lab/campus lab/portal protocol protocol/clients "
            "runtime runtime/basis runtime/control runtime/ports runtime/processes "
            "runtime/records runtime/telling takeover"
        ),
        "cli/basics": "config config/notations config/shape runtime/control takeover",
        "cli/captures": (
            "cli/basics config config/notations config/shape engine inspect inspect/capture "
            "inspect/redacting lab/campus learn protocol protocol/clients runtime/ports "
            "runtime/records takeover"
        ),
        "cli/watching": "cli/basics config config/shape runtime/records",
        "config": "config/notations config/shape engine",
        "config/notations": "config/shape",
        "config/shape": "engine",
        "deploy": "config config/notations config/shape takeover",
        "doctor": (
            "config config/notations config/shape doctor/examiners doctor/gathering "
            "engine/portal runtime/address runtime/portal runtime/ports"
        ),
        "doctor/examiners": (
            "config/shape doctor/gathering engine protocol runtime/address runtime/health "
            "runtime/portal"
        ),
        "doctor/gathering": (
            "config config/shape engine/portal protocol runtime/address runtime/basis "
            "runtime/ports runtime/processes runtime/records"
        ),
        "engine": "engine/refusing protocol protocol/clients protocol/digests protocol/portal",
        "engine/auto": (
            "engine engine/keeping engine/login engine/portal engine/relay protocol "
            "protocol/clients protocol/portal"
        ),
        "engine/keeping": "engine protocol protocol/clients protocol/portal",
        "engine/login": "engine engine/keeping protocol protocol/clients",
        "engine/portal": "engine engine/keeping engine/login protocol protocol/portal",
        "engine/relay": "engine engine/keeping protocol protocol/clients",
        "inspect": "engine inspect/capture protocol protocol/clients runtime/telling",
        "inspect/capture": "protocol",
        "inspect/redacting": "inspect inspect/capture protocol runtime/records",
        "lab": "protocol",
        "lab/campus": "engine lab lab/client lab/switch learn protocol runtime/ports",
        "lab/client": "lab protocol protocol/clients",
        "lab/portal": "lab lab/campus",
        "lab/switch": "lab protocol protocol/clients",
        "learn": (
            "config/shape engine engine/login engine/relay inspect inspect/capture protocol "
            "protocol/clients protocol/portal runtime/address runtime/portal runtime/telling "
            "takeover"
        ),
        "protocol": "protocol/digests",
        "protocol/clients": "protocol",
        "protocol/portal": "protocol",
        "runtime": (
            "config/shape engine engine/auto engine/keeping engine/login engine/portal "
            "engine/relay protocol protocol/clients protocol/portal runtime/address runtime/basis "
            "runtime/control runtime/health runtime/portal runtime/ports runtime/processes "
            "runtime/records runtime/telling"
        ),
        "runtime/address": "engine runtime/basis runtime/ports runtime/processes",
        "runtime/control": (
            "config/shape engine protocol runtime/basis runtime/ports runtime/telling"
        ),
        "runtime/health": (
            "config/shape engine engine/keeping runtime/address runtime/basis runtime/ports "
            "runtime/processes runtime/telling"
        ),
        "runtime/portal": (
            "config/shape engine engine/portal protocol protocol/portal runtime/address "
            "runtime/basis runtime/ports runtime/processes runtime/telling"
        ),
        "runtime/ports": "engine protocol runtime/basis",
        "runtime/processes": (
            "config config/shape engine protocol runtime/basis runtime/ports runtime/telling"
        ),
        "runtime/records": "engine protocol/clients runtime/basis runtime/ports runtime/telling",
        "runtime/telling": "engine engine/keeping protocol runtime/basis",
        "takeover": "config config/notations config/shape",
    }.items()
}


def modules() -> dict[str, Path]:
    """Return the file of each module, by its name below the package ('' is the package itself)."""
    found = {}
    for file in PACKAGE.rglob("*.py"):
        parts = file.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(part for part in parts if part != "__init__")] = file
    return found


MODULES = modules()


def room_of(module: str) -> str:
    """Return the room that a module lies in, as a path; a package's ``__init__`` lies in it."""
    is_package = MODULES[module].name == "__init__.py"
    return (module if is_package else module.rpartition(".")[0]).replace(".", "/")


def imports_of(source: str) -> Iterator[str]:
    """Give the modules of the program that a text imports, wherever the statement stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            named = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            named = [
                name if name.removeprefix(f"{NAME}.") in MODULES else node.module for name in whole
            ]
        else:
            continue
        for name in named:
            if name == NAME or name.startswith(f"{NAME}."):
                yield name.removeprefix(NAME).removeprefix(".")


def arrows_between_modules() -> dict[str, set[str]]:
    return {module: set(imports_of(file.read_text("utf-8"))) for module, file in MODULES.items()}


def arrows_between_rooms(arrows: Mapping[str, set[str]]) -> dict[str, set[str]]:
    between: dict[str, set[str]] = {}
    for module, others in arrows.items():
        for other in others - EVERYWHERE - {""}:
            if room_of(other) != room_of(module):
                between.setdefault(room_of(module), set()).add(room_of(other))
    return between


def circle_in(arrows: Mapping[str, set[str] | frozenset[str]]) -> list[str]:
    """Return the members of a circle, in order, or nothing."""
    done: set[str] = set()

    def walk(node: str, way: list[str]) -> list[str]:
        if node in way:
            return way[way.index(node) :]
        if node in done:
            return []
        for other in sorted(arrows.get(node, ())):
            if circle := walk(other, [*way, node]):
                return circle
        done.add(node)
        return []

    for node in sorted(arrows):
        if circle := walk(node, []):
            return circle
    return []


def test_every_arrow_between_rooms_is_in_the_table_and_none_that_nothing_needs() -> None:
    found = arrows_between_rooms(arrows_between_modules())
    assert {room: frozenset(others) for room, others in found.items()} == MAY_IMPORT


def test_the_table_has_no_circle() -> None:
    assert circle_in(MAY_IMPORT) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circle_in(arrows_between_modules()) == []


def test_a_circle_would_be_found() -> None:
    assert circle_in({"a": {"b"}, "b": {"c", "d"}, "c": set(), "d": {"b"}}) == ["b", "d"]


def test_an_import_is_seen_wherever_it_stands() -> None:
    source = (
        "TYPE_CHECKING = False\n"
        "if TYPE_CHECKING:\n"
        f"    from {NAME}.engine.states import State\n"
        "def late():\n"
        f"    from {NAME}.engine import events\n"
        f"    import {NAME}.values\n"
    )
    assert set(imports_of(source)) == {"engine.states", "engine.events", "values"}


def test_what_lies_below_all_rooms_imports_no_room() -> None:
    arrows = arrows_between_modules()
    for module in EVERYWHERE:
        assert arrows[module] - EVERYWHERE - {""} == set(), module


@pytest.mark.parametrize("room", sorted({room_of(module) for module in MODULES} - {""}))
def test_a_room_says_in_one_sentence_what_lives_there(room: str) -> None:
    text = ast.get_docstring(ast.parse((PACKAGE / room / "__init__.py").read_text("utf-8")))
    assert text, room
    sentence = text.partition("\n\n")[0]
    assert re.fullmatch(r"[^.]+(?:\.\w[^.]*)*\.", sentence), sentence


@pytest.mark.parametrize("room", sorted({room_of(module) for module in MODULES} - {""}))
def test_a_room_can_be_taken_in_at_a_glance(room: str) -> None:
    assert len([module for module in MODULES if room_of(module) == room]) <= MOST_FILES


def test_no_file_of_the_engine_is_too_long_to_be_read_at_once() -> None:
    lengths = {
        module: len(file.read_text("utf-8").splitlines())
        for module, file in MODULES.items()
        if module.startswith("engine.")
    }
    assert {module: length for module, length in lengths.items() if length > MOST_LINES} == {}
