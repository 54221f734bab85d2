"""Has the WAN port an address that leads out, once it is online?"""

from __future__ import annotations

import socket
from datetime import datetime

from ruijie_proxy.config.shape.model import RenewMethod
from ruijie_proxy.doctor.gathering.findings import Finding, Severity
from ruijie_proxy.i18n import _
from ruijie_proxy.runtime.address.dhcp_renewal import LINK_LOCAL_NETWORK
from ruijie_proxy.runtime.health.checks import is_within

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ruijie_proxy.config.shape.model import SessionConfiguration
    from ruijie_proxy.doctor.gathering.addresses import WanAddress
    from ruijie_proxy.doctor.gathering.machine import Machine

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
    by_dhcp = session.dhcp.method is not RenewMethod.OFF and found.protocol is None
    if found.address is None:
        yield Finding(
            Severity.WARNING if by_dhcp else Severity.NOTE,
            "no-address",
            _("It is online, but {wan} has no IPv4 address.", wan=wan),
            _renew(found)
            if session.dhcp.method is not RenewMethod.OFF
            else _(
                "Give {wan} its fixed address; or use DHCP, and leave out “{keys[dhcp]}”.", wan=wan
            ),
        )
        return
    text = socket.inet_ntoa(found.address)
    if found.address.startswith(LINK_LOCAL_NETWORK):
        yield Finding(
            Severity.WARNING,
            "link-local-address",
            _(
                "{wan} has given itself {address}, because no DHCP server answered it.",
                wan=wan,
                address=text,
            ),
            _renew(found),
        )
        return
    quarantine = [one for one in session.health.quarantine if is_within(found.address, one)]
    if quarantine:
        yield Finding(
            Severity.WARNING,
            "dhcp-quarantine",
            _(
                "{wan} has the address {address}, which is in the quarantine network {network}.",
                wan=wan,
                address=text,
                network=quarantine[0],
            ),
            _renew(found),
        )
        return
    is_old = by_dhcp and _is_from_before_the_login(session, machine, found)
    if found.gateway is None:
        yield Finding(
            Severity.WARNING if is_old else Severity.NOTE,
            "dhcp-quarantine" if is_old else "no-default-route",
            _(
                "{wan} still has the address {address} from before the login, and no default "
                "route: it is the quarantine network's.",
                wan=wan,
                address=text,
            )
            if is_old
            else _("No default route leads through {wan}.", wan=wan),
            _renew(found)
            if is_old
            else _("If it should: ip route add default via GATEWAY dev {wan}", wan=wan),
        )
    elif found.gateway_is_silent:
        yield Finding(
            Severity.WARNING,
            "dhcp-quarantine",
            _(
                "It is online, but the gateway {gateway} of {wan} does not answer: the address "
                "{address} most likely is the quarantine network's.",
                gateway=socket.inet_ntoa(found.gateway),
                wan=wan,
                address=text,
            ),
            _renew(found),
        )
    elif is_old:
        yield Finding(
            Severity.NOTE,
            "address-from-before",
            _(
                "{wan} still has the address {address} from before the login. If there is no "
                "Internet, it is the quarantine network's.",
                wan=wan,
                address=text,
            ),
            _renew(found),
        )
    else:
        what = _("{wan} has the address {address} and a gateway.", wan=wan, address=text)
        yield Finding(Severity.OK, "address", what)


def _renew(found: WanAddress) -> str:
    if found.protocol is not None:
        return _(
            "Nothing asks a DHCP server for it here (netifd: proto {protocol}). Set the address "
            "that the campus gave you, or have it come by DHCP.",
            protocol=found.protocol,
        )
    return found.renew_command or _(
        "No DHCP client was found here. Start one, or name the command that renews the address "
        "in “{keys[dhcp.renew=…]}”."
    )


def _is_from_before_the_login(
    session: SessionConfiguration, machine: Machine, found: WanAddress
) -> bool:
    status = machine.status_of(session)
    if status is None or status["since"] is None or found.changed_at is None:
        return False
    login = datetime.fromisoformat(status["since"]).timestamp()
    return machine.booted_at + found.changed_at < login - _TOLERANCE
