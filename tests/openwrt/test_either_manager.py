"""What is the same whether opkg or apk installs, upgrades and removes the packages."""

from __future__ import annotations

from typing import TypeAlias

import pytest

from openwrt.packaging.package import Package
from tests.openwrt.apk_manager import Apk
from tests.openwrt.installing import next_version, use
from tests.openwrt.networks import DSA
from tests.openwrt.opkg import Opkg
from tests.openwrt.router_root import Router

pytestmark = pytest.mark.namespaces

Manager: TypeAlias = Opkg | Apk


@pytest.fixture
def router(router: Router) -> Router:
    router.path("/etc/config/network").write_text(DSA)
    return router


@pytest.fixture(params=[Opkg, Apk], ids=["opkg", "apk"])
def manager(router: Router, request: pytest.FixtureRequest) -> Manager:
    made: Manager = request.param(router)
    return made


@pytest.mark.parametrize("done", ["installed", "upgraded", "removed"])
def test_luci_reads_its_menu_again_and_rpcd_who_may_do_what(
    manager: Manager, router: Router, pages: Package, done: str
) -> None:
    if done != "installed":
        manager.install(pages)
    router.path("/told").unlink(missing_ok=True)
    router.path("/tmp/luci-modulecache").mkdir(exist_ok=True)

    if done == "removed":
        manager.remove(pages.name)
    else:
        manager.install(next_version(pages))

    assert not router.path("/tmp/luci-modulecache").exists()
    assert router.lines("/told") == ["rpcd reload"]
    assert router.path("/www/luci-static/resources/ruijie-proxy").exists() == (done != "removed")


def test_removal_stops_and_disables_the_service(manager: Manager, small: Package) -> None:
    manager.install(small)

    manager.remove("ruijie-proxy")

    assert manager.router.lines("/told")[-2:] == ["disabled", "stopped"]
    assert manager.router.lines("/triggers") == []


@pytest.mark.parametrize("kind", ["pure", "small"])
def test_removal_leaves_nothing_where_the_configuration_was_never_changed(
    manager: Manager, router: Router, kind: str, request: pytest.FixtureRequest
) -> None:
    package: Package = request.getfixturevalue(kind)
    router.path("/etc/config/network").write_text("")  # so there is no first session
    before = router.everything()
    manager.install(package)
    use(router)

    manager.remove("ruijie-proxy")

    left = set(router.everything()) - set(before)
    assert left == {"/told", "/log", "/var/lib", "/var/run"}, "the stand-ins' notes, and folders"
