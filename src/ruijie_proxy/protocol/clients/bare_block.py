"""A client's bare properties, made of what the client is, what its machine is, and the login.

docs/protocol.md, "The bare shape": they follow the value of an MD5 response, and are what the
private block is elsewhere. With a genuine client's values they are that client's byte for byte.
"""

from __future__ import annotations

from ruijie_proxy.protocol.clients.client_block import contents_to_fill_in
from ruijie_proxy.protocol.clients.client_profile import FILLED_IN, USUAL_SERVICE
from ruijie_proxy.protocol.clients.client_shape import ClientShape
from ruijie_proxy.protocol.private_block import PROGRAM_SIZE, UNKNOWN_ADDRESS
from ruijie_proxy.protocol.properties import Property, PropertyType
from ruijie_proxy.values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container

    from ruijie_proxy.protocol.clients.client_block import Machine, Proof
    from ruijie_proxy.protocol.clients.client_profile import ClientProfile

LINUX_ORDER = bytes.fromhex("11502d63 35384e36 392f764d 54556270 6f79")
WINDOWS_ORDER = bytes.fromhex("1150762d 63353836 392f4d60 54626b70 7e6f79")
"""All that they ever send, in their order; that of Windows 6.86 has no place for 0x4E."""
ONLY_IF_SET = (
    PropertyType.PHASE,
    PropertyType.IPV6_ADDRESS_COUNT,
    PropertyType.IPV6_LINK_LOCAL,
    PropertyType.IPV6_GLOBAL,
    PropertyType.IPV6_GATEWAY_LINK_LOCAL,
    PropertyType.SERVICE,
    PropertyType.SECONDARY_DOMAIN,
)
"""What is left out where there is nothing to tell; all others are sent empty then."""
_IN_EVERY_ORDER = (PropertyType.CLIENT, PropertyType.ADDRESSES, *ONLY_IF_SET)
_UNKNOWN_IPV6 = bytes(16)


def as_bare(profile: ClientProfile) -> ClientProfile:
    """Return the same client as it is in the bare shape."""
    if profile.shape is ClientShape.BARE:
        return profile
    held = {item.type: item.content for item in profile.properties}
    is_windows = PropertyType.V2_CHECK in held
    order = WINDOWS_ORDER if is_windows else LINUX_ORDER
    service = held.get(PropertyType.SERVICE, b"")
    if service.rstrip(b"\0") == USUAL_SERVICE:
        held[PropertyType.SERVICE] = b""  # which nobody has chosen
    if PropertyType.DISK_SERIAL in held:
        held[PropertyType.DISK_SERIAL] = held[PropertyType.DISK_SERIAL].rstrip(b"\0")
    # What is filled in and has no place here is told otherwise, or not at all.
    further = (number for number in held if number not in (*order, *FILLED_IN))
    return replace(
        profile,
        shape=ClientShape.BARE,
        properties=tuple(
            [
                Property(number, held.get(number, b""), marked=False)
                for number in (*order, *further)
                if number in held or number in _IN_EVERY_ORDER
            ]
        ),
    )


def bare_properties(
    profile: ClientProfile, machine: Machine, proof: Proof, phase: int | None = None
) -> tuple[Property, ...]:
    """Make the properties of one MD5 response of a client in the bare shape.

    ``phase`` is 1 or 2 in a login on two rounds. Raises ProtocolError when a challenge has not its
    16 bytes.
    """
    places = {item.type for item in profile.properties}
    filled_in = contents_to_fill_in(profile, machine, proof) | _bare_contents(machine, places)
    filled_in[PropertyType.PHASE] = b"" if phase is None else bytes((phase,))
    filled_in[PropertyType.CLIENT] = profile.program.ljust(PROGRAM_SIZE, b"\0") + profile.version
    for property_type in profile.left_empty:
        filled_in.pop(property_type, None)
    made = (
        replace(item, content=item.content or filled_in.get(item.type, b""))
        for item in profile.properties
    )
    return tuple([item for item in made if item.content or item.type not in ONLY_IF_SET])


def _bare_contents(machine: Machine, places: Container[int]) -> dict[int, bytes]:
    """Return what is told of a machine otherwise than in a block, as far as it has a place."""
    address = None if machine.from_dhcp else machine.address
    addresses = (address, machine.netmask, machine.gateway, machine.dns)
    ipv6 = {
        PropertyType.IPV6_LINK_LOCAL: machine.link_local,
        PropertyType.IPV6_GLOBAL: machine.ipv6_global,
        PropertyType.IPV6_GATEWAY_LINK_LOCAL: machine.ipv6_gateway,
    }
    told = {number: address for number, address in ipv6.items() if address and number in places}
    count, gateway = bytes((len(told),)), machine.ipv6_gateway or _UNKNOWN_IPV6
    if not told.keys() - {PropertyType.IPV6_GATEWAY_LINK_LOCAL}:
        count = gateway = b""  # it has no address of its own
    return {
        PropertyType.ADDRESSES: b"".join(known or UNKNOWN_ADDRESS for known in addresses)
        + bytes((machine.from_dhcp,)),
        PropertyType.IPV6_ADDRESS_COUNT: count,
        PropertyType.IPV6_LINK_LOCAL: machine.link_local or b"",
        PropertyType.IPV6_GLOBAL: machine.ipv6_global or b"",
        PropertyType.IPV6_GATEWAY_LINK_LOCAL: gateway,
    }
