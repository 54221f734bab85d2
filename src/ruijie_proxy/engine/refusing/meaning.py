"""What a text means: the rules, over what its words stand for.

A noun names what it is about, a verb and a negation decide; so a rule is a set of conditions, and
the first one that holds is it. What cannot be told stays unknown, which is tried slowly: a wrong
guess may cost a ban.
"""

from __future__ import annotations

from itertools import pairwise

from ruijie_proxy.engine.refusing.kinds import Advice, RefusalKind
from ruijie_proxy.engine.refusing.words import folded, read_words

_RULES: tuple[tuple[RefusalKind, Advice, str], ...] = (
    (RefusalKind.CAPTCHA, Advice.OPEN_PORTAL, "captcha"),
    # A ban often names its cause, so it is looked for first.
    (RefusalKind.BANNED, Advice.WAIT_AND_CHANGE_CLIENT, "crack"),
    (RefusalKind.BANNED, Advice.WAIT_FOR_BAN, "ban"),
    (RefusalKind.LOCKED, Advice.WAIT_FOR_LOCK, "lock !port|mac|ip"),
    (RefusalKind.BANNED, Advice.WAIT_FOR_BAN, "restore"),
    # Out of money is no ban, whatever was done about it.
    (RefusalKind.ACCOUNT, Advice.SEE_THE_OFFICE, "arrears"),
    (RefusalKind.ACCOUNT, Advice.SEE_THE_OFFICE, "balance used-up|limit"),
    (RefusalKind.ACCOUNT, Advice.SEE_THE_OFFICE, "data|hours|time used-up"),
    (RefusalKind.LOCKED, Advice.WAIT_FOR_LOCK, "password frozen"),
    (RefusalKind.BANNED, Advice.WAIT_FOR_BAN, "suspend|frozen|forbid a-while !hurry"),
    (RefusalKind.BANNED, Advice.WAIT_FOR_BAN, "suspend|frozen|forbid proxy"),
    (
        RefusalKind.LOCKED,
        Advice.WAIT_FOR_LOCK,
        "password|login|failed times limit !remaining|together|online|hurry",
    ),
    (RefusalKind.AGREEMENT, Advice.CONFIRM_AGREEMENT, "agreement confirm|not"),
    # The client.
    (RefusalKind.CLIENT_REJECTED, Advice.ADD_BLOCK, "not+ruijie"),
    (RefusalKind.CLIENT_REJECTED, Advice.ADD_BLOCK, "ask+ruijie"),
    (RefusalKind.CLIENT_REJECTED, Advice.OTHER_EDITION, "client|ruijie integrity"),
    (RefusalKind.CLIENT_REJECTED, Advice.OTHER_EDITION, "client type"),
    (RefusalKind.CLIENT_REJECTED, Advice.LATER_VERSION, "client|ruijie version|low|upgrade"),
    (
        RefusalKind.CLIENT_REJECTED,
        Advice.OTHER_EDITION,
        "client prescribed|forbid|not|ask|only|suspend !offline",
    ),
    (RefusalKind.CLIENT_REJECTED, Advice.OTHER_EDITION, "client+wrong"),
    (RefusalKind.CLIENT_REJECTED, Advice.OTHER_EDITION, "wrong+client"),
    # Name and password.
    (RefusalKind.CREDENTIALS, Advice.CHECK_PASSWORD, "no-user"),
    (RefusalKind.CREDENTIALS, Advice.CHECK_PASSWORD, "user+absent"),
    (RefusalKind.CREDENTIALS, Advice.CHECK_PASSWORD, "password wrong|expired|change|suspend"),
    (RefusalKind.CREDENTIALS, Advice.CHECK_PASSWORD, "user+wrong"),
    # The kind of address.
    (RefusalKind.DHCP, Advice.USE_DHCP, "forbid+static"),
    (RefusalKind.BINDING, Advice.ADDRESS_IS_BOUND, "forbid+dynamic"),
    (RefusalKind.DHCP, Advice.USE_DHCP, "dynamic"),
    (RefusalKind.BINDING, Advice.ADDRESS_IS_BOUND, "static bind|wrong|ask|registered|prescribed"),
    (RefusalKind.DHCP, Advice.USE_DHCP, "static"),
    (RefusalKind.ADDRESS_IN_USE, Advice.ADDRESS_IN_USE, "ip conflict"),
    (RefusalKind.ADDRESS_IN_USE, Advice.ADDRESS_IN_USE, "ip other !online|login|mac"),
    (RefusalKind.ADDRESS_IN_USE, Advice.ADDRESS_IN_USE, "ip in-use !online|login|mac"),
    (RefusalKind.ADDRESS_IN_USE, Advice.ADDRESS_IN_USE, "ip+exists"),
    (RefusalKind.ADDRESS_IN_USE, Advice.ADDRESS_IN_USE, "ip+together"),
    (
        RefusalKind.ADDRESS_IN_USE,
        Advice.ADDRESS_IN_USE,
        "ip renew !bind|wrong|registered|prescribed",
    ),
    # What the account is bound to.
    (RefusalKind.SERVICE, Advice.CHOOSE_SERVICE, "bind service !mac|ip|port"),
    (
        RefusalKind.BINDING,
        Advice.MAC_IS_BOUND,
        "mac bind|wrong|change|forbid|not|prescribed|only|absent|outside|registered",
    ),
    (
        RefusalKind.BINDING,
        Advice.ADDRESS_IS_BOUND,
        "ip bind|wrong|change|forbid|prescribed|only|absent|outside|registered|occupied "
        "!not-yet-offline",
    ),
    (
        RefusalKind.BINDING,
        Advice.SOCKET_IS_BOUND,
        "port bind|wrong|change|forbid|prescribed|only|outside|lock !hours|offline",
    ),
    (RefusalKind.BUSY, Advice.LOGGED_IN_ELSEWHERE, "bind count limit"),
    (RefusalKind.BINDING, Advice.SOCKET_IS_BOUND, "bind"),
    (RefusalKind.CREDENTIALS, Advice.CHECK_PASSWORD, "wrong+user"),
    (RefusalKind.HOURS, Advice.OUT_OF_HOURS, "hours"),
    (RefusalKind.HOURS, Advice.OUT_OF_HOURS, "time forbid|outside"),
    (
        RefusalKind.SERVICE,
        Advice.CHOOSE_SERVICE,
        "service forbid|choose|absent|not|wrong|only|subscribe|ask !self|timeout",
    ),
    (RefusalKind.ACCOUNT, Advice.SEE_THE_OFFICE, "data limit|expired"),
    # Who is online.
    (RefusalKind.AGAIN, Advice.RETRIED, "not-yet-offline"),
    (RefusalKind.AGAIN, Advice.RETRIED, "no-answer !heartbeat|offline"),
    (RefusalKind.AGAIN, Advice.RETRIED, "login+within"),
    (RefusalKind.AGAIN, Advice.RETRIED, "hurry again|retry|a-while"),
    (RefusalKind.AGAIN, Advice.RETRIED, "hurry login|failed !offline"),
    (RefusalKind.BUSY, Advice.LOGGED_IN_ELSEWHERE, "already-online"),
    (RefusalKind.BUSY, Advice.LOGGED_IN_ELSEWHERE, "online limit|other|only|exists|count|together"),
    (RefusalKind.BUSY, Advice.LOGGED_IN_ELSEWHERE, "login|user other|together"),
    (RefusalKind.BUSY, Advice.LOGGED_IN_ELSEWHERE, "user in-use"),
    (RefusalKind.BUSY, Advice.LOGGED_IN_ELSEWHERE, "user+online !offline"),
    (RefusalKind.BUSY, Advice.LOGGED_IN_ELSEWHERE, "count limit"),
    # What an account has become.
    (RefusalKind.BANNED, Advice.WAIT_FOR_BAN, "user|offline forbid+login"),
    (RefusalKind.HOURS, Advice.OUT_OF_HOURS, "clock stop|login|time"),
    (RefusalKind.ACCOUNT, Advice.SEE_THE_OFFICE, "suspend|frozen|closed"),
    (RefusalKind.ACCOUNT, Advice.SEE_THE_OFFICE, "expired !retry|again|heartbeat"),
    (RefusalKind.ACCOUNT, Advice.SEE_THE_OFFICE, "not+subscribe"),
    # How a session has ended.
    (RefusalKind.DROPPED, Advice.LOGGED_OFF_BY_USER, "self>offline"),
    (RefusalKind.DROPPED, Advice.RETRIED, "offline"),
    (RefusalKind.DROPPED, Advice.RETRIED, "heartbeat|idle timeout|lost"),
    (RefusalKind.AGAIN, Advice.RETRIED, "again"),
    (RefusalKind.AGAIN, Advice.RETRIED, "timeout retry"),
)
"""Each condition names what has to be there, one of several with ``|``, none of them with ``!``;
``+`` is right before, and ``>`` somewhere before."""

