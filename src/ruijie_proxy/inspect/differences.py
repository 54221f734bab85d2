"""How an answer in the bare shape differs from a genuine client's.

docs/protocol.md, "The bare shape". The checks that it has to compute are in :mod:`.checks`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from ruijie_proxy.i18n import N_, _, listed
from ruijie_proxy.inspect.client_data import ClientData
from ruijie_proxy.inspect.reading import Reading
from ruijie_proxy.inspect.steps import Fact, Json
from ruijie_proxy.protocol.bare_properties import BARE_ADDRESSES_SIZE, BARE_CLIENT_SIZE
from ruijie_proxy.protocol.clients.bare_block import LINUX_ORDER, WINDOWS_ORDER
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS
from ruijie_proxy.protocol.password import PASSWORD_BLOCK_SIZE
from ruijie_proxy.protocol.private_block import UNKNOWN_ADDRESS
from ruijie_proxy.protocol.properties import PropertyType

_SIZES: dict[int, int] = {
    PropertyType.CLIENT: BARE_CLIENT_SIZE,
    PropertyType.ADDRESSES: BARE_ADDRESSES_SIZE,
    PropertyType.MAC_ADDRESS: 6,
    PropertyType.PHASE: 1,
    PropertyType.IPV6_ADDRESS_COUNT: 1,
    PropertyType.IPV6_LINK_LOCAL: 16,
    PropertyType.IPV6_GLOBAL: 16,
    PropertyType.IPV6_GATEWAY_LINK_LOCAL: 16,
    PropertyType.SERVICE: 32,
    PropertyType.V4_CHECK: 128,
    PropertyType.V4_CHECK_AGAIN: 128,
    PropertyType.SECURITY_CHECK: 1,
    PropertyType.WINDOWS_FLAG: 1,
    PropertyType.WORD_SIZE: 1,
    PropertyType.WINDOWS_6: 8,
    PropertyType.GENERATION: 1,
}
_LONGEST_SERIAL = 64
_LINUX_1_31 = bytes((1, 0x1F, 1, 2))
_NAME_OF_1_31 = b"RG-SU For Linux V1.30\0"
"""In every genuine capture; only other programs call themselves V1.31."""
_ALWAYS = (
    PropertyType.CLIENT,
    PropertyType.ADDRESSES,
    PropertyType.MAC_ADDRESS,
    PropertyType.PASSWORD,
    PropertyType.V4_CHECK,
    PropertyType.DISK_SERIAL,
    PropertyType.CLIENT_NAME,
)
_OF_ANY_PLACE = (PropertyType.IPV6_GLOBAL,)
"""Nobody has seen where Windows puts them."""


@dataclass(frozen=True, slots=True)
class _Difference:
    """One thing that is otherwise."""

    what: str
    """For programs."""
    type: int | None
    """Of the property; None: of the frame."""
    text: str


def difference_fact(reading: Reading, data: ClientData) -> Fact:
    """Say how an answer differs from what a genuine client sends."""
    found = [*_in_frame(reading, data), *_in_order(data), *_in_sizes(data), *_in_contents(data)]
    if found:
        value: list[Json] = [{"what": one.what, "type": one.type} for one in found]
        return Fact(
            "differences", value, listed((one.text for one in found), N_("{member}; ")), good=False
        )
    told = _("none from a genuine Windows client's form")
    if not data.is_of_windows:
        told = _("none from a genuine Linux client's form")
    return Fact("differences", [], told, good=True)


def _in_frame(reading: Reading, data: ClientData) -> Iterator[_Difference]:
    if reading.frame.destination != PAE_GROUP_ADDRESS:
        yield _Difference("destination", None, _("it does not go to the group"))
    if reading.eap is not None and reading.frame.length != reading.eap.length:
        told = _(
            "the EAPOL length is {eapol}, the EAP length {eap}",
            eapol=reading.frame.length,
            eap=reading.eap.length,
        )
        yield _Difference("length", None, told)
    if data.unparsed:
        told = _(
            "{type} says that it has {stated} bytes, and {count} are there",
            type=_hex(data.unparsed[0]),
            stated=data.unparsed[1] if len(data.unparsed) > 1 else 0,
            count=max(0, len(data.unparsed) - 2),
        )
        yield _Difference("cut", data.unparsed[0], told)


def _in_order(data: ClientData) -> Iterator[_Difference]:
    order = WINDOWS_ORDER if data.is_of_windows else LINUX_ORDER
    types = [item.type for item in data.properties]
    for number in types:
        if number not in order and number not in _OF_ANY_PLACE:
            yield _Difference("extra", number, _("{type} is one too many", type=_hex(number)))
    for number in map(int, _ALWAYS):
        if number not in types:
            yield _Difference("missing", number, _("{type} is missing", type=_hex(number)))
    for before, after in pairwise(number for number in types if number in order):
        if order.index(before) >= order.index(after):
            told = _("{type} stands before {other}", type=_hex(before), other=_hex(after))
            yield _Difference("order", before, told)


def _in_sizes(data: ClientData) -> Iterator[_Difference]:
    for item in data.properties:
        size = len(item.content)
        right = _right_size(item.type, size)
        if size != right:
            told = _(
                "{type} has {size} bytes instead of {right}",
                type=_hex(item.type),
                size=size,
                right=right,
            )
            yield _Difference("size", item.type, told)


def _right_size(number: int, size: int) -> int:
    """Return the size that a property has to have, which has this one."""
    if number == PropertyType.PASSWORD:
        return max(1, -(-size // PASSWORD_BLOCK_SIZE)) * PASSWORD_BLOCK_SIZE
    if number == PropertyType.DISK_SERIAL:
        return min(size, _LONGEST_SERIAL)
    return _SIZES.get(number, size)


def _in_contents(data: ClientData) -> Iterator[_Difference]:
    if data.head is not None and data.head.from_dhcp and data.head.address != UNKNOWN_ADDRESS:
        told = _("an IPv4 address is told, though it comes by DHCP")
        yield _Difference("address", PropertyType.ADDRESSES, told)
    name = data.content(PropertyType.CLIENT_NAME)
    if data.version == _LINUX_1_31 and name is not None and name != _NAME_OF_1_31:
        told = _("version 1.31 calls itself “{name}”", name=_NAME_OF_1_31[:-1].decode("ascii"))
        yield _Difference("name", PropertyType.CLIENT_NAME, told)
    again = data.content(PropertyType.V4_CHECK_AGAIN)
    if again is not None and again != data.content(PropertyType.V4_CHECK):
        told = _("0x60 is not the same as 0x4d")
        yield _Difference("check", PropertyType.V4_CHECK_AGAIN, told)


def _hex(number: int) -> str:
    return f"{number:#04x}"
