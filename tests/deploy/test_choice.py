"""What of a folder a router gets, by its facts and the files' names alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from ruijie_proxy.deploy.choice import Choice, check_age, choose, is_there
from ruijie_proxy.deploy.errors import NotDeployed
from ruijie_proxy.deploy.package_files import PackageFile, packages_in
from ruijie_proxy.deploy.router_facts import Installed, facts_of
from ruijie_proxy.deploy.versions import age

ROUTER = {
    "release": "24.10.0",
    "description": "OpenWrt 24.10.0",
    "architecture": "mipsel_24kc",
    "manager": "opkg",
    "takes": "all noarch mipsel_24kc",
    "user": "0",
    "luci": "new",
    "free": "12000",
    "memory": "50000",
    "flash": "jffs2",
    "address": "192.168.1.1",
}
FOLDER = (
    "ruijie-proxy_0.9.0-1_mipsel_24kc.ipk",
    "ruijie-proxy_0.10.0-1_mipsel_24kc.ipk",
    "ruijie-proxy_0.10.0-1_mips_24kc.ipk",
    "ruijie-proxy_0.10.0-1_all.ipk",
    "luci-app-ruijie-proxy_0.10.0-1_all.ipk",
    "ruijie-proxy-0.10.0-r1_mipsel_24kc.apk",
    "ruijie-proxy-0.10.0-r1_noarch.apk",
    "luci-app-ruijie-proxy-0.10.0-r1.apk",
    "ruijie-proxy_0.10.0-1_amd64.deb",
    "ruijie-proxy-0.10.0-linux-x86_64",
    "SHA256SUMS",
    "ruijie-proxy_$(reboot)_mipsel_24kc.ipk",
)


@pytest.fixture
def files(tmp_path: Path) -> list[PackageFile]:
    for name in FOLDER:
        (tmp_path / name).touch()
    return packages_in(str(tmp_path))


def chosen(files: list[PackageFile], **facts: str) -> Choice:
    answer = "".join(f"{name}={value}\n" for name, value in {**ROUTER, **facts}.items())
    return choose(facts_of(answer, "root@router"), files, "dist", pure=False)


def names(choice: Choice) -> list[str]:
    return [one.file_name for one in (choice.program, choice.pages) if one is not None]


def test_the_newest_of_the_router_s_architecture_and_the_pages(files: list[PackageFile]) -> None:
    assert names(chosen(files)) == [
        "ruijie-proxy_0.10.0-1_mipsel_24kc.ipk",
        "luci-app-ruijie-proxy_0.10.0-1_all.ipk",
    ]


def test_apk_gets_its_own(files: list[PackageFile]) -> None:
    assert names(chosen(files, manager="apk", takes="mipsel_24kc")) == [
        "ruijie-proxy-0.10.0-r1_mipsel_24kc.apk",
        "luci-app-ruijie-proxy-0.10.0-r1.apk",
    ]


@pytest.mark.parametrize("luci", ["", "old"])
def test_no_pages_where_they_cannot_be_shown(files: list[PackageFile], luci: str) -> None:
    assert chosen(files, luci=luci).pages is None


def test_what_its_owner_lets_the_package_manager_take_fits(files: list[PackageFile]) -> None:
    choice = chosen(files, architecture="mips_74kc", takes="all mips_74kc mips_24kc")

    assert choice.program.file_name == "ruijie-proxy_0.10.0-1_mips_24kc.ipk"


def test_the_one_in_python_only_where_there_is_a_python_or_it_is_wanted(
    files: list[PackageFile],
) -> None:
    in_python = "ruijie-proxy_0.10.0-1_all.ipk"

    router = facts_of("".join(f"{name}={value}\n" for name, value in ROUTER.items()), "router")
    assert choose(router, files, "dist", pure=True).program.file_name == in_python
    others = {"architecture": "mips64_octeonplus", "takes": "all mips64_octeonplus"}
    has_python = chosen(files, python="python3-light python3-click", **others)
    assert has_python.program.file_name == in_python
    with pytest.raises(NotDeployed) as refused:
        chosen(files, **others)
    assert str(refused.value) == (
        "There is no package for this router's architecture, mips64_octeonplus; there are: all, "
        "mips_24kc, mipsel_24kc. The program of another architecture would not start. Make it in a "
        "checkout with: make ipk ARCH=mips64_octeonplus"
    )


def test_packages_for_the_other_manager_are_told_apart(files: list[PackageFile]) -> None:
    with pytest.raises(NotDeployed) as refused:
        chosen([one for one in files if one.path.endswith(".ipk")], manager="apk")

    assert "Those in .ipk are for other releases of OpenWrt" in str(refused.value)


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("0.9.0-1", "0.10.0-1"),
        ("0.1.0-1", "0.1.0-2"),
        ("0.1.0-r1", "0.1.1-1"),
        ("0.1.0rc1-1", "0.1.0-1"),
        ("0.1.0~git1-1", "0.1.0-1"),
        ("0.1.0-1", "0.1.0.1-1"),
    ],
)
def test_versions_have_an_order(older: str, newer: str) -> None:
    assert age(older) < age(newer)


def test_both_managers_mean_the_same_version() -> None:
    assert age("0.1.0-r1") == age("0.1.0-1")


def test_an_older_package_is_not_installed_over_a_newer_one(files: list[PackageFile]) -> None:
    file = chosen(files).program

    check_age(file, None)
    check_age(file, Installed("0.10.0-1", "all"))
    with pytest.raises(NotDeployed, match="older than what the router has"):
        check_age(file, Installed("0.10.0-2", "mipsel_24kc"))


def test_the_other_kind_of_the_same_version_is_not_the_same(files: list[PackageFile]) -> None:
    file = chosen(files).program

    assert is_there(file, Installed("0.10.0-1", "mipsel_24kc"))
    assert not is_there(file, Installed("0.10.0-1", "all"))


@pytest.mark.parametrize(
    ("facts", "page"),
    [
        ({"http": "0.0.0.0:80 [::]:80"}, "http://192.168.1.1/cgi-bin/luci"),
        ({"http": "0.0.0.0:8080"}, "http://192.168.1.1:8080/cgi-bin/luci"),
        ({"http": "80", "https": "443", "redirects": "1"}, "https://192.168.1.1/cgi-bin/luci"),
        ({"https": "0.0.0.0:8443"}, "https://192.168.1.1:8443/cgi-bin/luci"),
        ({"address": "fd00::1"}, "http://[fd00::1]/cgi-bin/luci"),
        ({"address": ""}, "http://router/cgi-bin/luci"),
        ({"http": "nonsense"}, "http://192.168.1.1/cgi-bin/luci"),
    ],
)
def test_the_page_is_where_the_router_serves_it(facts: dict[str, str], page: str) -> None:
    answer = "".join(f"{name}={value}\n" for name, value in {**ROUTER, **facts}.items())

    assert facts_of(answer, "root@router").page.startswith(page)
