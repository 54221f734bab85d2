"""What the router's own frames say of it."""

from __future__ import annotations

from ruijie_proxy.values import Frozen


class RouterFacts(Frozen):
    """The addresses of the router's WAN port; docs/protocol.md, "The private block".

    None stands for what the router does not have, or not yet.
    """

    mac: bytes
    """MAC address, 6 bytes."""
    address: bytes | None = None
    """IPv4 address, 4 bytes, as are the next three."""
    netmask: bytes | None = None
    gateway: bytes | None = None
    dns: bytes | None = None
    """The first DNS server."""
    link_local: bytes | None = None
    """IPv6 link-local address, 16 bytes, as are the next two."""
    dns_servers: tuple[bytes, ...] = ()
    """All DNS servers, 4 bytes each, the first one included."""
    ipv6_global: bytes | None = None
    ipv6_gateway: bytes | None = None
    """The gateway's link-local address."""
