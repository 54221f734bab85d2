"""Numbers on the command line, read and told as those of the configuration are."""

from __future__ import annotations

from typing import Any

import click

from ruijie_proxy.config.shape import parsers
from ruijie_proxy.config.shape.problems import Unfit
from ruijie_proxy.i18n import _

TYPE_CHECKING = False
if TYPE_CHECKING:
    _TypeOfFloats = click.ParamType[float]
    _TypeOfWholes = click.ParamType[int]
else:
    _TypeOfFloats = _TypeOfWholes = click.ParamType  # generic since Click 8.4 only

LONGEST_WAIT = 20 * 24 * 3600
"""Seconds: poll(2) counts milliseconds in 31 bits, which are 24 days."""
LARGEST_COUNT = 999_999_999


class Seconds(_TypeOfFloats):
    """Seconds, with decimals or without."""

    name = "seconds"

    def __init__(self, least: int, most: int = LONGEST_WAIT) -> None:
        """``least`` and ``most`` are among those that are taken."""
        self._least = least
        self._most = most

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the number that a text says. Raises click.BadParameter."""
        try:
            return parsers.seconds(f"{value}", self._least, self._most)
        except Unfit as unfit:
            remedy = _("use seconds from {least} to {most}", least=self._least, most=self._most)
            self.fail(_("{wrong}; {remedy}", wrong=unfit.wrong, remedy=remedy), param, ctx)


class Count(_TypeOfWholes):
    """How many of something."""

    name = "count"

    def __init__(self, least: int) -> None:
        """``least`` is the smallest number that is taken."""
        self._least = least

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number that a text says. Raises click.BadParameter."""
        try:
            return parsers.whole_number(f"{value}", self._least, LARGEST_COUNT)
        except Unfit as unfit:
            remedy = _("use a whole number from {least}", least=self._least)
            self.fail(_("{wrong}; {remedy}", wrong=unfit.wrong, remedy=remedy), param, ctx)
