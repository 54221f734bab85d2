"""A session that was kept is the one that the settings want, or it is ended and done anew."""

from __future__ import annotations

from binascii import crc32
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from ruijie_proxy.engine.events import LoggedOff, Resumed, TooLateToResume
from ruijie_proxy.engine.keeping.held_session import ANOTHER_ADDRESS
from ruijie_proxy.engine.keeping.wanted import (
    ANOTHER_ACCOUNT,
    ANOTHER_CLIENT,
    ANOTHER_MAC_MODE,
    account_digest,
)
from ruijie_proxy.engine.login_memory import LoginMemory
from ruijie_proxy.engine.settings import Dialect, LoginSettings, MacMode, SessionSettings
from ruijie_proxy.engine.states import State
from ruijie_proxy.protocol.eapol import EapolType
from ruijie_proxy.secret import Secret
from ruijie_proxy.values import replace
from tests.engine.conftest import CLIENT, PORT, SERVER, WAN, Frames
from tests.engine.own_session import FACTS, LOGIN, OwnCampus, online, relayed

if TYPE_CHECKING:
    from ruijie_proxy.engine.router_facts import RouterFacts
    from tests.engine.conftest import Campus

LOGOFF, START = EapolType.LOGOFF, EapolType.START


def again(
    before: OwnCampus,
    login: LoginSettings,
    *,
    auto: bool = False,
    facts: RouterFacts = FACTS,
    earlier_version: bool = False,
) -> OwnCampus:
    """Return the session of a program that was restarted with this account."""
    kept = before.kept
    assert kept is not None
    if earlier_version:
        kept = replace(kept, account=None, mac_mode=None)
    campus = OwnCampus(login, auto=auto, facts=facts, memory=before.memory)
    campus.now = before.now + 1.0
    campus.kept = kept
    campus.session.resume(kept, campus.now)
    campus.begin()
    return campus


def types_sent(campus: OwnCampus) -> list[int]:
    return [sent.frame[15] for sent in campus.to_server]


# The router's own.


@pytest.mark.parametrize("auto", [False, True])
@pytest.mark.parametrize(
    "changed",
    [
        replace(LOGIN, username="20260002"),
        replace(LOGIN, service="教育网接入"),
        replace(LOGIN, dialect=Dialect.PLAIN),
    ],
    ids=["user", "service", "dialect"],
)
def test_the_session_of_another_account_is_logged_off_and_done_anew(
    auto: bool, changed: LoginSettings
) -> None:
    before = online(auto=auto)
    assert types_sent(again(before, LOGIN, auto=auto)) == []

    campus = again(before, changed, auto=auto)
    assert [event.reason for event in campus.of(TooLateToResume)] == [ANOTHER_ACCOUNT]
    assert campus.of(LoggedOff) == [LoggedOff()]
    assert types_sent(campus) == [LOGOFF, START]
    assert campus.to_server[0].frame[:12] == SERVER + WAN
    assert campus.kept is None
    assert campus.state() is State.AUTHENTICATING


@pytest.mark.parametrize(
    "changed",
    [replace(LOGIN, password=Secret("pear-tree")), replace(LOGIN, client_version="1.31")],
    ids=["password", "version"],
)
def test_what_makes_it_no_other_account_ends_nothing(changed: LoginSettings) -> None:
    campus = again(online(), changed)

    assert campus.state() is State.ONLINE
    assert campus.of(Resumed)


def test_what_an_earlier_version_has_kept_goes_on() -> None:
    changed = replace(LOGIN, username="20260002")

    assert again(online(), changed, earlier_version=True).state() is State.ONLINE


def test_a_session_of_another_mac_address_is_logged_off_under_that_address() -> None:
    other = replace(FACTS, mac=bytes.fromhex("0200000000e2"))
    campus = again(online(), LOGIN, facts=other)

    assert [event.reason for event in campus.of(TooLateToResume)] == [ANOTHER_ADDRESS]
    assert [sent.frame[6:12] for sent in campus.to_server] == [WAN, other.mac]
    assert types_sent(campus) == [LOGOFF, START]


