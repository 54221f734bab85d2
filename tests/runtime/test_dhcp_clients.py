"""Who manages an interface's address, and how it is asked for a fresh lease."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.runtime.address.dhcp_clients import (
    NotByDhcp,
    Process,
    Renewal,
    Run,
    Signal,
    dhcp_processes,
    is_still_running,
    questions,
    renewal_by_process,
)


def read_answer(program: str, output: str, interface: str = "eth1") -> Any:
    """What the answer of one manager is taken for: a Renewal, NotByDhcp or None."""
    (question,) = questions(interface, lambda name: name if name == program else None)
    assert question.command[0] == program
    return question.read(interface, output)


def process(command: str, pid: int = 100) -> Process:
    return Process(pid, tuple(command.split()))


def netifd_dump(*interfaces: dict[str, object]) -> str:
    return json.dumps({"interface": interfaces})


LAN: dict[str, object] = {
    "interface": "lan",
    "l3_device": "br-lan",
    "device": "br-lan",
    "proto": "static",
}
WAN: dict[str, object] = {
    "interface": "wan",
    "l3_device": "eth1",
    "device": "eth1",
    "proto": "dhcp",
}
WAN6: dict[str, object] = {
    "interface": "wan6",
    "l3_device": "eth1",
    "device": "eth1",
    "proto": "dhcpv6",
}


def test_managers_are_asked_in_order_and_only_if_installed() -> None:
    assert [question.command[0] for question in questions("eth1", lambda name: name)] == [
        "ubus",
        "nmcli",
        "networkctl",
    ]
    assert questions("eth1", lambda name: None) == ()


def test_netifd_renews_the_dhcp_interface_that_uses_the_port() -> None:
    renewal = read_answer("ubus", netifd_dump(LAN, WAN6, WAN))
    renew = Run(("ubus", "call", "network.interface.wan", "renew"))
    assert renewal == Renewal("netifd", (renew,), again=(renew,))


def test_netifd_knows_a_port_that_is_down_by_its_device() -> None:
    down: dict[str, object] = {
        "interface": "campus",
        "device": "eth1",
        "proto": "dhcp",
        "up": False,
    }
    renewal = read_answer("ubus", netifd_dump(LAN, down))
    assert renewal is not None
    assert renewal.steps == (Run(("ubus", "call", "network.interface.campus", "renew")),)


def test_netifd_renews_the_interface_itself_and_not_an_alias_of_it() -> None:
    alias: dict[str, object] = {
        "interface": "guests",
        "l3_device": "eth1",
        "device": "@wan",
        "proto": "dhcp",
    }
    renewal = read_answer("ubus", netifd_dump(alias, WAN6, WAN))
    assert renewal is not None
    assert renewal.steps == (Run(("ubus", "call", "network.interface.wan", "renew")),)


def test_netifd_renews_the_interface_of_a_vlan_and_not_that_of_the_port_below() -> None:
    below: dict[str, object] = {**WAN, "interface": "lan", "l3_device": "eth0", "device": "eth0"}
    vlan: dict[str, object] = {**WAN, "l3_device": "eth0.2", "device": "eth0.2"}
    renewal = read_answer("ubus", netifd_dump(below, vlan), interface="eth0.2")
    assert renewal is not None
    assert renewal.steps == (Run(("ubus", "call", "network.interface.wan", "renew")),)


@pytest.mark.parametrize(
    ("interfaces", "protocol"),
    [
        ([{**WAN, "proto": "static"}], "static"),
        ([WAN6, {**WAN, "proto": "static"}], "static"),
        ([{**WAN, "proto": "none"}], "none"),
        ([{**WAN, "proto": "pppoe", "l3_device": "pppoe-wan"}], "pppoe"),
        # A static alias beside the lease: for the web page of a modem.
        ([{**WAN, "interface": "modem", "device": "@wan", "proto": "static"}], None),
    ],
)
def test_netifd_tells_how_else_an_address_comes_about(
    interfaces: list[dict[str, object]], protocol: str | None
) -> None:
    answer = read_answer("ubus", netifd_dump(LAN, *interfaces))

    assert answer == (None if protocol is None else NotByDhcp(protocol))


@pytest.mark.parametrize(
    "output",
    [
        netifd_dump(LAN, WAN6),
        netifd_dump({**WAN, "l3_device": "eth1.2", "device": "eth1.2"}),
        netifd_dump(),
        "",
        "Command failed: Not found",
        "[]",
        '{"interface": null}',
        '{"interface": ["wan"]}',
        '{"interface": [{"device": "eth1", "proto": "dhcp"}]}',
        "[" * 100_000,
    ],
)
def test_netifd_is_not_asked_to_renew_what_it_does_not_lease(output: str) -> None:
    assert read_answer("ubus", output) is None


def test_networkmanager_starts_its_dhcp_client_anew_on_a_changed_setting() -> None:
    renewal = read_answer("nmcli", "GENERAL.STATE:100 (connected)\n")
    assert renewal is not None
    assert renewal.client == "NetworkManager"
    first, second = renewal.steps
    assert isinstance(first, Run)
    assert isinstance(second, Run)
    # The last word decides: whatever was set before, the second command changes it.
    assert first.command[:-1] == second.command[:-1]
    assert first.command[-1] != second.command[-1]
    assert second.command[:4] == ("nmcli", "device", "modify", "eth1")


@pytest.mark.parametrize(
    "output",
    [
        "GENERAL.STATE:10 (unmanaged)\n",
        "GENERAL.STATE:20 (unavailable)\n",
        "GENERAL.STATE:30 (disconnected)\n",
        "GENERAL.STATE:110 (deactivating)\n",
        "GENERAL.STATE:100 (connected (externally))\n",
        "Error: NetworkManager is not running.\n",
        "",
    ],
)
def test_networkmanager_leaves_alone_what_it_does_not_run(output: str) -> None:
    assert read_answer("nmcli", output) is None


def test_networkd_renews_and_then_begins_again() -> None:
    renewal = read_answer("networkctl", "  2 eth1 ether routable configured\n")
    assert renewal == Renewal(
        "systemd-networkd",
        (Run(("networkctl", "renew", "eth1")),),
        again=(Run(("networkctl", "reconfigure", "eth1")),),
    )


@pytest.mark.parametrize(
    "output",
    [
        "  2 eth1 ether routable unmanaged\n",
        "  2 eth1 ether degraded pending\n",
        'Interface "eth1" not found.\n',
        "",
    ],
)
def test_networkd_leaves_alone_what_it_does_not_manage(output: str) -> None:
    assert read_answer("networkctl", output) is None


@given(program=st.sampled_from(["ubus", "nmcli", "networkctl"]), output=st.text())
def test_no_answer_of_a_manager_breaks_anything(program: str, output: str) -> None:
    read_answer(program, output)


@pytest.mark.parametrize(
    "command",
    [
        "udhcpc -i eth1",
        "/sbin/udhcpc -b -ieth1 -p /run/udhcpc.pid",
        "/bin/busybox udhcpc --interface=eth1",
        "udhcpc -p /var/run/udhcpc-eth1.pid -s /lib/netifd/dhcp.script -f -t 0 -i eth1 -C",
    ],
)
def test_udhcpc_is_signalled_and_signalled_again(command: str) -> None:
    client = process(command)
    nudge = Signal(client, signal.SIGUSR1)
    assert renewal_by_process("eth1", [client]) == Renewal("udhcpc", (nudge,), again=(nudge,))


@pytest.mark.parametrize("command", ["dhcpcd: eth1 [ip4]", "dhcpcd -q -4 eth1", "dhcpcd: eth1"])
def test_dhcpcd_is_told_to_rebind(command: str) -> None:
    client = process(command)
    assert renewal_by_process("eth1", [client]) == Renewal(
        "dhcpcd", (Signal(client, signal.SIGHUP),)
    )


@pytest.mark.parametrize("command", ["dhcpcd: [manager] [ip4] [ip6]", "/sbin/dhcpcd -q -b"])
def test_dhcpcd_for_all_interfaces_is_told_if_nobody_is_there_for_this_one(command: str) -> None:
    for_all = process(command)
    renewal = renewal_by_process("eth1", [for_all])
    assert renewal == Renewal("dhcpcd", (Signal(for_all, signal.SIGHUP),))
    own = renewal_by_process("eth1", [for_all, process("udhcpc -i eth1", pid=101)])
    assert own is not None
    assert own.client == "udhcpc"


def test_of_dhcpcds_helpers_only_the_main_process_is_told() -> None:
    commands = (
        "dhcpcd: [privileged proxy] eth1 [ip4]",
        "dhcpcd: [BPF ARP] eth1 10.0.0.2",
        "dhcpcd: eth1 [ip4]",
        "dhcpcd: [network proxy] eth1 [ip4]",
    )
    processes = [process(command, pid) for pid, command in enumerate(commands)]
    renewal = renewal_by_process("eth1", processes)
    assert renewal is not None
    assert renewal.steps == (Signal(processes[2], signal.SIGHUP),)


@pytest.mark.parametrize("earlier", ["", "-nw "])
def test_another_dhclient_is_there_before_the_old_one_is_ended(earlier: str) -> None:
    arguments = "-4 -v -pf /run/dhclient.pid -lf /var/lib/dhclient.leases eth1"
    old = process(f"/sbin/dhclient {earlier}{arguments}")
    assert renewal_by_process("eth1", [old]) == Renewal(
        "dhclient",
        (
            Run(("/sbin/dhclient", "-nw", *arguments.split())),
            Signal(old, signal.SIGKILL),
        ),
    )


@pytest.mark.parametrize(
    "command",
    [
        "udhcpc -i eth0",
        "udhcpc -i eth1.2",
        "udhcpc6 -i eth1",
        "vi eth1",
        "busybox",
        "dhclient -d eth1",  # NetworkManager's, or a supervisor's
        "dhclient -6 eth1",
        "dhclient",
        "dhcpcd -6 eth1",
        "dhcpcd: eth1 [ip6]",
        "dhcpcd: [manager] [ip6]",
        "dhcpcd: eth0 [ip4]",
        "dhcpcd: [privileged proxy] eth1 [ip4]",
        "dhcpcd eth0",
    ],
)
def test_others_are_left_alone(command: str) -> None:
    assert renewal_by_process("eth1", [process(command)]) is None


class FakeProc:
    """A /proc of our making."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.add("self", b"ruijie-proxy\0", "ours")

    def add(self, name: str, cmdline: bytes, namespace: str) -> None:
        namespace_file = self.root / f"namespace-{namespace}"
        namespace_file.touch()
        directory = self.root / name
        (directory / "net").mkdir(parents=True)
        (directory / "cmdline").write_bytes(cmdline)
        os.link(namespace_file, directory / "net" / "dev")


