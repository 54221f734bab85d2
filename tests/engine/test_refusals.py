"""What a refusal means, from the words of the server."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.engine.refusals import (
    DROPPED_SILENTLY,
    HOUR,
    MINUTE,
    UNKNOWN_REFUSAL,
    Advice,
    RefusalKind,
    read_refusal,
)

# The texts of docs/protocol.md, "What servers say".
KNOWN = {
    RefusalKind.CREDENTIALS: ["用户不存在或密码错误", "密码不匹配", "用户名含有非法字符"],
    RefusalKind.CLIENT_REJECTED: [
        "使用了非管理员指定的客户端",
        "需要使用管理员指定的客户端",
        "不允许使用的客户端类型",
        "客户端完整性被破坏",
        "未使用锐捷客户端",
        "锐捷客户端版本过低",
    ],
    RefusalKind.BANNED: [
        "账号被封",
        "请勿使用破解版锐捷客户端",
        "用户处于黑名单中",
        "因使用非法客户端认证被暂停账号，系统将在6分钟后自动恢复",
    ],
    RefusalKind.BINDING: [
        "用户物理MAC地址已被修改",
        "IP地址绑定错误",
        "外层Vlan绑定错误",
        "你的IP被占用",
    ],
    RefusalKind.LOCKED: ["密码输入错误次数太多，请1分钟后重试"],
    RefusalKind.ACCOUNT: [
        "用户已欠费!",
        "无可用剩余流量",
        "用户处于暂停状态",
        "用户已过期",
        "用户已销户",
    ],
    RefusalKind.ADDRESS_IN_USE: ["与已有IP地址冲突"],
    RefusalKind.AGREEMENT: ["用户未确认网络协议书"],
    RefusalKind.SERVICE: ["用户不允许使用本服务"],
    RefusalKind.DHCP: ["请将网卡IP和DNS配置成自动获取形式"],
    RefusalKind.BUSY: ["已达到同时在线用户数量上限"],
    RefusalKind.HOURS: ["不在认证时段内"],
    RefusalKind.AGAIN: ["您前一次上网没有正常下线，请再认证一次"],
    RefusalKind.DROPPED: [
        "心跳超时被强制下线",
        "被服务器检测到用户已下线",
        "您已被强制下线",
        "服务器通知交换机下线",
        "自助下线",
    ],
}


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in KNOWN.items() for text in texts]
)
def test_every_known_text_has_its_kind(kind: RefusalKind, text: str) -> None:
    assert read_refusal(text).kind is kind


@pytest.mark.parametrize(
    ("kind", "text"),
    [(kind, texts[0]) for kind, texts in KNOWN.items()],
    ids=str,
)
def test_words_around_a_known_text_change_nothing(kind: RefusalKind, text: str) -> None:
    assert read_refusal(f"校园网提示： {text} !").kind is kind


def test_every_kind_but_the_unknown_one_has_a_known_text() -> None:
    assert set(KNOWN) == set(RefusalKind) - {RefusalKind.UNKNOWN} - KINDS_OF_PORTALS


@pytest.mark.parametrize("text", [None, "", "认证失败", "something went wrong"])
def test_no_words_or_unknown_ones_are_of_unknown_kind(text: str | None) -> None:
    assert read_refusal(text).kind is RefusalKind.UNKNOWN


# The rows: what differs in wording from campus to campus, and what each advises.

STOPS, PAUSES = True, False
OF_ONE_PAUSE = (RefusalKind.ACCOUNT, RefusalKind.LOCKED, RefusalKind.ADDRESS_IN_USE)
KINDS_OF_PORTALS = {
    RefusalKind.CAPTCHA,
    RefusalKind.OTHER_PORTAL,
    RefusalKind.UNCLEAR_PORTAL,
}
ADVICE_ON_PORTALS = {
    Advice.LOG_IN_BY_HTTPS,
    Advice.OPEN_PORTAL,
    Advice.OTHER_CHARACTERS,
    Advice.TRUST_PORTAL,
    Advice.UNCLEAR_PORTAL,
}
"""What no switch says; tests/engine/portal has them."""
WITHOUT_A_WORD = {Advice.NO_REASON, Advice.NO_REASON_PLAIN}
ON_CLIENTS = {
    Advice.CHECK_CLIENTS_PASSWORD,
    Advice.CHOOSE_IN_CLIENT,
    Advice.OTHER_CLIENT,
    Advice.WAIT_AND_USE_CLIENT,
    Advice.NO_REASON_TO_CLIENT,
}
"""What stands for some of the others where a client's login was refused."""
ROWS = [
    (
        RefusalKind.CREDENTIALS,
        Advice.CHECK_PASSWORD,
        STOPS,
        [
            "用户名或密码错误",
            "用户名或密码不正确，请重新输入！",
            "您输入的密码有误",
            "密码错误！剩余3次",
            "【认证失败】该用户不存在",
            "帐号不存在",
            "账号错误",
            "口令错误",
            "密码不对",
            "用户名含有非法字符，请检查。",
        ],
    ),
    (
        RefusalKind.CLIENT_REJECTED,
        Advice.OTHER_EDITION,
        STOPS,
        [
            "您使用了非管理员指定的客户端！",
            "需要使用管理员指定的认证客户端",
            "不允许使用的客户端类型",
            "不支持该类型的客户端",
            "客户端的完整性已被破坏",
            "客户端 完整性 被破坏",
            "客户端类型错误",
        ],
    ),
    (
        RefusalKind.CLIENT_REJECTED,
        Advice.ADD_BLOCK,
        STOPS,
        ["未使用锐捷客户端", "您没有使用锐捷客户端进行认证", "不是锐捷客户端", "非锐捷客户端!"],
    ),
    (
        RefusalKind.CLIENT_REJECTED,
        Advice.LATER_VERSION,
        STOPS,
        [
            "锐捷客户端版本过低",
            "客户端版本太低，请到网络中心下载",
            "请升级您的客户端",
            "客户端需要升级",
        ],
    ),
    (
        RefusalKind.BANNED,
        Advice.WAIT_FOR_BAN,
        PAUSES,
        [
            "账号被封",
            "帐号被封禁，请联系网络中心",
            "用户处于黑名单中",
            "帐号已被停用7天",
            "账号被暂时冻结",
        ],
    ),
    (
        RefusalKind.LOCKED,
        Advice.WAIT_FOR_LOCK,
        PAUSES,
        ["您的帐户已被锁定", "密码错误次数过多，账号已锁定", "连续输错5次密码，请10分钟后再试"],
    ),
    (
        RefusalKind.ACCOUNT,
        Advice.SEE_THE_OFFICE,
        PAUSES,
        ["您的帐户已欠费", "账号已被系统暂停", "用户已被冻结", "流量已用尽", "用户已被管理员禁用"],
    ),
    (
        RefusalKind.AGREEMENT,
        Advice.CONFIRM_AGREEMENT,
        STOPS,
        ["请先签署入网协议", "您尚未同意网络使用守则"],
    ),
    (
        RefusalKind.ADDRESS_IN_USE,
        Advice.ADDRESS_IN_USE,
        PAUSES,
        ["IP地址冲突", "该IP地址正在被其他用户使用"],
    ),
    (
        RefusalKind.BANNED,
        Advice.WAIT_AND_CHANGE_CLIENT,
        PAUSES,
        [
            "请勿使用破解版锐捷客户端",
            "因使用非法客户端认证被暂停帐号",
            "检测到非法客户端，用户已加入黑名单",
        ],
    ),
    (
        RefusalKind.BINDING,
        Advice.MAC_IS_BOUND,
        STOPS,
        [
            "用户物理MAC地址已被修改",
            "用户物理ｍａｃ地址已被修改",
            "Mac 地址绑定错误",
            "MAC地址不匹配",
            "IP地址和MAC地址绑定错误",
        ],
    ),
    (
        RefusalKind.BINDING,
        Advice.ADDRESS_IS_BOUND,
        STOPS,
        ["IP地址绑定错误", "你的ip被占用", "您的ＩＰ地址已被占用", "IP地址不匹配！"],
    ),
    (
        RefusalKind.BINDING,
        Advice.SOCKET_IS_BOUND,
        STOPS,
        ["外层Vlan绑定错误", "内层VLAN绑定错误", "接入端口绑定错误", "用户绑定信息有误"],
    ),
    (
        RefusalKind.SERVICE,
        Advice.CHOOSE_SERVICE,
        STOPS,
        ["用户不允许使用本服务", "您没有权限使用该服务", "服务“教育网接入”不存在"],
    ),
    (
        RefusalKind.DHCP,
        Advice.USE_DHCP,
        STOPS,
        [
            "请将网卡IP和DNS配置成自动获取形式",
            "请把地址设为动态获取",
            "禁止使用静态ＩＰ",
            "请使用dhcp方式",
        ],
    ),
    (
        RefusalKind.BUSY,
        Advice.LOGGED_IN_ELSEWHERE,
        PAUSES,
        [
            "已达到同时在线用户数量上限",
            "超出最大在线数",
            "该帐号已在线",
            "该用户已经在线！",
            "您的账号已在其他地方登录",
            "账号已在别处登录",
        ],
    ),
    (
        RefusalKind.HOURS,
        Advice.OUT_OF_HOURS,
        PAUSES,
        ["不在认证时段内", "当前时段禁止上网", "您不在允许上网的时间内", "当前时间不允许上网"],
    ),
    (
        RefusalKind.AGAIN,
        Advice.RETRIED,
        PAUSES,
        [
            "您前一次上网没有正常下线，请再认证一次",
            "您上次未正常下线",
            "请再次认证",
        ],
    ),
    (
        RefusalKind.DROPPED,
        Advice.LOGGED_OFF_BY_USER,
        STOPS,
        ["自助下线", "您已通过自助服务系统下线", "【自助】用户下线成功"],
    ),
    (
        RefusalKind.DROPPED,
        Advice.RETRIED,
        PAUSES,
        [
            "心跳超时被强制下线",
            "被服务器检测到用户已下线",
            "您已被管理员强制下线",
            "服务器通知交换机下线",
            "网络异常，您已掉线",
            "您已下线，可登录自助服务系统查询",
        ],
    ),
    (
        RefusalKind.UNKNOWN,
        Advice.LOOK_AT_MESSAGE,
        PAUSES,
        ["认证失败", "认证服务器无响应", "Error 691", "？！"],
    ),
]


