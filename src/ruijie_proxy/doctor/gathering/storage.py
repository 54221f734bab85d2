"""Whether sessions can be kept on disk."""

from __future__ import annotations

import os

from ruijie_proxy.i18n import _, reason_of
from ruijie_proxy.runtime.records.private_file import PrivateFile

_TRIAL_NAME = "doctor.trial"
_TRIAL = bytes(4096)
"""As much as a kept session takes, generously."""


def storage_trouble(directory: str) -> str | None:
    """Write and remove a small file. Returns what the system says against it, None: nothing.

    A directory that is not there yet is not made: it counts whether it could be.
    """
    if not os.path.isdir(directory):
        parent = directory
        while not os.path.exists(parent):
            parent = os.path.dirname(parent)
        if not os.path.isdir(parent):
            return _("{path} is no directory", path=parent)
        if os.access(parent, os.W_OK | os.X_OK):
            return None
        return _("{path} cannot be written to", path=parent)
    trial = PrivateFile(directory, _TRIAL_NAME, len(_TRIAL))
    try:
        trial.write(_TRIAL)
        trial.remove()
    except OSError as error:
        return reason_of(error)
    return None
