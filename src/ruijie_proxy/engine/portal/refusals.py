"""What an ePortal's words mean, where they are no switch's (docs/portal.md, section 5)."""

from __future__ import annotations

from ruijie_proxy.engine.refusals import MINUTE, Advice, Refusal, RefusalKind, read_refusal
from ruijie_proxy.protocol.portal.outcomes import Came

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.protocol.portal.outcomes import Outcome

_STOP = ()
_SLOWLY = (10 * MINUTE, 30 * MINUTE, 60 * MINUTE)
_TWO_MINUTES = (2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE)
_CAPTCHA = Refusal(RefusalKind.CAPTCHA, Advice.OPEN_PORTAL, _STOP)
_IN_A_WHILE = Refusal(RefusalKind.AGAIN, Advice.RETRIED, _TWO_MINUTES)
_BY_WORDS = (
    ("验证码", _CAPTCHA),
    ("响应超时", _IN_A_WHILE),
    ("上线不超过", _IN_A_WHILE),
    ("RADIUS-0036", _IN_A_WHILE),
)
_BY_OUTCOME = {
    Came.CAPTCHA: _CAPTCHA,
    Came.NO_SERVICE: Refusal(RefusalKind.SERVICE, Advice.CHOOSE_SERVICE, _STOP),
    Came.NOT_ENCIPHERABLE: Refusal(RefusalKind.CREDENTIALS, Advice.OTHER_CHARACTERS, _STOP),
    # A campus may move to it, or from it, in the middle of a night.
    Came.OTHER_PORTAL: Refusal(RefusalKind.OTHER_PORTAL, Advice.OPEN_PORTAL, _SLOWLY),
    Came.OTHER_SITE: Refusal(RefusalKind.OTHER_PORTAL, Advice.TRUST_PORTAL, _STOP),
}
REFUSING = frozenset((*_BY_OUTCOME, Came.REFUSED))
"""What comes to no login, and is no silence."""


def refusal_of(outcome: Outcome) -> Refusal:
    """Return what follows from a login that came to nothing, by one of :data:`REFUSING`."""
    known = _BY_OUTCOME.get(outcome.came)
    if known is not None:
        return known
    for words, refusal in _BY_WORDS:
        if words in outcome.message:
            return refusal
    return read_refusal(outcome.message)
