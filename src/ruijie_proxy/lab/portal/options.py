"""What kinds of web portals there are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ruijie_proxy.lab.portal.mischief import Mischief


class HijackStyle(StrEnum):
    """How a gateway leads to the portal."""

    SCRIPT = "script"
    REDIRECT = "redirect"
    REFRESH = "refresh"
    RELATIVE = "relative"
    """A page beside the one that was asked for leads on."""


class MacStyle(StrEnum):
    """What the gateway tells of the MAC address in its query."""

    CLEAR = "clear"
    ENCIPHERED = "enciphered"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class PortalService:
    """What an account can go online by."""

    name: str
    shown: str
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class PortalOptions:
    """One campus. The defaults are the commonest."""

    host: str = "10.9.8.7"
    port: int = 80
    user: str = "20261234"
    password: str = "plum-tree"  # noqa: S105 - of an account of the virtual campus
    operator_user: str = ""
    operator_password: str = ""
    encrypts: bool = True
    """Whether the password must be enciphered."""
    says_so: bool = True
    """Whether ``pageInfo`` tells that; else a login in the clear is refused with the words."""
    encoding: str = "utf-8"
    """Of the answers: ``utf-8`` or ``gbk``."""
    hijack: HijackStyle = HijackStyle.SCRIPT
    mac: MacStyle = MacStyle.CLEAR
    services: tuple[PortalService, ...] = ()
    keepalive: int = 0
    """Minutes between the calls that are wanted; 0: none."""
    captcha: bool = False
    waits: int = 0
    """How often ``getOnlineUserInfo`` says that it has to be asked again."""
    prefix: str = ""
    refusal: str = ""
    """The words that every login is refused with; "": only wrong ones are."""
    query_lasts: float = 600.0
    """Seconds for which the portal knows what the gateway told of an address."""
    lists_services: bool = True
    """Whether ``pageInfo`` lists the services; else ``getServices`` alone does."""
    mischief: tuple[Mischief, ...] = ()
    """What is wrong with its answers, or hostile."""
    slowness: float = 12.0
    """Seconds by which it is late, where it is."""
    mark: str = ""
    """Stands in all that is to stay between router and portal: to be looked for elsewhere."""
    leads_to: str = ""
    """Where the gateway leads in place of this portal: another vendor's."""
