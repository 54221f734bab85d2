"""What logins teach, and its events: of the client that a campus wants, and of its hours."""

from __future__ import annotations

from ruijie_proxy.values import Frozen


class Difference(Frozen):
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


class EditionSeen(Frozen):
    """A relayed client's zero check tells the edition of its V4 check."""

    edition: int


class ProfileLearned(Frozen):
    """All that the client has sent could be recomputed: the router could have sent it."""

    name: str
    """The profile's."""
    edition: int | None


class ProfileDiffers(Frozen):
    """The router would have sent something else than the client did."""

    parts: tuple[Difference, ...]
    """What differs, in the words of docs/protocol.md."""


class OtherEditionNext(Frozen):
    """The client was rejected; the next try is with the other edition of the V4 check."""

    edition: int


class OtherShapeNext(Frozen):
    """The client was rejected; the next try is in another shape of the dialect."""

    shape: str
    """``block`` or ``bare``."""


class ShapeByVendor(Frozen):
    """The server's vendor speaks for another shape than the router had in mind."""

    shape: str
    """``block`` or ``bare``."""
    client: str
    """Which client the router says to be from here on: a profile's name."""
    edition: int | None
    """Of the V4 check, where the client has one."""


class HoursLearned(Frozen):
    """A refusal has named the hours in which the campus lets people in."""

    hours: str
    """As the configuration writes them."""
