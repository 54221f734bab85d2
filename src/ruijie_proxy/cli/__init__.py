"""Commands for people.

This module stays light: ``run`` is where a router starts the daemon, which must not carry click and
the other commands along for the rest of its life, and no command should wait for what it has no use
for.
"""

from __future__ import annotations

import gc
import os
import sys

from ruijie_proxy.messages import LANGUAGES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


def main() -> NoReturn:
    """Carry out the command line and end the process with its exit code."""
    from ruijie_proxy.cli.basics.ctrl_c import die_of_ctrl_c

    die_of_ctrl_c()
    gc.disable()  # what is being loaded is no garbage, and would be looked through again and again
    if not getattr(sys, "frozen", False):  # as openwrt/standalone makes it
        from ruijie_proxy.own_modules import import_quickly

        import_quickly()
    from ruijie_proxy.standard_streams import end_streams, prepare_streams

    prepare_streams()
    arguments = _take_language(sys.argv[1:])
    try:
        _carry_out(arguments)
    finally:
        end_streams()


def _carry_out(arguments: list[str]) -> NoReturn:
    from ruijie_proxy.runtime.processes.core_dumps import prevent_core_dumps

    prevent_core_dumps()
    from ruijie_proxy.cli.plain import run_plainly

    exit_code = run_plainly(arguments)
    if exit_code is not None:
        sys.exit(exit_code)
    from ruijie_proxy.cli.commands import commands

    gc.enable()
    commands(arguments, prog_name="ruijie-proxy")
    raise AssertionError("click ends the process by itself")


def _take_language(arguments: list[str]) -> list[str]:
    """Take ``--lang`` off the command line, and set the language before anything is imported."""
    for index, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name != "--lang":
            continue
        end = index + 1 if equals else index + 2
        language = value if equals else "".join(arguments[index + 1 : end])
        if language not in LANGUAGES:
            break  # click says what there is
        os.environ["LANGUAGE"] = language
        return arguments[:index] + arguments[end:]
    return arguments
