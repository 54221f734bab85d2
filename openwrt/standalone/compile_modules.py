"""Compiles modules into bytecode; run by the interpreter that was built for it.

Reads lines of "SOURCE<tab>FILE" from standard input, FILE being what tracebacks say, and writes to
standard output a list of marshal's: the code of each, as bytes. Needs nothing but what is built
into an interpreter.
"""

import marshal
import sys


def main() -> None:
    """Compile what standard input names."""
    compiled = []
    for line in sys.stdin.read().splitlines():
        source, file = line.split("\t")
        with open(source, "rb") as stream:
            text = stream.read()
        code = compile(text, file, "exec", dont_inherit=True, optimize=2)
        compiled.append(marshal.dumps(code))
    sys.stdout.buffer.write(marshal.dumps(compiled))


if __name__ == "__main__":
    main()
