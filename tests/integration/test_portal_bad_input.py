"""Gateways and portals that are broken, hostile, or not what they seem, end to end in the engine.

Whatever they answer: it is told what is wrong, no password goes out where it should not, nothing
is tried again in a hurry, and no request is made that nobody needs.
"""

from __future__ import annotations

import json
import re

import pytest

from ruijie_proxy.engine import events
from ruijie_proxy.engine.refusals import Advice, RefusalKind
from ruijie_proxy.engine.states import State
from ruijie_proxy.lab.portal.mischief import How, Mischief
from ruijie_proxy.lab.portal.options import HijackStyle, PortalOptions
from ruijie_proxy.protocol.portal.outcomes import Came, Order
from ruijie_proxy.runtime.telling.narration import describe
from tests.integration.portal_campus import PortalCampus
from tests.integration.portal_router import PortalRouter

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
PAGE = "http://10.9.8.7/eportal/index.jsp"
MOST_ASKED = 12
"""Requests of one conversation."""
PASSWORD = "plum-tree-\u00fc-secret"

_MODULUS = "publicKeyModulus"
_EXPONENT = "publicKeyExponent"
KEYS = {
    "1 bit": ({_MODULUS: "1"}, "its key is none of RSA, or hides nothing"),
    "8 bits": ({_MODULUS: "fb"}, "its key is none of RSA, or hides nothing"),
    "8192 bits": (
        {_MODULUS: "c3" * 1024},
        "its key is no number in hexadecimal, or too long a one",
    ),
    "even": ({_MODULUS: "c4" * 128}, "its key is none of RSA, or hides nothing"),
    "zero": ({_MODULUS: "0" * 256}, "its key is none of RSA, or hides nothing"),
    "not hex": ({_MODULUS: "xyz"}, "its key is no number in hexadecimal, or too long a one"),
    "signed": ({_MODULUS: "-c3"}, "its key is no number in hexadecimal, or too long a one"),
    "none": ({_MODULUS: None}, "its key is no number in hexadecimal, or too long a one"),
    "exponent 0": ({_EXPONENT: "0"}, "the exponent of its key is none of RSA"),
    "exponent 1": ({_EXPONENT: "1"}, "the exponent of its key is none of RSA"),
    "even exponent": ({_EXPONENT: "10000"}, "the exponent of its key is none of RSA"),
    "huge exponent": (
        {_EXPONENT: "1" * 300},
        "the exponent of its key is no number in hexadecimal, or too long a one",
    ),
}
NO_JSON = "its answer is no JSON"
NO_OBJECT = "its answer is JSON, but no object"
SHAPES = {
    "empty": ("", NO_JSON),
    "page": ("<html><form></form></html>", NO_JSON),
    "list": ("[]", NO_OBJECT),
    "number": ("3", NO_OBJECT),
    "long number": ("9" * 50_000, NO_JSON),
    "text": ('"success"', NO_OBJECT),
    "null": ("null", NO_OBJECT),
    "nan": ("NaN", NO_OBJECT),
    "nested": ("[" * 10_000 + "]" * 10_000, NO_JSON),
    "nested objects": ('{"a":' * 10_000 + "1" + "}" * 10_000, NO_JSON),
    "half": ('{"result":"succ', NO_JSON),
    "two": ("{}{}", NO_JSON),
}
WIRE = {
    How.LARGE: "its answer is larger than any portal's",
    How.HALF: "its answer ends in the middle",
    How.COMPRESSED: "its answer is compressed, which nobody asked for",
    How.SIZE_TOO_SMALL: NO_JSON,
    How.SIZE_TOO_LARGE: "its answer ends in the middle",
    How.NO_SIZE: "its answer is larger than any portal's",
    How.FLOODED_HEAD: "its answer is no HTTP",
    How.NO_HEAD: "its answer is no HTTP",
    How.IN_UTF_16: NO_JSON,
    How.DRIPPING: "its answer is not whole in time",
}


def hostile(*mischief: Mischief, **options: object) -> PortalRouter:
    """Return a router that meets such a portal; nothing has happened yet but the first order."""
    options = {"password": PASSWORD, "mischief": mischief, **options}
    return PortalRouter(PortalCampus(PortalOptions(**options)))  # type: ignore[arg-type]


def no_password_was_sent(router: PortalRouter) -> bool:
    """Whether no login was sent, nor the password in any other way."""
    campus = router.campus
    return not campus.portal.logins and not any(
        spelled in request
        for request in campus.sent
        for spelled in (PASSWORD.encode(), b"plum-tree")
    )


