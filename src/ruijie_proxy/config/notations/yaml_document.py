"""From a YAML text to nodes, in which every part still knows its place.

Nodes and not values, for two reasons: each error can name its line, and YAML 1.1's guesses never
happen (``00:11:22:33:44:55`` would be a number to base 60, ``off`` a boolean).

Refused, because a configuration needs none of it and each has its traps: anchors and aliases (a few
lines of them can stand for gigabytes), tags, deep nesting, several documents, large files.
"""

from __future__ import annotations

from ruijie_proxy.config.notations import yaml_nodes as yaml
from ruijie_proxy.config.notations.yaml_nodes import (
    AliasEvent,
    Mark,
    MarkedYAMLError,
    NodeLoader,
    UnfitCharacter,
)
from ruijie_proxy.config.shape.look_alikes import look_alike_in_key
from ruijie_proxy.config.shape.nodes import Document, MappingNode, Place, ScalarNode, SequenceNode
from ruijie_proxy.config.shape.problems import ConfigurationProblems, Problem, refuse
from ruijie_proxy.i18n import N_, _
from ruijie_proxy.notation import YAML

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from ruijie_proxy.config.shape.nodes import Node

DEEPEST = 8
"""Levels of nesting; the schema has five."""

# What PyYAML says, and what the author of the file can do about it. First match counts.
_YAML_REMEDIES = (
    ("'\\t'", N_("indent with spaces, never with tabs")),
    ("found another document", N_('keep one document and remove the line "---"')),
    (
        "mapping values are not allowed",
        N_(
            "give each key a line of its own, in the same column as its neighbours, "
            'and quote a text that holds ": "'
        ),
    ),
    ("end of stream", N_("close the quote that was opened")),
    ("<stream end>", N_("close the bracket that was opened")),
    ("cannot start any token", N_("put quotes around the value")),
    ("expected <block end>", N_("bring the keys of one group into the same column")),
    ("expected '<document start>'", N_("bring the keys of one group into the same column")),
    ("expected ':'", N_('write "key: value", with a space after the colon')),
)
# What PyYAML says with a character or a word of the file in it, or with braces, which stand for
# something else in messages; and what is said instead.
_YAML_WORDS = (
    ("found character", N_("found a character that cannot start any token")),
    ("found unknown escape character", N_("found an unknown escape character")),
    ("tag handle", N_('tags ("!") are not taken')),
    ("codec", N_("found an unknown escape")),
    ("expected ','", N_("expected a comma or the closing bracket")),
)
_OTHER_YAML_REMEDY = N_("look at the indent, quotes and brackets there")


def parse_yaml(text: str, file: str) -> Document:
    """Return the nodes of a file's text; ``file`` is its name for messages.

    Raises ConfigurationProblems when it is no YAML of the kind we take.
    """
    try:
        loader = _PlainLoader(text)
    except UnfitCharacter as error:
        wrong = _("character {number:#x} has no place in a text file", number=ord(error.character))
        remedy = _("remove it, or write the file anew as text")
        refuse(file, wrong, remedy, text[: error.position])
    try:
        root = loader.get_single_node()
    except MarkedYAMLError as error:
        if not isinstance(error, _RefusedError):
            _refuse_look_alikes(file, text, _place_of(error))
        _refuse_yaml(file, error)
    except (ValueError, OverflowError):
        # PyYAML converts some numbers unchecked, such as the character code in "\UFFFFFFFF".
        mark = loader.get_mark()
        refuse(file, _("not valid YAML"), _(_OTHER_YAML_REMEDY), text[: mark.index])
    if root is None:
        refuse(file, _("is empty"), _("write at least {example}", example=YAML.shortest))
    if isinstance(root, yaml.ScalarNode):
        _refuse_look_alikes(file, text, None)  # colons that are none: all of it is one value
    return Document(_node(root), YAML)


def _node(node: yaml.Node) -> Node:
    """Return a node of ours for one of PyYAML's, with all that is in it."""
    mark = node.start_mark
    place = Place(mark.line + 1, mark.column + 1)
    if isinstance(node, yaml.SequenceNode):
        return SequenceNode([_node(item) for item in node.value], place)
    if isinstance(node, yaml.MappingNode):
        return MappingNode([(_node(key), _node(value)) for key, value in node.value], place)
    plain = isinstance(node, yaml.ScalarNode) and node.style is None
    return ScalarNode(node.value, place, plain, plain and mark.line != node.end_mark.line)


class _RefusedError(MarkedYAMLError):
    """Valid YAML of a kind we do not take."""

    def __init__(self, wrong: str, remedy: str, mark: Mark | None) -> None:
        super().__init__(problem=wrong, problem_mark=mark)
        self.remedy = remedy


class _PlainLoader(NodeLoader):
    """PyYAML's loader in pure Python without tags, anchors, aliases and deep nesting."""

    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, AliasEvent) or event.anchor is not None:
            raise _RefusedError(
                _('anchors ("&") and aliases ("*") are not taken'),
                _("write the value out, or quote a text that begins so"),
                event.start_mark,
            )
        if event.tag is not None:
            raise _RefusedError(
                _('tags ("!") are not taken'),
                _("write the value alone, or quote a text that begins so"),
                event.start_mark,
            )
        if self._depth == DEEPEST:
            raise _RefusedError(
                _("nested deeper than {most} levels", most=DEEPEST),
                _("no setting needs that; look for a stray bracket"),
                event.start_mark,
            )
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


def _refuse_yaml(file: str, error: MarkedYAMLError) -> NoReturn:
    said = error.problem or N_("cannot be understood")
    mark = _place_of(error)
    if isinstance(error, _RefusedError):
        wrong, remedy = said, error.remedy
    else:
        fitting = [remedy for part, remedy in _YAML_REMEDIES if part in said]
        wrong = _("not valid YAML: {said}", said=_(_without_words_of_the_file(said)))
        remedy = _([*fitting, _OTHER_YAML_REMEDY][0])
    line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
    # Not from the error: it shows a piece of the file.
    raise ConfigurationProblems([Problem(file, line, column, "", wrong, remedy)]) from None


def _place_of(error: MarkedYAMLError) -> Mark | None:
    """Return where to look: what was never closed, where it was opened, not where the file ends."""
    said = error.problem or ""
    opened = error.context_mark if "end of stream" in said or "<stream end>" in said else None
    return opened or error.problem_mark


def _refuse_look_alikes(file: str, text: str, mark: Mark | None) -> None:
    """Raise ConfigurationProblems where a slip of the input method is what makes a file no YAML.

    It is looked for where YAML's own signs stand: in front of each value, and all over the line
    that could not be understood, at ``mark``.
    """
    problems = []
    for number, line in enumerate(text.split("\n")):
        signs = _outside_quotes(line)
        if mark is None or number != mark.line:
            signs = signs.partition(": ")[0]
        found = look_alike_in_key(signs)
        if found is not None:
            problems.append(Problem(file, number + 1, None, "", found.wrong, found.remedy))
    if problems:
        raise ConfigurationProblems(problems) from None


def _outside_quotes(line: str) -> str:
    """Return a line without comment and without what stands in quotes."""
    outside = ""
    at = 0
    while at < len(line):
        char = line[at]
        end = line.find(char, at + 1) if char in "\"'" else -1
        if end >= 0:
            at = end
        elif char == "#" and (not outside or outside[-1] in " \t"):
            break
        else:
            outside += char
        at += 1
    return outside


def _without_words_of_the_file(said: str) -> str:
    for part, words in _YAML_WORDS:
        if part in said:
            return words
    return said.removeprefix("but ").split(", but ")[0]
