"""A package of OpenWrt's: what is in it, and its file, an ipk for opkg or an apk.

An ipk is a gzipped tar of three members: ``debian-binary`` with the format's version,
``control.tar.gz`` with what opkg has to know, ``data.tar.gz`` with the files of the router.
The other's format is in :mod:`.apk`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from openwrt.packaging import wrapped_scripts
from openwrt.packaging.apk import Apk
from openwrt.packaging.archive import File, archive
from openwrt.packaging.names import apk_architecture, apk_name, apk_version, ipk_name

_FORMAT = b"2.0\n"
_LICENSE = "GPL-2.0-or-later"
_ORIGIN = "ruijie-proxy"
_APK_RECORDS = "/lib/apk/packages"
"""Where OpenWrt's scripts and sysupgrade look for what they want to know of apk's packages."""


@dataclass(frozen=True)
class Package:
    """A package for one architecture, or for all."""

    name: str
    version: str
    architecture: str
    """As in ``/etc/openwrt_release``, or :data:`.names.ALL_ARCHITECTURES`."""
    section: str
    description: str
    """The first line is a title; more lines may follow."""
    files: tuple[File, ...]
    depends: tuple[str, ...] = ()
    """Names of packages."""
    conffiles: tuple[str, ...] = ()
    """Paths of files that the user changes and an upgrade leaves alone."""
    scripts: Mapping[str, str] = field(default_factory=dict)
    """The package's own, by the names that OpenWrt's build has for them: ``preinst``, ``postinst``,
    ``prerm``, ``postrm``. In its file, those of OpenWrt are around them."""
    one_for_all: bool = False
    """There is none of the same name for other architectures."""

    @property
    def file_name(self) -> str:
        """The usual name of the package's file, an ipk."""
        return ipk_name(self.name, self.version, self.architecture)

    @property
    def apk_file_name(self) -> str:
        """The name of the package's file for apk, which does not care for it."""
        return apk_name(self.name, self.version, None if self.one_for_all else self.architecture)

    @property
    def control(self) -> str:
        """The fields that opkg reads."""
        fields = {
            "Package": self.name,
            "Version": self.version,
            "Depends": ", ".join(self.depends),
            "Section": self.section,
            "Architecture": self.architecture,
            "License": _LICENSE,
            "Installed-Size": str(sum(len(file.data) for file in self.files)),
            "Description": "\n ".join(self.description.splitlines()),
        }
        return "".join(f"{name}: {value}\n" for name, value in fields.items() if value)

    def to_ipk(self, time: int) -> bytes:
        """Return the package's file. ``time``: of every member, in seconds since 1970."""
        scripts = wrapped_scripts.for_opkg(self.scripts)
        control = [File("/control", self.control.encode())]
        if self.conffiles:
            control.append(File("/conffiles", "".join(f"{p}\n" for p in self.conffiles).encode()))
        control += [File(f"/{name}", text.encode(), 0o755) for name, text in scripts.items()]
        return archive(
            [
                File("/debian-binary", _FORMAT),
                File("/control.tar.gz", archive(control, time)),
                File("/data.tar.gz", archive(self.files, time)),
            ],
            time,
        )

    def to_apk(self, time: int) -> bytes:
        """Return the package's file for apk. ``time``: of everything, in seconds since 1970.

        Raises ValueError where apk would refuse it.
        """
        title, *text = self.description.splitlines()
        return Apk(
            name=self.name,
            version=apk_version(self.version),
            architecture=apk_architecture(self.architecture),
            description=" ".join(text) or title,
            license=_LICENSE,
            origin=_ORIGIN,
            files=(*self.files, *self._apk_records()),
            depends=self.depends,
            scripts=wrapped_scripts.for_apk(self.name, self.scripts),
        ).to_bytes(time)

    def _apk_records(self) -> list[File]:
        """Return what OpenWrt's build adds: which files there are, and which are the user's."""
        hashes = {file.path: hashlib.sha256(file.data).hexdigest() for file in self.files}
        texts = {
            "list": sorted(hashes, key=str.encode),
            "conffiles": list(self.conffiles),
            "conffiles_static": [
                f"{path} {hashes[path]}" for path in self.conffiles if path in hashes
            ],
        }
        return [
            File(
                f"{_APK_RECORDS}/{self.name}.{kind}",
                "".join(f"{line}\n" for line in lines).encode(),
            )
            for kind, lines in texts.items()
            if lines
        ]
