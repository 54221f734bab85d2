"""A client's private block, made of what the client is, what its machine is, and the login.

docs/protocol.md, "The private block". With a genuine client's values it is that client's block byte
for byte, which is how a learned profile is proved (:mod:`ruijie_proxy.engine.relay.learning`).
"""

from __future__ import annotations

from ruijie_proxy.protocol.edition import Edition
from ruijie_proxy.protocol.password import password_property
from ruijie_proxy.protocol.private_block import UNKNOWN_ADDRESS, AddressHead, PrivateBlock
from ruijie_proxy.protocol.properties import PropertyType
from ruijie_proxy.protocol.v4_check import TEXT_CHALLENGE, ZERO_CHALLENGE, v4_check
from ruijie_proxy.values import Frozen, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.protocol.clients.client_profile import ClientProfile

_UNKNOWN_IPV6 = bytes(16)
_FROM_DHCP_SIZE = 4
_EMPTY_CHECK = bytes(128)
"""What stands in for the V4 check of a client whose check is another one."""
_PLACEHOLDER_OF_V2_CHECK = b"0" * 32
"""Before there is a challenge; switches do not compare it then (docs/protocol.md, "Properties")."""


class Machine(Frozen):
    """What a block tells of the machine. None stands for what is not known (yet)."""

    mac: bytes
    """MAC address, 6 bytes."""
    from_dhcp: bool = True
    """Whether the IPv4 address comes from DHCP."""
    address: bytes | None = None
    """IPv4 address, 4 bytes, as are the next three."""
    netmask: bytes | None = None
    gateway: bytes | None = None
    dns: bytes | None = None
    """The first DNS server: the head alone tells it."""
    further_dns: str = ""
    """The DNS servers behind the first as text, ``;`` between; empty where there is only one."""
    ipv6_gateway: bytes | None = None
    """The gateway's IPv6 link-local address, 16 bytes, as are the next two."""
    link_local: bytes | None = None
    ipv6_global: bytes | None = None


class Proof(Frozen):
    """What the answer to a challenge proves in its block."""

    challenge: bytes
    """16 bytes."""
    username: bytes
    password: bytes
    v2_check: bytes | None = None
    """32 characters, for a client that has one."""

    def __repr__(self) -> str:
        return "Proof(…)"  # the password stands in it


def client_block(profile: ClientProfile, machine: Machine, proof: Proof | None) -> PrivateBlock:
    """Make the block of one frame.

    ``proof`` is None in a Start, an Identity response and a Logoff: the V4 check is that of zeros
    or of the text there, and the password property is empty. Raises ProtocolError when a challenge
    has not its 16 bytes.
    """
    filled_in = contents_to_fill_in(profile, machine, proof)
    return PrivateBlock(
        _head(profile, machine),
        profile.program,
        profile.version,
        tuple(
            [
                replace(item, content=filled_in[item.type])
                if item.type in filled_in and not item.content
                else item
                for item in profile.properties
            ]
        ),
    )


def contents_to_fill_in(
    profile: ClientProfile, machine: Machine, proof: Proof | None
) -> dict[int, bytes]:
    """Return the contents of the properties that a profile leaves to be filled in.

    All of a block's; a property that is sent empty is none of them.
    """
    ipv6 = (machine.ipv6_gateway, machine.link_local, machine.ipv6_global)
    check = _EMPTY_CHECK
    if profile.edition is not None:
        early = TEXT_CHALLENGE if profile.text_check else ZERO_CHALLENGE
        challenge = early if proof is None else proof.challenge
        check = v4_check(challenge, Edition(profile.edition))
    password = b""
    v2_check = _PLACEHOLDER_OF_V2_CHECK
    if proof is not None:
        password = password_property(proof.username, proof.challenge, proof.password)
        v2_check = proof.v2_check or v2_check
    contents: dict[int, bytes] = {
        PropertyType.V2_CHECK: v2_check,
        PropertyType.ADDRESS_FROM_DHCP: int(machine.from_dhcp).to_bytes(_FROM_DHCP_SIZE, "big"),
        PropertyType.MAC_ADDRESS: machine.mac,
        PropertyType.PASSWORD: password,
        PropertyType.IPV6_ADDRESS_COUNT: bytes((sum(address is not None for address in ipv6),)),
        PropertyType.IPV6_GATEWAY_LINK_LOCAL: machine.ipv6_gateway or _UNKNOWN_IPV6,
        PropertyType.IPV6_LINK_LOCAL: machine.link_local or _UNKNOWN_IPV6,
        PropertyType.IPV6_GLOBAL: machine.ipv6_global or _UNKNOWN_IPV6,
        PropertyType.V4_CHECK: check,
        PropertyType.V4_CHECK_AGAIN: check,
        PropertyType.DNS_SERVERS: machine.further_dns.encode("ascii"),
    }
    for property_type in profile.left_empty:
        contents.pop(property_type, None)
    return contents


def _head(profile: ClientProfile, machine: Machine) -> AddressHead:
    is_hidden = machine.from_dhcp and profile.hides_dhcp_address
    return AddressHead(
        int(machine.from_dhcp),
        UNKNOWN_ADDRESS if is_hidden else machine.address or UNKNOWN_ADDRESS,
        machine.netmask or UNKNOWN_ADDRESS,
        machine.gateway or UNKNOWN_ADDRESS,
        machine.dns or UNKNOWN_ADDRESS,
    )
