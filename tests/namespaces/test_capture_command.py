"""A whole login on the virtual campus, recorded by `capture` and by tcpdump, and inspected."""

from __future__ import annotations

import io
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.inspect.capture.capture_file import CaptureFile
from ruijie_proxy.inspect.redacting.redacted_copy import write_redacted
from ruijie_proxy.lab.campus.network import ADDRESSES, PC_INTERFACE, WAN_INTERFACE, Role
from ruijie_proxy.lab.events import EventKind
from ruijie_proxy.lab.options import DEFAULT_PASSWORD, DEFAULT_USER, SwitchOptions
from ruijie_proxy.protocol.ethernet import parse_mac
from tests.ctrl_c import HEARING_CTRL_C
from tests.inspect.recorded import Told, facts_of, story_of
from tests.namespaces.campus_driver import CampusDriver

LOGIN = [
    "start",
    "request-identity",
    "response-identity",
    "request-md5",
    "response-md5",
    "success",
]
KEY = f"{SwitchOptions().keys[0]:08x}"
TIMEOUT = 60


@pytest.fixture
def campus() -> Iterator[CampusDriver]:
    with CampusDriver() as driver:
        yield driver


def capture(campus: CampusDriver, *options: str) -> subprocess.Popen[str]:
    """Start `capture` in the router, and wait until it records."""
    process = start(campus, sys.executable, "-m", "ruijie_proxy", "capture", *options)
    assert process.stderr is not None
    first = process.stderr.readline()
    assert "Recording" in first, first + process.stderr.read()
    return process


def tcpdump(campus: CampusDriver, interface: str, file: Path) -> subprocess.Popen[str]:
    """Start tcpdump in the router, and wait until it records."""
    process = start(campus, "tcpdump", "-U", "--immediate-mode", "-i", interface, "-w", str(file))
    assert process.stderr is not None
    while "listening" not in (line := process.stderr.readline()):
        assert line, "tcpdump has ended"
    return process


def start(campus: CampusDriver, *command: str) -> subprocess.Popen[str]:
    """Start a command in the router; it finds the daemon by the environment."""
    return subprocess.Popen(
        [*campus.campus.network.entry(Role.ROUTER), *HEARING_CTRL_C, *command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "RUIJIE_PROXY_CONTROL": str(campus.campus.control)},
    )


def end(process: subprocess.Popen[str], number: signal.Signals = signal.SIGINT) -> str:
    """End a command, which has to end well."""
    process.send_signal(number)
    _, told = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 0, told
    return told


def conversation(story: Told, interface: str) -> list[str]:
    return [step.kind.value for step in story.steps if step.interface == interface]


def test_a_login_recorded_by_capture_and_by_tcpdump_tells_its_story(
    campus: CampusDriver, tmp_path: Path
) -> None:
    ours, theirs = tmp_path / "ours.pcapng", tmp_path / "theirs.pcap"
    campus.open(SwitchOptions(services=("移动宽带接入", "教育网接入")))
    recorders = [capture(campus, "-o", str(ours)), tcpdump(campus, WAN_INTERFACE, theirs)]
    campus.login()
    # One more than is looked for: the last one may still be on its way to the recorders.
    campus.switch_saw(EventKind.HEARTBEAT, count=4)
    for recorder in recorders:
        end(recorder)

    assert stat.S_IMODE(ours.stat().st_mode) == 0o600
    password = DEFAULT_PASSWORD.encode()
    story = story_of(ours.read_bytes(), password)
    assert story.damage is None
    lan, wan = conversation(story, "lan"), conversation(story, WAN_INTERFACE)
    assert lan[:7] == [*LOGIN, "heartbeat"]
    assert wan[:9] == [*LOGIN, *["heartbeat"] * 3]
    facts = [facts_of(step) for step in story.steps if step.interface == WAN_INTERFACE]
    assert facts[2]["user_name"] == DEFAULT_USER
    assert facts[3]["services"] == ["移动宽带接入", "教育网接入"]
    assert facts[4]["v4_check"] == {"verdict": "right", "edition": 1}
    assert facts[4]["password_property"] == {"verdict": "right"}
    assert facts[5]["message"] == "欢迎使用校园网"
    assert facts[5]["grant"] == {"key": KEY, "interval": 20}
    assert {beat["key_fits"] for beat in facts[6:]} == {True}
    assert [beat["number_follows"] for beat in facts[6:9]] == [None, True, True]
    # Both directions, seen from the router.
    on_wan = [step for step in story.steps if step.interface == WAN_INTERFACE]
    assert [step.outgoing for step in on_wan[:6]] == [True, False] * 3
    assert on_wan[0].source == parse_mac(ADDRESSES[Role.ROUTER, WAN_INTERFACE])
    on_lan = [step for step in story.steps if step.interface == "lan"]
    assert on_lan[0].source == parse_mac(ADDRESSES[Role.PC, PC_INTERFACE])

    other = story_of(theirs.read_bytes(), password)
    assert other.damage is None
    assert other.kinds[:9] == wan[:9]
    assert [facts_of(step) for step in other.steps[:6]] == facts[:6]

    read = subprocess.run(
        ["tcpdump", "-nr", str(ours)], capture_output=True, text=True, check=True, timeout=TIMEOUT
    )
    assert read.stdout.count("\n") == len(story.steps)


