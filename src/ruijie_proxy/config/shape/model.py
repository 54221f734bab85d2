"""The configuration as typed values, and the defaults of what is not the engine's.

Built from the plain values that :func:`ruijie_proxy.config.reader.read_configuration` found fit.
Loads nothing heavy: the daemon imports this module, never the reader.
"""

from __future__ import annotations

from sys import intern

from ruijie_proxy.choices import Enum
from ruijie_proxy.engine.settings import (
    CheckCase,
    ClientLogoff,
    DhcpMode,
    Dialect,
    FieldsMode,
    GroupMode,
    LoginSettings,
    MacMode,
    OpenHours,
    PortalSettings,
    SessionSettings,
    Shape,
    V2Client,
    ZeroCheck,
)
from ruijie_proxy.notation import YAML
from ruijie_proxy.secret import Secret
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from ruijie_proxy.notation import Notation

    Fields = tuple[tuple[str, str, Callable[[Any], object]], ...]

DEFAULT_STATE_DIR = "/var/lib/ruijie-proxy"


class Mode(Enum):
    """Who authenticates at the switch."""

    RELAY = "relay"
    """The genuine client on a PC; the router passes its login on."""
    LOGIN = "login"
    """The router itself."""
    AUTO = "auto"
    """The router itself, or a client's relayed login when that cannot work; at a web portal where
    nobody speaks 802.1X."""
    PORTAL = "portal"
    """The router itself, at a web portal."""


class RenewMethod(Enum):
    """How the WAN port's address is renewed after Success."""

    AUTO = "auto"
    """By whatever manages the address on this machine."""
    OFF = "off"
    COMMAND = "command"
    """By the command of the configuration."""


class DhcpConfiguration(Frozen):
    """The renewal of the WAN port's address; docs/protocol.md, "Logins"."""

    method: RenewMethod = RenewMethod.AUTO
    command: tuple[str, ...] | None = None
    """Program and arguments, for RenewMethod.COMMAND; no shell reads them."""
    timeout: float = 30.0
    """Seconds the renewal may take."""

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> DhcpConfiguration:
        """Build it from the keys below ``dhcp``; those left out get their defaults."""
        given = dict(plain)
        mode = given.pop("mode", None)
        renew = given.pop("renew", None)
        if mode == DhcpMode.OFF.value:
            renew = RenewMethod.OFF.value
        if isinstance(renew, list):
            given.update(method=RenewMethod.COMMAND, command=tuple(renew))
        elif renew is not None:
            given.update(method=RenewMethod(renew))
        return cls(**given)


class HealthConfiguration(Frozen):
    """Whether and how it is checked, while online, that the way out works."""

    enabled: bool = False
    interval: float = 120.0
    """Seconds between checks."""
    failures: int = 3
    """How many checks in a row must fail before something is done."""
    gateway: bool = True
    """Whether the gateway is asked, by ARP or, where the port has IPv6 alone, as a neighbour."""
    quarantine: tuple[str, ...] = ()
    """Networks, as ``172.16.0.0/12``, whose addresses lead nowhere."""
    ping: str | None = None
    """Address, of IPv4 or IPv6, of a host that is sent echo requests."""
    url: str | None = None
    """What is asked for by HTTP."""
    status: int = 204
    """The status that an answer to it must have."""
    timeout: float = 5.0
    """Seconds that each check has."""

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> HealthConfiguration:
        """Build it from the keys below ``health``; those left out get their defaults."""
        given = {"enabled": True, **plain}
        given["quarantine"] = tuple(given.get("quarantine") or ())
        return cls(**given)


HOOK_EVENTS = ("authenticating", "online", "offline", "failure", "renewed", "client-needed")
"""The keys of the commands below ``hooks``: what a command can be run at."""


