"""Every key of the configuration file and what it takes.

What a key means stands with the model's fields; the defaults stand there too.
"""

from __future__ import annotations

from ruijie_proxy.config.shape import parsers
from ruijie_proxy.config.shape.hours import hours
from ruijie_proxy.config.shape.look_alikes import doubt, doubt_quotes
from ruijie_proxy.config.shape.model import HOOK_EVENTS, Mode, RenewMethod
from ruijie_proxy.config.shape.shapes import Group, List, Scalar, ScalarOrGroup, ScalarOrList, Table
from ruijie_proxy.engine.settings import (
    CheckCase,
    ClientLogoff,
    DhcpMode,
    Dialect,
    FieldsMode,
    GroupMode,
    MacMode,
    Shape,
    ZeroCheck,
)
from ruijie_proxy.i18n import N_, _, listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ruijie_proxy.choices import Enum

LOG_LEVELS = ("debug", "info", "notice", "warning", "error")
LOG_FORMATS = ("text", "json")
LONGEST_CLIENT_NAME = 200
"""Bytes in GBK."""
MOST_DNS_SERVERS = 8
MOST_NETWORKS = 16


def _seconds(least: int, most: int, example: int) -> Scalar:
    expected = _(
        "seconds from {least} to {most}, such as {example}",
        least=least,
        most=most,
        example=example,
    )
    return Scalar(expected, lambda value: parsers.seconds(value, least, most))


def _whole(least: int, most: int) -> Scalar:
    expected = _("a whole number from {least} to {most}", least=least, most=most)
    return Scalar(expected, lambda value: parsers.whole_number(value, least, most))


def _auto_or(scalar: Scalar) -> Scalar:
    expected = _("auto, or {other}", other=scalar.expected)
    return Scalar(expected, lambda value: parsers.auto_or(value, scalar.parse))


def _off_or(scalar: Scalar) -> Scalar:
    expected = _("off, or {other}", other=scalar.expected)
    return Scalar(expected, lambda value: parsers.off_or(value, scalar.parse))


def _choice(*options: Enum) -> Scalar:
    return _words([str(option.value) for option in options])


def _words(words: Sequence[str]) -> Scalar:
    expected = _("{words} or {last}", words=listed(words[:-1]), last=words[-1])
    return Scalar(expected, lambda value: parsers.choice(value, words))


def _gbk_text(what: str, most: int) -> Scalar:
    expected = _("{what}, at most {most} bytes in GBK", what=what, most=most)
    return Scalar(expected, lambda value: parsers.gbk_text(value, most), doubt_quotes)


def _path(example: str) -> Scalar:
    expected = _("an absolute path such as {example}", example=example)
    return Scalar(expected, parsers.file_path, doubt)


_BOOLEAN = Scalar(_("true or false"), parsers.boolean)
_MAC_ADDRESS = Scalar(_("a MAC address such as 02:00:00:00:cc:01"), parsers.mac_address)
_IPV4_ADDRESS = Scalar(_("an IPv4 address such as 202.114.0.242"), parsers.ipv4_address)
_ARGUMENT = Scalar(_("a text"), parsers.text, doubt_quotes)
_OFF = Scalar("off", parsers.off)

_HEARTBEAT = ScalarOrGroup(
    "enabled",
    Group(
        {
            "enabled": Scalar(_("auto, on or off"), parsers.on_or_off),
            "interval": _auto_or(_seconds(1, 300, example=20)),
            "number": _auto_or(
                Scalar(
                    _("0 to {most}, decimal or as 0x102B", most=parsers.LARGEST_NUMBER),
                    lambda value: parsers.number_of_any_base(value, parsers.LARGEST_NUMBER),
                )
            ),
        },
        expected=_("the keys enabled, interval and number below it"),
    ),
)

_DHCP = ScalarOrGroup(
    "mode",
    Group(
        {
            "mode": _choice(*DhcpMode),
            "renew": ScalarOrList(
                _choice(RenewMethod.AUTO, RenewMethod.OFF),
                List(
                    _ARGUMENT,
                    N_("a command as a list such as {example}"),
                    example=("udhcpc", "-n", "-q", "-i", "eth1"),
                ),
            ),
            "timeout": _seconds(1, 120, example=30),
        },
        expected=_("the keys mode, renew and timeout below it"),
    ),
)

_HEALTH = ScalarOrGroup(
    "enabled",
    Group(
        {
            "enabled": Scalar(_("on or off"), parsers.boolean),
            "interval": _seconds(10, 3600, example=120),
            "failures": _whole(1, 100),
            "gateway": _BOOLEAN,
            "quarantine": ScalarOrList(
                _OFF,
                List(
                    Scalar(_("a network such as 172.16.0.0/12"), parsers.ipv4_network),
                    N_("a list of up to {most} networks such as {example}"),
                    MOST_NETWORKS,
                    example=("172.16.0.0/12",),
                ),
            ),
            "ping": _off_or(Scalar(_("an IP address such as 114.114.114.114"), parsers.ip_address)),
            "url": _off_or(
                Scalar(
                    _("an address such as http://connect.rom.miui.com/generate_204"), parsers.url
                )
            ),
            "status": _whole(100, 599),
            "timeout": _seconds(1, 60, example=5),
        },
        expected=_(
            "the keys interval, failures, gateway, quarantine, ping, url, status and timeout "
            "below it"
        ),
    ),
)

_HOOKS = Group(
    {
        **dict.fromkeys(
            HOOK_EVENTS,
            ScalarOrList(
                _OFF,
                List(
                    _ARGUMENT,
                    N_("a command as a list such as {example}"),
                    example=("/etc/ruijie-proxy/told", "wan"),
                ),
            ),
        ),
        "timeout": _seconds(1, 600, example=30),
    },
    expected=_("the keys {events} and timeout below it", events=listed(HOOK_EVENTS)),
)

