"""A WAN port that is given another MAC address while a session is online: what goes out with that,
the switch has not let in, and it may hear nobody else before the old session has ended.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from ruijie_proxy.engine.events import LoggedOff, TooLateToResume
from ruijie_proxy.engine.keeping.held_session import ANOTHER_ADDRESS
from ruijie_proxy.engine.settings import MacMode, SessionSettings
from ruijie_proxy.engine.states import State
from ruijie_proxy.protocol.eapol import TYPE_OFFSET, EapolType
from ruijie_proxy.protocol.ethernet import ETHERTYPE_OFFSET, SOURCE_OFFSET
from ruijie_proxy.values import replace
from tests.engine.conftest import CLIENT, GRANT, WAN
from tests.engine.own_session import FACTS, OwnCampus, online

if TYPE_CHECKING:
    from tests.engine.conftest import Campus

OTHER_ADDRESS = bytes.fromhex("02000000aa77")
TOLD_WITHIN = 0.1
"""Seconds for which what is told waits for a login's next frame."""


def take_another_address(campus: Campus | OwnCampus) -> None:
    """Let a script of the user's, or the system's, give the WAN port another MAC address."""
    campus.session.router_changed(replace(FACTS, mac=OTHER_ADDRESS), campus.now)
    campus.carry()


def source_and_type(frame: bytes) -> tuple[bytes, int]:
    return frame[SOURCE_OFFSET:ETHERTYPE_OFFSET], frame[TYPE_OFFSET]


@pytest.mark.parametrize("auto", [False, True])
def test_the_router_logs_off_under_the_old_one_and_in_with_the_new_one(auto: bool) -> None:
    campus = online(auto=auto)
    campus.sent()
    take_another_address(campus)

    campus.wait(TOLD_WITHIN)

    assert campus.of(TooLateToResume) == [TooLateToResume(ANOTHER_ADDRESS)]
    assert [source_and_type(frame) for frame in campus.sent()] == [
        (WAN, EapolType.LOGOFF),
        (OTHER_ADDRESS, EapolType.START),
    ]
    assert campus.kept is None


def test_a_clients_session_is_logged_off_and_the_client_may_log_in(campus: Campus) -> None:
    campus.go_online()
    campus.forget_frames()

    take_another_address(campus)

    assert [source_and_type(frame) for frame in campus.server_got] == [(WAN, EapolType.LOGOFF)]
    assert campus.of(LoggedOff) == [LoggedOff()]
    assert campus.state() is State.WAITING
    campus.lan(campus.start())
    assert source_and_type(campus.server_got[-1]) == (OTHER_ADDRESS, EapolType.START)


def test_an_address_that_the_session_has_no_part_in_may_change(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(SessionSettings(mac=MacMode.KEEP))
    campus.lan(campus.start())
    for frame in (campus.identity_request(), campus.challenge(), campus.success(GRANT)):
        campus.wan(CLIENT + frame[SOURCE_OFFSET:])
    assert campus.state() is State.ONLINE

    take_another_address(campus)

    assert campus.state() is State.ONLINE
    assert campus.of(LoggedOff) == []
