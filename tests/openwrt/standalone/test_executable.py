"""What is in the executable, and what is not."""

from __future__ import annotations

import subprocess

from openwrt.standalone.build import executable_in
from openwrt.standalone.modules import LEFT_OUT
from tests.openwrt.standalone.conftest import CHECKOUT, FOLDER, Installed

LARGEST = (2_600_000, 6_000_000)
LARGER = ("mips64", "powerpc")
LARGEST_OF_THEM = (2_700_000, 6_500_000)
"""Bytes of the package, and of its files. Code for architectures whose names begin so is longer,
and their routers have more flash than those of MIPS with 32 bits."""
IMPORT_ALL = """
import _imp
names = [
    name for name in _imp._frozen_module_names()
    # The first would run the program, and of PyYAML only half is there: yaml_nodes imports it.
    if name != "ruijie_proxy.__main__" and name.partition(".")[0] != "yaml"
]
for name in names:
    __import__(name)
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
    is_larger = installed.architecture.name.startswith(LARGER)
    package, files = LARGEST_OF_THEM if is_larger else LARGEST

    assert len(installed.package.to_ipk(0)) <= package
    assert sum(len(file.data) for file in installed.package.files) <= files


def test_it_depends_on_no_package(installed: Installed) -> None:
    assert installed.package.depends == ()
    assert installed.package.architecture == installed.architecture.name


def test_every_module_can_be_imported(native: Installed) -> None:
    assert int(native.run_code(IMPORT_ALL)) > 300


def test_an_imported_module_is_not_run_again(native: Installed) -> None:
    code = "import importlib, keyword\nprint(importlib.import_module('keyword') is keyword)"

    assert native.run_code(code) == "True\n"


def test_all_can_be_imported_after_the_start_too(native: Installed) -> None:
    at_once = native.run_code(IMPORT_ALL)

    code = f"import _linux_calls\n_linux_calls.start_is_over()\n{IMPORT_ALL}"
    assert native.run_code(code) == at_once


def test_what_is_read_is_given_back_once_an_import_and_not_once_a_module(
    native: Installed,
) -> None:
    """Where modules are read together, each would have all of them read again."""
    code = (
        "import sys, _linux_calls, _packed\n"
        "_linux_calls.start_is_over()\n"
        "give_back, given_back = _packed.import_is_over, []\n"
        "_packed.import_is_over = lambda: given_back.append(give_back())\n"
        "before = len(sys.modules)\n"
        "import json\n"
        "print(len(given_back), len(sys.modules) - before > 10)"
    )

    assert native.run_code(code) == "1 True\n"


def test_a_module_whose_import_failed_can_be_imported_again(native: Installed) -> None:
    code = (
        "import sys\n"
        "sys.modules['ruijie_proxy.values'] = None\n"
        "try:\n    import ruijie_proxy.cli.run\n"
        "except ImportError:\n    del sys.modules['ruijie_proxy.values']\n"
        "import ruijie_proxy.cli.run\n"
        "print(ruijie_proxy.cli.run.RunOptions())"
    )

    assert native.run_code(code) == "RunOptions(config=None, verbose=False)\n"


def test_what_is_collected_meanwhile_may_import_something(native: Installed) -> None:
    """A finalizer would have the block dropped that is being read."""
    code = (
        "import gc, _packed\n"
        "numbers = sorted(_packed.numbers().values())\n"
        "class Ends:\n"
        "    def __init__(self, number):\n"
        "        self.number, self.itself = number, self\n"
        "    def __del__(self):\n"
        "        _packed.code(self.number)\n"
        "gc.enable()\n"
        "gc.set_threshold(50, 1, 1)\n"
        "for step in range(100):\n"
        "    Ends(numbers[step * 7 % len(numbers)])\n"
        "    code = _packed.code(numbers[step * 13 % len(numbers)])\n"
        "print(type(code).__name__, gc.isenabled())"
    )

    assert native.run_code(code) == "code True\n"


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
