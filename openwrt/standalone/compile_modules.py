"""Compiles modules into bytecode; run by the interpreter that was built for it.

Reads lines of "SOURCE<tab>FILE" from standard input, FILE being what tracebacks say, and writes to
standard output, by marshal: the number of its bytecode, and a list of the code of each, as bytes.

What arguments and results are said to be is left out, as are docstrings: nobody asks for either at
run time, and the texts of annotations are a twentieth of the program's bytecode, in flash and in
memory. Annotations in classes stay, for those make fields of values.
"""

import ast
import marshal
import sys
from importlib.util import MAGIC_NUMBER


class _WithoutAnnotations(ast.NodeTransformer):
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


def main() -> None:
    """Compile what standard input names."""
    compiled = []
    for line in sys.stdin.read().splitlines():
        source, file = line.split("\t")
        with open(source, "rb") as stream:
            text = stream.read()
        tree = _WithoutAnnotations().visit(ast.parse(text, file))
        code = compile(tree, file, "exec", dont_inherit=True, optimize=2)
        compiled.append(marshal.dumps(code))
    sys.stdout.buffer.write(marshal.dumps((MAGIC_NUMBER, compiled)))


if __name__ == "__main__":
    main()
