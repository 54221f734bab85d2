"""jmuSupplicant's keys (its init.c, and its page for LuCI), as a session of ours.

It is made for one campus, and says to be its Windows client 5.0.3 (construct_eap_frames.c). What it
tells of somebody's machine, the serial number of a disk and IPv6 addresses, does not go along.
"""

from __future__ import annotations

from ruijie_proxy.i18n import N_, _
from ruijie_proxy.takeover.draft import (
    AS_A_SERVICE,
    Draft,
    leave_addresses,
    take_account,
    take_ping,
    take_ports,
    take_switch,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.takeover.draft import TakenOver
    from ruijie_proxy.takeover.source import Source

_SERVICES = {
    "0": "教育网接入",
    "1": "联通宽带接入",
    "2": "移动宽带接入",
    "3": "电信宽带接入",
}
_USUAL_SERVICE = "0"
_CLIENT = {
    "shape": "block",
    "client_version": "5.0.3",
    "edition": "1",
    "group": "ruijie",
    # It takes the address that the port has, and does nothing to get another one.
    "dhcp": "before",
}
_PROPERTIES = ["0x18=hex:00000000", "0x35=hex:03"]
_AT_NIGHT = N_(
    "left out: at night it logged in with another address, which ruijie-proxy does not do; set its "
    "hours instead, and it waits for the morning"
)
_LEFT_OUT = {
    "midnight": _AT_NIGHT,
    "ipaddr-midnight": _AT_NIGHT,
    "cronset-midnight": _AT_NIGHT,
    "cronset-advanced": _AT_NIGHT,
    "no-internet-auth-only": N_(
        "left out: ruijie-proxy logs in whenever the session is down; health looks at the way out"
    ),
    "dns": N_("left out: it was sent to nobody; set the DNS servers in the network configuration"),
    "daemonize": AS_A_SERVICE,
    "kill": AS_A_SERVICE,
    "several": AS_A_SERVICE,
}
_OFF = "0"


def take_over_jmusupplicant(source: Source) -> TakenOver:
    """Make a session of jmuSupplicant's configuration. Raises NotTakenOver."""
    draft = Draft(source, {"enabled": "enable"})
    take_ports(draft, "ifname", None)
    take_account(draft, draft.take("username"), draft.take_raw("password"))
    draft.options |= _CLIENT
    number = draft.take("netoperator") or _USUAL_SERVICE
    service = _SERVICES.get(number)
    if service is None:
        draft.remark("netoperator", _("left out: it is none of 0, 1, 2 and 3"))
    else:
        draft.options["service"] = service
    draft.options["properties"] = list(_PROPERTIES)
    take_ping(draft, "pinghost")
    draft.take("advanced")
    leave_addresses(draft, "ipaddr", "mask", "gateway")
    for key, reason in _LEFT_OUT.items():
        if draft.take(key) not in (None, _OFF, "0.0.0.0"):  # noqa: S104 - how it says: none
            draft.remark(key, _(reason))
    take_switch(draft, "enable")
    return draft.finish()
