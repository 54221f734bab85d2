"""Code that was made slim does the same, and its tracebacks say the same lines."""

from __future__ import annotations

import ast
import inspect
import socket
from collections.abc import Iterator
from types import CodeType

import pytest

from openwrt.standalone.compile_modules import slim


def all_code(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from all_code(constant)


def lines_of_all_units(code: CodeType) -> list[int | None]:
    return [line for begin, end, line in code.co_lines() for _ in range(begin, end)]


@pytest.mark.parametrize("module", [ast, inspect, socket], ids=lambda module: module.__name__)
def test_each_instruction_is_of_the_line_that_it_was_of(module: object) -> None:
    code = compile(inspect.getsource(module), "module.py", "exec", optimize=2)  # type: ignore[arg-type]

    for before, after in zip(all_code(code), all_code(slim(code)), strict=True):
        assert lines_of_all_units(after) == lines_of_all_units(before)
        assert after.co_code == before.co_code


def test_a_line_far_away_and_one_before_are_said() -> None:
    far = "\n" * 5000
    code = compile(f"call(1,{far}{{'a': 1}},\n\n 2)", "module.py", "exec")

    assert lines_of_all_units(slim(code)) == lines_of_all_units(code)
    assert {1, 5001} <= set(lines_of_all_units(code))


def test_the_tables_are_shorter() -> None:
    code = compile(inspect.getsource(inspect), "module.py", "exec")
    sizes = [sum(len(one.co_linetable) for one in all_code(of)) for of in (code, slim(code))]

    assert sizes[1] < sizes[0] / 3


def test_a_function_has_its_name_once_and_it_is_that_of_tracebacks() -> None:
    scope: dict[str, type] = {}

    exec(slim(compile("class Door:\n    def open(self): pass", "module.py", "exec")), scope)

    method = vars(scope["Door"])["open"]
    assert (method.__name__, method.__qualname__, method.__code__.co_name) == ("open",) * 3
    assert scope["Door"].__qualname__ == "Door"


def test_what_the_functions_of_a_module_share_they_still_share() -> None:
    code = compile("def one(a): return a, 'x'\ndef two(b): return b, 'x'", "module.py", "exec")

    _, one, two = all_code(slim(code))

    assert one.co_consts is two.co_consts
