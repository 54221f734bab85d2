"""Client profiles as plain data: on disk, and from one user to another.

Whoever gets a profile is about to send what it says, and it may come from anybody, so every field
is checked when it is read.
"""

from __future__ import annotations

from ruijie_proxy.messages import N_
from ruijie_proxy.protocol.bare_properties import encode_bare_properties
from ruijie_proxy.protocol.clients.client_profile import DISK_SERIAL_SIZE, FILLED_IN, ClientProfile
from ruijie_proxy.protocol.clients.client_shape import ClientShape
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.properties import Property, PropertyType, encode_properties
from ruijie_proxy.values import Frozen, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

FORMAT = "ruijie-proxy client profile 1"
LONGEST_NAME = 100
MOST_PROPERTIES = 64
_EDITIONS = (1, 2)
_BYTE_LIMIT = 256

_SAME_FOR_ALL = (
    PropertyType.SERVICE,
    PropertyType.SECURITY_CHECK,
    PropertyType.SERVICE_CHANGED,
    PropertyType.WINDOWS_FLAG,
    PropertyType.CLIENT_NAME,
    PropertyType.WORD_SIZE,
    PropertyType.GENERATION,
    PropertyType.WINDOWS_6,
)
"""Properties that tell of the program and the campus, and not of who uses them."""
_OF_THE_MACHINE: dict[int, bytes] = {
    PropertyType.DISK_SERIAL: bytes(DISK_SERIAL_SIZE),
    PropertyType.SECONDARY_DOMAIN: b"",
}
"""Those that tell of the user's machine, and what says nothing in their place, in a block."""


class ProfileDamaged(ValueError):
    """Plain data is no profile. ``message`` is one to be translated, with ``values`` to fill in."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message.format(**values))
        self.message = message
        self.values = values


class SharedProfile(Frozen):
    """A profile that holds nothing of its owner's."""

    profile: ClientProfile
    left_out: tuple[int, ...]
    """Types of properties that nobody knows the meaning of; they might tell anything."""


def for_others(profile: ClientProfile) -> SharedProfile:
    """Return what of a profile can be given to others."""
    kept: list[Property] = []
    left_out: list[int] = []
    for item in profile.properties:
        if item.type in _OF_THE_MACHINE:
            empty = b"" if profile.shape is ClientShape.BARE else _OF_THE_MACHINE[item.type]
            kept.append(replace(item, content=empty))
        elif item.type in FILLED_IN:
            kept.append(replace(item, content=b""))
        elif item.type in _SAME_FOR_ALL:
            kept.append(item)
        else:
            left_out.append(item.type)
    return SharedProfile(replace(profile, properties=tuple(kept)), tuple(left_out))


def profile_to_plain(profile: ClientProfile) -> dict[str, Any]:
    """Return a profile as data that JSON can carry; bytes become hex digits."""
    return {
        "format": FORMAT,
        "name": profile.name,
        "program": profile.program.hex(),
        "version": profile.version.hex(),
        "edition": profile.edition,
        "shape": profile.shape.value,
        "text_check": profile.text_check,
        "properties": [
            {"type": item.type, "content": item.content.hex(), "marked": item.marked}
            for item in profile.properties
        ],
    }


def profile_from_plain(plain: Any) -> ClientProfile:
    """Read a profile from plain data. Raises ProfileDamaged."""
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        raise ProfileDamaged(N_("it is no profile of a client"))
    name, edition, items = plain.get("name"), plain.get("edition"), plain.get("properties")
    if not isinstance(name, str) or not name.isprintable() or not 0 < len(name) <= LONGEST_NAME:
        raise ProfileDamaged(N_("its name is not a short text"))
    is_number = isinstance(edition, int) and not isinstance(edition, bool)
    if edition is not None and not (is_number and edition in _EDITIONS):
        raise ProfileDamaged(N_("its edition is neither 1 nor 2"))
    shape = plain.get("shape", ClientShape.BLOCK.value)
    if shape not in [known.value for known in ClientShape]:
        raise ProfileDamaged(N_("its shape is none of block, bare and inside"))
    text_check = plain.get("text_check", False)  # which files of earlier versions do not hold
    if not isinstance(text_check, bool):
        raise ProfileDamaged(N_("its text_check is neither true nor false"))
    if not isinstance(items, list) or not 0 < len(items) <= MOST_PROPERTIES:
        raise ProfileDamaged(N_("its properties are no list"))
    profile = ClientProfile(
        name=name,
        version=_bytes(plain.get("version"), N_("its version is not made of hex digits")),
        edition=edition,
        properties=tuple([_property(item) for item in items]),
        program=_bytes(plain.get("program"), N_("its program is not made of hex digits")),
        shape=ClientShape(shape),
        text_check=text_check,
    )
    if not profile.fits:
        raise ProfileDamaged(N_("its program or version is too long or too short"))
    is_bare = profile.shape is ClientShape.BARE
    try:
        (encode_bare_properties if is_bare else encode_properties)(profile.properties)
    except ProtocolError as error:
        raise ProfileDamaged(error.message, **error.values) from error
    return profile


def _property(item: Mapping[str, Any]) -> Property:
    if not isinstance(item, dict):
        raise ProfileDamaged(N_("one of its properties is none"))
    number, marked = item.get("type"), item.get("marked")
    if type(number) is not int or not 0 <= number < _BYTE_LIMIT or not isinstance(marked, bool):
        raise ProfileDamaged(N_("one of its properties has no type"))
    wrong = N_("its property {number:#04x} is not made of hex digits")
    return Property(number, _bytes(item.get("content"), wrong, number=number), marked)


def _bytes(value: Any, wrong: str, **values: object) -> bytes:
    try:
        return bytes.fromhex(value)
    except (TypeError, ValueError) as error:
        raise ProfileDamaged(wrong, **values) from error
