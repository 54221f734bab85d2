"""The examples in configs/: each can be used as it is, and full.yaml hides nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ruijie_proxy.config.reader import load
from ruijie_proxy.config.shape.model import Configuration
from ruijie_proxy.config.shape.schema import CONFIGURATION, SESSION
from ruijie_proxy.config.shape.shapes import Group, List, ScalarOrGroup, Shape

EXAMPLES = Path(__file__).parents[2] / "configs"


@pytest.mark.parametrize("path", sorted(EXAMPLES.iterdir()), ids=lambda path: str(path.name))
def test_an_example_reads_without_a_problem(path: Path) -> None:
    assert load(str(path)).sessions


def _keys_of_schema(shape: Shape, path: str = "") -> Iterator[str]:
    if isinstance(shape, List):
        yield from _keys_of_schema(shape.item, path)
    if isinstance(shape, ScalarOrGroup):
        yield from _keys_of_schema(shape.group, path)
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
    text = (EXAMPLES / "full.yaml").read_text(encoding="utf-8")
    keys_of_any_level = "|".join([*SESSION.keys, *CONFIGURATION.keys])
    behind_a_mark = re.compile(rf"^((?:    )?)# (({keys_of_any_level}): \S)", re.MULTILINE)
    shown = set(_keys_of_file(yaml.safe_load(behind_a_mark.sub(r"\1\2", text))))

    keys = set(_keys_of_schema(CONFIGURATION))
    assert keys - shown == set()
    assert {key for key in shown if not key.startswith("sessions.properties.")} == keys


def test_what_openwrts_example_has_behind_a_mark_can_be_written_too(tmp_path: Path) -> None:
    text = (EXAMPLES / "openwrt.uci").read_text(encoding="utf-8")
    path = tmp_path / "ruijie-proxy"
    path.write_text(re.sub(r"\t# (option|list) ", r"\t\1 ", text))
    (session,) = load(str(path)).sessions

    assert session.settings.login is not None
    assert session.settings.login.dns == ("202.114.0.242",)
    assert session.hooks.commands == (("online", ("/etc/ruijie-proxy/told",)),)


def test_the_full_example_shows_every_default() -> None:
    relay = {"name": "eth1", "wan": "eth1", "lan": "br-lan"}
    account = {"username": "20261234", "password": "put yours here"}
    login = {"name": "eth2", "mode": "login", "wan": "eth2", **account}

    expected = Configuration.from_plain({"sessions": [relay, login]})
    assert load(str(EXAMPLES / "full.yaml")) == expected
