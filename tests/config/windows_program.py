"""Writes the smallest PE files that have what the V2 check is made of (Microsoft's PE format)."""

from __future__ import annotations

import struct

EXECUTABLE = 0x6000_0020
"""Characteristics of a section with code."""
INITIALIZED_DATA = 0x4000_0040
_HEADERS_SIZE = 0x400
_FILE_ALIGNMENT = 0x200
_SECTION_ALIGNMENT = 0x1000
_OPTIONAL_HEADER_SIZE = 0xE0
_RESOURCE_DIRECTORY = 2
_VERSION_RESOURCE = 16
_SUBDIRECTORY = 0x8000_0000


def windows_program(
    *code_sections: bytes, version: tuple[int, int] | None = (3, 50), first: bytes | None = None
) -> bytes:
    """Write a program with sections of code; before them ``first``, a section of data.

    The sections' sizes should be multiples of 512, which is how they lie in the file.
    """
    sections = [] if first is None else [(b".data", INITIALIZED_DATA, first)]
    sections += [(b".text", EXECUTABLE, code) for code in code_sections]
    resource_address = 0
    if version is not None:
        resource_address = _SECTION_ALIGNMENT * (len(sections) + 1)
        resources = _resources(resource_address, _version_information(*version))
        sections.append((b".rsrc", INITIALIZED_DATA, resources))
    headers = b"MZ".ljust(60, b"\0") + struct.pack("<I", 64)
    headers += b"PE\0\0" + _file_header(len(sections)) + _optional_header(resource_address)
    body = b""
    for number, (name, characteristics, content) in enumerate(sections, 1):
        padded = _padded(content, _FILE_ALIGNMENT)
        headers += name.ljust(8, b"\0") + struct.pack(
            "<IIIIIIHHI",
            len(content),
            _SECTION_ALIGNMENT * number,
            len(padded),
            _HEADERS_SIZE + len(body),
            *(0, 0, 0, 0),
            characteristics,
        )
        body += padded
    return headers.ljust(_HEADERS_SIZE, b"\0") + body


def _file_header(section_count: int) -> bytes:
    return struct.pack("<HHIIIHH", 0x14C, section_count, 0, 0, 0, _OPTIONAL_HEADER_SIZE, 0x102)


def _optional_header(resource_address: int) -> bytes:
    header = struct.pack("<HBBIIIIII", 0x10B, 6, 0, 0, 0, 0, _SECTION_ALIGNMENT, 0, 0)
    header += struct.pack("<III", 0x40_0000, _SECTION_ALIGNMENT, _FILE_ALIGNMENT)
    header += struct.pack("<HHHHHHI", 4, 0, 0, 0, 4, 0, 0)
    header += struct.pack("<IIIHH", 0x1_0000, _HEADERS_SIZE, 0, 2, 0)
    header += struct.pack("<IIIIII", 0x10_0000, 0x1000, 0x10_0000, 0x1000, 0, 16)
    directories = [(0, 0)] * 16
    directories[_RESOURCE_DIRECTORY] = (resource_address, 0x200 if resource_address else 0)
    return header + b"".join(struct.pack("<II", *directory) for directory in directories)


def _resources(address: int, version_information: bytes) -> bytes:
    """Write a tree of three levels with one leaf: type, name, language."""
    level_size = 16 + 8
    tree = b""
    for depth, number in enumerate((_VERSION_RESOURCE, 1, 0x409), 1):
        below = depth * level_size | (_SUBDIRECTORY if depth < 3 else 0)
        tree += struct.pack("<IIHHHHII", 0, 0, 0, 0, 0, 1, number, below)
    content_at = len(tree) + 16
    tree += struct.pack("<IIII", address + content_at, len(version_information), 0, 0)
    return tree + version_information


def _version_information(major: int, minor: int) -> bytes:
    key = "VS_VERSION_INFO\0".encode("utf-16-le")
    fixed = struct.pack(
        "<IIIIII", 0xFEEF04BD, 0x1_0000, major << 16 | minor, 0, major << 16 | minor, 0
    ) + bytes(28)
    header_size = 6 + len(key)
    aligned = header_size + -header_size % 4
    start = struct.pack("<HHH", aligned + len(fixed), len(fixed), 0) + key
    return start.ljust(aligned, b"\0") + fixed


def _padded(content: bytes, size: int) -> bytes:
    return content + bytes(-len(content) % size)