@pytest.mark.parametrize(
    ("kind", "advice", "stops", "text"),
    [(kind, advice, stops, text) for kind, advice, stops, texts in ROWS for text in texts],
)
def test_every_wording_has_its_kind_its_advice_and_its_reaction(
    kind: RefusalKind, advice: Advice, stops: bool, text: str
) -> None:
    refusal = read_refusal(text)

    assert (refusal.kind, refusal.advice) == (kind, advice)
    assert refusal.stops is stops


def test_every_row_and_every_advice_is_met() -> None:
    elsewhere = WITHOUT_A_WORD | ADVICE_ON_PORTALS | ON_CLIENTS
    assert {advice for _, advice, _, _ in ROWS} == set(Advice) - elsewhere
    assert {kind for kind, _, _, _ in ROWS} == set(RefusalKind) - KINDS_OF_PORTALS


def test_the_kinds_that_pause_do_so_longer_and_longer() -> None:
    for kind, _, stops, texts in ROWS:
        pauses = read_refusal(texts[0]).pauses
        assert list(pauses) == sorted(pauses)
        assert stops or len(pauses) >= 3 or kind in OF_ONE_PAUSE
    assert list(DROPPED_SILENTLY.pauses) == sorted(DROPPED_SILENTLY.pauses)


def test_the_first_pauses_suit_their_kinds() -> None:
    assert read_refusal("账号被封").pauses[0] >= HOUR, "bans of half an hour are known"
    assert read_refusal("已达到同时在线用户数量上限").pauses[0] >= 5 * MINUTE
    assert read_refusal("不在认证时段内").pauses[0] >= 5 * MINUTE
    assert read_refusal("请再认证一次").pauses[0] <= MINUTE, "it is asked for"
    assert read_refusal("心跳超时被强制下线").pauses[0] <= MINUTE
    assert UNKNOWN_REFUSAL.pauses[-1] >= 30 * MINUTE, "ten refusals in a day are known to ban"


