"""What was built of what: so that it is not built again while it is right."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from hatchling.builders.sdist import SdistBuilder

from openwrt.everything.plan import Step
from ruijie_proxy.values import Frozen

Entry = dict[str, str | list[str | None]]


class Sources(Frozen):
    """The checkout's files as they are now."""

    digests: tuple[tuple[str, str], ...]
    """Each path, relative to the checkout, with the SHA-256 of what is in it; sorted."""

    def below(self, beginnings: tuple[str, ...]) -> list[tuple[str, str]]:
        """Return those whose path begins with one of some texts."""
        return [pair for pair in self.digests if pair[0].startswith(beginnings)]


def read_sources(checkout: Path) -> Sources:
    """Read the files that a checkout is made of: those of its sdist. Raises OSError."""
    files = SdistBuilder(str(checkout)).recurse_included_files()
    return Sources(tuple(sorted((file.relative_path, sha256(Path(file.path))) for file in files)))


def sha256(path: Path) -> str:
    """Return the hash of a file, in hex. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Folders(Frozen):
    """Where finished files are."""

    published: Path
    executables: Path
    """Those that are built to be packed."""

    def paths(self, step: Step) -> list[Path]:
        """Return a step's files."""
        folder = self.published if step.is_published else self.executables
        return [folder / name for name in step.files]


class Ledger:
    """What was built, on disk. Each entry is written as soon as it is made."""

    def __init__(
        self, path: Path, sources: Sources, settings: Mapping[str, str], folders: Folders
    ) -> None:
        """Read what there is. ``settings``: of the environment, as far as files depend on them."""
        self._path = path
        self._sources = sources
        self._settings = sorted(settings.items())
        self._folders = folders
        self._built: dict[str, Entry] = _read(path)

    def is_right(self, step: Step) -> bool:
        """Whether a step's files are there, just as it would make them now."""
        return self._built.get(step.name) == self._entry(step)

    def right_files(self, steps: Iterable[Step]) -> set[str]:
        """Return the files that are to be published and are right, as what they need is.

        ``steps`` stand behind those that they need.
        """
        right: dict[str, bool] = {}
        for step in steps:
            is_right = (step.needs is None or right[step.needs]) and self.is_right(step)
            right.update(dict.fromkeys(step.files, is_right))
        published = {file for step in steps if step.is_published for file in step.files}
        return {file for file in published if right[file]}

    def enter(self, step: Step) -> None:
        """Note that a step's files were made. Raises OSError."""
        entry = self._built[step.name] = self._entry(step)
        if None in entry["files"]:
            raise FileNotFoundError(f"its command made no {' and '.join(step.files)}")
        unfinished = self._path.with_suffix(".unfinished")
        unfinished.write_text(json.dumps(self._built, indent=1), encoding="utf-8")
        unfinished.replace(self._path)

    def forget(self) -> None:
        """Have everything built again. Raises OSError."""
        self._built = {}
        self._path.unlink(missing_ok=True)

    def _entry(self, step: Step) -> Entry:
        """Return what a step's files are now, and a hash of all that decides what they are."""
        needs = None if step.needs is None else self._folders.executables / step.needs
        made_of = [
            sys.version,
            self._settings,
            step.command,
            self._sources.below(step.sources),
            None if needs is None else _digest(needs),
        ]
        return {
            "made_of": hashlib.sha256(json.dumps(made_of).encode()).hexdigest(),
            "files": [_digest(path) for path in self._folders.paths(step)],
        }


def _digest(path: Path) -> str | None:
    return sha256(path) if path.is_file() else None


def _read(path: Path) -> dict[str, Entry]:
    try:
        built: dict[str, Entry] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}  # then everything is built again
    return built
