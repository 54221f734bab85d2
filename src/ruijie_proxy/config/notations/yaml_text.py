"""A text as PyYAML's scanner reads it: character by character, each with its place.

It stands in for PyYAML's own reader, which takes bytes and streams, too, and whose pattern of all
characters that are allowed takes Python's regular expressions and a third of the time in which a
configuration is read (a test holds both to the same answers).
"""

from __future__ import annotations

_END = "\0"
_LINE_ENDS = "\n\x85\u2028\u2029"
_BYTE_ORDER_MARK = "\ufeff"
_CONTROLS = "\t\n\r\x85"
"""Those that a text may have."""


class UnfitCharacter(ValueError):
    """A character that YAML has no place for (YAML 1.1, 5.1), and where it stands in the text."""

    def __init__(self, character: str, position: int) -> None:
        super().__init__(f"character {ord(character):#x} at {position}")
        self.character = character
        self.position = position


class TextReader:
    """What PyYAML's scanner calls, by its names."""

    encoding = None
    """Of a stream of bytes; here there is none."""

    def __init__(self, text: str) -> None:
        """Take a text. Raises UnfitCharacter for the first character that has no place in one."""
        unfit = {character for character in set(text) if not _is_fit(character)}
        if unfit:
            position = min(map(text.index, unfit))
            raise UnfitCharacter(text[position], position)
        self.text = text + _END
        """With a zero at its end, by which the scanner knows that."""
        self.index = 0
        self.line = 0
        self.column = 0

    def peek(self, index: int = 0) -> str:
        """Return a character, counted from the next one. Raises IndexError behind the end."""
        return self.text[self.index + index]

    def prefix(self, length: int = 1) -> str:
        """Return the next characters, fewer at the end."""
        return self.text[self.index : self.index + length]

    def forward(self, length: int = 1) -> None:
        """Go on by some characters."""
        for character in self.prefix(length):
            self.index += 1
            if character in _LINE_ENDS or (character == "\r" and self.peek() != "\n"):
                self.line += 1
                self.column = 0
            elif character != _BYTE_ORDER_MARK:
                self.column += 1


def _is_fit(character: str) -> bool:
    return (
        " " <= character <= "~"
        or character in _CONTROLS
        or "\xa0" <= character <= "\ud7ff"
        or "\ue000" <= character <= "\ufffd"
        or character >= "\U00010000"
    )
