"""What a package's file says of itself, and how much room it takes on a router.

An ipk is read by Python's own library. Of an apk (apk-tools 3, ``ADB.``) it takes the few fields at
the beginning; the format is described in openwrt/packaging/apk.py and adb.py, which write it.
"""

from __future__ import annotations

import io
import struct
import tarfile
import zlib

from ruijie_proxy.deploy.errors import NotDeployed, Trouble
from ruijie_proxy.deploy.package_files import Manager, usual_architecture
from ruijie_proxy.deploy.versions import usual
from ruijie_proxy.i18n import _, reason_of
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.deploy.package_files import PackageFile

_LARGEST = 64 * 1024 * 1024
"""Bytes of a package, unpacked: ten times ours."""
_GZIP, _RAW = 31, -15
"""zlib's numbers for RFC 1952, and for deflate without any header (RFC 1951)."""
_PAGE = 4096
"""Bytes that jffs2 and ubifs compress at a time."""
_PAGE_HEAD = 68
"""Bytes that jffs2 puts before each (struct jffs2_raw_inode)."""


class _Damaged(Exception):
    """The file is not whole, or no package."""


_NO_PACKAGE = (
    _Damaged,
    zlib.error,
    tarfile.TarError,
    struct.error,
    EOFError,
    KeyError,
    ValueError,
)
"""What reading raises of bytes that are none."""


class Contents(Frozen):
    """A package."""

    file: PackageFile
    data: bytes
    """The file itself."""
    depends: tuple[str, ...]
    """Names of packages."""
    unpacked: int
    """Bytes of its files."""
    compressed: int
    """Bytes that they take on a flash that compresses."""
    cached_as: str | None
    """The name by which apk finds it in a cache (apk-tools, default_cachename_spec); an ipk has
    none."""

    def __repr__(self) -> str:
        return f"Contents({self.file.file_name})"


class _Told(Frozen):
    """What a package says of itself."""

    name: str
    version: str
    architecture: str
    depends: tuple[str, ...]
    unpacked: int
    payload: bytes
    """Much the same as what is unpacked of it."""
    cached_as: str | None = None


def read_contents(file: PackageFile) -> Contents:
    """Read a package, and see that it is whole and what its name says. Raises NotDeployed."""
    try:
        with open(file.path, "rb") as opened:
            data = opened.read(_LARGEST + 1)
        told = _ipk(data) if file.manager is Manager.OPKG else _apk(data)
    except OSError as error:
        raise NotDeployed(
            _("{path}: {reason}", path=file.path, reason=reason_of(error)),
            Trouble.MISUSED,
        ) from error
    except _NO_PACKAGE as error:
        raise NotDeployed(
            _(
                "{path} is no package, or not the whole of one. Copy or make it again.",
                path=file.path,
            ),
            Trouble.MISUSED,
        ) from error
    said = (told.name, usual(told.version), usual_architecture(told.architecture))
    if said != (file.name, file.version, file.architecture):
        raise NotDeployed(
            _(
                "{path} is {name} {version} for {architecture} inside, which is not what the file "
                "is called. Give it its right name, or take another.",
                path=file.path,
                name=said[0],
                version=said[1],
                architecture=said[2],
            ),
            Trouble.MISUSED,
        )
    return Contents(
        file, data, told.depends, told.unpacked, _on_flash(told.payload), told.cached_as
    )


def _inflated(data: bytes, form: int) -> bytes:
    """Return the whole of what a stream holds."""
    stream = zlib.decompressobj(form)
    content = stream.decompress(data, _LARGEST)
    if not stream.eof:
        raise _Damaged
    return content


def _on_flash(payload: bytes) -> int:
    """Return how much data takes where each page is compressed by itself, as by jffs2."""
    pages = [payload[at : at + _PAGE] for at in range(0, len(payload), _PAGE)]
    return sum(min(len(page), len(zlib.compress(page))) + _PAGE_HEAD for page in pages)


