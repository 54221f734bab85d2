"""Who was heard where: are the ports the right ones, and does anybody answer?"""

from __future__ import annotations

from ruijie_proxy.config.shape.model import Mode
from ruijie_proxy.doctor.examiners.daemon import STARTS_WITHOUT_ANSWER, is_called_in_vain
from ruijie_proxy.doctor.examiners.switch_device import write_port
from ruijie_proxy.doctor.gathering.findings import Area, Finding, Severity
from ruijie_proxy.doctor.gathering.heard import Speaker, stations
from ruijie_proxy.engine.settings import GroupMode
from ruijie_proxy.i18n import _, listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ruijie_proxy.config.shape.model import SessionConfiguration
    from ruijie_proxy.doctor.gathering.heard import Sighting
    from ruijie_proxy.doctor.gathering.machine import Machine


def examine_talk(session: SessionConfiguration, machine: Machine) -> Iterator[Finding]:
    """Yield what follows from what was heard. That nothing was heard is no fault by itself."""
    if session.mode is Mode.PORTAL:
        return
    lan = machine.lan_side(session)
    heard = machine.heard
    server_on_wan = heard.said_by(Speaker.SERVER, {session.wan})
    server_on_lan = heard.said_by(Speaker.SERVER, lan)
    client_on_wan = heard.said_by(Speaker.CLIENT, {session.wan})
    client_on_lan = heard.said_by(Speaker.CLIENT, lan)
    swapped = _(
        "Swap the two cables, or “{keys[wan]}” and “{keys[lan]}” in {path}.", path=machine.path
    )
    if server_on_lan and not server_on_wan:
        yield Finding(
            Severity.FATAL,
            "wan-lan-swapped",
            _(
                "The campus switch ({mac}) speaks on {lan}, which is “{keys[lan]}”, and not on "
                "{wan}, which is “{keys[wan]}”.",
                mac=stations(server_on_lan),
                lan=session.lan,
                wan=session.wan,
            ),
            swapped,
            Area.CONFIGURATION,
        )
    elif server_on_lan:
        yield Finding(
            Severity.WARNING,
            "lan-reaches-switch",
            _(
                "The campus switch ({mac}) speaks on {lan}, which is “{keys[lan]}”, as well: the "
                "LAN is plugged into a campus socket, too.",
                mac=stations(server_on_lan),
                lan=session.lan,
            ),
            _("Unplug that cable: only the WAN port belongs to the campus."),
        )
    elif client_on_wan and session.lan and not client_on_lan and not server_on_wan:
        yield Finding(
            Severity.WARNING,
            "wan-lan-swapped",
            _(
                "A client ({mac}) speaks on {wan}, which is “{keys[wan]}”, and none on {lan}, "
                "which is “{keys[lan]}”.",
                mac=stations(client_on_wan),
                wan=session.wan,
                lan=session.lan,
            ),
            swapped,
        )
    elif server_on_wan:
        yield Finding(
            Severity.OK,
            "server",
            _server_speaks(server_on_wan),
        )
    if client_on_lan:
        yield Finding(
            Severity.OK,
            "client",
            _client_speaks(client_on_lan),
        )
    if session.lan in machine.lans_with_gateway:
        yield Finding(
            Severity.NOTE,
            "default-route-on-lan",
            _(
                "A default route leads through {lan}, which is “{keys[lan]}”. On a campus router "
                "it leads through “{keys[wan]}”.",
                lan=session.lan,
            ),
            _(
                "Look whether “{keys[wan]}” and “{keys[lan]}” are the right way round in {path}.",
                path=machine.path,
            ),
        )
    yield from _elsewhere(session, machine)
    yield from _unanswered(session, machine)
    if not heard.said_on({session.wan} | lan):
        yield from _silence(session, machine)


def say_who_was_heard(machine: Machine) -> Iterator[Finding]:
    """Yield where a switch and a client speak, for whoever has to write a configuration yet."""
    everywhere = machine.interfaces.names
    servers = machine.heard.said_by(Speaker.SERVER, everywhere)
    if servers:
        remedy = write_port("wan", servers[0].interface, machine)
        yield Finding(Severity.NOTE, "server-heard", _server_speaks(servers), remedy)
    clients = machine.heard.said_by(Speaker.CLIENT, everywhere)
    if clients:
        remedy = write_port("lan", _place(clients[0], machine), machine)
        yield Finding(Severity.NOTE, "client-heard", _client_speaks(clients), remedy)