def is_in_no_hurry(router: PortalRouter) -> bool:
    """Whether no ten minutes have seen more than three tries, nor one too much asked."""
    tried = [when for when, order, _ in router.answered if order is Order.LOG_IN]
    return all(
        later - first > 10 * MINUTE for first, later in zip(tried, tried[3:], strict=False)
    ) and len(router.campus.sent) <= MOST_ASKED * len(router.answered)


def check_it_is_told(router: PortalRouter, why: str) -> None:
    """See that the log says why, and status what to do, in both languages."""
    told = router.told(events.PortalHindered)
    assert told
    assert {event.told for event in told} == {why}
    for event in told:
        assert why in describe(event)[1]
    failure = router.session.status.last_failure
    assert failure is not None
    assert (failure.kind, failure.advice) == (RefusalKind.UNCLEAR_PORTAL, Advice.UNCLEAR_PORTAL)


def check_nothing_came_of_it(router: PortalRouter, why: str) -> None:
    """See that a portal which is never to have the password has not got it, for hours."""
    router.run(6 * HOUR)

    assert router.is_in(State.BACKOFF)
    assert no_password_was_sent(router)
    assert is_in_no_hurry(router)
    check_it_is_told(router, why)
    # Not for ever: a portal may be mended.
    router.campus.portal.options = PortalOptions(password=PASSWORD)
    router.run(40 * MINUTE)
    assert router.is_in(State.ONLINE)


@pytest.mark.parametrize("name", KEYS)
def test_a_key_that_would_hide_nothing_gets_no_password(name: str) -> None:
    fields, why = KEYS[name]

    check_nothing_came_of_it(hostile(Mischief("pageInfo", How.FIELDS, json.dumps(fields))), why)


@pytest.mark.parametrize("at", ["pageInfo", "getOnlineUserInfo"])
@pytest.mark.parametrize("name", SHAPES)
def test_json_of_another_shape_gets_no_password(name: str, at: str) -> None:
    text, why = SHAPES[name]

    check_nothing_came_of_it(hostile(Mischief(at, How.INSTEAD, text)), why)


@pytest.mark.parametrize("at", ["pageInfo", "getOnlineUserInfo"])
@pytest.mark.parametrize("how", WIRE)
def test_an_answer_that_is_none_gets_no_password(how: How, at: str) -> None:
    check_nothing_came_of_it(hostile(Mischief(at, how)), WIRE[how])


@pytest.mark.parametrize(
    ("at", "how"),
    [(at, how) for at in ("hijack", "pageInfo", "login") for how in (How.TWICE, How.CHUNKED)],
)
def test_an_answer_that_is_only_unusual_is_read(at: str, how: How) -> None:
    router = hostile(Mischief(at, how))
    router.run(1)

    assert router.is_in(State.ONLINE)
    assert router.campus.portal.complaints == []


@pytest.mark.parametrize("how", [*WIRE, How.LATE, How.INSTEAD], ids=lambda how: how.value)
def test_a_login_whose_outcome_is_not_understood_is_asked_about_before_another(how: How) -> None:
    router = hostile(Mischief("login", how))
    router.run(DAY)

    assert len(router.campus.portal.logins) == 1
    assert router.is_in(State.ONLINE)
    assert router.told(events.PortalAdopted)
    assert is_in_no_hurry(router)


@pytest.mark.parametrize(
    "fields",
    [
        {"result": 1, "userIndex": 5},
        {"result": True},
        {"result": ["success"]},
        {"result": {"success": "success"}},
        {"userIndex": [], "message": {}, "keepaliveInterval": "NaN"},
        {"keepaliveInterval": -5},
        {"keepaliveInterval": 1e308},
        {"keepaliveInterval": "99999999"},
    ],
    ids=json.dumps,
)
def test_fields_of_another_kind_end_nothing(fields: dict[str, object]) -> None:
    router = hostile(Mischief("login", How.FIELDS, json.dumps(fields)))
    router.run(DAY)

    assert router.campus.is_online
    assert router.is_in(State.ONLINE)
    assert is_in_no_hurry(router)


def test_of_a_field_that_comes_twice_the_last_counts_as_in_a_browser() -> None:
    text = '{"result":"success","result":"fail","message":"密码错误","message":"账户已欠费"}'
    router = hostile(Mischief("login", How.INSTEAD, text))
    router.run(1)

    (refused,) = router.told(events.LoginRefused)
    assert refused.message == "账户已欠费"


