"""From an OpenWrt configuration to the nodes that YAML gives, so that one schema reads both.

``config globals`` holds the keys at the top, each ``config session`` those of a session. A key
within a group is written with the group's name in front, ``heartbeat_interval``. What only UCI has:
``option enabled '0'``, which leaves a session out; ``option language 'zh'`` in ``globals``, which
the service's script takes for the log; and the session's name, which is the section's where no
option gives one.
"""

from __future__ import annotations

from ruijie_proxy.config.notations.uci_syntax import parse_sections
from ruijie_proxy.config.shape import parsers
from ruijie_proxy.config.shape.nodes import Document, MappingNode, Place, ScalarNode, SequenceNode
from ruijie_proxy.config.shape.problems import Problem, Unfit, nearest
from ruijie_proxy.config.shape.schema import CONFIGURATION, SESSION
from ruijie_proxy.config.shape.shapes import Group, Scalar, ScalarOrGroup, ScalarOrList, Table
from ruijie_proxy.i18n import _, listed
from ruijie_proxy.messages import LANGUAGES
from ruijie_proxy.notation import Uci, option_name, quoted
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import TypeVar

    from ruijie_proxy.config.notations.uci_syntax import UciOption, UciSection
    from ruijie_proxy.config.shape.nodes import Node
    from ruijie_proxy.config.shape.shapes import Shape

    T = TypeVar("T")

PACKAGE = "ruijie-proxy"
ENABLED = "enabled"
LANGUAGE = "language"
_GLOBALS, _SESSION = _SECTIONS = ("globals", "session")
_OF_UCI_ALONE = {_GLOBALS: LANGUAGE, _SESSION: ENABLED}
"""What is no key in YAML, by the section that it is an option of."""
_SESSIONS = "sessions"
_BOOLEANS = {"1": "true", "enabled": "true", "0": "false", "disabled": "false"}
"""What OpenWrt's scripts take for true or false (config_get_bool in /lib/functions.sh), besides the
words that YAML has, too."""
SWITCHED_OFF = (*parsers.FALSE, *(word for word in _BOOLEANS if _BOOLEANS[word] in parsers.FALSE))
"""All that is taken for false."""


class KnownOption(Frozen):
    """What an option's name stands for."""

    path: tuple[str, ...]
    """The key, below that of its group if it is in one."""
    shape: Shape


def parse_uci(text: str, file: str) -> Document:
    """Return the nodes of a file's text; ``file`` is its name for messages.

    Raises ConfigurationProblems when it is no UCI.
    """
    return _DocumentBuilder(file).build(parse_sections(text, file))


def options_of(group: Group) -> dict[str, KnownOption]:
    """Return what each option of a section can be called, and what it stands for."""
    return dict(_options(group))


def _options(group: Group) -> Iterator[tuple[str, KnownOption]]:
    for key, shape in group.keys.items():
        if key == _SESSIONS:
            continue
        below = shape.group if isinstance(shape, ScalarOrGroup) else shape
        if not isinstance(below, Group):
            yield key, KnownOption((key,), shape)
            continue
        if isinstance(shape, ScalarOrGroup):
            yield key, KnownOption((key, shape.key), below.keys[shape.key])
        for name, inner in below.keys.items():
            yield option_name(f"{key}.{name}"), KnownOption((key, name), inner)


class UciNotation(Uci):
    """The way of UCI with the names that a file gives to its sections and options."""

    unused_on_purpose = ("lan",)
    """LuCI's page hides it while the router logs in by itself."""

    def __init__(self) -> None:
        self._sections: dict[str, str] = {}
        self._written: dict[tuple[str, str], str] = {}

    def add_section(self, path: str, name: str) -> None:
        """Take note of what the section of a path is called."""
        self._sections[path] = name

    def add_option(self, path: str, name: str) -> None:
        """Take note of what the option of a path is called."""
        self._written[_of_a_session(path)] = name

    def name(self, path: str) -> str:
        """Return the package, the section and the option, as ``uci`` takes them."""
        session, key = _of_a_session(path)
        section = f"{PACKAGE}.{self._sections.get(session, _GLOBALS)}"
        return f"{section}.{self._option(session, key)}" if key else section

    def items(self, path: str, words: Sequence[str]) -> str:
        """Return the lines of a list, one behind the other."""
        name = self._option(*_of_a_session(path))
        return ", ".join(f"list {name} {quoted(word)}" for word in words)

    def _option(self, session: str, key: str) -> str:
        """Return an option's name; what is within its value is no part of it."""
        key = key.partition("[")[0]
        if key.startswith("properties."):
            key = "properties"
        return self._written.get((session, key), option_name(key))


