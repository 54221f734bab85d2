"""The table of executables, and what is said to whoever names an architecture that is not in it."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from openwrt.everything.tables import PLATFORMS
from openwrt.standalone.architectures import (
    ARCHITECTURES,
    EXECUTABLES,
    NOT_SERVED,
    architecture_named,
)
from openwrt.standalone.errors import BuildError
from tests.openwrt.checkout import CHECKOUT


def test_each_architecture_is_served_by_one_executable() -> None:
    names = [name for executable in EXECUTABLES for name in executable.names]

    assert len(names) == len(set(names))
    assert set(names) == set(ARCHITECTURES)


def test_a_name_that_another_ones_executable_serves_is_known() -> None:
    assert architecture_named("mipsel_74kc") == architecture_named("mipsel_24kc")
    assert architecture_named("mipsel_74kc").name == "mipsel_24kc"


def test_whoever_mistypes_an_architecture_is_told_the_nearest() -> None:
    with pytest.raises(BuildError, match=r"nearest are .*aarch64_cortex-a53"):
        architecture_named("aarch64_cortexa53")


def test_whoever_names_something_else_is_told_all() -> None:
    with pytest.raises(BuildError, match=r"there are aarch64_cortex-a53, .*x86_64"):
        architecture_named("toaster")


def test_what_the_tools_cannot_do_says_why() -> None:
    with pytest.raises(BuildError, match="arm_fa526: an ARMv4"):
        architecture_named("arm_fa526")


def test_nothing_is_built_for_an_unknown_architecture() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "openwrt.standalone", "mipsel_24k"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert "mipsel_24kc" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("guide", ["docs/openwrt.md", "docs/openwrt.zh-CN.md"])
def test_the_guide_names_every_architecture_and_those_that_have_no_file(guide: str) -> None:
    sections = (CHECKOUT / guide).read_text(encoding="utf-8").split("\n## ")
    (section,) = [section for section in sections if section.startswith("0. ")]
    tables = [part for part in section.split("\n\n") if part.startswith("| ")]
    most_common, served, not_served, *_ = tables

    platforms = {
        name: ", ".join(re.findall(r"`(.+?)`", cell))
        for name, cell in re.findall(r"^\| `(\S+)` \| (.+) \|$", served, re.MULTILINE)
    }

    assert platforms == PLATFORMS
    assert list(platforms) == sorted(ARCHITECTURES)
    first_cells = [row.split("|")[1] for row in not_served.splitlines()[2:]]
    assert set(re.findall(r"`(.+?)`", " ".join(first_cells))) == set(NOT_SERVED)
    assert set(re.findall(r"…_(.+?)\.ipk", most_common)) <= set(ARCHITECTURES)
