"""Shapes a part of the configuration can have: a value, a list, a group of keys.

A shape reads nodes into plain values (None, bool, int, float, str, list, dict). A value that
does not fit raises Unfit; a list or a group notes that in the :class:`Report` and reads on, so that
one run finds every error.
"""

from __future__ import annotations

from ruijie_proxy.config.shape.look_alikes import look_alike, look_alike_in_key
from ruijie_proxy.config.shape.nodes import MappingNode, ScalarNode, SequenceNode
from ruijie_proxy.config.shape.problems import Problem, Unfit, nearest
from ruijie_proxy.i18n import _, listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from typing import Any

    from ruijie_proxy.config.shape.look_alikes import Slip
    from ruijie_proxy.config.shape.nodes import Node
    from ruijie_proxy.notation import Notation

_PLAIN_NULLS = ("", "~", "null", "Null", "NULL")


class Report:
    """Collects what is wrong with one file, and remembers the place of every key read."""

    def __init__(self, file: str, notation: Notation) -> None:
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.notation = notation
        """How messages write keys and values."""
        self.useless: list[str] = []
        """Paths of keys that have no use beside the others; nobody is to act on them."""
        self._file = file
        self._places: dict[str, Node] = {}

    def remember(self, key: str, node: Node) -> None:
        """Remember where the value of a key stands, for :meth:`at_key`."""
        self._places[key] = node

    def knows(self, key: str) -> bool:
        """Whether the file gives a value to a key."""
        return key in self._places

    def at(self, node: Node, key: str, wrong: str, remedy: str) -> None:
        """Note a problem at a node."""
        self.problems.append(self._problem(node, key, wrong, remedy))

    def at_key(self, key: str, wrong: str, remedy: str) -> None:
        """Note a problem at a key's value; at the group of keys if the file does not give it."""
        self.at(self._place_of(key), key, wrong, remedy)

    def warn_at(self, node: Node, key: str, wrong: str, remedy: str) -> None:
        """Note, at a node, what can be used and had better be otherwise."""
        self.warnings.append(self._problem(node, key, wrong, remedy))

    def warn_at_key(self, key: str, wrong: str, remedy: str) -> None:
        """Note the same at the value of a key."""
        self.warn_at(self._place_of(key), key, wrong, remedy)

    def useless_at_key(self, key: str, wrong: str, remedy: str, written: str | None = None) -> None:
        """Note what has no use beside the other keys.

        In a file it may stand, for a day when it has one; where each value was given for this once,
        it is a mistake. ``written`` is the key that it is told at, if that is another. What stands
        in no file, since it came with the campus, is nothing to tell anybody of.
        """
        self.useless.append(key)
        if not self.knows(written or key):
            return
        note = self.warn_at_key if self.notation.is_kept else self.at_key
        note(written or key, wrong, remedy)

    def _place_of(self, key: str) -> Node:
        place = self._places.get(key)
        return self._places[key.rpartition(".")[0]] if place is None else place

    def _problem(self, node: Node, key: str, wrong: str, remedy: str) -> Problem:
        name = self.notation.name(key)
        return Problem(self._file, node.place.line, node.place.column, name, wrong, remedy)


class Shape:
    """What a part of the configuration has to look like."""

    expected: str

    def described(self, key: str, notation: Notation) -> str:  # noqa: ARG002 - lists need them
        """Return what fits at a path, as it follows "use …" in a message."""
        return self.expected

    def remedy(self, key: str, notation: Notation) -> str:
        """Return what to do about a value that does not fit at a path."""
        return _("use {expected}", expected=self.described(key, notation))

    def read(self, node: Node, key: str, report: Report) -> Any:
        """Return the plain value of a node; ``key`` is its path. Raises Unfit."""
        raise NotImplementedError


class Scalar(Shape):
    """One value, read from its text; quoted or not makes no difference."""

    def __init__(
        self,
        expected: str,
        parse: Callable[[str], Any],
        doubt: Callable[[str], Slip | None] | None = None,
    ) -> None:
        """``parse`` turns the text into a plain value or raises Unfit; ``doubt`` returns what a
        text that can be used is warned of.
        """
        self.expected = expected
        self.parse = parse
        self._doubt = doubt

    def read(self, node: Node, key: str, report: Report) -> Any:
        if not isinstance(node, ScalarNode):
            raise Unfit(_("is {kind}, not a single value", kind=_kind(node)))
        if is_null(node):
            raise Unfit(_("has no value"))
        if node.folded:
            # YAML's way to take "username: me" and a "password:secret" below it for one value.
            remedy = _("write it in one line, or put quotes around it")
            raise Unfit(_("goes on in the next line"), remedy)
        try:
            value = self.parse(node.value)
        except Unfit as unfit:
            slip = look_alike(node.value)
            raise slip.unfit() if slip else unfit from None
        doubted = self._doubt(node.value) if self._doubt else None
        if doubted is not None:
            report.warn_at(node, key, doubted.wrong, doubted.remedy)
        return value