_A_WHILE = "a-while"
_CLOCK = "clock"

MINUTE = 60.0
HOUR = 60 * MINUTE
_UNITS = (
    ("秒", 1.0),
    ("SECOND", 1.0),
    ("SEC", 1.0),
    ("S", 1.0),
    ("分钟", MINUTE),
    ("MINUTE", MINUTE),
    ("MIN", MINUTE),
    ("小时", HOUR),
    ("HOUR", HOUR),
    ("天", 24 * HOUR),
    ("DAY", 24 * HOUR),
)
_UNITS_OF_BANS = (*_UNITS, ("分", MINUTE), ("时", HOUR), ("日", 24 * HOUR))
"""Outside a ban these may also be a time of day, or a date."""
LONGEST_STATED_WAIT = 7 * 24 * HOUR
"""A text of the network's is not to silence the program for ever."""
_DIGITS = "0123456789"
_CHINESE_DIGITS = {digit: value for value, digit in enumerate("一二三四五六七八九", 1)} | {"两": 2}
_MOST_DIGITS = 9
"""More than these make no difference, and of hundreds no time can be made."""


def meaning_of(text: str) -> tuple[RefusalKind, Advice] | None:
    """Tell what a text means; None: nobody here knows."""
    read = [meaning for meaning, _ in read_words(text)]
    if stated_wait(text) is not None:
        read.append(_A_WHILE)
    if _names_a_time_of_day(text):
        read.append(_CLOCK)
    present = frozenset(read)
    for kind, advice, conditions in _RULES:
        if all(_holds(condition, read, present) for condition in conditions.split()):
            return kind, advice
    return None


