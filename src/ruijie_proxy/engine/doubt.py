"""Why a session that is held may have ended."""

from ruijie_proxy.choices import Enum


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
