"""Which configuration counts when the user names none."""

from __future__ import annotations

import os

UCI_PATH = "/etc/config/ruijie-proxy"
"""Where OpenWrt's tools and its pages look for it."""
YAML_PATH = "/etc/ruijie-proxy/config.yaml"


def usual_path() -> str:
    """Return the path of the configuration on this machine, whether or not it is there."""
    return UCI_PATH if os.path.exists(UCI_PATH) else YAML_PATH
