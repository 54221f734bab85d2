"""A session that a web portal has let in."""

from __future__ import annotations

from ruijie_proxy.values import Frozen


class HeldAtPortal(Frozen):
    """One such session."""

    since: float
    """On the engine's clock."""
    page: str
    """The address of the portal's page, without its query."""
    user_index: str
    """What the portal calls it by: a secret."""
    keepalive: int
    """Seconds between the calls that keep it; 0: none are wanted."""
    own: bool = True
    """As all that the router has logged in."""

    def __repr__(self) -> str:
        return f"HeldAtPortal(page={self.page!r}, …)"
