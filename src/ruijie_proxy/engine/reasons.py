"""Why a session that is held is doubted, why a Start stays on the LAN, and why a password does not
go out in clear; with the events that tell of the first and the last.
"""

from __future__ import annotations

from ruijie_proxy.choices import Enum
from ruijie_proxy.values import Frozen


class Doubt(Enum):
    """What may have ended a session."""

    NO_RESULT = "no-result"
    """A login anew, or a proof, that came to no result: the switch may have let go of what was."""
    LINK = "link"
    """The WAN port lost its carrier, or was removed and made again, for less than the interval: a
    switch that saw it has closed its port (IEEE 802.1X, portEnabled)."""
    SILENCE = "silence"
    """The switch asked regularly whether somebody is there, and does so no longer."""
    KEPT = "kept"
    """It was doubtful before the program was restarted."""


class SessionDoubtful(Frozen):
    """Something has happened that may have ended the session, and only the switch knows."""

    doubt: Doubt
    """What it was."""


class Hurdle(Enum):
    """Why a client's Start stays on the LAN while a session is held, or a login under way."""

    OTHER_CLIENT = "other-client"
    """Another client, or the router itself, has logged in, and ``client:`` allows no other one."""
    OTHER_KIND = "other-kind"
    """It has no private block as the one has that the session is from."""
    AWAITS_RESULT = "awaits-result"
    """The server has the client's proof, and has not answered it yet. The Start goes out when it
    has had its time."""


class ClearPassword(Enum):
    """What becomes of a server's wish to have the password in clear."""

    SENT = "sent"
    NOT_ALLOWED = "not-allowed"
    """Nobody has set ``allow_clear_password``."""
    TOO_LONG = "too-long"
    """It does not fit into the answer."""


class ClearPasswordWanted(Frozen):
    """The server asked for the password in clear, in the router's own login."""

    answer: ClearPassword
    """What it got. Who does not get the password is proposed MD5."""
