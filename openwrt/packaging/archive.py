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


def archive(files: Iterable[File], time: int) -> bytes:
    """Return a gzipped tar of the files and of the directories above them, sorted.

    ``time``: of every member, in seconds since 1970. Raises ValueError where two files have one
    path.
    """
    by_path = {}
    for file in files:
        if file.path in by_path:
            raise ValueError(f"{file.path} is there twice")
        by_path[file.path] = file
    directories = {str(parent) for path in by_path for parent in PurePosixPath(path).parents}
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for path in sorted({*by_path, *directories}, key=lambda path: PurePosixPath(path).parts):
            # "./" for the root, and "./usr/bin" for what lies below it, as opkg's own tools do.
            member = tarfile.TarInfo("." + path if path != "/" else ".")
            member.uname = member.gname = _OWNER
            member.mtime = time
            if path in by_path:
                member.mode = by_path[path].mode
                member.size = len(by_path[path].data)
                tar.addfile(member, io.BytesIO(by_path[path].data))
            else:
                member.type = tarfile.DIRTYPE
                member.mode = DIRECTORY_MODE
                tar.addfile(member)
    return _gzip(output.getvalue())


def _gzip(data: bytes) -> bytes:
    compressor = zlib.compressobj(zlib.Z_BEST_COMPRESSION, wbits=-zlib.MAX_WBITS, memLevel=9)
    deflated = compressor.compress(data) + compressor.flush()
    return _GZIP_HEADER + deflated + struct.pack("<2I", zlib.crc32(data), len(data) & 0xFFFFFFFF)
