"""When the client got its address, and from which network it came: by DHCP's frames and others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from ruijie_proxy.engine.settings import DhcpMode
from ruijie_proxy.inspect.client_data import ClientData
from ruijie_proxy.learn.candidates import Candidate
from ruijie_proxy.learn.findings import NOT_SEEN, Found
from ruijie_proxy.learn.observing import Frame, Observed
from ruijie_proxy.protocol.private_block import UNKNOWN_ADDRESS

_USUAL_NETMASK = bytes((255, 255, 255, 0))
"""For an address whose netmask was not captured."""
_WIDEST = 8
"""Bits of the largest network that a campus keeps people in."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """What is known of them."""

    dhcp: Found[DhcpMode] = NOT_SEEN
    address: Found[bytes] = NOT_SEEN
    quarantine: Found[str] = NOT_SEEN


@dataclass(frozen=True, slots=True)
class _Told:
    """An address that the client had at a time."""

    number: int
    order: int
    address: bytes
    netmask: bytes | None
    is_lease: bool
    """Whether a DHCP server gave it then."""


def study_addresses(
    observed: Observed, candidate: Candidate, data: Sequence[tuple[Frame, ClientData]]
) -> Addresses:
    """Return what a capture shows. ``data``: what the client's own frames say, in their order."""
    session = candidate.outward.session
    told = sorted(_told(observed, candidate, data), key=lambda one: one.order)
    last = Found.shown(told[-1].address, told[-1].number) if told else NOT_SEEN
    results = [login.result for login in session if login.result is not None]
    if not results:
        return Addresses(_fixed(data), last)
    first, final = results[0].order, results[-1].order
    before = [one for one in told if one.order < first]
    between = [one for one in told if first < one.order < final]
    after = [one for one in told if one.order > final]
    dhcp = _mode(before, between, after, len(session), data)
    return Addresses(dhcp, last, _quarantine(before, between + after))


def _mode(
    before: Sequence[_Told],
    between: Sequence[_Told],
    after: Sequence[_Told],
    successes: int,
    data: Sequence[tuple[Frame, ClientData]],
) -> Found[DhcpMode]:
    fixed = _fixed(data)
    if successes > 1:
        got = _new(before, between)
        if got is not None:
            return Found.shown(DhcpMode.DOUBLE, got.number)
        return fixed if fixed.is_known else Found.inferred(DhcpMode.DOUBLE)
    got = _new(before, after)
    if got is not None:
        return Found.shown(DhcpMode.AFTER, got.number)
    if fixed.is_known:
        return fixed
    leased = [one for one in before if one.is_lease]
    if leased:
        return Found.shown(DhcpMode.BEFORE, leased[-1].number)
    if before and after:
        # The address from before the login is in use after it.
        return Found.inferred(DhcpMode.BEFORE, before[-1].number)
    return NOT_SEEN


def _new(before: Sequence[_Told], later: Sequence[_Told]) -> _Told | None:
    """Return the first that was got later: by DHCP, or another than what there was before."""
    known = {one.address for one in before}
    return next((one for one in later if one.is_lease or one.address not in known), None)


def _fixed(data: Sequence[tuple[Frame, ClientData]]) -> Found[DhcpMode]:
    for frame, one in data:
        if one.head is not None and not one.head.from_dhcp:
            return Found.shown(DhcpMode.OFF, frame.number)
    return NOT_SEEN


def _told(
    observed: Observed, candidate: Candidate, data: Iterable[tuple[Frame, ClientData]]
) -> Iterable[_Told]:
    """Give all addresses of the client: leased, told in its private data, or sent from."""
    station = candidate.outward.address
    for lease in observed.leases:
        if lease.station == station and lease.address is not None:
            yield _Told(lease.number, lease.order, lease.address, lease.netmask, is_lease=True)
    for source in observed.sources.get(station, ()):
        yield _Told(source.number, source.order, source.address, None, is_lease=False)
    if candidate.is_relayed:
        return  # the client's own address is one that the router has given it
    for frame, one in data:
        head = one.head
        if head is not None and head.address != UNKNOWN_ADDRESS:
            netmask = None if head.netmask == UNKNOWN_ADDRESS else head.netmask
            yield _Told(frame.number, frame.order, head.address, netmask, is_lease=False)


def _quarantine(before: Sequence[_Told], later: Sequence[_Told]) -> Found[str]:
    """Return the network that the client was kept in, where the login got it out of one."""
    if not before or not later:
        return NOT_SEEN
    old, new = before[-1], later[-1]
    netmasks = [one.netmask for one in before if one.address == old.address and one.netmask]
    network = _network(old.address, netmasks[-1] if netmasks else _USUAL_NETMASK)
    if network is None or network.is_global or IPv4Address(new.address) in network:
        return NOT_SEEN
    sure = Found.shown if netmasks else Found.inferred
    return sure(str(network), old.number)


def _network(address: bytes, netmask: bytes) -> IPv4Network | None:
    try:
        network = IPv4Network((address, str(IPv4Address(netmask))), strict=False)
    except ValueError:
        return None
    return network if network.prefixlen >= _WIDEST else None
