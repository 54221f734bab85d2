"""What is looked at to find out whether the way out works, and what is done when it does not."""

from ruijie_proxy.choices import Enum


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
