"""The list of Ruijie's vendor parts, and the script that renews it from the IEEE's registry."""

from __future__ import annotations

import re

import pytest

from ruijie_proxy.protocol.clients.ruijie_vendors import (
    REGISTRY_DATE,
    RUIJIE_VENDORS,
    is_of_ruijie,
)
from tools.vendors import LIST, REGISTRY, date_of, renewed, vendors_in

LISTED = sorted(vendor.hex() for vendor in RUIJIE_VENDORS)


@pytest.mark.parametrize("vendor", ["00d0f8", "001aa9", "14144b", "58696c"])
def test_what_the_genuine_client_of_2014_takes_for_ruijies_is(vendor: str) -> None:
    assert is_of_ruijie(bytes.fromhex(f"{vendor}d9f104"))


@pytest.mark.parametrize("vendor", ["001098", "0011ad", "448312", "020000", "525400", "00d0f9"])
def test_others_are_not_whatever_they_are_called(vendor: str) -> None:
    assert not is_of_ruijie(bytes.fromhex(f"{vendor}d9f104"))


def test_the_list_is_as_the_script_writes_it() -> None:
    module = LIST.read_text("utf-8")

    assert renewed(module, LISTED, REGISTRY_DATE) == module
    assert len(re.findall(r"\b[0-9a-f]{6}\b", module)) == len(LISTED), "each once"


def test_the_script_writes_another_list_in_the_place_of_the_old_one() -> None:
    module = renewed(LIST.read_text("utf-8"), ["00d0f8", "aabbcc"], "2030-01-02")

    values: dict[str, object] = {}
    exec(compile(module, "ruijie_vendors", "exec"), values)
    assert values["REGISTRY_DATE"] == "2030-01-02"
    assert values["RUIJIE_VENDORS"] == {bytes.fromhex("00d0f8"), bytes.fromhex("aabbcc")}


def test_owners_are_known_in_every_spelling_and_others_left_alone() -> None:
    registry = """\
Registry,Assignment,Organization Name,Organization Address
MA-L,58696C,"Ruijie Networks Co.,LTD",Fuzhou
MA-L,AA0001,"RUIJIE NETWORKS CO., LTD.",Fuzhou
MA-L,001AA9,"FUJIAN STAR-NET COMMUNICATION CO.,LTD",Fuzhou
MA-L,AA0002,"Fujian Star-net Communication Co., Ltd.",Fuzhou
MA-L,00D0F8,FUJIAN STAR TERMINAL,"DEVICE CO., LTD."
MA-L,0011AD,Shanghai Ruijie Technology,Shanghai
MA-L,448312,Star-Net,Israel
MA-L,001098,"STARNET TECHNOLOGIES, INC.",San Jose
MA-M,AA00031,"Ruijie Networks Co.,LTD",Fuzhou
"""

    found = vendors_in(registry.splitlines())

    assert found == ["001aa9", "00d0f8", "58696c", "aa0001", "aa0002"]


def test_the_list_holds_what_the_installed_registry_has() -> None:
    if not REGISTRY.exists():
        pytest.skip("Debian's ieee-data is not installed")
    with REGISTRY.open(encoding="utf-8", newline="") as lines:
        registered = vendors_in(lines)
    date = date_of(REGISTRY)
    if date > REGISTRY_DATE and set(registered) - set(LISTED):
        pytest.skip("the registry is newer than the list: python -m tools.vendors renews it")

    assert set(registered) <= set(LISTED)
    assert date < REGISTRY_DATE or registered == LISTED
