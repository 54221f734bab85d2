"""Installing, upgrading and removing the packages, as opkg does it."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import replace

import pytest

from openwrt.packaging.archive import File
from openwrt.packaging.package import Package
from ruijie_proxy import __version__
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
from tests.openwrt.opkg import INFO, Opkg
from tests.openwrt.router_root import Router

pytestmark = pytest.mark.namespaces


@pytest.fixture
def router(router: Router) -> Router:
    router.path("/etc/config/network").write_text(DSA)
    return router


@pytest.fixture
def opkg(router: Router) -> Opkg:
    return Opkg(router)


# Installing.


def test_the_service_is_enabled_and_started_with_a_first_session(
    opkg: Opkg, small: Package
) -> None:
    opkg.install(small)

    assert opkg.router.lines("/told") == ["enabled S50 K10", "started"]
    assert "\toption wan 'wan'" in opkg.router.lines(CONFIGURATION)
    assert not opkg.router.path("/etc/uci-defaults/90-ruijie-proxy").exists()


def test_from_the_package_to_a_service_that_is_kept_running(opkg: Opkg, pure: Package) -> None:
    """All of it as on a router: the first session, the program's own check, the init script."""
    opkg.install(pure)

    assert opkg.router.shell("ruijie-proxy check").splitlines() == [
        "campus: relay, clients on br-lan, campus switch on wan",
        f"{CONFIGURATION} is fine.",
    ]
    assert opkg.router.lines("/told") == ["enabled S50 K10", "started"]
    assert opkg.router.lines("/running")[0] == "command /usr/bin/ruijie-proxy run"
    assert [line.split(":")[0] for line in opkg.router.lines("/log")] == [
        "daemon.notice ruijie-proxy"
    ]


def test_settings_that_were_a_file_of_an_earlier_package_survive_the_upgrade(
    opkg: Opkg, router: Router, pure: Package
) -> None:
    shipped = File(CONFIGURATION, b"# nothing set yet\n", 0o600)
    opkg.install(
        replace(pure, files=(*pure.files, shipped), conffiles=(CONFIGURATION,), scripts={})
    )
    own = "config session 'campus'\n\toption wan 'eth9'\n\toption lan 'br-lan'\n"
    router.path(CONFIGURATION).write_text(own)

    opkg.install(pure)

    assert router.path(CONFIGURATION).read_text() == own
    assert not router.path("/etc/ruijie-proxy.settings").exists()


def test_a_configuration_that_was_taken_over_is_what_the_service_starts_with(
    opkg: Opkg, router: Router, pure: Package
) -> None:
    router.path("/etc/config/minieap").write_text(
        "config minieap 'minieap'\n\toption username '20261234'\n\toption password 'secret'\n"
        "\toption nic 'wan'\n"
    )
    opkg.install(pure)

    router.shell("ruijie-proxy import /etc/config/minieap && /etc/init.d/ruijie-proxy restart")

    assert "campus: login as 20261234 through wan" in router.shell("ruijie-proxy check")
    assert router.path(CONFIGURATION).stat().st_mode & 0o077 == 0
    assert router.lines("/told")[-2:] == ["stopped", "started"]


def test_the_command_of_the_pure_package_runs(opkg: Opkg, pure: Package) -> None:
    opkg.install(pure)

    assert opkg.router.shell("ruijie-proxy --version") == (f"ruijie-proxy, version {__version__}\n")
    chinese = opkg.router.shell("ruijie-proxy --lang zh --help")
    assert "显示守护进程正在做什么" in chinese
    assert "用法" in chinese


def test_the_module_runs_where_its_folder_is_on_pythons_path(opkg: Opkg, pure: Package) -> None:
    opkg.install(pure)

    told = opkg.router.shell(f"PYTHONPATH=$PYTHONPATH:{LIBRARY} python3 -m ruijie_proxy --version")
    assert told == f"ruijie-proxy, version {__version__}\n"


@pytest.mark.parametrize(
    "command",
    ["ruijie-proxy", f"env PYTHONPATH=/usr/lib/feed:{LIBRARY} python3 -m ruijie_proxy"],
)
def test_run_begins_again_without_click_however_it_was_begun(
    opkg: Opkg, pure: Package, command: str
) -> None:
    opkg.install(pure)

    # In a form that only Click reads, so that it has to begin again; and there is no such file.
    done = opkg.router.run("/bin/sh", "-c", f"{command} run --config=/nowhere")

    assert done.returncode == 2
    assert done.stderr.startswith("/nowhere: there is no such file")


