"""A whole examination: gather, listen, judge."""

from __future__ import annotations

import os
import time

import ruijie_proxy
from ruijie_proxy.config.notations.document import notation_of
from ruijie_proxy.config.reader import read_configuration
from ruijie_proxy.config.shape.model import Configuration
from ruijie_proxy.config.shape.problems import ConfigurationForbidden, ConfigurationProblems
from ruijie_proxy.doctor.examiners import examine
from ruijie_proxy.doctor.examiners.permission import RAW
from ruijie_proxy.doctor.gathering.addresses import WanAddress, read_wan_address
from ruijie_proxy.doctor.gathering.heard import Heard, Speaker
from ruijie_proxy.doctor.gathering.interfaces import Interfaces, read_interfaces
from ruijie_proxy.doctor.gathering.listening import Listener
from ruijie_proxy.doctor.gathering.machine import Machine
from ruijie_proxy.doctor.gathering.permission import missing_capabilities
from ruijie_proxy.doctor.gathering.programs import read_port_holders, read_programs, start_command
from ruijie_proxy.doctor.gathering.storage import storage_trouble
from ruijie_proxy.runtime.address.dhcp_clients import PROC
from ruijie_proxy.runtime.address.dhcp_renewal import has_lease
from ruijie_proxy.runtime.portal.recognising import recognise
from ruijie_proxy.runtime.ports.bridge_ports import SYSFS_NET, bridge_port_of
from ruijie_proxy.runtime.ports.bridge_vlans import read_lan_vlan
from ruijie_proxy.runtime.ports.interface_errors import InterfaceMissing
from ruijie_proxy.runtime.ports.interface_facts import read_interface_facts
from ruijie_proxy.values import Frozen, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from ruijie_proxy.config.shape.model import SessionConfiguration
    from ruijie_proxy.doctor.gathering.findings import Finding
    from ruijie_proxy.engine.portal.finding import Found
    from ruijie_proxy.runtime.ports.bridge_vlans import LanVlan

_PORTAL_TIMEOUT = 9.0
"""Seconds for a portal to say that it is there: somebody waits for it."""


class DaemonAnswer(Frozen):
    """What the daemon said when it was asked for its status."""

    statuses: tuple[dict[str, Any], ...] | None = None
    """Its sessions; None: nobody answered."""
    trouble: str | None = None
    """Why it could not be asked although it seems to run."""


class Examination(Frozen):
    """What came of it."""

    findings: tuple[Finding, ...]
    listened: float
    """Seconds."""


def examine_machine(
    path: str,
    daemon: DaemonAnswer,
    seconds: float,
    on_listening: Callable[[Sequence[str], float], None],
    *,
    sysfs: str = SYSFS_NET,
    proc: str = PROC,
) -> Examination:
    """Examine this machine, by the configuration in a file, and listen for some seconds.

    ``on_listening`` gets the interfaces that are listened on and the seconds left, each second.
    """
    machine = _before_listening(path, daemon, sysfs, proc)
    if RAW not in machine.missing_capabilities:
        heard = _listen(machine, seconds, on_listening)
        machine = replace(machine, heard=heard, unlearnt=_unlearnt(machine, heard, sysfs))
    machine = replace(
        machine,
        wan_addresses=_wan_addresses(machine),
        lans_with_gateway=_lans_with_gateway(machine),
    )
    machine = replace(machine, portals=_portals(machine))
    return Examination(examine(machine), machine.heard.seconds)


def _before_listening(path: str, daemon: DaemonAnswer, sysfs: str, proc: str) -> Machine:
    machine = _read(path)
    configuration = machine.configuration
    interfaces = read_interfaces(sysfs)
    sessions = configuration.sessions if configuration else ()
    return replace(
        machine,
        missing_capabilities=missing_capabilities(),
        interfaces=interfaces,
        lan_vlans=_lan_vlans(sessions),
        programs=read_programs({one.index: one.name for one in interfaces.all}, proc),
        port_holders=read_port_holders([session.wan for session in sessions], proc),
        statuses=daemon.statuses,
        daemon_trouble=daemon.trouble,
        start_command=start_command(path),
        storage_trouble=storage_trouble(configuration.state_dir) if configuration else None,
        now=time.time(),
        newest_file=max(_written(path), _written(ruijie_proxy.__file__)),
        booted_at=time.time() - time.clock_gettime(time.CLOCK_MONOTONIC),
    )


