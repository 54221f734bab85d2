"""Ask the machine what the router's own frames say of it: addresses, gateway, DNS server."""

from __future__ import annotations

import errno
import sys

from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.protocol.ethernet import link_local_address
from ruijie_proxy.runtime.basis.c_modules import socket
from ruijie_proxy.runtime.ports.hardware_address import hardware_address
from ruijie_proxy.runtime.ports.interface_request import (
    SIOCGIFADDR,
    SIOCGIFNETMASK,
    interface_request,
)

ROUTES_FILE = "/proc/net/route"
IPV6_ADDRESSES_FILE = "/proc/net/if_inet6"
IPV6_ROUTES_FILE = "/proc/net/ipv6_route"
RESOLV_FILES = (
    "/tmp/resolv.conf.d/resolv.conf.auto",  # noqa: S108 - OpenWrt, written by netifd
    "/tmp/resolv.conf.auto",  # noqa: S108 - OpenWrt before 21.02
    "/run/systemd/resolve/resolv.conf",
    "/etc/resolv.conf",
)
"""Where the DNS servers of the provider stand; the first file that names one counts. The last one
often names but a resolver of the router's own."""
ROUTE_FOLLOWS = 1.0
"""Seconds in which a DHCP client sets the gateway after the address: it takes a command more."""

_ADDRESS_OFFSET = 4
"""struct sockaddr_in: family (2 bytes), port (2), address (4)."""
_LOOPBACK_NETWORK = 127

# linux/route.h
_RTF_UP = 0x1
_RTF_GATEWAY = 0x2
_RTF_REJECT = 0x200
_DEFAULT_ROUTE = "00000000"

# net/ipv6.h, linux/if_addr.h
_SCOPE_GLOBAL = 0x00
_SCOPE_LINK = 0x20
_PREFIX_SIZE = 8
"""Bytes of an IPv6 address before the interface's identifier (RFC 4291, 2.5.1)."""
_IFA_F_DADFAILED = 0x08
_UNIQUE_LOCAL_BITS, _UNIQUE_LOCAL = 0xFE, 0xFC


def read_interface_facts(
    interface: str,
    *,
    routes_file: str = ROUTES_FILE,
    ipv6_addresses_file: str = IPV6_ADDRESSES_FILE,
    ipv6_routes_file: str = IPV6_ROUTES_FILE,
    resolv_files: tuple[str, ...] = RESOLV_FILES,
) -> RouterFacts:
    """Read what the interface has at present.

    Raises InterfaceMissing or NotEthernet.
    """
    mac = hardware_address(interface)
    dns_servers = _dns_servers(resolv_files)
    ipv6_addresses = _lines(ipv6_addresses_file)
    return RouterFacts(
        mac=mac,
        address=_ipv4(interface, SIOCGIFADDR),
        netmask=_ipv4(interface, SIOCGIFNETMASK),
        gateway=_default_gateway(interface, _lines(routes_file)),
        dns=dns_servers[0] if dns_servers else None,
        link_local=_link_local(interface, mac, ipv6_addresses),
        dns_servers=dns_servers,
        ipv6_global=_ipv6_global(interface, ipv6_addresses),
        ipv6_gateway=_ipv6_gateway(interface, _lines(ipv6_routes_file)),
    )


def _ipv4(interface: str, code: int) -> bytes | None:
    try:
        answer = interface_request(interface, code)
    except OSError as error:
        if error.errno == errno.EADDRNOTAVAIL:
            return None
        raise
    return answer[_ADDRESS_OFFSET : _ADDRESS_OFFSET + 4]


def _default_gateway(interface: str, lines: list[str]) -> bytes | None:
    """Return the gateway of the interface's default route; of several, the one in use."""
    best: tuple[int, bytes] | None = None
    for line in lines[1:]:
        name, destination, gateway, flags, _, _, metric, mask = line.split()[:8]
        states = int(flags, 16) & (_RTF_UP | _RTF_GATEWAY | _RTF_REJECT)
        if name != interface or states != _RTF_UP | _RTF_GATEWAY:
            continue
        if destination == mask == _DEFAULT_ROUTE and (best is None or int(metric) < best[0]):
            # Printed as a number that has the bytes in the CPU's order.
            best = int(metric), int(gateway, 16).to_bytes(4, sys.byteorder)
    return best[1] if best else None


def _link_local(interface: str, mac: bytes, lines: list[str]) -> bytes | None:
    """Return the interface's link-local address; of several, the one made from its MAC address.

    There are several after the MAC address was changed: the kernel keeps the old one's.
    """
    found = _ipv6(interface, _SCOPE_LINK, lines)
    identifier = link_local_address(mac)[_PREFIX_SIZE:]
    for address in found:
        if address.endswith(identifier):
            return address
    return found[0] if found else None


def _ipv6_global(interface: str, lines: list[str]) -> bytes | None:
    """Return the interface's global address; one by which the Internet is reached goes first."""
    found = _ipv6(interface, _SCOPE_GLOBAL, lines)
    leading_out = [address for address in found if not is_unique_local(address)]
    return next(iter([*leading_out, *found]), None)


def is_unique_local(address: bytes) -> bool:
    """Whether an IPv6 address is one of fc00::/7, which no Internet knows (RFC 4193)."""
    return address[0] & _UNIQUE_LOCAL_BITS == _UNIQUE_LOCAL


def _ipv6(interface: str, wanted_scope: int, lines: list[str]) -> list[bytes]:
    """Return the interface's IPv6 addresses of a scope."""
    found = []
    for line in lines:
        text, _, _, scope, flags, name = line.split()
        is_ours = name == interface and int(scope, 16) == wanted_scope
        if is_ours and not int(flags, 16) & _IFA_F_DADFAILED:
            found.append(bytes.fromhex(text))
    return found


def _ipv6_gateway(interface: str, lines: list[str]) -> bytes | None:
    """Return the link-local address of the gateway of the interface's IPv6 default route."""
    for line in lines:
        destination, size, _, _, gateway, _, _, _, flags, name = line.split()
        is_default = int(size, 16) == 0 and not destination.strip("0")
        if name == interface and is_default and int(flags, 16) & _RTF_GATEWAY:
            return bytes.fromhex(gateway)
    return None


def _dns_servers(files: tuple[str, ...]) -> tuple[bytes, ...]:
    for file in files:
        found = []
        for line in _lines(file):
            words = line.split()
            if len(words) < 2 or words[0] != "nameserver":
                continue
            try:
                address = socket.inet_aton(words[1])
            except OSError:
                continue  # an IPv6 one
            if address[0] != _LOOPBACK_NETWORK and any(address):
                found.append(address)
        if found:
            return tuple(found)
    return ()


def _lines(file: str) -> list[str]:
    """Return the lines of a file; none where there is no such file (IPv6 may be switched off)."""
    try:
        with open(file, encoding="utf-8", errors="surrogateescape") as lines:
            return lines.readlines()
    except FileNotFoundError:
        return []
