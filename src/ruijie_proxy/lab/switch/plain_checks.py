"""What a switch without a dialect looks at: EAP-MD5, and that nothing private is in a frame."""

from __future__ import annotations

from ruijie_proxy.i18n import _
from ruijie_proxy.lab.events import FrameName
from ruijie_proxy.lab.options import SwitchOptions
from ruijie_proxy.lab.switch.checks import FOREIGN_CLIENT, Complaint, check_answer
from ruijie_proxy.protocol.eap import EAP_HEADER_SIZE, EapPacket
from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.password import eap_md5_value
from ruijie_proxy.protocol.private_block import find_private_block
from ruijie_proxy.protocol.text import decode_text


class PlainChecks:
    """The checks of RFC 3748 and IEEE 802.1X."""

    def __init__(self, options: SwitchOptions) -> None:
        self._options = options

    def bare(self, frame: EapolFrame, name: FrameName) -> list[Complaint]:
        """Check a Start or a Logoff."""
        return check_nothing_private(frame, name)

    def identity(self, frame: EapolFrame, packet: EapPacket) -> tuple[str, list[Complaint]]:
        """Read the user name from a Response/Identity, and check the frame."""
        complaints = check_nothing_private(frame, FrameName.RESPONSE_IDENTITY)
        return decode_text(packet.data), complaints

    def answer(
        self, frame: EapolFrame, packet: EapPacket, username: str, challenge: bytes
    ) -> list[Complaint]:
        """Check a Response/MD5-Challenge, which need not repeat the user name."""
        complaints = check_answer(
            self._options, packet, username, challenge, eap_md5_value, name_required=False
        )
        return complaints + check_nothing_private(frame, FrameName.RESPONSE_CHALLENGE)

    def reply(self, frame: EapolFrame, name: FrameName) -> list[Complaint]:
        """Check any other Response."""
        return check_nothing_private(frame, name)


def check_nothing_private(frame: EapolFrame, name: FrameName) -> list[Complaint]:
    """Check that behind a client's stated length there is padding and nothing else."""
    if find_private_block(frame.encode()) is not None:
        return [Complaint(_("{name} with a private block", name=name), FOREIGN_CLIENT)]
    standard_size = 0
    if frame.type == EapolType.EAP_PACKET:
        standard_size = int.from_bytes(frame.body[2:EAP_HEADER_SIZE], "big")
    behind = frame.body[standard_size:] + frame.trailer
    if any(behind):
        text = _("{name}: what follows the stated length is no padding of zeros", name=name)
        return [Complaint(text, FOREIGN_CLIENT)]
    return []
