"""By which way a port lets people in: events of web portals, and of turns to them and back."""

from __future__ import annotations

from ruijie_proxy.choices import Enum
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.engine.refusals import RefusalKind
    from ruijie_proxy.protocol.portal.outcomes import Came


class Turn(Enum):
    """Why a session that logs in at a web portal tries 802.1X again."""

    ASKED = "asked"
    """A switch has asked who is there."""
    SILENT = "silent"
    """No portal is heard, nor does a gateway lead to one."""
    NO_ADDRESS = "no-address"
    """The WAN port has none, without which a portal cannot be asked."""
    CLIENT = "client"
    """The router has given up there, and a client starts to log in."""
    LINK = "link"
    """The link was gone, and no portal has let the router in before."""


class PortalLoginBegun(Frozen):
    """The router asks a web portal to let it in."""

    page: str
    """The one that is known; "": none is."""


class PortalAdopted(Frozen):
    """A web portal says that the router is let in already."""

    page: str


class PortalSilent(Frozen):
    """No web portal has answered, nor has a gateway asked for a login."""

    seconds: float
    """Since when."""
    page: str
    """The one that is known; "": none is."""


class PortalUnread(Frozen):
    """While a session is held, its web portal does not answer, or not as one does."""

    page: str
    why: str
    """A message to be translated; "": it does not answer."""


class PortalReadAgain(Frozen):
    """It answers as it should again."""

    page: str
    seconds: float
    """For which it did not."""


class PortalHindered(Frozen):
    """What a web portal is, or wants, keeps the router from logging in there."""

    hindrance: Came
    kind: RefusalKind
    told: str
    """The name of what is wanted or was found; or, where it is unclear, why: a message to be
    translated."""
    page: str
    """The address of the portal's page, or of its host; "": none is known."""


class PortalNotTrusted(Frozen):
    """A gateway leads to an ePortal, which does not get the password unasked: the account was let
    in elsewhere before."""

    site: str


class TurnedToPortal(Frozen):
    """Nobody answers 802.1X, and a gateway leads to an ePortal: the router logs in there."""

    site: str
    """The address of the portal's host."""


class TurnedToSwitch(Frozen):
    """The router logs in by 802.1X again, and not at a web portal."""

    why: Turn
