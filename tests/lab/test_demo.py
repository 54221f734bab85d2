"""The demonstration shows the main job, judges it, and leaves nothing behind."""

from __future__ import annotations

import io
import os
import select
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from ruijie_proxy.lab.campus import demo
from ruijie_proxy.lab.campus.campus import Campus
from ruijie_proxy.lab.campus.demo import Outcome, run_demo
from ruijie_proxy.lab.options import Shape
from tests.chinese import run_in_chinese
from tests.ctrl_c import HEARING_CTRL_C

NAMESPACES = Path("/run/netns")
PATIENCE = 60
needs_namespaces = pytest.mark.namespaces


def namespaces_of(pid: int) -> list[str]:
    """Return the names of a process's namespaces."""
    return sorted(path.name for path in NAMESPACES.glob(f"rp-lab-{pid}-*"))


def processes_in(namespaces: list[str]) -> list[int]:
    """Return the ids of all processes in some namespaces."""
    told = [
        subprocess.run(["ip", "netns", "pids", name], capture_output=True, text=True, check=True)
        for name in namespaces
    ]
    return [int(pid) for answer in told for pid in answer.stdout.split()]


def start(function: str, until: str) -> subprocess.Popen[str]:
    """Start a function of the demonstration as a program; return it once it has said something.

    It does not come to its end by itself.
    """
    script = (
        "import sys; from ruijie_proxy.lab.campus import demo; "
        f"demo.SIGNS_ALONE, demo.STEP_TIMEOUT = 1000, 600.0; sys.exit(demo.{function}())"
    )
    process = subprocess.Popen(
        [*HEARING_CTRL_C, sys.executable, "-c", script], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for line in process.stdout:
        if until in line:
            return process
    raise AssertionError(f"it ended without a word of {until}")


@needs_namespaces
def test_the_demonstration_shows_login_takeover_and_heartbeats() -> None:
    output = io.StringIO()

    assert run_demo(output) == 0

    told = output.getvalue()
    order = ["Start", "Success", "takeover", "switched off", "Heartbeat 4140", "Heartbeat 4142"]
    positions = [told.index(word) for word in order]
    assert positions == sorted(positions)
    assert "status says: online" in told
    assert "\x1b" not in told
    assert namespaces_of(os.getpid()) == []


@needs_namespaces
def test_the_demonstration_shows_a_switch_of_another_vendor_too() -> None:
    output = io.StringIO()

    assert run_demo(output, Shape.BARE) == 0

    told = output.getvalue()
    assert "identity probes answered after the PC had left: 4" in told
    assert "Heartbeat" not in told
    assert "the switch has nothing to complain about" in told


@needs_namespaces
def test_a_switch_that_is_not_content_fails_the_demonstration(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(demo, "ALIVE_INTERVAL", 1.0)
    monkeypatch.setattr(demo, "STEP_TIMEOUT", 12.0)
    output = io.StringIO()

    assert run_demo(output) == 1

    assert "the switch complains: no heartbeat for 1.0 s" in output.getvalue()
    assert namespaces_of(os.getpid()) == []


@needs_namespaces
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_demonstration_cleans_up(number: signal.Signals) -> None:
    process = start("run_demo", until="Success")
    assert namespaces_of(process.pid)

    process.send_signal(number)
    rest, _ = process.communicate(timeout=PATIENCE)

    assert process.returncode == 130
    assert "taken down" in rest
    assert "Traceback" not in rest
    assert namespaces_of(process.pid) == []


@needs_namespaces
@pytest.mark.alone  # any other campus that comes up would be the next one
def test_a_killed_demonstration_is_cleaned_up_by_the_next_one() -> None:
    process = start("run_demo", until="Success")
    namespaces = namespaces_of(process.pid)
    children = [os.pidfd_open(pid) for pid in processes_in(namespaces)]
    assert len(children) >= 3  # switch, client, daemon

    process.kill()
    process.communicate(timeout=PATIENCE)

    for child in children:
        ended, _, _ = select.select([child], [], [], PATIENCE)
        os.close(child)
        assert ended
    assert namespaces_of(process.pid) == namespaces
    with Campus():
        assert namespaces_of(process.pid) == []
        assert not list(Path(tempfile.gettempdir()).glob(f"rp-lab-{process.pid}-*"))


@needs_namespaces
def test_the_lab_stays_up_until_ctrl_c_and_tells_how_to_look_into_it() -> None:
    process = start("run_lab", until="ip netns exec rp-lab-")
    assert namespaces_of(process.pid)

    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE)

    assert process.returncode == 130
    assert namespaces_of(process.pid) == []


@needs_namespaces
def test_the_demonstration_speaks_chinese_too() -> None:
    shown = run_in_chinese("lab", "demo")

    assert shown.returncode == 0
    assert "客户端开始认证，路由器转发每一帧" in shown.stdout
    assert "接管：从现在起由路由器发送心跳" in shown.stdout
    assert "电脑: 关机" in shown.stdout
    assert "✓ ruijie-proxy status 显示：在线" in shown.stdout
    assert "✓ 交换机没有任何意见" in shown.stdout


def test_without_root_the_demonstration_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    output = io.StringIO()

    assert run_demo(output) == 5
    assert "sudo" in output.getvalue()


GOOD = Outcome(signs_alone=4, starts=1, complaints=(), state="online")


def test_a_demonstration_is_good_when_everything_is() -> None:
    assert GOOD.good


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome(signs_alone=2, starts=1, complaints=(), state="online"),
        Outcome(signs_alone=4, starts=2, complaints=(), state="online"),
        Outcome(signs_alone=4, starts=1, complaints=("the key",), state="online"),
        Outcome(signs_alone=4, starts=1, complaints=(), state="waiting"),
    ],
    ids=["too-few-signs", "two-starts", "a-complaint", "not-online"],
)
def test_one_thing_that_is_wrong_spoils_it(outcome: Outcome) -> None:
    assert not outcome.good
