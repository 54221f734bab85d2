"""Has the WAN port an address that leads out, once it is online?"""

from __future__ import annotations

import socket
from datetime import datetime

from ruijie_proxy.config.model import RenewMethod
from ruijie_proxy.doctor.findings import Finding, Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ruijie_proxy.config.model import SessionConfiguration
    from ruijie_proxy.doctor.addresses import WanAddress
    from ruijie_proxy.doctor.machine import Machine

_LINK_LOCAL_NETWORK = bytes((169, 254))
"""What a host gives itself when no DHCP server answers (RFC 3927)."""
_TOLERANCE = 2.0
"""Seconds; the time of the login is told in whole ones."""


def examine_address(session: SessionConfiguration, machine: Machine) -> Iterator[Finding]:
    """Yield whether the address is still that of the quarantine network (docs/protocol.md,
    "Logins"). Before the login any address will do.
    """
    found = dict(machine.wan_addresses).get(session.wan)
    if found is None or not machine.is_online(session):
        return
    wan = session.wan
    by_dhcp = session.dhcp.method is not RenewMethod.OFF
    if found.address is None:
        yield Finding(
            Severity.WARNING if by_dhcp else Severity.NOTE,
            "no-address",
            f"It is online, but {wan} has no IPv4 address.",
            _renew(found)
            if by_dhcp
            else f"Give {wan} its fixed address; or use DHCP, and leave out “dhcp:”.",
        )
        return
    text = socket.inet_ntoa(found.address)
    if found.address.startswith(_LINK_LOCAL_NETWORK):
        yield Finding(
            Severity.WARNING,
            "link-local-address",
            f"{wan} has given itself {text}, because no DHCP server answered it.",
            _renew(found),
        )
        return
    is_old = by_dhcp and _is_from_before_the_login(session, machine, found)
    age = f"{wan} still has the address {text} from before the login"
    if found.gateway is None:
        yield Finding(
            Severity.WARNING if is_old else Severity.NOTE,
            "dhcp-quarantine" if is_old else "no-default-route",
            f"{age}, and no default route: that is the quarantine network's."
            if is_old
            else f"No default route leads through {wan}.",
            _renew(found)
            if is_old
            else f"If it should: ip route add default via GATEWAY dev {wan}",
        )
    elif found.gateway_is_silent:
        gateway = socket.inet_ntoa(found.gateway)
        yield Finding(
            Severity.WARNING,
            "dhcp-quarantine",
            f"It is online, but the gateway {gateway} of {wan} does not answer: the address {text} "
            "most likely is the quarantine network's.",
            _renew(found),
        )
    elif is_old:
        yield Finding(
            Severity.NOTE,
            "address-from-before",
            f"{age}. If there is no Internet, it is the quarantine network's.",
            _renew(found),
        )
    else:
        yield Finding(Severity.OK, "address", f"{wan} has the address {text} and a gateway.")


def _renew(found: WanAddress) -> str:
    return found.renew_command or (
        "No DHCP client was found here. Start one, or name the command that renews the address "
        "in “dhcp: {renew: […]}”."
    )


def _is_from_before_the_login(
    session: SessionConfiguration, machine: Machine, found: WanAddress
) -> bool:
    status = machine.status_of(session)
    if status is None or status["since"] is None or found.changed_at is None:
        return False
    login = datetime.fromisoformat(status["since"]).timestamp()
    return machine.booted_at + found.changed_at < login - _TOLERANCE
