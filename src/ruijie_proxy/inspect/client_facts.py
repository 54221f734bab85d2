"""What a client's private block tells of the client and its machine."""

from __future__ import annotations

import ipaddress

from ruijie_proxy.engine.settings import Shape
from ruijie_proxy.i18n import N_, _
from ruijie_proxy.inspect.client_data import ClientData
from ruijie_proxy.inspect.property_lines import property_line
from ruijie_proxy.inspect.steps import Fact, Json, PropertyLine, UnknownBytes
from ruijie_proxy.protocol.clients.client_profile import PRESETS, WINDOWS_PRESETS
from ruijie_proxy.protocol.ethernet import ADDRESS_SIZE, format_mac
from ruijie_proxy.protocol.password import PASSWORD_BLOCK_SIZE
from ruijie_proxy.protocol.private_block import UNKNOWN_ADDRESS, AddressHead, LogoffReason
from ruijie_proxy.protocol.properties import MAGIC, SIZE_OVERHEAD, PropertyType
from ruijie_proxy.protocol.text import decode_text

_VERSIONS = {
    **{preset.version: preset.name for preset in (PRESETS | WINDOWS_PRESETS).values()},
    bytes((3, 0x32, 0, 2)): "Windows 3.50",
    bytes((4, 0x0A, 0, 2)): "Windows 4.10",
}
"""Those seen in genuine clients (docs/protocol.md, "The private block")."""
_LOGOFF_REASONS: dict[int, str] = {
    LogoffReason.NORMAL: N_("all is normal"),
    LogoffReason.SEVERAL_CARDS: N_("several network cards are up"),
    LogoffReason.ADDRESS_CHANGED: N_("the address has changed"),
    LogoffReason.PROXY: N_("a proxy was found"),
    LogoffReason.CARD_GONE: N_("the network card is gone"),
    LogoffReason.LOGIN_FAILED: N_("the login failed"),
}
_PASSWORD_HEADER = MAGIC + bytes((PropertyType.PASSWORD,))
"""The size (1 byte) and the content follow."""


def client_facts(data: ClientData, source: bytes) -> list[Fact]:
    """Return who the client says it is. ``source`` is the MAC address its frame came from."""
    facts = [_shape_fact(data.shape)]
    if data.version is not None and data.program is not None:
        facts.append(_client_fact(data, data.version, data.program))
    if data.head is not None:
        facts.append(_address_fact(data.head))
    service = data.content(PropertyType.SERVICE)
    if service is not None:
        name = decode_text(service.rstrip(b"\0"))
        facts.append(Fact("service", name, name or _("none"), standing=True))
    mac = data.content(PropertyType.MAC_ADDRESS)
    if mac is not None and mac != source and len(mac) == ADDRESS_SIZE and any(source):
        told = _("{mac}, which is not where the frame comes from", mac=format_mac(mac))
        facts.append(Fact("mac_address", format_mac(mac), told, good=False, standing=True))
    return facts


def logoff_fact(state: int) -> Fact:
    """Say why a client says goodbye."""
    reasons: dict[int, str] = _LOGOFF_REASONS
    told = _(reasons[state]) if state in reasons else _("{number}: not known", number=state)
    return Fact("logoff_reason", state, told)


def version_name(version: bytes) -> str:
    """Return how people call a version of 4 bytes."""
    known = _VERSIONS.get(version)
    if known is not None:
        return known
    return _(
        "version {major}.{minor} ({hex})",
        major=version[0],
        minor=version[1],
        hex=version.hex(" "),
    )


def client_lines(data: ClientData) -> tuple[PropertyLine, ...]:
    """Return every property, in its order."""
    return tuple(property_line(item) for item in data.properties)


def client_unknown(data: ClientData) -> list[UnknownBytes]:
    """Return what is of unknown meaning, the padding behind it not included."""
    known = {int(number) for number in PropertyType}
    found = [
        UnknownBytes(f"property {item.type:#04x}", item.content)
        for item in data.properties
        if item.type not in known and item.content
    ]
    if data.unparsed and data.shape is not Shape.BARE:
        # Of a bare property that is not whole nothing is shown: it may be the password's.
        found.append(UnknownBytes("behind the properties", data.unparsed))
    return found


def without_password(data: bytes) -> bytes:
    """Zero password properties among bytes that do not parse: none is ever shown whole."""
    shown = bytearray(data)
    at = data.find(_PASSWORD_HEADER)
    while at >= 0:
        begin = at + len(_PASSWORD_HEADER) + 1
        stated = data[begin - 1] - SIZE_OVERHEAD if begin <= len(data) else 0
        end = min(begin + max(stated, PASSWORD_BLOCK_SIZE), len(data))
        shown[begin:end] = bytes(max(0, end - begin))
        at = data.find(_PASSWORD_HEADER, at + 1)
    return bytes(shown)


def _shape_fact(shape: Shape) -> Fact:
    told = {
        Shape.BARE: _("bare: properties without a block, as at the switch of another vendor"),
        Shape.INSIDE: _("inside: the private block is counted in the lengths"),
    }.get(shape, "")
    return Fact("shape", str(shape.value), told, standing=True)


def _client_fact(data: ClientData, version_bytes: bytes, program_bytes: bytes) -> Fact:
    version = version_name(version_bytes)
    name = decode_text((data.content(PropertyType.CLIENT_NAME) or b"").rstrip(b"\0"))
    program = decode_text(program_bytes.rstrip(b"\0"))
    value: dict[str, Json] = {
        "version": version_bytes.hex(),
        "known_as": _VERSIONS.get(version_bytes),
        "name": name or None,
        "program": program,
    }
    text = _("{version}, “{name}”", version=version, name=name) if name else version
    if program:
        text = _("{client}, {program}", client=text, program=program)
    return Fact("client", value, text, standing=True)


def _address_fact(head: AddressHead) -> Fact:
    addresses = {
        "address": head.address,
        "netmask": head.netmask,
        "gateway": head.gateway,
        "dns": head.dns,
    }
    shown = {
        name: None if value == UNKNOWN_ADDRESS else str(ipaddress.IPv4Address(value))
        for name, value in addresses.items()
    }
    is_right = head.crc in (None, head.right_crc())
    parts = [(shown["address"] or _("not known yet")) + _prefix(head)]
    if shown["gateway"]:
        parts.append(_("gateway {address}", address=shown["gateway"]))
    if shown["dns"]:
        parts.append(_("dns {address}", address=shown["dns"]))
    parts.append(_("by DHCP") if head.from_dhcp else _("fixed"))
    crc = f"{head.crc:04x}" if head.crc is not None else ""
    if not is_right:
        parts.append(
            _("CRC {crc} is wrong: {right:04x} would be right", crc=crc, right=head.right_crc())
        )
    value: dict[str, Json] = {
        "dhcp": head.from_dhcp,
        **shown,
    }
    if head.crc is not None:
        value["crc"] = {"value": crc, "verdict": "right" if is_right else "wrong"}
    good = None if is_right else False
    return Fact("address", value, _(", ").join(parts), good=good, standing=True)


def _prefix(head: AddressHead) -> str:
    if head.netmask == UNKNOWN_ADDRESS:
        return ""
    mask = str(ipaddress.IPv4Address(head.netmask))
    try:
        return f"/{ipaddress.IPv4Network(f'0.0.0.0/{mask}').prefixlen}"
    except ValueError:
        return _(" mask {mask}", mask=mask)
