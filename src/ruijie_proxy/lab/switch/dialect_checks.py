"""Which checks a switch makes: those of the dialect that it speaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ruijie_proxy.lab.events import FrameName
from ruijie_proxy.lab.options import Dialect, Shape, SwitchOptions
from ruijie_proxy.lab.switch.bare_checks import BareChecks
from ruijie_proxy.lab.switch.cernet_checks import CernetChecks
from ruijie_proxy.lab.switch.checks import Complaint
from ruijie_proxy.lab.switch.inside_checks import InsideChecks
from ruijie_proxy.lab.switch.plain_checks import PlainChecks
from ruijie_proxy.lab.switch.ruijie_checks import RuijieChecks
from ruijie_proxy.protocol.eap import EapPacket
from ruijie_proxy.protocol.eapol import EapolFrame


class DialectChecks(Protocol):
    """What is wrong in each kind of a client's frames."""

    def bare(self, frame: EapolFrame, name: FrameName) -> list[Complaint]:
        """Check a frame without EAP, such as a Start."""

    def identity(self, frame: EapolFrame, packet: EapPacket) -> tuple[str, list[Complaint]]:
        """Read the user name from a Response/Identity, and check the frame."""

    def answer(
        self, frame: EapolFrame, packet: EapPacket, username: str, challenge: bytes
    ) -> list[Complaint]:
        """Check a Response/MD5-Challenge to a challenge."""

    def reply(self, frame: EapolFrame, name: FrameName) -> list[Complaint]:
        """Check the frame of any other Response; what the Response says is not looked at."""


_CHECKS_OF_SHAPE: dict[Shape, Callable[[SwitchOptions], DialectChecks]] = {
    Shape.BLOCK: RuijieChecks,
    Shape.BARE: BareChecks,
    Shape.INSIDE: InsideChecks,
}


def checks_of(options: SwitchOptions) -> DialectChecks:
    """Make the checks of a switch's dialect.

    Raises ValueError when the code section is not written in hex digits.
    """
    match options.dialect:
        case Dialect.RUIJIE_V2:
            return RuijieChecks(options)
        case Dialect.RUIJIE:
            return _CHECKS_OF_SHAPE[options.shape](options)
        case Dialect.PLAIN:
            return PlainChecks(options)
        case Dialect.CERNET:
            return CernetChecks(options)
