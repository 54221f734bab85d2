"""What an ePortal's words mean, where they are no switch's (docs/portal.md, section 5)."""

from __future__ import annotations

from ruijie_proxy.engine.refusals import (
    MINUTE,
    UNKNOWN_REFUSAL,
    Advice,
    Refusal,
    RefusalKind,
    read_refusal,
)
from ruijie_proxy.engine.status import LoginFailure
from ruijie_proxy.protocol.portal.outcomes import Came
from ruijie_proxy.values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.protocol.portal.outcomes import Outcome

_STOP = ()
_SLOWLY = (10 * MINUTE, 30 * MINUTE, 60 * MINUTE)
_TWO_MINUTES = (2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE)
_ONE_MINUTE = (MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE)
"""A portal that is started anew may answer anything for a moment."""
_BY_OUTCOME = {
    Came.CAPTCHA: Refusal(RefusalKind.CAPTCHA, Advice.OPEN_PORTAL, _STOP),
    Came.NO_SERVICE: Refusal(RefusalKind.SERVICE, Advice.CHOOSE_SERVICE, _STOP),
    Came.NOT_ENCIPHERABLE: Refusal(RefusalKind.CREDENTIALS, Advice.OTHER_CHARACTERS, _STOP),
    # A campus may move to it, or from it, in the middle of a night.
    Came.OTHER_PORTAL: Refusal(RefusalKind.OTHER_PORTAL, Advice.OPEN_PORTAL, _SLOWLY),
    Came.BY_HTTPS: Refusal(RefusalKind.OTHER_PORTAL, Advice.LOG_IN_BY_HTTPS, _SLOWLY),
    Came.UNCLEAR: Refusal(RefusalKind.UNCLEAR_PORTAL, Advice.UNCLEAR_PORTAL, _ONE_MINUTE),
    Came.OTHER_SITE: Refusal(RefusalKind.OTHER_PORTAL, Advice.TRUST_PORTAL, _STOP),
}
_OF_CLIENTS = (
    Advice.ADD_BLOCK,
    Advice.LATER_VERSION,
    Advice.NO_REASON,
    Advice.OTHER_EDITION,
)
REFUSING = frozenset((*_BY_OUTCOME, Came.REFUSED))
"""What comes to no login, and is no silence."""


def refusal_of(outcome: Outcome) -> Refusal:
    """Return what follows from a login that came to nothing, by one of :data:`REFUSING`."""
    known = _BY_OUTCOME.get(outcome.came)
    if known is not None:
        return known
    refusal = read_refusal(outcome.message)
    if refusal.kind is RefusalKind.AGAIN:
        return replace(refusal, pauses=_TWO_MINUTES)
    if refusal.advice in _OF_CLIENTS:
        # No client is at work here, and none of its settings has any part in it.
        return Refusal(RefusalKind.UNKNOWN, Advice.OPEN_PORTAL, UNKNOWN_REFUSAL.pauses)
    return refusal


def failure_of(outcome: Outcome, refusal: Refusal, now: float) -> LoginFailure:
    """Return what is shown of such a login."""
    # What is wanted is known from the settings, and why something is unclear from the log.
    is_shown = outcome.came not in (Came.NO_SERVICE, Came.UNCLEAR)
    text = (outcome.message or None) if is_shown else None
    return LoginFailure(text, refusal.kind, now, refusal.advice)
