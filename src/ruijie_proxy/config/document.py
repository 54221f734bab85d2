"""From a file to YAML's node tree, in which every part still knows its place.

Nodes and not values, for two reasons: each error can name its line, and YAML 1.1's guesses never
happen (``00:11:22:33:44:55`` would be a number to base 60, ``off`` a boolean).

Refused, because a configuration needs none of it and each has its traps: anchors and aliases (a few
lines of them can stand for gigabytes), tags, deep nesting, several documents, large files.
"""

from __future__ import annotations

from ruijie_proxy.config.problems import ConfigurationProblems, Problem
from ruijie_proxy.config.yaml_nodes import (
    AliasEvent,
    Mark,
    MarkedYAMLError,
    Node,
    NodeLoader,
    ReaderError,
)
from ruijie_proxy.i18n import N_, _, reason_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

LARGEST_FILE = 64 * 1024
"""Bytes. A session takes some hundred; PyYAML needs seconds for a megabyte."""
DEEPEST = 8
"""Levels of nesting; the schema has five."""
_SHORTEST = '"sessions: [{wan: eth1, lan: br-lan}]"'

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


def read_document(path: str) -> Node:
    """Read a file and return the root of its node tree.

    Raises ConfigurationProblems when the file cannot be read or is no YAML of the kind we take.
    """
    return parse_document(_read(path), path)


def parse_document(data: bytes, file: str) -> Node:
    """Return the root of the node tree of a file's content; ``file`` is its name for messages.

    Raises ConfigurationProblems when it is no YAML of the kind we take.
    """
    if len(data) > LARGEST_FILE:
        _refuse_file(
            file,
            _("has more than {size} KiB", size=LARGEST_FILE // 1024),
            _("name the configuration, which is much shorter"),
        )
    text = _decode(data, file)
    try:
        loader = _PlainLoader(text)
    except ReaderError as error:
        wrong = _("character {number:#x} has no place in a text file", number=error.character)
        remedy = _("remove it, or write the file anew as text")
        _refuse(file, text[: error.position], wrong, remedy)
    try:
        root = loader.get_single_node()
    except MarkedYAMLError as error:
        _refuse_yaml(file, error)
    except (ValueError, OverflowError):
        # PyYAML converts some numbers unchecked, such as the character code in "\UFFFFFFFF".
        mark = loader.get_mark()
        _refuse(file, text[: mark.index], _("not valid YAML"), _(_OTHER_YAML_REMEDY))
    if root is None:
        _refuse_file(file, _("is empty"), _("write at least {example}", example=_SHORTEST))
    return root


class _RefusedError(MarkedYAMLError):
    """Valid YAML of a kind we do not take."""

    def __init__(self, wrong: str, remedy: str, mark: Mark | None) -> None:
        super().__init__(problem=wrong, problem_mark=mark)
        self.remedy = remedy


class _PlainLoader(NodeLoader):
    """PyYAML's loader in pure Python without tags, anchors, aliases and deep nesting."""

    _depth = 0

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
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


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        _refuse_file(
            path,
            _("there is no such file"),
            _("write one, at least {example}, or name another with -c", example=_SHORTEST),
        )
    except PermissionError:
        remedy = _("run as root, or change its permissions")
        _refuse_file(path, _("this user may not read it"), remedy)
    except IsADirectoryError:
        _refuse_file(path, _("is a directory"), _("name the file in it"))
    except OSError as error:
        wrong = _("cannot be read: {reason}", reason=reason_of(error))
        _refuse_file(path, wrong, _("name another file with -c"))


def _decode(data: bytes, file: str) -> str:
    if b"\0" in data:
        remedy = _("name the configuration, saved as UTF-8 text")
        _refuse_file(file, _("is not a text file"), remedy)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(errors="replace")
        remedy = _("save the file as UTF-8 (not as GBK or UTF-16)")
        _refuse(file, before, _("is not UTF-8 text here"), remedy)


def _refuse_yaml(file: str, error: MarkedYAMLError) -> NoReturn:
    said = error.problem or N_("cannot be understood")
    # What was never closed is of interest where it was opened, not where the file ends.
    opened = error.context_mark if "end of stream" in said or "<stream end>" in said else None
    mark = opened or error.problem_mark
    if isinstance(error, _RefusedError):
        wrong, remedy = said, error.remedy
    else:
        fitting = [remedy for part, remedy in _YAML_REMEDIES if part in said]
        wrong = _("not valid YAML: {said}", said=_(_without_words_of_the_file(said)))
        remedy = _([*fitting, _OTHER_YAML_REMEDY][0])
    line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
    # Not from the error: it shows a piece of the file.
    raise ConfigurationProblems([Problem(file, line, column, "", wrong, remedy)]) from None


def _without_words_of_the_file(said: str) -> str:
    for part, words in _YAML_WORDS:
        if part in said:
            return words
    return said.removeprefix("but ").split(", but ")[0]


def _refuse(file: str, text_before: str, wrong: str, remedy: str) -> NoReturn:
    line = text_before.count("\n") + 1
    column = len(text_before) - (text_before.rfind("\n") + 1) + 1
    raise ConfigurationProblems([Problem(file, line, column, "", wrong, remedy)])


def _refuse_file(file: str, wrong: str, remedy: str) -> NoReturn:
    raise ConfigurationProblems([Problem(file, None, None, "", wrong, remedy)])
