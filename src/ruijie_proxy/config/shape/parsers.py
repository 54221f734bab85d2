"""From the text of one value to what it says, or Unfit; none of them repeats the text.

The results are plain values; docs/protocol.md tells where the sizes come from. There are no regular
expressions: loading them and compiling a dozen takes as long as reading the file.
"""

from __future__ import annotations

from ruijie_proxy.config.shape.look_alikes import look_alike
from ruijie_proxy.config.shape.problems import Unfit, nearest
from ruijie_proxy.i18n import _, listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LONGEST_SESSION_NAME = 32
"""Characters."""
LONGEST_INTERFACE_NAME = 15
"""Bytes: IFNAMSIZ of Linux is 16, with a zero at the end."""
_NEVER_IN_AN_INTERFACE_NAME = frozenset(b"/: \xa0")
"""To Linux the last byte is a space, too, that of Latin-1, even within a character of UTF-8."""
LONGEST_GROUP_NAME = 32
"""Characters: useradd(8)."""
LONGEST_SOCKET_PATH = 107
"""Bytes: sun_path of Linux is 108, with a zero at the end (unix(7))."""
LONGEST_PATH = 4000
"""Bytes: PATH_MAX of Linux is 4096, and the daemon adds the names of its files."""
METRICS_SUFFIX = ".prom"
"""Of the files that node_exporter's textfile collector reads."""
LARGEST_NUMBER = 0xFFFF_FFFF
"""Of a heartbeat: it has 32 bits; docs/protocol.md, "Heartbeats"."""
LONGEST_USERNAME = 253
"""Bytes in GBK: of RADIUS' User-Name (RFC 2865, section 5.1), which it becomes."""
LONGEST_PASSWORD = 1024
"""Bytes in UTF-8."""
LARGEST_BYTE = 0xFF
# The protocol's sizes, in bytes. The reader of the configuration is part of the daemon's start, and
# does not load the protocol for three numbers; a test holds them equal.
SERVICE_SIZE = 32
LONGEST_SERVICE_AT_PORTAL = 255
"""Characters. No limit of a portal's is known: a page shows a name on one line, and that is more
than any has room for. What is longer was pasted by mistake."""
DISK_SERIAL_SIZE = 64
MAXIMUM_CONTENT_SIZE = 247
"""Of a property."""
LONGEST_HIDDEN_PASSWORD = 240
"""Of a password in its property."""

_MAC_PARTS = 6
_GROUP_BIT = 0x01
"""In the first byte of a MAC address that names a group of stations (IEEE 802)."""
_MOST_DIGITS = 12
_MOST_DECIMALS = 6
_IPV4_PARTS = 4
_VERSION_NUMBERS = (2, 3)
_NETWORK_SIZES = range(33)
"""Bits of an IPv4 network's prefix."""
_LONGEST_HOST = 253
"""Characters, of RFC 1123."""
LONGEST_URL = 500
LARGEST_PORT = 0xFFFF
_PORT_DIGITS = 5
_DECIMAL_DIGITS = frozenset("0123456789")
_HEX_DIGITS = _DECIMAL_DIGITS | frozenset("abcdefABCDEF")
_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_OF_A_NAME = _LETTERS | _DECIMAL_DIGITS | frozenset("_-")
_OF_A_HOST = _LETTERS | _DECIMAL_DIGITS | frozenset(".-")
_TRUE = ("true", "yes", "on")
FALSE = ("false", "no", "off")
_HEX_PREFIX = "hex:"
_TEXT_PREFIX = "text:"


def group_name(value: str) -> str:
    """A group of users, as useradd(8) lets names be."""
    fits = value.isascii() and all(char.isalnum() or char in "_-." for char in value)
    if not fits or not 0 < len(value) <= LONGEST_GROUP_NAME or value[0] in "-.":
        raise Unfit(_("is no name of a group"))
    return value


def text(value: str) -> str:
    """Take any text that a terminal can show."""
    if not value or not value.isprintable():
        raise Unfit(_("has characters that cannot be printed") if value else _("is empty"))
    return value


def session_name(value: str) -> str:
    if not _consists(value, _OF_A_NAME, LONGEST_SESSION_NAME):
        raise Unfit(_("is no name for a session"))
    return value


def campus(value: str) -> str:
    # Only a session that names one needs the table.
    from ruijie_proxy.config.shape.campuses import CAMPUSES

    name, known = value.lower(), [one.name for one in CAMPUSES]
    if name not in known:
        near = nearest(name, known)
        raise Unfit(
            _("is no campus that is known here; did you mean {near}?", near=near)
            if near
            else _("is no campus that is known here")
        )
    return name


def interface_name(value: str) -> str:
    # What the kernel takes (dev_valid_name), without what no terminal can show.
    name = value.encode(errors="surrogateescape")  # bytes of a command line
    fits = value.isprintable() and 0 < len(name) <= LONGEST_INTERFACE_NAME
    slip = look_alike(value)
    if slip is not None:
        raise slip.unfit()
    if not fits or value in (".", "..") or not _NEVER_IN_AN_INTERFACE_NAME.isdisjoint(name):
        raise Unfit(_("cannot be the name of an interface"))
    return value


