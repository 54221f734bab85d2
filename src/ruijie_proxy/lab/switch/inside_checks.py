"""What a switch looks at that wants a private block within the lengths of an answer alone.

docs/protocol.md, "The bare shape".
"""

from __future__ import annotations

from ruijie_proxy.i18n import _
from ruijie_proxy.lab.events import FrameName
from ruijie_proxy.lab.options import SwitchOptions
from ruijie_proxy.lab.switch.bare_checks import BareChecks
from ruijie_proxy.lab.switch.checks import FOREIGN_CLIENT, NO_CLIENT, Complaint
from ruijie_proxy.lab.switch.ruijie_checks import RuijieChecks
from ruijie_proxy.protocol.eap import EapPacket
from ruijie_proxy.protocol.eapol import BODY_OFFSET, EapolFrame
from ruijie_proxy.protocol.private_block import PROPERTIES_OFFSET, SIZE_OFFSET, find_private_block
from ruijie_proxy.values import replace

_DATA_OFFSET = 5
"""Of what follows an EAP packet's type, in the packet."""


class InsideChecks:
    """The checks of the shape in between: bare frames, and one block."""

    def __init__(self, options: SwitchOptions) -> None:
        self._without = BareChecks(options)
        self._with = RuijieChecks(options)

    def bare(self, frame: EapolFrame, name: FrameName) -> list[Complaint]:
        """Check a Start or a Logoff."""
        return self._without.bare(frame, name)

    def identity(self, frame: EapolFrame, packet: EapPacket) -> tuple[str, list[Complaint]]:
        """Read the user name from a Response/Identity, which holds nothing else."""
        return self._without.identity(frame, packet)

    def answer(
        self, frame: EapolFrame, packet: EapPacket, username: str, challenge: bytes
    ) -> list[Complaint]:
        """Check a Response/MD5-Challenge: value, user name and block, all of it counted."""
        name, data = FrameName.RESPONSE_CHALLENGE, frame.encode()
        offset = find_private_block(data)
        if offset is None:
            return [Complaint(_("{name} without a private block", name=name), NO_CLIENT)]
        standard = packet.data[: max(0, offset - BODY_OFFSET - _DATA_OFFSET)]
        complaints = self._with.answer(frame, replace(packet, data=standard), username, challenge)
        properties = offset + PROPERTIES_OFFSET
        end = properties + int.from_bytes(data[offset + SIZE_OFFSET : properties], "big")
        if not frame.length == packet.length == end - BODY_OFFSET:
            text = _(
                "{name}: the lengths are {eapol} and {eap}, and the block ends after {end}",
                name=name,
                eapol=frame.length,
                eap=packet.length,
                end=end - BODY_OFFSET,
            )
            complaints.append(Complaint(text, FOREIGN_CLIENT))
        if any(data[end:]):
            text = _("{name}: what follows the stated length is no padding of zeros", name=name)
            complaints.append(Complaint(text, FOREIGN_CLIENT))
        return complaints

    def reply(self, frame: EapolFrame, name: FrameName) -> list[Complaint]:
        """Check any other Response."""
        return self._without.reply(frame, name)