def test_a_failure_without_a_word_while_online_is_a_drop() -> None:
    assert DROPPED_SILENTLY.kind is RefusalKind.DROPPED
    assert not DROPPED_SILENTLY.stops


@pytest.mark.parametrize(
    "text",
    [
        "认证时段为06:00-23:00",
        "上网时段为0:00-12:00,13:00-23:00",
        "上网时间为06点到23点",
        "晚上11点半至次日早上6点半断网",
    ],
)
def test_a_time_of_the_day_is_no_nought_that_is_left(text: str) -> None:
    assert read_refusal(text).kind is RefusalKind.HOURS
    assert read_refusal("余额为0.00元").kind is RefusalKind.ACCOUNT


# Bans that state their time.


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("因使用非法客户端认证被暂停账号，系统将在6分钟后自动恢复", 6 * MINUTE),
        ("您的账号已被封禁，请30 分钟后再试", 30 * MINUTE),
        ("账号被封禁２小时", 2 * HOUR),
        ("账号被封禁 2 个小时", 2 * HOUR),
        ("黑名单，1天后解除", 24 * HOUR),
        ("黑名单：3日后解除", 72 * HOUR),
        ("账号被封禁，请等待45秒", 45.0),
        ("系统将在1小时30分钟后自动恢复", 90 * MINUTE),
        ("账号被封禁半小时", 30 * MINUTE),
        ("账号被封禁半个小时", 30 * MINUTE),
        ("您被管理员强制下线并禁止登录一小时", 60 * MINUTE),
        ("账号被封禁一个半小时", 90 * MINUTE),
        ("账号被封禁3天半", 3.5 * 24 * HOUR),
        ("账号被封禁两天", 2 * 24 * HOUR),
        ("黑名单，二十五分钟后解除", 25 * MINUTE),
        ("十分钟内有违规，一天后恢复", 10 * MINUTE + 24 * HOUR),
        ("系统将在1天2小时3分4秒后自动恢复", 26 * HOUR + 3 * MINUTE + 4),
        ("第2次封禁，10分钟后恢复", 10 * MINUTE),
        ("账号被封禁0分钟", 0.0),
    ],
)
def test_a_ban_that_states_its_time_is_waited_out_and_a_little_more(
    text: str, seconds: float
) -> None:
    refusal = read_refusal(text)

    assert refusal.kind is RefusalKind.BANNED
    assert len(refusal.pauses) == 1
    assert seconds < refusal.pauses[0] <= seconds + MINUTE


