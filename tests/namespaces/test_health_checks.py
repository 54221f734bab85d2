"""The checks of the way out, against real peers: a gateway, hosts, a web server; and forgers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from ruijie_proxy.config.shape.model import HealthConfiguration
from ruijie_proxy.engine.keeping.health import Failure, Impossible
from ruijie_proxy.engine.way_out import Check
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.event_loop import EventLoop
from ruijie_proxy.runtime.health import checks as health_checks
from ruijie_proxy.runtime.health.checks import HealthChecks

if TYPE_CHECKING:
    from tests.namespaces.conftest import Namespace, Network

GATEWAY = "10.20.30.1"
HOST = "10.20.30.7"
ADDRESS = "10.20.30.100"
TIMEOUT = 1.0
"""Seconds that a check has where nothing answers …"""
AMPLE = 20.0
"""… and where something does, however busy the machine is."""
REPEATED = 6.0
"""… and where it does so at the second try."""
LONG = 90.0
"""Seconds that no round takes: a test whose round does has failed."""

WEB_SERVER = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int(sys.argv[2]))
        self.end_headers()
    def log_message(self, *_):
        pass
server = http.server.HTTPServer((sys.argv[1], 80), Handler)
print("serves", flush=True)
server.serve_forever()
"""

IPV6_WEB_SERVER = WEB_SERVER.replace(
    "server =", "http.server.HTTPServer.address_family = 10  # AF_INET6\nserver ="
)

FORGED_NEIGHBOURS = """
import socket, struct, sys
to, gateway = sys.argv[1], socket.inet_pton(socket.AF_INET6, sys.argv[2])
forger = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
scope = socket.if_nametoindex("port")
print("forges", flush=True)
while True:
    # Of another address; solicitations; and of the asked one from beyond a router.
    for hops, kind, target in ((255, 136, gateway[::-1]), (255, 135, gateway), (64, 136, gateway)):
        forger.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, hops)
        forger.sendto(struct.pack(">BBHI", kind, 0, 0, 0) + target, (to, 0, 0, scope))
"""

FORGED_ARP = """
import socket, struct, sys
to, address = (bytes.fromhex(sys.argv[1]), socket.inet_aton(sys.argv[2]))
forger = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
forger.bind(("port", 0))
mine = forger.getsockname()[4]
# Replies of another address, and requests of the asked one.
reply = struct.pack(">HHBBH6s4s6s4s", 1, 0x800, 6, 4, 2, mine, socket.inet_aton("10.20.30.66"),
                    to, address)
request = struct.pack(">HHBBH6s4s6s4s", 1, 0x800, 6, 4, 1, mine, socket.inet_aton(sys.argv[3]),
                      bytes(6), address)
print("forges", flush=True)
while True:
    for packet in (reply, request, reply[:20]):
        forger.send(to + mine + b"\\x08\\x06" + packet)
"""

FORGED_PONGS = """
import os, socket, struct, sys
# From the asked host itself: identifiers that nobody used, and no replies.
forger = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
forger.bind((sys.argv[1], 0))
print("forges", flush=True)
number = 0
while True:
    number += 1
    for kind, sequence in ((0, 9), (3, 1), (0, 0)):
        packet = struct.pack(">BBHHH", kind, 0, 0, number & 0xFFFF, sequence)
        total = sum(struct.unpack(">4H", packet))
        total = (total & 0xFFFF) + (total >> 16)
        packet = packet[:2] + struct.pack(">H", ~total & 0xFFFF) + packet[4:]
        try:
            forger.sendto(packet, (sys.argv[2], 0))
        except OSError:
            pass
"""


