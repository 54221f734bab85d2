"""Network namespaces, cables and bridges for tests; whatever a test makes is gone after it."""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ruijie_proxy.lab.campus.network import wait_until_it_sends

COMMAND_TIMEOUT = 60
"""Seconds in which a command in a namespace has to end."""
STOP_TIMEOUT = 5
"""Seconds in which a started process has to end when it is told to."""
NAMESPACES = Path("/run/netns")
"""Where `ip netns` keeps the names."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test beside this file: none can forget to."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.namespaces)


@dataclass(frozen=True, slots=True)
class Namespace:
    """A network namespace of `ip netns`, with its loopback up."""

    name: str

    def ip(self, *arguments: str) -> str:
        """Run `ip` on it, and return what it printed."""
        return _run("ip", "-n", self.name, *arguments)

    def run(self, *command: str) -> str:
        """Run a command inside, /sys of the namespace included, and return what it printed."""
        return _run("ip", "netns", "exec", self.name, *command)

    def python(self, code: str, *arguments: str) -> str:
        """Run Python code inside, and return what it printed."""
        return self.run(sys.executable, "-c", code, *arguments)

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """Be inside for a while: sockets opened meanwhile belong to it for good.

        /proc/net is the namespace's then, too; /sys/class/net is not.
        """
        outside = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        try:
            inside = os.open(NAMESPACES / self.name, os.O_RDONLY | os.O_CLOEXEC)
            try:
                _enter(inside)
            finally:
                os.close(inside)
            try:
                yield
            finally:
                _enter(outside)
        finally:
            os.close(outside)


class Network:
    """Makes namespaces and what joins them, and removes them all."""

    def __init__(self) -> None:
        self._namespaces: list[Namespace] = []
        self._processes: list[subprocess.Popen[str]] = []

    def namespace(self, role: str) -> Namespace:
        """Make a namespace; its name holds the role, and is no other's."""
        for number in itertools.count():
            namespace = Namespace(f"rp-test-{os.getpid()}-{number}-{role}")
            if not (NAMESPACES / namespace.name).exists():
                break
        _run("ip", "netns", "add", namespace.name)
        self._namespaces.append(namespace)
        namespace.ip("link", "set", "lo", "up")
        return namespace

    def cable(self, one: Namespace, interface: str, other: Namespace, peer: str) -> None:
        """Lay a cable between an interface of one namespace and one of another; both are up."""
        ends = ["name", interface, "type", "veth", "peer", "name", peer, "netns", other.name]
        one.ip("link", "add", *ends)
        one.ip("link", "set", interface, "up")
        other.ip("link", "set", peer, "up")
        wait_until_it_sends(one.name, interface)

    def bridge(self, namespace: Namespace, name: str, *ports: str) -> None:
        """Make a bridge of ports that are there already; it forwards at once."""
        namespace.ip("link", "add", "name", name, "type", "bridge", "forward_delay", "0")
        for port in ports:
            namespace.ip("link", "set", port, "master", name)
        namespace.ip("link", "set", name, "up")

    def start(self, namespace: Namespace, *command: str) -> subprocess.Popen[str]:
        """Start a process inside, its output readable; it is ended with the test at the latest."""
        process = subprocess.Popen(
            ["ip", "netns", "exec", namespace.name, *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._processes.append(process)
        return process

    def __enter__(self) -> Network:
        return self

    def __exit__(self, *_error: object) -> None:
        """End every process and remove every namespace."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.communicate(timeout=STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
        self._processes.clear()
        while self._namespaces:
            _run("ip", "netns", "delete", self._namespaces.pop().name)


@pytest.fixture
def network() -> Iterator[Network]:
    """Give a test its own network."""
    with Network() as network:
        yield network


def _enter(descriptor: int) -> None:
    # os.setns is there from Python 3.12 on.
    library = ctypes.CDLL(None, use_errno=True)
    if library.setns(descriptor, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"the namespace cannot be entered: {os.strerror(number)}")


def _run(*command: str) -> str:
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=COMMAND_TIMEOUT,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command)}: {done.stdout}{done.stderr}"
    return done.stdout