def test_a_redacted_copy_of_it_has_no_secret(campus: CampusDriver, tmp_path: Path) -> None:
    file = tmp_path / "campus.pcapng"
    campus.open()
    recorder = capture(campus, "-o", str(file))
    campus.login()
    campus.switch_saw(EventKind.HEARTBEAT)
    end(recorder, signal.SIGTERM)
    content, copy = file.read_bytes(), io.BytesIO()
    write_redacted(lambda: CaptureFile(io.BytesIO(content)), copy)

    assert story_of(copy.getvalue()).kinds == story_of(content).kinds
    for address in ADDRESSES.values():
        assert parse_mac(address) not in copy.getvalue()
    assert DEFAULT_USER.encode() not in copy.getvalue()


def test_a_bridge_is_recorded_at_its_ports(tmp_path: Path) -> None:
    file = tmp_path / "campus.pcapng"
    with CampusDriver(bridge=True) as campus:
        campus.open()
        recorder = capture(campus, "dorm", "-o", str(file))
        campus.login()
        campus.switch_saw(EventKind.HEARTBEAT, count=2)
        end(recorder)

    story = story_of(file.read_bytes())
    assert conversation(story, "lan1")[:7] == [*LOGIN, "heartbeat"]
    assert conversation(story, WAN_INTERFACE)[:7] == [*LOGIN, "heartbeat"]


def test_count_and_seconds_end_it(campus: CampusDriver, tmp_path: Path) -> None:
    campus.open()
    few, short = tmp_path / "few.pcapng", tmp_path / "short.pcapng"
    counting = capture(campus, "-o", str(few), "--count", "3")
    timed = capture(campus, "-o", str(short), "--seconds", "0.2")
    _, told = timed.communicate(timeout=TIMEOUT)
    assert "0 frames recorded" in told
    campus.login()
    _, told = counting.communicate(timeout=TIMEOUT)

    assert "3 frames recorded" in told
    assert len(story_of(few.read_bytes()).steps) == 3


def test_without_a_daemon_the_configuration_says_where(
    campus: CampusDriver, tmp_path: Path
) -> None:
    file = tmp_path / "campus.pcapng"
    campus.start_switch()
    campus.campus.configure()
    options = ("-c", str(campus.campus.configuration), "-o", str(file), "--seconds", "0.1")
    process = capture(campus, *options)
    process.communicate(timeout=TIMEOUT)

    assert process.returncode == ExitCode.DONE
    assert story_of(file.read_bytes()).steps == []


def test_what_is_there_is_not_written_over(campus: CampusDriver, tmp_path: Path) -> None:
    file = tmp_path / "precious"
    file.write_text("keep me")
    campus.open()
    process = start(campus, sys.executable, "-m", "ruijie_proxy", "capture", "-o", str(file))
    _, told = process.communicate(timeout=TIMEOUT)

    assert process.returncode == ExitCode.USAGE
    assert "there already" in told
    assert file.read_text() == "keep me"


def test_a_capture_can_be_piped_on(campus: CampusDriver) -> None:
    campus.open()
    capture_command = [sys.executable, "-m", "ruijie_proxy", "capture", "-o", "-"]
    inspect_command = [sys.executable, "-m", "ruijie_proxy", "inspect", "--json", "-"]
    entry = campus.campus.network.entry(Role.ROUTER)
    environment = {**os.environ, "RUIJIE_PROXY_CONTROL": str(campus.campus.control)}
    with (
        subprocess.Popen(
            [*entry, *capture_command, "--count", "6"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
        ) as recorder,
        subprocess.Popen(
            inspect_command, stdin=recorder.stdout, stdout=subprocess.PIPE, text=True
        ) as reader,
    ):
        assert recorder.stderr is not None
        assert b"Recording" in recorder.stderr.readline()
        campus.login()
        output, _ = reader.communicate(timeout=TIMEOUT)

    assert len(json.loads(output)["steps"]) == 6
