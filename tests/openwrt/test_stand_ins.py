"""The stand-ins for OpenWrt's programs do what the real ones do (docs/testing.md)."""

from __future__ import annotations

import os
import signal

import pytest

from openwrt.packaging.archive import File
from openwrt.packaging.names import ALL_ARCHITECTURES
from openwrt.packaging.package import Package
from tests.openwrt.opkg import Opkg
from tests.openwrt.router_root import Router

pytestmark = pytest.mark.namespaces

INIT = """\
#!/bin/sh /etc/rc.common
start_service() {
	[ ! -e /wrong ] || return 1
	procd_open_instance
	procd_close_instance
}
service_triggers() {
	:
}
"""
DAEMON = "#!/bin/sh\ntrap '' TERM\nexec sleep 600\n"


@pytest.fixture
def router(router: Router) -> Router:
    router.install([File("/etc/init.d/service", INIT.encode(), 0o755)])
    return router


def package(version: str, content: bytes) -> Package:
    return Package(
        name="example",
        version=version,
        architecture=ALL_ARCHITECTURES,
        section="net",
        description="An example",
        files=(File("/etc/config/example", content), File("/usr/share/example/file", b"")),
        conffiles=("/etc/config/example",),
    )


def test_procd_does_not_wait_for_the_end_of_what_it_stops(router: Router) -> None:
    router.install([File("/daemon", DAEMON.encode(), 0o755)])
    router.shell("/etc/init.d/service start")
    (pid,) = map(int, router.lines("/pid"))

    router.shell("/etc/init.d/service stop")

    os.kill(pid, 0)  # it is there
    os.kill(pid, signal.SIGKILL)


def test_rc_common_takes_no_notice_of_a_start_that_fails(router: Router) -> None:
    router.path("/wrong").touch()

    assert router.run("/etc/init.d/service", "start").returncode == 0


def test_opkg_complains_of_a_changed_conffile(router: Router) -> None:
    opkg = Opkg(router)
    opkg.install(package("1", b"shipped"))
    router.path("/etc/config/example").write_bytes(b"changed")

    opkg.install(package("2", b"shipped"))
    opkg.remove("example")

    assert "Collected errors" in opkg.output
    assert "Not deleting modified conffile /etc/config/example." in opkg.output
    assert router.path("/etc/config/example").read_bytes() == b"changed"


def test_opkg_leaves_the_folders_of_what_it_removes(router: Router) -> None:
    opkg = Opkg(router)
    opkg.install(package("1", b"shipped"))

    opkg.remove("example")

    assert router.path("/usr/share/example").is_dir()
    assert not router.path("/usr/share/example/file").exists()
