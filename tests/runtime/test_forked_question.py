"""A child that asks in the daemon's place, and what is left of one that fails."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

ASKS = """
from ruijie_proxy.runtime.basis.event_loop import EventLoop
from ruijie_proxy.runtime.processes.forked_question import ForkedQuestion
from ruijie_proxy.standard_streams import prepare_streams

def fail():
    raise RuntimeError("the child has failed")

def take(report):
    assert report == ""
    loop.stop()

prepare_streams()
loop = EventLoop()
ForkedQuestion(loop, fail, 30.0, take)
loop.run()
"""


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_why_a_child_has_failed_is_told(unbuffered: str) -> None:
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}

    done = subprocess.run(
        [sys.executable, "-c", ASKS],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
        check=True,
    )

    assert done.stderr.endswith("RuntimeError: the child has failed\n")
