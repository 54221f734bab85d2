"""What another program's configuration says of one network port, wherever it was read from."""

from __future__ import annotations

from ruijie_proxy.choices import Enum
from ruijie_proxy.i18n import _
from ruijie_proxy.values import Frozen

MINIEAP, MENTOHUST, JMU, MENTOHUST_MODERN = PROGRAMS = (
    "minieap",
    "mentohust",
    "jmusupplicant",
    "mentohust_modern",
)


class Origin(Enum):
    """How the same keys were written."""

    FILE = "file"
    """The program's own file."""
    UCI = "uci"
    """A page of LuCI's, in UCI."""
    NETWORK = "network"
    """An interface of OpenWrt's network configuration."""
    COMMAND = "command"
    """The options of a command line."""


class Entry(Frozen):
    """A key and what it is given."""

    written: str
    """The key as the file has it."""
    value: str
    named: str | None = None
    """What the program's own file calls it, where that is not just another way to write it."""

    @property
    def key(self) -> str:
        """Return the key as the program's own file has it; UCI has no hyphens, INI any case."""
        return self.named or self.written.lower().replace("_", "-")

    def __repr__(self) -> str:
        return f"Entry({self.written!r}, …)"  # it can be a password


class Interface(Frozen):
    """An interface of OpenWrt's whose protocol the other program is."""

    name: str
    beside: str | None
    """Another interface with the same device, whose protocol is one that gets an address."""


class Source(Frozen):
    """What a file says of one network port."""

    program: str
    """One of PROGRAMS."""
    entries: tuple[Entry, ...]
    """In the file's order; those without a value are left out."""
    unread: tuple[int, ...] = ()
    """Lines that no program can read."""
    origin: Origin = Origin.FILE
    interface: Interface | None = None
    """With Origin.NETWORK."""

    @property
    def keys(self) -> frozenset[str]:
        """Return the keys that are given a value."""
        return frozenset(entry.key for entry in self.entries)


class NotTakenOver(Exception):
    """A file cannot be taken over; the text is for the user."""

    def __init__(self, wrong: str, remedy: str) -> None:
        super().__init__(_("{wrong}; {remedy}", wrong=wrong, remedy=remedy))
        self.wrong = wrong
        self.remedy = remedy


class NothingOfTheirs(NotTakenOver):
    """A file holds nothing of any of the programs."""


def is_ours() -> NotTakenOver:
    """Return what there is to say of a configuration of this program."""
    return NotTakenOver(
        _("this is a configuration of ruijie-proxy already"),
        _("look at it with: ruijie-proxy check"),
    )