def mac_address(value: str) -> str:
    """Read a MAC address into lower case with colons."""
    separator = "-" if "-" in value else ":"
    parts = value.split(separator)
    if len(parts) != _MAC_PARTS or not all(
        len(part) == 2 and _consists(part, _HEX_DIGITS, 2) for part in parts
    ):
        raise Unfit(_("is no MAC address"))
    address = ":".join(parts).lower()
    if int(address[:2], 16) & _GROUP_BIT or not address.strip("0:"):
        raise Unfit(_("is not the address of one card"))
    return address


def any_or_mac_address(value: str) -> list[str]:
    return [] if value == "any" else [mac_address(value)]


def ipv4_address(value: str) -> str:
    parts = value.split(".")
    if len(parts) != _IPV4_PARTS or not all(map(_is_byte, parts)):
        raise Unfit(_("is no IPv4 address"))
    return value


def ip_address(value: str) -> str:
    """Take an address of IPv4 or IPv6, without a zone."""
    if ":" not in value:
        return ipv4_address(value)
    if not _is_ipv6_address(value):
        raise Unfit(_("is no IPv6 address"))
    return value


def _is_ipv6_address(text: str) -> bool:
    import socket  # what few configurations need, and takes longer than all the rest

    try:
        return text.isascii() and bool(socket.inet_pton(socket.AF_INET6, text))
    except (OSError, ValueError):
        return False


def ipv4_network(value: str) -> str:
    """Take a network as its first address and the size of its prefix."""
    address, slash, size = value.partition("/")
    if not slash or not _is_whole(size) or int(size) not in _NETWORK_SIZES:
        raise Unfit(_("is no IPv4 network"))
    number = int.from_bytes(map(int, ipv4_address(address).split(".")), "big")
    if number & ((1 << 32 - int(size)) - 1):
        raise Unfit(_("is not the first address of a network of /{size}", size=int(size)))
    return f"{address}/{int(size)}"


def portal(value: str) -> str:
    """Take the address of a portal's page, without a query: that is the gateway's."""
    if value.lower().startswith("https:"):
        raise Unfit(
            _("is not http:"),
            _("leave it out, and log in there in a browser: by HTTPS the router sends no password"),
        )
    return url(value).partition("?")[0]


def url(value: str) -> str:
    """Take an address of HTTP that the daemon can ask for by itself: no TLS, no user, no port 0."""
    if value.lower().startswith("https:"):
        raise Unfit(
            _("is not http:"), _("use an address of http://, which captive portals answer, too")
        )
    place, _slash, path = value.removeprefix("http://").partition("/")
    end = place.find("]") + 1  # an address of IPv6 has colons of its own (RFC 3986, section 3.2.2)
    name, colon, port = place[end:].partition(":")
    if (
        not value.startswith("http://")
        or not _is_host(place[:end] + name)
        or (colon and not _consists(port, _DECIMAL_DIGITS, _PORT_DIGITS))
        or not all("!" <= char <= "~" and char != "#" for char in path)
    ):
        raise Unfit(_("is no address of http://"))
    if len(value) > LONGEST_URL or (colon and not 0 < int(port) <= LARGEST_PORT):
        raise Unfit(_("is longer than {most} characters, or its port is none", most=LONGEST_URL))
    return value


def _is_host(text: str) -> bool:
    if text.startswith("["):
        return text.endswith("]") and _is_ipv6_address(text[1:-1])
    return _consists(text, _OF_A_HOST, _LONGEST_HOST)


def boolean(value: str) -> bool:
    lowered = value.lower()
    if lowered not in _TRUE + FALSE:
        raise Unfit(_("is neither true nor false"))
    return lowered in _TRUE


def on_or_off(value: str) -> bool:
    """Read a boolean of what is on by itself, which auto says, too."""
    if value == "auto":
        return True
    try:
        return boolean(value)
    except Unfit:
        raise Unfit(_("is neither on nor off")) from None


def file_path(value: str) -> str:
    return _absolute_path(value, LONGEST_PATH)


def socket_path(value: str) -> str:
    if _absolute_path(value, LONGEST_SOCKET_PATH).endswith("/"):
        raise Unfit(_("names a directory"))
    return value


def metrics_file(value: str) -> str:
    if not file_path(value).endswith(METRICS_SUFFIX):
        raise Unfit(_("does not end in .prom, and node_exporter reads nothing else"))
    return value


def _absolute_path(value: str, longest: int) -> str:
    text(value)
    if not value.startswith("/"):
        raise Unfit(_("is no absolute path"))
    if len(value.encode()) > longest:
        raise Unfit(_("is longer than {most} bytes", most=longest))
    return value


def seconds(value: str, least: int, most: int) -> float:
    whole, point, decimals = value.partition(".")
    fits = not point or _consists(decimals, _DECIMAL_DIGITS, _MOST_DECIMALS)
    if not _is_whole(whole) or not fits:
        raise Unfit(_("is not a number of seconds"))
    return _within(float(value), least, most)


