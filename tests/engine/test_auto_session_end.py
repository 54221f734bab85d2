"""What a session of mode ``auto`` is after a refusal to a client, and when it is stopped."""

from __future__ import annotations

from ruijie_proxy.engine.events import LeftToClient
from ruijie_proxy.engine.states import State
from tests.engine.conftest import GRANT, Frames
from tests.engine.own_session import paused, relaying


def test_a_stopped_session_has_no_short_way_across() -> None:
    campus = relaying()
    assert campus.session.crossing is not None

    campus.session.stop()

    assert campus.session.crossing is None


def test_a_refusal_to_a_client_that_stops_the_routers_logins_leaves_them_to_clients() -> None:
    """At once: nothing else may happen for hours that would."""
    campus = paused(auto=True)
    campus.relay(Frames.failure("使用了非管理员指定的客户端"))

    assert campus.state() is State.WAITING
    assert len(campus.of(LeftToClient)) == 1
    campus.relay(Frames.success(GRANT))
    assert campus.state() is State.ONLINE
