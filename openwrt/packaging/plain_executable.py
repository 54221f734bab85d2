"""The executable alone, for systems whose packages are not made here."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from openwrt.packaging.program import copyright_text

_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The first date that a ZIP archive can tell."""
_REGULAR_FILE = 0o100644 << 16


def plain_executable(checkout: Path, executable: Path) -> bytes:
    """Return the executable, and behind it a ZIP archive of whose work is in it, ``copyright``.

    ``unzip -p`` shows it. Raises OSError.
    """
    content = io.BytesIO(executable.read_bytes())
    with zipfile.ZipFile(content, "a") as archive:
        entry = zipfile.ZipInfo("copyright", _EARLIEST)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.create_system = 3  # Unix, whatever builds it
        entry.external_attr = _REGULAR_FILE
        archive.writestr(entry, copyright_text(checkout, executable), compresslevel=9)
    return content.getvalue()
