"""The files of packages in a folder, by their names."""

from __future__ import annotations

import os
import re

from ruijie_proxy.choices import Enum
from ruijie_proxy.deploy.versions import age, usual
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

PROGRAM = "ruijie-proxy"
PAGES = "luci-app-ruijie-proxy"
"""The packages' names."""
ALL = "all"
"""The architecture of what is for all of them; apk's packages say noarch."""


class Manager(Enum):
    """OpenWrt's package managers, each by the ending of its files."""

    OPKG = "ipk"
    APK = "apk"


_VERSION = r"(?P<version>[0-9][A-Za-z0-9.+~-]*)"
_ARCHITECTURE = r"(?P<architecture>[A-Za-z0-9][A-Za-z0-9_.+-]*)"
_NAMES = (
    (Manager.OPKG, re.compile(rf"(?P<name>{PROGRAM}|{PAGES})_{_VERSION}_{_ARCHITECTURE}\.ipk")),
    (Manager.APK, re.compile(rf"(?P<name>{PROGRAM})-{_VERSION}_{_ARCHITECTURE}\.apk")),
    (Manager.APK, re.compile(rf"(?P<name>{PAGES})-{_VERSION}\.apk")),
)
"""As openwrt/packaging names them. Nothing in such a name means anything to a shell."""


class PackageFile(Frozen):
    """The file of a package."""

    path: str
    name: str
    """The package's: :data:`PROGRAM` or :data:`PAGES`."""
    version: str
    """As in 0.1.0-1, whichever the manager."""
    architecture: str
    """As in ``/etc/openwrt_release``, or :data:`ALL`."""
    manager: Manager

    @property
    def file_name(self) -> str:
        """Its name without the folder."""
        return os.path.basename(self.path)


def packages_in(folder: str) -> list[PackageFile]:
    """Return the packages in a folder. Raises OSError."""
    found = (_package(folder, name) for name in sorted(os.listdir(folder)))
    return [one for one in found if one is not None]


def newest(files: Iterable[PackageFile]) -> PackageFile | None:
    """Return the one of the newest version; None where there is none."""
    return max(files, key=lambda file: age(file.version), default=None)


def usual_architecture(name: str) -> str:
    """Return an architecture's name as ipk files have it."""
    return ALL if name == "noarch" else name


def _package(folder: str, name: str) -> PackageFile | None:
    for manager, form in _NAMES:
        if found := form.fullmatch(name):
            said = found.groupdict(ALL)
            return PackageFile(
                os.path.join(folder, name),
                said["name"],
                usual(said["version"]),
                usual_architecture(said.get("architecture", ALL)),
                manager,
            )
    return None
