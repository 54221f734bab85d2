"""The scripts as files: what LuCI's loader and its smallest browsers can read."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.openwrt.luci.messages import SCRIPTS

_DIRECTIVES = re.compile(r"^'use strict';\n((?:'require [^']+';\n)+)")
_NAME = re.compile(r"'require (\S+)(?: as (\S+))?';")
STYLE_OF_OLD = re.compile(r"=>|`|\blet\b|\bconst\b|\?\.|\?\?")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_is_plain_javascript_with_tabs(script: Path) -> None:
    """LuCI has no build step, and packs its files with a minifier that knows no more."""
    text = script.read_text()
    assert not STYLE_OF_OLD.search(re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))
    assert "\n  " not in text


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_what_a_script_requires_it_uses(script: Path) -> None:
    text = script.read_text()
    head = _DIRECTIVES.match(text)
    assert head
    for name, alias in _NAME.findall(head[1]):
        assert f"{alias or name}." in text[head.end() :]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_is_free_of_errors_of_syntax(script: Path, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip(
            "the syntax is checked with node, which is not installed; the browser does, too"
        )
    wrapped = tmp_path / "script.js"
    # LuCI makes a function of a file: it ends with a return.
    wrapped.write_text(f"(function(window, document, L) {{ {script.read_text()} }})")
    done = subprocess.run(
        [node, "--check", str(wrapped)], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
