"""What the self-contained program is made of, pinned by hash, and where it is fetched.

CPython and zlib are the tarballs of Debian's source packages, fetched by apt from wherever this
machine has its packages from. The compiler and the libraries are wheels from PyPI, fetched by pip.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

from openwrt.standalone.errors import BuildError
from ruijie_proxy.values import frozen

PYTHON_VERSION = "3.11.2"


@frozen
class DebianSource:
    """The tarball of one of Debian's source packages, as its authors published it."""

    package: str
    file: str
    sha256: str
    folder: str
    """The only one at the top of the tarball."""


@frozen
class Wheel:
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
SCAPY = Wheel("scapy", "2.8.0", "abf855145ee829a42b2eb28983cd6a0a52b12a31d3f861cb7be36791195ed9aa")
LIBRARIES = (CLICK, PYYAML, SCAPY)

_TARGET_OF_SOURCES = "Created-By: Packages"
"""Of apt-get indextargets: an entry for each list of binary packages that this machine knows."""

_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
"""Debian's own keys, of the package debian-archive-keyring."""


def fetch_tarball(source: DebianSource, folder: Path) -> Path:
    """Unpack a tarball below a folder, fetching it if need be; return where. Raises BuildError."""
    unpacked = folder / source.folder
    if unpacked.is_dir():
        return unpacked
    tarball = folder / source.file
    if not tarball.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        options = _apt_with_sources(folder / "apt")
        _run(
            ["apt-get", *options, "source", "--download-only", "--tar-only", source.package],
            folder,
            f"Debian's source package {source.package} cannot be fetched",
        )
    _require_hash(tarball, source.sha256)
    partial = folder / f"{source.folder}.partial"
    with tarfile.open(tarball) as archive:
        archive.extractall(partial, filter="data")
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
    platforms = ["any", "manylinux2014_x86_64", "manylinux_2_12_x86_64"]
    kind += [word for platform in platforms for word in ("--platform", platform)]
    _run(
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


def _apt_with_sources(folder: Path) -> list[str]:
    """Return options with which apt knows Debian's source packages, where this machine's own lists
    do not have them; nothing of the machine's is changed.
    """
    for name in ("lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    form = "$(REPO_URI) $(RELEASE) $(COMPONENT)"
    told = _run(
        ["apt-get", "indextargets", "--format", form, _TARGET_OF_SOURCES, "Origin: Debian"],
        folder,
        "apt cannot say where this machine has its packages from; run apt-get update",
    )
    # Not the security updates: the same tarball is in the release itself, and mirrors of theirs
    # have been seen without it.
    lines = [
        f"deb-src [signed-by={_KEYRING}] {line}\n"
        for line in sorted(set(told.splitlines()))
        if "-security " not in line
    ]
    if not lines:
        raise BuildError("this machine has no packages of Debian's; build on Debian 12")
    sources = folder / "sources.list"
    sources.write_text("".join(lines))
    settings = {
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State::lists": folder / "lists",
        "Dir::Cache": folder / "cache",
        # Root's apt would want to become a user who may not write here.
        "APT::Sandbox::User": "root",
    }
    options = [word for key, value in settings.items() for word in ("-o", f"{key}={value}")]
    _run(["apt-get", *options, "update"], folder, "Debian's lists of sources cannot be fetched")
    return options


def _require_hash(file: Path, sha256: str) -> None:
    if not file.is_file():
        raise BuildError(f"{file.name} was not fetched: is this Debian 12?")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    if digest != sha256:
        raise BuildError(f"{file.name} is not the file that was pinned: its SHA-256 is {digest}")


def _run(command: list[str], folder: Path, otherwise: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BuildError(f"{otherwise}:\n{done.stderr.strip() or done.stdout.strip()}")
    return done.stdout
