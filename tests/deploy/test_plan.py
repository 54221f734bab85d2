"""What is done on a router, and whether there is room for it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from openwrt.packaging.archive import File
from openwrt.packaging.package import Package
from ruijie_proxy.deploy.choice import choose
from ruijie_proxy.deploy.errors import NotDeployed
from ruijie_proxy.deploy.package_contents import read_contents
from ruijie_proxy.deploy.package_files import packages_in
from ruijie_proxy.deploy.plan import Plan, make_plan
from ruijie_proxy.deploy.router_facts import facts_of
from tests.deploy.conftest import write
from tests.deploy.test_choice import ROUTER

MEGABYTE = 1000 * 1000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Packages whose program has 3 MB that compress to little, and 1 MB that does not."""
    data = b"\0" * 3 * MEGABYTE + random.Random(1).randbytes(MEGABYTE)
    files = (File("/usr/bin/ruijie-proxy", data, 0o755),)
    title = "A program"
    write(Package("ruijie-proxy", "0.1.0-1", "mipsel_24kc", "net", title, files), tmp_path)
    return tmp_path


def plan(folder: Path, **facts: str) -> Plan:
    answer = "".join(f"{name}={value}\n" for name, value in {**ROUTER, **facts}.items())
    router = facts_of(answer, "root@router")
    choice = choose(router, packages_in(str(folder)), str(folder), pure=False)
    return make_plan(router, choice, None, force=False)


@pytest.mark.parametrize("manager", ["opkg", "apk"])
def test_a_package_says_how_large_it_is(folder: Path, manager: str) -> None:
    ending = {"opkg": "ipk", "apk": "apk"}[manager]
    [file] = [one for one in packages_in(str(folder)) if one.path.endswith(ending)]

    contents = read_contents(file)

    assert 4 * MEGABYTE <= contents.unpacked < 4.1 * MEGABYTE
    assert contents.compressed < 1.5 * MEGABYTE


def test_a_flash_that_compresses_has_room_that_opkg_does_not_see(folder: Path) -> None:
    assert plan(folder, free="5000").command.startswith("opkg install ")
    assert plan(folder, free="3000").command.startswith("opkg --force-space ")
    assert plan(folder, free="3000", manager="apk").command.startswith("apk add ")


@pytest.mark.parametrize("facts", [{"free": "3000", "flash": "ext4"}, {"free": "900"}])
def test_no_room_is_told_with_what_there_is_and_what_is_needed(
    folder: Path, facts: dict[str, str]
) -> None:
    with pytest.raises(NotDeployed, match=r"flash is too small: .* free, .* needed"):
        plan(folder, **facts)


def test_an_upgrade_without_room_is_told_what_to_remove(folder: Path) -> None:
    installed = {"program": "0.0.9-1 mipsel_24kc", "pages": "0.0.9-1 all"}

    with pytest.raises(NotDeployed, match="opkg remove luci-app-ruijie-proxy ruijie-proxy"):
        plan(folder, free="900", **installed)
    with pytest.raises(NotDeployed, match="apk del luci-app-ruijie-proxy ruijie-proxy"):
        plan(folder, free="900", manager="apk", **installed)


def test_memory_without_room_is_told(folder: Path) -> None:
    with pytest.raises(NotDeployed, match="no room in its memory"):
        plan(folder, memory="300")


def test_the_other_kind_in_the_same_version_is_replaced(folder: Path) -> None:
    assert "--force-reinstall" in plan(folder, program="0.1.0-1 all").command
    assert "--force-reinstall" not in plan(folder, program="0.0.9-1 all").command


@pytest.mark.parametrize("ending", ["ipk", "apk"])
def test_a_file_that_was_cut_or_changed_anywhere_is_no_package(folder: Path, ending: str) -> None:
    [file] = [one for one in packages_in(str(folder)) if one.path.endswith(ending)]
    whole = Path(file.path).read_bytes()

    for cut in (0, 1, 3, 4, 8, 40, 200, len(whole) // 2, len(whole) - 1):
        Path(file.path).write_bytes(whole[:cut])
        with pytest.raises(NotDeployed, match="is no package, or not the whole of one"):
            read_contents(file)
    Path(file.path).write_bytes(bytes(range(256)) * 100)
    with pytest.raises(NotDeployed, match="is no package"):
        read_contents(file)
