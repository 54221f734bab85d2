"""Files of Debian's packages, from wherever this machine has its packages from.

apt does the fetching, with lists of its own below the build's folder: nothing of the machine's is
changed, and no address is known here.
"""

from __future__ import annotations

from pathlib import Path

from openwrt.standalone.commands import run
from openwrt.standalone.errors import BuildError

_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
"""Debian's own keys, of the package debian-archive-keyring."""
_LISTS_OF_PACKAGES = ("Created-By: Packages", "Origin: Debian")
"""Of apt-get indextargets: an entry for each list of binary packages that this machine knows."""


def fetch_source(package: str, folder: Path) -> None:
    """Put the tarball of a source package into a folder. Raises BuildError."""
    options = _own_lists(folder / "apt", "deb-src", {})
    command = ["apt-get", *options, "source", "--download-only", "--tar-only", package]
    run(command, folder, f"Debian's source package {package} cannot be fetched")


def fetch_package(pattern: str, architecture: str, folder: Path) -> Path:
    """Put the newest binary package whose name matches a pattern into a folder; return its file.

    The pattern is apt's, and names one package but for its version. Raises BuildError.
    """
    settings = {"APT::Architecture": architecture, "APT::Architectures::": architecture}
    options = _own_lists(folder / f"apt-{architecture}", "deb", settings)
    search = ["apt-cache", *options, "search", "--names-only", pattern]
    found = run(search, folder, "Debian's packages cannot be searched").splitlines()
    if not found:
        raise BuildError(f"Debian has no package {pattern} for {architecture}")
    name = found[-1].split(" ")[0]
    download = ["apt-get", *options, "download", name]
    run(download, folder, f"Debian's package {name} cannot be fetched")
    (file,) = folder.glob(f"{name}_*.deb")
    return file


def _own_lists(folder: Path, kind: str, further: dict[str, str]) -> list[str]:
    """Return options with which apt knows packages that this machine's own lists do not have."""
    for name in ("lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "status").touch()
    told = run(
        [
            *("apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)"),
            *_LISTS_OF_PACKAGES,
        ],
        folder,
        "apt cannot say where this machine has its packages from; run apt-get update",
    )
    # Not the security updates: tarballs are the same in the release itself, and mirrors of theirs
    # have been seen without them.
    lines = [
        f"{kind} [signed-by={_KEYRING}] {line}\n"
        for line in sorted(set(told.splitlines()))
        if "-security " not in line
    ]
    if not lines:
        raise BuildError("apt knows no packages of Debian's: run apt-get update, on Debian 12")
    sources = folder / "sources.list"
    sources.write_text("".join(lines))
    settings = {
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State::lists": folder / "lists",
        "Dir::State::status": folder / "status",
        "Dir::Cache": folder / "cache",
        # Root's apt would want to become a user who may not write here.
        "APT::Sandbox::User": "root",
        **further,
    }
    options = [word for key, value in settings.items() for word in ("-o", f"{key}={value}")]
    run(["apt-get", *options, "update"], folder, "Debian's lists of packages cannot be fetched")
    return options
