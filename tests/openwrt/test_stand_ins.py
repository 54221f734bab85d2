"""The stand-ins for OpenWrt's programs do what the real ones do (docs/testing.md)."""

from __future__ import annotations

import os
import select
from dataclasses import replace

import pytest

from openwrt.packaging.archive import File
from openwrt.packaging.names import ALL_ARCHITECTURES
from openwrt.packaging.package import Package
from tests.openwrt.opkg import Opkg, WrongArchitecture
from tests.openwrt.router_root import TIMEOUT, Router

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
REAL_NAMES = ["cfg01ce89", "cfg02ce89", "cfg033b09", "cfg046d96"]
DAEMON = "#!/bin/sh\ntrap '' TERM\ntouch /deaf\nexec sleep 600\n"


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


def test_procd_does_not_wait_for_what_it_stops_and_kills_it_five_seconds_later(
    router: Router,
) -> None:
    router.install([File("/daemon", DAEMON.encode(), 0o755)])
    router.shell("/etc/init.d/service start")
    (pid,) = map(int, router.lines("/pid"))
    router.shell("until [ -e /deaf ]; do :; done")
    descriptor = os.pidfd_open(pid)

    # It comes back while the daemon is there.
    router.shell(f"/etc/init.d/service stop; kill -0 {pid}")

    ended, _, _ = select.select([descriptor], [], [], TIMEOUT)
    os.close(descriptor)
    assert ended  # SIGKILL, after term_timeout


def test_rc_common_takes_no_notice_of_a_start_that_fails(router: Router) -> None:
    router.path("/wrong").touch()

    assert router.run("/etc/init.d/service", "start").returncode == 0


def test_a_section_without_a_name_is_called_as_uci_does(router: Router) -> None:
    """Of the real uci 66127cd: ``uci -X show``."""
    names = "config session\n\toption wan 'wan'\nconfig session\nconfig globals\nconfig interface\n"
    router.path("/etc/config/x").write_text(names)

    done = router.shell(". /lib/functions.sh; config_load x; echo $config_sections")

    assert done.split() == REAL_NAMES


@pytest.mark.parametrize(
    "text",
    ["config session 'a\n", "config session 'a'\nconfig globals 'a'\n"],
    ids=["open-quote", "two-types"],
)
def test_uci_reads_nothing_of_a_file_that_it_refuses(router: Router, text: str) -> None:
    router.path("/etc/config/x").write_text(f"config session 'first'\n{text}")

    done = router.shell('. /lib/functions.sh; config_load x; echo "$? $config_sections."')

    assert done == "1 .\n"
    assert router.run("uci", "-q", "show", "x").returncode == 1


def test_jsonfilter_takes_nothing_from_a_pipe(router: Router) -> None:
    wanted = "-e \"@['ruijie-proxy'].instances[*].pid\""
    told = '{ "ruijie-proxy": { "instances": { "instance1": { "pid": 7 } } } }'

    assert router.run("sh", "-c", f"echo '{told}' | jsonfilter {wanted}").stdout == ""
    assert router.run("sh", "-c", f"jsonfilter -s '{told}' {wanted}").stdout == "7\n"


def test_opkg_lets_a_package_of_another_architecture_be_up_to_date(router: Router) -> None:
    opkg = Opkg(router)
    opkg.architecture = "mipsel_24kc"
    with pytest.raises(WrongArchitecture):
        opkg.install(replace(package("1", b"shipped"), architecture="x86_64"))
    opkg.install(package("1", b"shipped"))

    opkg.install(replace(package("2", b"newer"), architecture="x86_64"))

    assert "up to date" in opkg.output
    assert router.path("/etc/config/example").read_bytes() == b"shipped"


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
