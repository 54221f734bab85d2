"""What the self-contained program is made of, pinned by hash, and where it is fetched.

CPython and zlib are the tarballs of Debian's source packages, fetched by apt from wherever this
machine has its packages from. The compiler and the libraries are wheels from PyPI, fetched by pip.
"""

from __future__ import annotations

import hashlib
import sys
import tarfile
import zipfile
from pathlib import Path

from openwrt.standalone.commands import run
from openwrt.standalone.debian import fetch_source
from openwrt.standalone.errors import BuildError
from ruijie_proxy.values import Frozen

PYTHON_VERSION = "3.11.2"


class DebianSource(Frozen):
    """The tarball of one of Debian's source packages, as its authors published it."""

    package: str
    file: str
    sha256: str
    folder: str
    """The only one at the top of the tarball."""


class Wheel(Frozen):
    """A wheel of PyPI."""

    project: str
    version: str
    sha256: str


CPYTHON = DebianSource(
    "python3.11",
    "python3.11_3.11.2.orig.tar.gz",
    "2411c74bda5bbcfcddaf4531f66d1adc73f247f529aee981b029513aefdbf849",
    f"Python-{PYTHON_VERSION}",
)
ZLIB = DebianSource(
    "zlib",
    "zlib_1.2.13.dfsg.orig.tar.bz2",
    "71feb7947e3c00ef125f83b79a4e529bde31171e5babe48b391f06758d1ab0a1",
    "zlib-1.2.13.dfsg",
)
ZIG = Wheel("ziglang", "0.17.1", "ea6cc5d87b033cf0aedfbc8f9549a908cae6c50ac31f1698188fa48a74524b54")
"""The compiler: clang, lld and musl for every target, in one wheel."""
CLICK = Wheel("click", "8.5.1", "8bb5376d2006950386f8c6427613334a2acadc5f559cb80e638d00b4df957e37")
PYYAML = Wheel(
    "PyYAML", "6.0.3", "b8bb0864c5a28024fac8a632c443c87c5aa6f215c0b126c449ae1a150412f31d"
)
"""Built for this machine, but only its modules in Python are taken."""
LIBRARIES = (CLICK, PYYAML)
_PLATFORMS = ("any", "manylinux2014_x86_64", "manylinux_2_12_x86_64")
"""Of wheels for the machine that builds; docs/openwrt.md says which that may be."""


def fetch_tarball(source: DebianSource, folder: Path) -> Path:
    """Unpack a tarball below a folder, fetching it if need be; return where. Raises BuildError."""
    unpacked = folder / source.folder
    if unpacked.is_dir():
        return unpacked
    tarball = folder / source.file
    # Where fetching was broken off, part of it may be there.
    if _hash(tarball) != source.sha256:
        folder.mkdir(parents=True, exist_ok=True)
        tarball.unlink(missing_ok=True)
        fetch_source(source.package, folder)
    _require_hash(tarball, source.sha256)
    partial = folder / f"{source.folder}.partial"
    with tarfile.open(tarball) as archive:
        # Debian 12's own Python knows no filters; what is unpacked is known by its hash.
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(partial)
    (partial / source.folder).rename(unpacked)
    partial.rmdir()
    return unpacked


def fetch_wheel(wheel: Wheel, folder: Path) -> Path:
    """Unpack a wheel below a folder, fetching it if need be; return where. Raises BuildError."""
    unpacked = folder / f"{wheel.project}-{wheel.version}"
    if unpacked.is_dir():
        return unpacked
    folder.mkdir(parents=True, exist_ok=True)
    requirement = folder / f"{wheel.project}.txt"
    requirement.write_text(f"{wheel.project}=={wheel.version} --hash=sha256:{wheel.sha256}\n")
    place = folder / f"{wheel.project}.wheel"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    # For any Python that this builds with, the same file.
    kind = ["--no-deps", "--only-binary", ":all:", "--python-version", "3.11"]
    kind += [word for platform in _PLATFORMS for word in ("--platform", platform)]
    run(
        [*command, *kind, "--require-hashes", "-r", str(requirement), "-d", str(place)],
        folder,
        f"{wheel.project} {wheel.version} cannot be fetched from PyPI",
    )
    (file,) = place.glob("*.whl")
    _require_hash(file, wheel.sha256)
    partial = folder / f"{wheel.project}.partial"
    with zipfile.ZipFile(file) as archive:
        archive.extractall(partial)
    partial.rename(unpacked)
    return unpacked


def _hash(file: Path) -> str | None:
    """Return a file's SHA-256, or None where there is no file."""
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else None


def _require_hash(file: Path, sha256: str) -> None:
    digest = _hash(file)
    if digest is None:
        raise BuildError(f"{file.name} was not fetched: is this Debian 12?")
    if digest != sha256:
        raise BuildError(f"{file.name} is not the file that was pinned: its SHA-256 is {digest}")
