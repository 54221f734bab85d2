"""Whose work is in the self-contained program, and under which licences: told with each copy.

The texts are those that came with the sources, so they are always of what was built. The form is
Debian's (copyright-format/1.0), which programs and people read.
"""

from __future__ import annotations

import re
from pathlib import Path

from openwrt.standalone.errors import BuildError
from ruijie_proxy.values import Frozen

_HEAD = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: ruijie-proxy
Comment: The program is one executable, which was linked of all that is named here. The texts below
 are those of its authors. The folders of others are those that the build unpacks
 (openwrt/standalone/sources.py says whence).

Files: *
Copyright: the authors of ruijie-proxy
License: GPL-2+
"""
_TAIL = """\
License: GPL-2+
 You can redistribute this and change it under the terms of the GNU General Public License, version
 2 or, at your option, any later version, as the Free Software Foundation publishes it. There is no
 warranty. Debian has the text in /usr/share/common-licenses/GPL-2.
"""
_TITLE = re.compile(r"^(?P<title>.+)\n-{4,}\n", re.MULTILINE)
"""Of a section of reStructuredText."""


class _Part(Frozen):
    """Something that is in the executable."""

    files: str
    copyright: str
    license: str
    """The short name that the format has for it."""
    text: str

    def paragraph(self) -> str:
        lines = "".join(f" {line.rstrip() or '.'}\n" for line in self.text.strip().splitlines())
        return f"Files: {self.files}\nCopyright: {self.copyright}\nLicense: {self.license}\n{lines}"


def licences(cpython: Path, zlib: Path, zig: Path, libraries: dict[str, Path]) -> str:
    """Return the text, without that of the GNU GPL itself.

    The folders are the unpacked sources, those of ``libraries`` by the projects' names. Raises
    BuildError.
    """
    try:
        parts = [
            *_of_cpython(cpython),
            _Part(
                f"{zlib.name}/*",
                "1995-2022 Jean-loup Gailly and Mark Adler",
                "Zlib",
                _read(zlib / "LICENSE"),
            ),
            _Part(
                f"{zig.name}/ziglang/lib/libc/musl/*",
                "2005-2020 Rich Felker, et al.",
                "Expat-and-others",
                _read(zig / "ziglang/lib/libc/musl/COPYRIGHT"),
            ),
            _Part(
                f"{zig.name}/ziglang/lib/compiler_rt/* {zig.name}/ziglang/lib/c/*",
                "Zig contributors",
                "Expat",
                _read(zig / "ziglang/LICENSE"),
            ),
            _of_wheel(libraries["click"], "2014 Pallets", "BSD-3-Clause"),
            _of_wheel(
                libraries["PyYAML"], "2017-2021 Ingy döt Net; 2006-2016 Kirill Simonov", "Expat"
            ),
        ]
    except OSError as error:
        raise BuildError(f"the licence of something that is in the program: {error}") from error
    return "\n".join([_HEAD, *(part.paragraph() for part in parts), _TAIL])


def _of_cpython(cpython: Path) -> list[_Part]:
    """Return CPython, and what others have written in it. Raises BuildError, or OSError."""
    sections = _TITLE.split(_read(cpython / "Doc" / "license.rst"))
    texts = dict(zip(sections[1::2], sections[2::2], strict=True))
    others = {
        "Mersenne Twister": (
            "Modules/_randommodule.c",
            "1997-2002 Makoto Matsumoto and Takuji Nishimura",
            "BSD-3-Clause",
        ),
        "SipHash24": ("Python/pyhash.c", "2013 Marek Majkowski", "Expat"),
        "strtod and dtoa": ("Python/dtoa.c", "1991, 2000, 2001 Lucent Technologies", "dtoa"),
        "cfuhash": ("Python/hashtable.c", "2005 Don Owens", "BSD-3-Clause"),
    }
    missing = others.keys() - texts.keys()
    if missing:
        raise BuildError(f"CPython's Doc/license.rst has no section {', '.join(sorted(missing))}")
    own = _Part(
        f"{cpython.name}/*",
        "2001-2023 Python Software Foundation; 2000 BeOpen.com; 1995-2001 Corporation for National "
        "Research Initiatives; 1991-1995 Stichting Mathematisch Centrum",
        "PSF-2",
        _read(cpython / "LICENSE"),
    )
    return [
        own,
        *(
            _Part(f"{cpython.name}/{file}", copyright_, license_, texts[title])
            for title, (file, copyright_, license_) in others.items()
        ),
    ]


def _of_wheel(wheel: Path, copyright_: str, license_: str) -> _Part:
    """Return a library whose wheel has the text of its licence. Raises BuildError, or OSError."""
    found = sorted(wheel.glob("*.dist-info/licenses/LICENSE*"))
    if not found:
        raise BuildError(f"{wheel.name} does not say its licence")
    return _Part(f"{wheel.name}/*", copyright_, license_, _read(found[0]))


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
