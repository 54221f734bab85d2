"""Reads a configuration file into plain values, or finds everything that is wrong with it.

Plain values are None, bool, int, float, str, bytes, list and dict, so that a child process can hand
them over. They are shaped like the file, hold only the keys it gives (and each session's name), and
are what :meth:`ruijie_proxy.config.shape.model.Configuration.from_plain` takes. What the file only
points to is in them: a password that was sealed or stands in a file of its own, and what is needed
of the client's program.
"""

from __future__ import annotations

import os

from ruijie_proxy.config.checks import check_sessions, name_sessions
from ruijie_proxy.config.notations.document import parse_document, read_document
from ruijie_proxy.config.other_files import (
    check_given_passwords,
    check_places,
    check_programs,
    read_client_programs,
    read_passwords,
)
from ruijie_proxy.config.shape.model import Configuration
from ruijie_proxy.config.shape.nodes import MappingNode
from ruijie_proxy.config.shape.problems import ConfigurationProblems, Unfit
from ruijie_proxy.config.shape.schema import CONFIGURATION
from ruijie_proxy.config.shape.shapes import Report
from ruijie_proxy.config.usual_path import usual_path
from ruijie_proxy.values import Frozen, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ruijie_proxy.config.shape.nodes import Document, Node
    from ruijie_proxy.config.shape.problems import Problem
    from ruijie_proxy.notation import Notation


class Reading(Frozen):
    """What was read of a file that has no problems."""

    plain: dict[str, Any]
    report: Report
    """Knows where each key stands, for whoever finds out more."""

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """Return what can be used and had better be otherwise."""
        return tuple(self.report.warnings)

    def __repr__(self) -> str:
        return "Reading(…)"  # it holds passwords


def load(path: str) -> Configuration:
    """Read a configuration file into the model. Raises ConfigurationProblems."""
    reading = read_configuration(path)
    return Configuration.from_plain(reading.plain, reading.report.notation)


def read_configuration(path: str) -> Reading:
    """Read a configuration file, and the files that it names. Raises ConfigurationProblems."""
    return _read(read_document(path), path, path, None)


def parse_configuration(
    data: bytes, file: str, password: str | None = None, notation: Notation | None = None
) -> Reading:
    """Read a configuration file's content.

    ``file`` is its name for messages, and ``notation`` how they write keys, if not as the content
    does. ``password`` becomes that of every session just as it is. Raises ConfigurationProblems.
    """
    document = parse_document(data, file)
    if notation is not None:
        document = replace(document, notation=notation)
    return _read(document, file, None, password)


def parse_for_another_machine(data: bytes, file: str) -> Reading:
    """Read a configuration file's content without what it only points to, which is not here.

    ``file`` is its name for messages. Raises ConfigurationProblems.
    """
    plain, report = _read_keys(parse_document(data, file), file, None)
    if report.problems:
        raise ConfigurationProblems(report.problems)
    return Reading(plain, report)


def read_path(path: str | None, key: str, otherwise: str | None = None) -> str:
    """Read one of the paths at the top of a configuration file, whatever else is wrong in it.

    ``path`` None: the usual file's. Where the file leaves the key out, the path of the key
    ``otherwise`` counts, or the default; the default, too, where the usual file is missing. Raises
    ConfigurationProblems.
    """
    default: str = getattr(Configuration(sessions=()), key)
    if path is None:
        path = usual_path()
        if not os.path.exists(path):
            return default
    document = read_document(path)
    pairs = document.root.value if isinstance(document.root, MappingNode) else []
    for wanted in filter(None, (key, otherwise)):
        for name, node in pairs:
            if name.value == wanted:
                return _read_path(node, wanted, Report(path, document.notation))
    return default


def _read_path(node: Node, key: str, report: Report) -> str:
    shape = CONFIGURATION.keys[key]
    try:
        read: str = shape.read(node, key, report)
    except Unfit as unfit:
        remedy = unfit.remedy or shape.remedy(key, report.notation)
        report.at(node, key, unfit.wrong, remedy)
        raise ConfigurationProblems(report.problems) from None
    return read


def _read(document: Document, file: str, path: str | None, password: str | None) -> Reading:
    plain, report = _read_keys(document, file, password)
    if password is None:
        read_passwords(plain, report, path)
    else:
        check_given_passwords(plain, report)
    read_client_programs(plain, report)
    check_programs(plain, report)
    check_places(plain, report)
    if report.problems:
        raise ConfigurationProblems(report.problems)
    return Reading(plain, report)


def _read_keys(
    document: Document, file: str, password: str | None
) -> tuple[dict[str, Any], Report]:
    """Read what stands in the file itself; the report has what is wrong with it.

    Raises ConfigurationProblems where there is nothing to do.
    """
    if document.nothing_to_do is not None:
        raise ConfigurationProblems([*document.problems, document.nothing_to_do])
    root = document.root
    report = Report(file, document.notation)
    report.problems += document.problems
    report.remember("", root)
    plain: dict[str, Any] = {}
    try:
        plain = CONFIGURATION.read(root, "", report)
    except Unfit as unfit:
        remedy = unfit.remedy or CONFIGURATION.remedy("", report.notation)
        report.at(root, "", unfit.wrong, remedy)
    sessions = plain.get("sessions", [])
    name_sessions(sessions)
    if any(session and "campus" in session for session in sessions):
        from ruijie_proxy.config.campus_defaults import add_campus_defaults

        add_campus_defaults(sessions, report)
    if password is not None:
        for session in filter(None, sessions):
            session["password"] = password
    check_sessions(sessions, report)
    return plain, report
