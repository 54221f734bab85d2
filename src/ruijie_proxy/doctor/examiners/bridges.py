"""Do bridges take frames away, or is one named where its port is meant?"""

from __future__ import annotations

from ruijie_proxy.doctor.examiners.switch_device import write_port
from ruijie_proxy.doctor.gathering.findings import Area, Finding, Severity
from ruijie_proxy.doctor.gathering.heard import Speaker, stations
from ruijie_proxy.doctor.gathering.interfaces import PAE_GROUP_BIT
from ruijie_proxy.i18n import _, listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ruijie_proxy.config.shape.model import SessionConfiguration
    from ruijie_proxy.doctor.gathering.machine import Machine

_SEVERAL = 2


def examine_bridges(session: SessionConfiguration, machine: Machine) -> Iterator[Finding]:
    """Yield where a bridge is in the way (docs/protocol.md, "Linux")."""
    wan = machine.interfaces.named(session.wan)
    if wan is not None and wan.bridge is not None:
        yield Finding(
            Severity.FATAL,
            "wan-in-bridge",
            _(
                "{name} (wan) is a port of the bridge {bridge}, which takes the switch's answers "
                "away from it.",
                name=wan.name,
                bridge=wan.bridge,
            ),
            _(
                "ip link set {name} nomaster — on OpenWrt, take it out of the bridge's ports in "
                "/etc/config/network",
                name=wan.name,
            ),
            Area.CONFIGURATION,
        )
    if wan is not None and wan.is_bridge:
        ports = [port.name for port in machine.interfaces.ports_of(wan.name)]
        yield Finding(
            Severity.WARNING,
            "wan-is-bridge",
            _(
                "{name} (wan) is a bridge, and a bridge keeps frames to 01:80:c2:00:00:03 from "
                "programs.",
                name=wan.name,
            ),
            _(
                "Take the port to the campus switch ({ports}) out of the bridge, and name it as "
                "“{keys[wan]}” in {path}.",
                ports=listed(ports) or "–",
                path=machine.path,
            ),
        )
    lan = machine.interfaces.named(session.lan) if session.lan else None
    if lan is None:
        return
    if lan.bridge is not None:
        yield Finding(
            Severity.FATAL,
            "lan-in-bridge",
            _(
                "{name} (lan) is a port of the bridge {bridge}, which takes most of the client's "
                "frames away from it: a login cannot go through.",
                name=lan.name,
                bridge=lan.bridge,
            ),
            write_port("lan", lan.bridge, machine),
            Area.CONFIGURATION,
        )
    yield from _examine_vlan(session, machine)
    if lan.forwarded_groups & PAE_GROUP_BIT:
        mask = lan.forwarded_groups & ~PAE_GROUP_BIT
        yield Finding(
            Severity.NOTE,
            "group-forwarded",
            _(
                "The bridge {name} is told to pass frames to 01:80:c2:00:00:03 on between its "
                "ports. This program needs no such thing.",
                name=lan.name,
            ),
            f"ip link set {lan.name} type bridge group_fwd_mask {mask}",
        )
    lost = [
        one
        for one in machine.heard.said_by(Speaker.CLIENT, machine.lan_side(session))
        if one.source in machine.unlearnt
    ]
    if lost:
        port = next((one.interface for one in lost if one.interface != lan.name), lan.name)
        yield Finding(
            Severity.NOTE,
            "client-port-unknown",
            _(
                "The bridge {name} does not know by which port it reaches the client {mac}, so "
                "answers go out by all of them.",
                name=lan.name,
                mac=stations(lost),
            ),
            f"bridge link set dev {port} learning on",
        )


def _examine_vlan(session: SessionConfiguration, machine: Machine) -> Iterator[Finding]:
    vlan = machine.lan_vlan(session)
    if vlan is None:
        return
    if vlan.misses_frames:
        yield Finding(
            Severity.WARNING,
            "lan-of-no-vlan",
            _(
                "The bridge {name} keeps VLANs apart and belongs to none of them untagged: most of "
                "a client's frames never reach it.",
                name=vlan.bridge,
            ),
            write_port("lan", vlan.devices[0] if vlan.devices else f"{vlan.bridge}.1", machine)
            if len(vlan.devices) < _SEVERAL
            else _(
                "Write the device of the client's VLAN as “{keys[lan]}” in {path}: {names}.",
                path=machine.path,
                names=listed(vlan.devices),
            ),
        )
    elif not vlan.ports:
        yield Finding(
            Severity.WARNING,
            "vlan-without-ports",
            _(
                "No port of the bridge {bridge} is a member of {name}'s VLAN, so no client can be "
                "there.",
                bridge=vlan.bridge,
                name=session.lan,
            ),
            _(
                "bridge vlan add dev {port} vid {vlan} pvid untagged — on OpenWrt, by Network → "
                "Interfaces → Devices → {bridge} → Bridge VLAN filtering",
                port=next((one.name for one in machine.interfaces.ports_of(vlan.bridge)), "lan1"),
                vlan=vlan.vlan,
                bridge=vlan.bridge,
            ),
        )
