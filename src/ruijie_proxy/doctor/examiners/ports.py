"""Are the interfaces there, and have they a carrier?"""

from __future__ import annotations

from ruijie_proxy.config.shape.model import Mode
from ruijie_proxy.config.shape.problems import nearest
from ruijie_proxy.doctor.gathering.findings import Area, Finding, Severity
from ruijie_proxy.i18n import _, listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ruijie_proxy.config.shape.model import SessionConfiguration
    from ruijie_proxy.doctor.gathering.interfaces import Interface
    from ruijie_proxy.doctor.gathering.machine import Machine


def examine_ports(session: SessionConfiguration, machine: Machine) -> Iterator[Finding]:
    """Yield what keeps frames from passing at all."""
    roles = {"wan": session.wan} | ({"lan": session.lan} if session.lan else {})
    for role, name in roles.items():
        interface = machine.interfaces.named(name)
        if interface is None:
            yield _missing(role, name, set(roles.values()), machine)
        elif not interface.is_ethernet:
            yield Finding(
                Severity.FATAL,
                "not-ethernet",
                _(
                    "{name} is not an Ethernet port, so no 802.1X crosses it. A PPPoE connection "
                    "or a tunnel runs over a port: that port is meant.",
                    name=name,
                ),
                _(
                    "Write “{key}” with the port below {name}; “ip link” shows it after the @.",
                    key=machine.notation.key(role),
                    name=name,
                ),
                Area.INTERFACE,
            )
        elif not interface.up:
            yield Finding(
                Severity.WARNING,
                "interface-down",
                _("{name} is switched off.", name=name),
                f"ip link set {name} up",
            )
        elif role == "lan":
            yield _lan_carrier(session, interface, machine)
        elif not interface.carrier:
            yield Finding(
                Severity.WARNING,
                "no-carrier",
                _("{name} has no link: no cable, or nothing alive at its other end.", name=name)
                + _others(machine, name),
                _("Check the cable to the campus socket, at both ends."),
            )
        else:
            yield Finding(Severity.OK, "wan", _("{name} (wan) has a link.", name=name))


def _missing(role: str, name: str, taken: set[str], machine: Machine) -> Finding:
    present = [one.name for one in machine.interfaces.all if one.is_ethernet]
    likely = nearest(name, [one for one in present if one not in taken])
    return Finding(
        Severity.FATAL,
        "interface-missing",
        _(
            "There is no interface {name}. Those here: {names}.",
            name=name,
            names=listed(present) or "–",
        ),
        _(
            "Write “{setting}” in {path}, if that one is meant.",
            setting=machine.notation.setting(role, likely),
            path=machine.path,
        )
        if likely
        else _(
            "Write one of them as “{key}” in {path}.",
            key=machine.notation.key(role),
            path=machine.path,
        ),
        Area.INTERFACE,
    )


def _lan_carrier(session: SessionConfiguration, interface: Interface, machine: Machine) -> Finding:
    name = interface.name
    vlan = machine.lan_vlan(session)
    of_bridge = machine.interfaces.ports_of(vlan.bridge if vlan else name)
    is_bridge = interface.is_bridge or vlan is not None
    ports = of_bridge if is_bridge else (interface,)
    if vlan is not None:
        ports = tuple(port for port in of_bridge if port.name in vlan.port_names)
    wired = [port for port in ports if not port.is_wireless]
    running = [port.name for port in wired if port.running]
    if running:
        what = (
            _("{name} (lan) has a link, by {ports}.", name=name, ports=listed(running))
            if is_bridge
            else _("{name} (lan) has a link.", name=name)
        )
        return Finding(Severity.OK, "lan", what)
    # The router holds the session without the PC, and may be able to log in by itself.
    needed = session.mode is Mode.RELAY and not machine.is_online(session)
    if not is_bridge:
        what = _("{name} has no link: no PC is plugged in, or it is off.", name=name)
    elif not wired:
        what = _("The bridge {name} has no wired port, so no client PC can be there.", name=name)
    else:
        what = _(
            "No wired port of the bridge {name} has a link ({ports}): no PC is plugged in, or it "
            "is off.",
            name=name,
            ports=listed(port.name for port in wired),
        )
    return Finding(
        Severity.WARNING if needed else Severity.NOTE,
        "lan-no-carrier",
        what,
        _("Plug the client PC in with a cable, and switch it on.")
        if needed
        else _("Nothing to do, until a client has to log in."),
    )


def _others(machine: Machine, name: str) -> str:
    alive = [
        one.name
        for one in machine.interfaces.all
        if one.is_ethernet
        and one.running
        and not one.is_bridge
        and not one.is_wireless
        and one.name != name
    ]
    return _(" Ports that have one: {names}.", names=listed(alive)) if alive else ""
