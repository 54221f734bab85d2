"""A machine that was asleep for longer than a server waits for a heartbeat."""

from __future__ import annotations

import pytest

from ruijie_proxy.engine.events import HeartbeatSent, OwnLoginBegun, TooLateToResume
from ruijie_proxy.engine.keeping.keeper import PATIENCE_OF_SERVERS
from ruijie_proxy.engine.states import State
from ruijie_proxy.protocol.results import Grant
from tests.engine.conftest import GRANT, Campus
from tests.engine.own_session import OwnCampus, online, relayed

TOO_LONG = PATIENCE_OF_SERVERS * GRANT.interval + 1.0


def sleep(campus: OwnCampus, seconds: float) -> None:
    """Let time pass with the machine asleep."""
    campus.now += seconds
    campus.session.handle_timer(campus.now)
    campus.carry()


def test_a_relayed_session_that_cannot_be_alive_waits_for_a_client(campus: Campus) -> None:
    campus.go_online()
    campus.sleep(TOO_LONG)

    assert campus.state() is State.WAITING
    assert len(campus.of(TooLateToResume)) == 1
    assert campus.server_got == []
    assert campus.kept is None
    assert campus.session.next_deadline is None
    campus.log_in(campus.success(GRANT))
    assert campus.state() is State.ONLINE


def test_one_that_may_be_alive_goes_on_with_one_heartbeat(campus: Campus) -> None:
    campus.go_online()
    campus.sleep(TOO_LONG - 10.0)

    assert campus.state() is State.ONLINE
    assert len(campus.numbers) == 1
    campus.wait(10.0)
    assert len(campus.numbers) == 1, "the missed ones are not made up for"


def test_a_server_that_grants_more_is_believed_to_wait_longer(campus: Campus) -> None:
    campus.go_online(Grant(GRANT.key, 300))
    campus.sleep(TOO_LONG)
    assert campus.state() is State.ONLINE

    campus.sleep(PATIENCE_OF_SERVERS * 300.0 + 1.0)
    assert campus.state() is State.WAITING


def test_what_the_server_said_before_does_not_make_it_alive(campus: Campus) -> None:
    """A probe that came before the machine slept is read when it is awake again."""
    campus.go_online()
    campus.now += TOO_LONG
    campus.wan(campus.identity_request(9))
    campus.wait(0.0)

    assert campus.state() is State.WAITING


def test_a_session_kept_by_probes_has_no_heartbeat_to_be_late_with(campus: Campus) -> None:
    campus.log_in(campus.success())
    campus.wait(20.0)
    campus.sleep(3600.0)

    assert campus.state() is State.ONLINE


@pytest.mark.parametrize("auto", [False, True])
def test_the_router_logs_in_again_by_itself(auto: bool) -> None:
    campus = online(auto=auto)
    sleep(campus, TOO_LONG)
    campus.wait(0.1)

    assert campus.state() is State.AUTHENTICATING
    assert len(campus.of(OwnLoginBegun)) == 2
    assert len(campus.of(HeartbeatSent)) == 1
    campus.log_in(campus.success(GRANT))
    assert campus.state() is State.ONLINE


def test_and_where_a_client_had_logged_in_too_if_it_may() -> None:
    campus = relayed()
    sleep(campus, TOO_LONG)

    assert campus.state() is not State.ONLINE
    assert campus.kept is None
