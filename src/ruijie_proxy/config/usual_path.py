"""Which configuration counts when the user names none."""

from __future__ import annotations

import os

UCI_PATH = "/etc/config/ruijie-proxy"
"""Where OpenWrt's tools and its pages look for it."""
YAML_PATH = "/etc/ruijie-proxy/config.yaml"


def usual_path() -> str:
    """Return the path of the configuration on this machine, whether or not it is there."""
    return UCI_PATH if os.path.exists(UCI_PATH) else YAML_PATH


def path_to_write() -> str:
    """Return the same, or, where there is none yet, the path of one to be made."""
    path = usual_path()
    is_openwrt = os.path.isdir(os.path.dirname(UCI_PATH))
    return UCI_PATH if is_openwrt and not os.path.exists(path) else path
