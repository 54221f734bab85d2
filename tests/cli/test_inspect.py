from __future__ import annotations

import gzip
import json
import os
import pty
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.cli.commands import commands
from ruijie_proxy.lab.options import DEFAULT_PASSWORD, DEFAULT_USER, ClientOptions, SwitchOptions
from tests.inspect.recorded import BEGAN, Recorded, login, pcap, pcapng


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(commands, ["inspect", *arguments])


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    file = tmp_path / "campus.pcap"
    switch = SwitchOptions(services=("移动宽带接入",))
    file.write_bytes(pcap(login(switch, ClientOptions(extra_properties=((0x99, "c0ffee"),)))))
    return file


def test_the_story_is_shown_to_people(capture: Path) -> None:
    result = invoke(str(capture))

    assert result.exit_code == ExitCode.DONE
    for told in (
        "Login 1 of client A",
        "client A (02:00:00:00:cc:01) → PAE group  Start",
        "Linux 1.0, “RG-SU For Linux V1.0”",
        "user name     student",
        "services      移动宽带接入",
        "V4 check      ✓ right, edition 1",
        "message       欢迎使用校园网",
        "grant         key 32764ae1, a heartbeat every 20 s",
        "heartbeat 0x102b",
        "… 2 more, each number one more, up to 0x102d; the last one 20.0 s after the one before",
        "property 0x99: c0 ff ee",
        "9 EAPOL frames",
    ):
        assert told in result.stdout
    assert "\x1b[" not in result.stdout


def test_verbose_shows_every_property_and_digests_whole(capture: Path) -> None:
    brief, verbose = invoke(str(capture)).stdout, invoke(str(capture), "-v").stdout

    zeros = "b464896d8135ee1da7dd2926bcbb65ae4eb77df681012a8e52ce8bf566125194"
    assert zeros not in brief
    assert zeros in verbose
    assert "0x54 disk serial: empty" in verbose
    assert verbose.count("heartbeat 0x") == 3


def test_the_password_property_is_never_shown_whole(capture: Path) -> None:
    block = next(
        line
        for step in json.loads(invoke(str(capture), "--json", "-v").stdout)["steps"]
        if step["kind"] == "response-md5"
        for line in step["properties"]
        if line["type"] == 0x2F
    )
    assert len(block["value"]) == len("1234…5678")


def test_the_json_is_one_object(capture: Path) -> None:
    told = json.loads(invoke(str(capture), "--json").stdout)

    assert told["shape"] == 1
    assert told["summary"] == {
        "format": "pcap",
        "eapol_frames": 9,
        "copies": 0,
        "other_packets": 0,
        "unread_packets": 0,
        "unread_link_types": {},
        "parties": {"client A": "02:00:00:00:cc:01", "server": "00:d0:f8:d9:f1:04"},
        "damage": None,
    }
    assert set(told["steps"][0]) == {
        "number",
        "time",
        "seconds",
        "interface",
        "side",
        "direction",
        "vlans",
        "source",
        "destination",
        "from",
        "to",
        "conversation",
        "phase",
        "login",
        "kind",
        "repeats",
        "facts",
        "properties",
        "unknown",
    }
    assert told["steps"][0]["unknown"] == [{"place": "property 0x99", "hex": "c0ffee"}]


@pytest.mark.parametrize(("password", "verdict"), [(DEFAULT_PASSWORD, "right"), ("x", "wrong")])
def test_a_password_from_a_file_is_checked_and_not_shown(
    capture: Path, tmp_path: Path, password: str, verdict: str
) -> None:
    file = tmp_path / "password"
    file.write_text(password + "\n")
    file.chmod(0o600)
    result = invoke(str(capture), "--password-file", str(file), "-v")

    assert result.stdout.count(f"{verdict} for this password") == 2
    assert DEFAULT_PASSWORD not in result.stdout


