"""minieap's keys (its config.c and packet_plugin_rjv3.c, 0.93), as a session of ours.

What it sends without a key goes along, so that a campus that takes it takes us: since 0.92 its
number is 1.31, but edition, name and properties are Linux 1.0's (packet_plugin_rjv3_priv.c).
"""

from __future__ import annotations

from ruijie_proxy.config.shape.parsers import property_change, whole_number
from ruijie_proxy.config.shape.problems import Unfit
from ruijie_proxy.i18n import N_, _
from ruijie_proxy.takeover.draft import (
    ALWAYS_AGAIN,
    AS_A_SERVICE,
    NO_ACCOUNT,
    PAUSES,
    Draft,
    is_address,
    take_account,
    take_dhcp,
    take_dns_server,
    take_group,
    take_interval,
    take_ping,
    take_ports,
    take_switch,
)
from ruijie_proxy.takeover.source import NotTakenOver, Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.takeover.draft import TakenOver
    from ruijie_proxy.takeover.source import Interface, Source

_ALIASES = {"enabled": "enable", "ifname": "nic", "interface": "nic"}
"""Of its pages for LuCI."""
_RUIJIE, _PRINTER = "rjv3", "printer"
_USUAL_INTERVAL = "60"
_NO_HEARTBEATS = "0"
_USUAL_NAME = "RG-SU For Linux V1.0"
_USUAL_SERVICE = "internet"
_CLIENT = {"shape": "block", "client_version": "1.31", "edition": "1"}
_ITS_TYPES = frozenset(bytes.fromhex("182d2f76353638 4e4d39 54556270 6f"))
"""The properties that it always sends; ``:r`` behind another one has no effect."""
_ITS_PROPERTIES = {"0x35": "0x35=hex:01", "0x79": "0x79=remove"}
"""Where they are not those of the client with its number."""
_FURTHER_DNS = "0x76"
"""The property of the DNS servers behind the first; docs/protocol.md, "Properties"."""
_BETWEEN_DNS = ";"
_IN_PLACE = ":r"
_AFTER = "2"
_TWO_ROUNDS = 2

_LEFT_OUT = {
    "daemonize": AS_A_SERVICE,
    "pid-file": AS_A_SERVICE,
    "log-file": AS_A_SERVICE,
    "if-impl": N_("not needed: there is one way to reach the port"),
    "save": AS_A_SERVICE,
    "kill": AS_A_SERVICE,
    "max-fail": PAUSES,
    "max-retries": PAUSES,
    "wait-after-fail": PAUSES,
    "stage-timeout": PAUSES,
    "max-dhcp-count": N_("left out: dhcp_timeout says how many seconds an address may take"),
    "pingcommand": N_("left out: what is done when the way out fails, ruijie-proxy decides"),
    "script": AS_A_SERVICE,
    "conf-file": N_("left out: what stands in that file counts there, too; import it as well"),
}
_OF_THE_BLOCK = ("service", "version-str", "fake-serial", "fake-dns1", "fake-dns2", "rj-option")
_USUAL = {"service": _USUAL_SERVICE, "version-str": _USUAL_NAME}


def take_over_minieap(source: Source) -> TakenOver:
    """Make a session of minieap's configuration. Raises NotTakenOver."""
    if "conf-file" in source.keys and "nic" not in source.keys:
        raise NotTakenOver(
            _("takes its options from another file"), _("import the one behind --conf-file")
        )
    draft = Draft(source, _ALIASES)
    take_ports(draft, "nic", draft.take("proxy-lan-iface"))
    has_account = take_account(draft, draft.take("username"), draft.take_raw("password"))
    if has_account and draft.options["mode"] == "relay":
        draft.remark(
            "proxy-lan-iface",
            _(
                "as before, a client on the LAN logs in (mode 'relay'); with mode 'auto' the "
                "router does so by itself, and relays when that cannot work"
            ),
        )
    _take_dialect(draft, has_account)
    take_group(draft, draft.take("eap-bcast-addr"))
    take_dhcp(draft, "dhcp-type", "dhcp-script", _AFTER)
    if source.origin is Origin.UCI and draft.options.get("dhcp") == "before":
        draft.remark(
            "dhcp-type",
            _(
                "taken as minieap takes 3, which is before the login; its page in LuCI calls it "
                "after, so if the login waits for an address in vain, write dhcp 'after'"
            ),
        )
    _take_rounds(draft)
    _take_heartbeats(draft)
    if take_ping(draft, "pinghost"):
        _take_ping_interval(draft)
    else:
        draft.take("pingintval")
    take_switch(draft, "enable")
    if draft.take("no-auto-reauth") not in (None, "0"):
        draft.remark("no-auto-reauth", _(ALWAYS_AGAIN))
    draft.leave(_LEFT_OUT)
    if source.interface is not None:
        draft.remark("proto", _back_to_dhcp(source.interface))
    return draft.finish()


