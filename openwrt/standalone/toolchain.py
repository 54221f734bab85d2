"""The cross compiler: zig's clang, behind the names that configure scripts expect."""

from __future__ import annotations

import shlex
from pathlib import Path

from openwrt.standalone.architectures import Architecture
from ruijie_proxy.values import Frozen

SOURCE_DATE = 1_700_000_000
"""Seconds since 1970: the date that the compiler writes wherever a program asks for today's
(reproducible-builds.org, SOURCE_DATE_EPOCH)."""


class Toolchain(Frozen):
    """The tools for one architecture."""

    cc: str
    """Compiles and links."""
    ar: str
    ranlib: str
    environment: dict[str, str]
    """What goes with every call of them, or of what calls them."""


def make_toolchain(architecture: Architecture, zig: Path, folder: Path) -> Toolchain:
    """Write the tools for an architecture into a folder. ``zig`` is the unpacked wheel."""
    program = zig / "ziglang" / "zig"
    program.chmod(0o755)  # which a wheel's archive does not keep
    folder.mkdir(parents=True, exist_ok=True)
    calls = {
        "cc": [
            *(str(program), "cc", f"--target={architecture.target}"),
            *(f"-mcpu={architecture.cpu}", *architecture.options),
        ],
        "ar": [str(program), "ar"],
        "ranlib": [str(program), "ranlib"],
    }
    for name, call in calls.items():
        tool = folder / name
        tool.write_text(f'#!/bin/sh\nexec {shlex.join(call)} "$@"\n')
        tool.chmod(0o755)
    cache = str(folder / "cache")
    environment = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LC_ALL": "C",
        "SOURCE_DATE_EPOCH": str(SOURCE_DATE),
        "ZIG_GLOBAL_CACHE_DIR": cache,
        "ZIG_LOCAL_CACHE_DIR": cache,
    }
    return Toolchain(
        cc=str(folder / "cc"),
        ar=str(folder / "ar"),
        ranlib=str(folder / "ranlib"),
        environment=environment,
    )
