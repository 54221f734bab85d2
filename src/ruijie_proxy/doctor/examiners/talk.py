"""Who was heard where: are the ports the right ones, and does anybody answer?"""

from __future__ import annotations

from ruijie_proxy.config.model import Mode
from ruijie_proxy.doctor.examiners.permission import RAW
from ruijie_proxy.doctor.findings import Area, Finding, Severity
from ruijie_proxy.doctor.heard import Speaker, stations
from ruijie_proxy.engine.settings import GroupMode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ruijie_proxy.config.model import SessionConfiguration
    from ruijie_proxy.doctor.heard import Sighting
    from ruijie_proxy.doctor.machine import Machine

_STARTS_WITHOUT_ANSWER = 2
"""One may have gone out just as listening ended."""


def examine_talk(session: SessionConfiguration, machine: Machine) -> Iterator[Finding]:
    """Yield what follows from what was heard. That nothing was heard is no fault by itself."""
    lan = machine.lan_side(session)
    heard = machine.heard
    server_on_wan = heard.said_by(Speaker.SERVER, {session.wan})
    server_on_lan = heard.said_by(Speaker.SERVER, lan)
    client_on_wan = heard.said_by(Speaker.CLIENT, {session.wan})
    client_on_lan = heard.said_by(Speaker.CLIENT, lan)
    swapped = f"Swap the two cables, or “wan:” and “lan:” in {machine.path}."
    if server_on_lan and not server_on_wan:
        yield Finding(
            Severity.FATAL,
            "wan-lan-swapped",
            f"The campus switch ({stations(server_on_lan)}) speaks on {session.lan}, which is "
            f"“lan:”, and not on {session.wan}, which is “wan:”.",
            swapped,
            Area.CONFIGURATION,
        )
    elif server_on_lan:
        yield Finding(
            Severity.WARNING,
            "lan-reaches-switch",
            f"The campus switch ({stations(server_on_lan)}) speaks on {session.lan}, which is "
            "“lan:”, as well: the LAN is plugged into a campus socket, too.",
            "Unplug that cable: only the WAN port belongs to the campus.",
        )
    elif client_on_wan and session.lan and not client_on_lan and not server_on_wan:
        yield Finding(
            Severity.WARNING,
            "wan-lan-swapped",
            f"A client ({stations(client_on_wan)}) speaks on {session.wan}, which is “wan:”, and "
            f"none on {session.lan}, which is “lan:”.",
            swapped,
        )
    elif server_on_wan:
        yield Finding(
            Severity.OK,
            "server",
            f"The campus switch ({stations(server_on_wan)}) speaks on {session.wan}.",
        )
    if client_on_lan:
        yield Finding(
            Severity.OK,
            "client",
            f"The client ({stations(client_on_lan)}) speaks on {_places(client_on_lan)}.",
        )
    if session.lan in machine.lans_with_gateway:
        yield Finding(
            Severity.NOTE,
            "default-route-on-lan",
            f"A default route leads through {session.lan}, which is “lan:”. On a campus router it "
            "leads through “wan:”.",
            f"Look whether “wan:” and “lan:” are the right way round in {machine.path}.",
        )
    yield from _elsewhere(session, machine)
    yield from _unanswered(session, machine)
    if not heard.said_on({session.wan} | lan):
        yield from _silence(session, machine)


def say_who_was_heard(machine: Machine) -> Iterator[Finding]:
    """Yield where a switch and a client speak, for whoever has to write a configuration yet."""
    everywhere = machine.interfaces.names
    for speaker, who in ((Speaker.SERVER, "campus switch"), (Speaker.CLIENT, "client")):
        said = machine.heard.said_by(speaker, everywhere)
        key = "wan" if speaker is Speaker.SERVER else "lan"
        if said:
            place = _place(said[0], machine) if key == "lan" else said[0].interface
            yield Finding(
                Severity.NOTE,
                f"{speaker.value}-heard",
                f"A {who} ({stations(said)}) speaks on {_places(said)}.",
                f"Write “{key}: {place}”.",
            )