class Line:
    """A router's WAN port, and what is at its cable's other end."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.router = network.namespace("router")
        self.campus = network.namespace("campus")
        network.cable(self.router, "wan", self.campus, "port")
        self.campus.ip("address", "add", f"{GATEWAY}/24", "dev", "port")
        self.campus.ip("address", "add", f"{HOST}/24", "dev", "port")
        self.router.ip("address", "add", f"{ADDRESS}/24", "dev", "wan")
        self.router.ip("route", "add", "default", "via", GATEWAY, "dev", "wan")
        self.has_carrier = True
        self.took = 0.0
        self.notes: list[str] = []

    def start(self, where: Namespace, code: str, *arguments: str) -> None:
        """Start Python code, and wait for its first word."""
        process = self.network.start(where, "python3", "-c", code, *arguments)
        assert process.stdout is not None
        assert process.stdout.readline()

    def mac(self) -> str:
        """The WAN port's MAC address."""
        words = self.router.ip("link", "show", "wan").split()
        return words[words.index("link/ether") + 1].replace(":", "")

    def check(
        self, *, after: tuple[float, Any] | None = None, **keys: Any
    ) -> Failure | Impossible | None:
        """Make one round within the router."""
        configuration = HealthConfiguration(enabled=True, **{"timeout": AMPLE, **keys})
        results: list[Failure | Impossible | None] = []
        loop = EventLoop()

        def on_done(result: Failure | Impossible | None) -> None:
            results.append(result)
            loop.stop()

        checks = HealthChecks(
            loop, "wan", configuration, lambda: self.has_carrier, on_done, self.notes.append
        )
        began = time.monotonic()
        with self.router.entered():
            loop.timer(checks.start).set(clock.now())
            loop.timer(loop.stop).set(clock.now() + LONG)
            if after is not None:
                seconds, action = after
                loop.timer(action).set(clock.now() + seconds)
            loop.run()
        self.took = time.monotonic() - began
        loop.close()
        (result,) = results
        return result

    def fails(self, **keys: Any) -> Failure:
        """Make one round, which fails."""
        result = self.check(**{"timeout": TIMEOUT, **keys})
        assert isinstance(result, Failure), result
        return result


@pytest.fixture
def line(network: Network) -> Line:
    return Line(network)


def test_everything_works(line: Line) -> None:
    line.start(line.campus, WEB_SERVER, HOST, "204")

    result = line.check(ping=HOST, url=f"http://{HOST}/generate_204", quarantine=("172.16.0.0/12",))

    assert result is None


def test_a_port_without_a_link_is_not_asked_by(line: Line) -> None:
    line.has_carrier = False

    assert line.fails() == Failure(Check.CARRIER, "wan has no link")


def test_no_address_is_a_failure(line: Line) -> None:
    line.router.ip("address", "flush", "dev", "wan")

    assert line.fails() == Failure(Check.ADDRESS, "wan has no IPv4 address")


def test_an_address_that_the_port_gave_itself_is_a_failure(line: Line) -> None:
    line.router.ip("address", "flush", "dev", "wan")
    line.router.ip("address", "add", "169.254.7.7/16", "dev", "wan")

    failure = line.fails()
    assert failure == Failure(Check.ADDRESS, "no DHCP server has given wan an address")


@pytest.mark.parametrize(
    ("quarantine", "is_within"),
    [
        ("10.20.30.0/24", True),
        ("10.0.0.0/8", True),
        ("0.0.0.0/0", True),
        (f"{ADDRESS}/32", True),
        ("10.20.30.101/32", False),
        ("10.20.31.0/24", False),
        ("172.16.0.0/12", False),
    ],
)
def test_an_address_of_a_quarantine_network_is_a_failure(
    line: Line, quarantine: str, is_within: bool
) -> None:
    result = line.check(quarantine=("192.168.0.0/16", quarantine))

    what = f"{ADDRESS} is an address of the quarantine network {quarantine}"
    assert result == (Failure(Check.ADDRESS, what) if is_within else None)


def test_no_gateway_is_a_failure_where_one_is_wanted(line: Line) -> None:
    line.router.ip("route", "delete", "default")

    assert line.fails().check is Check.GATEWAY
    assert line.check(gateway=False) is None


def test_a_gateway_that_is_gone_answers_nothing(line: Line) -> None:
    line.campus.ip("address", "flush", "dev", "port")

    failure = line.fails()

    assert failure == Failure(Check.GATEWAY, f"the gateway {GATEWAY} answers no ARP request")
    assert line.took > TIMEOUT * 0.9


def test_what_others_send_is_no_answer_of_the_gateway(line: Line) -> None:
    line.campus.ip("address", "flush", "dev", "port")
    line.start(line.campus, FORGED_ARP, line.mac(), ADDRESS, GATEWAY)

    assert line.fails().check is Check.GATEWAY


def test_a_frame_that_was_lost_is_repeated(line: Line) -> None:
    line.campus.ip("link", "set", "port", "arp", "off")

    def mend() -> None:
        line.campus.ip("link", "set", "port", "arp", "on")

    assert line.check(after=(0.2, mend), timeout=REPEATED) is None
    assert line.took > REPEATED / health_checks.TRIES


