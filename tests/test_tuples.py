"""How what the daemon keeps running makes its tuples.

CPython does not know how long a tuple of an iterator will be: it takes one of ten places, and cuts
or stretches it (PySequence_Tuple in Objects/abstract.c). When such a tuple is gone, it goes to the
free ones of its length, of which up to 2000 are kept; the next one is not taken from there, but is
a new one of ten places again. So 2000 logins cost as many tuples of each length, and those of a
session's four frames were 0.6 of its 10 kB. A tuple of a list has its length from the beginning.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import ruijie_proxy

PACKAGE = Path(ruijie_proxy.__file__).parent
ROOMS = ("engine", "protocol", "runtime", "config/shape")


def tuples_of_iterators(source: str) -> list[int]:
    """Return the lines that make a tuple of a generator expression or of map()."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "tuple"
        and any(
            isinstance(given, ast.GeneratorExp)
            or (isinstance(given, ast.Call) and ast.unparse(given.func) == "map")
            for given in node.args
        )
    ]


def test_tuples_of_iterators_are_found() -> None:
    assert tuples_of_iterators("a = tuple([b for b in c])\nd = tuple(e for e in f)") == [2]
    assert tuples_of_iterators("a = (*map(b, c),)\nd = tuple(map(e, f))\ng = tuple(h)") == [2]


@pytest.mark.parametrize("room", ROOMS)
def test_no_tuple_is_made_of_an_iterator(room: str) -> None:
    modules = sorted(PACKAGE.joinpath(room).rglob("*.py"))

    assert modules
    for module in modules:
        assert tuples_of_iterators(module.read_text()) == [], module
