"""MentoHUST's keys (its myconfig.c, 0.3.4, and its pages for LuCI), as a session of ours.

Its later builds know the V4 check. They have further keys, and always send the same: what a Linux
client 1.0 sent at one campus (mystate.c). Of that goes along what does not tell of its machine.
"""

from __future__ import annotations

from ruijie_proxy.config.shape.parsers import password as fit_password
from ruijie_proxy.config.shape.problems import Unfit
from ruijie_proxy.i18n import N_, _
from ruijie_proxy.takeover.draft import (
    ALWAYS_AGAIN,
    AS_A_SERVICE,
    NO_ACCOUNT,
    PAUSES,
    Draft,
    leave_addresses,
    take_account,
    take_dhcp,
    take_dns_server,
    take_group,
    take_interval,
    take_ping,
    take_ports,
    take_switch,
    version_number,
)
from ruijie_proxy.takeover.source import Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.takeover.draft import TakenOver
    from ruijie_proxy.takeover.source import Source

_ALIASES = {
    "enabled": "enable",
    "ifname": "nic",
    "interface": "nic",
    "ipaddr": "ip",
    "ping": "pinghost",
    "interval": "echointerval",
    "wait": "restartwait",
    "fail-number": "maxfail",
    "multicast-address": "startmode",
    "dhcp-mode": "dhcpmode",
    "dhcp-script": "dhcpscript",
}
"""What several of its pages for LuCI call the keys."""
_USUAL_INTERVAL = "30"
_NO_DHCP = "0"
_CERNET = "2"
_NO_VERSION = "0.00"
_MASK = b"~!:?$*<(qw2e5o7i8x12c6m67s98w43d2l45we82q3iuu1z4xle23rt4oxclle34e54u6r8m"
"""What MentoHUST hides passwords in its file with, before it writes them in base64."""

_OF_V4 = {"servicename", "restartonlogoff", "maxretries", "proxy-lan-iface", "auth-round"}
"""Keys that no build before the V4 check knows; its long options are of the same time."""
_LONG = "--"
_CLIENT_OF_V4 = {
    "shape": "block",
    "client_version": "1.0",
    "edition": "1",
    "client_name": "RG-SU For Linux V1.0",
}
_DNS_OF_V4 = ["202.114.0.242", "8.8.8.8"]
_USUAL_SERVICE = "internet"
_DHCP_OF_V4 = "0x18=hex:00000001"
"""Whether or not there is DHCP."""
_PORT_OF_SBWML = "interface"
"""What only one page for LuCI calls the port; its script takes other defaults than the program."""
_TWO_LOGINS = "1"

_LEFT_OUT = {
    "shownotify": N_("left out: a router shows no notifications; hooks can run a command instead"),
    "daemonmode": AS_A_SERVICE,
    "pid-file": AS_A_SERVICE,
    "save": AS_A_SERVICE,
    "kill": AS_A_SERVICE,
    "timeout": PAUSES,
    "restartwait": PAUSES,
    "maxfail": PAUSES,
    "maxretries": PAUSES,
    "datafile": N_(
        "left out: ruijie-proxy makes what the client sends by itself; if the campus takes only "
        "the Windows client, try dialect 'ruijie-v2' with client_exe, the path of its 8021x.exe"
    ),
}


def take_over_mentohust(source: Source) -> TakenOver:
    """Make a session of MentoHUST's configuration. Raises NotTakenOver."""
    draft = Draft(source, _ALIASES)
    take_ports(draft, "nic", draft.take("proxy-lan-iface"))
    has_account = take_account(draft, draft.take("username"), _take_password(draft, source))
    start_mode = draft.take("startmode")
    take_dhcp(draft, "dhcpmode", "dhcpscript", _usual_dhcp(source))
    if start_mode == _CERNET:
        draft.options["dialect"] = "cernet"
        _leave_unused(draft, _("left out: it is of no use with dialect 'cernet'"))
    elif not has_account:
        _leave_unused(draft, _(NO_ACCOUNT))
    elif _is_of_v4(source):
        _take_v4(draft)
    else:
        _take_client(draft)
    take_group(draft, start_mode)
    _take_rounds(draft)
    take_interval(draft, "echointerval", draft.take("echointerval"), _USUAL_INTERVAL)
    take_ping(draft, "pinghost")
    leave_addresses(draft, "ip", "mask", "gateway")
    take_switch(draft, "enable")
    if draft.take("restartonlogoff") == "0":
        draft.remark("restartonlogoff", _(ALWAYS_AGAIN))
    draft.leave(_LEFT_OUT)
    return draft.finish()


