"""Whoever names no file gets what is in the usual ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from ruijie_proxy.takeover.source import NotTakenOver
from ruijie_proxy.takeover.usual_files import USUAL_FILES, take_over_what_is_there

FILE = "username=20260001\npassword=hunter2\nnic=eth1\nmodule=rjv3\n"
PAGE = (
    "config minieap\n\toption username '20260001'\n\toption password 'hunter2'\n"
    "\toption nic 'eth1'\n\tlist module 'rjv3'\n"
)
EMPTY_PAGE = "config minieap\n\toption enable '0'\n\toption pinghost '0.0.0.0'\n"
NETWORK = "config interface 'wan'\n\toption proto 'dhcp'\n"
COMMAND = "mentohust -u20260002 -phunter2 -neth1\n"


def look(folder: Path, *contents: str) -> tuple[str, int]:
    """Look through files of these contents, some more that are not there, and a folder."""
    paths = [folder / f"none{number}" for number in range(2)] + [folder]
    for number, content in enumerate(contents):
        paths.append(folder / f"file{number}")
        paths[-1].write_text(content)
    path, taken = take_over_what_is_there(map(str, paths))
    return Path(path).name, len(taken)


@pytest.mark.parametrize(
    ("contents", "found"),
    [
        ((FILE,), "file0"),
        ((NETWORK, "echo hello\n", FILE), "file2"),
        ((PAGE, FILE), "file0"),
        ((EMPTY_PAGE, COMMAND), "file1"),
    ],
)
def test_the_first_that_holds_a_session_is_taken(
    tmp_path: Path, contents: tuple[str, ...], found: str
) -> None:
    assert look(tmp_path, *contents) == (found, 1)


@pytest.mark.parametrize(
    ("contents", "told"),
    [
        ((), "none of the usual files holds one ("),
        ((NETWORK, "echo hello\n"), "none of the usual files holds one ("),
        ((PAGE, COMMAND), "there are several: "),
        ((EMPTY_PAGE,), "names no network port; "),
        ((COMMAND.replace("hunter2", "'hunter2"),), "line 1 opens a quote that nothing closes; "),
    ],
)
def test_what_cannot_be_found_is_told(tmp_path: Path, contents: tuple[str, ...], told: str) -> None:
    with pytest.raises(NotTakenOver) as caught:
        look(tmp_path, *contents)

    assert told in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_the_interfaces_of_the_network_are_looked_through() -> None:
    assert "/etc/config/network" in USUAL_FILES
