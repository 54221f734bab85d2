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


ITERATORS = ("enumerate", "filter", "iter", "map", "reversed", "zip")
"""What returns one, of what Python has built in. What a function of ours returns is not seen."""


def tuples_of_iterators(source: str) -> list[int]:
    """Return the lines that make a tuple of an iterator: by name, or as a call's arguments."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and any(is_iterator(given) for given in given_to_tuple(node))
    ]


def given_to_tuple(call: ast.Call) -> list[ast.expr]:
    """Return what a call makes a tuple of; where there is more than one, Python makes a list."""
    match call.args:
        case [ast.Starred(value=value)]:
            return [value]
        case [value] if ast.unparse(call.func) == "tuple":
            return [value]
    return []


def is_iterator(value: ast.expr) -> bool:
    """Whether an expression's value is an iterator, as far as that can be seen."""
    return isinstance(value, ast.GeneratorExp) or (
        isinstance(value, ast.Call) and ast.unparse(value.func) in ITERATORS
    )


@pytest.mark.parametrize(
    "line",
    ["tuple(a for a in b)", "tuple(map(a, b))", "tuple(zip(a, b))", "a(*(b for b in c))"],
)
def test_tuples_of_iterators_are_found(line: str) -> None:
    assert tuples_of_iterators(f"a = 1\nb = {line}") == [2]


@pytest.mark.parametrize(
    "line", ["tuple([a for a in b])", "(*map(a, b),)", "tuple(a)", "a(*[b for b in c])", "list(a)"]
)
def test_others_are_not(line: str) -> None:
    assert tuples_of_iterators(line) == []


@pytest.mark.parametrize("room", ROOMS)
def test_no_tuple_is_made_of_an_iterator(room: str) -> None:
    modules = sorted(PACKAGE.joinpath(room).rglob("*.py"))

    assert modules
    for module in modules:
        assert tuples_of_iterators(module.read_text()) == [], module
