"""MentoHUST's keys (its myconfig.c, 0.3.4, and its pages for LuCI), as a session of ours."""

from __future__ import annotations

from ruijie_proxy.config.shape.parsers import client_version
from ruijie_proxy.config.shape.parsers import password as fit_password
from ruijie_proxy.config.shape.problems import Unfit
from ruijie_proxy.i18n import N_, _
from ruijie_proxy.takeover.draft import (
    AS_A_SERVICE,
    PAUSES,
    Draft,
    is_given,
    take_account,
    take_dhcp,
    take_dns_server,
    take_group,
    take_interval,
    take_ping,
    take_ports,
    take_switch,
)

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

_OF_THE_NETWORK = N_(
    "left out: ruijie-proxy uses the address that the port has; set a fixed one in the network "
    "configuration"
)
_LEFT_OUT = {
    "shownotify": N_("left out: a router shows no notifications; hooks can run a command instead"),
    "daemonmode": AS_A_SERVICE,
    "timeout": PAUSES,
    "restartwait": PAUSES,
    "maxfail": PAUSES,
    "datafile": N_(
        "left out: ruijie-proxy makes what the client sends by itself; if the campus takes only "
        "the Windows client, try dialect 'ruijie-v2' with client_exe, the path of its 8021x.exe"
    ),
}


def take_over_mentohust(source: Source) -> TakenOver:
    """Make a session of MentoHUST's configuration. Raises NotTakenOver."""
    draft = Draft(source, _ALIASES)
    take_ports(draft, "nic", None)
    take_account(draft, draft.take("username"), _take_password(draft, source))
    start_mode = draft.take("startmode")
    if start_mode == _CERNET:
        draft.options["dialect"] = "cernet"
        for key in ("dns", "version"):
            if draft.take(key) not in (None, _NO_VERSION, "0.0.0.0"):  # noqa: S104
                draft.remark(key, _("left out: it is of no use with dialect 'cernet'"))
    take_group(draft, start_mode)
    dns = take_dns_server(draft, "dns")
    if dns is not None:
        draft.options["dns"] = [dns]
    _take_version(draft)
    take_dhcp(draft, "dhcpmode", "dhcpscript", _NO_DHCP)
    take_interval(draft, "echointerval", _USUAL_INTERVAL)
    take_ping(draft, "pinghost")
    for key in ("ip", "mask", "gateway"):
        if is_given(draft.take(key)):
            draft.remark(key, _(_OF_THE_NETWORK))
    take_switch(draft, "enable")
    draft.leave(_LEFT_OUT)
    return draft.finish()


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
    if source.is_uci or not password.startswith(" "):
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
    number = ".".join(part.lstrip("0") or "0" for part in version.split("."))
    try:
        client_version(number)
    except Unfit:
        draft.remark("version", _("left out: it is no version such as 1.31"))
    else:
        draft.options["client_version"] = number
