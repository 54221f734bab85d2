"""How a renewal goes, with clients and servers of our making."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.runtime.address import dhcp_clients, dhcp_renewal
from ruijie_proxy.runtime.address.dhcp_answers import DhcpAnswer
from ruijie_proxy.runtime.address.dhcp_renewal import RenewalOutcome, RenewalReport, Renewer
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.event_loop import EventLoop
from ruijie_proxy.runtime.ports.interface_errors import InterfaceMissing
from ruijie_proxy.runtime.processes import child_process
from ruijie_proxy.runtime.processes.child_process import ChildProcess, ChildResult
from tests.runtime.steered_clock import SteeredClock

OLD = bytes((172, 16, 0, 5))
NEW = bytes((10, 0, 0, 9))
GATEWAY = bytes((10, 0, 0, 1))
GIVE_UP = 30.0
"""Seconds after which a test that still runs has failed."""
AMPLE = 60.0
"""Seconds of a renewal that does not end by its time."""


class Port:
    """The WAN port, as the machine would tell of it."""

    def __init__(self) -> None:
        self.address: bytes | None = OLD
        self.gateway: bytes | None = GATEWAY
        self.is_missing = False
        self.can_be_listened_on = True
        self.reading, self.writing = os.pipe()
        os.set_blocking(self.reading, False)
        self.answers: list[DhcpAnswer] = []
        self.listeners = 0

    def facts(self, interface: str) -> RouterFacts:
        if self.is_missing:
            raise InterfaceMissing(interface)
        return RouterFacts(mac=bytes(6), address=self.address, gateway=self.gateway)

    def moves(self, renewer: Renewer) -> None:
        """Let it have another address, and the renewer hear of that."""
        self.address = NEW
        renewer.address_changed()

    def server_says(self, address: bytes | None) -> None:
        self.answers.append(DhcpAnswer(address))
        os.write(self.writing, b"x")


class Listener:
    """Stands for DhcpAnswers."""

    def __init__(self, port: Port) -> None:
        if not port.can_be_listened_on:
            raise PermissionError
        self._port = port
        port.listeners += 1

    def receive(self, hardware_address: bytes) -> DhcpAnswer | None:
        try:
            os.read(self._port.reading, 1)
        except BlockingIOError:
            return None
        return self._port.answers.pop(0)

    def fileno(self) -> int:
        return self._port.reading

    def close(self) -> None:
        self._port.listeners -= 1


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[Port]:
    port = Port()
    monkeypatch.setattr(dhcp_renewal, "read_interface_facts", port.facts)
    monkeypatch.setattr(dhcp_renewal, "DhcpAnswers", lambda interface: Listener(port))
    yield port
    assert port.listeners == 0, "a socket was left open"
    os.close(port.reading)
    os.close(port.writing)


class Bench:
    """A loop with what a test needs around a renewer."""

    def __init__(self, loop: EventLoop, directory: Path) -> None:
        self.loop = loop
        self.directory = directory
        self.reports: list[RenewalReport] = []
        self.expected = 1
        loop.timer(lambda: pytest.fail("the renewal did not end")).set(clock.now() + GIVE_UP)

    def renewer(self, command: tuple[str, ...] | None, timeout: float = AMPLE) -> Renewer:
        (self.directory / "proc" / "self").mkdir(parents=True, exist_ok=True)
        return Renewer(
            self.loop,
            "eth1",
            command,
            timeout,
            self._on_done,
            find=self.find,
            proc=str(self.directory / "proc"),
        )

    def find(self, program: str) -> str | None:
        return child_process.find_program(program, str(self.directory))

    def program(self, name: str, script: str) -> str:
        path = self.directory / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return str(path)

    def client(self, name: str, command: str, pid: int) -> None:
        """Show a DHCP client in the fake /proc."""
        directory = self.directory / "proc" / str(pid)
        directory.mkdir(parents=True)
        words = [name, *command.split()]
        (directory / "cmdline").write_bytes("".join(f"{word}\0" for word in words).encode())

    def once(self, condition: Callable[[], bool], action: Callable[[], None]) -> None:
        """Do something as soon as a program outside has brought a condition about."""

        def look() -> None:
            if condition():
                action()
            else:
                timer.set(clock.now() + 0.01)

        timer = self.loop.timer(look)
        timer.set(clock.now())

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        self.loop.timer(action).set(clock.now() + seconds)

    def run(self, expected: int = 1) -> RenewalReport:
        """Let the loop run until that many renewals have ended; return the last one's report."""
        self.expected = expected
        self.loop.run()
        return self.reports[-1]

    def _on_done(self, report: RenewalReport) -> None:
        self.reports.append(report)
        if len(self.reports) == self.expected:
            self.loop.stop()


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    path = f"{tmp_path}:{child_process.SEARCH_PATH}"
    monkeypatch.setattr(child_process, "SEARCH_PATH", path)
    monkeypatch.setattr(dhcp_renewal, "_BEGIN_AFTER", 0.0)
    loop = EventLoop()
    yield Bench(loop, tmp_path)
    loop.close()


