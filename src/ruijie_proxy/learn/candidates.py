"""Whose login of a capture to learn from."""

from __future__ import annotations

from dataclasses import dataclass

from ruijie_proxy.inspect.reading import read_frame
from ruijie_proxy.learn.observing import Client, Login, Observed


@dataclass(frozen=True, slots=True)
class Candidate:
    """A client that has logged in, or tried to."""

    client: Client
    """As the client itself sent its frames …"""
    outward: Client
    """… and as the switch saw it: a router may have relayed them, and be in the same capture."""

    @property
    def is_relayed(self) -> bool:
        """Whether the capture has both sides of a router that relayed the login."""
        return self.client is not self.outward

    @property
    def logins(self) -> tuple[Login, ...]:
        """The client's logins to learn from: of its session, or the one that came to nothing."""
        client = self.client
        if client.session:
            return client.session
        last = client.failure or client.open
        return () if last is None else (last,)

    @property
    def outward_logins(self) -> tuple[Login, ...]:
        """The same on the side of the switch."""
        return Candidate(self.outward, self.outward).logins


def candidates(observed: Observed) -> tuple[Candidate, ...]:
    """Return the clients that have logged in, the last one at the end."""
    pairs: dict[bytes, list[Client]] = {}
    for client in observed.clients:
        if client.session:
            pairs.setdefault(_mark_of(client), []).append(client)
    found = [
        Candidate(min(sides, key=_outwardness), max(sides, key=_outwardness))
        for sides in pairs.values()
    ]
    return tuple(sorted(found, key=lambda one: _last(one.client)))


def last_heard(observed: Observed) -> Candidate | None:
    """Return the client that was heard last, whatever became of it; None: there is none."""
    if not observed.clients:
        return None
    # Who tried to log in tells more than whose heartbeats alone were heard.
    tried = [one for one in observed.clients if one.failure or one.open]
    last = (tried or observed.clients)[-1]
    return Candidate(last, last)


def _mark_of(client: Client) -> bytes:
    """Return what two sides of one login have in common: the packet with its challenge."""
    challenge = client.session[-1].challenge
    eap = None if challenge is None else read_frame(challenge.data).eap
    if eap is None:
        return client.conversation.to_bytes(4, "big")
    return bytes((eap.identifier,)) + eap.data


def _outwardness(client: Client) -> tuple[bool, int]:
    """Return what is greater for the side of the switch: a router sends there, and sends later."""
    start = client.session[-1].start
    return bool(client.is_sender), start.order if start is not None else 0


def _last(client: Client) -> int:
    result = client.session[-1].result
    return 0 if result is None else result.order
