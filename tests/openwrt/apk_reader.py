"""An .apk file of apk-tools 3, read from what is known of the format, and held to all of it.

It shares nothing with the writer (``openwrt/packaging/apk.py``). Whatever is not as apk itself
would have written it, or not as OpenWrt wants it, is refused: a hash, an order, an alignment, an
offset, a byte that belongs to nothing.
"""

from __future__ import annotations

import hashlib
import stat
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

LARGEST = 64 << 20
"""What a package may come to when it is inflated."""
SCRIPTS = (
    *("trigger", "pre-install", "post-install", "pre-deinstall", "post-deinstall"),
    *("pre-upgrade", "post-upgrade"),
)
INFO = (
    *("name", "version", "hashes", "description", "arch", "license", "origin", "maintainer", "url"),
    *("repo-commit", "build-time", "installed-size", "file-size", "provider-priority", "depends"),
    *("provides", "replaces", "install-if", "recommends", "layer", "tags"),
)
NUMBERS = {"build-time", "installed-size", "file-size", "provider-priority", "layer"}
DEPENDENCIES = {"depends", "provides", "replaces", "install-if", "recommends"}
SIGNS = {2: "<", 4: ">", 1: "=", 3: "<=", 5: ">=", 9: "~", 8: "~"}
ANY = 7
CONFLICT = 16


class BadApk(Exception):
    """The file is not what apk would take, or would have made."""


@dataclass(frozen=True)
class Entry:
    """A file or a link in a package."""

    path: str
    """Absolute."""
    mode: int
    owner: str
    group: str
    size: int
    mtime: int
    hash: str
    target: bytes
    data: bytes


@dataclass(frozen=True)
class Folder:
    """A folder in a package."""

    name: str
    """Without slashes at its ends; nothing for the root."""
    mode: int
    owner: str
    group: str
    files: tuple[Entry, ...]


@dataclass(frozen=True)
class ReadApk:
    """A package's file, read."""

    compressed: bool
    info: dict[str, object]
    folders: tuple[Folder, ...]
    scripts: dict[str, str]
    triggers: tuple[str, ...]
    data_sizes: tuple[int, ...]
    """What is in the blocks of data, in their order."""

    @property
    def files(self) -> dict[str, Entry]:
        """The files, by their paths."""
        return {file.path: file for folder in self.folders for file in folder.files}

    def dump(self) -> dict[str, object]:
        """Return what ``apk adbdump`` says of it; every number as the text that it is there."""
        info = {
            name: [str(one) for one in value] if isinstance(value, list) else str(value)
            for name, value in self.info.items()
        }
        said: dict[str, object] = {"info": info, "paths": [_said(one) for one in self.folders]}
        if self.scripts:
            said["scripts"] = self.scripts
        if self.triggers:
            said["triggers"] = list(self.triggers)
        return said


def _said(folder: Folder) -> dict[str, object]:
    said: dict[str, object] = {"name": folder.name} if folder.name else {}
    said["acl"] = _said_access(folder)
    files = [
        {
            "name": file.path.rpartition("/")[2],
            "acl": _said_access(file),
            "size": str(file.size),
            "mtime": str(file.mtime),
            "hash": file.hash,
        }
        for file in folder.files
    ]
    return {**said, "files": files} if files else said


def _said_access(of: Folder | Entry) -> dict[str, str]:
    return {"mode": f"{of.mode:04o}", "user": of.owner, "group": of.group}


def read_apk(file: bytes) -> ReadApk:
    """Read a package's file. Raises BadApk, and nothing else, whatever the bytes are."""
    content = _inflated(file)
    _expect(content[:8] == b"ADB.pckg", "it does not begin as a package does")
    blocks = list(_blocks(content))
    _expect(bool(blocks) and blocks[0][0] == 0, "the first block is not the description")
    _expect(all(kind == 2 for kind, _ in blocks[1:]), "a block that is no file's data")
    data = [
        (_number(payload[:4], 4), _number(payload[4:8], 4), payload[8:])
        for _, payload in blocks[1:]
    ]
    described = _Description(blocks[0][1])
    return described.package(data, compressed=file[:4] == b"ADBd")


def _expect(right: bool, otherwise: str) -> None:
    if not right:
        raise BadApk(otherwise)


def _number(data: bytes, size: int) -> int:
    _expect(len(data) == size, "it ends in the middle of a number")
    return int.from_bytes(data, "little")


def _inflated(file: bytes) -> bytes:
    if file[:4] != b"ADBd":
        return file
    stream = zlib.decompressobj(-15)
    try:
        content = stream.decompress(file[4:], LARGEST)
    except zlib.error as error:
        raise BadApk(f"no deflate stream: {error}") from None
    _expect(not stream.unconsumed_tail, "it inflates to more than any package of ours")
    _expect(stream.eof, "the deflate stream is cut")
    _expect(not stream.unused_data, "there is something behind the deflate stream")
    return content


