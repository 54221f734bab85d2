"""Every script that a router runs, or dpkg, read by the shells and by shellcheck."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from openwrt.packaging import wrapped_scripts
from openwrt.packaging.luci_app import SCRIPTS as LUCI_SCRIPTS
from openwrt.packaging.service_files import scripts
from tests.openwrt.checkout import CHECKOUT

FILES = CHECKOUT / "openwrt" / "files"
DEBIAN = CHECKOUT / "openwrt" / "debian"
DEPLOY = CHECKOUT / "src" / "ruijie_proxy" / "deploy"
TEXTS = {
    **{name: (FILES / name).read_text() for name in ("ruijie-proxy.init", "ruijie-proxy.defaults")},
    **wrapped_scripts.for_opkg(scripts(CHECKOUT)),
    **wrapped_scripts.for_apk("ruijie-proxy", scripts(CHECKOUT)),
    **{path.name: path.read_text() for path in sorted(DEBIAN.glob("*.p[or]*"))},
    **{file.name: file.read_text() for file in DEPLOY.glob("*.sh")},
    **{f"LuCI's {name}": text for name, text in LUCI_SCRIPTS.items()},
}
CALLED_BY_OTHERS = {
    "SC1091": "/lib/functions.sh, which is not here",
    "SC2034": "variables that rc.common reads",
    "SC2317": "functions that others call",
    "SC2329": "the same, in the words of ShellCheck 0.10 and later",
}


@pytest.fixture(params=TEXTS)
def script(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "script"
    path.write_text(TEXTS[request.param])
    return path


@pytest.mark.parametrize("shell", [("sh",), ("busybox", "ash")])
def test_shells_can_read_it(script: Path, shell: tuple[str, ...]) -> None:
    done = subprocess.run([*shell, "-n", script], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_shellcheck_has_nothing_to_say(script: Path) -> None:
    # dash, and not sh: "local" is in both dash and BusyBox, but in no standard.
    done = subprocess.run(
        ["shellcheck", "--shell=dash", "--exclude", ",".join(CALLED_BY_OTHERS), script],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout == ""
