"""Reads a configuration file: YAML in, plain values out, or everything that is wrong with it.

Plain values are None, bool, int, float, str, list and dict, so that a child process can hand them
over. They are shaped like the file, hold only the keys it gives (and each session's name), and are
what :meth:`ruijie_proxy.config.model.Configuration.from_plain` takes.
"""

from __future__ import annotations

from ruijie_proxy.config.checks import check_sessions, name_sessions
from ruijie_proxy.config.document import parse_document, read_document
from ruijie_proxy.config.model import Configuration
from ruijie_proxy.config.problems import ConfigurationProblems
from ruijie_proxy.config.schema import CONFIGURATION
from ruijie_proxy.config.shapes import Report, Unfit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ruijie_proxy.config.yaml_nodes import Node


def load(path: str) -> Configuration:
    """Read a configuration file into the model. Raises ConfigurationProblems."""
    return Configuration.from_plain(read_configuration(path))


def read_configuration(path: str) -> dict[str, Any]:
    """Read a configuration file into plain values. Raises ConfigurationProblems."""
    return _read(read_document(path), path)


def parse_configuration(data: bytes, file: str) -> dict[str, Any]:
    """Read a configuration file's content; ``file`` is its name for messages.

    Raises ConfigurationProblems.
    """
    return _read(parse_document(data, file), file)


def _read(root: Node, file: str) -> dict[str, Any]:
    report = Report(file)
    plain: dict[str, Any] = {}
    try:
        plain = CONFIGURATION.read(root, "", report)
    except Unfit as unfit:
        report.at(root, "", unfit.wrong, unfit.remedy or f"use {CONFIGURATION.expected}")
    sessions = plain.get("sessions", [])
    name_sessions(sessions)
    check_sessions(sessions, report)
    if report.problems:
        raise ConfigurationProblems(report.problems)
    return plain