class HooksConfiguration(Frozen):
    """The user's own commands, run at what happens to a session."""

    commands: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Of each of HOOK_EVENTS that has a command: its name, and program and arguments, which no
    shell reads."""
    timeout: float = 30.0
    """Seconds after which a command is stopped."""

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> HooksConfiguration:
        """Build it from the keys below ``hooks``; those left out get their defaults."""
        commands = tuple(
            [(event, tuple(plain[event])) for event in HOOK_EVENTS if plain.get(event)]
        )
        timeout = {"timeout": plain["timeout"]} if "timeout" in plain else {}
        return cls(commands, **timeout)


def name_of_port(wan: str) -> str:
    """Return the name of a session that was given none: its WAN port's, with "-" for what no name
    can hold. The one of ``ruijie-proxy login`` has it, too.
    """
    return "".join(
        char if char.isascii() and (char.isalnum() or char in "_-") else "-" for char in wan
    )


class SessionConfiguration(Frozen):
    """One session: a WAN port, who logs in through it, and how."""

    name: str
    wan: str
    """Interface towards the campus switch."""
    lan: str | None = None
    """Interface where the client PC is: a port or a bridge. None where no client logs in
    through the router."""
    mode: Mode = Mode.RELAY
    settings: SessionSettings = SessionSettings()
    dhcp: DhcpConfiguration = DhcpConfiguration()
    health: HealthConfiguration = HealthConfiguration()
    hooks: HooksConfiguration = HooksConfiguration()

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> SessionConfiguration:
        """Build it from the keys of one session; those left out get their defaults."""
        mode = Mode(plain.get("mode", Mode.RELAY))
        dhcp = DhcpConfiguration.from_plain(plain.get("dhcp", {}))
        further: dict[str, Any] = {}  # what is left out, all sessions share
        if "health" in plain:
            further["health"] = HealthConfiguration.from_plain(plain["health"])
        if "hooks" in plain:
            further["hooks"] = HooksConfiguration.from_plain(plain["hooks"])
        return cls(
            name=intern(plain["name"]),  # mostly that of the port, which the kernel tells, too
            wan=intern(plain["wan"]),
            lan=plain.get("lan"),
            mode=mode,
            settings=_settings_from_plain(plain, mode, dhcp),
            dhcp=dhcp,
            **further,
        )


class LogConfiguration(Frozen):
    """What the log says, and how."""

    level: str = "info"
    """What matters less is left out: the name of one of
    :class:`ruijie_proxy.runtime.telling.level.Level`."""
    format: str = "text"
    """``text``, or ``json``: an object of JSON in each line."""


class Configuration(Frozen):
    """Everything a configuration file says."""

    sessions: tuple[SessionConfiguration, ...]
    control: str = "/run/ruijie-proxy/control.sock"
    """Path of the daemon's control socket."""
    control_group: str | None = None
    """Name of the group of users who may use it; None: that of the daemon's own process."""
    state_dir: str = DEFAULT_STATE_DIR
    """Directory in which sessions outlive the daemon."""
    profile_dir: str = DEFAULT_STATE_DIR
    """Directory of what was learned from genuine clients; where the file leaves it out, that of
    ``state_dir``."""
    journal_dir: str = DEFAULT_STATE_DIR
    """Directory of the journal; where the file leaves it out, that of ``state_dir``."""
    log: LogConfiguration = LogConfiguration()
    metrics: str | None = None
    """Path of the file with figures for Prometheus; None: there is none."""
    key_file: str = "/etc/ruijie-proxy/seal.key"
    """Path of the key that opens sealed passwords."""
    notation: Notation = YAML
    """How texts write its keys."""

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any], notation: Notation = YAML) -> Configuration:
        """Build it from plain values shaped like the YAML, which must have passed the reader.

        Keys left out get their defaults. Values that the reader would refuse are not looked for.
        """
        given = {key: plain[key] for key in _TOP_LEVEL if key in plain}
        if "state_dir" in plain:
            given.setdefault("profile_dir", plain["state_dir"])
            given.setdefault("journal_dir", plain["state_dir"])
        if "log" in plain:
            given["log"] = LogConfiguration(**plain["log"])
        sessions = tuple(
            [SessionConfiguration.from_plain(session) for session in plain["sessions"]]
        )
        return cls(sessions=sessions, notation=notation, **given)


