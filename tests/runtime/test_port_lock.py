"""One holder a port, whatever becomes of it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from ruijie_proxy.runtime.ports.port_lock import PortLock, PortTaken

HOLDER = """
import sys
from ruijie_proxy.runtime.ports.port_lock import PortLock
lock = PortLock(sys.argv[1])
print("held", flush=True)
sys.stdin.read()
"""
MORE_THAN_ARE_EVER_WAITING = 40


@pytest.fixture
def port() -> str:
    """Return the name of a port that no other test, or run of the tests, uses."""
    return f"rp-{os.getpid()}"


@pytest.fixture
def holder(port: str) -> Iterator[subprocess.Popen[str]]:
    """Start another process that holds the port."""
    command = [sys.executable, "-c", HOLDER, port]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_holder_is_told_who_the_first_is(port: str, holder: subprocess.Popen[str]) -> None:
    with pytest.raises(PortTaken) as caught:
        PortLock(port)

    assert caught.value.interface == port
    assert caught.value.pid == holder.pid
    assert str(caught.value) == f"{port} is already served by process {holder.pid}: " + (
        "stop that one first."
    )


def test_a_port_is_free_at_once_when_its_holder_was_killed(
    port: str, holder: subprocess.Popen[str]
) -> None:
    holder.kill()
    holder.wait()

    PortLock(port).close()


def test_a_port_is_free_again_when_it_was_given_back(port: str) -> None:
    first = PortLock(port)
    with pytest.raises(PortTaken) as caught:
        PortLock(port)
    assert caught.value.pid == os.getpid()

    first.close()
    first.close()

    PortLock(port).close()


def test_it_stays_taken_however_often_others_try(port: str, holder: subprocess.Popen[str]) -> None:
    for _ in range(MORE_THAN_ARE_EVER_WAITING):
        with pytest.raises(PortTaken, match=f"{port} is already served by (another )?process"):
            PortLock(port)


def test_other_ports_are_not_concerned(port: str, holder: subprocess.Popen[str]) -> None:
    PortLock(f"{port}x").close()
