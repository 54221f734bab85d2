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
    ("'\\t'", "indent with spaces, never with tabs"),
    ("found another document", 'keep one document and remove the line "---"'),
    (
        "mapping values are not allowed",
        "give each key a line of its own, in the same column as its neighbours, "
        'and quote a text that holds ": "',
    ),
    ("end of stream", "close the quote that was opened"),
    ("<stream end>", "close the bracket that was opened"),
    ("cannot start any token", "put quotes around the value"),
    ("expected <block end>", "bring the keys of one group into the same column"),
    ("expected '<document start>'", "bring the keys of one group into the same column"),
    ("expected ':'", 'write "key: value", with a space after the colon'),
)
# What PyYAML says with a character or a word of the file in it, and what is said instead.
_YAML_WORDS = (
    ("found character", "found a character that cannot start any token"),
    ("found unknown escape character", "found an unknown escape character"),
    ("tag handle", 'tags ("!") are not taken'),
    ("codec", "found an unknown escape"),
)
_OTHER_YAML_REMEDY = "look at the indent, quotes and brackets there"


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
            f"has more than {LARGEST_FILE // 1024} KiB",
            "name the configuration, which is much shorter",
        )
    text = _decode(data, file)
    try:
        loader = _PlainLoader(text)
    except ReaderError as error:
        wrong = f"character {error.character:#x} has no place in a text file"
        _refuse(file, text[: error.position], wrong, "remove it, or write the file anew as text")
    try:
        root = loader.get_single_node()
    except MarkedYAMLError as error:
        _refuse_yaml(file, error)
    except (ValueError, OverflowError):
        # PyYAML converts some numbers unchecked, such as the character code in "\UFFFFFFFF".
        mark = loader.get_mark()
        _refuse(file, text[: mark.index], "not valid YAML", _OTHER_YAML_REMEDY)
    if root is None:
        _refuse_file(file, "is empty", f"write at least {_SHORTEST}")
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
                'anchors ("&") and aliases ("*") are not taken',
                "write the value out, or quote a text that begins so",
                event.start_mark,
            )
        if event.tag is not None:
            raise _RefusedError(
                'tags ("!") are not taken',
                "write the value alone, or quote a text that begins so",
                event.start_mark,
            )
        if self._depth == DEEPEST:
            raise _RefusedError(
                f"nested deeper than {DEEPEST} levels",
                "no setting needs that; look for a stray bracket",
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
            "there is no such file",
            f"write one, at least {_SHORTEST}, or name another with -c",
        )
    except PermissionError:
        _refuse_file(path, "this user may not read it", "run as root, or change its permissions")
    except IsADirectoryError:
        _refuse_file(path, "is a directory", "name the file in it")
    except OSError as error:
        _refuse_file(path, f"cannot be read: {error.strerror}", "name another file with -c")


def _decode(data: bytes, file: str) -> str:
    if b"\0" in data:
        _refuse_file(file, "is not a text file", "name the configuration, saved as UTF-8 text")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(errors="replace")
        _refuse(
            file, before, "is not UTF-8 text here", "save the file as UTF-8 (not as GBK or UTF-16)"
        )


def _refuse_yaml(file: str, error: MarkedYAMLError) -> NoReturn:
    said = error.problem or "cannot be understood"
    # What was never closed is of interest where it was opened, not where the file ends.
    opened = error.context_mark if "end of stream" in said or "<stream end>" in said else None
    mark = opened or error.problem_mark
    if isinstance(error, _RefusedError):
        wrong, remedy = said, error.remedy
    else:
        fitting = [remedy for part, remedy in _YAML_REMEDIES if part in said]
        wrong = f"not valid YAML: {_without_words_of_the_file(said)}"
        remedy = [*fitting, _OTHER_YAML_REMEDY][0]
    line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
    # Not from the error: it shows a piece of the file.
    raise ConfigurationProblems([Problem(file, line, column, "", wrong, remedy)]) from None


def _without_words_of_the_file(said: str) -> str:
    for part, words in _YAML_WORDS:
        if part in said:
            return words
    return said.removeprefix("but ").split(", but found")[0]


def _refuse(file: str, text_before: str, wrong: str, remedy: str) -> NoReturn:
    line = text_before.count("\n") + 1
    column = len(text_before) - (text_before.rfind("\n") + 1) + 1
    raise ConfigurationProblems([Problem(file, line, column, "", wrong, remedy)])


def _refuse_file(file: str, wrong: str, remedy: str) -> NoReturn:
    raise ConfigurationProblems([Problem(file, None, None, "", wrong, remedy)])