def test_a_damaged_file_says_where_and_shows_what_came_before(capture: Path) -> None:
    capture.write_bytes(capture.read_bytes()[:-5])
    result = invoke(str(capture))

    assert result.exit_code == ExitCode.ERROR
    assert "ends in the middle at packet 9" in result.stderr
    assert "Success" in result.stdout
    told = json.loads(invoke(str(capture), "--json").stdout)
    assert told["summary"]["damage"] == "the file ends in the middle at packet 9"


@pytest.mark.parametrize("content", [b"", b"no capture", None])
def test_what_is_no_capture_is_an_error(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "file"
    if content is not None:
        file.write_bytes(content)
    for options in ((), ("--json",), ("--redact", str(tmp_path / "copy"))):
        result = invoke(str(file), *options)
        assert result.exit_code == ExitCode.ERROR
        assert str(file) in result.stderr
        assert result.stdout == ""
    assert not (tmp_path / "copy").exists()


def test_a_compressed_capture_is_read(capture: Path, tmp_path: Path) -> None:
    packed = tmp_path / "campus.pcap.gz"
    packed.write_bytes(gzip.compress(capture.read_bytes()))
    assert invoke(str(packed)).stdout == invoke(str(capture)).stdout


def test_redact_writes_a_copy_for_its_owner_alone(capture: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.pcap"
    result = invoke(str(capture), "--redact", str(copy))

    assert result.exit_code == ExitCode.DONE
    assert "The server's texts are in it" in result.stderr
    assert "Read them, with “ruijie-proxy inspect”, before you publish" in result.stderr
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert DEFAULT_USER.encode() not in copy.read_bytes()
    assert "Success" in invoke(str(copy)).stdout
    assert invoke(str(capture), "--redact", str(copy)).exit_code == ExitCode.USAGE
    assert invoke("-", "--redact", str(tmp_path / "other")).exit_code == ExitCode.USAGE


def test_no_command_needs_scapy(capture: Path, tmp_path: Path) -> None:
    for options in ([], ["--redact", str(tmp_path / "copy")]):
        code = (
            "import atexit, sys; from ruijie_proxy.cli.commands import commands\n"
            "atexit.register(lambda: print(*sys.modules))\n"
            f"commands({['inspect', str(capture), *options]})"
        )
        run = [sys.executable, "-c", code]
        done = subprocess.run(run, capture_output=True, text=True, check=True)
        assert "ruijie_proxy.inspect.capture.capture_file" in done.stdout
        assert "scapy" not in done.stdout


def test_a_reader_that_goes_away_ends_it_quietly(tmp_path: Path) -> None:
    file = tmp_path / "long.pcapng"
    file.write_bytes(pcapng(login(seconds=3.0) * 50))
    command = f"{sys.executable} -m ruijie_proxy inspect -v {file} | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("A pcapng capture")
    assert "Traceback" not in done.stderr


def on_terminal(*arguments: str) -> str:
    """Return all that `inspect` writes to a terminal."""
    written = b""

    def read(descriptor: int) -> bytes:
        nonlocal written
        part = os.read(descriptor, 65536)
        written += part
        return part

    code = (
        "import sys, ruijie_proxy.cli.captures.opening as opening\n"
        "opening._LONG, opening._BETWEEN_FIGURES = 1, 0\n"
        "from ruijie_proxy.cli.commands import commands\n"
        f"commands({['inspect', *arguments]})"
    )
    pty.spawn([sys.executable, "-c", code], read)
    return written.decode()


def test_a_long_file_says_on_a_terminal_how_far_it_is_and_leaves_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    file = tmp_path / "campus.pcap"
    other = bytes(12) + b"\x08\x00" + bytes(1400)
    traffic = [Recorded(BEGAN * 10**9, other, True)] * 1000
    file.write_bytes(pcap([*traffic, *login(seconds=1.0)]))
    told = on_terminal(str(file))

    assert "\r100 % read" in told
    before, _, story = told.partition("A pcap capture")
    assert before.endswith("\r"), "the line is taken away before the story begins"
    assert "Success" in story
    assert "% read" not in story
