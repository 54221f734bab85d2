"""How OpenWrt's feed of packages splits Python, and an interpreter that has only parts of it.

From lang/python/python3 in OpenWrt's "packages" repository, as of Python 3.13: the Makefile and
files/python3-package-*.mk there. python3-light is everything that no other package takes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

STANDARD_LIBRARY = {
    "python3-asyncio": {"asyncio"},
    "python3-codecs": {
        *("_codecs_cn", "_codecs_hk", "_codecs_iso2022", "_codecs_jp", "_codecs_kr"),
        *("_codecs_tw", "unicodedata"),
    },
    "python3-ctypes": {"ctypes", "_ctypes"},
    "python3-dbm": {"dbm", "_dbm", "_gdbm"},
    "python3-decimal": {"decimal", "_decimal"},
    "python3-logging": {"logging"},
    "python3-lzma": {"lzma", "_lzma"},
    "python3-multiprocessing": {"multiprocessing", "_multiprocessing"},
    "python3-ncurses": {"curses", "_curses", "_curses_panel"},
    "python3-openssl": {"ssl", "_ssl", "_hashlib"},
    "python3-pydoc": {"doctest", "pydoc", "pydoc_data"},
    "python3-readline": {"readline"},
    "python3-sqlite3": {"sqlite3", "_sqlite3"},
    "python3-unittest": {"unittest"},
    "python3-urllib": {"urllib", "email"},
    "python3-uuid": {"uuid", "_uuid"},
    "python3-xml": {"xml", "xmlrpc", "_elementtree", "pyexpat"},
    # Packages that a whole Python does not have as they are; or no package at all.
    "none": {
        *("cgi", "cgitb", "distutils", "ensurepip", "idlelib", "lib2to3", "test", "tkinter"),
        *("_tkinter", "turtle", "turtledemo", "venv", "webbrowser"),
    },
}
"""Modules of the standard library that are in packages of their own, by the packages."""
LIGHT = "python3-light"
OTHERS = {"python3-click": {"click"}, "python3-yaml": {"yaml", "_yaml"}}
"""What is not Python's own."""

_RUN = """
import json, sys
absent, path, code = json.loads(sys.argv.pop(1))

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in absent:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
sys.path += path
exec(compile(code, "<probe>", "exec"), {"__name__": "__main__"})
"""


class RouterPython:
    """This machine's interpreter, without whatever is in no package of those named."""

    def __init__(self, packages: Iterable[str], path: Iterable[Path]) -> None:
        """``path``: where modules are found beside the standard library."""
        packages = set(packages)
        absent = {
            module
            for package, modules in {**STANDARD_LIBRARY, **OTHERS}.items()
            if package not in packages
            for module in modules
        }
        if LIGHT not in packages:
            taken = set().union(*STANDARD_LIBRARY.values())
            absent |= sys.stdlib_module_names - set(sys.builtin_module_names) - taken
        self._facts = [sorted(absent), [str(one) for one in path]]

    def command(self, code: str, *arguments: str) -> list[str]:
        """Return a command that runs a piece of Python there, with ``sys.argv`` of these."""
        # Isolated and without site-packages: a virtual environment brings modules of its own.
        interpreter = [os.path.realpath(sys.executable), "-I", "-S", "-c", _RUN]
        return [*interpreter, json.dumps([*self._facts, code]), *arguments]

    def run(
        self, code: str, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a piece of Python there."""
        return subprocess.run(
            self.command(code, *arguments),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=environment,
            stdin=subprocess.DEVNULL,
        )
