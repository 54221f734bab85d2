"""Does something on this machine, or the network card, withhold 802.1X frames?"""

from __future__ import annotations

from ruijie_proxy.doctor.gathering.findings import Finding, Severity
from ruijie_proxy.doctor.gathering.interfaces import PAE_GROUP_BIT
from ruijie_proxy.i18n import _
from ruijie_proxy.protocol.ethernet import format_mac, is_group_address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ruijie_proxy.config.shape.model import SessionConfiguration
    from ruijie_proxy.doctor.gathering.heard import Sighting
    from ruijie_proxy.doctor.gathering.machine import Machine

_FEWEST_FOR_A_PATTERN = 2


def examine_filters(session: SessionConfiguration, machine: Machine) -> Iterator[Finding]:
    """Yield what was there on the wire and did not reach programs."""
    for name in sorted({session.wan} | machine.lan_side(session)):
        seen = [
            one
            for one in machine.heard.sightings
            if one.interface == name and not one.outgoing and _is_for_programs(one, machine)
        ]
        withheld = [one for one in seen if (name, one.to_pae_group) not in machine.heard.delivered]
        if withheld:
            yield Finding(
                Severity.WARNING,
                "frames-filtered",
                _(
                    "802.1X frames come in by {name}, to {mac}, and a filter on this router drops "
                    "them before any program gets them.",
                    name=name,
                    mac=format_mac(withheld[0].destination),
                ),
                _(
                    "Find the rule, and remove it: nft list ruleset; tc filter show dev {name} "
                    "ingress; ebtables -L",
                    name=name,
                ),
            )
        yield from _examine_card(name, seen)


def _examine_card(name: str, seen: list[Sighting]) -> Iterator[Finding]:
    grouped = [one for one in seen if is_group_address(one.destination)]
    total = sum(one.count for one in grouped)
    promiscuous = sum(one.promiscuous for one in grouped)
    if total == promiscuous >= _FEWEST_FOR_A_PATTERN:
        yield Finding(
            Severity.WARNING,
            "group-offloaded",
            _(
                "{name} hands over frames to {mac} only while it is told to receive everything "
                "({count} frames): its driver drops the group.",
                name=name,
                mac=format_mac(grouped[0].destination),
                count=total,
            ),
            f"ip link set {name} promisc on",
        )


def _is_for_programs(sighting: Sighting, machine: Machine) -> bool:
    """Whether a socket on that interface gets such a frame: a bridge takes some from its ports."""
    if any(sighting.interface in vlan.port_names for _lan, vlan in machine.lan_vlans):
        return True
    interface = machine.interfaces.named(sighting.interface)
    if interface is None or interface.bridge is None:
        return True
    bridge = machine.interfaces.named(interface.bridge)
    forwards = bridge is not None and bool(bridge.forwarded_groups & PAE_GROUP_BIT)
    return sighting.to_pae_group and not forwards
