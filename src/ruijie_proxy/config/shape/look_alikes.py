"""Characters that an input method for Chinese, or a word processor, writes in place of others.

They are the likeliest slip in a file that is written between two messages in Chinese, and hard to
see. Where they cannot be meant, they are named; where they could be, the user is asked.
"""

from __future__ import annotations

from ruijie_proxy.config.shape.problems import Unfit
from ruijie_proxy.i18n import N_, _
from ruijie_proxy.values import Frozen

QUOTES = frozenset("“”„‟‘’‚‛＂＇「」『』")
SPACES = frozenset("\u00a0\u1680\u202f\u205f\u3000") | frozenset(map(chr, range(0x2000, 0x200B)))
_COLONS = frozenset("：﹕︰")
_COMMAS = frozenset("，、﹐﹑")
_SEMICOLONS = frozenset("；﹔")
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")
_OTHERS = frozenset("。…—–―・·《》〈〉【】〔〕￥") | frozenset(map(chr, range(0xFF01, 0xFF5F)))
"""The last are the full-width forms of what ASCII has."""
_KINDS = (
    (QUOTES, N_("has Chinese quotes in it"), N_('write " instead')),
    (_COLONS, N_("has a full-width colon in it"), N_("write : instead")),
    (_COMMAS, N_("has a Chinese comma in it"), N_("write , instead")),
    (_SEMICOLONS, N_("has a full-width semicolon in it"), N_("write ; instead")),
    (SPACES, N_("has a full-width space in it"), N_("write a plain space instead, or none")),
    (_INVISIBLE, N_("has an invisible character in it"), N_("remove it, or type all of it anew")),
    (
        _OTHERS,
        N_("has full-width characters in it"),
        N_("write half-width ones, in the input method's English mode"),
    ),
)
_PAIRS = ("“”", "‘’", "＂＂", "＇＇", "「」", "『』", "””", "’’")
"""The last two: some methods write the closing one twice."""


class Slip(Frozen):
    """What an input method made of a text."""

    wrong: str
    remedy: str

    def unfit(self) -> Unfit:
        """Return it as what is wrong with a value."""
        return Unfit(self.wrong, self.remedy)


def look_alike(text: str) -> Slip | None:
    """Return what is wrong with the first such character of a text, and what to do about it."""
    for char in text:
        for characters, wrong, remedy in _KINDS:
            if char in characters:
                return Slip(_(wrong), _(remedy))
    return None


def look_alike_in_key(text: str) -> Slip | None:
    """Return the same for a text that is, or begins with, a key and its colon."""
    found = look_alike(text)
    if found is not None and any(char in _COLONS for char in text):
        remedy = _('write "key: value", with a space after the colon')
        return Slip(_("has a full-width colon in it"), remedy)
    return found


def doubt(text: str) -> Slip | None:
    """Return what a text has that can be meant, and is likely not to be."""
    found = look_alike(text)
    if found is None:
        return None
    return Slip(found.wrong, _("{remedy}, unless that is meant", remedy=found.remedy))


def doubt_quotes(text: str) -> Slip | None:
    """Return the same for a text in which Chinese may be: there only quotes around it count."""
    is_quoted = len(text) > 1 and text[0] + text[-1] in _PAIRS
    return doubt(text) if is_quoted else None
