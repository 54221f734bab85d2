"""Was a whole switch chip named where one of its ports was meant?"""

from __future__ import annotations

from ruijie_proxy.doctor.gathering.findings import Area, Finding, Severity
from ruijie_proxy.i18n import _, listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ruijie_proxy.config.shape.model import SessionConfiguration
    from ruijie_proxy.doctor.gathering.interfaces import Interface
    from ruijie_proxy.doctor.gathering.machine import Machine


def examine_switch_device(session: SessionConfiguration, machine: Machine) -> Iterator[Finding]:
    """Yield whether “{keys[wan]}” or “{keys[lan]}” names the processor's own port of a switch chip.

    Frames have to leave with the VLAN, or by the port, that tells the chip which socket is meant.
    """
    roles = {"wan": session.wan} | ({"lan": session.lan} if session.lan else {})
    for role, name in roles.items():
        device = machine.interfaces.named(name)
        if device is None:
            continue
        ports = machine.interfaces.on_top_of(device, "dsa")
        # VLANs of a bridge are no sockets of a switch chip; examine_bridges has a word on them.
        vlans = () if device.is_bridge else machine.interfaces.on_top_of(device, "vlan")
        if device.is_conduit or ports:
            yield Finding(
                Severity.FATAL,
                "whole-switch",
                _(
                    "{name} is the switch chip as a whole; 802.1X has to leave by one of its ports "
                    "({ports}).",
                    name=name,
                    ports=_list(ports),
                ),
                _remedy(role, ports, machine),
                Area.CONFIGURATION,
            )
        elif len(vlans) > 1 or any(vlan.bridge for vlan in vlans):
            yield Finding(
                Severity.FATAL,
                "whole-switch",
                _(
                    "{name} is the switch chip as a whole; its sockets are told apart by VLANs "
                    "({vlans}), and 802.1X has to leave by one of those.",
                    name=name,
                    vlans=_list(vlans),
                ),
                _remedy(role, vlans, machine),
                Area.CONFIGURATION,
            )
        elif vlans:
            yield Finding(
                Severity.NOTE,
                "vlan",
                _(
                    "{vlan} runs over {name}. Should nobody answer on {name}, try the VLAN.",
                    vlan=vlans[0].name,
                    name=name,
                ),
                write_port(role, vlans[0].name, machine),
            )


def _list(choices: Sequence[Interface]) -> str:
    return listed(one.name for one in choices) or "–"


def _remedy(role: str, choices: Sequence[Interface], machine: Machine) -> str:
    # The LAN's are in its bridge, and the WAN's usually has its name.
    free = [one.name for one in choices if (one.bridge is None) == (role == "wan")]
    free.sort(key=lambda name: not name.startswith(role))
    if not free:
        return _(
            "Write the port that the cable is in as “{key}” in {path}.",
            key=machine.notation.key(role),
            path=machine.path,
        )
    if role == "lan":
        bridge = next(one.bridge for one in choices if one.name == free[0])
        return write_port("lan", bridge or free[0], machine)
    return write_port("wan", free[0], machine)


def write_port(role: str, name: str, machine: Machine) -> str:
    """Return the advice to name an interface in the configuration."""
    setting = machine.notation.setting(role, name)
    return _("Write “{setting}” in {path}.", setting=setting, path=machine.path)
