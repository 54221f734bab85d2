"""The checks that the way out works: carrier, address, gateway, ping, page.

They are made one after the other, up to the first that fails; each is bounded in time, and in what
anybody on the network can make it read. Sockets are open only while something is awaited, and are
bound to the WAN port, so that on a router with several ways out it is this one that is checked.
Nothing here waits.
"""

from __future__ import annotations

import os
import struct

from ruijie_proxy.engine.keeping.health import Failure, Impossible
from ruijie_proxy.engine.way_out import Check
from ruijie_proxy.i18n import _, reason_of
from ruijie_proxy.runtime.address.dhcp_renewal import LINK_LOCAL_NETWORK
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.c_modules import socket
from ruijie_proxy.runtime.health.http_check import HttpCheck, split_url
from ruijie_proxy.runtime.ports.interface_errors import InterfaceError
from ruijie_proxy.runtime.ports.interface_facts import is_unique_local, read_interface_facts
from ruijie_proxy.runtime.ports.packet_filter import (
    JUMP_IF_EQUAL,
    LOAD_HALF_WORD,
    LOAD_HALF_WORD_INDEXED,
    LOAD_IP_HEADER_SIZE,
    LOAD_WORD,
    RETURN,
    assemble,
    attach_filter,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from ruijie_proxy.config.shape.model import HealthConfiguration
    from ruijie_proxy.engine.router_facts import RouterFacts
    from ruijie_proxy.runtime.basis.event_loop import EventLoop

    Result: TypeAlias = Failure | Impossible | None

TRIES = 2
"""How often a gateway or a host is asked within a check's time: one frame may get lost."""
_MOST_ANSWERS = 32
"""How many packets are read that are no answer; the kernel's filters leave few."""
_LARGEST_ANSWER = 256
_RECEIVE_BUFFER = 4096
"""Bytes; the kernel rounds them up to its least, a few packets."""

# RFC 826; numbers of hardware and protocol: RFC 1700.
_ETHERTYPE_ARP = 0x0806
_ARP = struct.Struct(">HHBBH6s4s6s4s")
"""Hardware, protocol, sizes of their addresses, operation; sender's and target's addresses."""
_ARP_ETHERNET = 1
_ARP_IPV4 = 0x0800
_ARP_REQUEST = 1
_ARP_REPLY = 2
_ARP_OPERATION_OFFSET = 6
_ARP_SENDER_OFFSET = 14
_BROADCAST = b"\xff" * 6

# RFC 792, "Echo or Echo Reply Message".
_ECHO_REQUEST = 8
_ECHO_REPLY = 0
_ECHO = struct.Struct(">BBHHH")
"""Type, code, checksum, identifier, sequence number."""
_ECHO_IDENTIFIER_OFFSET = 4
_ECHO_CONTENT = bytes(range(32))
_IP_SOURCE_OFFSET = 12
"""Of an IPv4 packet (RFC 791, section 3.1)."""


class HealthChecks:
    """Checks one WAN port, one round at a time."""

    def __init__(
        self,
        loop: EventLoop,
        interface: str,
        configuration: HealthConfiguration,
        has_carrier: Callable[[], bool],
        on_done: Callable[[Failure | Impossible | None], None],
        on_note: Callable[[str], None],
    ) -> None:
        """Do nothing yet. ``on_done`` gets what a round came to; None: everything works.
        ``on_note`` is told, in each round, which check has no sense at this port.
        """
        self._loop = loop
        self._interface = interface
        self._configuration = configuration
        self._has_carrier = has_carrier
        self._on_done = on_done
        self._on_note = on_note
        self._had_ipv4 = False
        """Whether the port has had an address of IPv4 that counts, and so should have one."""
        self._steps: list[Callable[[RouterFacts], Result]] = []
        self._under_way: _Question | HttpCheck | None = None
        self._facts: RouterFacts | None = None

    def start(self) -> None:
        """Begin a round; ``on_done`` may be called before this returns."""
        self.stop()
        configuration = self._configuration
        steps: list[Callable[[RouterFacts], Result]] = [self._check_address]
        if configuration.gateway:
            steps.append(self._ask_gateway)
        if configuration.ping is not None:
            steps.append(self._ping)
        if configuration.url is not None:
            steps.append(self._ask_for_page)
        if not self._has_carrier():
            self._on_done(Failure(Check.CARRIER, _("{port} has no link", port=self._interface)))
            return
        try:
            self._facts = read_interface_facts(self._interface)
        except InterfaceError as error:
            self._on_done(Impossible(str(error)))
            return
        self._steps = steps
        self._go_on(None)

    def stop(self) -> None:
        """End a round under way, without a result."""
        self._steps = []
        if self._under_way is not None:
            self._under_way.close()
            self._under_way = None

    def _go_on(self, result: Result) -> None:
        """Take the steps that are left, until one fails or has to be waited for."""
        while result is None and self._steps and self._facts is not None:
            step = self._steps.pop(0)
            try:
                result = step(self._facts)
            except OSError as error:
                result = Impossible(
                    _("{port}: {reason}", port=self._interface, reason=reason_of(error))
                )
            if self._under_way is not None:
                return
        self._steps = []
        self._on_done(result)

    def _end_step(self, failure: Failure | None) -> None:
        self._under_way = None
        self._go_on(failure)

    # Each returns what is wrong, or leaves something under way.

    def _check_address(self, facts: RouterFacts) -> Result:
        address = facts.address
        if self._has_ipv6_alone(facts):
            return None
        if address is None:
            return Failure(Check.ADDRESS, _("{port} has no IPv4 address", port=self._interface))
        if address.startswith(LINK_LOCAL_NETWORK):
            what = _("no DHCP server has given {port} an address", port=self._interface)
            return Failure(Check.ADDRESS, what)
        self._had_ipv4 = True
        for network in self._configuration.quarantine:
            if is_within(address, network):
                what = _(
                    "{address} is an address of the quarantine network {network}",
                    address=socket.inet_ntoa(address),
                    network=network,
                )
                return Failure(Check.ADDRESS, what)
        return None

    def _has_ipv6_alone(self, facts: RouterFacts) -> bool:
        """Whether the port is one of a network without IPv4, and not one that has lost its lease.

        Only an address that leads out counts for that.
        """
        address = facts.address
        if self._had_ipv4 or (address and not address.startswith(LINK_LOCAL_NETWORK)):
            return False
        return facts.ipv6_global is not None and not is_unique_local(facts.ipv6_global)

    def _ask_gateway(self, facts: RouterFacts) -> Result:
        if self._has_ipv6_alone(facts):
            return self._ask_neighbour(facts)
        gateway = facts.gateway
        if gateway is None or facts.address is None:
            return self._no_gateway()
        request = arp_request(facts.mac, facts.address, gateway)
        to = (self._interface, _ETHERTYPE_ARP, 0, 0, _BROADCAST)
        # Protocol 0 receives nothing, so nothing comes in before the filter is there.
        arp = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self._ask(
            arp,
            prepare=lambda: _prepare_arp(arp, self._interface, gateway),
            send=lambda number: arp.sendto(request, to),  # noqa: ARG005 - each is the same
            is_answer=lambda packet: True,  # noqa: ARG005 - the filter leaves nothing else
            failure=Failure(
                Check.GATEWAY,
                _(
                    "the gateway {address} answers no ARP request",
                    address=socket.inet_ntoa(gateway),
                ),
            ),
        )
        return None

    def _no_gateway(self) -> Failure:
        what = _(
            "no gateway is reached by {port} (if that is as it should be, leave this check out)",
            port=self._interface,
        )
        return Failure(Check.GATEWAY, what)

    def _ask_neighbour(self, facts: RouterFacts) -> Result:
        from ruijie_proxy.runtime.health import ipv6_checks

        gateway = facts.ipv6_gateway
        if gateway is None:
            return self._no_gateway()
        icmp = ipv6_checks.open_icmp()
        self._ask(
            icmp,
            prepare=lambda: ipv6_checks.prepare_neighbour(icmp, self._interface, gateway),
            send=lambda number: ipv6_checks.solicit(  # noqa: ARG005 - each is the same
                icmp, self._interface, facts.mac, gateway
            ),
            is_answer=lambda packet: True,  # noqa: ARG005 - the filter leaves nothing else
            failure=Failure(
                Check.GATEWAY,
                _(
                    "the gateway {address} does not answer as a neighbour",
                    address=socket.inet_ntop(socket.AF_INET6, gateway),
                ),
            ),
        )
        return None

    def _has_no_sense(self, host: str, facts: RouterFacts) -> bool:
        """Whether a host has an address of IPv4 and the port none; that is told."""
        if not is_ipv4(host) or not self._has_ipv6_alone(facts):
            return False
        told = _(
            "{host} is not asked: its address is of IPv4, and {port} has IPv6 alone",
            host=host,
            port=self._interface,
        )
        self._on_note(told)
        return True

    def _ping(self, facts: RouterFacts) -> Result:
        host = self._configuration.ping
        if host is None or self._has_no_sense(host, facts):
            return None
        if ":" in host:
            self._ping_by_ipv6(host)
            return None
        identifier = int.from_bytes(os.urandom(2), "big")
        kind = socket.SOCK_RAW | socket.SOCK_NONBLOCK
        icmp = socket.socket(socket.AF_INET, kind, socket.IPPROTO_ICMP)
        self._ask(
            icmp,
            prepare=lambda: _prepare_icmp(icmp, self._interface, host, identifier),
            send=lambda number: icmp.sendto(echo_request(identifier, number), (host, 0)),
            is_answer=lambda packet: is_echo_reply(packet, identifier),
            failure=Failure(Check.PING, _("{host} answers no ping", host=host)),
        )
        return None

    def _ping_by_ipv6(self, host: str) -> None:
        from ruijie_proxy.runtime.health import ipv6_checks

        identifier = int.from_bytes(os.urandom(2), "big")
        icmp = ipv6_checks.open_icmp()
        self._ask(
            icmp,
            prepare=lambda: ipv6_checks.prepare_ping(icmp, self._interface, host, identifier),
            send=lambda number: ipv6_checks.ping(icmp, self._interface, host, identifier, number),
            is_answer=lambda packet: ipv6_checks.is_echo_reply(packet, TRIES),
            failure=Failure(Check.PING, _("{host} answers no ping", host=host)),
        )

    def _ask_for_page(self, facts: RouterFacts) -> Result:
        configuration = self._configuration
        if configuration.url is None:
            return None
        host = split_url(configuration.url)[0]
        if not self._has_no_sense(host, facts):
            by_ipv6 = ":" in host or self._has_ipv6_alone(facts)
            self._under_way = HttpCheck(
                self._loop,
                self._interface,
                configuration.url,
                configuration.status,
                configuration.timeout,
                lambda wrong: self._end_step(None if wrong is None else Failure(Check.URL, wrong)),
                socket.AF_INET6 if by_ipv6 else socket.AF_INET,
            )
        return None

    def _ask(
        self,
        by: socket.socket,
        *,
        prepare: Callable[[], None],
        send: Callable[[int], object],
        is_answer: Callable[[bytes], bool],
        failure: Failure,
    ) -> None:
        try:
            prepare()
        except BaseException:
            by.close()
            raise

        def on_done(was_answered: bool) -> None:
            self._end_step(None if was_answered else failure)

        self._under_way = _Question(
            self._loop, by, send, is_answer, self._configuration.timeout, on_done
        )


class _Question:
    """Something that is sent, at most so often, and the wait for its answer.

    It owns its socket. ``on_done`` is told from the loop whether an answer came.
    """

    def __init__(
        self,
        loop: EventLoop,
        by: socket.socket,
        send: Callable[[int], object],
        is_answer: Callable[[bytes], bool],
        timeout: float,
        on_done: Callable[[bool], None],
    ) -> None:
        self._loop = loop
        self._socket = by
        self._send = send
        self._is_answer = is_answer
        self._on_done = on_done
        self._wait = timeout / TRIES
        self._sent = 0
        self._read = 0
        self._is_read = True
        self._timer = loop.timer(self._on_timer)
        loop.add_reader(by.fileno(), self._on_packet)
        # By the loop, so that on_done is never called before the constructor has returned.
        self._timer.set(clock.now())

    def close(self) -> None:
        """End it without a result."""
        self._timer.set(None)
        self._stop_reading()
        self._socket.close()

    def _on_timer(self) -> None:
        if self._sent == TRIES:
            self.close()
            self._on_done(False)
            return
        self._sent += 1
        self._timer.set(clock.now() + self._wait)
        try:
            self._send(self._sent)
        except OSError:
            # No route, a port that goes down this moment: it stays unanswered, as if it were lost.
            return

    def _on_packet(self) -> None:
        if not self._is_read:
            return
        try:
            packet = self._socket.recv(_LARGEST_ANSWER)
        except OSError:  # nothing to read, or what a host on the way says: no answer
            packet = b""
        if packet and self._sent and self._is_answer(packet):
            self.close()
            self._on_done(True)
            return
        self._read += 1
        if self._read == _MOST_ANSWERS:
            self._stop_reading()

    def _stop_reading(self) -> None:
        if self._is_read:
            self._is_read = False
            self._loop.remove_reader(self._socket.fileno())


def is_ipv4(host: str) -> bool:
    """Whether a host is named by an address of IPv4."""
    return host.replace(".", "").isdigit()


def is_within(address: bytes, network: str) -> bool:
    """Whether an IPv4 address of 4 bytes is one of a network such as ``172.16.0.0/12``."""
    first, _, size = network.partition("/")
    differing = int.from_bytes(address, "big") ^ int.from_bytes(socket.inet_aton(first), "big")
    return differing >> (32 - int(size)) == 0


def arp_request(mac: bytes, address: bytes, target: bytes) -> bytes:
    """Return the packet, behind the Ethernet header, that asks for the MAC address of a target."""
    sizes = (len(mac), len(address))
    return _ARP.pack(
        _ARP_ETHERNET, _ARP_IPV4, *sizes, _ARP_REQUEST, mac, address, bytes(len(mac)), target
    )


def echo_request(identifier: int, number: int) -> bytes:
    """Return an ICMP packet, without its IP header."""
    header = _ECHO.pack(_ECHO_REQUEST, 0, 0, identifier, number)
    checksum = _internet_checksum(header + _ECHO_CONTENT)
    return _ECHO.pack(_ECHO_REQUEST, 0, checksum, identifier, number) + _ECHO_CONTENT


def is_echo_reply(packet: bytes, identifier: int) -> bool:
    """Whether an IPv4 packet answers one of the requests with this identifier. Raises nothing."""
    icmp = packet[(packet[0] & 0xF) * 4 :] if packet else b""
    if len(icmp) < _ECHO.size:
        return False
    kind, code, _, answered, number = _ECHO.unpack_from(icmp)
    return (kind, code, answered) == (_ECHO_REPLY, 0, identifier) and 0 < number <= TRIES


def _prepare_arp(arp: socket.socket, interface: str, gateway: bytes) -> None:
    """Let a datagram packet socket hear ARP replies from the gateway's address, and nothing else.

    To it, a packet begins behind the Ethernet header.
    """
    arp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
    program = assemble(
        (LOAD_HALF_WORD, 0, 0, _ARP_OPERATION_OFFSET),
        (JUMP_IF_EQUAL, 0, 3, _ARP_REPLY),
        (LOAD_WORD, 0, 0, _ARP_SENDER_OFFSET),
        (JUMP_IF_EQUAL, 0, 1, int.from_bytes(gateway, "big")),
        (RETURN, 0, 0, _ARP.size),
        (RETURN, 0, 0, 0),
    )
    attach_filter(arp, program)
    arp.bind((interface, _ETHERTYPE_ARP))


def _prepare_icmp(icmp: socket.socket, interface: str, host: str, identifier: int) -> None:
    """Let a raw socket hear what a host answers to an identifier; a packet has its IP header."""
    icmp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
    program = assemble(
        (LOAD_WORD, 0, 0, _IP_SOURCE_OFFSET),
        (JUMP_IF_EQUAL, 0, 6, int.from_bytes(socket.inet_aton(host), "big")),
        (LOAD_IP_HEADER_SIZE, 0, 0, 0),
        (LOAD_HALF_WORD_INDEXED, 0, 0, 0),  # type and code
        (JUMP_IF_EQUAL, 0, 3, _ECHO_REPLY),
        (LOAD_HALF_WORD_INDEXED, 0, 0, _ECHO_IDENTIFIER_OFFSET),
        (JUMP_IF_EQUAL, 0, 1, identifier),
        (RETURN, 0, 0, _LARGEST_ANSWER),
        (RETURN, 0, 0, 0),
    )
    attach_filter(icmp, program)
    icmp.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, os.fsencode(interface) + b"\0")


def _internet_checksum(data: bytes) -> int:
    """The one's complement of the one's complement sum of 16-bit words (RFC 1071)."""
    total = sum(int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF
