"""What the V2 check needs of the user's own ``8021x.exe``; docs/protocol.md, "The V2 check"."""

from __future__ import annotations

from ruijie_proxy.config.shape.bounded_read import read_bounded
from ruijie_proxy.config.shape.problems import Unusable
from ruijie_proxy.i18n import N_, _, reason_of
from ruijie_proxy.installing import how_to_install

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LARGEST_PROGRAM = 16 * 1024 * 1024
"""Bytes. The genuine clients have less than 2 MB."""
SMALLEST_SECTION = 8
"""Bytes: the check cuts the section into as many parts."""
_EXECUTABLE = 0x2000_0000
"""IMAGE_SCN_MEM_EXECUTE, of a section's characteristics."""
_LARGEST_NUMBER = 0xFF
_OTHER = N_("name the 8021x.exe of a Windows client")


def read_client(path: str) -> dict[str, Any]:
    """Return the first executable section of a PE file and its version.

    As plain values: ``code_section``, bytes, and ``version``, major and minor in a list, a byte
    each. Raises Unusable.
    """
    try:
        data = read_bounded(path, LARGEST_PROGRAM + 1)
    except FileNotFoundError:
        raise Unusable(_("there is no such file"), _(_OTHER)) from None
    except IsADirectoryError:
        raise Unusable(_("is a directory"), _("name the file in it")) from None
    except OSError as error:
        wrong = _("names a file that cannot be read: {reason}", reason=reason_of(error))
        raise Unusable(wrong, _("run as root, or change its permissions")) from None
    if len(data) > LARGEST_PROGRAM:
        raise Unusable(_("names a file that is too large to be a client"), _(_OTHER))
    return parse_client(data)


def parse_client(data: bytes) -> dict[str, Any]:
    """The same for the content of a file. Raises Unusable."""
    try:
        import pefile
    except ImportError:
        raise Unusable(
            _("reading it needs the package pefile"), how_to_install("pefile", None)
        ) from None
    try:
        program = pefile.PE(data=data, fast_load=True)
        section = next(
            (part for part in program.sections if part.Characteristics & _EXECUTABLE), None
        )
        code = b"" if section is None else section.get_data()
        resources = pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_RESOURCE"]
        program.parse_data_directories(directories=[resources])
        versions = getattr(program, "VS_FIXEDFILEINFO", [])
        number = versions[0].FileVersionMS if versions else None
    except Exception:  # damaged files make it raise much more than its own error
        raise Unusable(_("names a file that is no Windows program"), _(_OTHER)) from None
    if len(code) < SMALLEST_SECTION:
        raise Unusable(_("names a program without an executable section"), _(_OTHER))
    if number is None:
        raise Unusable(_("names a program without a version"), _(_OTHER))
    version = [number >> 16, number & 0xFFFF]
    if max(version) > _LARGEST_NUMBER:
        raise Unusable(_("names a program whose version is no client's"), _(_OTHER))
    return {"code_section": code, "version": version}
