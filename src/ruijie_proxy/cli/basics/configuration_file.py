"""Configurations that commands write: in which notation, what is kept, and what is said of it."""

from __future__ import annotations

import os

from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.cli.basics.output import say
from ruijie_proxy.config.notations.document import is_uci
from ruijie_proxy.i18n import _, listed, reason_of
from ruijie_proxy.standard_streams import write_file_out
from ruijie_proxy.takeover.files import OLD_SUFFIX, replace_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ruijie_proxy.takeover.sections import Merged

STANDARD_OUTPUT = "-"
_YAML_SUFFIXES = (".yaml", ".yml")


def is_to_be_uci(path: str, text: str | None) -> bool:
    """Whether a configuration is, or is to be, in OpenWrt's way. ``text``: what is there."""
    lines = (text or "").splitlines()
    if any(line.strip() and not line.strip().startswith("#") for line in lines):
        return is_uci(text or "")
    return not path.endswith(_YAML_SUFFIXES)


def lines_on_merged(merged: Merged, wan: str) -> list[str]:
    """Return what there is to say of the session whose place a new one takes."""
    told = []
    if merged.replaced is not None:
        told.append(_("It takes the place of the session that was there for {wan}.", wan=wan))
    if merged.lost:
        told.append(
            _(
                "Options that the session had there, and now has not: {options}.",
                options=listed(merged.lost),
            )
        )
    return told


def line_on_others(ports: Sequence[str]) -> str | None:
    """Return what there is to say of other sessions, by their WAN ports; None: there are none."""
    if not ports:
        return None
    return _(
        "The sessions of {ports} stay as they are; write option enabled '0' into one that is not "
        "needed any more.",
        ports=listed(ports),
    )


def write_out(text: str, *, has_password: bool) -> None:
    """Write a configuration to standard output."""
    write_file_out(text)
    if has_password:
        say(_("The password is in what was written: let nobody else see it."), error=True)


def write_configuration(text: str, path: str) -> None:
    """Write a configuration, for its owner alone, and say where what was there is now.

    Raises OSError, and then what was there is still there.
    """
    os.makedirs(os.path.dirname(os.path.abspath(path)), mode=0o700, exist_ok=True)
    was_kept = os.path.exists(os.path.realpath(path) + OLD_SUFFIX)
    old = replace_file(path, text.encode())
    say(_("Written to {path}.", path=path), error=True)
    if old is not None:
        say(_("What was there before is in {path}.", path=old), error=True)
        if was_kept:
            say(_("What {path} held from an earlier time is gone.", path=old), error=True)


def refused(error: OSError) -> ExitCode:
    """Say why a file cannot be read or written; return the exit code of that."""
    say(_("{path}: {reason}", path=error.filename, reason=reason_of(error)), error=True)
    return ExitCode.INTERFACE if isinstance(error, PermissionError) else ExitCode.USAGE
