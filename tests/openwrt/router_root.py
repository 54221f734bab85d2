"""A folder that stands for a router's root: BusyBox, stand-ins for OpenWrt's own, and a Python.

Commands run in it by chroot, so that scripts are what they will be, with the paths that they have.
This machine's interpreter and its libraries are there by mounts that end with the command.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

import click
import yaml

from openwrt.packaging.archive import File

STAND_INS = Path(__file__).parent / "router"
TIMEOUT = 60
DIRECTORIES = (
    *("bin", "dev", "etc/config", "etc/init.d", "etc/uci-defaults", "lib/upgrade/keep.d"),
    *("proc", "tmp", "usr/lib/feed", "usr/share", "var"),
)
"""What every router has."""
FEED = "/usr/lib/feed"
"""Where Python finds what is not its own."""


class Router:
    """A router."""

    def __init__(self, root: Path, *programs: str) -> None:
        """Make it, in an empty folder; ``programs`` of this machine are there, too, by mounts."""
        self.root = root
        for directory in DIRECTORIES:
            (root / directory).mkdir(parents=True)
        os.mknod(root / "dev/null", 0o666 | 0o020000, os.makedev(1, 3))
        shutil.copytree(STAND_INS, root, dirs_exist_ok=True)
        busybox = shutil.which("busybox")
        assert busybox is not None
        shutil.copy(busybox, root / "bin/busybox")
        for applet in _output("busybox", "--list").split():
            link = root / "bin" / applet
            is_there = (root / "usr/bin" / applet).exists() or link.exists()
            if not is_there and applet != "busybox":
                link.symlink_to("/bin/busybox")
        (root / "usr/bin/python3").symlink_to(_interpreter())
        own = (path for program in programs for path in (program, *_libraries(program)))
        self.mounts = sorted({*_libraries(busybox), *_python(), *own})
        for path in self.mounts:
            target = self.path(path) if os.path.isdir(path) else self.path(path).parent
            target.mkdir(parents=True, exist_ok=True)
            if target != self.path(path):
                self.path(path).touch()
        for file in (click.__file__, yaml.__file__):
            folder = Path(file).parent
            shutil.copytree(folder, root / FEED[1:] / folder.name)

    def path(self, name: str) -> Path:
        """Return where a file of the router's is."""
        return Path(f"{self.root}{name}")

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command there."""
        mounts = "".join(f"mount --bind '{path}' '{self.root}{path}'\n" for path in self.mounts)
        mounts += f"mount -t proc proc '{self.root}/proc'\n"
        inside = f"set -e\n{mounts}exec chroot '{self.root}' \"$@\""
        return subprocess.run(
            ["unshare", "--mount", "--propagation", "private", "sh", "-c", inside, "-", *command],
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "PYTHONPATH": FEED, **environment},
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )

    def shell(self, script: str, **environment: str) -> str:
        """Run a script there, which must succeed, in BusyBox's shell; return what it printed."""
        done = self.run("/bin/sh", "-c", script, **environment)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def install(self, files: Iterable[File]) -> None:
        """Put files where they belong, without any package."""
        for file in files:
            path = self.path(file.path)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.data)
            path.chmod(file.mode)

    def everything(self) -> dict[str, bytes | None]:
        """Return every file and folder that a command may have left; None: no file."""
        mounted = tuple(str(path) for path in self.mounts)
        return {
            name: path.read_bytes() if path.is_file() and not path.is_symlink() else None
            for path in sorted(self.root.rglob("*"))
            if not (name := f"/{path.relative_to(self.root)}").startswith(mounted)
        }

    def lines(self, name: str) -> list[str]:
        """Return the lines of a file; none if it is not there."""
        path = self.path(name)
        return path.read_text().splitlines() if path.exists() else []


@functools.cache
def _interpreter() -> str:
    return os.path.realpath(sys.executable)


@functools.cache
def _python() -> tuple[str, ...]:
    library = sysconfig.get_path("stdlib")
    extensions = [
        path for path in Path(library, "lib-dynload").glob("*.so") if "tkinter" not in path.name
    ]
    needed = [_libraries(str(binary)) for binary in (_interpreter(), *extensions)]
    return (_interpreter(), library, *(path for paths in needed for path in paths))


@functools.cache
def _libraries(binary: str) -> tuple[str, ...]:
    """Return what the loader needs for a binary, the loader itself included."""
    return tuple(re.findall(r"(/\S+) \(0x", _output("ldd", binary)))


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
