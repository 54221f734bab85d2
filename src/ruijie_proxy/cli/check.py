"""``ruijie-proxy check``: every error in a configuration, or what it means."""

from __future__ import annotations

import os
import stat

from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.cli.basics.output import say
from ruijie_proxy.config.other_files import OTHER_PLACE, part_that_is_there
from ruijie_proxy.config.reader import read_configuration
from ruijie_proxy.config.shape.model import Configuration, Mode, SessionConfiguration
from ruijie_proxy.config.shape.problems import ConfigurationForbidden, ConfigurationProblems
from ruijie_proxy.engine.settings import DhcpMode, Dialect, LoginSettings, Shape
from ruijie_proxy.i18n import N_, _, listed
from ruijie_proxy.protocol.clients.client_profile import (
    PRESET_OF_EDITION,
    PRESETS,
    USUAL_BARE_PRESET,
    USUAL_PRESET,
    WINDOWS_PRESETS,
    preset_of_version,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.config.reader import Reading
    from ruijie_proxy.config.shape.shapes import Report

SYSFS_NET = "/sys/class/net"
"""Read here and not asked for by a socket, which takes longer to load than all the rest."""
_ARPHRD_ETHER = "1"
"""linux/if_arp.h"""
_DHCP = {
    DhcpMode.OFF: N_("fixed address"),
    DhcpMode.BEFORE: N_("DHCP before the login"),
    DhcpMode.AFTER: N_("DHCP after the login"),
    DhcpMode.DOUBLE: N_("DHCP between two logins"),
}


def check_configuration(path: str) -> ExitCode:
    """Print what is wrong with a configuration, or its sessions and what could be better."""
    try:
        reading = read_configuration(path)
        _check_machine(reading)
    except ConfigurationForbidden as found:
        say(str(found), error=True)
        return ExitCode.INTERFACE
    except ConfigurationProblems as found:
        say(str(found), error=True)
        count = len(found.problems)
        told = _("1 problem found.") if count == 1 else _("{count} problems found.", count=count)
        say(told, error=True)
        return ExitCode.USAGE
    for warning in reading.warnings:
        say(_("warning: {text}", text=warning), error=True)
    for session in Configuration.from_plain(reading.plain).sessions:
        say(session_summary(session))
    say(_("{path} is fine.", path=path))
    return ExitCode.DONE


def _check_machine(reading: Reading) -> None:
    """Note what the daemon would refuse on this machine. Raises ConfigurationProblems.

    It waits for interfaces that are not there.
    """
    _check_socket(Configuration.from_plain(reading.plain).control, reading.report)
    for number, session in enumerate(reading.plain["sessions"]):
        for key in ("wan", "lan"):
            if key in session and not _may_be_ethernet(session[key]):
                reading.report.at_key(
                    f"sessions[{number}].{key}",
                    _("is not an Ethernet interface, so no 802.1X crosses it"),
                    _("name the port itself, not a PPPoE connection or a tunnel over it"),
                )
        _check_wan(f"sessions[{number}].wan", session["wan"], reading.report)
        if _needs_a_look(session.get("lan")):
            _check_lan(f"sessions[{number}].lan", session["lan"], reading.report)
    if reading.report.problems:
        raise ConfigurationProblems(reading.report.problems)


def _needs_a_look(lan: str | None) -> bool:
    """Whether an interface has to do with bridges, where it matters which one is named."""
    if lan is None:
        return False
    folder = f"{SYSFS_NET}/{lan}"
    # Of a VLAN device, the interface that it is a VLAN of is at another place than itself.
    below = (f"{folder}/{name}" for name in _entries(folder) if name.startswith("lower_"))
    return any(os.path.isdir(f"{one}/bridge") for one in (folder, *below)) or os.path.isdir(
        f"{folder}/brport"
    )


def _entries(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _check_wan(key: str, wan: str, report: Report) -> None:
    """Warn of a WAN port whose frames a bridge takes."""
    bridge = _bridge_of(wan)
    if bridge is not None:
        wrong = _(
            "is a port of the bridge {bridge}, which takes the switch's answers away", bridge=bridge
        )
        report.warn_at_key(key, wrong, _("take it out of the bridge"))


def _bridge_of(interface: str) -> str | None:
    """Return the bridge that an interface is a port of; None: of none."""
    if not os.path.isdir(f"{SYSFS_NET}/{interface}/brport"):
        return None
    return os.path.basename(os.readlink(f"{SYSFS_NET}/{interface}/master"))


def _check_lan(key: str, lan: str, report: Report) -> None:
    """Warn of a LAN by whose name clients are not heard, or in part."""
    bridge = _bridge_of(lan)
    if bridge is not None:
        wrong = _("is a port of the bridge {bridge}, which takes most frames away", bridge=bridge)
        report.warn_at_key(key, wrong, _("name the bridge, or the client's VLAN on it"))
        return
    from ruijie_proxy.runtime.ports.bridge_vlans import read_lan_vlan

    vlan = read_lan_vlan(lan)
    if vlan is None:
        return
    if vlan.misses_frames:
        device = listed(vlan.devices) or f"{lan}.1"
        wrong = _("keeps VLANs apart and belongs to none untagged, so it misses most frames")
        report.warn_at_key(key, wrong, _("name the client's VLAN on it: {device}", device=device))
    elif not vlan.ports:
        wrong = _("has no port of {bridge} as a member, so no client is heard", bridge=vlan.bridge)
        remedy = _("add the client's port to the VLAN, or name another one")
        report.warn_at_key(key, wrong, remedy)


def _check_socket(path: str, report: Report) -> None:
    if os.path.lexists(path):
        if not stat.S_ISSOCK(os.lstat(path).st_mode):
            wrong = _("there is something else of this name, not a socket")
            report.at_key("control", wrong, _(OTHER_PLACE))
    elif os.statvfs(part_that_is_there(path)).f_flag & os.ST_RDONLY:
        report.at_key("control", _("is on a read-only file system"), _(OTHER_PLACE))


def _may_be_ethernet(interface: str) -> bool:
    """Whether an interface is of Ethernet's kind, or not there."""
    try:
        with open(f"{SYSFS_NET}/{interface}/type", encoding="ascii") as file:
            return file.read().strip() == _ARPHRD_ETHER
    except OSError:
        return True


def session_summary(session: SessionConfiguration) -> str:
    """Return a line on what a session does."""
    login = session.settings.login
    if session.mode is Mode.RELAY or login is None:
        return _(
            "{name}: relay, clients on {lan}, campus switch on {wan}",
            name=session.name,
            lan=session.lan,
            wan=session.wan,
        )
    if session.mode is Mode.PORTAL:
        return _(
            "{name}: login as {username} through {wan} at {portal}",
            name=session.name,
            username=login.username,
            wan=session.wan,
            portal=_portal(login),
        )
    facts = {
        "name": session.name,
        "username": login.username,
        "wan": session.wan,
        "client": _client(login),
        "address": _(_DHCP[session.settings.dhcp]),
    }
    if session.mode is Mode.AUTO:
        return _(
            "{name}: auto: login as {username} through {wan} ({client}), or relay of clients on "
            "{lan}, {address}; where nobody answers 802.1X, at {portal}",
            lan=session.lan,
            portal=_portal(login),
            **facts,
        )
    return _("{name}: login as {username} through {wan} ({client}), {address}", **facts)


def _portal(login: LoginSettings) -> str:
    if login.portal and login.portal.page:
        return _("the web portal {page}", page=login.portal.page)
    return _("the campus's web portal")


def _client(login: LoginSettings) -> str:
    """Say which client the router is to the switch."""
    dialect = login.dialect.value
    if login.v2_client is not None:
        major, minor = login.v2_client.version
        return f"{dialect}, Windows {login.client_version or f'{major}.{minor}'}"
    if login.dialect is not Dialect.RUIJIE:
        return dialect
    profile = USUAL_BARE_PRESET if login.shape is Shape.BARE else USUAL_PRESET
    if login.client_version is not None:
        profile = preset_of_version(login.client_version)
    elif login.edition is not None:
        profile = PRESET_OF_EDITION[login.edition]
    name = profile.name
    if login.client_version not in (None, *PRESETS, *WINDOWS_PRESETS):
        name = _("version {number}", number=login.client_version)
    shape = () if login.shape is Shape.AUTO else (login.shape.value,)
    client = listed((dialect, *shape, name))
    if login.edition in (None, profile.edition):
        return client
    return _("{client}, edition {edition}", client=client, edition=login.edition)
