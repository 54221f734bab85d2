"""The way out of a session online: what is looked at, what is done when it fails, its events."""

from __future__ import annotations

from ruijie_proxy.choices import Enum
from ruijie_proxy.values import Frozen


class Check(Enum):
    """What is looked at, in this order."""

    CARRIER = "carrier"
    ADDRESS = "address"
    GATEWAY = "gateway"
    PING = "ping"
    URL = "url"


class Remedy(Enum):
    """What is done when checks fail."""

    RENEW = "renew"
    """The address is renewed."""
    LOG_IN = "log-in"
    """The router logs off, and in again."""
    CLIENT = "client"
    """The user is told that only the client can log in again."""


class HealthFailed(Frozen):
    """The switch lets the port through, but the way out does not work."""

    check: Check
    """What was looked at."""
    detail: str
    """What is wrong, for people."""
    in_a_row: int
    """The how-manyeth failure it is."""
    wanted: int
    """How many there must be before something is done."""


class HealthActed(Frozen):
    """Something is done about a way out that does not work."""

    remedy: Remedy


class HealthRestored(Frozen):
    """The way out works again."""

    helped: Remedy | None
    """What was done last before; None: nothing that can have helped."""
    seconds: float
    """Since the first failure."""