_PROPERTIES = Table(
    Scalar(
        _("property types from 0x00 to 0xFF"),
        lambda value: parsers.number_of_any_base(value, parsers.LARGEST_BYTE),
    ),
    lambda number: f"0x{number:02X}",
    Scalar(
        _("remove, hex:00ff or text:… of at most {most} bytes", most=parsers.MAXIMUM_CONTENT_SIZE),
        parsers.property_change,
    ),
)

_PORTAL_EXAMPLE = "http://10.9.8.7/eportal/index.jsp"
_METRICS_EXAMPLE = "/run/ruijie-proxy/metrics.prom"
_LOG = Group(
    {
        "level": _words(LOG_LEVELS),
        "format": _words(LOG_FORMATS),
    },
    expected=_("the keys level and format below it"),
)

SESSION = Group(
    {
        "name": Scalar(
            _("1 to 32 of the characters A-Z a-z 0-9 _ -, such as dorm"), parsers.session_name
        ),
        "mode": _choice(*Mode),
        "campus": Scalar(
            _("a campus of “ruijie-proxy campus list”, such as {example}", example="gdufs"),
            parsers.campus,
        ),
        "wan": Scalar(
            _("the interface towards the campus switch, such as eth1"), parsers.interface_name
        ),
        "lan": Scalar(
            _("the interface where the client PC is, such as br-lan"), parsers.interface_name
        ),
        "client": ScalarOrList(
            Scalar(_("any, or {other}", other=_MAC_ADDRESS.expected), parsers.any_or_mac_address),
            List(_MAC_ADDRESS, N_("a list of them")),
        ),
        "username": Scalar(
            _("the name of your campus account, without spaces"), parsers.username, doubt
        ),
        "password": Scalar(
            _("its password, or what ruijie-proxy password seal makes of it; in quotes"),
            parsers.password,
            doubt,
        ),
        "password_file": _path("/etc/ruijie-proxy/dorm.password"),
        "dialect": _choice(*Dialect),
        "shape": _choice(*Shape),
        "edition": Scalar(_("auto, 1 or 2"), lambda value: parsers.auto_or(value, parsers.edition)),
        "zero_check": _choice(*ZeroCheck),
        "check_case": _choice(*CheckCase),
        "client_version": _auto_or(Scalar(_("a version such as 1.31"), parsers.client_version)),
        "client_name": _gbk_text(_("the client's name for itself"), LONGEST_CLIENT_NAME),
        "client_exe": _path("/etc/ruijie-proxy/8021x.exe"),
        "service": Scalar(
            _("the service's name, as the campus writes it"), parsers.service, doubt_quotes
        ),
        "disk_serial": Scalar(
            _("a serial number, at most {most} bytes in ASCII", most=parsers.DISK_SERIAL_SIZE),
            parsers.disk_serial,
        ),
        "dns": ScalarOrList(
            Scalar(_IPV4_ADDRESS.expected, lambda value: [parsers.ipv4_address(value)]),
            List(_IPV4_ADDRESS, N_("a list of up to {most}"), MOST_DNS_SERVERS),
        ),
        "properties": _PROPERTIES,
        "allow_clear_password": _BOOLEAN,
        "portal": _auto_or(
            Scalar(
                _("the address of the portal's page, such as {example}", example=_PORTAL_EXAMPLE),
                parsers.portal,
            )
        ),
        "operator_username": Scalar(
            _("the name of your account at the carrier"), parsers.username, doubt
        ),
        "operator_password": Scalar(
            _("its password, or what ruijie-proxy password seal makes of it; in quotes"),
            parsers.password,
            doubt,
        ),
        "operator_password_file": _path("/etc/ruijie-proxy/carrier.password"),
        "login_timeout": _seconds(5, 600, example=60),
        "group": _choice(*GroupMode),
        "mac": _choice(*MacMode),
        "restore_mac": _BOOLEAN,
        "fields": _choice(*FieldsMode),
        "successes": _whole(1, 5),
        "client_logoff": _choice(*ClientLogoff),
        "hours": Scalar(
            _("hours such as {example}", example="mon-thu 06:00-23:30, fri,sat 06:00-24:00"), hours
        ),
        "logoff_on_exit": _BOOLEAN,
        "heartbeat": _HEARTBEAT,
        "dhcp": _DHCP,
        "health": _HEALTH,
        "hooks": _HOOKS,
    },
    expected=_("keys such as wan: and lan:"),
    required=("wan",),
)

CONFIGURATION = Group(
    {
        "sessions": List(SESSION, N_('a list, with "- " before the first key of each session')),
        "control": Scalar(
            _(
                "an absolute path of at most {most} bytes, such as /run/ruijie-proxy/control.sock",
                most=parsers.LONGEST_SOCKET_PATH,
            ),
            parsers.socket_path,
            doubt,
        ),
        "control_group": Scalar(_("the name of a group of users"), parsers.group_name),
        "state_dir": _path("/var/lib/ruijie-proxy"),
        "profile_dir": _path("/var/lib/ruijie-proxy"),
        "journal_dir": _path("/var/lib/ruijie-proxy"),
        "log": _LOG,
        "metrics": Scalar(
            _("an absolute path such as {example}", example=_METRICS_EXAMPLE),
            parsers.metrics_file,
            doubt,
        ),
        "key_file": _path("/etc/ruijie-proxy/seal.key"),
    },
    expected=_("keys such as sessions: and state_dir:"),
    required=("sessions",),
)
