"""What a client says of itself: its version, its name, its properties and their order.

These belong together: a switch that knows its clients refuses a mixture. So a client to be is
either one of the presets, which are genuine clients (docs/protocol.md, "Properties"), or a profile
that was learned from a genuine client's own frames.
"""

from __future__ import annotations

from ruijie_proxy.protocol.clients.client_shape import ClientShape
from ruijie_proxy.protocol.private_block import PROGRAM_SIZE, VERSION_SIZE
from ruijie_proxy.protocol.properties import Property, PropertyType
from ruijie_proxy.values import Frozen, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

PROGRAM = b"8021x.exe"
SERVICE_SIZE = 32
"""Bytes of the service's name, padded with zeros."""
DISK_SERIAL_SIZE = 64
"""Bytes of the disk's serial number, padded with zeros."""
USUAL_SERVICE = b"internet"

FILLED_IN = (
    PropertyType.V2_CHECK,
    PropertyType.ADDRESS_FROM_DHCP,
    PropertyType.MAC_ADDRESS,
    PropertyType.PASSWORD,
    PropertyType.IPV6_ADDRESS_COUNT,
    PropertyType.IPV6_GATEWAY_LINK_LOCAL,
    PropertyType.IPV6_LINK_LOCAL,
    PropertyType.IPV6_GLOBAL,
    PropertyType.V4_CHECK,
    PropertyType.V4_CHECK_AGAIN,
    PropertyType.DNS_SERVERS,
    PropertyType.CLIENT,
    PropertyType.ADDRESSES,
    PropertyType.PHASE,
)
"""The properties that tell of the machine and of the login; a profile holds only their places."""


class ClientProfile(Frozen):
    """A client to be."""

    name: str
    """For people, such as ``Linux 1.0``."""
    version: bytes
    """Major, minor, system, type: 4 bytes."""
    edition: int | None
    """Of its V4 check, 1 or 2; None where its check is another one."""
    properties: tuple[Property, ...]
    """In the order in which they are sent. Those in ``FILLED_IN`` are empty here."""
    program: bytes = PROGRAM
    """At most 32 bytes."""
    left_empty: tuple[int, ...] = ()
    """Types among ``FILLED_IN`` that are sent empty, and are not filled in."""
    shape: ClientShape = ClientShape.BLOCK
    """What the properties are made for. Those of a bare one (:mod:`.bare_block`) are unmarked."""
    text_check: bool = False
    """Whether its V4 check before there is a challenge is that of a text, and not that of zeros."""
    serial_head: bytes = b""
    """What goes before the serial number of a disk."""
    hides_dhcp_address: bool = False
    """Whether its head leaves an IPv4 address from DHCP at zeros."""

    @property
    def computes_check(self) -> bool:
        """Whether its V4 check is known. Zeros stand for one that is not: they pass only where the
        campus compares nothing, so no client without is chosen but by the user."""
        return self.edition is not None

    def with_version(self, *numbers: int) -> ClientProfile:
        """Return the same client with another version, of two numbers or of three."""
        return replace(self, version=bytes(numbers) + self.version[len(numbers) :])

    def with_disk_serial(self, serial: bytes) -> ClientProfile:
        """Return the same client on a machine whose first disk has this serial number.

        What does not fit behind its head is cut off.
        """
        content = (self.serial_head + serial.removeprefix(self.serial_head))[:DISK_SERIAL_SIZE]
        if self.shape is not ClientShape.BARE:
            content = content.ljust(DISK_SERIAL_SIZE, b"\0")
        return self.with_property(PropertyType.DISK_SERIAL, content)

    def with_property(self, property_type: int, content: bytes | None) -> ClientProfile:
        """Return the same client with a property added, replaced in its place, or (None) without.

        An empty content is sent as such. Raises ProtocolError, when it is sent, for a content that
        is too long.
        """
        marked = self.shape is not ClientShape.BARE
        changed = Property(property_type, content or b"", marked)
        if content is None:
            kept = tuple([item for item in self.properties if item.type != property_type])
        elif any(item.type == property_type for item in self.properties):
            kept = tuple(
                [
                    replace(changed, marked=item.marked) if item.type == property_type else item
                    for item in self.properties
                ]
            )
        else:
            kept = (*self.properties, changed)
        left_empty = tuple([number for number in self.left_empty if number != property_type])
        if content == b"" and property_type in FILLED_IN:
            left_empty += (property_type,)
        return replace(self, properties=kept, left_empty=left_empty)

    def content(self, property_type: int) -> bytes | None:
        """Return the content of a property that a profile holds, or None."""
        for item in self.properties:
            if item.type == property_type:
                return item.content
        return None

    @property
    def fits(self) -> bool:
        """Whether program and version have the sizes that their places have."""
        return len(self.program) <= PROGRAM_SIZE and len(self.version) == VERSION_SIZE


