"""``ruijie-proxy doctor``: what goes wrong on this router, and what mends it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ruijie_proxy import __version__
from ruijie_proxy.cli.basics.asking import NotAnswered, SocketNotKnown, ask_daemon
from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.cli.basics.output import say, say_json
from ruijie_proxy.cli.watching.status import with_advice
from ruijie_proxy.config.usual_path import usual_path
from ruijie_proxy.display_width import fold
from ruijie_proxy.doctor.examination import DaemonAnswer, examine_machine
from ruijie_proxy.doctor.gathering.findings import Area, Finding, Severity, worst
from ruijie_proxy.i18n import _, listed
from ruijie_proxy.terminal import USUAL, moves_the_cursor, styled, width_of

if TYPE_CHECKING:
    from collections.abc import Sequence

_MARKS = {
    Severity.OK: ("✓", "ok", "green"),
    Severity.NOTE: ("•", "note", "cyan"),
    Severity.WARNING: ("!", "warning", "yellow"),
    Severity.FATAL: ("✗", "fatal", "red"),
}
_FATAL_CODES = {Area.INTERFACE: ExitCode.INTERFACE, Area.PERMISSION: ExitCode.INTERFACE}


def diagnose(config: str | None, seconds: float, as_json: bool) -> ExitCode:
    """Examine the machine, and print what was found."""
    path = config or usual_path()
    progress = _Progress(shown=moves_the_cursor(sys.stderr))
    examination = examine_machine(path, _ask(config), seconds, progress.show)
    progress.clear()
    code = exit_code_of(examination.findings)
    if as_json:
        document = {
            "version": __version__,
            "exit_code": int(code),
            "listened": round(examination.listened, 1),
            "findings": [_plain(finding) for finding in examination.findings],
        }
        say_json(document, indent=2)
    else:
        say("\n".join(_for_people(examination.findings)))
    return code


def exit_code_of(findings: tuple[Finding, ...]) -> ExitCode:
    """Return the exit code by the worst finding; of several fatal ones, the first."""
    finding = worst(findings)
    if finding is None or finding.severity < Severity.WARNING:
        return ExitCode.DONE
    if finding.severity is Severity.WARNING:
        return ExitCode.ERROR
    return _FATAL_CODES.get(finding.area, ExitCode.USAGE)


class _Progress:
    """The line on a terminal that says what is going on."""

    def __init__(self, shown: bool) -> None:
        self._shown = shown

    def show(self, interfaces: Sequence[str], left: float) -> None:
        if self._shown:
            more = ("…",) if len(interfaces) > 4 else ()
            places = listed([*interfaces[:4], *more])
            text = _(
                "{seconds} s: listening on {names}. If a client is to log in: now.",
                seconds=round(left),
                names=places,
            )
            # A line that is wrapped could not be written over.
            self._write(fold(text, (width_of(sys.stderr) or USUAL) - 1)[0])

    def clear(self) -> None:
        if self._shown:
            self._write("")

    def _write(self, text: str) -> None:
        # To the line's beginning, and clear the rest of it.
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()


def _ask(config: str | None) -> DaemonAnswer:
    try:
        answer = ask_daemon(config, "status")
    except SocketNotKnown:
        return DaemonAnswer()  # what is wrong with the configuration is a finding of its own
    except NotAnswered as error:
        silent = error.exit_code is ExitCode.NO_DAEMON
        return DaemonAnswer(trouble=None if silent else str(error))
    return DaemonAnswer(statuses=tuple(with_advice(one) for one in answer["sessions"]))


def _plain(finding: Finding) -> dict[str, str | None]:
    return {
        "severity": _MARKS[finding.severity][1],
        "name": finding.name,
        "session": finding.session,
        "what": finding.what,
        "remedy": finding.remedy or None,
    }


def _for_people(findings: tuple[Finding, ...]) -> list[str]:
    lines: list[str] = []
    part: str | None = ""
    for finding in findings:
        if finding.session != part:
            part = finding.session
            heading = _("This machine") if part is None else _("Session {name}", name=part)
            lines += ([""] if lines else []) + [styled(heading, bold=True)]
        mark, _word, colour = _MARKS[finding.severity]
        lines += _wrapped(f" {styled(mark, colour, bold=True)} ", "   ", finding.what)
        if finding.remedy and finding.severity is not Severity.OK:
            lines += _wrapped("   → ", "     ", finding.remedy)
    return [*lines, "", *_summary(findings)]


def _summary(findings: tuple[Finding, ...]) -> list[str]:
    troubles = sum(finding.severity >= Severity.WARNING for finding in findings)
    if not troubles:
        told, colour = _("Nothing is wrong, as far as could be seen."), "green"
    elif troubles == 1:
        told, colour = _("1 problem was found."), "yellow"
    else:
        told = _("{count} problems were found. Begin with the first.", count=troubles)
        colour = "yellow"
    return [styled(line, colour) for line in _wrapped("", "", told)]


def _wrapped(first: str, indent: str, text: str) -> list[str]:
    """Return the lines of a text on a terminal; one line where it goes to a file or a program."""
    width = width_of(sys.stdout)
    if width is None:
        return [first + text]
    # The indent is as wide as what stands first, which may hold codes for colours.
    lines = fold(text, width - len(indent), break_words=False)
    return [(indent if number else first) + line for number, line in enumerate(lines)]
