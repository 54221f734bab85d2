"""A package of opkg's: what is in it, and its file, an ipk.

An ipk is a gzipped tar of three members: ``debian-binary`` with the format's version,
``control.tar.gz`` with what opkg has to know, ``data.tar.gz`` with the files of the router.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from openwrt.packaging.archive import File, archive

_FORMAT = b"2.0\n"
ALL_ARCHITECTURES = "all"


@dataclass(frozen=True)
class Package:
    """A package for one architecture, or for all."""

    name: str
    version: str
    architecture: str
    """As in ``/etc/openwrt_release``, or :data:`ALL_ARCHITECTURES`."""
    section: str
    description: str
    """The first line is a title; more lines may follow."""
    files: tuple[File, ...]
    depends: tuple[str, ...] = ()
    """Names of packages."""
    conffiles: tuple[str, ...] = ()
    """Paths of files that the user changes and an upgrade leaves alone."""
    scripts: Mapping[str, str] = field(default_factory=dict)
    """What opkg runs, by the names that it has for them."""

    @property
    def file_name(self) -> str:
        """The usual name of the package's file."""
        return f"{self.name}_{self.version}_{self.architecture}.ipk"

    @property
    def control(self) -> str:
        """The fields that opkg reads."""
        fields = {
            "Package": self.name,
            "Version": self.version,
            "Depends": ", ".join(self.depends),
            "Section": self.section,
            "Architecture": self.architecture,
            "License": "GPL-2.0-or-later",
            "Installed-Size": str(sum(len(file.data) for file in self.files)),
            "Description": "\n ".join(self.description.splitlines()),
        }
        return "".join(f"{name}: {value}\n" for name, value in fields.items() if value)

    def to_ipk(self, time: int) -> bytes:
        """Return the package's file. ``time``: of every member, in seconds since 1970."""
        control = [File("/control", self.control.encode())]
        if self.conffiles:
            control.append(File("/conffiles", "".join(f"{p}\n" for p in self.conffiles).encode()))
        control += [File(f"/{name}", text.encode(), 0o755) for name, text in self.scripts.items()]
        return archive(
            [
                File("/debian-binary", _FORMAT),
                File("/control.tar.gz", archive(control, time)),
                File("/data.tar.gz", archive(self.files, time)),
            ],
            time,
        )
