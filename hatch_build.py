"""Compiles the catalogues of messages when the program is built or installed."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LOCALE = Path("src/ruijie_proxy/locale/zh_CN")


class CatalogueHook(BuildHookInterface[Any]):
    """Makes one .mo file of all .po files, and another one of Click's messages."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Compile, before hatchling collects the files, and for an editable install, too."""
        # Whoever builds a wheel has the project's folder on no path.
        tool = runpy.run_path(str(Path(self.root, "tools", "catalogue.py")))
        folder = Path(self.root) / LOCALE
        for path, data in tool["compile_catalogues"](folder).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
            build_data["artifacts"].append(f"{LOCALE}/{path}")
