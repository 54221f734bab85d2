"""Click's help pages in Chinese, which is written without spaces, in characters of two columns."""

from __future__ import annotations

import gettext
import io
import shutil
from collections.abc import Iterable
from typing import Any

import click

from ruijie_proxy.cli.basics.ctrl_c import die_of_ctrl_c
from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.display_width import columns, fold, padded
from ruijie_proxy.i18n import CLICKS_CATALOGUE, N_, _, catalogue_data, speaks_chinese

_FULL_STOP = "。"
_COLON = "："
_NARROW = 60
"""Columns of a terminal that Click's own layout is too wide for."""
_NARROWEST = 30
_USAGE_PIECES = (N_("[OPTIONS]"), N_("COMMAND [ARGS]..."), N_("[COMMAND] [ARGS]..."))
"""Click's, which it does not look up."""


def translate_click() -> None:
    """Have Click find the translations of its own messages."""
    with io.BytesIO(catalogue_data(CLICKS_CATALOGUE)) as file:
        translations = gettext.GNUTranslations(file)

    def translated(domain: str, message: str) -> str:  # noqa: ARG001 - gettext's own parameters
        return translations.gettext(message)

    def translated_of_number(domain: str, msgid1: str, msgid2: str, n: int) -> str:  # noqa: ARG001
        return translations.ngettext(msgid1, msgid2, n)

    # What Click calls (gettext and ngettext) asks these. They would look for a file of the very
    # language, and this one serves for every kind of Chinese, and may be no file of its own.
    gettext.dgettext = translated
    gettext.dngettext = translated_of_number


class Formatter(click.HelpFormatter):
    """Click's, which also has room on a narrow terminal."""

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Write terms, and behind each, or below a long one, what it means."""
        super().write_dl(list(rows), _most_for_terms(self.width, col_max), col_spacing)


class ChineseFormatter(click.HelpFormatter):
    """Writes what Click's does, and knows where Chinese may be folded."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the line that says how a command is used."""
        super().write_usage(prog, args, prefix or gettext.gettext("Usage:"))

    def write_heading(self, heading: str) -> None:
        """Write a heading."""
        self.write(f"{' ' * self.current_indent}{heading}{_COLON}\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs."""
        indent = " " * self.current_indent
        paragraphs = [
            "\n".join(indent + line for line in fold(paragraph, self.width - len(indent)))
            for paragraph in text.split("\n\n")
        ]
        self.write("\n\n".join(paragraphs) + "\n")

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Write terms, and behind each what it means."""
        rows = list(rows)
        col_max = _most_for_terms(self.width, col_max)
        indent = " " * self.current_indent
        first = min(max(columns(term) for term, _text in rows), col_max) + col_spacing
        for term, text in rows:
            lines = fold(text, max(self.width - first - len(indent), 10))
            beside = lines[:1] if columns(term) + col_spacing <= first else []
            self.write(f"{indent}{padded(term, first)}{''.join(beside)}".rstrip() + "\n")
            for line in lines[len(beside) :]:
                self.write(f"{indent}{' ' * first}{line}\n")


class Context(click.Context):
    """Click's, with help pages in the user's language."""

    formatter_class = ChineseFormatter if speaks_chinese() else Formatter

    def make_formatter(self) -> click.HelpFormatter:
        """Return what writes a page as wide as the terminal, where Click's would be wider."""
        width = shutil.get_terminal_size().columns
        if width < _NARROW:
            return self.formatter_class(width=max(width - 2, _NARROWEST))
        return super().make_formatter()


class Command(click.Command):
    """A command that is told in the user's language."""

    context_class = Context

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return what stands behind the command's name."""
        return [_(piece) for piece in super().collect_usage_pieces(ctx)]

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first sentence of the help."""
        return _first_sentence(self) or super().get_short_help_str(limit)


class Group(click.Group):
    """Commands that are told in the user's language."""

    context_class = Context
    command_class = Command
    group_class: Any = type  # Click's way to say: groups in it are of this class, too

    def invoke(self, ctx: click.Context) -> Any:
        """Carry out a command. One that does not take Ctrl-C for its end says no more after it."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            die_of_ctrl_c()  # and not of an exception, while Python takes itself down
            ctx.exit(ExitCode.INTERRUPTED)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return what stands behind the command's name."""
        return [_(piece) for piece in super().collect_usage_pieces(ctx)]

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first sentence of the help."""
        return _first_sentence(self) or super().get_short_help_str(limit)


def _most_for_terms(width: int, usual: int) -> int:
    """Return how many columns terms may have beside what they mean."""
    return min(usual, width // 4) if width < _NARROW else usual


def _first_sentence(command: click.Command) -> str | None:
    """Return a help's first sentence, where it is Chinese; Click cuts other languages well."""
    sentence, stop, _rest = (command.help or "").partition(_FULL_STOP)
    return sentence + stop if stop else None
