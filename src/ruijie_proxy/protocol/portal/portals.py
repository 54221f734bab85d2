"""Which portal an address leads to (docs/portal.md, section 1)."""

from __future__ import annotations

from ruijie_proxy.choices import Enum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.protocol.portal.url import Url

_DR_COM_PORT = 801


class Portal(Enum):
    """The portals that campuses use; the values stand in JSON."""

    EPORTAL = "eportal"
    """Ruijie's old one: ``InterFace.do`` answers."""
    SAM_PLUS = "sam+"
    """Ruijie's of 2023, a page of single sign-on."""
    DR_COM = "dr.com"
    """Another vendor's, which has taken the word eportal into its paths, too."""
    SRUN = "srun"
    ZPORTAL = "zportal"
    SMP = "rg-smp"
    BRAS = "bras"
    """A carrier's."""
    RUIJIE_CLOUD = "ruijie-cloud"
    OTHER = "other"
    """Some page to log in at."""


_BY_PATH: tuple[tuple[str, Portal], ...] = (
    ("/eportal/portal/", Portal.DR_COM),
    ("/eportal/", Portal.EPORTAL),
    ("/portal/portal-main", Portal.SAM_PLUS),
    ("/portal/entry/", Portal.SAM_PLUS),
    ("/srun_portal", Portal.SRUN),
    ("/cgi-bin/srun_portal", Portal.SRUN),
    ("/zportal/", Portal.ZPORTAL),
    ("/smp/", Portal.SMP),
    ("/webauth.do", Portal.BRAS),
)
"""Beginnings of paths; the first that fits counts."""


def which_portal(url: Url) -> Portal:
    """Return which portal an address leads to.

    By the path and never by parameters, whose names the vendors have of one another. What begins
    as the old ePortal may still lead on to its successor.
    """
    path = url.path.lower()
    if path.startswith("/eportal/") and url.port == _DR_COM_PORT:
        return Portal.DR_COM
    if "/api/auth/wifidog" in path:
        return Portal.RUIJIE_CLOUD
    return next((portal for start, portal in _BY_PATH if path.startswith(start)), Portal.OTHER)
