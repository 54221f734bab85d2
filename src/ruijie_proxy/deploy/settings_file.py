"""A configuration that goes along: checked here, and written as a router has it, in UCI."""

from __future__ import annotations

import re

from ruijie_proxy.config.notations.document import decode, is_uci, parse_document, read_file
from ruijie_proxy.config.notations.uci_document import options_of
from ruijie_proxy.config.reader import parse_for_another_machine
from ruijie_proxy.config.shape.nodes import MappingNode, ScalarNode, SequenceNode
from ruijie_proxy.config.shape.problems import ConfigurationProblems
from ruijie_proxy.config.shape.schema import CONFIGURATION, SESSION
from ruijie_proxy.config.shape.shapes import ScalarOrGroup, Table, is_null
from ruijie_proxy.deploy.errors import NotDeployed, Trouble
from ruijie_proxy.i18n import _
from ruijie_proxy.takeover.sections import section_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ruijie_proxy.config.shape.nodes import Document, Node
    from ruijie_proxy.config.shape.shapes import Group

    Options = dict[str, str | list[str]]

_SESSIONS, _NAME = "sessions", "name"
_UCI_NAME = re.compile(r"[A-Za-z0-9_]+")
"""What a section can be called (libuci, ``uci_validate_name``)."""


def settings_of(path: str) -> bytes:
    """Return a configuration file's content in UCI. Raises ConfigurationProblems, or NotDeployed.

    What it only points to, such as a password file, is to be on the router, and is not looked at.
    """
    data = read_file(path)
    reading = parse_for_another_machine(data, path)
    if is_uci(decode(data, path)):
        return data
    written = _to_uci(parse_document(data, path)).encode()
    if _read_again(written, path) != reading.plain:
        raise NotDeployed(
            _(
                "{path} is in YAML, and has something in it that UCI, OpenWrt's way, cannot say. "
                "Write it as in configs/openwrt.uci.",
                path=path,
            ),
            Trouble.MISUSED,
        )
    return written


def _read_again(written: bytes, path: str) -> dict[str, Any] | None:
    try:
        return parse_for_another_machine(written, path).plain
    except ConfigurationProblems:
        return None


def _to_uci(document: Document) -> str:
    """Return the sections that say what a document in YAML does. It has been checked."""
    top: list[tuple[str, Node]] = []
    sessions: list[Node] = []
    for key, node in _pairs(document.root):
        if key == _SESSIONS:
            sessions = node.value if isinstance(node, SequenceNode) else []
        else:
            top.append((key, node))
    parts = [section_text("globals", "globals", _options(CONFIGURATION, top))] if top else []
    for session in sessions:
        options = _options(SESSION, _pairs(session))
        name = options.get(_NAME)
        if isinstance(name, str) and _UCI_NAME.fullmatch(name):
            del options[_NAME]
        else:
            name = None
        parts.append(section_text("session", name, options))
    return "\n".join(parts)


def _pairs(node: Node) -> Iterator[tuple[str, Node]]:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if isinstance(key, ScalarNode):
                yield key.value, value


def _options(group: Group, pairs: Iterator[tuple[str, Node]] | list[tuple[str, Node]]) -> Options:
    names: dict[tuple[str, ...], str] = {}
    for name, option in options_of(group).items():
        names.setdefault(option.path, name)
    options: Options = {}
    for key, node in pairs:
        shape = group.keys[key]
        if isinstance(node, MappingNode) and isinstance(shape, Table):
            options[names[key,]] = [f"{name}={_text(value)}" for name, value in _pairs(node)]
        elif isinstance(node, MappingNode):
            for inner, value in _pairs(node):
                _add(options, names[key, inner], value)
        else:
            path = (key, shape.key) if isinstance(shape, ScalarOrGroup) else (key,)
            _add(options, names[path], node)
    return options


def _add(options: Options, name: str, node: Node) -> None:
    if isinstance(node, ScalarNode):
        if not is_null(node):
            options[name] = node.value
    else:
        options[name] = [_text(one) for one in node.value if isinstance(one, ScalarNode)]


def _text(node: Node) -> str:
    return node.value if isinstance(node, ScalarNode) else ""
