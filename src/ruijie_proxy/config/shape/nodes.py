"""What a configuration file is read into before it is known what its keys take: values with places.

YAML and UCI are both read into these nodes, so that one schema and one set of messages serve both.
"""

from __future__ import annotations

from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from ruijie_proxy.config.shape.problems import Problem
    from ruijie_proxy.notation import Notation


class Place(Frozen):
    """Where a value begins in its file."""

    line: int
    """Counted from 1."""
    column: int | None = None
    """In characters, counted from 1; None where lines are short enough to do without (UCI)."""


class ScalarNode(Frozen):
    """One value, as the text that it was written as."""

    value: str
    place: Place
    plain: bool = False
    """Whether it was written without quotes, where that makes a difference (YAML)."""
    folded: bool = False
    """Whether, without quotes, it goes on in the next line."""


class SequenceNode(Frozen):
    """A list."""

    value: list[Node]
    place: Place


class MappingNode(Frozen):
    """Keys and their values, in the file's order; a key can be there more than once."""

    value: list[tuple[Node, Node]]
    place: Place


if TYPE_CHECKING:
    Node: TypeAlias = ScalarNode | SequenceNode | MappingNode


class Document(Frozen):
    """What a file says."""

    root: Node
    notation: Notation
    problems: tuple[Problem, ...] = ()
    """What was found wrong while it was read into nodes; it stands in no node."""
    nothing_to_do: Problem | None = None
    """That the file switches off all that it describes, or describes nothing."""
