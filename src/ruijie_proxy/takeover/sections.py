"""A session that was taken over, as a section of UCI or a configuration in YAML."""

from __future__ import annotations

from ruijie_proxy.config.checks import check_sessions
from ruijie_proxy.config.notations.uci_document import ENABLED, SWITCHED_OFF, options_of, parse_uci
from ruijie_proxy.config.notations.uci_syntax import parse_sections
from ruijie_proxy.config.shape.schema import CONFIGURATION, SESSION
from ruijie_proxy.config.shape.shapes import Report
from ruijie_proxy.notation import quoted
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from ruijie_proxy.config.notations.uci_syntax import UciSection
    from ruijie_proxy.config.shape.problems import Problem
    from ruijie_proxy.takeover.draft import Options

_SESSION = "session"
_PROPERTIES = "properties"


class Merged(Frozen):
    """A configuration with a session put into it."""

    text: str
    replaced: str | None
    """The name of the section that was there for the same port; None: there was none."""
    others: tuple[str, ...]
    """What other sessions use, by their WAN ports."""
    lost: tuple[str, ...] = ()
    """Options of the replaced section that the new one does not have."""


def unfit_options(options: Options) -> dict[str, Problem]:
    """Return what is wrong with the options that the schema does not take, by their names."""
    document = parse_uci(section_text(_SESSION, None, options), "")
    report = Report("", document.notation)
    plain = CONFIGURATION.read(document.root, "", report)
    problems = {problem.key: problem for problem in (*document.problems, *report.problems)}
    # Whether it is a session at all is seen to elsewhere; but 802.1X, which all that is taken over
    # speaks, has less room for a service's name than the schema has.
    check_sessions(plain["sessions"], report)
    for problem in report.problems:
        if problem.key.endswith(".service"):
            problems.setdefault(problem.key, problem)
    return {key.rpartition(".")[2]: problem for key, problem in problems.items()}


def merge_into_uci(text: str, file: str, options: Options, name: str) -> Merged:
    """Put a session into an OpenWrt configuration: in place of the one with the same WAN port, or
    behind all. Every other byte stays.

    ``file`` is the configuration's name for messages, ``name`` what a new section is called. Raises
    ConfigurationProblems when the text is no UCI.
    """
    sections = parse_sections(text, file)
    sessions = [section for section in sections if section.type == _SESSION]
    same = next((one for one in sessions if _value(one, "wan") == options["wan"]), None)
    others = tuple(
        wan for one in sessions if one is not same and _is_on(one) and (wan := _value(one, "wan"))
    )
    if same is None:
        taken = {section.name for section in sections}
        section = section_text(_SESSION, _free_name(name, taken), options)
        gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
        return Merged(f"{text}{gap}{section}", None, others)
    lines = text.split("\n")
    last = same.options[-1].last_line if same.options else same.line
    merged = "\n".join(
        [
            *lines[: same.line - 1],
            section_text(_SESSION, same.name, options).rstrip("\n"),
            *lines[last:],
        ]
    )
    lost = dict.fromkeys(one.name for one in same.options if one.name not in options)
    return Merged(merged, same.name or "", others, tuple(lost))


def write_yaml(sessions: Iterable[Options]) -> str:
    """Return a configuration in YAML that holds these sessions alone."""
    lines = [line for options in sessions for line in yaml_lines(options, "  ")]
    return "\n".join(["sessions:", *lines, ""])


def yaml_lines(options: Options, indent: str) -> list[str]:
    """Return the lines of a session in YAML, the dash of the first behind so many blanks."""
    from json import dumps  # what JSON is, is YAML

    return [
        f"{indent}{' ' if number else '-'} {key}: {dumps(value, ensure_ascii=False)}"
        for number, (key, value) in enumerate(keys_of(options).items())
    ]


def keys_of(options: Options) -> dict[str, Any]:
    """Return a session's keys as YAML has them, those of a group together."""
    known = options_of(SESSION)
    keys: dict[str, Any] = {}
    for name, value in options.items():
        *group, key = known[name].path
        beside = keys.setdefault(group[0], {}) if group else keys
        beside[key] = _pairs(value) if name == _PROPERTIES else value
    return keys


def _pairs(items: str | list[str]) -> dict[str, str]:
    """Return the properties of a list of ``TYPE=CONTENT``."""
    return dict(item.split("=", 1) for item in items)


def section_text(kind: str, name: str | None, options: Options) -> str:
    """Return the lines of a section; ``kind`` is its type."""
    lines = [f"config {kind}" if name is None else f"config {kind} {quoted(name)}"]
    for option, value in options.items():
        if isinstance(value, list):
            lines += [f"\tlist {option} {quoted(item)}" for item in value]
        else:
            lines.append(f"\toption {option} {quoted(value)}")
    return "\n".join([*lines, ""])


def _free_name(name: str, taken: set[str | None]) -> str:
    number = 1
    free = name
    while free in taken:
        number += 1
        free = f"{name}{number}"
    return free


def _value(section: UciSection, name: str) -> str | None:
    """Return what an option of a section says; of several, the last."""
    values = [option.value for option in section.options if option.name == name]
    return values[-1] if values else None


def _is_on(section: UciSection) -> bool:
    return (_value(section, ENABLED) or "1") not in SWITCHED_OFF