def test_the_first_start_has_its_bytecode(opkg: Opkg, pure: Package) -> None:
    opkg.install(pure)

    modules = sorted(opkg.router.path(LIBRARY).rglob("*.py"))
    assert len(bytecode(opkg.router)) == len(modules) > 100
    # It is current: nothing is compiled again.
    told = opkg.router.shell("python3 -v /usr/bin/ruijie-proxy --help 2>&1")
    assert "removing ruijie_proxy.cli.commands" in told, "it was imported"
    assert not re.search(rf"code object from '{LIBRARY}\S*\.py'", told), "of a source"
    assert f"wrote '{LIBRARY}" not in told


def test_what_another_python_needs_is_written_as_it_is_used(opkg: Opkg, pure: Package) -> None:
    """As after an upgrade of Python; OpenWrt's writes none unless it is told to."""
    opkg.install(pure)
    for path in bytecode(opkg.router):
        path.rename(path.with_name(path.name.replace(".cpython-", ".cpython-2")))

    opkg.router.shell("PYTHONDONTWRITEBYTECODE=1 ruijie-proxy --help")

    current = {
        path.name.split(".")[0]
        for path in bytecode(opkg.router)
        if ".cpython-2" not in path.name and path.parent.parent.name == "cli"
    }
    assert {"__init__", "commands", "help_pages"} <= current
    assert "doctor" not in current


def test_without_room_for_bytecode_it_is_installed_all_the_same(opkg: Opkg, pure: Package) -> None:
    python = opkg.router.path("/usr/bin/python3")
    real = os.readlink(python)
    python.unlink()
    python.write_text(f'#!/bin/sh\ncase "$*" in *py_compile*) exit 1 ;; esac\nexec {real} "$@"\n')
    python.chmod(0o755)

    opkg.install(pure)

    assert "no bytecode could be written" in opkg.output
    assert opkg.router.lines("/told")[0] == "enabled S50 K10"


def test_in_an_image_that_is_being_built_nothing_runs(router: Router, small: Package) -> None:
    """The image builder runs the scripts on another machine, with IPKG_INSTROOT."""
    opkg = Opkg(router)
    opkg.install(small)
    before = router.everything()

    for script, words in (("postinst", "configure"), ("postrm", "remove")):
        router.shell(
            f"mkdir -p /image/usr && cp -r /lib /image && cp -r /usr/lib/opkg /tmp && "
            f"mkdir -p /image/usr/lib && cp -r /tmp/opkg /image/usr/lib/ && "
            f"{INFO}/ruijie-proxy.{script} {words}",
            IPKG_INSTROOT="/image",
        )

    after = {name: data for name, data in router.everything().items() if name in before}
    assert after == before
    assert router.lines("/image/told") == ["/etc/init.d/ruijie-proxy enable"]


# Upgrading.


def test_an_upgrade_keeps_the_configuration_and_what_the_daemon_has_kept(
    opkg: Opkg, small: Package
) -> None:
    opkg.install(small)
    use(opkg.router)
    configuration = opkg.router.path(CONFIGURATION).read_text()

    opkg.output = ""
    opkg.install(next_version(small))

    assert opkg.output == ""
    assert opkg.router.path(CONFIGURATION).read_text() == configuration
    for name, text in KEPT_BY_THE_DAEMON.items():
        assert opkg.router.path(name).read_text() == text, name


def test_an_upgrade_starts_the_new_version_once_and_leaves_disabled_what_was(
    opkg: Opkg, small: Package
) -> None:
    opkg.install(small)
    opkg.router.path("/told").unlink()

    opkg.install(next_version(small))

    assert opkg.router.lines("/told") == ["stopped", "started"]


def test_where_nobody_has_stopped_the_old_version_it_is_restarted(
    opkg: Opkg, small: Package
) -> None:
    """So it is with apk, which runs the new package's script alone."""
    opkg.install(small)
    opkg.router.path("/told").unlink()

    opkg.router.shell(f"{INFO}/ruijie-proxy.postinst-pkg", PKG_UPGRADE="1")

    assert opkg.router.lines("/told") == ["stopped", "started"]


def test_bytecode_of_the_old_version_is_not_taken_for_the_new_ones(
    opkg: Opkg, pure: Package
) -> None:
    """All files of all versions have the same time, and this one has the same size, too."""
    version = f'__version__ = "{__version__}"'.encode()
    another = version.replace(__version__[:1].encode(), b"7", 1)
    upgrade = replace(
        next_version(pure),
        files=tuple(replace(file, data=file.data.replace(version, another)) for file in pure.files),
    )
    opkg.install(pure)
    opkg.router.shell("ruijie-proxy --version")

    opkg.install(upgrade)

    assert opkg.router.shell("ruijie-proxy --version") == (
        f"ruijie-proxy, version 7{__version__[1:]}\n"
    )


