"""What keeps the program from getting onto a router, in words for the user."""

from __future__ import annotations

from ruijie_proxy.choices import Enum


class Trouble(Enum):
    """Kinds of it, as far as scripts tell them apart."""

    FAILED = "failed"
    """Something went wrong on the way."""
    MISUSED = "misused"
    """What was asked for cannot be: wrong files, another system, a wrong configuration."""
    NO_ANSWER = "silent"
    """Nobody is there, or nobody answers."""
    FORBIDDEN = "forbidden"
    """Whoever is there does not let us in, or is not who it was."""


class NotDeployed(Exception):
    """The program is not on the router as it should be; the text says why, and what to do."""

    def __init__(self, message: str, trouble: Trouble = Trouble.FAILED) -> None:
        super().__init__(message)
        self.trouble = trouble


class ConnectionLost(NotDeployed):
    """The connection was there, and ended before it should."""
