"""What a service manager is told, by a real datagram socket in the manager's place."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.event_loop import EventLoop
from ruijie_proxy.runtime.processes.service_manager import ServiceManager

PATIENCE = 30.0
LONGEST_MESSAGE = 4096


class Manager:
    """The manager's end."""

    def __init__(self, address: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(address)
        self.socket.settimeout(PATIENCE)

    def hear(self) -> str:
        return self.socket.recv(LONGEST_MESSAGE).decode()

    @property
    def has_heard_all(self) -> bool:
        self.socket.settimeout(0)
        try:
            self.socket.recv(LONGEST_MESSAGE)
        except BlockingIOError:
            return True
        finally:
            self.socket.settimeout(PATIENCE)
        return False


@pytest.fixture
def loop() -> Iterator[EventLoop]:
    loop = EventLoop()
    yield loop
    loop.close()


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "notify")


@pytest.fixture
def manager(path: str) -> Iterator[Manager]:
    manager = Manager(path)
    yield manager
    manager.socket.close()


def test_without_a_manager_nothing_happens(loop: EventLoop) -> None:
    nobody = ServiceManager(loop, {"WATCHDOG_USEC": "1000"})

    assert not nobody.is_there
    nobody.ready()
    nobody.reloading()
    nobody.tell_status("1 of 1 sessions online")
    nobody.stopping()
    nobody.close()


@pytest.mark.parametrize("name", ["", "@", "vsock:2:1234", "relative/path"])
def test_an_address_of_no_known_kind_is_no_manager(loop: EventLoop, name: str) -> None:
    assert not ServiceManager(loop, {"NOTIFY_SOCKET": name}).is_there


def test_ready_and_stopping_go_to_a_path(loop: EventLoop, manager: Manager, path: str) -> None:
    service = ServiceManager(loop, {"NOTIFY_SOCKET": path})

    service.ready()
    service.stopping()

    assert [manager.hear(), manager.hear()] == ["READY=1", "STOPPING=1"]
    assert manager.has_heard_all


def test_and_to_an_abstract_name(loop: EventLoop) -> None:
    name = f"ruijie-proxy-test-{os.getpid()}"
    manager = Manager(f"\0{name}")

    ServiceManager(loop, {"NOTIFY_SOCKET": f"@{name}"}).ready()

    assert manager.hear() == "READY=1"
    manager.socket.close()


def test_a_reload_is_told_with_its_time_in_microseconds(
    loop: EventLoop, manager: Manager, path: str
) -> None:
    before = time.monotonic_ns() // 1000

    ServiceManager(loop, {"NOTIFY_SOCKET": path}).reloading()

    first, second = manager.hear().split("\n")
    assert first == "RELOADING=1"
    name, _, microseconds = second.partition("=")
    assert name == "MONOTONIC_USEC"
    assert before <= int(microseconds) <= time.monotonic_ns() // 1000


def test_a_status_is_told_when_it_is_another(loop: EventLoop, manager: Manager, path: str) -> None:
    service = ServiceManager(loop, {"NOTIFY_SOCKET": path})

    for text in ("0 of 2 sessions online", "0 of 2 sessions online", "1 of 2 sessions online"):
        service.tell_status(text)

    assert manager.hear() == "STATUS=0 of 2 sessions online"
    assert manager.hear() == "STATUS=1 of 2 sessions online"
    assert manager.has_heard_all


def test_a_manager_that_has_gone_costs_nothing(loop: EventLoop, path: str) -> None:
    manager = Manager(path)
    service = ServiceManager(loop, {"NOTIFY_SOCKET": path})
    manager.socket.close()
    service.ready()
    os.unlink(path)
    service.ready()


def test_a_manager_that_does_not_read_is_not_waited_for(
    loop: EventLoop, manager: Manager, path: str
) -> None:
    service = ServiceManager(loop, {"NOTIFY_SOCKET": path})
    began = clock.now()

    for number in range(2000):
        service.tell_status(str(number))

    assert clock.now() - began < PATIENCE


@pytest.mark.parametrize("pid", [None, str(os.getpid())], ids=["anybody's", "its own"])
def test_the_watchdog_is_fed_at_half_of_its_time_while_the_loop_turns(
    loop: EventLoop, manager: Manager, path: str, pid: str | None
) -> None:
    environment = {"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "100000"}
    if pid is not None:
        environment["WATCHDOG_PID"] = pid
    service = ServiceManager(loop, environment)
    began = clock.now()
    service.ready()
    loop.timer(loop.stop).set(began + 0.22)

    loop.run()

    assert manager.hear() == "READY=1"
    fed = 0
    while not manager.has_heard_all:
        fed += 1
    # The first at once, then every 50 ms; a busy machine may lose some, but adds none.
    assert 2 <= fed <= 5
    service.stopping()
    assert manager.hear() == "STOPPING=1"


def test_a_hung_loop_leaves_the_watchdog_hungry(
    loop: EventLoop, manager: Manager, path: str
) -> None:
    service = ServiceManager(loop, {"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "2000"})
    service.ready()

    time.sleep(0.02)  # a callback that does not come back

    assert [manager.hear(), manager.hear()] == ["READY=1", "WATCHDOG=1"]
    assert manager.has_heard_all


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"WATCHDOG_USEC": "0"},
        {"WATCHDOG_USEC": "soon"},
        {"WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"},
    ],
)
def test_a_watchdog_that_is_nobodys_or_anothers_is_not_fed(
    loop: EventLoop, manager: Manager, path: str, environment: dict[str, str]
) -> None:
    ServiceManager(loop, {"NOTIFY_SOCKET": path, **environment}).ready()
    loop.timer(loop.stop).set(clock.now() + 0.02)

    loop.run()

    assert manager.hear() == "READY=1"
    assert manager.has_heard_all
