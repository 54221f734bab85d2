"""Marking messages where they are made, for parts of the program that know no language."""

from __future__ import annotations

LANGUAGES = ("en", "zh")
"""Those that messages can be said in; English is what stands in the code."""


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark a message for the catalogue (:mod:`ruijie_proxy.i18n`), and leave it as it is."""
    return message
