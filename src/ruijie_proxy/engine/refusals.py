"""What follows from a refusal: how long to pause before the next try, and what to advise.

What a text means is read in :mod:`.refusing` (docs/protocol.md, "What servers say"), most of which
is loaded with the first text: most routers see none for months.
"""

from __future__ import annotations

from ruijie_proxy.engine.refusing.kinds import Advice as Advice
from ruijie_proxy.engine.refusing.kinds import RefusalKind as RefusalKind
from ruijie_proxy.values import Frozen, replace

MINUTE = 60.0
HOUR = 60 * MINUTE
WORDS_COUNT_FOR = MINUTE
"""Seconds in which the server's words in a request may be the reason of a Failure. It comes at
once; what was said long before an end to a session online has nothing to do with it."""


class Refusal(Frozen):
    """What follows from one."""

    kind: RefusalKind
    advice: Advice
    pauses: tuple[float, ...]
    """Seconds before the next try after the first refusal in a row, the second …; the last one
    serves for all that follow. Empty: there is no next try, only the user can mend it."""
    ends: bool = False
    """Whether the tries end with the pauses: where the last was in vain, there is no more."""
    wants_renewal: bool = False
    """Whether the WAN port should have another IPv4 address before the next try."""

    @property
    def stops(self) -> bool:
        """Whether to stop trying at once."""
        return not self.pauses

    def is_over_after(self, failures: int) -> bool:
        """Whether there is no next try where so many before it failed in the same way."""
        return self.stops or (self.ends and failures >= len(self.pauses))


_STOP = ()
_SLOWLY = (5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR)
_BAN = (2 * HOUR, 6 * HOUR, 24 * HOUR)
"""Where the text does not say for how long."""
_DROPPED = (15.0, MINUTE, 5 * MINUTE, 15 * MINUTE)
_TWICE_A_DAY = (12 * HOUR,)
"""Until somebody has paid, or was at the office: a campus that counts refusals takes no harm."""
_RENEWAL = (30.0,)
"""As long as a DHCP client takes to find another address, at most."""
_UNKNOWN_PAUSES = (30.0, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 4 * HOUR, 6 * HOUR)
"""Fewer than ten in a day: users report bans after ten refusals."""

_OF_KIND: dict[RefusalKind, tuple[float, ...]] = {
    RefusalKind.BANNED: _BAN,
    RefusalKind.LOCKED: _BAN[:1],
    RefusalKind.ACCOUNT: _TWICE_A_DAY,
    RefusalKind.ADDRESS_IN_USE: _RENEWAL,
    RefusalKind.BUSY: _SLOWLY,
    RefusalKind.HOURS: _SLOWLY,
    RefusalKind.AGAIN: (20.0, *_SLOWLY),
    RefusalKind.DROPPED: _DROPPED,
}
"""The pauses of the kinds that are tried again; the others stop."""
_ONCE_MORE = (RefusalKind.LOCKED, RefusalKind.ADDRESS_IN_USE)
_WAITED_OUT = (RefusalKind.BANNED, RefusalKind.LOCKED)
"""Kinds whose texts say for how long: that is the pause then. The pauses of the others are no
shorter than what a text says."""
_SAYS_NO_WAIT = (RefusalKind.HOURS, RefusalKind.ACCOUNT)
"""What times their texts state are no waits."""
_MARGIN = 30.0
"""Seconds to wait beyond what a text states: the server's clock is another one."""

UNKNOWN_REFUSAL = Refusal(RefusalKind.UNKNOWN, Advice.LOOK_AT_MESSAGE, _UNKNOWN_PAUSES)
DROPPED_SILENTLY = Refusal(RefusalKind.DROPPED, Advice.RETRIED, _DROPPED)
"""What a Failure without a known word means while online."""
_WITHOUT_A_WORD = Refusal(RefusalKind.UNKNOWN, Advice.NO_REASON, _UNKNOWN_PAUSES)
_WITHOUT_A_WORD_TO_PLAIN = Refusal(RefusalKind.UNKNOWN, Advice.NO_REASON_PLAIN, _UNKNOWN_PAUSES)


_TO_A_CLIENT = {
    Advice.CHECK_PASSWORD: Advice.CHECK_CLIENTS_PASSWORD,
    Advice.CHOOSE_SERVICE: Advice.CHOOSE_IN_CLIENT,
    Advice.OTHER_EDITION: Advice.OTHER_CLIENT,
    Advice.ADD_BLOCK: Advice.OTHER_CLIENT,
    Advice.LATER_VERSION: Advice.OTHER_CLIENT,
    Advice.WAIT_AND_CHANGE_CLIENT: Advice.WAIT_AND_USE_CLIENT,
    Advice.WAIT_FOR_LOCK: Advice.WAIT_FOR_BAN,
    Advice.NO_REASON: Advice.NO_REASON_TO_CLIENT,
}
"""What to look at where it was a client's login: most settings are in the client then."""


def read_refusal(
    text: str | None,
    *,
    to_plain: bool = False,
    was_online: bool = False,
    of_client: bool = False,
) -> Refusal:
    """Tell what a Failure with these words means, and what follows from it.

    ``to_plain``: it answers a login with nothing of Ruijie's, which may be all that was missing.
    ``was_online``: it ended a session, and no login. ``of_client``: a client on the LAN logged in.
    """
    refusal = _read(text, to_plain=to_plain)
    if of_client:
        refusal = replace(refusal, advice=_TO_A_CLIENT.get(refusal.advice, refusal.advice))
    return DROPPED_SILENTLY if was_online and refusal.kind is RefusalKind.UNKNOWN else refusal


def _read(text: str | None, *, to_plain: bool) -> Refusal:
    if not text or not text.strip():
        return _WITHOUT_A_WORD_TO_PLAIN if to_plain else _WITHOUT_A_WORD
    from ruijie_proxy.engine.refusing.meaning import meaning_of, stated_wait

    meaning = meaning_of(text)
    if meaning is None:
        refusal = UNKNOWN_REFUSAL
    else:
        kind, advice = meaning
        refusal = Refusal(
            kind,
            advice,
            _STOP if advice is Advice.LOGGED_OFF_BY_USER else _OF_KIND.get(kind, _STOP),
            ends=kind in _ONCE_MORE,
            wants_renewal=kind is RefusalKind.ADDRESS_IN_USE,
        )
    stated = stated_wait(text, of_a_ban=refusal.kind in _WAITED_OUT)
    return refusal if stated is None else _with_wait(refusal, stated + _MARGIN)


def _with_wait(refusal: Refusal, wait: float) -> Refusal:
    """Return it with pauses that heed what its text states."""
    if refusal.kind in _WAITED_OUT:
        return replace(refusal, pauses=(wait,))
    if refusal.kind in _SAYS_NO_WAIT:
        return refusal
    return replace(refusal, pauses=tuple([max(wait, pause) for pause in refusal.pauses]))
