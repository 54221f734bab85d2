"""Tracebacks of the self-contained program say the same lines as those of any other."""

from __future__ import annotations

import ast
import inspect
import socket
import sys
from collections.abc import Iterator
from types import CodeType

import pytest

from openwrt.standalone.compile_modules import with_short_line_table

pytestmark = pytest.mark.skipif(
    sys.version_info[:2] != (3, 11), reason="the tables are those of CPython 3.11, which is built"
)


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

    for before, after in zip(all_code(code), all_code(with_short_line_table(code)), strict=True):
        assert lines_of_all_units(after) == lines_of_all_units(before)
        assert after.co_code == before.co_code


def test_a_line_far_away_and_one_before_are_said() -> None:
    far = "\n" * 5000
    code = compile(f"call(1,{far}{{'a': 1}},\n\n 2)", "module.py", "exec")

    assert lines_of_all_units(with_short_line_table(code)) == lines_of_all_units(code)
    assert {1, 5001} <= set(lines_of_all_units(code))


def test_the_tables_are_shorter() -> None:
    code = compile(inspect.getsource(inspect), "module.py", "exec")
    sizes = [
        sum(len(one.co_linetable) for one in all_code(of))
        for of in (code, with_short_line_table(code))
    ]

    assert sizes[1] < sizes[0] / 3