def test_a_module_that_is_gone_leaves_no_bytecode(opkg: Opkg, pure: Package) -> None:
    gone = File(f"{LIBRARY}/ruijie_proxy/gone.py", b"")
    opkg.install(replace(pure, files=(*pure.files, gone)))
    assert any("gone." in path.name for path in bytecode(opkg.router))

    opkg.install(next_version(pure))

    assert not any("gone." in path.name for path in bytecode(opkg.router))


def test_one_kind_replaces_the_other(opkg: Opkg, pure: Package, small: Package) -> None:
    opkg.install(pure)
    assert bytecode(opkg.router) != []

    opkg.install(next_version(small))

    assert not opkg.router.path(LIBRARY).exists()
    assert opkg.router.path("/usr/bin/ruijie-proxy").read_text() == PROGRAM
    assert opkg.router.lines("/running")[0] == "command /usr/bin/ruijie-proxy run"


# Removing.


DAEMON = """\
#!/bin/sh
# In place of a daemon that takes its time to end, and then writes its last line.
journal=/etc/ruijie-proxy/journal
trap 'sleep 0.5; mkdir -p $journal; echo >$journal/last; exit' TERM
while :; do sleep 0.1; done
"""


def test_what_the_daemon_writes_at_its_end_does_not_outlive_the_removal(
    opkg: Opkg, router: Router, small: Package
) -> None:
    router.install([File("/daemon", DAEMON.encode(), 0o755)])
    opkg.install(small)

    opkg.remove("ruijie-proxy")

    assert not router.path("/etc/ruijie-proxy/journal").exists()


def test_a_reinstallation_is_no_removal(opkg: Opkg, router: Router, small: Package) -> None:
    """opkg's --force-reinstall tells the scripts nothing of it."""
    opkg.install(small)
    use(router)
    command = f"sh -c '{INFO}/ruijie-proxy.postrm remove; true'"

    router.shell(f"{command} opkg install --force-reinstall /tmp/ruijie-proxy.ipk")

    for name, text in KEPT_BY_THE_DAEMON.items():
        assert router.path(name).read_text() == text, name

    router.shell(f"{command} opkg remove ruijie-proxy")

    assert not router.path("/etc/ruijie-proxy/journal").exists()


def test_a_changed_configuration_stays_with_what_belongs_to_it_and_removal_says_so(
    opkg: Opkg, router: Router, pure: Package
) -> None:
    before = router.everything()
    opkg.install(pure)
    use(router)

    opkg.remove("ruijie-proxy")

    files = {name for name, data in router.everything().items() if data is not None}
    assert files - set(before) - {"/told", "/log"} == {
        CONFIGURATION,
        "/etc/ruijie-proxy/profiles/campus.json",
        "/etc/ruijie-proxy/seal.key",
    }
    assert opkg.output == (
        "a first session relays a client on br-lan through wan\n"
        f"kept, for another installation: {CONFIGURATION}, and in /etc/ruijie-proxy what was "
        "learned of the campus and the key of passwords. To remove them: "
        f"rm -r {CONFIGURATION} /etc/ruijie-proxy\n"
    )


def test_a_second_installation_goes_on_with_what_was_kept(
    opkg: Opkg, router: Router, small: Package
) -> None:
    opkg.install(small)
    use(router)
    mine = router.path(CONFIGURATION).read_text() + "\toption username '20261234'\n"
    router.path(CONFIGURATION).write_text(mine)
    opkg.remove("ruijie-proxy")

    opkg.install(small)

    assert router.path(CONFIGURATION).read_text() == mine
    assert router.path("/etc/ruijie-proxy/seal.key").exists()
    assert stat.S_IMODE(router.path("/etc/ruijie-proxy").stat().st_mode) == 0o700


# The image's upgrade.


def test_sysupgrade_keeps_all_that_belongs_to_the_configuration(
    opkg: Opkg, router: Router, small: Package
) -> None:
    opkg.install(small)
    use(router)
    router.path("/etc/ruijie-proxy/dorm.password").write_text("secret\n")
    router.path("/etc/ruijie-proxy/told").write_text("#!/bin/sh\n")

    # As sysupgrade lists what it keeps.
    kept = router.shell("find $(cat /lib/upgrade/keep.d/*) -type f 2>/dev/null || true")

    assert sorted(kept.split()) == [
        "/etc/config/ruijie-proxy",
        "/etc/ruijie-proxy/dorm.password",
        "/etc/ruijie-proxy/journal/journal.jsonl",
        "/etc/ruijie-proxy/profiles/campus.json",
        "/etc/ruijie-proxy/seal.key",
        "/etc/ruijie-proxy/told",
    ]
