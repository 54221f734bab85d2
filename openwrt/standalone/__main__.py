"""``python -m openwrt.standalone ARCHITECTURE``: build the self-contained program."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from openwrt.standalone.architectures import architecture_named
from openwrt.standalone.build import build
from openwrt.standalone.errors import BuildError

ROOT = Path(__file__).parents[2]


@click.command()
@click.argument("architecture")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=ROOT / "build" / "standalone",
    help="Where it is built; what is there already is not built again.",
)
def main(architecture: str, folder: Path) -> None:
    """Cross-build the program for one of OpenWrt's architectures."""
    try:
        built = build(architecture_named(architecture), ROOT / "src", folder.resolve())
    except BuildError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    click.echo(built.executable)


if __name__ == "__main__":
    main()
