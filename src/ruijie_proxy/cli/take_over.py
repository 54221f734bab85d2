"""``ruijie-proxy import``: another program's configuration, made into a session of ours."""

from __future__ import annotations

import os

from ruijie_proxy.cli.basics.configuration_file import (
    STANDARD_OUTPUT,
    is_to_be_uci,
    line_on_others,
    lines_on_merged,
    refused,
    write_configuration,
    write_out,
)
from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.cli.basics.output import say
from ruijie_proxy.cli.check import session_summary
from ruijie_proxy.config.notations.document import LARGEST_FILE, decode, read_file
from ruijie_proxy.config.reader import parse_configuration
from ruijie_proxy.config.shape.model import Configuration
from ruijie_proxy.config.shape.problems import ConfigurationProblems
from ruijie_proxy.config.usual_path import path_to_write
from ruijie_proxy.i18n import _, listed
from ruijie_proxy.takeover.sections import merge_into_uci, write_yaml
from ruijie_proxy.takeover.sessions import take_over
from ruijie_proxy.takeover.source import NotTakenOver
from ruijie_proxy.takeover.usual_files import USUAL_FILES, take_over_what_is_there

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ruijie_proxy.takeover.draft import TakenOver

STANDARD_INPUT = "-"


def import_configuration(source: str | None, config: str | None, output: str | None) -> ExitCode:
    """Make sessions of another program's configuration, and write them; say what became of it.

    Without a ``source`` the usual files are looked through.
    """
    target = config or path_to_write()
    called = _("standard input") if source == STANDARD_INPUT else source
    try:
        if called is None or source is None:
            source, taken = take_over_what_is_there(USUAL_FILES)
            say(_("Found in {path}.", path=source), error=True)
        else:
            taken = take_over(_read(source, called), called)
        before = decode(read_file(target), target) if os.path.exists(target) else None
        as_uci = is_to_be_uci(target, before)
        if output is None and before is not None and not as_uci:
            say(
                _(
                    "{path} is in YAML, which only you write. With -o FILE or -o - the session is "
                    "written elsewhere; copy it from there.",
                    path=target,
                ),
                error=True,
            )
            return ExitCode.USAGE
        name = target if output is None else _("the output")
        text, told = _text_of(taken, before or "" if output is None else "", name, as_uci=as_uci)
        configuration = Configuration.from_plain(parse_configuration(text.encode(), name).plain)
    except NotTakenOver as error:
        reason = str(error)
        say(
            reason if called is None else _("{path}: {reason}", path=called, reason=reason),
            error=True,
        )
        return ExitCode.USAGE
    except ConfigurationProblems as problems:
        say(str(problems), error=True)
        say(_("Nothing was written."), error=True)
        return ExitCode.USAGE
    except OSError as error:
        return refused(error)
    ports = {one.options["wan"] for one in taken}
    is_there = output is None and text == before
    for session in configuration.sessions:
        if session.wan in ports:
            say(session_summary(session), error=True)
    _tell_remarks(taken, [] if is_there else told)
    if is_there:
        say(_("{path} has just this already: nothing was written.", path=target), error=True)
        return ExitCode.DONE
    return _write(text, target if output is None else output)


def _read(path: str, called: str) -> bytes:
    """Return a file's content, or what standard input brings. Raises OSError."""
    try:
        with open(0 if path == STANDARD_INPUT else path, "rb") as file:
            return file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise OSError(error.errno, error.strerror, called) from error


def _text_of(
    taken: Sequence[TakenOver], before: str, name: str, *, as_uci: bool
) -> tuple[str, list[str]]:
    """Return the whole new configuration, and what there is to say of what was in the old one."""
    if not as_uci:
        return write_yaml(one.options for one in taken), []
    text, told = before, []
    others: tuple[str, ...] = ()
    ports = {one.options["wan"] for one in taken}
    for one in taken:
        merged = merge_into_uci(text, name, one.options, one.program)
        text = merged.text
        others = tuple(port for port in merged.others if port not in ports)
        told += lines_on_merged(merged, str(one.options["wan"]))
    on_others = line_on_others(others)
    return text, told if on_others is None else [*told, on_others]


def _tell_remarks(taken: Sequence[TakenOver], told: Sequence[str]) -> None:
    for line in told:
        say(line, error=True)
    for one in taken:
        for remark in one.remarks:
            keys = listed(remark.keys)
            line = _("{keys}: {text}", keys=keys, text=remark.text) if keys else remark.text
            say(f"- {line}", error=True)


def _write(text: str, path: str) -> ExitCode:
    if path == STANDARD_OUTPUT:
        write_out(text, has_password=True)
        return ExitCode.DONE
    try:
        write_configuration(text, path)
    except OSError as error:
        return refused(error)
    say(
        _("Before ruijie-proxy is started, stop the other program, and keep it from starting."),
        error=True,
    )
    return ExitCode.DONE
