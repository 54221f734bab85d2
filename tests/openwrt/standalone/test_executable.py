"""What is in the executable, and what is not."""

from __future__ import annotations

import subprocess

from openwrt.standalone.build import executable_in
from openwrt.standalone.modules import LEFT_OUT
from tests.openwrt.standalone.conftest import CHECKOUT, FOLDER, Installed

LARGEST_PACKAGE = 3_200_000
LARGEST_INSTALLED = 7_500_000
"""Bytes, on MIPS."""
MODULES_OF_THE_DAEMON = (
    "ruijie_proxy.cli.plain",
    "ruijie_proxy.cli.run",
    "ruijie_proxy.runtime.daemon",
    "ruijie_proxy.config.reader",
    "ruijie_proxy.config.notations.uci_document",
    "ruijie_proxy.engine.relay.relay_session",
    "ruijie_proxy.engine.auto.auto_session",
    "ruijie_proxy.runtime.address.dhcp_renewal",
    "ruijie_proxy.runtime.health.watch",
    "ruijie_proxy.runtime.processes.hooks",
    "ruijie_proxy.runtime.telling.metrics",
    "ruijie_proxy.cli.watching.status",
)
LOAD_THE_DAEMON = f"""
import {", ".join(MODULES_OF_THE_DAEMON)}
print(*[
    name for name, module in sys.modules.items()
    if getattr(module.__spec__, "origin", None) not in ("frozen", "built-in") and name != "__main__"
])
print("zlib" in sys.modules)
"""
IMPORT_ALL = """
import zipimport
archive = zipimport.zipimporter(sys.executable)
names = sorted(archive._files)
for name in names:
    module = name.removesuffix(".pyc").removesuffix("/__init__").replace("/", ".")
    # The first would run the program, and of PyYAML only half is there: yaml_nodes imports it.
    if module != "ruijie_proxy.__main__" and module.partition(".")[0] != "yaml":
        __import__(module)
import ruijie_proxy.config.notations.yaml_nodes
print(len(names))
"""


def test_it_is_where_it_is_looked_for(native: Installed) -> None:
    assert native.built.executable == executable_in(FOLDER, native.architecture.name)


def test_it_needs_no_library_and_no_loader(installed: Installed) -> None:
    program = installed.root / "usr/bin/ruijie-proxy"

    told = subprocess.run(
        ["readelf", "--dynamic", "--program-headers", program],
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert "NEEDED" not in told
    assert "INTERP" not in told


def test_it_tells_nothing_of_the_machine_that_built_it(installed: Installed) -> None:
    content = (installed.root / "usr/bin/ruijie-proxy").read_bytes()

    assert str(CHECKOUT).encode() not in content
    assert str(FOLDER).encode() not in content


def test_it_has_room_on_small_routers(installed: Installed) -> None:
    package = installed.package.to_ipk(0)

    assert len(package) <= LARGEST_PACKAGE
    assert sum(len(file.data) for file in installed.package.files) <= LARGEST_INSTALLED


def test_it_depends_on_no_package(installed: Installed) -> None:
    assert installed.package.depends == ()
    assert installed.package.architecture == installed.architecture.name


def test_a_daemon_loads_nothing_from_the_archive(native: Installed) -> None:
    from_elsewhere, has_opened_archive = native.run_code(LOAD_THE_DAEMON).split("\n")[:2]

    assert from_elsewhere == ""
    assert has_opened_archive == "False"


def test_every_module_of_the_archive_can_be_imported(native: Installed) -> None:
    assert int(native.run_code(IMPORT_ALL)) > 100


def test_what_is_left_out_is_not_in_it(native: Installed) -> None:
    for name in LEFT_OUT:
        told = native.run_code(f"try:\n    import {name}\nexcept ImportError:\n    print('no')")
        assert told == "no\n", name


def test_nothing_of_the_environment_changes_what_python_does(native: Installed) -> None:
    done = native.run(
        "--version",
        environment={"PYTHONHOME": "/nowhere", "PYTHONPATH": "/nowhere", "PYTHONVERBOSE": "1"},
    )

    assert done.returncode == 0
    assert done.stderr == ""


def test_the_time_zone_is_the_routers(native: Installed) -> None:
    code = "import time\nprint(time.strftime('%H', time.localtime(0)))"

    assert native.run_code(code) == "00\n"
    done = subprocess.run(
        [str(native.built.interpreter), code],
        env={"TZ": "CST-8"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "08\n"
