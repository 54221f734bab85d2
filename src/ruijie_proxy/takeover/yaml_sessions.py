"""Putting a session into a configuration in YAML, of which every other line stays as it is."""

from __future__ import annotations

from ruijie_proxy.config.notations import yaml_nodes as yaml
from ruijie_proxy.config.notations.yaml_document import parse_yaml
from ruijie_proxy.config.shape.model import name_of_port
from ruijie_proxy.takeover.sections import Merged, keys_of, yaml_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.takeover.draft import Options

Keys = dict[str, yaml.Node]
_SESSIONS = "sessions"
_NAME = "name"


class NotWrittenInLines(Exception):
    """The sessions of a configuration are written within brackets, where no line is one's own."""


def merge_into_yaml(text: str, file: str, options: Options) -> Merged:
    """Put a session into a configuration: in place of the one with the same name or WAN port, or
    behind all.

    ``file`` is the configuration's name for messages. Raises ConfigurationProblems when the text is
    no YAML, and NotWrittenInLines.
    """
    lines = text.split("\n")
    is_empty = all(line.lstrip().startswith("#") or not line.strip() for line in lines)
    if not is_empty:
        parse_yaml(text, file)
    sessions = None if is_empty else _sessions_in(text)
    if sessions is None:
        # Where something else is there, and no session, its end is as good a place as any.
        head = [] if not text.strip() else text.rstrip("\n").split("\n")
        return Merged("\n".join([*head, "sessions:", *yaml_lines(options, "  "), ""]), None, ())
    if sessions.flow_style or not sessions.value:
        raise NotWrittenInLines
    held = [_keys_in(node) for node in sessions.value]
    wan = str(options["wan"])
    name = str(options.get(_NAME, name_of_port(wan)))
    same = [
        index for index, keys in enumerate(held) if _of(keys, "wan") == wan or _name(keys) == name
    ]
    others = tuple(_of(keys, "wan") for index, keys in enumerate(held) if index not in same)
    indent = " " * (_column_of_dash(lines, sessions.value[0]))
    if not same:
        end = _last_line(sessions.value[-1]) + 1
        return Merged(_join(lines[:end], yaml_lines(options, indent), lines[end:]), None, others)
    replaced = held[same[0]]
    kept = {_NAME: _of(replaced, _NAME)} if _of(replaced, _NAME) else {}
    new = yaml_lines({**kept, **options}, indent)
    for index in reversed(same):
        node = sessions.value[index]
        begin, end = node.start_mark.line, _last_line(node) + 1
        lines[begin:end] = new if index == same[0] else []
    lost = tuple(key for key in replaced if key not in keys_of({**kept, **options}))
    return Merged("\n".join(lines), _name(replaced), others, lost)


def _sessions_in(text: str) -> yaml.SequenceNode | None:
    root = yaml.NodeLoader(text).get_single_node()
    if not isinstance(root, yaml.MappingNode):
        return None
    node = _keys_in(root).get(_SESSIONS)
    return node if isinstance(node, yaml.SequenceNode) else None


def _keys_in(node: yaml.Node) -> Keys:
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {str(key.value): value for key, value in node.value}


def _of(keys: Keys, name: str) -> str:
    node = keys.get(name)
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def _name(keys: Keys) -> str:
    return _of(keys, _NAME) or name_of_port(_of(keys, "wan"))


def _column_of_dash(lines: list[str], node: yaml.Node) -> int:
    """Return the column of the dash before a session."""
    line = lines[node.start_mark.line]
    return len(line) - len(line.lstrip(" "))


def _last_line(node: yaml.Node) -> int:
    """Return the line that a node ends in; the marks of groups lie behind what follows them."""
    if isinstance(node, yaml.MappingNode) and node.value and not node.flow_style:
        return _last_line(node.value[-1][1])
    if isinstance(node, yaml.SequenceNode) and node.value and not node.flow_style:
        return _last_line(node.value[-1])
    end = node.end_mark
    return end.line if end.column else max(node.start_mark.line, end.line - 1)


def _join(before: list[str], new: list[str], after: list[str]) -> str:
    text = "\n".join([*before, *new, *after])
    return text if text.endswith("\n") else text + "\n"
