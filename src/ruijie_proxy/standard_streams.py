"""Standard output and error as all commands use them: nothing that is said ends in a traceback.

A terminal may lack a character (GBK has no ✓, ISO 8859-1 no Chinese), a disk may be full, whoever
reads may have gone, and a descriptor may be closed. All that is dealt with here, for click and for
Python itself, too, because it is done where they write to.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn, TextIO

_ERRORS = "ruijie-proxy"
"""The name of :func:`_instead` among Python's ways to deal with what an encoding lacks."""
_ASCII = "ascii_and_no_more"
"""ASCII by another name: click takes a stream of ASCII for a mistake, and writes UTF-8 to it."""
_UTF_8 = "utf-8"
_INSTEAD = {
    "✓": "+",
    "✗": "x",
    "•": "-",
    "…": "...",
    "→": "->",
    "—": "-",
    "–": "-",
    "─": "-",
    "━": "=",
    "×": "x",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "\xa0": " ",
}
"""What stands for a character where an encoding lacks it; for all others, their numbers do."""
_STANDARD_OUTPUT, _STANDARD_ERROR = 1, 2
_FAILED = 1
"""The exit code of an error (:class:`.cli.exit_codes.ExitCode`, which this goes without)."""


def prepare_streams() -> None:
    """Replace this process's standard streams. To be done before anything is said."""
    for descriptor in range(_STANDARD_ERROR + 1):
        # What is opened next would become a standard stream. Reading is all that output may do
        # then: so what is said is known to be lost.
        flags = os.O_WRONLY if descriptor == _STANDARD_ERROR else os.O_RDONLY
        if _is_closed(descriptor):
            os.open(os.devnull, flags)
    sys.stdout = _stream(sys.stdout, _STANDARD_OUTPUT)
    sys.stderr = _stream(sys.stderr, _STANDARD_ERROR)
    # Python's own measure of a terminal asks these; the first ones have nothing below them now.
    setattr(sys, "__stdout__", sys.stdout)  # noqa: B010 - to a type checker it is final
    setattr(sys, "__stderr__", sys.stderr)  # noqa: B010


def write_file_out(text: str) -> None:
    """Write a file's text to standard output: in UTF-8, whatever a terminal would show."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding=_UTF_8)
    sys.stdout.write(text)
    sys.stdout.flush()


def end_streams() -> None:
    """Write what is still to be written: what is lost is told here, and not by the interpreter."""
    for stream in (sys.stderr, sys.stdout):
        if isinstance(stream, _Stream):
            stream.end()


def as_shown(text: str) -> str:
    """Return a text as standard output will show it."""
    return shown_in(text, getattr(sys.stdout, "encoding", None) or _UTF_8)


def shown_in(text: str, encoding: str) -> str:
    """Return a text with something else for what an encoding lacks."""
    return text if is_utf_8(encoding) else text.encode(encoding, _ERRORS).decode(encoding)


def is_utf_8(encoding: str) -> bool:
    """Whether an encoding has every character."""
    return codecs.lookup(encoding).name == _UTF_8


class _Stream(io.TextIOWrapper):
    """One that is never in the way: what nobody takes is lost, and if it was the answer, told."""

    def write(self, text: str, /) -> int:
        try:
            return super().write(text)
        except OSError as error:
            self._lose(error)
            return len(text)

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            self._lose(error)

    def end(self) -> None:
        """Write what is still to be written, or lose it."""
        try:
            super().flush()
        except OSError as error:
            _write_to_nowhere(self.fileno())
            self._lose(error)

    def _lose(self, error: OSError) -> None:
        # Of standard error it is to be hoped that it will take the next line of the log.
        if self.fileno() == _STANDARD_OUTPUT:
            _write_to_nowhere(_STANDARD_OUTPUT)
            _give_up(error)


def _write_to_nowhere(descriptor: int) -> None:
    """Have what a stream still holds go where nobody complains, as the interpreter ends."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, descriptor)
    os.close(null)


def _give_up(error: OSError) -> NoReturn:
    """End the process: it has not said what it was asked for."""
    if not isinstance(error, BrokenPipeError):  # else, who reads has seen enough
        from ruijie_proxy.i18n import _, reason_of

        if error.errno == errno.EBADF:
            told = _("Standard output is closed.")
        else:
            told = _("Standard output cannot be written to: {reason}", reason=reason_of(error))
        sys.stderr.write(f"{told}\n")
    sys.exit(_FAILED)


def _stream(stream: TextIO | None, descriptor: int) -> TextIO:
    if not isinstance(stream, io.TextIOWrapper):  # None: the descriptor was closed
        return _Stream(open(descriptor, "wb", closefd=False), errors=_ERRORS)
    is_ascii = codecs.lookup(stream.encoding).name == "ascii"
    encoding = _ASCII if is_ascii else stream.encoding
    # With PYTHONUNBUFFERED, nothing may wait: a child that ends with os._exit writes no more.
    by_line, at_once = stream.line_buffering, stream.write_through
    return _Stream(
        stream.detach(), encoding, _ERRORS, line_buffering=by_line, write_through=at_once
    )


def _is_closed(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return True
    return False


def _instead(error: UnicodeError) -> tuple[str, int]:
    """Return what is shown for characters that an encoding lacks."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(map(_substitute, lacking)), error.end


def _substitute(character: str) -> str:
    known = _INSTEAD.get(character)
    return character.encode("ascii", "backslashreplace").decode() if known is None else known


def _find_ascii(name: str) -> codecs.CodecInfo | None:
    if name != _ASCII:
        return None
    known = codecs.lookup("ascii")
    return codecs.CodecInfo(
        known.encode,
        known.decode,
        known.streamreader,
        known.streamwriter,
        known.incrementalencoder,
        known.incrementaldecoder,
        _ASCII,
    )


codecs.register_error(_ERRORS, _instead)
codecs.register(_find_ascii)
