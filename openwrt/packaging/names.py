"""The names of packages, and of their files: scripts and people's habits hang on them.

``version`` is that of :func:`.release.version`, such as 0.1.0-1.
"""

from __future__ import annotations

PROGRAM = "ruijie-proxy"
"""The pure and the self-contained package, so that one replaces the other."""
PAGES = "luci-app-ruijie-proxy"
ALL_ARCHITECTURES = "all"
_APK_ALL_ARCHITECTURES = "noarch"


def ipk_name(package: str, version: str, architecture: str) -> str:
    """Return the usual name of a file for opkg."""
    return f"{package}_{version}_{architecture}.ipk"


def apk_name(package: str, version: str, architecture: str | None) -> str:
    """Return the name of a file for apk, which does not care for it.

    ``architecture`` is None where there is none of the package's name for other ones.
    """
    kind = "" if architecture is None else f"_{apk_architecture(architecture)}"
    return f"{package}-{apk_version(version)}{kind}.apk"


def deb_name(package: str, version: str, architecture: str) -> str:
    """Return the usual name of a file for dpkg; the architecture is Debian's."""
    return f"{package}_{version}_{architecture}.deb"


def executable_name(version: str, executable: str) -> str:
    """Return the name of the file that is the executable alone."""
    return f"{PROGRAM}-{upstream(version)}-linux-{executable}"


def sdist_name(version: str) -> str:
    """Return the name that Python's tools give to the source."""
    return f"{_for_python(version)}.tar.gz"


def wheel_name(version: str) -> str:
    """Return the name that Python's tools give to the package for pip."""
    return f"{_for_python(version)}-py3-none-any.whl"


def upstream(version: str) -> str:
    """Return the program's own version, such as 0.1.0."""
    return version.rpartition("-")[0]


def apk_version(version: str) -> str:
    """Return a version in apk's grammar, such as 0.1.0-r1."""
    return f"{upstream(version)}-r{version.rpartition('-')[2]}"


def apk_architecture(architecture: str) -> str:
    """Return what apk calls an architecture."""
    return _APK_ALL_ARCHITECTURES if architecture == ALL_ARCHITECTURES else architecture


def _for_python(version: str) -> str:
    return f"{PROGRAM.replace('-', '_')}-{upstream(version)}"