def _of_a_session(path: str) -> tuple[str, str]:
    """Return the path of the session that a path is of, or nothing, and the key from there."""
    session, _dot, key = path.partition(".")
    return (session, key) if session.startswith(f"{_SESSIONS}[") else ("", path)


class _DocumentBuilder:
    def __init__(self, file: str) -> None:
        self._file = file
        self._notation = UciNotation()
        self._problems: list[Problem] = []

    def build(self, sections: list[UciSection]) -> Document:
        top: list[tuple[Node, Node]] = []
        sessions: list[Node] = []
        for section, label in self._known_sections(sections):
            if section.type == _GLOBALS:
                self._notation.add_section("", label)
                self._check_language(section, label)
                top = self._pairs(section, "", options_of(CONFIGURATION))
            elif self._is_enabled(section, label):
                sessions.append(self._session(section, label, f"{_SESSIONS}[{len(sessions)}]"))
        place = Place(1)
        nothing_to_do = None
        if sessions:
            top.append((ScalarNode(_SESSIONS, place), SequenceNode(sessions, place)))
        else:
            nothing_to_do = self._nothing_to_do(sections)
        root = MappingNode(top, place)
        return Document(root, self._notation, tuple(self._problems), nothing_to_do)

    def _known_sections(self, sections: list[UciSection]) -> Iterator[tuple[UciSection, str]]:
        """Return the sections that can be read, with what each is called; note the others."""
        lines: dict[str, int] = {}
        counts: dict[str, int] = {}
        for section in sections:
            number = counts[section.type] = counts.get(section.type, -1) + 1
            label = section.name or f"@{section.type}[{number}]"
            if section.type not in _SECTIONS:
                self._note(section.line, PACKAGE, _("unknown section"), _section_remedy(section))
                continue
            # There can be any number of sessions, and one section with what is for all. A name is
            # one section's, whatever its type: uci refuses the file otherwise.
            marks = (label, f"@{_GLOBALS}") if section.type == _GLOBALS else (label,)
            first = min([lines.setdefault(mark, section.line) for mark in marks])
            if first != section.line:
                self._note_twice(section.line, f"{PACKAGE}.{label}", first)
            else:
                yield section, label

    def _is_enabled(self, section: UciSection, label: str) -> bool:
        said = self._of_uci_alone(
            section, label, lambda value: parsers.boolean(_boolean_word(value)), _("use 0 or 1")
        )
        return said is not False

    def _check_language(self, section: UciSection, label: str) -> None:
        self._of_uci_alone(
            section, label, lambda value: parsers.choice(value, LANGUAGES), _("use en or zh")
        )

    def _of_uci_alone(
        self, section: UciSection, label: str, parse: Callable[[str], T], remedy: str
    ) -> T | None:
        """Return what the section's option says that is no key; None: nothing that can be read."""
        name = _OF_UCI_ALONE[section.type]
        for option in section.options:
            if option.name == name and option.value:
                try:
                    return parse(option.value)
                except Unfit as unfit:
                    self._note(option.line, f"{PACKAGE}.{label}.{name}", unfit.wrong, remedy)
        return None

    def _session(self, section: UciSection, label: str, path: str) -> MappingNode:
        self._notation.add_section(path, label)
        pairs = self._pairs(section, path, options_of(SESSION))
        place = Place(section.line)
        named = any(option.name == "name" and option.value for option in section.options)
        if section.name is not None and not named:
            pairs.append((ScalarNode("name", place), ScalarNode(section.name, place)))
        return MappingNode(pairs, place)

    def _pairs(
        self, section: UciSection, path: str, known: dict[str, KnownOption]
    ) -> list[tuple[Node, Node]]:
        """Return the keys of a section, those of a group in one mapping."""
        groups: dict[str, MappingNode] = {}
        pairs: list[tuple[Node, Node]] = []
        for option, values in self._known_options(section, path, known):
            *group, key = option.path
            node = self._node(option.shape, values, self._notation.name(_join(path, option.path)))
            beside = pairs
            if group:
                name = group[0]
                if name not in groups:
                    groups[name] = MappingNode([], node.place)
                    pairs.append((ScalarNode(name, node.place), groups[name]))
                beside = groups[name].value
            beside.append((ScalarNode(key, node.place), node))
        return pairs

    def _known_options(
        self, section: UciSection, path: str, known: dict[str, KnownOption]
    ) -> Iterator[tuple[KnownOption, list[UciOption]]]:
        """Return what can be read of a section, a list's items together; note the rest."""
        given: dict[tuple[str, ...], list[UciOption]] = {}
        of_uci_alone = _OF_UCI_ALONE[section.type]
        for option in section.options:
            if option.name == of_uci_alone:
                continue
            if option.name not in known:
                remedy = _option_remedy(option, [*known, of_uci_alone])
                name = self._notation.name(path)
                self._note(option.line, name, _("unknown option"), remedy)
                continue
            if not option.value and not option.is_item:
                continue  # so uci deletes an option
            key = known[option.name].path
            values = given.setdefault(key, [])
            if values and not (option.is_item and values[0].is_item):
                self._note_twice(option.line, self._notation.name(_join(path, key)), values[0].line)
                continue
            if not values:
                self._notation.add_option(_join(path, key), option.name)
            values.append(option)
        for values in given.values():
            yield known[values[0].name], values

    def _node(self, shape: Shape, values: list[UciOption], name: str) -> Node:
        place = Place(values[0].line)
        if isinstance(shape, Table):
            return MappingNode(list(self._table(values, name)), place)
        if isinstance(shape, Scalar) and shape.parse in (parsers.boolean, parsers.on_or_off):
            return ScalarNode(_boolean_word(values[0].value), place)
        scalars: list[Node] = [ScalarNode(one.value, Place(one.line)) for one in values]
        is_list = values[0].is_item
        if isinstance(shape, ScalarOrList) and len(values) == 1:
            is_list = not _is_single_value(shape, values[0].value)
        return SequenceNode(scalars, place) if is_list else scalars[0]

    def _table(self, values: list[UciOption], name: str) -> Iterator[tuple[Node, Node]]:
        for one in values:
            key, equals, value = one.value.partition("=")
            place = Place(one.line)
            if equals:
                yield ScalarNode(key.strip(), place), ScalarNode(value.strip(), place)
            else:
                remedy = _(
                    "use a type, = and what it is to hold, such as {example}", example="0x62=hex:00"
                )
                self._note(one.line, name, _("has no = in it"), remedy)

    def _nothing_to_do(self, sections: list[UciSection]) -> Problem:
        if any(section.type == _SESSION for section in sections):
            wrong = _("every session is switched off")
            remedy = _("write option enabled '1' in the section of a session")
        else:
            wrong = _("describes no session")
            remedy = _("write at least {example}", example=self._notation.shortest)
        return Problem(self._file, None, None, "", wrong, remedy)

    def _note_twice(self, line: int, name: str, first: int) -> None:
        wrong = _("is given twice, first in line {line}", line=first)
        self._note(line, name, wrong, _("keep one of the two"))

    def _note(self, line: int, name: str, wrong: str, remedy: str) -> None:
        self._problems.append(Problem(self._file, line, None, name, wrong, remedy))


def _boolean_word(value: str) -> str:
    """Return YAML's word for what only UCI takes for true or false."""
    return _BOOLEANS.get(value, value)


def _is_single_value(shape: ScalarOrList, value: str) -> bool:
    """Whether what is given once is the value that can stand in place of a list, or meant so."""
    try:
        shape.scalar.parse(value)
    except Unfit as unfit:
        return unfit.remedy is not None  # it is a word misspelt
    return True


def _join(path: str, keys: Sequence[str]) -> str:
    return ".".join([path, *keys] if path else keys)


def _section_remedy(section: UciSection) -> str:
    meant = nearest(section.type, _SECTIONS)
    if meant:
        return _('did you mean "{meant}"?', meant=meant)
    return _("the sections here are {names}", names=listed(_SECTIONS))


def _option_remedy(option: UciOption, known: Iterable[str]) -> str:
    meant = nearest(option.name, known)
    if meant:
        return _('did you mean "{meant}"?', meant=meant)
    return _("the options here are {names}", names=listed(known))