@pytest.mark.parametrize("text", ["账号被封禁若干小时", "账号被封，分钟", "黑名单 7", "第3次封禁"])
def test_a_ban_without_a_number_of_something_is_a_long_one(text: str) -> None:
    assert read_refusal(text).pauses == read_refusal("账号被封").pauses


@pytest.mark.parametrize(
    "stated", ["8天", "99999天", "9" * 12 + "秒", "9" * 400 + "秒", "1" + "0" * 6000 + "分钟"]
)
def test_no_text_silences_the_program_for_more_than_a_week(stated: str) -> None:
    (pause,) = read_refusal(f"账号被封禁{stated}").pauses

    assert 7 * 24 * HOUR <= pause <= 7 * 24 * HOUR + MINUTE


def test_a_lock_is_waited_out_tried_once_more_and_then_no_more() -> None:
    refusal = read_refusal("密码输入错误次数太多，请1分钟后重试")

    assert refusal.kind is RefusalKind.LOCKED
    (pause,) = refusal.pauses
    assert MINUTE < pause <= 2 * MINUTE
    assert [refusal.is_over_after(failures) for failures in range(3)] == [False, True, True]
    assert read_refusal("账号已锁定").pauses[0] >= HOUR, "it does not say for how long"


def test_a_time_in_a_text_that_is_no_ban_only_makes_pauses_longer() -> None:
    assert read_refusal("密码错误，请5分钟后再试").stops
    assert read_refusal("已达到同时在线用户数量上限，请1分钟后再试").pauses[0] == 5 * MINUTE
    assert read_refusal("认证过于频繁，请10分钟后再试").pauses[0] > 10 * MINUTE
    assert read_refusal("认证失败，请2小时后再试").pauses[0] > 2 * HOUR
    assert read_refusal("Too many requests, please retry in 5 minutes").pauses[0] > 5 * MINUTE