def _blocks(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield type and payload of each block."""
    at = 8
    while at < len(content):
        word = _number(content[at : at + 4], 4)
        kind, size = word >> 30, word & 0x3FFF_FFFF
        _expect(size >= 4, "a block smaller than its header")
        end = at + size
        following = end + -size % 8
        _expect(following <= len(content), "a block is cut")
        _expect(not any(content[end:following]), "the padding behind a block is not zero")
        yield kind, content[at + 4 : end]
        at = following


@dataclass
class _Description:
    """The block of the description. What was read is noted, to find what belongs to nothing."""

    data: bytes
    used: dict[tuple[int, int], str] = field(default_factory=dict)
    """The parts that were read, and what they are to those that refer to them."""

    def package(self, data: Sequence[tuple[int, int, bytes]], *, compressed: bool) -> ReadApk:
        """Return the package, whose files' data these are."""
        _expect(len(self.data) >= 8, "the description is cut")
        _expect(self.data[:4] == bytes(4), "the description is of another version")
        self.used[0, 8] = "header"
        root = self._fields(_number(self.data[4:8], 4), len(self.data), 5, "the package")
        info = self._info(root[0])
        blocks = {(folder, file): content for folder, file, content in data}
        order = [(folder, file) for folder, file, _ in data]
        _expect(order == sorted(blocks), "the blocks of data are not in order, each once")
        folders = tuple(self._folders(root[1], blocks))
        _expect(not blocks, "a block of data is no file's")
        scripts = self._scripts(root[2])
        triggers = tuple(self._text(one) for one in self._list(root[3]))
        _expect(not root[4][0], "a priority among those that replace it")
        self._check_all_is_used()
        size = sum(file.size for folder in folders for file in folder.files)
        _expect(info["installed-size"] == max(size, 1), "installed-size is not that of the files")
        return ReadApk(
            compressed, info, folders, scripts, triggers, tuple(len(one[2]) + 8 for one in data)
        )

    # What a package consists of.

    def _info(self, place: tuple[int, int]) -> dict[str, object]:
        info: dict[str, object] = {}
        for name, value in zip(INFO, self._fields(*place, len(INFO), "info"), strict=True):
            if not value[0]:
                continue
            if name in NUMBERS:
                info[name] = self._integer(value)
            elif name in DEPENDENCIES:
                info[name] = list(self._dependencies(value))
            elif name == "hashes":
                info[name] = self._unique_id(value)
            else:
                info[name] = self._text(value)
        for name in ("name", "version", "hashes", "arch", "installed-size"):
            _expect(name in info, f"there is no {name}")
        return info

    def _unique_id(self, value: tuple[int, int]) -> str:
        said = self._blob(value, "unique id")
        _expect(len(said) == 20, "the unique id has not 20 bytes")
        at = (value[0] & 0x0FFF_FFFF) + 1
        zeroed = self.data[:at] + bytes(20) + self.data[at + 20 :]
        _expect(hashlib.sha256(zeroed).digest()[:20] == said, "the unique id is wrong")
        return said.hex()

    def _dependencies(self, value: tuple[int, int]) -> Iterator[str]:
        names = []
        for one in self._list(value):
            name, version, match = self._fields(*one, 3, "a dependency")
            names.append(self._text(name).encode())
            how = self._integer(match) if match[0] else 1
            wanted = self._text(version) if version[0] else ""
            _expect(bool(wanted) or how in (1, ANY | CONFLICT), "a match without a version")
            _expect(not match[0] or how != 1, "the usual match is written out")
            conflict = "!" if how & CONFLICT else ""
            sign = SIGNS.get(how & ~CONFLICT, "") if wanted else ""
            _expect(bool(sign) == bool(wanted), f"there is no match {how}")
            yield f"{conflict}{names[-1].decode()}{sign}{wanted}"
        _expect(names == sorted(set(names)), "the dependencies are not in order, each once")

    def _folders(
        self, value: tuple[int, int], blocks: dict[tuple[int, int], bytes]
    ) -> Iterator[Folder]:
        names: list[str] = []
        for number, one in enumerate(self._list(value), start=1):
            name, access, files = self._fields(*one, 3, "a folder")
            names.append(self._text(name) if name[0] else "")
            _expect("/" + names[-1] == _normal("/" + names[-1]), "a folder's name is no path")
            mode, owner, group = self._access(access)
            listed = tuple(self._files(files, names[-1], number, blocks))
            yield Folder(names[-1], mode, owner, group, listed)
        encoded = [name.encode() for name in names]
        _expect(encoded == sorted(set(encoded)), "the folders are not in order, each once")
        _expect(not names or names[0] == "", "the root is missing")
        for above in names:
            _expect(above.rpartition("/")[0] in names, f"there is nothing above {above}")

    def _files(
        self,
        value: tuple[int, int],
        folder: str,
        number: int,
        blocks: dict[tuple[int, int], bytes],
    ) -> Iterator[Entry]:
        names = []
        for index, one in enumerate(self._list(value), start=1):
            name, access, size, mtime, digest, target = self._fields(*one, 6, "a file")
            names.append(self._text(name).encode())
            path = f"/{folder}/{names[-1].decode()}" if folder else f"/{names[-1].decode()}"
            _expect(b"/" not in names[-1] and path == _normal(path), "a file's name is a path")
            mode, owner, group = self._access(access)
            link = self._blob(target, "bytes") if target[0] else b""
            length = self._integer(size)
            data = b"" if link or not length else blocks.pop((number, index), None)
            _expect(data is not None, f"{path} has no data")
            assert data is not None
            said = self._blob(digest, "bytes") if digest[0] else b""
            if link:
                _expect(len(link) > 2 and not said, f"{path} is no link")
            else:
                _expect(len(data) == length, f"{path} has another size")
                _expect(hashlib.sha256(data).digest() == said, f"{path} has another hash")
            yield Entry(
                path, mode, owner, group, length, self._integer(mtime), said.hex(), link, data
            )
        _expect(names == sorted(set(names)), "the files are not in order, each once")

    def _access(self, value: tuple[int, int]) -> tuple[int, str, str]:
        mode, owner, group, attributes = self._fields(*value, 4, "rights")
        _expect(not attributes[0], "extended attributes")
        bits = self._integer(mode)
        _expect(bits == stat.S_IMODE(bits), "a mode with a type in it")
        return bits, self._text(owner), self._text(group)

    def _scripts(self, value: tuple[int, int]) -> dict[str, str]:
        if not value[0]:
            return {}
        found = zip(SCRIPTS, self._fields(*value, len(SCRIPTS), "the scripts"), strict=True)
        return {name: self._text(one) for name, one in found if one[0]}

    # Values. Each comes with the place of what it stands in: what it refers to lies before that.

    def _integer(self, value: tuple[int, int]) -> int:
        word, before = value
        kind, offset = word >> 28, word & 0x0FFF_FFFF
        if kind == 1:
            return offset
        size = {2: 4, 3: 8}.get(kind, 0)
        _expect(bool(size), "no number")
        number = _number(self._part(offset, size, 4, before, f"number {size}"), size)
        _expect(number >= (1 << 28 if size == 4 else 1 << 32), "a number longer than it must be")
        return number

    def _blob(self, value: tuple[int, int], role: str) -> bytes:
        word, before = value
        kind, offset = word >> 28, word & 0x0FFF_FFFF
        size = {0x8: 1, 0x9: 2, 0xA: 4}.get(kind, 0)
        _expect(bool(size), "no bytes")
        length = _number(self.data[offset : offset + size], size)
        least = {1: 1, 2: 1 << 8, 4: 1 << 16}[size]
        _expect(length >= least, "bytes with a size longer than it must be")
        return self._part(offset, size + length, size, before, role)[size:]

    def _text(self, value: tuple[int, int]) -> str:
        try:
            return self._blob(value, "bytes").decode()
        except UnicodeDecodeError:
            raise BadApk("a text that is not UTF-8") from None

    def _list(self, value: tuple[int, int]) -> list[tuple[int, int]]:
        if not value[0]:
            return []
        values = self._words(*value, "a list")
        _expect(all(word for word, _ in values), "a list with nothing in it")
        return values

    def _fields(self, word: int, before: int, count: int, what: str) -> list[tuple[int, int]]:
        """Return an object's fields, filled up to ``count``."""
        values = self._words(word, before, what)
        _expect(len(values) <= count, f"{what} has too many fields")
        return [*values, *[(0, before)] * (count - len(values))]

    def _words(self, word: int, before: int, what: str) -> list[tuple[int, int]]:
        kind, offset = word >> 28, word & 0x0FFF_FFFF
        _expect(kind == 0xE, f"{what} is no object")
        count = _number(self.data[offset : offset + 4], 4)
        _expect(2 <= count <= len(self.data) // 4, f"{what} has no number of fields")
        part = self._part(offset, 4 * count, 4, before, "words")
        words = [_number(part[at : at + 4], 4) for at in range(4, len(part), 4)]
        _expect(words[-1] != 0, f"{what} ends with nothing")
        return [(word, offset) for word in words]

    def _part(self, offset: int, size: int, alignment: int, before: int, role: str) -> bytes:
        _expect(offset >= 8 and offset + size <= before, "an offset leads elsewhere")
        _expect(offset % alignment == 0, "an offset is not aligned")
        known = self.used.setdefault((offset, offset + size), role)
        _expect(known == role, "one part is two things")
        return self.data[offset : offset + size]

    def _check_all_is_used(self) -> None:
        """See that every byte belongs to one part, or is a zero that aligns the next."""
        end = 0
        for start, stop in sorted(self.used):
            _expect(start >= end, "two parts overlap")
            _expect(
                start - end < 4 and not any(self.data[end:start]), "bytes that belong to nothing"
            )
            end = stop
        _expect(end == len(self.data), "bytes that belong to nothing")


def _normal(path: str) -> str:
    """Return a path without what a path in a package does not have."""
    words = [word for word in path.split("/") if word not in ("", ".", "..")]
    return "/" + "/".join(words)
