"""The unit for systemd, as its own tools judge it where they are installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

UNIT = Path(__file__).parents[1] / "systemd" / "ruijie-proxy.service"
LARGEST_EXPOSURE = 20
"""In tenths, as --threshold takes it: README.md says 2.0."""
TIMEOUT = 60

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is needed (Debian: systemd)"
)


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *arguments],
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )


@pytest.fixture
def service() -> dict[str, list[str]]:
    """Return the settings of [Service], each with all of its values."""
    section = ""
    settings: dict[str, list[str]] = {}
    for line in UNIT.read_text().splitlines():
        if line.startswith("["):
            section = line
        elif section == "[Service]" and "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            settings.setdefault(name, []).append(value)
    return settings


@needs_systemd
def test_systemd_finds_nothing_wrong_with_it(tmp_path: Path) -> None:
    # A program that is there: verify looks for it.
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text().replace("/usr/local/bin/ruijie-proxy", "/bin/true"))

    done = analyze("verify", "--man=no", str(copy))

    about_it = [line for line in done.stderr.splitlines() if UNIT.name in line]
    assert about_it == []


@needs_systemd
def test_its_exposure_is_what_the_readme_says() -> None:
    done = analyze(
        "security", "--offline=true", f"--threshold={LARGEST_EXPOSURE}", "--no-pager", str(UNIT)
    )

    assert done.returncode == 0, done.stdout
    assert "Overall exposure level for ruijie-proxy.service: 2.0 OK" in done.stdout
    for readme in ("README.md", "README.zh-CN.md"):
        assert "2.0 OK" in (UNIT.parents[1] / readme).read_text()


def test_it_has_two_capabilities_and_nothing_else(service: dict[str, list[str]]) -> None:
    two = ["CAP_NET_RAW CAP_NET_ADMIN"]

    assert service["AmbientCapabilities"] == service["CapabilityBoundingSet"] == two
    assert service["DynamicUser"] == service["NoNewPrivileges"] == ["yes"]


def test_no_core_dump_of_it_is_ever_stored(service: dict[str, list[str]]) -> None:
    assert service["LimitCORE"] == ["0"]


def test_the_daemon_finds_its_directories_where_its_defaults_are(
    service: dict[str, list[str]],
) -> None:
    from ruijie_proxy.config.shape.model import Configuration
    from ruijie_proxy.config.usual_path import YAML_PATH

    defaults = Configuration(sessions=())
    assert defaults.state_dir == f"/var/lib/{service['StateDirectory'][0]}"
    assert Path(defaults.control).parent == Path("/run", service["RuntimeDirectory"][0])
    assert service["LoadCredential"] == [
        f"config.yaml:{YAML_PATH}",
        f"seal.key:{defaults.key_file}",
    ]


def test_it_starts_the_plain_command_that_needs_no_click(service: dict[str, list[str]]) -> None:
    from ruijie_proxy.cli.plain import COMMANDS, parse

    _, command, *options = service["ExecStart"][0].split()

    assert parse(COMMANDS[command][1], options) == {"config": "%d/config.yaml"}