@pytest.mark.parametrize(
    ("mischief", "why"),
    [
        (Mischief("page", How.LEADS_TO, "index.jsp?a=1"), "it leads in a circle"),
        (
            Mischief("page", How.LEADS_TO, "http://10.1.1.1/eportal/index.jsp?a=1"),
            "its page leads on to another host",
        ),
        (
            Mischief("page", How.LEADS_TO, "http://10.9.8.7:8080/eportal/index.jsp?a=1"),
            "its page leads on to another host",
        ),
        (Mischief("hijack", How.LEADS_TO, "/again"), "it leads in a circle"),
        (Mischief("hijack", How.LEADS_TO, "/"), "it leads in a circle"),
        (
            Mischief("hijack", How.LEADS_TO, PAGE),
            "its address lacks what names the port to be let in",
        ),
        (
            Mischief("hijack", How.INSTEAD, "<html><p>Welcome</p></html>"),
            "a page in the Internet's place leads nowhere",
        ),
        (
            Mischief("hijack", How.INSTEAD, "<script>location.href='javascript:x'</script>"),
            "a page in the Internet's place leads nowhere",
        ),
        *(
            (Mischief("hijack", how), why)
            for how, why in WIRE.items()
            # It leads to the portal, however it is cut or written.
            if why != NO_JSON
        ),
        *(
            (
                Mischief(at, How.LEADS_TO, "http://10.1.1.1/x"),
                "its answer is an error, or leads elsewhere",
            )
            for at in ("pageInfo", "getOnlineUserInfo")
        ),
    ],
    ids=lambda value: (
        f"{value.at} {value.how.value} {value.text}" if isinstance(value, Mischief) else ""
    ),
)
def test_a_way_to_the_portal_that_is_none_gets_no_password(mischief: Mischief, why: str) -> None:
    check_nothing_came_of_it(hostile(mischief), why)


def test_a_gateway_that_leads_in_a_circle_is_asked_a_few_times_at_most() -> None:
    router = hostile(hijack=HijackStyle.RELATIVE, mischief=(Mischief("hijack", How.LEADS_TO, "/"),))
    router.run(1)

    assert len(router.campus.sent) == 4


def test_a_portal_by_https_is_named_and_gets_no_password() -> None:
    router = hostile(leads_to="https://portal.campus.example:8443/eportal/index.jsp?a=b")
    router.run(6 * HOUR)

    (site,) = {event.page for event in router.told(events.PortalHindered)}
    assert site == "https://portal.campus.example:8443"
    assert no_password_was_sent(router)
    assert is_in_no_hurry(router)
    failure = router.session.status.last_failure
    assert failure is not None
    assert (failure.kind, failure.advice) == (RefusalKind.OTHER_PORTAL, Advice.LOG_IN_BY_HTTPS)


@pytest.mark.parametrize("further", ["http://10.66.66.66", "http://10.9.8.7:8081"])
def test_a_portal_that_changes_between_two_calls_gets_the_password_no_second_time(
    further: str,
) -> None:
    """The first says that it does not know the port, and the gateway then leads to another."""
    campus = PortalCampus(PortalOptions(password=PASSWORD, refusal="设备未注册"))
    leads_on = campus.portal
    asked = campus.ask

    def ask(*request: object) -> object:
        answer = asked(*request)  # type: ignore[arg-type]
        if campus.asked[-1] == "login":
            leads_on.options = PortalOptions(leads_to=f"{further}/eportal/index.jsp?a=b")
        return answer

    campus.ask = ask  # type: ignore[assignment,method-assign]
    outcome = campus.dialogue().log_in()

    assert (outcome.came, outcome.message, outcome.page) == (Came.OTHER_SITE, further, PAGE)
    assert [name for name in campus.asked if name == "login"] == ["login"]


def test_a_key_that_changes_is_the_one_that_the_password_is_enciphered_with() -> None:
    """Between two conversations a portal may have been started anew."""
    router = hostile(refusal="认证设备响应超时")
    router.run(1)
    changed = {_MODULUS: "c3" * 128}
    router.campus.portal.options = PortalOptions(
        password=PASSWORD, mischief=(Mischief("pageInfo", How.FIELDS, json.dumps(changed)),)
    )
    router.run(3 * MINUTE)

    first, second = router.campus.portal.logins[:2]
    assert first != second
    assert re.findall("password=([0-9a-f%]+)&", first) != re.findall(
        "password=([0-9a-f%]+)&", second
    )


def test_a_portal_that_puts_off_for_ever_is_asked_ever_more_rarely() -> None:
    router = hostile(waits=1_000_000)
    router.run(HOUR)

    check_it_is_told(router, "it puts off whoever asks, time and again")
    assert no_password_was_sent(router)
    assert len(router.answered) <= 11 * 5


def test_cookies_without_end_are_not_kept() -> None:
    flood = "".join(f"\r\nSet-Cookie: c{number}=x" for number in range(200))
    router = hostile(Mischief("page", How.LEADS_TO, f"/eportal/index.jsp?a=1{flood}"))
    router.run(1)

    assert max(request.count(b"; c") for request in router.campus.sent) < 8
