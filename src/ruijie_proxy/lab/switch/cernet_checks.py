"""What a switch of Cernet's dialect looks at (docs/protocol.md, "Cousins")."""

from __future__ import annotations

from ipaddress import IPv4Address

from ruijie_proxy.i18n import _
from ruijie_proxy.lab.events import FrameName
from ruijie_proxy.lab.options import SwitchOptions
from ruijie_proxy.lab.switch.checks import (
    DAMAGED_CLIENT,
    FOREIGN_CLIENT,
    OLD_CLIENT,
    WRONG_ADDRESS,
    Complaint,
    check_answer,
)
from ruijie_proxy.protocol import cernet
from ruijie_proxy.protocol.eap import EapPacket
from ruijie_proxy.protocol.eapol import EapolFrame
from ruijie_proxy.protocol.private_block import (
    IPV4_SIZE,
    UNKNOWN_ADDRESS,
    find_private_block,
)
from ruijie_proxy.protocol.text import decode_text

_ADDRESS_OFFSET = len(cernet.IDENTITY_MARK)
_ZEROS_OFFSET = _ADDRESS_OFFSET + 3 * IPV4_SIZE
"""Behind address, netmask and gateway."""
_VERSION_OFFSET = _ZEROS_OFFSET + IPV4_SIZE
_USERNAME_OFFSET = _VERSION_OFFSET + len(cernet.VERSION)


class CernetChecks:
    """The checks of Cernet's dialect."""

    def __init__(self, options: SwitchOptions) -> None:
        self._options = options

    def bare(self, frame: EapolFrame, name: FrameName) -> list[Complaint]:
        """Check a Start, a Logoff or an answer to an echo: a header and its padding, 60 bytes."""
        right = cernet.bare_frame(frame.destination, frame.source, frame.type)
        if frame == EapolFrame.parse(right):
            return []
        text = _(
            "{name} is not {size} bytes long and padded with {padding:#x}",
            name=name,
            size=len(right),
            padding=cernet.PADDING,
        )
        return [Complaint(text, FOREIGN_CLIENT)]

    def identity(self, frame: EapolFrame, packet: EapPacket) -> tuple[str, list[Complaint]]:
        """Read the user name from a Response/Identity, and check the frame."""
        name, data = FrameName.RESPONSE_IDENTITY, packet.data
        complaints = self.reply(frame, name)
        if len(data) < _USERNAME_OFFSET or not data.startswith(cernet.IDENTITY_MARK):
            return "", [
                *complaints,
                Complaint(_("{name} is not in Cernet's form", name=name), DAMAGED_CLIENT),
            ]
        if data[_ZEROS_OFFSET:_VERSION_OFFSET] != UNKNOWN_ADDRESS:
            complaints.append(
                Complaint(_("{name}: the fourth field is not zero", name=name), DAMAGED_CLIENT)
            )
        if data[_VERSION_OFFSET:_USERNAME_OFFSET] != cernet.VERSION:
            complaints.append(Complaint(_("{name}: the version is wrong", name=name), OLD_CLIENT))
        address = IPv4Address(data[_ADDRESS_OFFSET : _ADDRESS_OFFSET + IPV4_SIZE])
        expected = self._options.expected_address
        if expected is not None and address != IPv4Address(expected):
            text = _("{name} carries the address {address}", name=name, address=address)
            complaints.append(Complaint(text, WRONG_ADDRESS))
        return decode_text(data[_USERNAME_OFFSET:]), complaints

    def answer(
        self, frame: EapolFrame, packet: EapPacket, username: str, challenge: bytes
    ) -> list[Complaint]:
        """Check a Response/MD5-Challenge."""
        complaints = check_answer(self._options, packet, username, challenge, cernet.md5_value)
        return complaints + self.reply(frame, FrameName.RESPONSE_CHALLENGE)

    def reply(self, frame: EapolFrame, name: FrameName) -> list[Complaint]:
        """Check any other Response. With what a short one is padded nobody has told."""
        if find_private_block(frame.encode()) is None:
            return []
        return [Complaint(_("{name} with a private block", name=name), FOREIGN_CLIENT)]
