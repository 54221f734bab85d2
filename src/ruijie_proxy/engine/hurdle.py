"""Why a Start stays on the LAN while a session is held."""

from ruijie_proxy.choices import Enum


class Hurdle(Enum):
    """Why a client's Start stays on the LAN while a session is held."""

    OTHER_CLIENT = "other-client"
    """Another client, or the router itself, has logged in, and ``client:`` allows no other one."""
    OTHER_KIND = "other-kind"
    """It has no private block as the one has that the session is from."""
