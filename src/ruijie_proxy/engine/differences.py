"""What the router would have sent otherwise than a genuine client did."""

from __future__ import annotations

from ruijie_proxy.values import frozen


@frozen
class Difference:
    """One thing that the router would have sent otherwise than the client did."""

    text: str
    """To be translated, and then filled in with ``frame`` and ``number``."""
    frame: str = ""
    """Which of the client's frames it is in; to be translated, too."""
    number: int = 0
    """The property's type."""

    def __str__(self) -> str:
        return self.text.format(frame=self.frame, number=self.number)

    @property
    def value(self) -> str:
        """The same, as an enum's value is its plain form."""
        return str(self)