def _back_to_dhcp(interface: Interface) -> str:
    if interface.beside is not None:
        return _(
            "the interface {name} has to go: {beside} gets the address of the same port. Remove it "
            "with: uci delete network.{name}; uci commit network; /etc/init.d/network reload",
            name=interface.name,
            beside=interface.beside,
        )
    return _(
        "the interface {name} has to go back to DHCP, else the port gets no address: uci set "
        "network.{name}.proto='dhcp'; uci commit network; /etc/init.d/network reload",
        name=interface.name,
    )


def _take_heartbeats(draft: Draft) -> None:
    interval = draft.take("heartbeat")
    if interval == _NO_HEARTBEATS:
        draft.options["heartbeat"] = "off"
    else:
        take_interval(draft, "heartbeat", interval, _USUAL_INTERVAL)


def _take_dialect(draft: Draft, has_account: bool) -> None:
    """Take what the client says of itself, where it speaks Ruijie's dialect."""
    modules = draft.take_all("module", "pkt-plugin")
    for module in modules:
        if module not in (_RUIJIE, _PRINTER):
            draft.remark("module", _("not known, and left out: only rjv3 has a counterpart"))
    if has_account and _RUIJIE in modules:
        _take_block(draft)
        return
    if has_account:
        draft.options["dialect"] = "plain"
        draft.remark(
            "module",
            _(
                "rjv3 was not among them, so the login is plain EAP-MD5 (dialect 'plain'); if the "
                "campus is one of Ruijie's, leave dialect out"
            ),
        )
        reason = _("left out: it was of no use without module=rjv3")
    else:
        reason = _(NO_ACCOUNT)
    for key in _OF_THE_BLOCK:
        if set(draft.take_all(key)) - {_USUAL.get(key)}:
            draft.remark(key, reason)


def _take_block(draft: Draft) -> None:
    service, name, serial = (draft.take(key) for key in ("service", "version-str", "fake-serial"))
    draft.options |= _CLIENT
    draft.options["client_name"] = name or _USUAL_NAME
    if service not in (None, _USUAL_SERVICE):
        draft.options["service"] = service
    if serial is not None:
        draft.options["disk_serial"] = serial
    properties = dict(_ITS_PROPERTIES)
    _take_dns(draft, properties)
    for written in draft.take_all("rj-option"):
        kind, _colon, rest = written.partition(":")
        content = rest.removesuffix(_IN_PLACE)
        if not _is_property(kind, content):
            draft.remark(
                "rj-option",
                _(
                    "one of them is not a type and bytes in hexadecimal digits, such as "
                    "6f:000102; it is left out"
                ),
            )
            continue
        number = f"0x{int(kind, 16):02X}"
        if content != rest and int(kind, 16) not in _ITS_TYPES:
            draft.remark(
                "rj-option",
                _("one of them replaces what is not there, and had no effect; it is left out"),
            )
            continue
        if number in properties and number not in _ITS_PROPERTIES:
            draft.remark("rj-option", _("a type is given twice; the last one counts"))
        properties[number] = f"{number}=hex:{content.lower()}"
    draft.options["properties"] = list(properties.values())


def _take_dns(draft: Draft, properties: dict[str, str]) -> None:
    """Take the first DNS server, and what is told of those behind it, which it sends as it is."""
    first, further = take_dns_server(draft, "fake-dns1"), draft.take("fake-dns2")
    servers = [] if further is None else further.split(_BETWEEN_DNS)
    if first is not None and all(map(is_address, servers)):
        draft.options["dns"] = [first, *servers]
        return
    if first is not None:
        draft.options["dns"] = [first]
    if further is not None:
        # The first one stays the router's, and only the property behind it is given.
        properties[_FURTHER_DNS] = f"{_FURTHER_DNS}=text:{further}"


def _is_property(kind: str, content: str) -> bool:
    if not 0 < len(kind) <= len("6f") or not content:
        return False
    try:
        bytes.fromhex(kind.zfill(2))
        property_change(f"hex:{content}")
    except (ValueError, Unfit):
        return False
    return True


def _take_rounds(draft: Draft) -> None:
    rounds = draft.take("auth-round")
    if rounds in (None, "1"):
        return
    try:
        number = whole_number(rounds, 1, 5)
    except Unfit:
        draft.remark("auth-round", _("left out: it is no number from 1 to 5"))
        return
    if draft.options["mode"] == "relay":
        draft.options["successes"] = str(number)
    elif number == _TWO_ROUNDS and draft.options.get("dhcp") in ("after", "double"):
        draft.options["dhcp"] = "double"
    else:
        draft.remark(
            "auth-round",
            _(
                "left out: the router's own login is done once, or twice with DHCP between (dhcp "
                "'double')"
            ),
        )


def _take_ping_interval(draft: Draft) -> None:
    interval = draft.take("pingintval")
    if interval is None:
        return
    try:
        whole_number(interval, 10, 3600)
    except Unfit:
        draft.remark("pingintval", _("left out: it is no number from 10 to 3600"))
    else:
        draft.options["health_interval"] = interval
