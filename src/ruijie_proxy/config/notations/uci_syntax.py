"""The syntax of OpenWrt's configuration files, as libuci's file.c reads it: sections and options.

Left out is the semicolon, which nobody writes between commands of a file, and which stands in many
a password: it has to be within quotes.
"""

from __future__ import annotations

from ruijie_proxy.config.shape.look_alikes import QUOTES, SPACES, look_alike
from ruijie_proxy.config.shape.problems import ConfigurationProblems, Problem
from ruijie_proxy.i18n import _
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

_SPACES = " \t\r\v\f"
_ENDS_A_RUN = _SPACES + "\n'\"#;\\"
_COMMANDS = {
    "config": "config",
    "option": "option",
    "list": "list",
    "package": "package",
    "c": "config",
    "o": "option",
    "l": "list",
    "p": "package",
}
"""What a line begins with, and the word that it stands for."""
_MOST_WORDS = 3
"""Of a command: ``option``, its name and its value."""


class UciOption(Frozen):
    """A line ``option NAME VALUE``, or one item of a list, ``list NAME VALUE``."""

    name: str
    value: str
    line: int
    """Counted from 1, as all lines here."""
    last_line: int
    """The one that it ends in; a value can go over several."""
    is_item: bool
    """Whether it is one item of a list."""


class UciSection(Frozen):
    """A section: ``config TYPE NAME`` and the options below it."""

    type: str
    name: str | None
    """None: it is anonymous."""
    line: int
    options: list[UciOption]
    """In the file's order."""


def parse_sections(text: str, file: str) -> list[UciSection]:
    """Return the sections of a file's text; ``file`` is its name for messages.

    Raises ConfigurationProblems with the first thing that is no UCI.
    """
    sections: list[UciSection] = []
    words = _Words(text, file)
    while (command := words.next_line()) is not None:
        arguments = command[1:]
        verb = _COMMANDS.get(words.first_as_written, "")
        if not verb:
            words.refuse(
                _wrong_with(command[0], _("begins with a word that is none of UCI's")),
                _("begin each line with config, option or list"),
            )
        if not arguments or not arguments[0] or len(command) > _MOST_WORDS:
            _refuse_count(words, bool(arguments and arguments[0]))
        name, value = arguments[0], arguments[1] if len(arguments) > 1 else ""
        if verb == "config":
            if not name.isascii() or not name.isprintable() or " " in name:
                words.refuse(
                    _wrong_with(
                        name, _("the section's type has other characters than A-Z a-z 0-9 _")
                    ),
                    _("write config session, and a name in quotes"),
                )
            if value and not is_name(value):
                words.refuse(
                    _wrong_with(
                        value, _("the section's name has other characters than A-Z a-z 0-9 _")
                    ),
                    _("write a name such as campus, and what it is to be called as option name"),
                )
            sections.append(UciSection(name, value or None, words.line, []))
        elif verb != "package":
            if not sections:
                words.refuse(
                    _("is in no section"), _("put a line such as config session 'campus' above it")
                )
            if not is_name(name):
                words.refuse(
                    _wrong_with(
                        name, _("the option's name has other characters than A-Z a-z 0-9 _")
                    ),
                    _("write option, its name and, in quotes, its value"),
                )
            lines = (words.line, words.last_line)
            sections[-1].options.append(UciOption(name, value, *lines, verb == "list"))
    return sections


def is_name(text: str) -> bool:
    """Whether UCI takes a text as the name of a section or an option."""
    return text.isascii() and text.replace("_", "a").isalnum()


def _wrong_with(word: str, otherwise: str) -> str:
    """Return what is wrong with a word of UCI's own: which character only looks like ASCII's."""
    found = look_alike(word)
    return otherwise if found is None else found.wrong


def _refuse_count(words: _Words, too_many: bool) -> NoReturn:
    if too_many:
        wrong = _("has more words than a name and a value")
        words.refuse(wrong, _("put quotes around the value: option name 'a value'"))
    words.refuse(_("ends too early"), _("write option, its name and, in quotes, its value"))


