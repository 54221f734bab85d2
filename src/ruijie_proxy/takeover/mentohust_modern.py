"""The JSON file of MentoHUST Modern (its config.py and ruijie.py), as a session of ours.

It says to be a Windows client with the V2 check, which takes a copy of that client.
"""

from __future__ import annotations

import os

from ruijie_proxy.config.shape.parsers import interface_name
from ruijie_proxy.config.shape.problems import Unfit
from ruijie_proxy.i18n import N_, _
from ruijie_proxy.takeover.draft import (
    AS_A_SERVICE,
    PAUSES,
    Draft,
    leave_addresses,
    take_account,
    take_dhcp,
    take_dns_server,
    take_group,
    take_interval,
    take_ping,
    take_switch,
    version_number,
)
from ruijie_proxy.takeover.source import NotTakenOver

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.takeover.draft import TakenOver
    from ruijie_proxy.takeover.source import Source

_ALIASES = {"enabled": "enable"}
_USUAL_INTERVAL = "30"
_USUAL_GROUP = "1"
_AFTER = "2"
_CERNET = "2"
_USUAL_VERSION = "5.00"
_NO_VERSION, _AUTO = "0.00", "auto"
_OWN_PROGRAM = "/etc/ruijie-proxy/8021x.exe"
_PROPERTIES = ["0x2F=hex:", "0x35=hex:01", f"0x39=hex:{'00' * 32}"]
"""It sends no password property and no service."""
_NO_DHCP = "0x18=hex:00000000"
"""Also with DHCP, unless there are two logins."""
_DISK_SERIAL = "HUSTMOON"
_LEFT_OUT = {
    "interface-description": N_("not needed: the port is known by its name"),
    "interface-mac": N_("not needed: the port is known by its name"),
    "auto-connect": AS_A_SERVICE,
    "timeout": PAUSES,
    "wait": PAUSES,
    "fail-number": PAUSES,
}


def take_over_mentohust_modern(source: Source) -> TakenOver:
    """Make a session of MentoHUST Modern's configuration. Raises NotTakenOver."""
    draft = Draft(source, _ALIASES)
    draft.options |= {"mode": "login", "wan": _take_port(draft)}
    take_account(draft, draft.take("username"), draft.take_raw("password"))
    group = draft.take("multicast-address") or _USUAL_GROUP
    take_dhcp(draft, "dhcp-mode", "dhcp-script", _AFTER)
    if group == _CERNET:
        draft.options["dialect"] = "cernet"
        draft.leave(dict.fromkeys(("version", "client-exe", "dns"), _OF_NO_USE))
    else:
        _take_client(draft)
    take_group(draft, group)
    take_interval(draft, "interval", draft.take("interval"), _USUAL_INTERVAL)
    take_ping(draft, "ping")
    leave_addresses(draft, "ipaddr", "gateway")
    draft.take("mask")
    take_switch(draft, "enable")
    draft.leave(_LEFT_OUT)
    return draft.finish()


_OF_NO_USE = N_("left out: it is of no use with dialect 'cernet'")


def _take_port(draft: Draft) -> str:
    """Return the port's name, which on Linux is its identifier there. Raises NotTakenOver."""
    port = draft.take("interface-id") or draft.take("interface-description")
    try:
        return interface_name(port or "")
    except Unfit:
        raise NotTakenOver(
            _("names a port of another machine"),
            _('write the router\'s port to the campus into it, as in "interface_id": "eth1"'),
        ) from None


def _take_client(draft: Draft) -> None:
    version = draft.take("version") or _USUAL_VERSION
    program = draft.take("client-exe")
    dns = take_dns_server(draft, "dns")
    if dns is not None:
        draft.options["dns"] = [dns]
    if version == _NO_VERSION:
        draft.options["shape"] = "block"
        return
    if version == _AUTO:
        version = _USUAL_VERSION
    draft.options["dialect"] = "ruijie-v2"
    draft.options["check_case"] = "upper"
    number = version_number(version)
    if number is None:
        draft.remark("version", _("left out: it is no version such as 1.31"))
    else:
        draft.options["client_version"] = number
    draft.options["disk_serial"] = _DISK_SERIAL
    is_told = draft.options.get("dhcp") == "double"
    draft.options["properties"] = [*([] if is_told else [_NO_DHCP]), *_PROPERTIES]
    path = program if program is not None and program.startswith("/") else _OWN_PROGRAM
    if not os.path.isfile(path):
        raise NotTakenOver(
            _("logs in by the Windows client's own program, and {path} is not there", path=path),
            _("copy the 8021x.exe that it uses to that place, and import it again"),
        )
    draft.options["client_exe"] = path
