"""Whose part it is to end a doubt about a session: the router's or a client's."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ruijie_proxy.engine.actions import Report
from ruijie_proxy.engine.events import ClientNeeded, SessionDoubtful
from ruijie_proxy.engine.heartbeats import Authentication
from ruijie_proxy.engine.keeping.held_session import HeldSession
from ruijie_proxy.engine.outbox import Outbox
from ruijie_proxy.engine.reasons import Doubt
from ruijie_proxy.engine.relay.doubts import Doubts
from ruijie_proxy.engine.settings import SessionSettings
from tests.engine.conftest import CLIENT, SERVER, WAN


class Bench:
    """Doubts about one session, and what they tell."""

    def __init__(self, *, router_may_log_in: bool) -> None:
        self.router_may_log_in = router_may_log_in
        self.outbox = Outbox()
        self.doubts = Doubts(self.outbox, lambda: self.router_may_log_in)
        self.held = HeldSession(
            Authentication(SERVER, WAN, None, None),
            SessionSettings(),
            self.outbox,
            client=CLIENT,
            own=False,
            since=0.0,
            message=None,
            accounting=None,
        )

    @property
    def told(self) -> list[object]:
        return [action.event for action in self.outbox.take() if isinstance(action, Report)]


def test_a_doubt_calls_for_a_client_once_where_the_router_cannot_log_in() -> None:
    bench = Bench(router_may_log_in=False)

    bench.doubts.doubt(bench.held, Doubt.LINK)
    bench.doubts.doubt(bench.held, Doubt.SILENCE)

    assert bench.told == [
        SessionDoubtful(Doubt.LINK),
        ClientNeeded(was_asked=False),
        SessionDoubtful(Doubt.SILENCE),
    ]
    assert bench.doubts.call_for_client(bench.held)


def test_it_calls_for_nobody_where_the_router_can() -> None:
    bench = Bench(router_may_log_in=True)

    bench.doubts.doubt(bench.held, Doubt.LINK)

    assert bench.told == [SessionDoubtful(Doubt.LINK)]
    assert not bench.doubts.call_for_client(bench.held)


def test_a_session_that_gave_a_sign_needs_no_client_any_more() -> None:
    bench = Bench(router_may_log_in=False)
    bench.doubts.doubt(bench.held, Doubt.LINK)

    bench.held.gave_sign()

    assert not bench.doubts.call_for_client(bench.held)


@pytest.mark.parametrize("ended_by", [Doubts.proof_was_given, Doubts.begin_anew])
def test_a_proof_that_is_missing_calls_for_a_client_until_it_is_given(
    ended_by: Callable[[Doubts], None],
) -> None:
    bench = Bench(router_may_log_in=False)
    bench.doubts.proof_is_missing(bench.held)
    assert bench.told == [ClientNeeded()]
    assert bench.doubts.call_for_client(bench.held)
    bench.held.gave_sign()

    ended_by(bench.doubts)

    assert not bench.doubts.call_for_client(bench.held)


def test_a_client_that_has_just_answered_is_not_called() -> None:
    bench = Bench(router_may_log_in=False)

    bench.doubts.no_result(bench.held, client_answers=True)

    assert bench.told == [SessionDoubtful(Doubt.NO_RESULT)]
    assert bench.held.doubtful
    assert not bench.doubts.call_for_client(bench.held)