def says(log: Path, words: str) -> bool:
    """Whether a program has written these words by now."""
    return log.exists() and words in log.read_text()


def waiting_for(file: Path, then: str) -> tuple[str, ...]:
    """Return a command that does nothing until a file is there."""
    return ("sh", "-c", f"while [ ! -e {file} ]; do sleep 0.01; done; {then}")


class Timeless:
    """Stops the clock while a command runs, so that a short time is enough on any machine."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.hanging = ""
        """The program that does take its time."""
        self._clock = SteeredClock(monkeypatch)
        monkeypatch.setattr(dhcp_renewal, "ChildProcess", self._start)

    def _start(
        self,
        loop: EventLoop,
        command: tuple[str, ...],
        on_end: Callable[[ChildResult], None],
        **keys: Any,
    ) -> ChildProcess:
        if command[0] == self.hanging:
            return ChildProcess(loop, command, on_end, **keys)

        def go_on(result: ChildResult) -> None:
            self._clock.go_on()
            on_end(result)

        self._clock.hold()
        return ChildProcess(loop, command, go_on, **keys)


@pytest.fixture
def timeless(monkeypatch: pytest.MonkeyPatch) -> Timeless:
    """Let commands take no time."""
    return Timeless(monkeypatch)


def test_a_new_address_is_the_end_of_it(bench: Bench, port: Port) -> None:
    renewer = bench.renewer(("true",))
    renewer.renew()

    bench.later(0.2, lambda: port.moves(renewer))
    report = bench.run()
    assert (report.outcome, report.before, report.address) == (RenewalOutcome.CHANGED, OLD, NEW)
    assert report.succeeded
    assert report.describe() == (
        "eth1 has the address 10.0.0.9 now, no longer 172.16.0.5 "
        "(by the command of the configuration)."
    )


def test_the_gateway_that_a_client_sets_after_the_address_is_waited_for(
    bench: Bench, port: Port
) -> None:
    renewer = bench.renewer(("true",))
    renewer.renew()

    def change() -> None:
        port.address, port.gateway = NEW, None
        renewer.address_changed()

    def complete() -> None:
        assert renewer.is_running
        port.gateway = GATEWAY

    bench.later(0.2, change)
    bench.later(0.4, complete)
    assert bench.run().outcome is RenewalOutcome.CHANGED
    assert port.gateway == GATEWAY


def test_a_campus_without_a_gateway_is_waited_for_no_longer_than_that(
    bench: Bench, port: Port
) -> None:
    renewer = bench.renewer(("true",), timeout=10 * GIVE_UP)
    renewer.renew()

    def change() -> None:
        port.address, port.gateway = NEW, None
        renewer.address_changed()

    bench.later(0.2, change)
    assert bench.run().outcome is RenewalOutcome.CHANGED


def test_an_address_where_there_was_none_is_a_change(bench: Bench, port: Port) -> None:
    port.address = None
    renewer = bench.renewer(("true",))
    renewer.renew()

    bench.later(0.2, lambda: port.moves(renewer))
    report = bench.run()
    assert (report.outcome, report.before) == (RenewalOutcome.CHANGED, None)
    assert report.describe().startswith("eth1 has the address 10.0.0.9 now (by ")


def test_the_same_address_is_confirmed_by_a_servers_answer(bench: Bench, port: Port) -> None:
    bench.renewer(("true",)).renew()
    bench.later(0.2, lambda: port.server_says(OLD))
    report = bench.run()
    assert report.outcome is RenewalOutcome.CONFIRMED
    assert report.succeeded
    assert "172.16.0.5: a DHCP server confirmed it" in report.describe()


@pytest.mark.usefixtures("timeless")
def test_the_success_of_a_command_confirms_nothing(bench: Bench, port: Port) -> None:
    bench.renewer(("true",), timeout=0.2).renew()
    report = bench.run()
    assert report.outcome is RenewalOutcome.UNCONFIRMED
    assert not report.succeeded
    assert "still has the address 172.16.0.5, but within 0.2 s" in report.describe()


@pytest.mark.usefixtures("timeless")
def test_without_an_ear_on_the_port_a_confirmation_goes_unnoticed(bench: Bench, port: Port) -> None:
    port.can_be_listened_on = False
    bench.renewer(("true",), timeout=0.2).renew()
    assert bench.run().outcome is RenewalOutcome.UNCONFIRMED


@pytest.mark.usefixtures("timeless")
def test_an_address_given_but_not_used_is_said(bench: Bench, port: Port) -> None:
    bench.renewer(("true",), timeout=0.3).renew()
    bench.later(0.1, lambda: port.server_says(NEW))
    report = bench.run()
    assert report.outcome is RenewalOutcome.UNCONFIRMED
    assert "a DHCP server gave 10.0.0.9, which was not put to use" in report.describe()


@pytest.mark.usefixtures("timeless")
def test_a_refusal_alone_is_no_end_but_is_said(bench: Bench, port: Port) -> None:
    renewer = bench.renewer(("true",), timeout=0.4)
    renewer.renew()

    def lose() -> None:
        port.server_says(None)
        port.address = None
        renewer.address_changed()

    bench.later(0.1, lose)
    report = bench.run()
    assert report.outcome is RenewalOutcome.NO_ADDRESS
    assert "refused the old address, and none gave another" in report.describe()


@pytest.mark.usefixtures("timeless")
def test_an_address_that_a_host_gave_itself_is_none(bench: Bench, port: Port) -> None:
    renewer = bench.renewer(("true",), timeout=0.3)
    renewer.renew()

    def give_up_on_dhcp() -> None:
        port.address = bytes((169, 254, 7, 7))
        renewer.address_changed()

    bench.later(0.1, give_up_on_dhcp)
    report = bench.run()
    assert report.outcome is RenewalOutcome.NO_ADDRESS
    assert report.describe().startswith("eth1 has no IPv4 address: within 0.3 s no DHCP server")


def test_a_command_that_fails_is_a_failure(bench: Bench, port: Port) -> None:
    bench.renewer(("sh", "-c", "echo no such lease; exit 7")).renew()
    report = bench.run()
    assert report.outcome is RenewalOutcome.FAILED
    assert "failed with exit status 7: no such lease" in report.describe()


def test_a_command_that_fails_after_its_work_was_done_is_none(
    bench: Bench, port: Port, tmp_path: Path
) -> None:
    done = tmp_path / "done"
    bench.renewer(waiting_for(done, "exit 7")).renew()

    def change() -> None:
        port.address = NEW
        done.touch()

    bench.later(0.1, change)
    assert bench.run().outcome is RenewalOutcome.CHANGED


def test_a_command_that_is_missing_is_a_failure(bench: Bench, port: Port) -> None:
    bench.renewer(("/no/such/command",)).renew()
    report = bench.run()
    assert report.outcome is RenewalOutcome.FAILED
    assert "there is no such program" in report.describe()


def test_a_command_that_hangs_is_stopped(bench: Bench, port: Port) -> None:
    bench.renewer(("sleep", "1000"), timeout=0.2).renew()
    report = bench.run()
    assert report.outcome is RenewalOutcome.FAILED
    assert "did not end in time" in report.describe()


def test_a_command_may_finish_what_it_does_after_the_address_is_there(
    bench: Bench, port: Port, tmp_path: Path
) -> None:
    moved, done = tmp_path / "moved", tmp_path / "done"
    renewer = bench.renewer(waiting_for(moved, f"sleep 0.1; touch {done}"))
    renewer.renew()

    def move() -> None:
        port.moves(renewer)
        moved.touch()

    bench.later(0.1, move)
    assert bench.run().outcome is RenewalOutcome.CHANGED
    assert done.exists()


def test_the_users_command_is_told_the_port(bench: Bench, port: Port, tmp_path: Path) -> None:
    bench.renewer(("sh", "-c", f"echo $RUIJIE_PROXY_WAN > {tmp_path}/wan; exit 1")).renew()
    bench.run()
    assert (tmp_path / "wan").read_text() == "eth1\n"


def test_a_port_that_is_missing_is_a_failure(bench: Bench, port: Port) -> None:
    port.is_missing = True
    bench.renewer(("true",)).renew()
    report = bench.run()
    assert report.outcome is RenewalOutcome.FAILED
    assert "There is no interface 'eth1'" in report.describe()


def test_nothing_that_renews_is_said_with_what_to_do(bench: Bench, port: Port) -> None:
    bench.renewer(None).renew()
    report = bench.run()
    assert report.outcome is RenewalOutcome.NO_CLIENT
    assert "Name a command in “dhcp: {renew: […]}”" in report.describe()


def test_the_first_manager_that_says_yes_renews(bench: Bench, port: Port, tmp_path: Path) -> None:
    log = tmp_path / "log"
    bench.program("ubus", f"echo ubus $* >> {log}; exit 4")
    bench.program(
        "nmcli",
        f'echo nmcli $* >> {log}\ncase "$*" in *show*) echo "GENERAL.STATE:10 (unmanaged)";; esac',
    )
    bench.program(
        "networkctl",
        f"echo networkctl $* >> {log}\n"
        'case "$*" in *list*) echo "2 eth1 ether routable configured";; esac',
    )
    bench.renewer(None).renew()
    bench.once(lambda: says(log, "networkctl renew"), lambda: port.server_says(OLD))
    report = bench.run()
    assert (report.outcome, report.client) == (RenewalOutcome.CONFIRMED, "systemd-networkd")
    assert log.read_text().splitlines() == [
        "ubus call network.interface dump",
        "nmcli --terse --fields GENERAL.STATE device show eth1",
        "networkctl --no-legend --no-pager list eth1",
        "networkctl renew eth1",
    ]


def test_an_address_that_netifd_sets_itself_needs_no_renewal_and_no_advice(
    bench: Bench, port: Port
) -> None:
    interfaces = [{"interface": "wan", "device": "eth1", "l3_device": "eth1", "proto": "static"}]
    bench.program("ubus", f"echo '{json.dumps({'interface': interfaces})}'")
    bench.renewer(None).renew()

    report = bench.run()

    assert report.outcome is RenewalOutcome.NOT_BY_DHCP
    assert report.succeeded
    assert report.describe() == (
        "The address of eth1 does not come from a DHCP server (netifd: proto static): nothing to "
        "renew."
    )


def test_on_openwrt_the_interface_of_the_port_is_renewed_and_nothing_goes_down(
    bench: Bench, port: Port, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    interfaces = [
        {"interface": "lan", "device": "br-lan", "l3_device": "br-lan", "proto": "static"},
        {"interface": "second", "device": "@wan", "l3_device": "eth1", "proto": "dhcp"},
        {"interface": "wan", "device": "eth1", "l3_device": "eth1", "proto": "dhcp"},
        {"interface": "wan6", "device": "eth1", "l3_device": "eth1", "proto": "dhcpv6"},
    ]
    dump = json.dumps({"interface": interfaces})
    bench.program("ubus", f"echo ubus $* >> {log}\ncase $3 in dump) echo '{dump}';; esac")
    for forbidden in ("ifdown", "ifup", "nmcli", "networkctl"):
        bench.program(forbidden, f"echo {forbidden} $* >> {log}")
    bench.renewer(None).renew()
    bench.once(lambda: says(log, "wan renew"), lambda: port.server_says(OLD))
    report = bench.run()
    assert (report.outcome, report.client) == (RenewalOutcome.CONFIRMED, "netifd")
    assert log.read_text().splitlines() == [
        "ubus call network.interface dump",
        "ubus call network.interface.wan renew",
    ]


def test_a_manager_that_hangs_does_not_keep_the_next_one_from_its_turn(
    bench: Bench, port: Port, timeless: Timeless, monkeypatch: pytest.MonkeyPatch
) -> None:
    timeless.hanging = "ubus"
    monkeypatch.setattr(dhcp_renewal, "_QUESTION_TIMEOUT", 0.2)
    bench.program("ubus", "exec sleep 1000")
    bench.program("networkctl", "echo 2 eth1 ether routable configured")
    bench.renewer(None, timeout=1.0).renew()
    assert bench.run().client == "systemd-networkd"


def test_managers_that_take_all_the_time_end_it(bench: Bench, port: Port) -> None:
    bench.program("ubus", "exec sleep 1000")
    bench.program("networkctl", "echo 2 eth1 ether routable configured")
    bench.renewer(None, timeout=0.3).renew()
    assert not bench.run().succeeded


@pytest.fixture
def networkd(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, timeless: Timeless
) -> Path:
    """Let systemd-networkd renew, and soon once more; return where what it is told stands."""
    monkeypatch.setattr(dhcp_renewal, "_AGAIN_AFTER", 0.4)
    log = tmp_path / "log"
    bench.program("networkctl", f"echo $1 >> {log}; echo 2 eth1 ether routable configured")
    bench.renewer(None, timeout=1.0).renew()
    return log


def test_without_an_answer_the_client_is_told_to_begin_again(
    bench: Bench, port: Port, networkd: Path
) -> None:
    bench.run()
    assert networkd.read_text().split()[1:] == ["renew", "reconfigure"]


def test_a_client_whose_server_gave_something_is_left_to_use_it(
    bench: Bench, port: Port, networkd: Path
) -> None:
    bench.later(0.3, lambda: port.server_says(NEW))
    bench.run()
    assert networkd.read_text().split()[1:] == ["renew"]


def test_a_client_that_runs_by_itself_is_signalled(
    bench: Bench, port: Port, tmp_path: Path
) -> None:
    caught = tmp_path / "caught"
    waiting = tmp_path / "waiting"
    client = subprocess.Popen(
        [
            "sh",
            "-c",
            f"trap 'touch {caught}; exit' USR1; touch {waiting}; while :; do sleep 0.05; done",
        ]
    )
    try:
        while not waiting.exists():
            assert client.poll() is None
        bench.client("udhcpc", "-i eth1", client.pid)
        bench.renewer(None).renew()
        bench.once(caught.exists, lambda: port.server_says(OLD))
        report = bench.run()
        assert (report.outcome, report.client) == (RenewalOutcome.CONFIRMED, "udhcpc")
        client.wait(GIVE_UP)
    finally:
        client.kill()
        client.wait()


def test_a_process_whose_number_is_anothers_by_now_is_not_signalled(
    bench: Bench, port: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    innocent = subprocess.Popen(["sleep", "1000"])
    try:
        bench.client("udhcpc", "-i eth1", innocent.pid)
        cmdline = bench.directory / "proc" / str(innocent.pid) / "cmdline"
        look = dhcp_clients.renewal_by_process

        def replaced_after_the_look(
            interface: str, processes: list[dhcp_clients.Process]
        ) -> dhcp_clients.Renewal | None:
            renewal = look(interface, processes)
            cmdline.write_bytes(b"sleep\x001000\0")
            return renewal

        monkeypatch.setattr(dhcp_clients, "renewal_by_process", replaced_after_the_look)
        bench.renewer(None).renew()
        report = bench.run()
        assert report.outcome is RenewalOutcome.FAILED
        assert f"udhcpc (process {innocent.pid}) ended meanwhile" in report.describe()
        assert innocent.poll() is None
    finally:
        innocent.kill()
        innocent.wait()


@pytest.mark.usefixtures("timeless")
def test_dhclients_successor_starts_before_it_is_killed(
    bench: Bench, port: Port, tmp_path: Path
) -> None:
    old = subprocess.Popen(["sleep", "1000"])
    try:
        log = tmp_path / "log"
        bench.program("dhclient", f"kill -0 {old.pid} && echo $* > {log}")
        bench.client("dhclient", "-4 -v eth1", old.pid)
        bench.renewer(None, timeout=1.0).renew()
        bench.run()
        assert log.read_text() == "-nw -4 -v eth1\n"
        assert old.wait(GIVE_UP) == -signal.SIGKILL
    finally:
        old.kill()
        old.wait()


@pytest.mark.usefixtures("timeless")
def test_dhclient_is_not_killed_without_a_successor(bench: Bench, port: Port) -> None:
    old = subprocess.Popen(["sleep", "1000"])
    try:
        bench.program("dhclient", "exit 1")
        bench.client("dhclient", "-4 -v eth1", old.pid)
        bench.renewer(None, timeout=1.0).renew()
        assert bench.run().outcome is RenewalOutcome.FAILED
        assert old.poll() is None
    finally:
        old.kill()
        old.wait()


def test_a_request_during_a_renewal_starts_another_one_after_it(
    bench: Bench, port: Port, tmp_path: Path
) -> None:
    log, asked = tmp_path / "log", tmp_path / "asked"
    renewer = bench.renewer(waiting_for(asked, f"echo renewal >> {log}; exit 1"))
    renewer.renew()
    for moment in (0.05, 0.1):
        bench.later(moment, renewer.renew)
    bench.later(0.15, asked.touch)
    bench.run(expected=2)
    bench.later(0.4, bench.loop.stop)
    bench.loop.run()
    assert len(bench.reports) == 2
    assert log.read_text().split() == ["renewal"] * 2


def test_close_ends_everything_without_a_report(bench: Bench, port: Port, tmp_path: Path) -> None:
    closed, survived = tmp_path / "closed", tmp_path / "survived"
    renewer = bench.renewer(waiting_for(closed, f"touch {survived}"))
    renewer.renew()
    bench.later(0.1, renewer.renew)

    def close() -> None:
        renewer.close()
        closed.touch()

    bench.later(0.2, close)
    bench.later(0.6, bench.loop.stop)
    bench.loop.run()
    assert bench.reports == []
    assert not survived.exists()


def test_the_switch_has_a_moment_to_open_the_port_before_anybody_is_asked(
    bench: Bench, port: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dhcp_renewal, "_BEGIN_AFTER", 0.3)
    bench.renewer(("true",)).renew()
    # What the quarantine network's server says until then is not even heard.
    listeners: list[int] = []
    bench.later(0.15, lambda: listeners.append(port.listeners))
    bench.later(0.6, lambda: port.server_says(OLD))
    assert bench.run().outcome is RenewalOutcome.CONFIRMED
    assert listeners == [0]


@pytest.mark.usefixtures("timeless")
def test_news_of_addresses_between_renewals_mean_nothing(bench: Bench, port: Port) -> None:
    renewer = bench.renewer(("true",), timeout=0.2)
    port.address = NEW
    renewer.address_changed()
    renewer.renew()
    renewer.address_changed()
    assert bench.run().outcome is RenewalOutcome.UNCONFIRMED
    renewer.address_changed()
