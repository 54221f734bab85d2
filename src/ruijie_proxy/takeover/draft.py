"""A session in the making: options are taken from another configuration, and remarks are kept."""

from __future__ import annotations

from ruijie_proxy.config.notations.uci_document import SWITCHED_OFF
from ruijie_proxy.config.shape.parsers import client_version, ipv4_address, seconds
from ruijie_proxy.config.shape.problems import Unfit
from ruijie_proxy.i18n import N_, _, listed
from ruijie_proxy.takeover.source import NotTakenOver
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ruijie_proxy.takeover.source import Source

    Options = dict[str, str | list[str]]
    """Of a session, as UCI writes them."""

_NO_ADDRESSES = ("0.0.0.0", "255.255.255.255")  # noqa: S104 - how others say: none
_MODES_OF_DHCP = {"0": "off", "1": "double", "2": "after", "3": "before"}
"""The same numbers in both programs (minieap's packet_plugin_rjv3_priv.h, MentoHUST's help)."""
_GROUPS = {"1": "ruijie"}
"""0, the standard address, is where the router's own login begins anyway."""
_USUAL_RENEWALS = ("udhcpc", "dhclient", "dhcpcd")
_OF_THE_SHELL = frozenset("|&;<>()$`\\\"'*?[#~=%{}\n")

NOT_KNOWN = N_("not known to this program, and left out")
NO_ACCOUNT = N_("left out: it is for the router's own login, and no account is given")
PAUSES = N_(
    "left out: ruijie-proxy decides by what the server says how long to wait, and never tries so "
    "often that the account is banned"
)
AS_A_SERVICE = N_("left out: ruijie-proxy runs as a service and writes to the system's log")
ALWAYS_AGAIN = N_("left out: a session that was ended is begun again, within the limits")
OF_THE_NETWORK = N_(
    "left out: ruijie-proxy uses the address that the port has; set a fixed one in the network "
    "configuration"
)
WAS_OFF = N_("it was switched off there; the session is on")


class Remark(Frozen):
    """Something that the user should know of."""

    keys: tuple[str, ...]
    """The keys that it is about, as their program calls them."""
    text: str


class TakenOver(Frozen):
    """What became of one port's configuration."""

    program: str
    options: Options
    remarks: tuple[Remark, ...]

    def __repr__(self) -> str:
        return f"TakenOver({self.program!r}, …)"  # there is a password among the options


class Draft:
    """Hands out another configuration's values, each once, and gathers what becomes of them."""

    def __init__(self, source: Source, aliases: Mapping[str, str]) -> None:
        """``aliases``: other names of keys, and what each is called elsewhere."""
        self.options: Options = {}
        self._source = source
        self._values: dict[str, list[str]] = {}
        self._written: dict[str, str] = {}
        self._remarks: dict[str, list[str]] = {}
        for entry in source.entries:
            key = aliases.get(entry.key, entry.key)
            self._values.setdefault(key, []).append(entry.value)
            self._written[key] = entry.written

    def take_raw(self, key: str) -> str | None:
        """Return the value of a key just as it is written, or None; of several, the last."""
        return self._values.pop(key, [None])[-1]

    def take(self, key: str) -> str | None:
        """Return the value of a key without space around it, or None; of several, the last."""
        value = self.take_raw(key)
        return (value or "").strip() or None

    def take_all(self, *keys: str) -> list[str]:
        """Return all values of keys that can be there several times."""
        return [value.strip() for key in keys for value in self._values.pop(key, [])]

    def remark(self, key: str, message: str) -> None:
        """Say something of a key; keys that the same is said of go together."""
        keys = self._remarks.setdefault(message, [])
        written = self._written.get(key, key)
        if written not in keys:
            keys.append(written)

    def leave(self, reasons: Mapping[str, str]) -> None:
        """Leave out keys for a reason each, where they are given; reasons are marked messages."""
        for key, reason in reasons.items():
            if self.take(key) is not None:
                self.remark(key, _(reason))

    def finish(self) -> TakenOver:
        """Return what was made, with a remark about each key that nobody has taken."""
        for key in self._values:
            self.remark(key, _(NOT_KNOWN))
        remarks = [Remark(tuple(keys), text) for text, keys in self._remarks.items()]
        if self._source.unread:
            numbers = listed(map(str, self._source.unread))
            text = _("left out, since there is no key and value in it: line {lines}", lines=numbers)
            remarks.append(Remark((), text))
        return TakenOver(self._source.program, self.options, tuple(remarks))


