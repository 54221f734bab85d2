"""What ``--version`` says."""

from __future__ import annotations

from ruijie_proxy import __version__
from ruijie_proxy.i18n import _


def version_line() -> str:
    """Return the program's name and version."""
    return _("ruijie-proxy, version {version}", version=__version__)