def _usual_dhcp(source: Source) -> str:
    """Return when the address is got where no key says it."""
    is_sbwml = any(entry.written == _PORT_OF_SBWML for entry in source.entries)
    return _TWO_LOGINS if source.origin is Origin.UCI and is_sbwml else _NO_DHCP


def _is_of_v4(source: Source) -> bool:
    return not source.keys.isdisjoint(_OF_V4) or any(
        entry.written.startswith(_LONG) for entry in source.entries
    )


def _leave_unused(draft: Draft, reason: str) -> None:
    """Leave out what the client would have said of itself."""
    for key in ("dns", "version", "servicename"):
        if draft.take(key) not in (None, _NO_VERSION, "0.0.0.0", _USUAL_SERVICE):  # noqa: S104
            draft.remark(key, reason)


def _take_client(draft: Draft) -> None:
    """Take what a build before the V4 check says of itself."""
    draft.options["shape"] = "block"
    dns = take_dns_server(draft, "dns")
    if dns is not None:
        draft.options["dns"] = [dns]
    _take_version(draft)


def _take_v4(draft: Draft) -> None:
    """Take what a build with the V4 check sends, whatever its other keys say."""
    draft.options |= _CLIENT_OF_V4
    service = draft.take("servicename") or _USUAL_SERVICE
    # What begins with the usual one is the usual one to it.
    if not service.startswith(_USUAL_SERVICE):
        draft.options["service"] = service
    draft.options["dns"] = list(_DNS_OF_V4)
    without_dhcp = [_DHCP_OF_V4] if draft.options.get("dhcp") == "off" else []
    draft.options["properties"] = [*without_dhcp, "0x35=hex:01"]
    _leave_unused(
        draft, _("left out: this build of MentoHUST sends its own, and what it sends is kept")
    )


def _take_rounds(draft: Draft) -> None:
    rounds = draft.take("auth-round")
    if rounds is not None and draft.options["mode"] == "relay":
        draft.options["successes"] = rounds


def decode_password(hidden: str) -> str | None:
    """Return the password that MentoHUST has hidden; None if a text hides none."""
    from base64 import b64decode

    try:
        masked = b64decode(hidden, validate=True)
    except ValueError:
        return None
    if not 0 < len(masked) <= len(_MASK):
        return None
    raw = bytes(byte ^ mask for byte, mask in zip(masked, _MASK, strict=False))
    for encoding in ("utf-8", "gb18030"):
        try:
            return fit_password(raw.decode(encoding))
        except (UnicodeDecodeError, Unfit):
            continue
    return None


def _take_password(draft: Draft, source: Source) -> str | None:
    password, hidden = draft.take_raw("password"), draft.take("encodepass")
    if password is None:
        return None if hidden is None else decode_password(hidden)
    if source.origin is not Origin.FILE or not password.startswith(" "):
        return password
    # MentoHUST's mark of a password that it has hidden.
    decoded = decode_password(password.strip())
    if decoded is None:
        draft.remark(
            "password",
            _(
                "a space stands before it, which is how MentoHUST marks a hidden one; it hides "
                "none, so it was taken as it stands"
            ),
        )
    return password.strip() if decoded is None else decoded


def _take_version(draft: Draft) -> None:
    version = draft.take("version")
    if version is None or version.startswith("0."):
        return
    number = version_number(version)
    if number is None:
        draft.remark("version", _("left out: it is no version such as 1.31"))
    else:
        draft.options["client_version"] = number
        draft.remark(
            "version",
            _(
                "the number alone is taken: MentoHUST sends with it what an old Windows client "
                "sends; if the campus wants that, use dialect 'ruijie-v2' with client_exe, the "
                "path of your 8021x.exe"
            ),
        )