def _properties(order: Iterable[int], name: bytes) -> tuple[Property, ...]:
    contents = {
        PropertyType.SERVICE: USUAL_SERVICE.ljust(SERVICE_SIZE, b"\0"),
        PropertyType.DISK_SERIAL: bytes(DISK_SERIAL_SIZE),
        PropertyType.SECURITY_CHECK: b"\0",
        PropertyType.WINDOWS_FLAG: b"\0",
        PropertyType.WORD_SIZE: bytes((0x40,)),
        PropertyType.CLIENT_NAME: name + b"\0",
        PropertyType.GENERATION: bytes((2,)),
    }
    return tuple([Property(number, contents.get(PropertyType(number), b"")) for number in order])


_LINUX = bytes.fromhex("182d2f7635 36384e4d39 5455 62706f")
LINUX_1_0 = ClientProfile(
    "Linux 1.0", bytes((1, 0x01, 1, 2)), 1, _properties(_LINUX, b"RG-SU For Linux V1.0")
)
LINUX_1_30 = ClientProfile(
    "Linux 1.30", bytes((1, 0x1E, 1, 2)), 2, _properties(_LINUX + b"\x79", b"RG-SU For Linux V1.30")
)
LINUX_1_31 = ClientProfile(
    "Linux 1.31", bytes((1, 0x1F, 1, 2)), 2, _properties(_LINUX + b"\x79", b"RG-SU For Linux V1.30")
)
"""It calls itself V1.30 in every genuine capture."""
WINDOWS_4_10 = ClientProfile(
    "Windows 4.10",
    bytes((4, 0x0A, 0, 2)),
    None,
    _properties(bytes.fromhex("17182d2f35 36384d39 545562"), b""),
)
"""The order for the V2 check; its version is that of the user's own program."""

WINDOWS_5_0_3 = ClientProfile(
    "Windows 5.0.3",
    bytes((5, 0, 3, 0)),
    None,
    _properties(bytes.fromhex("17182d2f35 36384e4d39 54626b70 6f7976"), b""),
)
WINDOWS_6_61 = (
    ClientProfile(
        "Windows 6.61",
        bytes((6, 0x3D, 0, 0)),
        None,
        _properties(bytes.fromhex("17182d2f35 36384e4d39 54626b7e70 6f7976"), b""),
        serial_head=b"Static:",
    )
    .with_disk_serial(b"")
    .with_property(PropertyType.WINDOWS_6, bytes.fromhex("0000010000040000"))
)
WINDOWS_6_86 = (
    ClientProfile(
        "Windows 6.86",
        bytes((6, 0x56, 0, 0)),
        None,
        _properties(bytes.fromhex("17182d2f35 36384e4d6039 54626b7e70 6f7976"), b""),
        serial_head=b"Static:",
        hides_dhcp_address=True,
    )
    .with_disk_serial(b"")
    .with_property(PropertyType.SECURITY_CHECK, b"\x01")
    .with_property(PropertyType.WINDOWS_6, bytes.fromhex("00000100000c0000"))
)
"""Where 0x60 stands in its block is a conclusion from its bare shape (W)."""

PRESETS = {"1.0": LINUX_1_0, "1.30": LINUX_1_30, "1.31": LINUX_1_31}
"""The genuine Linux clients by their version."""
WINDOWS_PRESETS = {"5.0.3": WINDOWS_5_0_3, "6.61": WINDOWS_6_61, "6.86": WINDOWS_6_86}
"""Genuine Windows clients by their version, but for their check, which nobody can compute."""
USUAL_PRESET = LINUX_1_0
"""The one whose frames were held byte for byte against genuine ones …"""
USUAL_BARE_PRESET = LINUX_1_31
"""… and, in the bare shape, the one that is known to log in so."""
PRESET_OF_EDITION = {1: LINUX_1_0, 2: LINUX_1_31}
"""Which client to be for an edition of the V4 check, where nothing else says it."""


def preset_of_version(version: str) -> ClientProfile:
    """Return the client of a version such as ``1.31`` or ``5.0.3``.

    One that has no preset is the nearest Linux preset with its number. Raises ValueError for what
    is no version of two or three numbers below 256.
    """
    preset = PRESETS.get(version) or WINDOWS_PRESETS.get(version)
    if preset is not None:
        return preset
    numbers = _numbers_of(version)
    later = numbers[:2] >= tuple(LINUX_1_30.version[:2])
    nearest = LINUX_1_31 if later else LINUX_1_0
    return replace(nearest.with_version(*numbers), name=f"version {version}")


def windows_of_version(version: str) -> ClientProfile:
    """Return the Windows client of a version, for the V2 check.

    One that has no preset is 4.10 with its number. Raises as :func:`preset_of_version` does.
    """
    preset = WINDOWS_PRESETS.get(version)
    if preset is not None:
        return preset
    return replace(WINDOWS_4_10.with_version(*_numbers_of(version)), name=f"Windows {version}")


def _numbers_of(version: str) -> tuple[int, ...]:
    numbers = tuple([int(part) for part in version.split(".")])
    if len(numbers) not in (2, 3) or not all(0 <= number <= 0xFF for number in numbers):
        raise ValueError(f"{version} is no version of two or three numbers from 0 to 255")
    return numbers