def _read(path: str) -> Machine:
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return Machine(path, notation=notation_of(path), is_missing=True)
    except OSError:
        pass  # which the reader tells with more words
    try:
        reading = read_configuration(path)
    except ConfigurationForbidden:
        return Machine(path, is_forbidden=True)
    except ConfigurationProblems as found:
        return Machine(path, notation=notation_of(path), problems=found.problems)
    configuration = Configuration.from_plain(reading.plain, reading.report.notation)
    return Machine(path, configuration, notation=configuration.notation, warnings=reading.warnings)


def _listen(
    machine: Machine, seconds: float, on_listening: Callable[[Sequence[str], float], None]
) -> Heard:
    sides: list[frozenset[str]] = []
    for session in machine.configuration.sessions if machine.configuration else ():
        sides += [frozenset({session.wan})]
        sides += [machine.lan_side(session)] if session.lan else []
    ours = [name for side in sides for name in sorted(side)]
    # The others come last: somebody may have used the wrong socket.
    names = list(dict.fromkeys([*ours, *_ethernet(machine.interfaces)]))
    vlans = {port: vlan for _lan, lan in machine.lan_vlans for port, vlan in lan.ports}
    listener = Listener(names, sides, lambda left: on_listening(listener.interfaces, left), vlans)
    return listener.listen(seconds)


def _ethernet(interfaces: Interfaces) -> list[str]:
    return [one.name for one in interfaces.all if one.is_ethernet and one.up]


def _unlearnt(machine: Machine, heard: Heard, sysfs: str) -> frozenset[bytes]:
    bridges = {
        session.lan: machine.lan_side(session)
        for session in (machine.configuration.sessions if machine.configuration else ())
        # A VLAN's clients are heard at their ports, and answered there.
        if session.lan and len(machine.lan_side(session)) > 1 and not machine.lan_vlan(session)
    }
    return frozenset(
        one.source
        for bridge, side in bridges.items()
        for one in heard.sightings
        if one.interface in side
        and not one.outgoing
        and bridge_port_of(bridge, one.source, sysfs) is None
    )


def _portals(machine: Machine) -> tuple[tuple[str, Found], ...]:
    """Ask who stands behind WAN ports that have an address, and on which no switch is heard."""
    sessions = machine.configuration.sessions if machine.configuration else ()
    silent = [
        session.wan
        for session in sessions
        if not machine.is_online(session)
        and not machine.heard.said_by(Speaker.SERVER, {session.wan})
    ]
    addresses = dict(machine.wan_addresses)
    return tuple(
        (wan, found)
        for wan in dict.fromkeys(silent)
        if wan in addresses
        and has_lease(addresses[wan].address)
        and (found := recognise(wan, _PORTAL_TIMEOUT)) is not None
    )


def _lan_vlans(sessions: Sequence[SessionConfiguration]) -> tuple[tuple[str, LanVlan], ...]:
    lans = dict.fromkeys(session.lan for session in sessions if session.lan)
    found = [(lan, read_lan_vlan(lan)) for lan in lans]
    return tuple((lan, vlan) for lan, vlan in found if vlan is not None)


def _wan_addresses(machine: Machine) -> tuple[tuple[str, WanAddress], ...]:
    found = []
    for session in machine.configuration.sessions if machine.configuration else ():
        wan = machine.interfaces.named(session.wan)
        if wan is not None and wan.is_ethernet:
            try:
                found.append((wan.name, read_wan_address(wan.name, wan.index)))
            except InterfaceMissing:
                continue  # gone since the interfaces were read
    return tuple(found)


def _lans_with_gateway(machine: Machine) -> frozenset[str]:
    found = set()
    for session in machine.configuration.sessions if machine.configuration else ():
        lan = machine.interfaces.named(session.lan) if session.lan else None
        if lan is not None and lan.is_ethernet:
            try:
                if read_interface_facts(lan.name).gateway is not None:
                    found.add(lan.name)
            except InterfaceMissing:
                continue  # as above
    return frozenset(found)


def _written(path: str) -> float:
    """Return when a file was written; 0 where that is not to be seen (a library in an archive)."""
    try:
        return os.stat(path).st_mtime
    except OSError:
        return 0.0
