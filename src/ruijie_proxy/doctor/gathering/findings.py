"""What an examination finds."""

from __future__ import annotations

from enum import Enum, IntEnum

from ruijie_proxy.values import Frozen


class Severity(IntEnum):
    """How bad a finding is; a worse one is greater."""

    OK = 0
    """It was looked at, and is as it should be."""
    NOTE = 1
    """Worth knowing; nothing is wrong."""
    WARNING = 2
    """Something is likely wrong."""
    FATAL = 3
    """It cannot work like this."""


class Area(Enum):
    """Where the trouble is; what is fatal ends the command with an exit code after it."""

    CONFIGURATION = "configuration"
    """The configuration cannot be used, or does not fit this machine."""
    INTERFACE = "interface"
    """An interface is missing, or is not one that 802.1X can cross."""
    PERMISSION = "permission"
    MACHINE = "machine"
    """Everything else: cables, other programs, addresses, disks."""


class Finding(Frozen):
    """One thing that was found."""

    severity: Severity
    name: str
    """A word for programs; it never changes."""
    what: str
    """Sentences for a person."""
    remedy: str = ""
    """The command that mends it, or what to do; empty when there is nothing to do."""
    area: Area = Area.MACHINE
    session: str | None = None
    """The session that it is about; None: the machine as a whole."""


def worst(findings: tuple[Finding, ...]) -> Finding | None:
    """Return the worst finding; of several, the first. None when there is none at all."""
    return max(findings, key=lambda finding: finding.severity, default=None)
