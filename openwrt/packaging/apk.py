"""The file of a package for apk-tools 3, which OpenWrt 25.12 and later have; unsigned.

The file is a deflate stream (a header of four bytes says so) of these: a header; one block that
describes the package and everything in it (:mod:`.adb`); and a block of data for each file that is
not empty. apk knows deflate, zstd and no compression; Python's standard library has no zstd.
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from openwrt.packaging.adb import NULL, Block
from openwrt.packaging.archive import DIRECTORY_MODE, File, by_path, deflate, folders

SCRIPTS = (
    "trigger",
    "pre-install",
    "post-install",
    "pre-deinstall",
    "post-deinstall",
    "pre-upgrade",
    "post-upgrade",
)
"""What apk runs, in the order in which it has the scripts."""

_DEFLATED = b"ADBd"
_HEADER = b"ADB." + b"pckg"
_BLOCK_ALIGNMENT = 8
_TYPE_SHIFT = 30
_OWNER = "root"
_UNIQUE_ID = 20
"""Bytes of a package's identity, of a hash over its description."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]*")
_VERSION = re.compile(
    r"[0-9]+(\.[0-9]+)*[a-z]?"
    r"(_(alpha|beta|pre|rc|cvs|svn|git|hg|p)[0-9]*)*"
    r"(~[0-9a-f]+)?"
    r"(-r[0-9]+)?"
)
"""The grammar of apk-tools' ``src/version.c``."""
_DEPENDENCY = re.compile(
    rf"(?P<conflict>!?)(?P<name>{_NAME.pattern})"
    r"((?P<match>=|<=?|>=?|~)(?P<version>[^<>=~]+))?"
)


class BadPackage(ValueError):
    """apk would not take such a package."""


class _BlockType(IntEnum):
    DESCRIPTION = 0
    DATA = 2


_EQUAL = 1
_MATCHES = {"=": _EQUAL, "<": 2, "<=": 3, ">": 4, ">=": 5, "~": 9}
"""How a version may be to the one that is asked for: 2 less, 4 greater, 8 alike, added up."""
_ANY = 7
_CONFLICT = 16
"""Added to these where a package must not be there."""