def _ipk(data: bytes) -> _Told:
    members = _members(_inflated(data, _GZIP))
    control = _members(_inflated(members["control.tar.gz"], _GZIP))["control"]
    payload = _inflated(members["data.tar.gz"], _GZIP)
    unpacked = sum(len(content) for content in _members(payload).values())
    pairs = (line.partition(": ") for line in control.decode().splitlines())
    fields = {name: value for name, _colon, value in pairs}
    depends = tuple(one.split()[0] for one in fields.get("Depends", "").split(",") if one.strip())
    return _Told(
        fields.get("Package", ""),
        fields.get("Version", ""),
        fields.get("Architecture", ""),
        depends,
        unpacked,
        payload,
    )


def _members(archive: bytes) -> dict[str, bytes]:
    """Return the files of a tar, by their paths without what stands before them."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        found = {}
        for member in tar:
            file = tar.extractfile(member)
            if file is not None:
                found[member.name.removeprefix("./")] = file.read()
        return found


# Of apk's values: a word is a type in its upper four bits, and a number or an offset in the others.
_INFO = 1
_NAME, _VERSION, _UNIQUE_ID, _ARCHITECTURE, _INSTALLED_SIZE, _DEPENDS = 1, 2, 3, 5, 12, 15
"""Fields of a package's description, counted from 1."""
_SIZES_OF_BLOBS = {0x8: "<B", 0x9: "<H", 0xA: "<I"}
_SMALL_NUMBER, _NUMBER_32 = 0x1, 0x2
_OFFSET = 0x0FFF_FFFF
_MOST_FIELDS = 4096


def _apk(data: bytes) -> _Told:
    content = _inflated(data[4:], _RAW) if data[:4] == b"ADBd" else data
    if content[:8] != b"ADB.pckg":
        raise _Damaged
    blocks = _blocks(content)
    description = blocks[0]
    root = struct.unpack_from("<I", description, 4)[0]
    info = _fields(description, _fields(description, root)[_INFO])
    depends = tuple(
        _text(description, _fields(description, one)[_NAME])
        for one in list(_fields(description, info.get(_DEPENDS, 0)).values())
    )
    name, version = (_text(description, info.get(field, 0)) for field in (_NAME, _VERSION))
    unique_id = _blob(description, info.get(_UNIQUE_ID, 0))
    return _Told(
        name,
        version,
        _text(description, info.get(_ARCHITECTURE, 0)),
        depends,
        _number(description, info.get(_INSTALLED_SIZE, 0)),
        content,
        cached_as=f"{name}-{version}.{unique_id[:4].hex()}.apk",
    )


def _blocks(content: bytes) -> list[bytes]:
    """Return the blocks behind the head of eight bytes, each without its own."""
    found, at = [], 8
    while at < len(content):
        size = struct.unpack_from("<I", content, at)[0] & 0x3FFF_FFFF
        if size < 4 or at + size > len(content):
            raise _Damaged
        found.append(content[at + 4 : at + size])
        at += size + -size % 8
    if not found:
        raise _Damaged
    return found


def _fields(block: bytes, value: int) -> dict[int, int]:
    """Return what an object or list holds, by its place in it; nothing of what is not there."""
    if not value:
        return {}
    at = value & _OFFSET
    count = struct.unpack_from("<I", block, at)[0]
    if not 1 <= count <= _MOST_FIELDS:
        raise _Damaged
    return dict(enumerate(struct.unpack_from(f"<{count}I", block, at)[1:], start=1))


def _text(block: bytes, value: int) -> str:
    return _blob(block, value).decode()


def _blob(block: bytes, value: int) -> bytes:
    if not value:
        return b""
    form = _SIZES_OF_BLOBS.get(value >> 28)
    if form is None:
        raise _Damaged
    at = value & _OFFSET
    size = struct.unpack_from(form, block, at)[0]
    start = at + struct.calcsize(form)
    return block[start : start + size]


def _number(block: bytes, value: int) -> int:
    kind, rest = value >> 28, value & _OFFSET
    if kind == _SMALL_NUMBER:
        return rest
    if kind != _NUMBER_32:
        raise _Damaged
    return int(struct.unpack_from("<I", block, rest)[0])