def test_a_host_that_is_gone_answers_no_ping(line: Line) -> None:
    line.campus.ip("address", "delete", f"{HOST}/24", "dev", "port")

    assert line.fails(ping=HOST) == Failure(Check.PING, f"{HOST} answers no ping")


def test_a_host_without_a_route_to_it_answers_no_ping(line: Line) -> None:
    line.router.ip("route", "delete", "default")

    assert line.fails(gateway=False, ping="8.8.8.8").check is Check.PING


def test_a_ping_through_another_port_does_not_count(line: Line) -> None:
    line.network.cable(line.router, "other", line.network.namespace("elsewhere"), "port2")
    line.router.ip("address", "add", "192.0.2.1/24", "dev", "other")
    line.router.ip("address", "add", "192.0.2.7/32", "dev", "lo")

    assert line.fails(ping="192.0.2.7").check is Check.PING


def test_forged_pongs_are_no_answer_and_cost_little(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at = []
    look = health_checks.is_echo_reply

    def count(packet: bytes, identifier: int) -> bool:
        looked_at.append(packet)
        return look(packet, identifier)

    monkeypatch.setattr(health_checks, "is_echo_reply", count)
    # The host answers no pings of its own.
    line.campus.run("sysctl", "-qw", "net.ipv4.icmp_echo_ignore_all=1")
    for _ in range(2):
        line.start(line.campus, FORGED_PONGS, HOST, ADDRESS)

    assert line.fails(ping=HOST).check is Check.PING
    assert len(looked_at) <= 32


@pytest.mark.parametrize("status", ["200", "302"])
def test_a_portal_in_the_way_is_a_failure(line: Line, status: str) -> None:
    line.start(line.campus, WEB_SERVER, HOST, status)

    failure = line.fails(url=f"http://{HOST}/generate_204", timeout=AMPLE)

    assert failure.check is Check.URL
    assert f"status {status}" in failure.detail


def test_a_web_server_that_hangs_is_a_failure(line: Line) -> None:
    line.start(
        line.campus,
        "import socket, time\n"
        f"server = socket.create_server(('{HOST}', 80))\n"
        "print('serves', flush=True)\ntime.sleep(100)",
    )

    assert line.fails(url=f"http://{HOST}/").check is Check.URL


def test_a_page_through_another_port_does_not_count(line: Line) -> None:
    line.start(line.router, WEB_SERVER, "127.0.0.1", "204")

    assert line.fails(url="http://127.0.0.1/").check is Check.URL


def test_a_port_that_is_gone_cannot_be_checked(line: Line) -> None:
    line.router.ip("link", "delete", "wan")

    assert isinstance(line.check(), Impossible)


def test_a_round_that_is_given_up_says_nothing_and_leaves_nothing_open(line: Line) -> None:
    loop = EventLoop()
    configuration = HealthConfiguration(enabled=True, ping=HOST)
    checks = HealthChecks(
        loop, "wan", configuration, lambda: True, lambda _: pytest.fail("told"), pytest.fail
    )
    line.campus.ip("address", "flush", "dev", "port")
    with line.router.entered():
        checks.start()
        loop.timer(checks.stop).set(clock.now() + 0.2)
        loop.timer(loop.stop).set(clock.now() + 0.4)
        loop.run()
        checks.stop()
    loop.close()


# ---- a network of IPv6 alone

GATEWAY6 = "fe80::1"
GLOBAL6 = "2001:db8:1::100"
HOST6 = "2001:db8:1::7"


@pytest.fixture
def ipv6_line(line: Line) -> Line:
    """A WAN port as router advertisements leave it, where nobody offers IPv4."""
    line.router.ip("address", "flush", "dev", "wan", "scope", "global")
    line.campus.ip("address", "flush", "dev", "port", "scope", "global")
    line.campus.ip("address", "add", f"{GATEWAY6}/64", "dev", "port", "nodad")
    line.campus.ip("address", "add", f"{HOST6}/64", "dev", "port", "nodad")
    line.router.ip("address", "add", f"{GLOBAL6}/64", "dev", "wan", "nodad")
    line.router.ip("-6", "route", "add", "default", "via", GATEWAY6, "dev", "wan")
    for where, interface in ((line.router, "wan"), (line.campus, "port")):
        wait_for_link_local(where, interface)
    return line


def wait_for_link_local(where: Namespace, interface: str) -> None:
    end = time.monotonic() + LONG
    while "tentative" in (told := where.ip("-6", "address", "show", "dev", interface)) or (
        "fe80:" not in told
    ):
        assert time.monotonic() < end, told
        time.sleep(0.05)


def test_a_port_with_ipv6_alone_is_as_good_as_any(ipv6_line: Line) -> None:
    ipv6_line.start(ipv6_line.campus, IPV6_WEB_SERVER, HOST6, "204")

    result = ipv6_line.check(ping=HOST6, url=f"http://[{HOST6}]/generate_204")

    assert result is None
    assert ipv6_line.notes == []


def test_its_gateway_is_asked_as_a_neighbour(ipv6_line: Line) -> None:
    ipv6_line.campus.ip("address", "delete", f"{GATEWAY6}/64", "dev", "port")

    failure = ipv6_line.fails()

    told = f"the gateway {GATEWAY6} does not answer as a neighbour"
    assert failure == Failure(Check.GATEWAY, told)


def test_what_others_say_of_the_neighbour_does_not_count(ipv6_line: Line) -> None:
    ipv6_line.campus.ip("address", "delete", f"{GATEWAY6}/64", "dev", "port")
    told = ipv6_line.router.ip("-6", "-o", "address", "show", "dev", "wan", "scope", "link")
    own = told.split("inet6 ")[1].split("/")[0]
    ipv6_line.start(ipv6_line.campus, FORGED_NEIGHBOURS, own, GATEWAY6)

    assert ipv6_line.fails().check is Check.GATEWAY


def test_without_a_gateway_it_fails_where_one_is_wanted(ipv6_line: Line) -> None:
    ipv6_line.router.ip("-6", "route", "delete", "default")

    assert ipv6_line.fails().check is Check.GATEWAY
    assert ipv6_line.check(gateway=False) is None


def test_hosts_that_are_gone_fail_by_ipv6_too(ipv6_line: Line) -> None:
    assert ipv6_line.fails(ping="2001:db8:1::66").check is Check.PING
    assert ipv6_line.fails(url=f"http://[{HOST6}]/").check is Check.URL


def test_a_host_of_ipv4_is_not_asked_where_there_is_none_and_that_is_told(ipv6_line: Line) -> None:
    assert ipv6_line.check(ping="114.114.114.114", url="http://192.0.2.1/") is None

    assert ipv6_line.notes == [
        f"{host} is not asked: its address is of IPv4, and wan has IPv6 alone"
        for host in ("114.114.114.114", "192.0.2.1")
    ]


@pytest.mark.parametrize("address", ["fd00::100/64", None])
def test_an_address_that_leads_nowhere_is_none(ipv6_line: Line, address: str | None) -> None:
    ipv6_line.router.ip("address", "delete", f"{GLOBAL6}/64", "dev", "wan")
    if address is not None:
        ipv6_line.router.ip("address", "add", address, "dev", "wan", "nodad")

    assert ipv6_line.fails() == Failure(Check.ADDRESS, "wan has no IPv4 address")


def test_an_address_that_a_client_of_dhcp_gave_itself_there_does_no_harm(ipv6_line: Line) -> None:
    ipv6_line.router.ip("address", "add", "169.254.7.7/16", "dev", "wan")

    assert ipv6_line.check() is None


def test_a_port_that_has_lost_its_ipv4_is_none_of_ipv6_alone(line: Line) -> None:
    line.router.ip("address", "add", f"{GLOBAL6}/64", "dev", "wan", "nodad")
    results: list[Failure | Impossible | None] = []
    loop = EventLoop()

    def on_done(result: Failure | Impossible | None) -> None:
        results.append(result)
        if len(results) == 1:
            line.router.ip("address", "delete", f"{ADDRESS}/24", "dev", "wan")
            loop.timer(checks.start).set(clock.now())
        else:
            loop.stop()

    configuration = HealthConfiguration(enabled=True, timeout=AMPLE)
    checks = HealthChecks(loop, "wan", configuration, lambda: True, on_done, pytest.fail)
    with line.router.entered():
        loop.timer(checks.start).set(clock.now())
        loop.timer(loop.stop).set(clock.now() + LONG)
        loop.run()
    loop.close()

    assert results == [None, Failure(Check.ADDRESS, "wan has no IPv4 address")]
