"""Files that a service manager has handed over: systemd.exec(5), LoadCredential=."""

from __future__ import annotations

import os

_DIRECTORY = "CREDENTIALS_DIRECTORY"
_SMALLEST = 2
"""Bytes; an empty line stands for a file that is not there (SetCredential= in the unit)."""


def handed_over(path: str) -> str:
    """Return where a file that the configuration names is to be read.

    That is the copy of the same file name among the credentials, which the service may read where
    the file itself is root's alone. Without one, it is the path itself.
    """
    directory = os.environ.get(_DIRECTORY)
    if not directory:
        return path
    copy = f"{directory}/{os.path.basename(path)}"
    try:
        return copy if os.stat(copy).st_size >= _SMALLEST else path
    except OSError:
        return path  # it was not handed over


def is_handed_over(path: str) -> bool:
    """Whether a file is such a copy: its directory is open to the service and to root alone.

    Its mode says nothing of who may read it: root's it is on Debian 13, whose systemd lets the
    service read it by an ACL, and the mask of that stands where otherwise the group's rights do.
    """
    directory = os.environ.get(_DIRECTORY)
    return bool(directory) and os.path.dirname(path) == directory
