"""The configuration as typed values, and the defaults of what is not the engine's.

Built from the plain values that :func:`ruijie_proxy.config.reader.read_configuration` found fit.
Loads nothing heavy: the daemon imports this module, never the reader.
"""

from __future__ import annotations

from enum import Enum

from ruijie_proxy.engine.settings import (
    ClientLogoff,
    FieldsMode,
    GroupMode,
    MacMode,
    SessionSettings,
)
from ruijie_proxy.values import frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    Fields = tuple[tuple[str, str, Callable[[Any], object]], ...]

DEFAULT_PATH = "/etc/ruijie-proxy/config.yaml"


class Mode(Enum):
    """Who authenticates at the switch."""

    RELAY = "relay"
    """The genuine client on a PC; the router passes its login on."""
    LOGIN = "login"
    """The router itself."""
    AUTO = "auto"
    """The router itself, or a client's relayed login when that cannot work."""


class RenewMethod(Enum):
    """How the WAN port's address is renewed after Success."""

    AUTO = "auto"
    """By whatever manages the address on this machine."""
    OFF = "off"
    COMMAND = "command"
    """By the command of the configuration."""


@frozen
class DhcpConfiguration:
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
        renew = given.pop("renew", None)
        if isinstance(renew, list):
            given.update(method=RenewMethod.COMMAND, command=tuple(renew))
        elif renew is not None:
            given.update(method=RenewMethod(renew))
        return cls(**given)


@frozen
class SessionConfiguration:
    """One session: a WAN port, where its client is, and how both are treated."""

    name: str
    wan: str
    """Interface towards the campus switch."""
    lan: str
    """Interface where the client PC is: a port or a bridge."""
    mode: Mode = Mode.RELAY
    settings: SessionSettings = SessionSettings()
    dhcp: DhcpConfiguration = DhcpConfiguration()

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> SessionConfiguration:
        """Build it from the keys of one session; those left out get their defaults."""
        dhcp = DhcpConfiguration.from_plain(plain.get("dhcp", {}))
        given = {"mode": Mode(plain["mode"])} if "mode" in plain else {}
        return cls(
            name=plain["name"],
            wan=plain["wan"],
            lan=plain["lan"],
            settings=_settings_from_plain(plain, renew=dhcp.method is not RenewMethod.OFF),
            dhcp=dhcp,
            **given,
        )


@frozen
class Configuration:
    """Everything a configuration file says."""

    sessions: tuple[SessionConfiguration, ...]
    control: str = "/run/ruijie-proxy/control.sock"
    """Path of the daemon's control socket."""
    state_dir: str = "/var/lib/ruijie-proxy"
    """Directory in which sessions outlive the daemon."""

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Configuration:
        """Build it from plain values shaped like the YAML, which must have passed the reader.

        Keys left out get their defaults. Values that the reader would refuse are not looked for.
        """
        given = {key: plain[key] for key in ("control", "state_dir") if key in plain}
        sessions = tuple(SessionConfiguration.from_plain(session) for session in plain["sessions"])
        return cls(sessions=sessions, **given)


def _addresses(texts: list[str]) -> tuple[bytes, ...]:
    return tuple(bytes.fromhex(text.replace(":", "")) for text in texts)


def _as_it_is(value: Any) -> Any:
    return value


# Key of the session in the file, field of SessionSettings, and the way from one to the other.
_SESSION_FIELDS: Fields = (
    ("client", "clients", _addresses),
    ("login_timeout", "login_timeout", _as_it_is),
    ("group", "group", GroupMode),
    ("mac", "mac", MacMode),
    ("restore_mac", "restore_mac", _as_it_is),
    ("fields", "fields", FieldsMode),
    ("successes", "successes", _as_it_is),
    ("client_logoff", "client_logoff", ClientLogoff),
)
# The same for the keys below ``heartbeat``; None stands for auto in both.
_HEARTBEAT_FIELDS: Fields = (
    ("interval", "heartbeat_interval", _as_it_is),
    ("number", "heartbeat_number", _as_it_is),
)


def _settings_from_plain(plain: Mapping[str, Any], renew: bool) -> SessionSettings:
    given: dict[str, Any] = {"renew": renew}
    for part, fields in ((plain, _SESSION_FIELDS), (plain.get("heartbeat", {}), _HEARTBEAT_FIELDS)):
        given.update({field: convert(part[key]) for key, field, convert in fields if key in part})
    return SessionSettings(**given)
