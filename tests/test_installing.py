"""What a user is told to run where a package is missing, wherever that is."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ruijie_proxy import installing
from ruijie_proxy.installing import how_to_install


@pytest.fixture
def openwrt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make this machine look like OpenWrt, with no package manager yet; return its /usr/bin."""
    release = tmp_path / "openwrt_release"
    release.touch()
    monkeypatch.setattr(installing, "OPENWRT", str(release))
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make this Python one of a virtual environment without pip; return its folder of programs."""
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    programs = tmp_path / "bin"
    programs.mkdir()
    return programs


def test_elsewhere_it_is_pips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)

    assert how_to_install("cryptography", "python3-cryptography") == "pip install cryptography"


def test_a_virtual_environment_has_a_pip_of_its_own(environment: Path) -> None:
    pip = environment / "pip"
    pip.touch()

    assert how_to_install("pefile", None) == f"{pip} install pefile"


def test_or_can_be_given_one(environment: Path) -> None:
    python = environment / "python3"

    assert how_to_install("pefile", None) == (
        f"{python} -m ensurepip && {python} -m pip install pefile"
    )


def test_openwrt_has_a_package_of_its_own_name(openwrt: Path) -> None:
    told = how_to_install("cryptography", "python3-cryptography")

    assert told == "opkg update && opkg install python3-cryptography"


def test_new_releases_have_apk_in_place_of_opkg(openwrt: Path) -> None:
    (openwrt / "apk").touch(mode=0o755)

    told = how_to_install("pyroute2", "python3-pyroute2")

    assert told == "apk update && apk add python3-pyroute2"


def test_what_the_feed_lacks_comes_by_pip(openwrt: Path) -> None:
    told = how_to_install("pefile", None)

    assert told == "opkg update && opkg install python3-pip && pip install pefile"


def test_one_closed_executable_takes_nothing_more(
    openwrt: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)

    assert "_all, for routers with Python" in how_to_install("pefile", None)
