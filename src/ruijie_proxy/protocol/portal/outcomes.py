"""What a conversation with a portal has come to, as a value that crosses from a child process."""

from __future__ import annotations

from ruijie_proxy.choices import Enum
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

LONGEST_TEXT = 2048
"""Characters."""
MOST_SERVICES = 64
_LONGEST_INTERVAL = 24 * 3600


class Order(Enum):
    """What a portal is asked for."""

    LOG_IN = "log-in"
    """To let the router in, unless it is."""
    COME_BACK = "come-back"
    """The same of a portal that may not have noticed that it was away."""
    LOOK = "look"
    """Whether the router is still let in."""
    KEEP = "keep"
    """To keep the session."""
    LOG_OUT = "log-out"


class Came(Enum):
    """What it came to."""

    ONLINE = "online"
    """The router was let in just now, or what was asked for was done."""
    FOUND_ONLINE = "found-online"
    """It was let in already."""
    OFFLINE = "offline"
    """It is let in no more, or what was asked for was refused."""
    WAIT = "wait"
    """The portal itself wants to be asked again in a moment."""
    REFUSED = "refused"
    """By the server, in words."""
    CAPTCHA = "captcha"
    """The portal wants one to be read."""
    NO_SERVICE = "no-service"
    """There is none of the name that is wanted."""
    NOT_ENCIPHERABLE = "not-encipherable"
    """The password has a character that the page cannot encipher."""
    OTHER_PORTAL = "other-portal"
    """It is none that this can log in at."""
    OTHER_SITE = "other-site"
    """It stands elsewhere than the one that is trusted with the password."""
    BY_HTTPS = "by-https"
    """It asks for the login by HTTPS, which nothing here speaks."""
    UNCLEAR = "unclear"
    """It answers what no portal does that this can log in at, or that is none to be trusted."""
    NO_PORTAL = "no-portal"
    """Nobody asks for a login, nor is there a portal known that could tell more."""
    SILENT = "silent"
    """Nobody answered in time."""


LET_IN = (Came.ONLINE, Came.FOUND_ONLINE)


class Outcome(Frozen):
    """What it came to, and what goes with that."""

    came: Came
    message: str = ""
    """The server's words; or the name of what was found in place of what was wanted; or, where it
    is unclear, why, as a message to be translated."""
    page: str = ""
    """The address of the portal's page, without its query."""
    user_index: str = ""
    """Names the session: a secret."""
    keepalive: int = 0
    """Seconds between the calls that keep the session; 0: none are wanted, or it was not told."""
    services: tuple[str, ...] = ()
    """Those on offer, as people read them."""
    has_tried: bool = False
    """Whether a password was sent."""

    def __repr__(self) -> str:
        return f"Outcome({self.came}, {self.message!r}, {self.page!r}, …)"

    def to_plain(self) -> dict[str, Any]:
        """Return it as data that JSON can carry."""
        return {
            "came": self.came.value,
            "message": self.message,
            "page": self.page,
            "user_index": self.user_index,
            "keepalive": self.keepalive,
            "services": list(self.services),
            "has_tried": self.has_tried,
        }

    @staticmethod
    def from_plain(plain: Mapping[str, Any]) -> Outcome:
        """Read it from plain data. Raises ValueError, KeyError or TypeError for what is none."""
        texts = {name: str(plain[name])[:LONGEST_TEXT] for name in ("message", "page")}
        return Outcome(
            came=Came(plain["came"]),
            user_index=str(plain["user_index"])[:LONGEST_TEXT],
            keepalive=min(int(plain["keepalive"]), _LONGEST_INTERVAL),
            services=tuple([str(one)[:LONGEST_TEXT] for one in plain["services"][:MOST_SERVICES]]),
            has_tried=plain["has_tried"] is True,
            **texts,
        )
