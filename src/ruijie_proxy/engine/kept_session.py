"""What of a session survives the program, as a value and as plain data.

A file that holds it may be cut, from another version, or forged, so every field is checked when it
is read.
"""

from __future__ import annotations

from ruijie_proxy.engine.settings import MacMode
from ruijie_proxy.protocol.ethernet import (
    ADDRESS_SIZE,
    ETHERTYPE_EAPOL_BYTES,
    ETHERTYPE_OFFSET,
    HEADER_SIZE,
    is_group_address,
)
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

LONGEST_FRAME = 65535
LONGEST_TEXT = 65535
_SOURCES = ("server", "client", "probe")
_MAC_MODES = tuple([mode.value for mode in MacMode])
_IPV4_SIZE = 4
_HIGHEST_PORT = 0xFFFF
_NUMBER_LIMIT = 1 << 32


class KeptSession(Frozen):
    """All that a restarted program needs to go on with a session."""

    server: bytes
    """MAC address, 6 bytes, as are the next two."""
    client: bytes
    wan_address: bytes
    """The address that the server has let in."""
    original_wan_address: bytes | None
    """The WAN port's own MAC address, where it has taken the client's."""
    identity_response: bytes
    """The whole frame that answers an identity probe; empty when there is none."""
    key: int | None
    """The heartbeats' key, 32 bits; None when it is not known."""
    next_number: int | None
    """The number of the next heartbeat, 32 bits; None as the key."""
    interval: int | None
    """Seconds between heartbeats as the server granted them; None without a grant."""
    source: str | None
    """What keeps the session alive: ``server``, ``client``, ``probe``, or not yet known."""
    last_heartbeat: float | None
    """When the last heartbeat was sent or probe answered, in seconds since the machine started."""
    since: float
    """When the session went online, in seconds since the machine started."""
    message: str | None
    """The server's words at the last Success."""
    accounting: str | None
    """The server's words on the account at the last Success."""
    observed_interval: float | None = None
    """Seconds between the heartbeats that the client sent itself; None where two were not seen."""
    own: bool = False
    """Whether the router itself logged in; its address is the client's then."""
    account: int | None = None
    """A digest of whom the router logged in (:mod:`.wanted`), 32 bits; None for a client's login.
    """
    mac_mode: str | None = None
    """Whose addresses a client's login carried, as the settings name it; None for the router's own.
    """
    private: bool | None = None
    """Whether the client's Start had a private block; None where that is not known."""
    doubtful: bool = False
    """Whether something has happened that may have ended it, and the switch gave no sign since."""
    udp_server: bytes | None = None
    """IPv4 address, 4 bytes, where the campus also wants a heartbeat by UDP, and …"""
    udp_port: int | None = None
    """… its port; None where it wants none."""
    forbids_heartbeats: bool = False
    """Whether the server has said that none shall be sent."""

    def to_plain(self) -> dict[str, Any]:
        """Return it as data that JSON can carry: bytes become hex digits."""
        values = {name: getattr(self, name) for name in _READERS}
        return {
            name: value.hex() if isinstance(value, bytes) else value
            for name, value in values.items()
        }

    @staticmethod
    def from_plain(plain: Mapping[str, Any]) -> KeptSession:
        """Read it from plain data. Raises ValueError, saying what is wrong with which field."""
        if plain.keys() | _ADDED.keys() != _READERS.keys():
            raise ValueError("the fields are not those that were expected")
        plain = {**_ADDED, **plain}
        read = {}
        for name, reader in _READERS.items():
            try:
                read[name] = reader(plain[name])
            except (TypeError, ValueError) as error:
                raise ValueError(f"{name} is wrong: {error}") from error
        if (read["key"] is None) is not (read["next_number"] is None):
            raise ValueError("key and next_number do not go together")
        if (read["udp_server"] is None) is not (read["udp_port"] is None):
            raise ValueError("udp_server and udp_port do not go together")
        return KeptSession(**read)


def _address(value: Any) -> bytes:
    address = bytes.fromhex(value)
    if len(address) != ADDRESS_SIZE or is_group_address(address) or not any(address):
        raise ValueError("not the MAC address of a single station")
    return address


def _ipv4(value: Any) -> bytes:
    address = bytes.fromhex(value)
    if len(address) != _IPV4_SIZE:
        raise ValueError("not an IPv4 address")
    return address


def _port(value: Any) -> int:
    if type(value) is not int or not 0 < value <= _HIGHEST_PORT:
        raise ValueError("not a port")
    return value


def _frame(value: Any) -> bytes:
    frame = bytes.fromhex(value)
    if frame and frame[ETHERTYPE_OFFSET:HEADER_SIZE] != ETHERTYPE_EAPOL_BYTES:
        raise ValueError("not an EAPOL frame")
    if len(frame) > LONGEST_FRAME:
        raise ValueError("too long for a frame")
    return frame


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value < _NUMBER_LIMIT:
        raise ValueError("not a number of 32 bits")
    return value


def _moment(value: Any) -> float:
    # Neither infinity nor NaN is below a finite number's bound and at least 0.
    if type(value) not in (int, float) or not 0 <= value < _NUMBER_LIMIT:
        raise ValueError("not a time since the machine started")
    return float(value)


def _source(value: Any) -> str:
    if value not in _SOURCES:
        raise ValueError(f"not one of {', '.join(_SOURCES)}")
    return str(value)


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or not value.isprintable():
        raise ValueError("not a text of one line")
    return value


def _mac_mode(value: Any) -> str:
    if value not in _MAC_MODES:
        raise ValueError(f"not one of {', '.join(_MAC_MODES)}")
    return str(value)


def _flag(value: Any) -> bool:
    if value is True or value is False:
        return value is True
    raise ValueError("neither true nor false")


def _or_none(reader: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else reader(value)


_READERS: dict[str, Callable[[Any], Any]] = {
    "server": _address,
    "client": _address,
    "wan_address": _address,
    "original_wan_address": _or_none(_address),
    "identity_response": _frame,
    "key": _or_none(_number),
    "next_number": _or_none(_number),
    "interval": _or_none(_number),
    "observed_interval": _or_none(_moment),
    "source": _or_none(_source),
    "last_heartbeat": _or_none(_moment),
    "since": _moment,
    "message": _or_none(_text),
    "accounting": _or_none(_text),
    "own": _flag,
    "account": _or_none(_number),
    "mac_mode": _or_none(_mac_mode),
    "private": _or_none(_flag),
    "doubtful": _flag,
    "udp_server": _or_none(_ipv4),
    "udp_port": _or_none(_port),
    "forbids_heartbeats": _flag,
}
_ADDED = {
    "account": None,
    "mac_mode": None,
    "private": None,
    "doubtful": False,
    "udp_server": None,
    "udp_port": None,
    "forbids_heartbeats": False,
}
"""What files of earlier versions do not hold, and what is read for it."""
