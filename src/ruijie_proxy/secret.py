"""A text that nobody is to read: it shows itself in no log, no crash report and no repr."""

from __future__ import annotations

from ruijie_proxy.values import Frozen


class Secret(Frozen):
    """Holds a secret text; whoever needs it says so by calling :meth:`reveal`."""

    _text: str

    def reveal(self) -> str:
        """Return the text itself."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"
