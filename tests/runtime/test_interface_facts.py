"""What the facts of an interface are read from; tests/namespaces asks a real one."""

from __future__ import annotations

import errno
import socket
import struct
from pathlib import Path

import pytest

from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.runtime.ports import interface_facts
from ruijie_proxy.runtime.ports.interface_facts import read_interface_facts

MAC = bytes.fromhex("02000000aa01")
ROUTES_HEADER = (
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
)
LINK_LOCAL = "fe80000000000000000000fffe00aa01"


@pytest.fixture(autouse=True)
def interface(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in for an interface that has a MAC address and no IPv4 one."""

    def no_address(interface: str, code: int) -> bytes:
        raise OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address")

    monkeypatch.setattr(interface_facts, "hardware_address", lambda interface: MAC)
    monkeypatch.setattr(interface_facts, "interface_request", no_address)


def facts(
    tmp_path: Path,
    routes: str = "",
    ipv6: str = "",
    resolv: tuple[str, ...] = (),
    ipv6_routes: str = "",
) -> RouterFacts:
    """Read the facts of `eth1` where these files say so."""
    (tmp_path / "ipv6_route").write_text(ipv6_routes)
    (tmp_path / "route").write_text(ROUTES_HEADER + routes)
    (tmp_path / "if_inet6").write_text(ipv6)
    for number, text in enumerate(resolv):
        (tmp_path / f"resolv{number}").write_text(text)
    return read_interface_facts(
        "eth1",
        routes_file=str(tmp_path / "route"),
        ipv6_addresses_file=str(tmp_path / "if_inet6"),
        ipv6_routes_file=str(tmp_path / "ipv6_route"),
        resolv_files=tuple(str(tmp_path / f"resolv{number}") for number in range(len(resolv))),
    )


def route(
    interface: str, gateway: str, metric: int = 0, flags: int = 0x3, destination: str = "0.0.0.0"
) -> str:
    """Write a line as the kernel does: addresses as numbers of the CPU's own byte order."""
    (to,) = struct.unpack("=I", socket.inet_aton(destination))
    (via,) = struct.unpack("=I", socket.inet_aton(gateway))
    mask = 0 if destination == "0.0.0.0" else 0xFFFFFFFF
    return f"{interface}\t{to:08X}\t{via:08X}\t{flags:04X}\t0\t0\t{metric}\t{mask:08X}\t0\t0\t0\n"


def test_what_is_not_there_is_none(tmp_path: Path) -> None:
    assert facts(tmp_path) == RouterFacts(mac=MAC)


def test_files_that_are_not_there_are_put_up_with(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing")

    read = read_interface_facts(
        "eth1",
        routes_file=missing,
        ipv6_addresses_file=missing,
        ipv6_routes_file=missing,
        resolv_files=(missing,),
    )

    assert read == RouterFacts(mac=MAC)


def test_other_errors_are_not_taken_for_no_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(interface: str, code: int) -> bytes:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(interface_facts, "interface_request", fail)

    with pytest.raises(OSError, match="Input/output"):
        facts(tmp_path)


def test_the_gateway_is_that_of_the_interfaces_own_default_route_with_the_lowest_metric(
    tmp_path: Path,
) -> None:
    routes = (
        route("eth2", "192.0.2.1")
        + route("eth1", "10.20.0.9", destination="10.30.0.1")
        + route("eth1", "10.20.0.2", metric=20)
        + route("eth1", "10.20.0.1", metric=10)
        + route("eth1", "10.20.0.3", metric=30)
    )

    assert facts(tmp_path, routes).gateway == socket.inet_aton("10.20.0.1")


@pytest.mark.parametrize("flags", [0x1, 0x2, 0x203])
def test_a_route_that_is_down_refusing_or_without_gateway_has_none(
    tmp_path: Path, flags: int
) -> None:
    assert facts(tmp_path, route("eth1", "10.20.0.1", flags=flags)).gateway is None


def test_the_link_local_address_is_the_interfaces_own(tmp_path: Path) -> None:
    ipv6 = (
        "fe800000000000000000000000000001 03 40 20 80     eth2\n"
        "20010db8000000000000000000000001 02 40 00 80     eth1\n"
        f"{LINK_LOCAL} 02 40 20 80     eth1\n"
    )

    assert facts(tmp_path, ipv6=ipv6).link_local == bytes.fromhex(LINK_LOCAL)


def test_of_two_link_local_addresses_the_one_of_the_present_mac_counts(tmp_path: Path) -> None:
    old = "fe80000000000000000000fffe00bb02"
    ipv6 = f"{old} 02 40 20 80 eth1\n{LINK_LOCAL} 02 40 20 80 eth1\n"

    assert facts(tmp_path, ipv6=ipv6).link_local == bytes.fromhex(LINK_LOCAL)
    only_old = f"{old} 02 40 20 80 eth1\n"
    assert facts(tmp_path, ipv6=only_old).link_local == bytes.fromhex(old)


def test_an_address_that_is_someone_elses_is_not_ours(tmp_path: Path) -> None:
    duplicate = f"{LINK_LOCAL} 02 40 20 88     eth1\n"

    assert facts(tmp_path, ipv6=duplicate).link_local is None


def test_the_dns_server_is_the_first_ipv4_one_that_is_not_the_router_itself(
    tmp_path: Path,
) -> None:
    resolv = (
        "# Interface wan\nsearch lan\nnameserver\n"
        "nameserver 2001:db8::53\nnameserver fe80::1%eth1\n"
        "nameserver 127.0.0.53\nnameserver 0.0.0.0\nnameserver 202.114.0.242\nnameserver 8.8.8.8\n"
    )

    assert facts(tmp_path, resolv=(resolv,)).dns == socket.inet_aton("202.114.0.242")


def test_the_first_file_that_names_a_dns_server_counts(tmp_path: Path) -> None:
    resolv = ("nameserver 127.0.0.1\n", "nameserver 10.0.0.53\n", "nameserver 8.8.8.8\n")

    assert facts(tmp_path, resolv=resolv).dns == socket.inet_aton("10.0.0.53")


def test_all_dns_servers_of_that_file_are_told_in_order(tmp_path: Path) -> None:
    resolv = (
        "nameserver 127.0.0.53\nnameserver fe80::1%eth1\n",
        "nameserver 202.114.0.242\nnameserver 2001:db8::53\nnameserver\t8.8.8.8 # why not\n",
        "nameserver 1.1.1.1\n",
    )

    read = facts(tmp_path, resolv=resolv)

    assert read.dns_servers == (socket.inet_aton("202.114.0.242"), socket.inet_aton("8.8.8.8"))
    assert read.dns == read.dns_servers[0]


@pytest.mark.parametrize("resolv", [(), ("",), ("nameserver 127.0.0.1\nnameserver ::1\n",)])
def test_without_a_dns_server_there_is_none(tmp_path: Path, resolv: tuple[str, ...]) -> None:
    read = facts(tmp_path, resolv=resolv)

    assert (read.dns, read.dns_servers) == (None, ())


GLOBAL = "20010db8000000000000000000000002"


def test_the_global_ipv6_address_is_the_interfaces_first_one(tmp_path: Path) -> None:
    ipv6 = (
        "00000000000000000000000000000001 01 80 10 80       lo\n"
        "20010db8000000000000000000000001 02 40 00 80     eth2\n"
        f"{LINK_LOCAL} 03 40 20 80     eth1\n"
        "20010db80000000000000000000000ff 03 40 00 88     eth1\n"
        f"{GLOBAL} 03 40 00 80     eth1\n"
        "20010db8000000000000000000000003 03 40 00 01     eth1\n"
    )

    read = facts(tmp_path, ipv6=ipv6)

    assert read.ipv6_global == bytes.fromhex(GLOBAL), "not the one that is someone else's (88)"
    assert read.link_local == bytes.fromhex(LINK_LOCAL)


def test_a_link_local_address_is_no_global_one(tmp_path: Path) -> None:
    assert facts(tmp_path, ipv6=f"{LINK_LOCAL} 03 40 20 80 eth1\n").ipv6_global is None
    assert facts(tmp_path, ipv6=f"{GLOBAL} 03 40 00 80 eth1\n").link_local is None


NOWHERE = "0" * 32
IPV6_GATEWAY = "fe8000000000000002d0f8fffe000001"


def ipv6_route(
    interface: str,
    gateway: str = IPV6_GATEWAY,
    destination: str = NOWHERE,
    size: int = 0,
    flags: int = 0x0003,
) -> str:
    """Write a line of /proc/net/ipv6_route."""
    return (
        f"{destination} {size:02x} {NOWHERE} 00 {gateway} 00000400 00000001 00000000 "
        f"{flags:08x}     {interface}\n"
    )


def test_the_ipv6_gateway_is_that_of_the_interfaces_own_default_route(tmp_path: Path) -> None:
    routes = (
        ipv6_route("eth2", "fe800000000000000000000000000002")
        + ipv6_route("eth1", NOWHERE, "fe80000000000000".ljust(32, "0"), 64, 0x0001)
        + ipv6_route("eth1", "fe800000000000000000000000000003", "20".ljust(32, "0"), 3)
        + ipv6_route("eth1")
        + ipv6_route("lo", NOWHERE, flags=0x00200200)
    )

    assert facts(tmp_path, ipv6_routes=routes).ipv6_gateway == bytes.fromhex(IPV6_GATEWAY)


@pytest.mark.parametrize(
    "line",
    [
        "",
        ipv6_route("eth2"),
        ipv6_route("eth1", NOWHERE, flags=0x0001),
        ipv6_route("eth1", size=64),
        ipv6_route("eth1", destination="20010db8".ljust(32, "0"), size=32),
    ],
    ids=["nothing", "another interface", "no gateway", "a network of zeros", "another network"],
)
def test_without_a_default_route_there_is_no_ipv6_gateway(tmp_path: Path, line: str) -> None:
    assert facts(tmp_path, ipv6_routes=line).ipv6_gateway is None