class List(Shape):
    """A list of at least one item, all of one shape."""

    def __init__(
        self,
        item: Shape,
        expected: str,
        most: int | None = None,
        example: Sequence[str] = (),
    ) -> None:
        """``most``: how many items it can have. ``expected`` is a marked message, and can have a
        place for ``{most}`` and for the ``{example}``, which the file's notation writes.
        """
        self.item = item
        self.expected = expected
        self._most = most
        self._example = example

    def described(self, key: str, notation: Notation) -> str:
        """Return what fits."""
        example = notation.items(key, self._example)
        return _(self.expected, most=self._most, example=example)

    def read(self, node: Node, key: str, report: Report) -> list[Any]:
        """Read it; an item that does not fit is None, so that the others keep their index."""
        if not isinstance(node, SequenceNode):
            raise _slip_in(node) or Unfit(_("is {kind}, not a list", kind=_kind(node)))
        if not node.value:
            raise Unfit(_("the list is empty"))
        if self._most is not None and len(node.value) > self._most:
            raise Unfit(_("the list has more than {most} items", most=self._most))
        items = []
        for index, child in enumerate(node.value):
            items.append(_read_part(self.item, child, f"{key}[{index}]", report))
        return items


class ScalarOrList(Shape):
    """One value or a list, as the file has it."""

    def __init__(self, scalar: Scalar, several: List) -> None:
        self.scalar = scalar
        self.several = several

    def described(self, key: str, notation: Notation) -> str:
        """Return what fits."""
        other = self.several.described(key, notation)
        return _("{one}, or {other}", one=self.scalar.expected, other=other)

    def read(self, node: Node, key: str, report: Report) -> Any:
        shape = self.several if isinstance(node, SequenceNode) else self.scalar
        return shape.read(node, key, report)


class Group(Shape):
    """Keys with their values. Keys left out stay left out: their defaults are the model's."""

    def __init__(
        self,
        keys: Mapping[str, Shape],
        expected: str,
        required: Collection[str] = (),
    ) -> None:
        self.keys = keys
        self.expected = expected
        self._required = required

    def read(self, node: Node, key: str, report: Report) -> dict[str, Any]:
        """Read it; keys whose values do not fit are left out."""
        if isinstance(node, MappingNode):
            pairs = node.value
        elif is_null(node):
            pairs = []  # "heartbeat:" with every key below it commented out
        else:
            wrong = _("is {kind}, not a group of keys", kind=_kind(node))
            raise _slip_in(node) or Unfit(wrong, _missing_space(node))
        named = self._known_keys(pairs, key, report)
        values = {}
        for name, child in named.items():
            path = _join(key, name)
            value = _read_part(self.keys[name], child, path, report, unread=_UNREAD)
            if value is not _UNREAD:
                values[name] = value
        # A required key that the input method has changed was noted: that is one mistake, not two.
        is_slip = any(_slip_in(name_node) for name_node, _child in pairs)
        for name in self._required:
            if name not in named and not is_slip:
                path = _join(key, name)
                expected = self.keys[name].described(path, report.notation)
                report.at(node, path, _("is missing"), _("add {expected}", expected=expected))
        return values

    def _known_keys(
        self, pairs: list[tuple[Node, Node]], key: str, report: Report
    ) -> dict[str, Node]:
        """Sort out the keys that can be read; note the others."""
        lines: dict[str, int] = {}
        named = {}
        for name_node, child in pairs:
            if not isinstance(name_node, ScalarNode):
                remedy = self.remedy(key, report.notation)
                report.at(name_node, key, _("a key must be a word"), remedy)
                continue
            name = name_node.value
            slip = look_alike_in_key(name)
            if slip is not None:
                report.at(name_node, key, slip.wrong, slip.remedy)
            elif name not in self.keys:
                report.at(name_node, key, _("unknown key"), self._key_remedy(name_node))
            elif name in named:
                wrong = _("is given twice, first in line {line}", line=lines[name])
                report.at(name_node, _join(key, name), wrong, _("keep one of the two"))
            else:
                named[name] = child
                lines[name] = name_node.place.line
        return named

    def _key_remedy(self, node: ScalarNode) -> str:
        missing = _missing_space(node)
        if missing:
            return missing
        for name, shape in self.keys.items():
            item = shape.item if isinstance(shape, List) else None
            if isinstance(item, Group) and node.value in item.keys:
                return _(
                    'it belongs to one of the {name}; write it below the "- " of that one, in '
                    "the same column as its other keys",
                    name=name,
                )
        meant = nearest(node.value, self.keys)
        if meant:
            return _('did you mean "{meant}"?', meant=meant)
        return _("the keys here are {keys}", keys=listed(self.keys))


