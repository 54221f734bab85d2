"""What a release consists of: every file of it, and the step that makes it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from openwrt.packaging.names import (
    ALL_ARCHITECTURES,
    PAGES,
    PROGRAM,
    apk_name,
    deb_name,
    executable_name,
    ipk_name,
    sdist_name,
    wheel_name,
)
from openwrt.standalone.build import COPYRIGHT, executable_in
from ruijie_proxy.values import Frozen

OUTPUT = "{output}"
"""In a command: the folder that the step's files go into."""
EXECUTABLES = "{executables}"
"""In a command: the folder that executables are built in."""
_PACK = ("openwrt.packaging", "--output", OUTPUT)
_WHOLE_CHECKOUT = ("",)
_OF_EXECUTABLES = ("src/", "openwrt/", "tools/")


class Step(Frozen):
    """One command, and the files that come of it."""

    name: str
    """What is made, for people."""
    files: tuple[str, ...]
    """Their names; of an executable, its path in the folder that executables are built in."""
    command: tuple[str, ...]
    """The module that Python runs, and its arguments, :data:`OUTPUT` and the like among them."""
    sources: tuple[str, ...]
    """What decides what comes out, beside the executable: beginnings of paths in the checkout."""
    needs: str | None = None
    """The executable that the files are made of: a file of a step that is not published."""
    architecture: str = ALL_ARCHITECTURES
    """By which it can be asked for; what is for all is always made."""
    is_published: bool = True
    """Whether the files are part of the release, and no executable to be packed."""


class UnknownArchitecture(ValueError):
    """Nothing is made for an architecture of such a name."""


def plan(
    version: str, executables: Mapping[str, Iterable[str]], debian: Mapping[str, str]
) -> list[Step]:
    """Return the steps of a whole release, each behind those that it needs.

    ``version`` is that of the packages, such as 0.1.0-1; ``executables`` are the names of those
    that are built, each with the architectures of OpenWrt's that it serves; ``debian`` are
    Debian's architectures, each with its executable.
    """
    steps = [_executable(executable) for executable in executables]
    steps.append(
        _published(
            (sdist_name(version), wheel_name(version)),
            # In one step, because both write the compiled messages into the checkout.
            command=("hatchling", "build", "-t", "sdist", "-t", "wheel", "-d", OUTPUT),
        )
    )
    for kind, pages in (
        ("ipk", ipk_name(PAGES, version, ALL_ARCHITECTURES)),
        ("apk", apk_name(PAGES, version, None)),
    ):
        steps.append(
            _published(
                (_package_name(kind, version, ALL_ARCHITECTURES), pages),
                command=(*_PACK, "--format", kind),
            )
        )
    for executable, served in executables.items():
        steps.append(
            _packed(executable_name(version, executable), executable, "executable", executable)
        )
        for architecture in served:
            for kind in ("ipk", "apk"):
                file = _package_name(kind, version, architecture)
                how = ("--format", kind, "self-contained")
                steps.append(_packed(file, executable, *how, architecture))
    for architecture, executable in debian.items():
        file = deb_name(PROGRAM, version, architecture)
        steps.append(_packed(file, executable, "deb", architecture))
    return steps


def chosen(steps: Sequence[Step], architectures: Sequence[str]) -> list[Step]:
    """Return the steps for some architectures, with what they need and what is for all.

    Without any, that is all of them. Raises UnknownArchitecture.
    """
    if not architectures:
        return list(steps)
    known = sorted({step.architecture for step in steps})
    for name in architectures:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"; is it {near[0]}?" if near else "."
            raise UnknownArchitecture(
                f"nothing is made for {name}{hint} There are: {', '.join(known)}"
            )
    asked = {*architectures, ALL_ARCHITECTURES}
    needed: set[str] = set()
    kept = []
    # Backwards, because what is needed stands before those who need it.
    for step in reversed(steps):
        if step.architecture in asked or not needed.isdisjoint(step.files):
            kept.append(step)
            if step.needs is not None:
                needed.add(step.needs)
    return kept[::-1]


def _executable(executable: str) -> Step:
    path = _path(executable)
    return Step(
        name=f"the executable for {executable}",
        files=(str(path), str(path.with_name(COPYRIGHT))),
        command=("openwrt.standalone", executable, "--folder", EXECUTABLES),
        sources=_OF_EXECUTABLES,
        architecture=executable,
        is_published=False,
    )


def _path(executable: str) -> Path:
    return executable_in(Path(), executable)


def _packed(file: str, executable: str, *how: str) -> Step:
    """Return the step that packs an executable. ``how`` ends with the architecture."""
    path = str(_path(executable))
    command = (*_PACK, *how, f"{EXECUTABLES}/{path}")
    return _published((file,), command, needs=path, architecture=how[-1])


def _published(
    files: tuple[str, ...],
    command: tuple[str, ...],
    needs: str | None = None,
    architecture: str = ALL_ARCHITECTURES,
) -> Step:
    name = " and ".join(files)
    return Step(name, files, command, _WHOLE_CHECKOUT, needs, architecture)


def _package_name(kind: str, version: str, architecture: str) -> str:
    name = ipk_name if kind == "ipk" else apk_name
    return name(PROGRAM, version, architecture)
