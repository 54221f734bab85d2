"""What a server's refusal means, and what to do about it (docs/protocol.md, "What servers say").

One table: the words by which a text is known, its kind, how long to pause before the next try, and
what to advise. The texts differ a little from campus to campus, so a row is known by words that its
texts have in common and that no row above it has.
"""

from __future__ import annotations

from ruijie_proxy.choices import Enum
from ruijie_proxy.values import frozen

MINUTE = 60.0
HOUR = 60 * MINUTE


class RefusalKind(Enum):
    """Kinds of refusals; the values stand in ``ruijie-proxy status --json``."""

    CREDENTIALS = "credentials"
    CLIENT_REJECTED = "client-rejected"
    BANNED = "banned"
    BINDING = "binding"
    SERVICE = "service"
    DHCP = "dhcp"
    BUSY = "busy"
    HOURS = "hours"
    AGAIN = "again"
    DROPPED = "dropped"
    UNKNOWN = "unknown"


class Advice(Enum):
    """What a user can look at; the sentences are the runtime's (:mod:`..runtime.advice`)."""

    CHECK_PASSWORD = "username, password"  # noqa: S105 - names of settings, as are the others
    OTHER_EDITION = "edition, client_version"
    ADD_BLOCK = "dialect"
    LATER_VERSION = "client_version"
    WAIT_FOR_BAN = "wait"
    WAIT_AND_CHANGE_CLIENT = "wait, and mode: relay"
    MAC_IS_BOUND = "the port's MAC address"
    ADDRESS_IS_BOUND = "dhcp"
    SOCKET_IS_BOUND = "the socket"
    CHOOSE_SERVICE = "service"
    USE_DHCP = "dhcp: after"
    LOGGED_IN_ELSEWHERE = "the other device"
    OUT_OF_HOURS = "the hours"
    RETRIED = "nothing"
    LOGGED_OFF_BY_USER = "the self-service page"
    LOOK_AT_MESSAGE = "the message"


@frozen
class Refusal:
    """One row: what a text means."""

    kind: RefusalKind
    advice: Advice
    pauses: tuple[float, ...]
    """Seconds before the next try after the first refusal in a row, the second …; the last one
    serves for all that follow. Empty: there is no next try, only the user can mend it."""
    words: tuple[str, ...] = ()
    """Each a word of the texts, or several with ``…`` between, which stand in this order."""

    @property
    def stops(self) -> bool:
        """Whether to stop trying."""
        return not self.pauses


_STOP = ()
_SLOWLY = (5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR)
_BAN = (2 * HOUR, 6 * HOUR, 24 * HOUR)
"""Where the text does not say for how long."""
_DROPPED = (15.0, MINUTE, 5 * MINUTE, 15 * MINUTE)
_UNKNOWN_PAUSES = (30.0, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 4 * HOUR, 6 * HOUR)
"""Fewer than ten in a day: users report bans after ten refusals."""

