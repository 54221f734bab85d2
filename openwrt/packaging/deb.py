"""The file of a package for dpkg: deb(5), with members that xz has compressed.

That is an ar archive (ar(5)) of three members: ``debian-binary`` with the format's version,
``control.tar.xz`` with what dpkg has to know, ``data.tar.xz`` with the files.
"""

from __future__ import annotations

import hashlib
import lzma
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from openwrt.packaging.archive import File, by_path, folders, tarred
from openwrt.packaging.names import deb_name

SCRIPTS = ("preinst", "postinst", "prerm", "postrm")
"""What dpkg runs."""

_FORMAT = b"2.0\n"
_AR_MAGIC = b"!<arch>\n"
_KIBIBYTE = 1024
# Debian Policy 5.6.1 and 5.6.12.
_NAME = re.compile(r"[a-z0-9][a-z0-9+.-]+")
_VERSION = re.compile(r"[0-9][A-Za-z0-9.+~-]*")
_COMPRESSION = 6 | lzma.PRESET_EXTREME
"""With a window of 8 MiB, as dpkg-deb has it: more is memory that unpacking it takes."""


class BadDeb(ValueError):
    """dpkg would not take such a package."""


@dataclass(frozen=True)
class Deb:
    """A package as dpkg sees it."""

    name: str
    version: str
    """With Debian's revision, such as 0.1.0-1."""
    architecture: str
    """As ``dpkg --print-architecture`` says it."""
    maintainer: str
    """A name, and an address in angle brackets."""
    section: str
    description: str
    """The first line is a title; more lines may follow."""
    files: tuple[File, ...]
    conffiles: tuple[str, ...] = ()
    """Paths of files that are the user's to change: an upgrade asks before it replaces one."""
    scripts: Mapping[str, str] = field(default_factory=dict)
    """By the names in :data:`SCRIPTS`."""

    @property
    def file_name(self) -> str:
        """The usual name of the package's file."""
        return deb_name(self.name, self.version, self.architecture)

    @property
    def control(self) -> str:
        """The fields that dpkg reads (deb-control(5))."""
        fields = {
            "Package": self.name,
            "Version": self.version,
            "Architecture": self.architecture,
            "Maintainer": self.maintainer,
            "Installed-Size": str(self._installed_size()),
            "Section": self.section,
            "Priority": "optional",
            "Description": "\n ".join(self.description.splitlines()),
        }
        return "".join(f"{name}: {value}\n" for name, value in fields.items())

    def to_bytes(self, time: int) -> bytes:
        """Return the package's file. ``time``: of every member, in seconds since 1970.

        Raises ValueError where dpkg would refuse it.
        """
        self._check()
        control = [
            File("/control", self.control.encode()),
            File("/md5sums", self._md5sums().encode()),
            *(File(f"/{name}", text.encode(), 0o755) for name, text in self.scripts.items()),
        ]
        if self.conffiles:
            control.append(File("/conffiles", "".join(f"{p}\n" for p in self.conffiles).encode()))
        members = {
            "debian-binary": _FORMAT,
            "control.tar.xz": _xz(tarred(control, time)),
            "data.tar.xz": _xz(tarred(self.files, time)),
        }
        return _AR_MAGIC + b"".join(_ar(name, data, time) for name, data in members.items())

    def _check(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise BadDeb(
                f"{self.name!r} cannot be a package's name: small letters, digits and + . - alone"
            )
        if not _VERSION.fullmatch(self.version):
            raise BadDeb(
                f"{self.version!r} is no version for dpkg: a digit, then letters, digits, . + ~ -"
            )
        if not _NAME.fullmatch(self.architecture):
            raise BadDeb(
                f"{self.architecture!r} cannot be an architecture: write what "
                "dpkg --print-architecture says"
            )
        for path in set(self.conffiles) - by_path(self.files).keys():
            raise BadDeb(f"{path} is the user's to change, and is not in the package")
        for script in self.scripts.keys() - set(SCRIPTS):
            raise BadDeb(f"dpkg knows no script {script!r}; there are {', '.join(SCRIPTS)}")

    def _installed_size(self) -> int:
        """Return kibibytes, as dpkg-gencontrol(1) counts: each file's full, one for a folder."""
        files = sum(-(-len(file.data) // _KIBIBYTE) for file in self.files)
        return files + len(folders(file.path for file in self.files))

    def _md5sums(self) -> str:
        """Return what ``dpkg --verify`` compares with: all files but those for users to change."""
        listed = by_path(self.files)
        return "".join(
            f"{hashlib.md5(listed[path].data, usedforsecurity=False).hexdigest()}  {path[1:]}\n"
            for path in sorted(listed.keys() - set(self.conffiles))
        )


def _xz(data: bytes) -> bytes:
    return lzma.compress(data, preset=_COMPRESSION)


def _ar(name: str, data: bytes, time: int) -> bytes:
    """Return a member of an ar archive: root's, with a size that is even."""
    head = f"{name:<16}{time:<12}{0:<6}{0:<6}{'100644':<8}{len(data):<10}`\n"
    return head.encode() + data + b"\n" * (len(data) % 2)
