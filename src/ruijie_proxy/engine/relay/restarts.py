"""Which client may log in anew while a session is held, and telling that it means to from noise.

A Start that goes out ends the session: a switch that hears one asks for the identity, and knows
nothing of who was online before until that is answered. Anybody on the LAN can send a Start, and
many systems do unasked, so one counts only where it is like the one that the session is from.
"""

from __future__ import annotations

from ruijie_proxy.engine.events import StartIgnored
from ruijie_proxy.engine.reasons import Hurdle
from ruijie_proxy.engine.relay.fields import find_properties
from ruijie_proxy.engine.settings import MacMode
from ruijie_proxy.protocol.ethernet import ADDRESS_SIZE, SOURCE_OFFSET

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.engine.keeping.held_session import HeldSession
    from ruijie_proxy.engine.outbox import Outbox
    from ruijie_proxy.engine.settings import SessionSettings

SHORTEST_PATIENCE = 1.0
LONGEST_PATIENCE = 60.0
"""Seconds from one Start of a client to its next that make the next one count. A client that got no
answer repeats its Start after some seconds; a flood does not wait, and one stray Start must not
cost the session."""
REMEMBERED_CLIENTS = 8
"""So many clients' last Starts are remembered, and of so many it was told that theirs stay here,
however many addresses a flood makes up."""
TOLD_AGAIN_AFTER = 3600.0
"""Seconds after which a Start that stays here is told once more."""


def hurdle(
    start: bytes, held: HeldSession, settings: SessionSettings, *, is_needed: bool
) -> Hurdle | None:
    """Return what keeps a client of this Start from logging in anew, however patient it is.

    None: nothing does. ``is_needed``: a client is needed, so one that has not logged in yet may
    help, too, where ``client:`` names none.

    A private block says of a client that it is the campus's, not whose it is:
    a PC behind a wireless bridge tells another MAC address in it than the frame has. So where the
    session is from a client with such a block, that is wanted of every other one, and the
    frame's address is what ``client:`` is about.
    """
    source = start[SOURCE_OFFSET : SOURCE_OFFSET + ADDRESS_SIZE]
    is_holder = not held.own and source == held.client
    is_named = source in settings.clients
    if not is_holder:
        # To take another client's address would end the session at once.
        is_cloning = settings.mac is MacMode.CLONE
        # Where the router itself has logged in, the first client is still to come.
        is_first = not settings.clients and (held.own or is_needed)
        if is_cloning or not (is_named or settings.any_client or is_first):
            return Hurdle.OTHER_CLIENT
    private = held.private
    if private is None:
        private = has_private_block(held.authentication.identity_response)
    if private:
        return None if has_private_block(start) else Hurdle.OTHER_KIND
    # Nothing but its address tells one plain client from another.
    return None if is_holder or is_named else Hurdle.OTHER_CLIENT


def has_private_block(frame: bytes | None) -> bool:
    """Whether a client's frame has a private block that parses."""
    return frame is not None and find_properties(frame) is not None


def start_ignored(client: bytes, why_not: Hurdle | None, held: HeldSession) -> StartIgnored:
    """Return what to tell of a Start that stays here."""
    holder = held.client if why_not is Hurdle.OTHER_CLIENT and not held.own else None
    return StartIgnored(client, why_not, holder)


class Restarts:
    """The Starts that clients send while online."""

    def __init__(self) -> None:
        self._last: dict[bytes, float] = {}
        """When each client started last, the longest ago first."""
        self._told: dict[bytes, float] = {}
        """When it was told that a client's Start stays here; the same order."""

    def means_a_new_login(self, client: bytes, now: float) -> bool:
        """Take note of a Start; tell whether it is a patient repetition of the client's last."""
        last = _note(self._last, client, now)
        return last is not None and SHORTEST_PATIENCE <= now - last <= LONGEST_PATIENCE

    def tell_once(self, event: StartIgnored, outbox: Outbox, now: float) -> None:
        """Tell that a Start stays here, unless it was told lately of the same client."""
        told = self._told.get(event.client)
        is_news = told is None or now - told >= TOLD_AGAIN_AFTER
        if is_news and outbox.report_stranger(event, now):
            _note(self._told, event.client, now)

    def forget(self) -> None:
        """Begin anew: what came before belongs to a login that is done."""
        self._last.clear()
        self._told.clear()


def _note(times: dict[bytes, float], client: bytes, now: float) -> float | None:
    """Put a client last, and return when it was noted before."""
    before = times.pop(client, None)
    times[client] = now
    if len(times) > REMEMBERED_CLIENTS:
        del times[next(iter(times))]
    return before
