"""One login as the switch keeps it: what was asked, and what is still to come."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from ruijie_proxy.lab.events import FrameName
from ruijie_proxy.lab.options import Challenges, SwitchOptions
from ruijie_proxy.lab.switch.port_session import LoginIdentity
from ruijie_proxy.protocol.v4_check import CHALLENGE_SIZE


@dataclass(frozen=True, slots=True)
class Step:
    """A request that follows the identity's."""

    name: FrameName
    challenge: bytes = b""
    """What a Request/MD5-Challenge asks."""


@dataclass(slots=True)
class Pending:
    """A request that waits for its answer."""

    step: Step
    identifier: int
    frame: bytes
    """The Ethernet frame, to be sent again when nobody answers."""
    deadline: float
    """When it is sent again, or given up."""
    repeats_left: int


@dataclass(slots=True)
class Login:
    """A login under way."""

    identity: LoginIdentity
    """Who logs in; until the Identity response no more than a MAC address."""
    began: float
    """When the first frame of it came or went."""
    reauthentication: bool = False
    """The switch asked for it, and not the client."""
    starts: int = 0
    steps: list[Step] = field(default_factory=list)
    """Those still to be taken."""
    pending: Pending | None = None
    refusal: str | None = None
    """What the client is told at the end; None while nothing speaks against it."""

    @property
    def client(self) -> bytes:
        """MAC address of who logs in."""
        return self.identity.client


def steps_after_identity(options: SwitchOptions, random: Random) -> list[Step]:
    """Return what a switch asks in a login once it knows the identity, in order."""
    steps = []
    if options.notification is not None:
        steps.append(Step(FrameName.REQUEST_NOTIFICATION))
    if options.offers_first is not None:
        steps.append(Step(FrameName.REQUEST_OTHER))
    first = random.randbytes(CHALLENGE_SIZE)
    steps.append(Step(FrameName.REQUEST_CHALLENGE, first))
    match options.challenges:
        case Challenges.ONE:
            pass
        case Challenges.TWO_SAME:
            steps.append(Step(FrameName.REQUEST_CHALLENGE, first))
        case Challenges.TWO_DIFFERENT:
            second = random.randbytes(CHALLENGE_SIZE)
            steps.append(Step(FrameName.REQUEST_CHALLENGE, second))
    return steps