def whole_number(value: str, least: int, most: int) -> int:
    """Read a decimal number."""
    if not _is_whole(value):
        raise Unfit(_("is not a whole number"))
    return int(_within(int(value), least, most))


def number_of_any_base(value: str, most: int) -> int:
    """Read a decimal number, or a hexadecimal one such as 0x102B."""
    is_hex = value[:2] in ("0x", "0X") and _consists(value[2:], _HEX_DIGITS, _MOST_DIGITS)
    if not is_hex and not _is_whole(value):
        raise Unfit(_("is not a whole number"))
    number = int(value, 16 if is_hex else 10)
    return int(_within(number, 0, most))


def _consists(value: str, characters: frozenset[str], most: int) -> bool:
    """Whether a text is of these characters alone, of at least one and at most so many."""
    return 0 < len(value) <= most and characters.issuperset(value)


def _is_whole(value: str) -> bool:
    return _consists(value, _DECIMAL_DIGITS, _MOST_DIGITS)


def _is_byte(value: str) -> bool:
    """Whether a text is a decimal number from 0 to 255 without zeros in front."""
    is_number = _consists(value, _DECIMAL_DIGITS, len(str(LARGEST_BYTE)))
    return is_number and int(value) <= LARGEST_BYTE and (value == "0" or value[0] != "0")


def _within(number: float, least: int, most: int) -> float:
    if not least <= number <= most:
        raise Unfit(_("is too small") if number < least else _("is too large"))
    return number


def choice(value: str, words: Sequence[str]) -> str:
    if value not in words:
        meant = nearest(value, words)
        hint = _('did you mean "{meant}"?', meant=meant) if meant else None
        raise Unfit(_("is not one of {words}", words=listed(words)), hint)
    return value


def auto_or(value: str, parse: Callable[[str], object]) -> object:
    """Read what ``parse`` reads, or auto, which is None."""
    return None if value == "auto" else parse(value)


def off(value: str) -> None:
    if value != "off":
        raise Unfit(_("is neither off nor a list"))


def off_or(value: str, parse: Callable[[str], object]) -> object:
    """Read what ``parse`` reads, or off, which is None."""
    return None if value == "off" else parse(value)


def client_version(value: str) -> str:
    """Take a version of two numbers, or of three, as some Windows clients have it."""
    numbers = value.split(".")
    if len(numbers) not in _VERSION_NUMBERS or not all(map(_is_byte, numbers)):
        raise Unfit(
            _("is not two or three numbers from 0 to {most} with dots between", most=LARGEST_BYTE)
        )
    return value


def edition(value: str) -> int:
    return int(choice(value, ("1", "2")))


def username(value: str) -> str:
    gbk(value, LONGEST_USERNAME)
    if " " in value:
        raise Unfit(_("has a space in it"))
    return value


def password(value: str) -> str:
    text(value)
    if len(value.encode()) > LONGEST_PASSWORD:
        raise Unfit(_("is longer than {most} bytes", most=LONGEST_PASSWORD))
    return value


def gbk_text(value: str, most: int) -> str:
    """Take a text of at most ``most`` bytes in GBK."""
    gbk(value, most)
    return value


def service(value: str) -> str:
    """Take a name as a portal may have it; a switch's is shorter (:mod:`..mode_checks`)."""
    text(value)
    if len(value) > LONGEST_SERVICE_AT_PORTAL:
        raise Unfit(_("is longer than {most} characters", most=LONGEST_SERVICE_AT_PORTAL))
    return value


def gbk(value: str, most: int) -> bytes:
    """Encode a text in GBK, into at most ``most`` bytes."""
    text(value)
    try:
        # Not its extension GB 18030, whose further characters a switch may not know.
        encoded = value.encode("gbk")
    except UnicodeEncodeError:
        raise Unfit(_("has characters that GBK does not have")) from None
    if len(encoded) > most:
        raise Unfit(_("is longer than {most} bytes in GBK", most=most))
    return encoded


def disk_serial(value: str) -> str:
    text(value)
    if not value.isascii():
        raise Unfit(_("is not plain ASCII"))
    if len(value) > DISK_SERIAL_SIZE:
        raise Unfit(_("is longer than {most} bytes", most=DISK_SERIAL_SIZE))
    return value


def property_change(value: str) -> bytes | None:
    """Read what a property is to hold, which may be nothing; None: it is to be removed."""
    if value == "remove":
        return None
    if value.startswith(_TEXT_PREFIX):
        content_text = value.removeprefix(_TEXT_PREFIX)
        return gbk(content_text, MAXIMUM_CONTENT_SIZE) if content_text else b""
    if not value.startswith(_HEX_PREFIX):
        raise Unfit(_("says neither remove nor hex: nor text:"))
    digits = value.removeprefix(_HEX_PREFIX)
    if len(digits) % 2 or not _HEX_DIGITS.issuperset(digits):
        raise Unfit(_("has not two hexadecimal digits for each byte"))
    content = bytes.fromhex(digits)
    if len(content) > MAXIMUM_CONTENT_SIZE:
        raise Unfit(_("is longer than {most} bytes", most=MAXIMUM_CONTENT_SIZE))
    return content