def _elsewhere(session: SessionConfiguration, machine: Machine) -> Iterator[Finding]:
    others = _ports_of_nobody(machine)
    heard = machine.heard
    strange_servers = heard.said_by(Speaker.SERVER, others)
    if strange_servers and not heard.said_by(Speaker.SERVER, {session.wan}):
        place = strange_servers[0].interface
        yield Finding(
            Severity.WARNING,
            "server-elsewhere",
            _(
                "A campus switch ({mac}) speaks on {place}, and none on {wan}, which is "
                "“{keys[wan]}”.",
                mac=stations(strange_servers),
                place=place,
                wan=session.wan,
            ),
            _(
                "Put the cable into {wan}, or write “{setting}” in {path}.",
                wan=session.wan,
                setting=machine.notation.setting("wan", place),
                path=machine.path,
            ),
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
            _(
                "A client ({mac}) speaks on {place}, and none on {lan}, which is “{keys[lan]}”.",
                mac=stations(strange_clients),
                place=place,
                lan=session.lan,
            ),
            _(
                "Plug the PC into {lan}, or write “{setting}” in {path}.",
                lan=session.lan,
                setting=machine.notation.setting("lan", place),
                path=machine.path,
            ),
        )


def _unanswered(session: SessionConfiguration, machine: Machine) -> Iterator[Finding]:
    if machine.heard.said_by(Speaker.SERVER, {session.wan}):
        return
    starts = sum(
        one.count
        for one in machine.heard.sightings
        if one.interface == session.wan and one.outgoing and one.is_start
    )
    if starts < STARTS_WITHOUT_ANSWER or is_called_in_vain(machine.status_of(session)):
        return  # the daemon knows better since when
    others = [mode.value for mode in (GroupMode.STANDARD, GroupMode.RUIJIE)]
    if session.settings.group.value in others:
        others.remove(session.settings.group.value)
    yield Finding(
        Severity.WARNING,
        "no-answer",
        _(
            "{count} requests for a login went out by {wan}, and nobody answered.",
            count=starts,
            wan=session.wan,
        ),
        _(
            "Check that the cable leads to a campus socket. If it does, try “{setting}” in {path}.",
            setting=machine.notation.setting("group", others[-1]),
            path=machine.path,
        ),
    )


def _silence(session: SessionConfiguration, machine: Machine) -> Iterator[Finding]:
    seconds = round(machine.heard.seconds)
    asks = session.wan if session.mode is Mode.LOGIN else session.lan
    is_there = asks is not None and machine.interfaces.named(asks) is not None
    if not seconds or not is_there or machine.is_online(session):
        return
    if session.mode is Mode.LOGIN:
        what = _(
            "Nothing was said in 802.1X on {name} within {seconds} s.",
            name=session.wan,
            seconds=seconds,
        )
        remedy = _("If that is during a login, check the cable to the campus socket.")
    else:
        side = machine.lan_side(session)
        busy = [name for name in sorted(side & machine.heard.busy) if name != session.lan]
        alive = busy or sorted(side & machine.heard.busy)
        what = (
            _(
                "Something is sent on {name}, but no 802.1X within {seconds} s.",
                name=listed(alive),
                seconds=seconds,
            )
            if alive
            else _(
                "Nothing came from {name} within {seconds} s, not even other traffic.",
                name=session.lan,
                seconds=seconds,
            )
        )
        remedy = _(
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


def _server_speaks(said: tuple[Sighting, ...]) -> str:
    return _("The campus switch ({mac}) speaks on {name}.", mac=stations(said), name=_places(said))


def _client_speaks(said: tuple[Sighting, ...]) -> str:
    return _("The client ({mac}) speaks on {name}.", mac=stations(said), name=_places(said))


def _place(sighting: Sighting, machine: Machine) -> str:
    """Return what a configuration would call the LAN where somebody was heard."""
    interface = machine.interfaces.named(sighting.interface)
    return (interface.bridge if interface else None) or sighting.interface


def _places(sightings: tuple[Sighting, ...]) -> str:
    return listed(dict.fromkeys(one.interface for one in sightings))
