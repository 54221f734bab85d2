"""Installing, upgrading and removing the packages, as apk does it; test_install.py is for opkg."""

from __future__ import annotations

import stat
from dataclasses import replace

import pytest

from openwrt.packaging.archive import File
from openwrt.packaging.package import Package
from ruijie_proxy import __version__
from tests.openwrt.apk_manager import NEW, Apk
from tests.openwrt.installing import (
    CONFIGURATION,
    KEPT_BY_THE_DAEMON,
    LIBRARY,
    PROGRAM,
    bytecode,
    next_version,
    use,
)
from tests.openwrt.networks import DSA
from tests.openwrt.router_root import Router

pytestmark = pytest.mark.namespaces


@pytest.fixture
def router(router: Router) -> Router:
    router.path("/etc/config/network").write_text(DSA)
    return router


@pytest.fixture
def apk(router: Router) -> Apk:
    return Apk(router)


# Installing.


def test_the_service_is_enabled_and_started_with_a_first_session(apk: Apk, small: Package) -> None:
    apk.install(small)

    assert apk.router.lines("/told") == ["enabled S50 K10", "started"]
    assert "\toption wan 'wan'" in apk.router.lines(CONFIGURATION)
    assert not apk.router.path("/etc/uci-defaults/90-ruijie-proxy").exists()
    assert stat.S_IMODE(apk.router.path(CONFIGURATION).stat().st_mode) == 0o600


def test_from_the_package_to_a_service_that_is_kept_running(apk: Apk, pure: Package) -> None:
    apk.install(pure)

    assert apk.router.shell("ruijie-proxy check").splitlines() == [
        "campus: relay, clients on br-lan, campus switch on wan",
        f"{CONFIGURATION} is fine.",
    ]
    assert apk.router.lines("/running")[0] == "command /usr/bin/ruijie-proxy run"
    modules = sorted(apk.router.path(LIBRARY).rglob("*.py"))
    assert len(bytecode(apk.router)) == len(modules) > 100


def test_scripts_that_are_told_to_do_nothing_do_nothing(router: Router, small: Package) -> None:
    script = router.path("/tmp/post-install")
    apk = Apk(router)
    apk.install(small)
    before = router.everything()
    script.write_text(apk.scripts_of("ruijie-proxy")["post-install"])

    router.shell("sh /tmp/post-install", IPKG_NO_SCRIPT="1")

    script.unlink()
    assert router.everything() == before


def test_in_an_image_that_is_being_built_nothing_runs(router: Router, small: Package) -> None:
    """The image builder runs the scripts on another machine, with IPKG_INSTROOT."""
    apk = Apk(router)
    apk.install(small)
    scripts = apk.scripts_of("ruijie-proxy")
    for name in ("post-install", "post-deinstall"):
        router.path(f"/tmp/{name}").write_text(scripts[name])
    before = router.everything()

    for name in ("post-install", "post-deinstall"):
        router.shell(
            f"mkdir -p /image && cp -r /lib /image && sh /tmp/{name}", IPKG_INSTROOT="/image"
        )

    after = {name: data for name, data in router.everything().items() if name in before}
    assert after == before
    assert router.lines("/image/told") == ["/etc/init.d/ruijie-proxy enable"]


# Upgrading.


def test_an_upgrade_keeps_the_configuration_and_what_the_daemon_has_kept(
    apk: Apk, small: Package
) -> None:
    apk.install(small)
    use(apk.router)
    configuration = apk.router.path(CONFIGURATION).read_text()

    apk.install(next_version(small))

    assert apk.router.path(CONFIGURATION).read_text() == configuration
    assert not apk.router.path(f"{CONFIGURATION}{NEW}").exists()
    for name, text in KEPT_BY_THE_DAEMON.items():
        assert apk.router.path(name).read_text() == text, name


def test_an_upgrade_restarts_the_daemon_once_and_leaves_disabled_what_was(
    apk: Apk, small: Package
) -> None:
    """The new version runs then, and goes on with the session that the old one has kept."""
    apk.install(small)
    apk.router.path("/told").unlink()

    apk.install(next_version(small))

    assert apk.router.lines("/told") == ["left alone", "stopped", "started"]


def test_an_upgrade_makes_no_second_session(apk: Apk, small: Package) -> None:
    apk.install(small)

    apk.install(next_version(small))

    assert apk.router.lines(CONFIGURATION).count("config session 'campus'") == 1
    assert len(apk.router.lines("/log")) == 1


def test_a_module_that_is_gone_leaves_no_bytecode(apk: Apk, pure: Package) -> None:
    gone = File(f"{LIBRARY}/ruijie_proxy/gone.py", b"")
    apk.install(replace(pure, files=(*pure.files, gone)))
    assert any("gone." in path.name for path in bytecode(apk.router))

    apk.install(next_version(pure))

    assert not any("gone." in path.name for path in apk.router.path(LIBRARY).rglob("*"))


def test_one_kind_replaces_the_other_and_back(apk: Apk, pure: Package, small: Package) -> None:
    apk.install(pure)

    apk.install(next_version(small))

    assert not apk.router.path(LIBRARY).exists()
    assert apk.router.path("/usr/bin/ruijie-proxy").read_text() == PROGRAM

    apk.install(pure)

    assert apk.router.shell("ruijie-proxy --version") == f"ruijie-proxy, version {__version__}\n"
    assert not apk.router.path("/usr/share/ruijie-proxy/locale").exists()


# Removing.


def test_a_changed_configuration_stays_with_what_belongs_to_it_and_removal_says_so(
    apk: Apk, router: Router, small: Package
) -> None:
    before = router.everything()
    apk.install(small)
    use(router)
    apk.install(next_version(small))

    apk.remove("ruijie-proxy")

    files = {name for name, data in router.everything().items() if data is not None}
    assert files - set(before) - {"/told", "/log"} == {
        CONFIGURATION,
        "/etc/ruijie-proxy/profiles/campus.json",
        "/etc/ruijie-proxy/seal.key",
    }
    assert apk.output.splitlines()[-1].startswith("kept, for another installation: ")


def test_a_second_installation_goes_on_with_what_was_kept(
    apk: Apk, router: Router, small: Package
) -> None:
    apk.install(small)
    use(router)
    mine = router.path(CONFIGURATION).read_text() + "\toption username '20261234'\n"
    router.path(CONFIGURATION).write_text(mine)
    apk.remove("ruijie-proxy")

    apk.install(small)

    assert router.path(CONFIGURATION).read_text() == mine
    assert router.path("/etc/ruijie-proxy/seal.key").exists()