def _addresses(texts: list[str]) -> tuple[bytes, ...]:
    return tuple([bytes.fromhex(text.replace(":", "")) for text in texts])


def _as_it_is(value: Any) -> Any:
    return value


def _v2_client(plain: Mapping[str, Any]) -> V2Client:
    major, minor = plain["version"]
    return V2Client(plain["code_section"], (major, minor))


_TOP_LEVEL = (
    "control",
    "control_group",
    "state_dir",
    "profile_dir",
    "journal_dir",
    "metrics",
    "key_file",
)
# Key of the session in the file, field of SessionSettings, and the way from one to the other.
_SESSION_FIELDS: Fields = (
    ("client", "clients", _addresses),
    ("client", "any_client", lambda addresses: not addresses),
    ("login_timeout", "login_timeout", _as_it_is),
    ("group", "group", GroupMode),
    ("mac", "mac", MacMode),
    ("restore_mac", "restore_mac", _as_it_is),
    ("fields", "fields", FieldsMode),
    ("successes", "successes", _as_it_is),
    ("client_logoff", "client_logoff", ClientLogoff),
    ("hours", "hours", lambda spans: tuple([OpenHours(*span) for span in spans])),
    ("logoff_on_exit", "logoff_on_exit", _as_it_is),
)
# The same for the keys below ``heartbeat`` and ``dhcp``; None stands for auto in both.
_HEARTBEAT_FIELDS: Fields = (
    ("enabled", "heartbeats", _as_it_is),
    ("interval", "heartbeat_interval", _as_it_is),
    ("number", "heartbeat_number", _as_it_is),
)
_DHCP_FIELDS: Fields = (("mode", "dhcp", DhcpMode),)
# The same for the fields of LoginSettings; they are given when ``username`` is.
_LOGIN_FIELDS: Fields = (
    ("username", "username", _as_it_is),
    ("password", "password", Secret),
    ("dialect", "dialect", Dialect),
    ("shape", "shape", Shape),
    ("edition", "edition", _as_it_is),
    ("zero_check", "zero_check", ZeroCheck),
    ("check_case", "check_case", CheckCase),
    ("client_version", "client_version", _as_it_is),
    ("client_name", "client_name", _as_it_is),
    ("service", "service", _as_it_is),
    ("disk_serial", "disk_serial", _as_it_is),
    ("dns", "dns", tuple),
    ("properties", "properties", lambda pairs: (*map(tuple, pairs),)),
    ("client_exe", "v2_client", _v2_client),
    ("allow_clear_password", "allow_clear_password", _as_it_is),
)
# The same for the fields of PortalSettings.
_PORTAL_FIELDS: Fields = (
    ("portal", "page", _as_it_is),
    ("operator_username", "operator_username", _as_it_is),
    ("operator_password", "operator_password", Secret),
)


def _settings_from_plain(
    plain: Mapping[str, Any], mode: Mode, dhcp: DhcpConfiguration
) -> SessionSettings:
    given = {
        **_converted(plain, _SESSION_FIELDS),
        **_converted(plain.get("heartbeat", {}), _HEARTBEAT_FIELDS),
        **_converted(plain.get("dhcp", {}), _DHCP_FIELDS),
    }
    if "username" in plain:
        of_portal = _converted(plain, _PORTAL_FIELDS)
        # In mode auto what was learned of a switch must not depend on what it has no use for.
        goes_there = mode is Mode.PORTAL or (mode is Mode.AUTO and of_portal)
        given["login"] = LoginSettings(
            **_converted(plain, _LOGIN_FIELDS),
            portal=PortalSettings(**of_portal) if goes_there else None,
        )
    # A relayed login cannot wait for an address that was there before it.
    has_address = mode is Mode.RELAY and given.get("dhcp") is DhcpMode.BEFORE
    renew = dhcp.method is not RenewMethod.OFF and not has_address
    return SessionSettings(renew=renew, lease_wait=dhcp.timeout, **given)


def _converted(part: Mapping[str, Any], fields: Fields) -> dict[str, Any]:
    return {field: convert(part[key]) for key, field, convert in fields if key in part}