def take_ports(draft: Draft, nic: str, lan: str | None) -> None:
    """Take the WAN port's name, and decide who logs in. Raises NotTakenOver."""
    wan = draft.take(nic)
    if wan is None:
        raise NotTakenOver(
            _("names no network port"), _("write the port to the campus into it: {key}=…", key=nic)
        )
    draft.options["mode"] = "login" if lan is None else "relay"
    draft.options["wan"] = wan
    if lan is not None:
        draft.options["lan"] = lan


def take_account(draft: Draft, username: str | None, password: str | None) -> bool:
    """Take the account; return whether there is one. Raises NotTakenOver if one is needed."""
    if username is not None and password is not None:
        draft.options["username"] = username
        draft.options["password"] = password
        return True
    if draft.options["mode"] != "relay":
        raise NotTakenOver(
            _("holds no account") if username is None else _("holds no password"),
            _("write username and password into it, and import it again"),
        )
    return False


def take_group(draft: Draft, number: str | None) -> None:
    """Take the group address that a Start goes out to."""
    group = _GROUPS.get(number or "")
    if group is not None:
        draft.options["group"] = group


def leave_addresses(draft: Draft, *keys: str) -> None:
    """Leave out addresses of the port where they are given."""
    for key in keys:
        if is_given(draft.take(key)):
            draft.remark(key, _(OF_THE_NETWORK))


def take_switch(draft: Draft, key: str) -> None:
    """Take whether it was switched on; whoever imports it wants it to be."""
    if (draft.take(key) or "1").lower() in SWITCHED_OFF:
        draft.remark(key, _(WAS_OFF))


def take_dhcp(draft: Draft, key: str, script_key: str, usual: str) -> None:
    """Take when the address is got, and how. ``usual`` is the program's default."""
    given = draft.take(key)
    mode = _MODES_OF_DHCP.get(given or usual)
    if mode is None:
        draft.remark(key, _("left out: it is none of 0, 1, 2 and 3"))
    elif mode == "double" and draft.options["mode"] == "relay":
        draft.options["successes"] = "2"
    else:
        draft.options["dhcp"] = mode
    if mode == "off":
        draft.remark(
            key,
            _(
                "as before, the campus is told that the address is a fixed one (dhcp 'off'); if "
                "the port gets its address by DHCP, write dhcp 'after' instead"
            ),
        )
    _take_script(draft, script_key, mode)


def _take_script(draft: Draft, key: str, mode: str | None) -> None:
    script = draft.take(key)
    if script is None:
        return
    words = script.split()
    program = words[0].rpartition("/")[2]
    if mode == "off":
        draft.remark(key, _("left out: it was of no use without DHCP"))
    elif program in _USUAL_RENEWALS:
        draft.remark(key, _("not needed: the address is renewed by what manages it on this router"))
    elif words[0].startswith("/") and not _OF_THE_SHELL.intersection(script):
        draft.options["dhcp_renew"] = words
    else:
        draft.remark(
            key,
            _(
                "left out: ruijie-proxy runs no command lines of a shell; if the script is needed, "
                "make it a program and name it by its path as dhcp_renew"
            ),
        )


def take_interval(draft: Draft, key: str, interval: str | None, usual: str) -> None:
    """Take the heartbeats' interval where somebody has chosen one. ``usual``: the default."""
    if interval is None or interval == usual:
        return
    try:
        seconds(interval, 1, 300)
    except Unfit:
        draft.remark(key, _("left out: the interval that the server grants is used"))
    else:
        draft.options["heartbeat_interval"] = interval


def take_ping(draft: Draft, key: str) -> bool:
    """Take the host whose answer shows that the way out works; return whether there is one."""
    host = draft.take(key)
    if host is None or host in _NO_ADDRESSES:
        return False
    if not is_address(host):
        draft.remark(
            key, _("left out: it is no IPv4 address; name one as health_ping, and add health 'on'")
        )
        return False
    draft.options["health"] = "on"
    draft.options["health_ping"] = host
    return True


def version_number(version: str) -> str | None:
    """Return a version as this program writes it, without zeros in front; None: it is none."""
    number = ".".join(part.lstrip("0") or "0" for part in version.split("."))
    try:
        return client_version(number)
    except Unfit:
        return None


def take_dns_server(draft: Draft, key: str) -> str | None:
    """Take a DNS server that the campus is told; None: none is given."""
    server = draft.take(key)
    if server is None or server in _NO_ADDRESSES:
        return None
    if not is_address(server):
        draft.remark(key, _("left out: only IPv4 addresses of DNS servers can be told"))
        return None
    return server


def is_address(text: str) -> bool:
    """Whether a text is an IPv4 address."""
    try:
        ipv4_address(text)
    except Unfit:
        return False
    return True


def is_given(address: str | None) -> bool:
    """Whether an address is one, and not the way to say that there is none."""
    return address is not None and address not in _NO_ADDRESSES
