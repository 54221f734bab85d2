"""Where the other programs' configurations usually are, for whoever names no file."""

from __future__ import annotations

import os

from ruijie_proxy.config.notations.document import LARGEST_FILE
from ruijie_proxy.config.shape.problems import ConfigurationProblems
from ruijie_proxy.i18n import _, listed
from ruijie_proxy.takeover.sessions import take_over
from ruijie_proxy.takeover.source import NothingOfTheirs, NotTakenOver

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ruijie_proxy.takeover.draft import TakenOver

USUAL_FILES = (
    "/etc/config/minieap",
    "/etc/config/network",
    "/etc/config/mentohust",
    "/etc/config/jmusupplicant",
    "/etc/minieap.conf",
    "/etc/mentohust.conf",
    "/etc/rc.local",
    "/etc/crontabs/root",
)
"""A page of LuCI's before the file that it makes for its program."""


def take_over_what_is_there(paths: Iterable[str]) -> tuple[str, tuple[TakenOver, ...]]:
    """Return the first of these files that has a session in it, and its sessions.

    Raises NotTakenOver when there is none, or when several say different things; OSError for a file
    that cannot be read.
    """
    found: list[tuple[str, tuple[TakenOver, ...]]] = []
    refused: list[NotTakenOver] = []
    for path in filter(os.path.isfile, paths):
        with open(path, "rb") as file:
            data = file.read(LARGEST_FILE + 1)
        try:
            found.append((path, take_over(data, path)))
        except NothingOfTheirs:
            continue
        except NotTakenOver as error:
            refused.append(NotTakenOver(f"{path}: {error.wrong}", error.remedy))
        except ConfigurationProblems:
            continue  # no UCI: OpenWrt does not read it, either
    if len({_accounts(taken) for _path, taken in found}) > 1:
        raise NotTakenOver(
            _("there are several: {paths}", paths=listed(path for path, _taken in found)),
            _("name the one that is used"),
        )
    if found:
        return found[0]
    if refused:
        raise refused[0]
    raise NotTakenOver(
        _("none of the usual files holds one ({paths})", paths=listed(paths)),
        _("name the file, or copy the command line into one"),
    )


def _accounts(taken: Sequence[TakenOver]) -> frozenset[tuple[object, object]]:
    return frozenset((one.options["wan"], one.options.get("username")) for one in taken)
