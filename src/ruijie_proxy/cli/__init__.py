"""Commands for people.

This module stays light: ``run`` is where a router starts the daemon, which must not carry click and
the other commands along for the rest of its life.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


def main() -> NoReturn:
    """Carry out the command line and end the process with its exit code."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["run"]:
        from ruijie_proxy.cli.run import parse_plainly, run_daemon

        options = parse_plainly(arguments[1:])
        if options is not None:
            sys.exit(run_daemon(options))
    from ruijie_proxy.cli.commands import commands

    commands()
    raise AssertionError("click ends the process by itself")
