"""Every key of the configuration file and what it takes.

What a key means stands with the model's fields; the defaults stand there too.
"""

from __future__ import annotations

import re

from ruijie_proxy.config.model import Mode, RenewMethod
from ruijie_proxy.config.problems import nearest, shown
from ruijie_proxy.config.shapes import Group, List, Scalar, ScalarOrList, Unfit
from ruijie_proxy.engine.settings import ClientLogoff, FieldsMode, GroupMode, MacMode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from enum import Enum

SESSION_NAME = re.compile(r"[A-Za-z0-9_-]{1,32}")
LONGEST_INTERFACE_NAME = 15
"""Bytes: IFNAMSIZ of Linux is 16, with a zero at the end."""
LONGEST_SOCKET_PATH = 107
"""Bytes: sun_path of Linux is 108, with a zero at the end (unix(7))."""
LONGEST_PATH = 4000
"""Bytes: PATH_MAX of Linux is 4096, and the daemon adds the names of its files."""
LARGEST_NUMBER = 0xFFFF_FFFF
"""Of a heartbeat: it has 32 bits; docs/protocol.md, "Heartbeats"."""

_MAC = re.compile(r"[0-9a-f]{2}([:-])([0-9a-f]{2}\1){4}[0-9a-f]{2}")
_GROUP_BIT = 0x01
"""In the first byte of a MAC address that names a group of stations (IEEE 802)."""
_DECIMAL = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")
_WHOLE = re.compile(r"[0-9]{1,12}")
_WHOLE_OR_HEX = re.compile(r"[0-9]{1,12}|0[xX][0-9a-fA-F]{1,12}")
_TRUE = ("true", "yes", "on")
_FALSE = ("false", "no", "off")


def _text(text: str) -> str:
    if not text or not text.isprintable():
        raise Unfit("has characters that cannot be printed" if text else "is empty")
    return text


def _session_name(text: str) -> str:
    if not SESSION_NAME.fullmatch(text):
        raise Unfit(f'"{shown(text)}" is no name for a session')
    return text


def _interface_name(text: str) -> str:
    # What the kernel takes (dev_valid_name), without what no terminal can show.
    fits = text.isprintable() and 0 < len(text.encode()) <= LONGEST_INTERFACE_NAME
    if not fits or text in (".", "..") or any(char in "/: " for char in text):
        raise Unfit(f'"{shown(text)}" cannot be the name of an interface')
    return text


def _mac_address(text: str) -> str:
    lowered = text.lower()
    if not _MAC.fullmatch(lowered):
        raise Unfit(f'"{shown(text)}" is no MAC address')
    address = lowered.replace("-", ":")
    if int(address[:2], 16) & _GROUP_BIT or not address.strip("0:"):
        raise Unfit(f'"{shown(text)}" is not the address of one card')
    return address


def _any_or_mac_address(text: str) -> list[str]:
    return [] if text == "any" else [_mac_address(text)]


def _boolean(text: str) -> bool:
    lowered = text.lower()
    if lowered not in _TRUE + _FALSE:
        raise Unfit(f'"{shown(text)}" is neither true nor false')
    return lowered in _TRUE


def _absolute_path(text: str, longest: int) -> str:
    _text(text)
    if not text.startswith("/"):
        raise Unfit(f'"{shown(text)}" is no absolute path')
    if len(text.encode()) > longest:
        raise Unfit(f"is longer than {longest} bytes")
    return text


def _socket_path(text: str) -> str:
    if _absolute_path(text, LONGEST_SOCKET_PATH).endswith("/"):
        raise Unfit(f'"{shown(text)}" names a directory')
    return text


def _directory(text: str) -> str:
    return _absolute_path(text, LONGEST_PATH)


def _seconds(least: int, most: int, example: int) -> Scalar:
    def parse(text: str) -> float:
        if not _DECIMAL.fullmatch(text):
            raise Unfit(f'"{shown(text)}" is not a number of seconds')
        return _within(float(text), least, most, text)

    return Scalar(f"seconds from {least} to {most}, such as {example}", parse)


def _whole(least: int, most: int) -> Scalar:
    def parse(text: str) -> int:
        if not _WHOLE.fullmatch(text):
            raise Unfit(f'"{shown(text)}" is not a whole number')
        return int(_within(int(text), least, most, text))

    return Scalar(f"a whole number from {least} to {most}", parse)


