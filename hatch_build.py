"""Compiles the catalogues of messages when the program is built or installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LOCALE = Path("src/ruijie_proxy/locale/zh_CN")
CATALOGUE = "ruijie-proxy.mo"
CLICK_DOMAIN = "click.po"
"""Click's own messages, which gettext itself looks up, in the domain that Click uses."""
CLICK_CATALOGUE = Path("LC_MESSAGES/messages.mo")


class CatalogueHook(BuildHookInterface[Any]):
    """Makes one .mo file of all .po files, and another one of Click's messages."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Compile, before hatchling collects the files, and for an editable install, too."""
        folder = Path(self.root) / LOCALE
        ours = Catalog(locale="zh_CN")
        for source in sorted(folder.glob("*.po")):
            if source.name == CLICK_DOMAIN:
                _write(_read(source), folder / CLICK_CATALOGUE)
            else:
                for message in _read(source):
                    if message.id:
                        ours[message.id] = message
        _write(ours, folder / CATALOGUE)
        build_data["artifacts"] += [
            f"{LOCALE}/{CATALOGUE}",
            f"{LOCALE}/{CLICK_CATALOGUE}",
        ]


def _read(source: Path) -> Catalog:
    with source.open("rb") as file:
        return read_po(file, locale="zh_CN")


def _write(catalogue: Catalog, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        write_mo(file, catalogue)
