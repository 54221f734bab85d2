"""What a refusal means, in texts that campuses were reported to send, and in others like them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.engine.refusals import HOUR, MINUTE, Refusal, RefusalKind, read_refusal
from ruijie_proxy.engine.refusing.meaning import meaning_of
from ruijie_proxy.engine.refusing.words import LONGEST_TEXT, WORDS, folded, plain_text, read_words
from ruijie_proxy.runtime.telling.advice import sentence_of, word_of
from tests.chinese import speak_chinese
from tests.engine.test_refusals import KNOWN

DATA = Path(__file__).parents[1] / "data"


def of_kinds(name: str) -> list[tuple[str, str]]:
    kinds = json.loads((DATA / name).read_text("utf-8"))["kinds"]
    return [(text, kind) for kind, texts in kinds.items() for text in texts]


REPORTED = [
    (row["text"], row["kind"])
    for row in json.loads((DATA / "refusal_texts.json").read_text("utf-8"))["rows"]
]
KNOWN_TEXTS = [(text, kind.value) for kind, texts in KNOWN.items() for text in texts]
TRIED = of_kinds("refusal_texts_tried.json")
UNSEEN = of_kinds("refusal_texts_unseen.json")
TOO_CRYPTIC = {"你的IP地址和认证地址不附，可能是经过小路由器登录的。"}
"""Misspelt where it matters: what nobody can read is unknown, and tried slowly."""
ALL = [*REPORTED, *KNOWN_TEXTS, *TRIED, *UNSEEN]

FIRST_PAUSES = {
    "banned": 2 * HOUR,
    "locked": MINUTE,
    "account": 12 * HOUR,
    "address-in-use": 20.0,
    "busy": 5 * MINUTE,
    "hours": 5 * MINUTE,
    "again": 20.0,
    "dropped": 15.0,
    "unknown": 30.0,
}
"""At least so many seconds; the other kinds are not tried again."""
SPOKEN_OF = {
    "credentials": ("username", "密码"),
    "client-rejected": ("client|dialect", "客户端|dialect|client_version"),
    "banned": ("banned", "封禁"),
    "locked": ("locked", "锁定"),
    "account": ("pay", "缴费"),
    "address-in-use": ("address", "地址"),
    "agreement": ("agreement", "协议"),
    "binding": ("bound", "绑定"),
    "service": ("service:", "service:"),
    "dhcp": ("dhcp: after", "dhcp: after"),
    "busy": ("Another device", "另一台设备"),
    "hours": ("hours", "时段|时间"),
    "again": ("again", "再"),
    "dropped": ("again|self-service", "再|自助"),
}
"""What the advice is about, in both languages; one of several words."""


@pytest.mark.parametrize(("text", "kind"), REPORTED)
def test_a_reported_text_has_its_kind_its_pause_and_its_advice_in_both_languages(
    monkeypatch: pytest.MonkeyPatch, text: str, kind: str
) -> None:
    refusal = read_refusal(text)

    assert refusal.kind.value == kind
    if kind in FIRST_PAUSES:
        assert FIRST_PAUSES[kind] <= refusal.pauses[0]
        assert refusal.pauses[0] <= FIRST_PAUSES[kind] + MINUTE
    else:
        assert refusal.stops
    english, chinese = SPOKEN_OF[kind]
    assert any(word in sentence_of(refusal.advice) for word in english.split("|"))
    speak_chinese(monkeypatch)
    assert any(word in sentence_of(refusal.advice) for word in chinese.split("|"))
    assert not word_of(refusal.kind).isascii()


@pytest.mark.parametrize(("text", "kind"), [*TRIED, *UNSEEN])
def test_texts_of_other_programs_and_servers_are_read_too(text: str, kind: str) -> None:
    if text in TOO_CRYPTIC:
        assert read_refusal(text).kind is RefusalKind.UNKNOWN
    else:
        assert read_refusal(text).kind.value == kind


@pytest.mark.parametrize(("text", "kind"), ALL)
def test_no_ban_is_tried_again_soon(text: str, kind: str) -> None:
    """Whatever else it says: unless it states when it ends."""
    refusal = read_refusal(text)
    if kind == "banned" and not any(char.isdigit() for char in text):
        assert refusal.stops or refusal.pauses[0] >= HOUR
    assert refusal.stops or refusal.pauses[0] >= 15.0


# Synonyms: what counts is what a word stands for.


@pytest.mark.parametrize(
    ("one", "others"),
    [
        ("时段", ["时间段"]),
        ("指定", ["提供", "规定", "要求"]),
        ("账号", ["帐号", "账户", "帐户", "用户", "帳號"]),
        ("用户", ["账号", "帐户", "用戶"]),
        ("密码", ["口令", "密碼"]),
        ("错误", ["有误", "不正确", "不对", "錯誤"]),
        ("客户端", ["認證软件", "认证软件", "客戶端"]),
        ("绑定", ["捆绑", "綁定"]),
        ("上限", ["限制", "限额", "最大值"]),
        ("欠费", ["已透支"]),
        ("过期", ["到期"]),
        ("暂停", ["停用", "禁用", "停机"]),
        ("确认", ["同意", "签署", "確認"]),
        ("自动获取", ["自动获得", "动态获取"]),
    ],
)
def test_a_text_keeps_its_kind_with_a_synonym_put_in(one: str, others: list[str]) -> None:
    texts = [text for text, _ in (*REPORTED, *KNOWN_TEXTS) if one in text]
    assert texts or one == "自动获取"
    for text in texts:
        for other in others:
            put_in = text.replace(one, other)
            assert read_refusal(put_in).kind is read_refusal(text).kind, put_in


def with_synonyms(text: str) -> list[str]:
    """Return a text as it is read, with each word replaced by each other of its meaning in turn."""
    plain, at, found = plain_text(text), 0, []
    for meaning, word in read_words(text):
        at = plain.index(word, at)
        for other in WORDS[meaning].split("/"):
            # Words of one language, apart from their neighbours.
            if other.isascii() == word.isascii():
                found.append(f"{plain[:at]} {other} {plain[at + len(word) :]}")
        at += len(word)
    return found


@pytest.mark.parametrize(("text", "kind"), [*REPORTED, *KNOWN_TEXTS])
def test_every_word_of_the_table_may_stand_for_every_other_of_its_line(
    text: str, kind: str
) -> None:
    variants = with_synonyms(text)

    assert variants
    for variant in variants:
        # A neighbour may make another word of it, which then is one.
        if [name for name, _ in read_words(variant)] == [name for name, _ in read_words(text)]:
            meaning = meaning_of(variant)
            assert meaning is not None, variant
            assert meaning[0].value == kind, variant
    same = [
        variant
        for variant in variants
        if [name for name, _ in read_words(variant)] == [name for name, _ in read_words(text)]
    ]
    assert len(same) >= len(variants) * 0.8


def test_no_word_stands_for_two_things_and_each_can_be_found() -> None:
    words = [word for line in WORDS.values() for word in line.split("/")]
    assert len(words) == len(set(words))
    for meaning, line in WORDS.items():
        for word in line.split("/"):
            assert [*read_words(word)] == [(meaning, word)], word


# What a text can be wrapped in.

TRADITIONAL = str.maketrans(
    "账号户码错误绑线时间务类动态静协议书确认锁结余费缴额达数网冲过许运营选择开销机暂请后试连断检测",
    "帳號戶碼錯誤綁線時間務類動態靜協議書確認鎖結餘費繳額達數網衝過許運營選擇開銷機暫請後試連斷檢測",
)
WRAPPINGS: dict[str, Callable[[str], str]] = {
    "line ends": lambda text: f"\r\n{text}\r\n",
    "a title": lambda text: f"【校园网提示】{text}",
    "stray letters behind": lambda text: f"{text}kG8",
    "stray letters between": "x".join,
    "stray bytes": lambda text: f"{text}\ufffd\x00?",
    "spaces between": " ".join,
    "full width": lambda text: "".join(
        chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text
    ),
    "lower case": str.lower,
    "English in brackets": lambda text: f"{text}(failed, code 1207)",
    "traditional characters": lambda text: text.translate(TRADITIONAL),
}


def has_latin(text: str) -> bool:
    """Whether it has Latin words or figures, which letters between make others of."""
    return any(char.isascii() and char.isalnum() for char in text)


@pytest.mark.parametrize(
    ("wrapping", "text", "kind"),
    [
        (wrapping, text, kind)
        for wrapping in WRAPPINGS
        for text, kind in (*REPORTED, *KNOWN_TEXTS)
        if wrapping != "stray letters between" or not has_latin(text)
    ],
)
def test_what_a_text_is_wrapped_in_changes_nothing(wrapping: str, text: str, kind: str) -> None:
    assert read_refusal(WRAPPINGS[wrapping](text)).kind.value == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("密码错误(Password incorrect)", "credentials"),
        ("用户已欠费 (account overdue)", "account"),
        ("IP地址冲突[IP address conflict]", "address-in-use"),
        ("您已被强制下线(You have been disconnected)", "dropped"),
        ("MACHINE CLIPPED", "unknown"),
        ("Script error", "unknown"),
    ],
)
def test_english_beside_it_says_the_same_and_parts_of_words_are_no_words(
    text: str, kind: str
) -> None:
    assert read_refusal(text).kind.value == kind


# Bounds.


@pytest.mark.parametrize(
    "text",
    [
        "用",
        "不",
        "用户",
        "9",
        "9:",
        "IP ",
        "a b ",
        "密码错误",
        "\uff21",
        "绑",
        "CAN ",
        "超过10s",
        ":1",
    ],
)
def test_a_text_of_64_kilobytes_is_read_no_further_than_a_long_one(text: str) -> None:
    long = text * (65536 // len(text.encode("gbk")))
    begun = process_time()
    read_refusal(long)
    assert process_time() - begun < 10, "milliseconds, unless an expression tries every way"
    assert len(folded(long)) <= LONGEST_TEXT


def test_a_usual_text_is_read_in_microseconds() -> None:
    read_refusal("用户不存在或密码错误")
    times = []
    for _ in range(20):
        begun = process_time()
        read_refusal("您前一次上网没有正常下线!为保证您的账户正常,请再认证一次!")
        times.append(process_time() - begun)
    assert min(times) < 0.002


PIECES = [word for line in WORDS.values() for word in line.split("/")]


@given(
    st.lists(st.sampled_from(PIECES) | st.text(max_size=3) | st.just("5分钟后"), max_size=12).map(
        "".join
    )
)
def test_any_mixture_of_words_has_bounded_pauses(text: str) -> None:
    refusal: Refusal = read_refusal(text)

    assert all(15.0 <= pause <= 7 * 24 * HOUR + MINUTE for pause in refusal.pauses)
    if "封" in text and refusal.kind is RefusalKind.BANNED and "5分钟后" not in text:
        assert refusal.pauses[0] >= 30.0