class ScalarOrGroup(Shape):
    """One value, which stands for a group with nothing but that, or the whole group."""

    def __init__(self, key: str, group: Group) -> None:
        """``key`` names the value of the group that can stand alone; it must be a Scalar's."""
        alone = group.keys[key]
        assert isinstance(alone, Scalar)  # noqa: S101 - a mistake in the schema
        self.group = group
        self.key = key
        self._alone = alone
        self.expected = _("{one}, or {other}", one=alone.expected, other=group.expected)

    def read(self, node: Node, key: str, report: Report) -> dict[str, Any]:
        """Read the one or the other into the group's values."""
        if not isinstance(node, ScalarNode) or is_null(node):
            return self.group.read(node, key, report)
        try:
            return {self.key: self._alone.read(node, key, report)}
        except Unfit as unfit:
            remedy = _missing_space(node) or unfit.remedy or self.remedy(key, report.notation)
            raise Unfit(unfit.wrong, remedy) from None


class Table(Shape):
    """Keys that are values, too; each may stand there once."""

    def __init__(self, name: Scalar, write_name: Callable[[Any], str], value: Scalar) -> None:
        """``write_name`` writes the plain value of a key into the paths of messages."""
        self.expected = _(
            "{names} below it, each with {values}", names=name.expected, values=value.expected
        )
        self._name = name
        self._write_name = write_name
        self._value = value

    def read(self, node: Node, key: str, report: Report) -> list[list[Any]]:
        """Read it into pairs; those that do not fit are left out."""
        if is_null(node):
            return []
        if not isinstance(node, MappingNode):
            wrong = _("is {kind}, not a group of keys", kind=_kind(node))
            raise _slip_in(node) or Unfit(wrong, _missing_space(node))
        values: dict[Any, Any] = {}
        for name_node, child in node.value:
            try:
                name = self._name.read(name_node, key, report)
            except Unfit as unfit:
                report.at(name_node, key, unfit.wrong, self._name.remedy(key, report.notation))
                continue
            path = _join(key, self._write_name(name))
            if name in values:
                report.at(name_node, path, _("is given twice"), _("keep one of the two"))
            else:
                values[name] = _read_part(self._value, child, path, report, unread=_UNREAD)
        return [[name, value] for name, value in values.items() if value is not _UNREAD]


def is_null(node: Node) -> bool:
    """Whether a node is YAML's null: nothing at all, or ``~`` or ``null`` without quotes."""
    return isinstance(node, ScalarNode) and node.plain and node.value in _PLAIN_NULLS


_UNREAD = object()


def _read_part(
    shape: Shape, node: Node, key: str, report: Report, unread: object | None = None
) -> Any:
    report.remember(key, node)
    try:
        return shape.read(node, key, report)
    except Unfit as unfit:
        report.at(node, key, unfit.wrong, unfit.remedy or shape.remedy(key, report.notation))
        return unread


def _slip_in(node: Node) -> Unfit | None:
    """What is wrong with ``wan：eth1``, of whose colon YAML knows nothing."""
    slip = look_alike_in_key(node.value) if isinstance(node, ScalarNode) else None
    return slip.unfit() if slip else None


def _missing_space(node: Node) -> str | None:
    """The remedy for ``wan:eth1``, which YAML takes for one value."""
    joined = isinstance(node, ScalarNode) and ":" in node.value
    return _('write "key: value", with a space after the colon') if joined else None


def _join(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name


def _kind(node: Node) -> str:
    if isinstance(node, SequenceNode):
        return _("a list")
    if isinstance(node, MappingNode):
        return _("a group of keys")
    return _("empty") if is_null(node) else _("a single value")
