"""What a release consists of."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import pytest

from openwrt.everything.plan import Step, UnknownArchitecture, chosen, plan
from openwrt.packaging import debian
from openwrt.standalone.architectures import ARCHITECTURES, EXECUTABLES
from tests.openwrt.checkout import CHECKOUT

VERSION = "0.1.0-1"
TWO = {"mipsel_24kc": ("mipsel_24kc", "mipsel_74kc"), "x86_64": ("x86_64",)}
DEBIAN = {"amd64": "x86_64"}
EVERYTHING = plan(VERSION, {row.name: row.names for row in EXECUTABLES}, debian.ARCHITECTURES)


def files(steps: list[Step]) -> list[str]:
    return [file for step in steps if step.is_published for file in step.files]


def executables(steps: list[Step]) -> list[str]:
    return [step.architecture for step in steps if not step.is_published]


def test_these_are_the_files_of_a_release() -> None:
    assert sorted(files(plan(VERSION, TWO, DEBIAN))) == [
        "luci-app-ruijie-proxy-0.1.0-r1.apk",
        "luci-app-ruijie-proxy_0.1.0-1_all.ipk",
        "ruijie-proxy-0.1.0-linux-mipsel_24kc",
        "ruijie-proxy-0.1.0-linux-x86_64",
        "ruijie-proxy-0.1.0-r1_mipsel_24kc.apk",
        "ruijie-proxy-0.1.0-r1_mipsel_74kc.apk",
        "ruijie-proxy-0.1.0-r1_noarch.apk",
        "ruijie-proxy-0.1.0-r1_x86_64.apk",
        "ruijie-proxy_0.1.0-1_all.ipk",
        "ruijie-proxy_0.1.0-1_amd64.deb",
        "ruijie-proxy_0.1.0-1_mipsel_24kc.ipk",
        "ruijie-proxy_0.1.0-1_mipsel_74kc.ipk",
        "ruijie-proxy_0.1.0-1_x86_64.ipk",
        "ruijie_proxy-0.1.0-py3-none-any.whl",
        "ruijie_proxy-0.1.0.tar.gz",
    ]


def test_every_architecture_has_its_ipk_and_its_apk() -> None:
    made = files(EVERYTHING)

    for name in ARCHITECTURES:
        assert f"ruijie-proxy_0.1.0-1_{name}.ipk" in made
        assert f"ruijie-proxy-0.1.0-r1_{name}.apk" in made


def test_each_file_is_made_once_and_each_step_has_a_name_of_its_own() -> None:
    assert max(Counter(file for step in EVERYTHING for file in step.files).values()) == 1
    assert max(Counter(step.name for step in EVERYTHING).values()) == 1


def test_what_is_needed_is_made_before() -> None:
    made: set[str] = set()
    for step in plan(VERSION, TWO, DEBIAN):
        assert step.needs is None or step.needs in made
        made.update(step.files)


def test_one_architecture_takes_its_executable_and_what_is_for_all() -> None:
    some = chosen(plan(VERSION, TWO, DEBIAN), ["mipsel_74kc"])

    assert executables(some) == ["mipsel_24kc"]
    assert {file for file in files(some) if "mips" in file} == {
        "ruijie-proxy-0.1.0-r1_mipsel_74kc.apk",
        "ruijie-proxy_0.1.0-1_mipsel_74kc.ipk",
    }
    assert "luci-app-ruijie-proxy_0.1.0-1_all.ipk" in files(some)


def test_debians_names_of_architectures_do_as_well() -> None:
    some = chosen(plan(VERSION, TWO, DEBIAN), ["amd64"])

    assert executables(some) == ["x86_64"]
    assert [file for file in files(some) if file.endswith(".deb")] == [
        "ruijie-proxy_0.1.0-1_amd64.deb"
    ]


def test_what_is_for_all_takes_no_executable() -> None:
    assert executables(chosen(plan(VERSION, TWO, DEBIAN), ["all"])) == []


def test_nothing_in_particular_is_everything() -> None:
    assert chosen(plan(VERSION, TWO, DEBIAN), []) == plan(VERSION, TWO, DEBIAN)


def test_an_unknown_architecture_is_told_with_the_nearest() -> None:
    with pytest.raises(UnknownArchitecture, match=r"mipsel_24kC; is it mipsel_24kc\?"):
        chosen(plan(VERSION, TWO, DEBIAN), ["mipsel_24kC"])


def test_whatever_executables_are_built_by_is_among_what_they_are_made_of() -> None:
    (executable, *_) = plan(VERSION, TWO, DEBIAN)
    told = subprocess.run(
        [
            *(sys.executable, "-c"),
            "import sys; sys.dont_write_bytecode = True\n"
            "import openwrt.standalone.__main__\n"
            "print(*(m.__file__ for m in sys.modules.values() if getattr(m, '__file__', None)))",
        ],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    own = [path.removeprefix(f"{CHECKOUT}/") for path in told if path.startswith(str(CHECKOUT))]
    imported = [path for path in own if not path.startswith(".venv/")]

    assert "openwrt/standalone/build.py" in imported
    assert [path for path in imported if not path.startswith(executable.sources)] == []