class _Words:
    """Cuts a text into lines of words. A line goes on over line ends within quotes."""

    def __init__(self, text: str, file: str) -> None:
        self.line = 1
        """The one that the words returned last begin in."""
        self.last_line = 1
        """The one that they end in."""
        self.first_as_written = ""
        """The first of them, with its quotes, within which libuci does not know its own words."""
        self._text = text
        self._file = file
        self._at = 0
        self._counted = 0
        self._line_there = 1

    def next_line(self) -> list[str] | None:
        """Return the words of the next line that has any; None: there is none."""
        while True:
            self._skip_spaces()
            self.line = self._line_at(self._at)
            words = []
            while self._here() not in ("", "\n"):
                start = self._at
                words.append(self._word())
                if len(words) == 1:
                    self.first_as_written = self._text[start : self._at]
                self._skip_spaces()
            if words:
                self.last_line = self._line_at(self._at)
                return words
            if not self._here():
                return None
            self._at += 1

    def refuse(self, wrong: str, remedy: str) -> NoReturn:
        """Raise ConfigurationProblems for the line returned last."""
        raise ConfigurationProblems([Problem(self._file, self.line, None, "", wrong, remedy)])

    def _here(self) -> str:
        return self._text[self._at : self._at + 1]

    def _line_at(self, position: int) -> int:
        self._line_there += self._text.count("\n", self._counted, position)
        self._counted = position
        return self._line_there

    def _skip_spaces(self) -> None:
        """Skip what separates words, a comment included, but not the line's end."""
        text, at = self._text, self._at
        while text[at : at + 1] in _SPACES and at < len(text):
            at += 1
        if text[at : at + 1] == "#":
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
        self._at = at

    def _word(self) -> str:
        pieces = []
        while (char := self._here()) and char not in _SPACES and char not in "\n#":
            if char == "'":
                pieces.append(self._until_the_quote())
            elif char == '"':
                pieces.append(self._until_the_double_quote())
            elif char == "\\":
                pieces.append(self._escaped())
            elif char == ";":
                self._refuse_here(_("has a semicolon outside quotes"))
            else:
                pieces.append(self._run())
        return "".join(pieces)

    def _run(self) -> str:
        start = self._at
        while (char := self._here()) and char not in _ENDS_A_RUN:
            if char in QUOTES or char in SPACES:
                self._refuse_here(_("has a Chinese quotation mark or space outside quotes"))
            self._at += 1
        return self._text[start : self._at]

    def _until_the_quote(self) -> str:
        start = self._at + 1
        end = self._text.find("'", start)
        if end < 0:
            self._refuse_open_quote()
        self._at = end + 1
        return self._text[start:end]

    def _until_the_double_quote(self) -> str:
        opened = self._at
        self._at += 1
        pieces = []
        while (char := self._here()) != '"':
            if not char:
                self._at = opened
                self._refuse_open_quote()
            if char == "\\":
                pieces.append(self._escaped())
            else:
                pieces.append(char)
                self._at += 1
        self._at += 1
        return "".join(pieces)

    def _escaped(self) -> str:
        """Return what follows a backslash; nothing if that is a line's end."""
        length = 3 if self._text.startswith("\r\n", self._at + 1) else 2
        char = self._text[self._at + 1 : self._at + length]
        self._at += length
        return "" if char.endswith("\n") else char

    def _refuse_open_quote(self) -> NoReturn:
        self.line = self._line_at(self._at)
        self.refuse(
            _("opens a quote that nothing closes"),
            _("close it; a quote within quotes is written as {example}", example="'\\''"),
        )

    def _refuse_here(self, wrong: str) -> NoReturn:
        self.line = self._line_at(self._at)
        self.refuse(wrong, _("put straight quotes around the value: option name 'a value'"))
