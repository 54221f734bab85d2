"""The program as a router has it: in Python, for any version of it; or as one executable."""

from __future__ import annotations

from pathlib import Path

from openwrt.packaging.archive import File, gzipped
from tools.catalogue import compile_catalogues

LIBRARY = "/usr/lib/ruijie-proxy"
"""In no version's ``site-packages``, so that one package serves Python 3.11 to 3.14."""
COMMAND = "/usr/bin/ruijie-proxy"
SOURCE = Path("src/ruijie_proxy")
LOCALE = SOURCE / "locale/zh_CN"
NEVER_ON_A_ROUTER = ("lab/", "cli/captures/captured_campus.py", "deploy/", "cli/deploy.py")
"""Modules that stay out. Whoever calls the virtual campus, or ``deploy``, is told so."""

_COMMAND_TEXT = f"""\
#!/usr/bin/python3
import sys

# In place of /usr/bin, where this file lies.
sys.path[0] = "{LIBRARY}"
# OpenWrt's Python writes no bytecode unless told so. What was written when the package was
# installed is of no use to another version of Python, and each start would compile everything.
sys.dont_write_bytecode = False

from ruijie_proxy.cli import main

main()
"""


def program_files(checkout: Path) -> list[File]:
    """Return the program's modules, its catalogues and its command. Raises OSError."""
    modules = [
        File(f"{LIBRARY}/ruijie_proxy/{path.relative_to(checkout / SOURCE)}", path.read_bytes())
        for path in sorted((checkout / SOURCE).rglob("*.py"))
        if not path.relative_to(checkout / SOURCE).as_posix().startswith(NEVER_ON_A_ROUTER)
    ]
    catalogues = [
        File(f"{LIBRARY}/ruijie_proxy/locale/zh_CN/{path}", data)
        for path, data in compile_catalogues(checkout / LOCALE).items()
    ]
    return [File(COMMAND, _COMMAND_TEXT.encode(), 0o755), *modules, *catalogues]


def executable_files(checkout: Path, executable: Path) -> list[File]:
    """Return the program as one executable, and whose work is in it. Raises OSError."""
    return [
        File(COMMAND, executable.read_bytes(), 0o755),
        File("/usr/share/ruijie-proxy/copyright.gz", gzipped(copyright_text(checkout, executable))),
    ]


def short_copyright_text(executable: Path) -> bytes:
    """Return what the build says of whose work is in an executable. Raises OSError."""
    return executable.with_name("copyright").read_bytes()


def copyright_text(checkout: Path, executable: Path) -> bytes:
    """Return the same with the text of the GNU GPL, which not every system has. Raises OSError."""
    return short_copyright_text(executable) + b"\n" + (checkout / "LICENSE").read_bytes()
