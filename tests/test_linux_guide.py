"""The scripts that docs/linux.md has people copy, run in BusyBox's shell and read by shellcheck."""

from __future__ import annotations

import re
import subprocess
import textwrap
from pathlib import Path

import pytest

from ruijie_proxy.config.reader import load

DOCS = Path(__file__).parents[1] / "docs"
PAGES = ("linux.md", "linux.zh-CN.md")
_BLOCK = re.compile(r"^ *```(?P<kind>\w+)\n(?P<text>.*?)^ *```$", re.MULTILINE | re.DOTALL)
TIMEOUT = 60
PROGRAM = """\
#!/bin/sh
echo "$RUIJIE_PROXY_LOG $*" >>told
[ "$(wc -l <told)" -lt 3 ] || exit {last}
exit 1
"""


def blocks(page: str, kind: str) -> list[str]:
    text = (DOCS / page).read_text(encoding="utf-8")
    return [textwrap.dedent(m["text"]) for m in _BLOCK.finditer(text) if m["kind"] == kind]


def script_with(page: str, words: str) -> str:
    (found,) = [text for text in blocks(page, "sh") if words in text]
    return found


@pytest.mark.parametrize("page", PAGES)
def test_shellcheck_has_nothing_to_say(page: str) -> None:
    for text in blocks(page, "sh"):
        done = subprocess.run(
            ["shellcheck", "--shell=dash", "-"],
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout == ""


@pytest.mark.parametrize("page", PAGES)
def test_the_configuration_is_right(page: str, tmp_path: Path) -> None:
    (text,) = blocks(page, "yaml")
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)

    configuration = load(str(path))

    assert configuration.state_dir == configuration.journal_dir == "/jffs/ruijie-proxy/state"


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("last", [0, 2])
def test_the_program_is_started_again_until_it_ends_for_good(
    page: str, last: int, tmp_path: Path
) -> None:
    start = _start_script(page, tmp_path, last)

    done = subprocess.run(["busybox", "ash", start], cwd="/", timeout=TIMEOUT, check=False)

    assert done.returncode == last
    assert (tmp_path / "told").read_text() == "syslog run -c config.yaml\n" * 3


@pytest.mark.parametrize("page", PAGES)
def test_padavans_script_waits_for_the_stick_and_holds_nothing_up(
    page: str, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    script = script_with(page, "waited").replace("/media/AiDisk_a1/ruijie-proxy", str(stick))

    started = subprocess.Popen(["busybox", "ash", "-c", f"{script}\nwait"])
    _start_script(page, stick, last=0)

    assert started.wait(TIMEOUT) == 0
    assert (stick / "told").read_text().endswith("syslog run -c config.yaml\n")


@pytest.mark.parametrize("page", PAGES)
def test_merlins_script_starts_it_and_is_over(page: str, tmp_path: Path) -> None:
    _start_script(page, tmp_path, last=0)
    script = script_with(page, "/jffs/").replace("/jffs/ruijie-proxy", str(tmp_path))

    done = subprocess.run(["busybox", "ash", "-c", f"{script}wait"], timeout=TIMEOUT, check=False)

    assert done.returncode == 0
    assert (tmp_path / "told").exists()


def _start_script(page: str, folder: Path, last: int) -> Path:
    """Write start.sh beside a program that fails twice; the pauses between are short here."""
    program = folder / "ruijie-proxy"
    program.write_text(PROGRAM.format(last=last))
    program.chmod(0o755)
    start = folder / "start.sh"
    unfinished = folder / "unfinished"
    text = script_with(page, "while :").replace("sleep 5", "sleep 0")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.chmod(0o755)
    unfinished.rename(start)
    return start
