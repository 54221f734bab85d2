"""Archives that are the same bytes whoever makes them, where and when: tar, gzipped."""

from __future__ import annotations

import io
import struct
import tarfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

DIRECTORY_MODE = 0o755
_OWNER = "root"
_GZIP_HEADER = b"\x1f\x8b\x08" + bytes(5) + b"\x02\x03"
"""RFC 1952: deflate, no name, no time, the smallest output, made on Unix. Written here, because
what :mod:`gzip` writes differs between versions of Python."""


@dataclass(frozen=True)
class File:
    """A file in an archive."""

    path: str
    """Absolute, as on the router."""
    data: bytes
    mode: int = 0o644


def by_path(files: Iterable[File]) -> dict[str, File]:
    """Return the files by their paths.

    Raises ValueError where two have one path, where one lies below another, and for a path that no
    file of a router can have, or that could not stand in a list of files, one a line.
    """
    listed: dict[str, File] = {}
    for file in files:
        words = file.path.split("/")
        if words[0] or not {"", ".", ".."}.isdisjoint(words[1:]) or not file.path.isprintable():
            raise ValueError(
                f"{file.path!r} cannot be a file's path: it begins with a slash, and between "
                "slashes are names of printable characters"
            )
        if file.path in listed:
            raise ValueError(f"{file.path} is there twice")
        listed[file.path] = file
    for path in folders(listed) & listed.keys():
        raise ValueError(f"{path} is a file, and a folder with files in it")
    return listed


def folders(paths: Iterable[str]) -> set[str]:
    """Return all folders above absolute paths, the root included."""
    return {str(parent) for path in paths for parent in PurePosixPath(path).parents}


def archive(files: Iterable[File], time: int) -> bytes:
    """Return :func:`tarred` files, gzipped. Raises ValueError."""
    return gzipped(tarred(files, time))


def tarred(files: Iterable[File], time: int) -> bytes:
    """Return a tar of the files and of the directories above them, sorted.

    ``time``: of every member, in seconds since 1970. Raises ValueError, as :func:`by_path` does.
    """
    listed = by_path(files)
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for path in sorted({*listed, *folders(listed)}, key=lambda path: PurePosixPath(path).parts):
            # "./" for the root, and "./usr/bin" for what lies below it, as opkg's own tools do.
            member = tarfile.TarInfo("." + path if path != "/" else ".")
            member.uname = member.gname = _OWNER
            member.mtime = time
            if path in listed:
                member.mode = listed[path].mode
                member.size = len(listed[path].data)
                tar.addfile(member, io.BytesIO(listed[path].data))
            else:
                member.type = tarfile.DIRTYPE
                member.mode = DIRECTORY_MODE
                tar.addfile(member)
    return output.getvalue()


def deflate(data: bytes | bytearray) -> bytes:
    """Return the data as a deflate stream (RFC 1951), as small as zlib can make it."""
    # With 9, blocks are longer, and fewer kinds of files get codes of their own: 0.3 % more.
    compressor = zlib.compressobj(zlib.Z_BEST_COMPRESSION, wbits=-zlib.MAX_WBITS, memLevel=7)
    return compressor.compress(data) + compressor.flush()


def gzipped(data: bytes) -> bytes:
    """Return the data as a gzip file, without a name and a time."""
    return (
        _GZIP_HEADER + deflate(data) + struct.pack("<2I", zlib.crc32(data), len(data) & 0xFFFFFFFF)
    )