def _elsewhere(session: SessionConfiguration, machine: Machine) -> Iterator[Finding]:
    others = _ports_of_nobody(machine)
    heard = machine.heard
    strange_servers = heard.said_by(Speaker.SERVER, others)
    if strange_servers and not heard.said_by(Speaker.SERVER, {session.wan}):
        place = strange_servers[0].interface
        yield Finding(
            Severity.WARNING,
            "server-elsewhere",
            f"A campus switch ({stations(strange_servers)}) speaks on {place}, and none on "
            f"{session.wan}, which is “wan:”.",
            f"Put the cable into {session.wan}, or write “wan: {place}” in {machine.path}.",
        )
    strange_clients = heard.said_by(Speaker.CLIENT, others)
    if (
        strange_clients
        and session.lan
        and not heard.said_by(Speaker.CLIENT, machine.lan_side(session))
    ):
        place = _place(strange_clients[0], machine)
        yield Finding(
            Severity.WARNING,
            "client-elsewhere",
            f"A client ({stations(strange_clients)}) speaks on {place}, and none on {session.lan}, "
            "which is “lan:”.",
            f"Plug the PC into {session.lan}, or write “lan: {place}” in {machine.path}.",
        )


def _unanswered(session: SessionConfiguration, machine: Machine) -> Iterator[Finding]:
    if machine.heard.said_by(Speaker.SERVER, {session.wan}):
        return
    starts = sum(
        one.count
        for one in machine.heard.sightings
        if one.interface == session.wan and one.outgoing and one.is_start
    )
    if starts < _STARTS_WITHOUT_ANSWER:
        return
    others = [mode.value for mode in (GroupMode.STANDARD, GroupMode.RUIJIE)]
    if session.settings.group.value in others:
        others.remove(session.settings.group.value)
    yield Finding(
        Severity.WARNING,
        "no-answer",
        f"{starts} requests for a login went out by {session.wan}, and nobody answered.",
        f"Check that the cable leads to a campus socket. If it does, try “group: {others[-1]}” in "
        f"{machine.path}.",
    )


def _silence(session: SessionConfiguration, machine: Machine) -> Iterator[Finding]:
    if machine.is_online(session) or RAW in machine.missing_capabilities:
        return
    seconds = f"{machine.heard.seconds:.0f} s"
    if session.mode is Mode.LOGIN:
        what = f"Nothing was said in 802.1X on {session.wan} within {seconds}."
        remedy = "If that is during a login, check the cable to the campus socket."
    else:
        side = machine.lan_side(session)
        busy = [name for name in sorted(side & machine.heard.busy) if name != session.lan]
        alive = busy or sorted(side & machine.heard.busy)
        what = (
            f"Something is sent on {', '.join(alive)}, but no 802.1X within {seconds}."
            if alive
            else f"Nothing came from {session.lan} within {seconds}, not even other traffic."
        )
        remedy = (
            "Run this again, and start the login in the client on the PC meanwhile. If it still "
            "says so, the client uses another network card, or the router's switch chip swallows "
            "802.1X."
        )
    yield Finding(Severity.NOTE, "silence", what, remedy)


def _ports_of_nobody(machine: Machine) -> set[str]:
    """Return the interfaces that no session uses, nor anything below or beside its own."""
    sessions = machine.configuration.sessions if machine.configuration else ()
    used = {session.wan for session in sessions}
    for session in sessions:
        used |= machine.lan_side(session)
    known = machine.interfaces
    below = {one.parent for one in known.all if one.name in used and one.kind in ("vlan", "dsa")}
    bridges = {one.bridge for one in known.all if one.name in used}
    beside = {one.name for one in known.all if one.bridge and one.bridge in bridges}
    return {
        one.name
        for one in known.all
        if one.name not in used | beside | bridges and one.index not in below
    }


def _place(sighting: Sighting, machine: Machine) -> str:
    """Return what a configuration would call the LAN where somebody was heard."""
    interface = machine.interfaces.named(sighting.interface)
    return (interface.bridge if interface else None) or sighting.interface


def _places(sightings: tuple[Sighting, ...]) -> str:
    return ", ".join(dict.fromkeys(one.interface for one in sightings))