@dataclass(frozen=True)
class Apk:
    """A package as apk sees it."""

    name: str
    version: str
    """In apk's grammar, such as 0.1.0-r1."""
    architecture: str
    """As in ``/etc/apk/arch``, or ``noarch``."""
    description: str
    """One line."""
    license: str
    origin: str
    """What it was built from."""
    files: tuple[File, ...]
    depends: tuple[str, ...] = ()
    """Names of packages; a version may follow (``luci-base>=21.02``), or a ``!`` stand before."""
    scripts: Mapping[str, str] = field(default_factory=dict)
    """By the names in :data:`SCRIPTS`."""

    def to_bytes(self, time: int, *, compressed: bool = True) -> bytes:
        """Return the package's file. ``time``: of everything, in seconds since 1970.

        Raises ValueError where apk would refuse it.
        """
        self._check()
        contents = _contents(self.files)
        blocks = [_block(_BlockType.DESCRIPTION, self._description(contents, time))]
        for folder_index, files in enumerate(contents.values(), start=1):
            for file_index, (_, file) in enumerate(files, start=1):
                if file.data:
                    place = struct.pack("<2I", folder_index, file_index)
                    blocks.append(_block(_BlockType.DATA, place + file.data))
        content = _HEADER + b"".join(blocks)
        return _DEFLATED + deflate(content) if compressed else content

    def _check(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise BadPackage(
                f"{self.name!r} cannot be a package's name: letters, digits and + . _ - alone"
            )
        if not _VERSION.fullmatch(self.version):
            raise BadPackage(
                f"{self.version!r} is no version for apk: numbers with dots, then perhaps a suffix "
                "such as _rc1, then -r and the release, as in 0.1.0-r1"
            )
        if not _NAME.fullmatch(self.architecture):
            raise BadPackage(
                f"{self.architecture!r} cannot be an architecture: write what /etc/apk/arch says"
            )
        if self.description != " ".join(self.description.split()):
            raise BadPackage("apk keeps descriptions in lines of a file: it has to be one line")
        for script in self.scripts.keys() - set(SCRIPTS):
            raise BadPackage(f"apk knows no script {script!r}; there are {', '.join(SCRIPTS)}")

    def _description(self, contents: Mapping[str, list[tuple[str, File]]], time: int) -> bytearray:
        """Return what apk has to know of the package, and of each of its files."""
        block = Block()
        unique_id, place = block.place_for(_UNIQUE_ID)
        size = sum(len(file.data) for file in self.files)
        info = [
            block.text(self.name),
            block.text(self.version),
            unique_id,
            block.text(self.description),
            block.text(self.architecture),
            block.text(self.license),
            block.text(self.origin),
            *(NULL, NULL, NULL),  # maintainer, URL, commit
            block.integer(time),
            # Where it is 0, apk takes the package for one without files, and unpacks none.
            block.integer(max(size, 1)),
            *(NULL, NULL),  # size of the file, which an index has; priority as a provider
            block.object(_dependencies(block, self.depends)),
        ]
        paths = [_folder(block, name, files, time) for name, files in contents.items()]
        scripts = [block.text(self.scripts.get(script, "")) for script in SCRIPTS]
        root = [block.object(info), block.object(paths), block.object(scripts)]
        data = block.finish(block.object(root))
        data[place] = hashlib.sha256(data).digest()[:_UNIQUE_ID]
        return data


def _contents(files: tuple[File, ...]) -> dict[str, list[tuple[str, File]]]:
    """Return every folder, without slashes at its ends, and the files in it by name, all sorted.

    The folders above count, too: apk of OpenWrt 25.12 wants all of them, and the root first.
    """
    listed = by_path(files)
    found: dict[str, list[tuple[str, File]]] = {
        folder.strip("/"): [] for folder in sorted(folders(listed), key=str.encode)
    }
    for path in sorted(listed, key=str.encode):
        folder, _, name = path[1:].rpartition("/")
        found[folder].append((name, listed[path]))
    return found


def _folder(block: Block, name: str, files: list[tuple[str, File]], time: int) -> int:
    listed = [
        block.object(
            [
                block.text(file_name),
                _access(block, file.mode),
                block.integer(len(file.data)),
                block.integer(time),
                block.blob(hashlib.sha256(file.data).digest()),
            ]
        )
        for file_name, file in files
    ]
    return block.object([block.text(name), _access(block, DIRECTORY_MODE), block.object(listed)])


def _access(block: Block, mode: int) -> int:
    owner = block.text(_OWNER)
    return block.object([block.integer(mode), owner, owner])


def _dependencies(block: Block, depends: tuple[str, ...]) -> list[int]:
    """Return the dependencies as apk has them, sorted by name."""
    by_name = {}
    for text in depends:
        found = _DEPENDENCY.fullmatch(text)
        if found is None:
            raise BadPackage(f"{text!r} is no dependency: a package's name, or as in luci>=21.02")
        if found["name"] in by_name:
            raise BadPackage(f"it depends twice on {found['name']}")
        by_name[found["name"]] = found
    return [_dependency(block, by_name[name]) for name in sorted(by_name)]


def _dependency(block: Block, found: re.Match[str]) -> int:
    version = found["version"] or ""
    if version and not _VERSION.fullmatch(version):
        raise BadPackage(f"{found[0]!r} asks for {version!r}, which is no version for apk")
    match = _MATCHES[found["match"]] if version else 0
    if found["conflict"]:
        match = (match or _ANY) | _CONFLICT
    # An equal version, or any, is what apk takes the rest to mean.
    return block.object(
        [
            block.text(found["name"]),
            block.text(version),
            NULL if match in (0, _EQUAL) else block.integer(match),
        ]
    )


def _block(kind: _BlockType, payload: bytes | bytearray) -> bytes:
    size = 4 + len(payload)
    if size >= 1 << _TYPE_SHIFT:
        raise BadPackage("a file of 1 GiB or more does not fit into a package")
    padding = bytes(-size % _BLOCK_ALIGNMENT)
    return struct.pack("<I", kind << _TYPE_SHIFT | size) + payload + padding