@pytest.fixture
def proc(tmp_path: Path) -> FakeProc:
    return FakeProc(tmp_path)


def test_clients_are_found_among_all_processes(proc: FakeProc) -> None:
    proc.add("1", b"/sbin/procd\0", "ours")
    proc.add("2", b"", "ours")  # a kernel thread
    proc.add("30", b"/sbin/udhcpc\0-F\0\0-i\0eth1\0", "ours")
    proc.add("31", b"dhcpcd: eth2 [ip4]\0\0\0.\0\0", "ours")
    proc.add("32", b"/bin/busybox\0udhcpc\0-i\0eth3", "ours")
    (proc.root / "33").mkdir()  # ended while we looked
    assert sorted(dhcp_processes(str(proc.root)), key=lambda process: process.pid) == [
        Process(30, ("/sbin/udhcpc", "-F", "", "-i", "eth1")),
        Process(31, ("dhcpcd:", "eth2", "[ip4]")),
        Process(32, ("/bin/busybox", "udhcpc", "-i", "eth3")),
    ]


def test_a_client_of_another_network_namespace_is_none_of_ours(proc: FakeProc) -> None:
    proc.add("30", b"udhcpc\0-i\0eth1\0", "another")
    assert dhcp_processes(str(proc.root)) == []


def test_a_kernel_without_namespaces_has_only_our_own_clients(proc: FakeProc) -> None:
    proc.add("30", b"udhcpc\0-i\0eth1\0", "ours")
    for pid in ("30", "self"):
        (proc.root / pid / "net" / "dev").unlink()
    assert [process.pid for process in dhcp_processes(str(proc.root))] == [30]


def test_a_number_that_another_program_has_by_now_is_noticed(proc: FakeProc) -> None:
    proc.add("30", b"udhcpc\0-i\0eth1\0", "ours")
    (client,) = dhcp_processes(str(proc.root))
    assert is_still_running(client, str(proc.root))
    (proc.root / "30" / "cmdline").write_bytes(b"sshd\0")
    assert not is_still_running(client, str(proc.root))
    (proc.root / "30" / "cmdline").unlink()
    assert not is_still_running(client, str(proc.root))


def test_the_real_proc_can_be_read() -> None:
    dhcp_processes()
