"""The tables that say which file is for whom."""

from __future__ import annotations

import pytest

from openwrt.everything.plan import plan
from openwrt.everything.tables import PLATFORMS, TABLES, tables
from openwrt.packaging import debian
from openwrt.standalone.architectures import ARCHITECTURES, EXECUTABLES

VERSION = "0.1.0-1"
SERVED = {row.name: row.names for row in EXECUTABLES}
FILES = {
    file
    for step in plan(VERSION, SERVED, debian.ARCHITECTURES)
    if step.is_published
    for file in step.files
}


@pytest.mark.parametrize("name", TABLES)
def test_every_file_of_a_release_is_named_once(name: str) -> None:
    table = tables(VERSION, SERVED, debian.ARCHITECTURES, FILES)[name]

    assert {file: table.count(f"`{file}`") for file in FILES} == dict.fromkeys(FILES, 1)


@pytest.mark.parametrize("name", TABLES)
def test_a_file_that_is_not_there_is_not_named(name: str) -> None:
    gone = {file for file in FILES if "x86_64" in file}
    table = tables(VERSION, SERVED, debian.ARCHITECTURES, FILES - gone)[name]

    assert [file for file in gone if file in table] == []
    assert "x86/64" not in table
    assert "mipsel_24kc.ipk" in table


@pytest.mark.parametrize("name", TABLES)
def test_rows_have_as_many_cells_as_their_head(name: str) -> None:
    for table in tables(VERSION, SERVED, debian.ARCHITECTURES, FILES)[name].split("\n\n"):
        rows = [row for row in table.splitlines() if row.startswith("|")]
        assert len({row.count("|") for row in rows}) <= 1, table


def test_the_platform_of_a_router_leads_to_its_file() -> None:
    table = tables(VERSION, SERVED, debian.ARCHITECTURES, FILES)["FILES.md"]
    (row,) = [row for row in table.splitlines() if "ramips/mt7621" in row]

    assert "`ruijie-proxy_0.1.0-1_mipsel_24kc.ipk`" in row
    assert "`ruijie-proxy-0.1.0-r1_mipsel_24kc.apk`" in row


def test_every_architecture_has_its_platforms() -> None:
    assert PLATFORMS.keys() == ARCHITECTURES.keys()