def _heartbeat_number(text: str) -> int:
    if not _WHOLE_OR_HEX.fullmatch(text):
        raise Unfit(f'"{shown(text)}" is not a whole number')
    number = int(text, 16) if "x" in text.lower() else int(text)
    return int(_within(number, 0, LARGEST_NUMBER, text))


def _within(number: float, least: int, most: int, text: str) -> float:
    if not least <= number <= most:
        raise Unfit(f"{shown(text)} is too {'small' if number < least else 'large'}")
    return number


def _auto_or(scalar: Scalar) -> Scalar:
    def parse(text: str) -> object:
        return None if text == "auto" else scalar.parse(text)

    return Scalar(f"auto, or {scalar.expected}", parse)


def _choice(*options: Enum) -> Scalar:
    words = [str(option.value) for option in options]

    def parse(text: str) -> str:
        if text not in words:
            meant = nearest(text, words)
            hint = f'did you mean "{meant}"?' if meant else None
            raise Unfit(f'"{shown(text)}" is not one of {", ".join(words)}', hint)
        return text

    return Scalar(f"{', '.join(words[:-1])} or {words[-1]}", parse)


def _mode(text: str) -> str:
    if text in (Mode.LOGIN.value, Mode.AUTO.value):
        raise Unfit(f'"{text}" is not available in this version')
    if text != Mode.RELAY.value:
        raise Unfit(f'"{shown(text)}" is no mode')
    return text


_MAC_ADDRESS = Scalar("a MAC address such as 02:00:00:00:cc:01", _mac_address)
_ARGUMENT = Scalar("a text", _text)

_HEARTBEAT = Group(
    {
        "interval": _auto_or(_seconds(1, 300, example=20)),
        "number": _auto_or(
            Scalar(f"0 to {LARGEST_NUMBER}, decimal or as 0x102B", _heartbeat_number)
        ),
    },
    expected="the keys interval and number below it",
)

_DHCP = Group(
    {
        "renew": ScalarOrList(
            _choice(RenewMethod.AUTO, RenewMethod.OFF),
            List(_ARGUMENT, "a command as a list such as [udhcpc, -n, -q, -i, eth1]"),
        ),
        "timeout": _seconds(1, 120, example=30),
    },
    expected="the keys renew and timeout below it",
)

_ONLY_FOR_LOGIN = 'belongs to "mode: login", which is not available in this version'

SESSION = Group(
    {
        "name": Scalar("1 to 32 of the characters A-Z a-z 0-9 _ -, such as dorm", _session_name),
        "mode": Scalar(Mode.RELAY.value, _mode),
        "wan": Scalar("the interface towards the campus switch, such as eth1", _interface_name),
        "lan": Scalar("the interface where the client PC is, such as br-lan", _interface_name),
        "client": ScalarOrList(
            Scalar(f"any, or {_MAC_ADDRESS.expected}", _any_or_mac_address),
            List(_MAC_ADDRESS, "a list of them"),
        ),
        "login_timeout": _seconds(5, 600, example=60),
        "group": _choice(*GroupMode),
        "mac": _choice(*MacMode),
        "restore_mac": Scalar("true or false", _boolean),
        "fields": _choice(*FieldsMode),
        "successes": _whole(1, 5),
        "client_logoff": _choice(*ClientLogoff),
        "heartbeat": _HEARTBEAT,
        "dhcp": _DHCP,
    },
    expected="keys such as wan: and lan:",
    required=("wan", "lan"),
    unavailable=dict.fromkeys(
        ("username", "password", "password_file", "service", "edition"), _ONLY_FOR_LOGIN
    ),
)

CONFIGURATION = Group(
    {
        "sessions": List(SESSION, 'a list, with "- " before the first key of each session'),
        "control": Scalar(
            f"an absolute path of at most {LONGEST_SOCKET_PATH} bytes, "
            "such as /run/ruijie-proxy/control.sock",
            _socket_path,
        ),
        "state_dir": Scalar("an absolute path such as /var/lib/ruijie-proxy", _directory),
    },
    expected="the keys sessions, control and state_dir",
    required=("sessions",),
)