@pytest.mark.parametrize(
    "text",
    ["正常上网时段为:日常06:00-23:59", "上网时间为每日6时至23时30分", "还有10天到期，已欠费"],
)
def test_hours_and_terms_are_no_waits(text: str) -> None:
    assert read_refusal(text).pauses[0] in (5 * MINUTE, 12 * HOUR)


def test_an_account_to_be_paid_is_tried_twice_a_day() -> None:
    assert read_refusal("用户已欠费").pauses == (12 * HOUR,)
    assert not read_refusal("用户已欠费").ends


def test_an_address_in_use_is_renewed_and_tried_once_more() -> None:
    refusal = read_refusal("与已有IP地址冲突")

    assert refusal.wants_renewal
    assert [refusal.is_over_after(failures) for failures in range(3)] == [False, True, True]
    assert not read_refusal("IP地址绑定错误").wants_renewal


@pytest.mark.parametrize("text", [None, "", "\r\n", " "])
def test_a_failure_without_a_word_has_one_advice_wherever_it_is_told(text: str | None) -> None:
    refusal = read_refusal(text)

    assert (refusal.kind, refusal.advice) == (RefusalKind.UNKNOWN, Advice.NO_REASON)
    assert refusal.pauses == UNKNOWN_REFUSAL.pauses
    assert read_refusal(text, to_plain=True).advice is Advice.NO_REASON_PLAIN
    assert read_refusal(text, was_online=True) is DROPPED_SILENTLY


def test_words_that_nobody_knows_end_a_session_or_refuse_a_login() -> None:
    assert read_refusal("认证失败", was_online=True) is DROPPED_SILENTLY
    assert read_refusal("认证失败", to_plain=True) is UNKNOWN_REFUSAL
    assert read_refusal("账号被封", was_online=True).kind is RefusalKind.BANNED


WORDS = ["账号被封", "锁定", "密码错误", "在线", "下线", "MAC", "绑定", "9" * 30, "7", "分钟", "天"]


@given(
    st.none()
    | st.text(max_size=60)
    | st.lists(st.sampled_from(WORDS) | st.text(max_size=3), max_size=8).map("".join)
)
def test_any_text_has_a_meaning_and_its_pauses_are_positive_and_bounded(text: str | None) -> None:
    refusal = read_refusal(text)

    assert refusal.kind is read_refusal(text).kind
    assert all(15.0 <= pause <= 7 * 24 * HOUR + MINUTE for pause in refusal.pauses)
    assert refusal.stops is (refusal.pauses == ())


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("用户不存在或密码错误", Advice.CHECK_CLIENTS_PASSWORD),
        ("用户不允许使用本服务", Advice.CHOOSE_IN_CLIENT),
        ("使用了非管理员指定的客户端", Advice.OTHER_CLIENT),
        (None, Advice.NO_REASON_TO_CLIENT),
        ("用户物理MAC地址已被修改", Advice.MAC_IS_BOUND),
    ],
)
def test_who_relays_a_clients_login_is_told_to_look_at_the_client(
    text: str | None, advice: Advice
) -> None:
    """A session that only relays has no user name, no password and no service of its own."""
    refusal = read_refusal(text, of_client=True)

    assert refusal.advice is advice
    assert refusal.kind is read_refusal(text).kind
