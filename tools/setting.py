"""Lists every place that a setting of the configuration touches.

``make setting KEY=heartbeat.interval`` runs it. Who adds a setting does so for one that is like the
new one, and then for the new one: it says what is still missing, and ends with 1 then.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from ruijie_proxy.config.notations.uci_document import options_of
from ruijie_proxy.config.shape.schema import CONFIGURATION, SESSION
from ruijie_proxy.values import Frozen

CHECKOUT = Path(__file__).parents[1]
PROGRAM = "src/ruijie_proxy"


class Setting(Frozen):
    """A key, in the ways in which it is written."""

    path: tuple[str, ...]
    """The keys of the YAML file, from the outermost."""
    option: str
    """OpenWrt's name for it."""

    @property
    def key(self) -> str:
        return self.path[-1]

    def words(self, *, as_option: bool) -> tuple[str, ...]:
        """Return what stands where the setting is meant."""
        return (self.option,) if as_option else (self.key, self.option)


class Place(Frozen):
    """Where settings stand."""

    what: str
    files: tuple[str, ...]
    """Patterns of paths in the checkout."""
    is_required: bool = True
    as_option: bool = False
    """Whether it stands there by OpenWrt's name alone."""


PLACES = (
    # The names of hooks stand with the model, and serve the schema as they are.
    Place(
        "what it takes", (f"{PROGRAM}/config/shape/schema.py", f"{PROGRAM}/config/shape/model.py")
    ),
    Place(
        "its type and default",
        # What only points to a file is read there, and gone from the model.
        (
            f"{PROGRAM}/config/shape/model.py",
            f"{PROGRAM}/engine/settings.py",
            f"{PROGRAM}/config/other_files.py",
        ),
    ),
    Place(
        "what it does not go together with", (f"{PROGRAM}/config/*checks.py",), is_required=False
    ),
    Place("the command's option", (f"{PROGRAM}/cli/commands.py",), is_required=False),
    Place("taken over from other programs", (f"{PROGRAM}/takeover/*.py",), is_required=False),
    Place(
        "what it does",
        (f"{PROGRAM}/engine/**/*.py", f"{PROGRAM}/runtime/**/*.py"),
        is_required=False,
    ),
    Place("the example of all keys", ("configs/full.yaml",)),
    Place(
        "the form in LuCI",
        ("openwrt/luci-app-ruijie-proxy/htdocs/**/settings.js",),
        as_option=True,
    ),
    Place("tests of what it takes", ("tests/config/**/test_*.py",)),
    Place("documents", ("README*.md", "docs/*.md", "configs/*.uci"), is_required=False),
)


def settings() -> Iterator[Setting]:
    """Give every setting there is."""
    for group, above in ((SESSION, ("sessions",)), (CONFIGURATION, ())):
        for option, known in options_of(group).items():
            yield Setting((*above, *known.path), option)


def named(name: str) -> list[Setting]:
    """Return the settings that a user means: by key, by keys with dots between, or by option."""
    return [
        setting
        for setting in settings()
        if name in (setting.key, setting.option, ".".join(setting.path).removeprefix("sessions."))
    ]


def lines_at(place: Place, setting: Setting) -> list[str]:
    """Return ``FILE:LINE`` wherever the setting stands at a place."""
    words = "|".join(re.escape(word) for word in setting.words(as_option=place.as_option))
    pattern = re.compile(rf"(?<![\w-])(?:{words})(?![\w-])")
    files = {file for glob in place.files for file in CHECKOUT.glob(glob)}
    return [
        f"{file.relative_to(CHECKOUT)}:{number}"
        for file in sorted(files)
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def missing(setting: Setting) -> list[str]:
    """Return the places where the setting has to stand and does not."""
    return [place.what for place in PLACES if place.is_required and not lines_at(place, setting)]


def main(name: str) -> int:
    found = named(name)
    if not found:
        print(f"There is no setting {name!r}: name a key of configs/full.yaml.", file=sys.stderr)
        return 2
    for setting in found:
        print(f"{'.'.join(setting.path)} (OpenWrt: {setting.option})")
        for place in PLACES:
            lines = lines_at(place, setting)
            remark = "" if lines or not place.is_required else "  missing"
            print(f"  {place.what}:{remark}")
            for line in lines:
                print(f"    {line}")
    return int(any(missing(setting) for setting in found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) == 2 else ""))
