"""Compiles modules into bytecode; run by the interpreter that was built for it.

Reads lines of "SOURCE<tab>FILE" from standard input, FILE being what tracebacks say, and writes to
standard output, by marshal: the number of its bytecode, and a list of the code of each, as bytes.
"""

import marshal
import sys
from importlib.util import MAGIC_NUMBER


def main() -> None:
    """Compile what standard input names."""
    compiled = []
    for line in sys.stdin.read().splitlines():
        source, file = line.split("\t")
        with open(source, "rb") as stream:
            text = stream.read()
        code = compile(text, file, "exec", dont_inherit=True, optimize=2)
        compiled.append(marshal.dumps(code))
    sys.stdout.buffer.write(marshal.dumps((MAGIC_NUMBER, compiled)))


if __name__ == "__main__":
    main()
