"""Compiles modules into bytecode; run by the interpreter that was built for it.

Reads lines of "SOURCE<tab>FILE<tab>BUNDLE" from standard input, FILE being what tracebacks say, and
writes to standard output, by marshal: a list of the code of each module that is in no bundle, and
one of bundles; each of these is the marshalled code of its modules, a list. In both they stand in
the order of the lines, where bundles are numbered from 0.

What arguments and results are said to be is left out, as are docstrings: nobody asks for either at
run time, and the texts of annotations are a twentieth of the program's bytecode, in flash and in
memory. Annotations in classes stay, for those make fields of values.

Which line a part of the bytecode came from is said once for all instructions of the line that
follow each other. CPython 3.11 says it of each: two bytes an instruction, a sixth of all bytecode.
Nor does a function keep its name a second time behind those of its class and module, which only the
message of a call with wrong arguments would say.
"""

import ast
import marshal
import sys
from collections.abc import Iterable, Iterator
from types import CodeType

_NO_COLUMNS = 13
_NO_LOCATION = 15
"""Kinds of entries in a table of locations (Objects/locations.md in CPython 3.11's source)."""
_MOST_UNITS = 8
"""How many units of bytecode an entry is for, at most."""
_BYTES_OF_A_UNIT = 2


class WithoutAnnotations(ast.NodeTransformer):
    """Takes the annotations out of the heads of functions."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Take them out of one, and of those within it."""
        return self._of_any(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        """Take them out of one, and of those within it."""
        return self._of_any(node)

    def _of_any(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.returns = None
        given = node.args
        for one in (*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg):
            if one is not None:
                one.annotation = None
        return node


def slim(code: CodeType) -> CodeType:
    """Return the code, and that of what it defines, with the same lines told in fewer bytes, and
    each name once.
    """
    table = bytearray()
    line = code.co_firstlineno
    for units, of_line in _runs(code.co_lines()):
        for begun in range(0, units, _MOST_UNITS):
            kind = _NO_LOCATION if of_line is None else _NO_COLUMNS
            table.append(0x80 | kind << 3 | min(units - begun, _MOST_UNITS) - 1)
            if of_line is not None:
                table += _signed(of_line - line)
                line = of_line
    constants = code.co_consts
    if any(isinstance(constant, CodeType) for constant in constants):
        constants = tuple(
            slim(constant) if isinstance(constant, CodeType) else constant for constant in constants
        )  # others stay themselves: the functions of a module share what is equal
    return code.replace(co_linetable=bytes(table), co_qualname=code.co_name, co_consts=constants)


def _runs(lines: Iterable[tuple[int, int, int | None]]) -> Iterator[tuple[int, int | None]]:
    """Return how many units of bytecode are of which line, those of one line taken together."""
    units, before = 0, None
    for begin, end, line in lines:
        if line != before and units:
            yield units, before
            units = 0
        before = line
        units += (end - begin) // _BYTES_OF_A_UNIT
    if units:
        yield units, before


def _signed(number: int) -> bytes:
    """Write a number as a signed varint: six bits a byte, the lowest first, the sign in bit 0."""
    rest = -number << 1 | 1 if number < 0 else number << 1
    written = bytearray()
    while rest >= 1 << 6:
        written.append(0x40 | rest & 0x3F)
        rest >>= 6
    written.append(rest)
    return bytes(written)


def main() -> None:
    """Compile what standard input names."""
    alone: list[bytes] = []
    bundles: list[list[CodeType]] = []
    for line in sys.stdin.read().splitlines():
        source, file, bundle = line.split("\t")
        with open(source, "rb") as stream:
            text = stream.read()
        tree = WithoutAnnotations().visit(ast.parse(text, file))
        code = slim(compile(tree, file, "exec", dont_inherit=True, optimize=2))
        if not bundle:
            alone.append(marshal.dumps(code))
            continue
        if int(bundle) == len(bundles):
            bundles.append([])
        bundles[int(bundle)].append(code)
    sys.stdout.buffer.write(marshal.dumps((alone, [marshal.dumps(bundle) for bundle in bundles])))


if __name__ == "__main__":
    main()