def test_without_a_link_nothing_is_sent() -> None:
    before = online()
    assert before.kept is not None
    campus = OwnCampus(replace(LOGIN, username="20260002"))
    campus.now = before.now
    campus.session.link_changed(False, campus.now)
    campus.session.resume(before.kept, campus.now)
    campus.carry()

    assert len(campus.of(TooLateToResume)) == 1
    assert campus.to_server == []
    assert campus.state() is State.LINK_DOWN


def test_a_digest_tells_accounts_apart_and_nothing_of_the_password() -> None:
    accounts = [
        LOGIN,
        replace(LOGIN, username="20260002"),
        replace(LOGIN, service="internet"),
        replace(LOGIN, dialect=Dialect.CERNET),
    ]

    assert len({account_digest(login) for login in accounts}) == len(accounts)
    assert account_digest(replace(LOGIN, password=Secret("x"))) == account_digest(LOGIN)


# A client's.


def test_the_session_of_a_client_is_nobody_elses_where_clients_may_log_in_too() -> None:
    campus = again(relayed(), replace(LOGIN, username="20260002"), auto=True)

    assert campus.state() is State.ONLINE


@pytest.mark.parametrize(("user", "goes_on"), [("student", True), ("20260001", False)])
def test_where_only_the_router_logs_in_the_session_of_another_user_is_ended(
    user: str, goes_on: bool
) -> None:
    before = relayed()
    before.memory = LoginMemory()
    campus = again(before, replace(LOGIN, username=user))

    assert (campus.state() is State.ONLINE) is goes_on
    assert types_sent(campus) == ([] if goes_on else [LOGOFF, START])


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (SessionSettings(mac=MacMode.KEEP), ANOTHER_MAC_MODE),
        (SessionSettings(mac=MacMode.CLONE), ANOTHER_MAC_MODE),
        (SessionSettings(clients=(Frames.OTHER_CLIENT,)), ANOTHER_CLIENT),
    ],
    ids=["keep", "clone", "client"],
)
def test_the_session_of_a_client_that_is_not_wanted_any_more_is_logged_off(
    campus: Campus, settings: SessionSettings, reason: str
) -> None:
    campus.go_online()
    after = campus.restart(settings=settings)

    assert [event.reason for event in after.of(TooLateToResume)] == [reason]
    (logoff,) = after.server_got
    assert (logoff[:12], logoff[15]) == (SERVER + WAN, LOGOFF)
    assert after.state() is State.WAITING
    assert after.kept is None
    after.lan(after.start(), PORT)
    assert (after.state() is State.AUTHENTICATING) is (reason is ANOTHER_MAC_MODE)


@pytest.mark.parametrize(
    "settings",
    [SessionSettings(clients=(CLIENT,)), SessionSettings(heartbeat_interval=20.0)],
    ids=["client", "interval"],
)
def test_what_does_not_concern_whose_session_it_is_ends_nothing(
    campus: Campus, settings: SessionSettings
) -> None:
    campus.go_online()

    assert campus.restart(settings=settings).state() is State.ONLINE


def test_a_port_that_has_a_clients_address_gets_its_own_back_where_that_is_not_to_be(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(SessionSettings(mac=MacMode.CLONE))
    campus.lan(campus.start())
    campus.wan(campus.success(campus.GRANT, to=CLIENT))
    campus.wait(1.0)

    after = campus.restart(settings=SessionSettings(), facts=campus.facts)
    (logoff,) = after.server_got
    assert (logoff[:12], logoff[15]) == (SERVER + CLIENT, LOGOFF)
    assert after.asked_addresses == [WAN]


def test_the_digest_of_an_account_is_the_one_that_earlier_versions_have_written_down() -> None:
    account = (LOGIN.username, LOGIN.dialect.value, LOGIN.service)

    assert account_digest(LOGIN) == crc32(repr(account).encode())