_TABLE = (
    # A ban often names its cause, so it is looked for first.
    Refusal(RefusalKind.BANNED, Advice.WAIT_AND_CHANGE_CLIENT, _BAN, ("破解版", "非法客户端")),
    Refusal(
        RefusalKind.BANNED,
        Advice.WAIT_FOR_BAN,
        _BAN,
        ("被封", "封禁", "黑名单", "暂停账号", "账号…暂停", "自动恢复", "锁定", "冻结"),
    ),
    Refusal(
        RefusalKind.CLIENT_REJECTED,
        Advice.ADD_BLOCK,
        _STOP,
        ("未使用锐捷", "没有使用锐捷", "请使用锐捷", "不是锐捷客户端", "非锐捷客户端"),
    ),
    Refusal(
        RefusalKind.CLIENT_REJECTED,
        Advice.LATER_VERSION,
        _STOP,
        ("版本过低", "版本太低", "版本低", "升级…客户端", "客户端…升级"),
    ),
    Refusal(
        RefusalKind.CLIENT_REJECTED,
        Advice.OTHER_EDITION,
        _STOP,
        ("指定…客户端", "客户端类型", "类型…客户端", "客户端完整性", "完整性…破坏"),
    ),
    Refusal(
        RefusalKind.CREDENTIALS,
        Advice.CHECK_PASSWORD,
        _STOP,
        (
            "密码错误",
            "密码有误",
            "密码不正确",
            "密码不匹配",
            "密码不对",
            "口令错误",
            "用户不存在",
            "用户名不存在",
            "用户名错误",
            "账号不存在",
            "账号错误",
            "非法字符",
        ),
    ),
    Refusal(RefusalKind.DHCP, Advice.USE_DHCP, _STOP, ("自动获取", "动态获取", "静态IP", "DHCP")),
    Refusal(
        RefusalKind.BINDING,
        Advice.MAC_IS_BOUND,
        _STOP,
        ("MAC…修改", "MAC…绑定", "绑定…MAC", "MAC…不匹配", "MAC…错误"),
    ),
    Refusal(
        RefusalKind.BINDING,
        Advice.ADDRESS_IS_BOUND,
        _STOP,
        ("IP…绑定", "绑定…IP", "IP…占用", "IP…不匹配", "IP…错误"),
    ),
    Refusal(
        RefusalKind.BINDING,
        Advice.SOCKET_IS_BOUND,
        _STOP,
        ("VLAN…绑定", "绑定…VLAN", "端口…绑定", "绑定错误", "绑定"),
    ),
    Refusal(
        RefusalKind.SERVICE,
        Advice.CHOOSE_SERVICE,
        _STOP,
        ("使用本服务", "使用该服务", "使用此服务", "服务…不存在", "服务…不允许"),
    ),
    Refusal(
        RefusalKind.BUSY,
        Advice.LOGGED_IN_ELSEWHERE,
        _SLOWLY,
        (
            "同时在线",
            "在线用户数",
            "在线数",
            "已经在线",
            "已在线",
            "别处登录",
            "其他地方登录",
            "其他设备登录",
        ),
    ),
    Refusal(
        RefusalKind.HOURS,
        Advice.OUT_OF_HOURS,
        _SLOWLY,
        ("认证时段", "上网时段", "时段", "允许…时间", "时间…允许"),
    ),
    Refusal(
        RefusalKind.AGAIN,
        Advice.RETRIED,
        (20.0, *_SLOWLY),
        ("没有正常下线", "未正常下线", "再认证一次", "再次认证"),
    ),
    Refusal(RefusalKind.DROPPED, Advice.LOGGED_OFF_BY_USER, _STOP, ("自助下线", "自助…下线")),
    Refusal(RefusalKind.DROPPED, Advice.RETRIED, _DROPPED, ("下线", "断线", "掉线")),
)
UNKNOWN_REFUSAL = Refusal(RefusalKind.UNKNOWN, Advice.LOOK_AT_MESSAGE, _UNKNOWN_PAUSES)
REFUSED_WORDLESSLY = Refusal(RefusalKind.UNKNOWN, Advice.CHECK_PASSWORD, _UNKNOWN_PAUSES)
"""What a Failure without a word means at the end of a login: with a RADIUS server behind a plain
switch, mostly a wrong password, but it says the same of all that is wrong."""
DROPPED_SILENTLY = Refusal(RefusalKind.DROPPED, Advice.RETRIED, _DROPPED)
"""What a Failure without a word means while online."""

_SECONDS_OF_UNITS = (
    ("秒", 1.0),
    ("分", MINUTE),
    ("小时", HOUR),
    ("时", HOUR),
    ("天", 24 * HOUR),
    ("日", 24 * HOUR),
)
_LONGEST_STATED_BAN = 7 * 24 * HOUR
"""A text of the network's is not to silence the program for ever."""
_DIGITS = "0123456789"
_MOST_DIGITS = 9
"""More than these make no difference, and of hundreds no time can be made."""
_BAN_MARGIN = 30.0
"""Seconds to wait beyond what a text states: the server's clock is another one."""

_FULL_WIDTH = range(0xFF01, 0xFF5F)
_FULL_WIDTH_SHIFT = 0xFEE0


def read_refusal(text: str | None) -> Refusal:
    """Tell what a server's text means; a ban that states its time has that as its only pause."""
    plain = _normalised(text or "")
    for row in _TABLE:
        if any(_stands_in(word, plain) for word in row.words):
            stated = _stated_seconds(plain) if row.kind is RefusalKind.BANNED else None
            if stated is None:
                return row
            return Refusal(row.kind, row.advice, (stated + _BAN_MARGIN,), row.words)
    return UNKNOWN_REFUSAL


def _normalised(text: str) -> str:
    """Return a text without spaces and punctuation, in one width, one case and one spelling."""
    narrow = (
        chr(ord(char) - _FULL_WIDTH_SHIFT) if ord(char) in _FULL_WIDTH else char for char in text
    )
    letters = "".join(char for char in narrow if char.isalnum())
    return letters.upper().replace("帐", "账")


def _stands_in(word: str, text: str) -> bool:
    at = 0
    for part in word.split("…"):
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return True


def _stated_seconds(text: str) -> float | None:
    """Return the time that a text states, as in ``1小时30分钟``; None where there is none."""
    stated, at = None, 0
    while at < len(text):
        begin = at
        while at < len(text) and text[at] in _DIGITS:
            at += 1
        if begin == at:
            at += 1
            continue
        for unit, seconds in _SECONDS_OF_UNITS:
            if text.startswith((unit, f"个{unit}"), at):
                number = int(text[begin : min(at, begin + _MOST_DIGITS)])
                stated = (stated or 0.0) + number * seconds
                break
    return None if stated is None else min(stated, _LONGEST_STATED_BAN)
