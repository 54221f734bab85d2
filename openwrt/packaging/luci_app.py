"""The files of the LuCI app, from ``openwrt/luci-app-ruijie-proxy``, where LuCI wants them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from openwrt.packaging.archive import File

FOLDER = Path("openwrt/luci-app-ruijie-proxy")
_TREES = {"htdocs": "/www", "root": ""}
"""What lies in the source folder, and where it goes; as luci.mk has it."""
_EXECUTABLE = ("/etc/init.d/", "/etc/uci-defaults/", "/usr/bin/", "/usr/libexec/", "/usr/sbin/")
"""Where files are run. Not after the mode in the checkout, which a copy may lose."""
_CHINESE = Path("po/zh_Hans")
_FORGET_CACHES = """\
#!/bin/sh
[ -z "${IPKG_INSTROOT}" ] || exit 0
rm -rf /tmp/luci-indexcache* /tmp/luci-modulecache
resources=/www/luci-static/resources
rmdir $resources/ruijie-proxy $resources/view/ruijie-proxy 2>/dev/null
[ ! -x /etc/init.d/rpcd ] || /etc/init.d/rpcd reload
exit 0
"""
"""LuCI keeps the menu, and rpcd who may do what. opkg leaves the folders of files that are gone."""
SCRIPTS = {"postinst": _FORGET_CACHES, "postrm": _FORGET_CACHES}


class LuciAppMissing(Exception):
    """The checkout has no LuCI app, or one without what it is made of."""


def luci_files(checkout: Path, to_lmo: Callable[[Path], bytes]) -> list[File]:
    """Return the files. ``to_lmo`` compiles a .po file for LuCI.

    Raises LuciAppMissing, or OSError.
    """
    files = []
    for tree, target in _TREES.items():
        source = checkout / FOLDER / tree
        found = sorted(path for path in source.rglob("*") if path.is_file())
        if not found:
            raise LuciAppMissing(f"the LuCI app is not in this checkout: nothing in {source}")
        for path in found:
            installed = f"{target}/{path.relative_to(source)}"
            mode = 0o755 if installed.startswith(_EXECUTABLE) else 0o644
            files.append(File(installed, path.read_bytes(), mode))
    catalogues = sorted((checkout / FOLDER / _CHINESE).glob("*.po"))
    if not catalogues:
        raise LuciAppMissing(f"the LuCI app has no Chinese: nothing in {FOLDER / _CHINESE}")
    files += [
        File(f"/usr/lib/lua/luci/i18n/{path.stem}.zh-cn.lmo", to_lmo(path)) for path in catalogues
    ]
    return files
