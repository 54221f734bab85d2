"""The examples in configs/: each can be used as it is, and full.yaml hides nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ruijie_proxy.config.model import Configuration
from ruijie_proxy.config.reader import load
from ruijie_proxy.config.schema import CONFIGURATION
from ruijie_proxy.config.shapes import Group, List, Shape

EXAMPLES = Path(__file__).parents[2] / "configs"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: str(path.name))
def test_an_example_reads_without_a_problem(path: Path) -> None:
    assert load(str(path)).sessions


def _keys_of_schema(shape: Shape, path: str = "") -> Iterator[str]:
    if isinstance(shape, List):
        yield from _keys_of_schema(shape.item, path)
    if isinstance(shape, Group):
        for key, below in shape.keys.items():
            yield f"{path}{key}"
            yield from _keys_of_schema(below, f"{path}{key}.")


def _keys_of_file(part: Any, path: str = "") -> Iterator[str]:
    if isinstance(part, list):
        for item in part:
            yield from _keys_of_file(item, path)
    if isinstance(part, dict):
        for key, below in part.items():
            yield f"{path}{key}"
            yield from _keys_of_file(below, f"{path}{key}.")


def test_the_full_example_shows_every_key() -> None:
    shown = yaml.safe_load((EXAMPLES / "full.yaml").read_text(encoding="utf-8"))

    assert sorted(_keys_of_file(shown)) == sorted(_keys_of_schema(CONFIGURATION))


def test_the_full_example_shows_every_default() -> None:
    required = {"name": "eth1", "wan": "eth1", "lan": "br-lan"}

    assert load(str(EXAMPLES / "full.yaml")) == Configuration.from_plain({"sessions": [required]})