def stated_wait(text: str, *, of_a_ban: bool = False) -> float | None:
    """Return the seconds that a text states, as in ``1小时30分钟``; None where there are none."""
    units = _UNITS_OF_BANS if of_a_ban else _UNITS
    plain = folded(text)
    stated, at, end = None, 0, len(plain)
    while at < end:
        is_in_digits = plain[at] in _DIGITS
        number, behind = _number(plain, at)
        if number is None:
            at += 1
            continue
        at = behind
        while at < end and plain[at] == " ":
            at += 1
        if plain.startswith("个", at):
            at += 1
        if plain.startswith("半", at) and number >= 1:
            number += 0.5
            at += 1
        for unit, seconds in units if is_in_digits else _UNITS:
            if plain.startswith(unit, at) and _is_a_word(unit, plain, at):
                at += len(unit)
                if plain.startswith("半", at):
                    number, at = number + 0.5, at + 1
                stated = (stated or 0.0) + number * seconds
                break
    return None if stated is None else min(stated, LONGEST_STATED_WAIT)


def _number(text: str, at: int) -> tuple[float | None, int]:
    """Read a number in digits, or in Chinese up to 99, or a half; and where it ends."""
    begin = at
    while at < len(text) and text[at] in _DIGITS:
        at += 1
    if at > begin:
        return int(text[begin : min(at, begin + _MOST_DIGITS)]), at
    if text.startswith("半", at):
        return 0.5, at + 1
    tens, at = _chinese_digit(text, at)
    if not text.startswith("十", at):
        return tens, at
    ones, at = _chinese_digit(text, at + 1)
    return 10 * (1 if tens is None else tens) + (ones or 0), at


def _chinese_digit(text: str, at: int) -> tuple[int | None, int]:
    digit = _CHINESE_DIGITS.get(text[at : at + 1])
    return digit, at if digit is None else at + 1


def _is_a_word(unit: str, text: str, at: int) -> bool:
    """Whether no Latin letters follow a Latin unit, but the one of its plural."""
    after = at + len(unit)
    if text.startswith("S", after):
        after += 1
    follows = text[after : after + 1]
    return not unit.isascii() or not (follows.isascii() and follows.isalpha())


def _names_a_time_of_day(text: str) -> bool:
    """Whether there is a colon between digits, with two of them behind it, or an hour with 点."""
    plain = folded(text)
    return any(
        before in _DIGITS and (point == "点" or plain[at : at + 2].isdigit())
        for at, (before, point) in enumerate(pairwise(plain), 2)
        if point in ":点"
    )


def _holds(condition: str, read: list[str], present: frozenset[str]) -> bool:
    if condition[0] == "!":
        return present.isdisjoint(condition[1:].split("|"))
    if "+" in condition:
        first, second = condition.split("+")
        return (first, second) in pairwise(read)
    if ">" in condition:
        first, second = condition.split(">")
        return first in present and second in read[read.index(first) :]
    return not present.isdisjoint(condition.split("|"))
