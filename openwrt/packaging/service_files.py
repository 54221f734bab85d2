"""What every package of the program installs beside the program: ``openwrt/files``."""

from __future__ import annotations

from pathlib import Path

from openwrt.packaging.archive import File

FOLDER = Path("openwrt/files")
_INSTALLED = {
    "ruijie-proxy.init": ("/etc/init.d/ruijie-proxy", 0o755),
    # The settings begin as a copy of it: a file that the package manager knows, and that is changed
    # from the first boot on, would be complained of at each upgrade and removal.
    "ruijie-proxy.config": ("/usr/share/ruijie-proxy/ruijie-proxy.config", 0o644),
    "ruijie-proxy.defaults": ("/etc/uci-defaults/90-ruijie-proxy", 0o755),
    "ruijie-proxy.keep": ("/lib/upgrade/keep.d/ruijie-proxy", 0o644),
}
"""The files there, where they go, and with which mode."""


def service_files(checkout: Path) -> list[File]:
    """Return the files. Raises OSError."""
    return [
        File(path, (checkout / FOLDER / name).read_bytes(), mode)
        for name, (path, mode) in _INSTALLED.items()
    ]


def scripts(checkout: Path) -> dict[str, str]:
    """Return the package's own scripts, by the names that OpenWrt's build has for them.

    Raises OSError.
    """
    return {
        script: (checkout / FOLDER / f"ruijie-proxy.{script}").read_text(encoding="utf-8")
        for script in ("preinst", "postinst", "postrm")
    }
