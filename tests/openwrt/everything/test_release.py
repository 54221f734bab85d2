"""``python -m openwrt.everything all``: really run, in copies of the checkout."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from openwrt.everything.ledger import read_sources
from tests.ctrl_c import HEARING_CTRL_C
from tests.openwrt.checkout import CHECKOUT, LUCI_APP

BUILD = (sys.executable, "-m", "openwrt.everything", "all")
IN_A_FULL_PLACE = (
    *("unshare", "--user", "--map-root-user", "--mount", "sh", "-c"),
    'mount -t tmpfs -o size=400k none "$0" && "$@"; code=$?; ls -A "$0" >&2; exit $code',
)
"""Runs a command with a small file system in a folder; tells what is in there in the end."""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return copy_of_everything(tmp_path / "checkout")


def copy_of_everything(target: Path) -> Path:
    """Copy what a release is made of, but for what only its sdist has."""
    for name, _ in read_sources(CHECKOUT).digests:
        if name.startswith(("tests/", "fuzz/")):
            continue
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(CHECKOUT / name, target / name)
    return target


def environment(checkout: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(checkout / "src"), "PYTHONDONTWRITEBYTECODE": "1"}


def run(
    checkout: Path, *command: str, umask: int = 0o022, **further: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command or BUILD,
        cwd=checkout,
        env={**environment(checkout), **further},
        umask=umask,
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def begun(checkout: Path) -> Iterator[subprocess.Popen[str]]:
    """Run it, one step after the other; give it when the first is over."""
    with subprocess.Popen(
        [*HEARING_CTRL_C, *BUILD, "--at-once", "1"],
        cwd=checkout,
        env=environment(checkout),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert "[1/3]" in process.stdout.readline()
        yield process


def files(checkout: Path) -> dict[str, bytes]:
    """Return what is in the folder of the files, hidden files and folders included."""
    found = (checkout / "dist").rglob("*")
    return {path.name: path.read_bytes() for path in found if path.is_file()}


def test_two_folders_make_the_same_checksums(tmp_path: Path) -> None:
    here = copy_of_everything(tmp_path / "here")
    there = copy_of_everything(tmp_path / "a folder" / "of somebody else")

    first = run(here, TZ="Asia/Shanghai", LC_ALL="C", PYTHONHASHSEED="1")
    second = run(there, TZ="America/Lima", LC_ALL="C.UTF-8", PYTHONHASHSEED="2", umask=0o077)

    assert (first.returncode, second.returncode) == (0, 0), first.stdout + second.stdout
    assert (here / "dist/SHA256SUMS").read_text() == (there / "dist/SHA256SUMS").read_text()
    checked = run(here / "dist", "sha256sum", "--strict", "--check", "SHA256SUMS")
    assert checked.returncode == 0
    told = {line.partition(":")[0] for line in checked.stdout.splitlines()}
    assert told | {"SHA256SUMS"} == set(files(here))


def test_what_is_right_is_not_built_again(checkout: Path) -> None:
    first = run(checkout)
    before = files(checkout)
    again = run(checkout)

    assert "[3/3]" in first.stdout
    assert first.stdout.count("still right") == 0
    assert again.stdout.count("still right") == 3
    assert files(checkout) == before


def test_changed_sources_are_packed_again(checkout: Path) -> None:
    run(checkout)
    before = files(checkout)
    with (checkout / "src/ruijie_proxy/values.py").open("a") as file:
        file.write("# changed\n")

    assert run(checkout).returncode == 0
    after = files(checkout)
    assert {name for name in before if before[name] != after[name]} == {
        "SHA256SUMS",
        "ruijie-proxy-0.1.0-r1_noarch.apk",
        "ruijie-proxy_0.1.0-1_all.ipk",
        "ruijie_proxy-0.1.0-py3-none-any.whl",
        "ruijie_proxy-0.1.0.tar.gz",
    }


def test_a_run_that_was_killed_leaves_nothing_half_written_and_is_gone_on_with(
    checkout: Path,
) -> None:
    with begun(checkout) as killed:
        killed.kill()
    left = {
        path.name: path.read_bytes() for path in (checkout / "dist").iterdir() if path.is_file()
    }

    again = run(checkout)

    assert again.returncode == 0, again.stdout + again.stderr
    assert "still right" in again.stdout
    whole = files(checkout)
    assert left
    assert left.items() < whole.items()
    assert run(checkout / "dist", "sha256sum", "--strict", "-c", "SHA256SUMS").returncode == 0


def test_sources_that_change_meanwhile_are_told_and_everything_is_built_again(
    checkout: Path,
) -> None:
    with begun(checkout) as run_on:
        (checkout / "README.md").write_text("changed")
        said, told = run_on.communicate()

    assert (run_on.returncode, told) == (
        1,
        "The checkout was changed meanwhile, and some files are of neither: run it again.\n",
    )
    assert "[3/3]" in said
    assert "SHA256SUMS" not in files(checkout)
    again = run(checkout)
    assert again.returncode == 0
    assert "still right" not in again.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_is_stopped_says_that_it_can_be_gone_on_with(
    checkout: Path, number: signal.Signals
) -> None:
    with begun(checkout) as stopped:
        stopped.send_signal(number)
        _, said = stopped.communicate()

    assert (stopped.returncode, said) == (
        130,
        "Stopped. What is finished stays: the next run goes on from there.\n",
    )
    assert not (checkout / "dist/.unfinished").exists()
    assert "SHA256SUMS" not in files(checkout)


def test_a_part_that_cannot_be_built_is_named_and_the_others_are_built(checkout: Path) -> None:
    run(checkout)
    shutil.rmtree(checkout / LUCI_APP / "po")

    done = run(checkout)

    assert done.returncode == 1
    assert "the LuCI app has no Chinese" in done.stdout
    assert "NOT BUILT: ruijie-proxy_0.1.0-1_all.ipk and luci-app-ruijie-proxy_0.1.0" in done.stdout
    sums = (checkout / "dist/SHA256SUMS").read_text()
    assert "ruijie_proxy-0.1.0.tar.gz" in sums
    # Those of the run before are of other sources: whoever publishes is told so.
    assert ".ipk" not in sums
    assert "Not made of this source" in done.stdout
    assert "luci-app-ruijie-proxy_0.1.0-1_all.ipk" in done.stdout


def test_without_room_nothing_is_half_written(checkout: Path, tmp_path: Path) -> None:
    full = tmp_path / "full"
    full.mkdir()

    done = run(checkout, *IN_A_FULL_PLACE, str(full), *BUILD, "--output", str(full))

    assert done.returncode == 1
    told = [line for line in done.stdout.splitlines() if line.startswith("NOT BUILT")]
    assert len(told) == 3
    assert all("No space left on device" in line for line in told)
    assert done.stderr.split() == ["FILES.md", "FILES.zh-CN.md", "SHA256SUMS"]


def test_two_runs_at_once_do_not_disturb_each_other(checkout: Path) -> None:
    (checkout / "build/release").mkdir(parents=True)
    with (checkout / "build/release/lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = run(checkout)

    assert (done.returncode, done.stdout) == (1, "")
    assert "Another release is being built in this checkout" in done.stderr


def test_a_folder_that_cannot_be_made_is_told(checkout: Path) -> None:
    (checkout / "dist").write_text("a file")

    done = run(checkout)

    assert done.returncode == 1
    assert str(checkout / "dist") in done.stderr
    assert "Traceback" not in done.stderr


def test_a_time_that_is_none_is_told(checkout: Path) -> None:
    done = run(checkout, SOURCE_DATE_EPOCH="yesterday")

    assert done.returncode == 1
    assert "'yesterday'" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_architecture_is_told(checkout: Path) -> None:
    done = run(checkout, *BUILD[:3], "x86-64")

    assert done.returncode == 1
    assert "nothing is made for x86-64; is it x86_64?" in done.stderr
    assert not (checkout / "dist").exists()
