"""What an ePortal answers, as far as it is known, and whatever else may come."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.portal.answers import (
    LoginAnswer,
    OnlineUser,
    PageInfo,
    Result,
    Service,
    read_login,
    read_online_user,
    read_page_info,
    read_result,
    read_services,
)

PAGE_INFO = {
    "publicKeyExponent": "10001",
    "publicKeyModulus": "c3" * 128,
    "passwordEncrypt": "true",
    "validCodeUrl": "",
    "service": {
        "campus": {"serviceName": "campus", "serviceShowName": "校园网", "serviceDefault": "true"},
        "telecom": {"serviceName": "telecom", "serviceShowName": "电信", "serviceDefault": "false"},
    },
    "prefixValue": "",
}


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "utf-8-sig"])
def test_the_pages_information_is_read_in_either_encoding(encoding: str) -> None:
    answer = json.dumps(PAGE_INFO, ensure_ascii=False).encode(encoding)

    assert read_page_info(answer) == PageInfo(
        exponent="10001",
        modulus="c3" * 128,
        encrypts=True,
        captcha="",
        services=(Service("campus", "校园网", True), Service("telecom", "电信", False)),
        prefix="",
    )


def test_a_login_that_succeeded_tells_how_it_is_kept() -> None:
    answer = b'{"userIndex":"0a0b","result":"success","message":"","keepaliveInterval":3}'

    assert read_login(answer) == LoginAnswer(True, "0a0b", "", 180, "")


@pytest.mark.parametrize("result", ["fail", "", "Success", "wait", None, 1, True])
def test_only_success_is_success(result: object) -> None:
    assert not read_login(json.dumps({"result": result}).encode()).succeeded


@pytest.mark.parametrize(
    ("told", "seconds"),
    [(0, 0), ("0", 0), ("5", 300), (-1, 0), ("-3", 0), (99999, 0), ("abc", 0), (None, 0), (1.5, 0)],
)
def test_a_keepalive_is_wanted_only_every_so_many_whole_minutes(told: object, seconds: int) -> None:
    answer = json.dumps({"result": "success", "keepaliveInterval": told}).encode()

    assert read_login(answer).keepalive == seconds


def test_of_who_is_online_nothing_but_the_session_is_kept() -> None:
    answer = '{"result":"wait","userIndex":"0a0b","message":"稍候","password":"plum-tree"}'

    found = read_online_user(answer.encode())

    assert found == OnlineUser(Result.WAIT, "0a0b", "稍候")
    assert "plum-tree" not in repr(found)


@pytest.mark.parametrize(
    "answer",
    [b"", b"<html>", b"[]", b"3", b'"x"', b'{"a":', b"[" * 50_000, b"\xff\xfe{", b"null"],
)
def test_what_is_no_object_of_json_is_refused(answer: bytes) -> None:
    for read in (read_page_info, read_login, read_online_user, read_result):
        with pytest.raises(ProtocolError):
            read(answer)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
FIELDS = sorted({*PAGE_INFO, "result", "userIndex", "message", "keepaliveInterval"})


@given(st.dictionaries(st.sampled_from(FIELDS) | st.text(), json_values))
def test_fields_of_any_other_kind_count_as_left_out(told: dict[str, object]) -> None:
    answer = json.dumps(told).encode()

    assert read_page_info(answer).exponent.__class__ is str
    assert read_login(answer).keepalive >= 0
    assert read_online_user(answer).result in Result
    read_result(answer)


def test_half_a_character_that_json_can_write_is_read_as_none() -> None:
    """No encoding has it, and what was read is sent again, logged and handed on."""
    half = r'"net\ud800"'
    info = f'{{"prefixValue": {half}, "service": {{{half}: {{}}}}}}'.encode()
    login = f'{{"result": "success", "userIndex": {half}, "message": {half}}}'.encode()
    services = b"{\"serviceContent\": \"selectService('a\\ud800','b\\ud800')\"}"

    (service,) = read_page_info(info).services

    assert read_page_info(info).prefix == "net?"
    assert (service.name, service.shown) == ("net?", "net?")
    assert read_login(login).user_index == read_login(login).message == "net?"
    assert read_services(services) == (Service("a?", "b?", is_default=False),)


def test_a_character_that_json_writes_in_halves_is_whole() -> None:
    assert read_login(rb'{"message": "\ud83d\ude00"}').message == "\U0001f600"
