"""What a session of mode ``auto`` is after a refusal to a client, and when it is stopped."""

from __future__ import annotations

from ruijie_proxy.engine.events import LeftToClient, LoginRefused
from ruijie_proxy.engine.states import State
from ruijie_proxy.protocol.piece_types import PieceType
from ruijie_proxy.protocol.text import encode_text
from tests.engine.bare_client import challenge_frame, identity_frame, start_frame
from tests.engine.conftest import GRANT, WAN, Frames
from tests.engine.own_session import paused, relaying


def test_a_stopped_session_has_no_short_way_across() -> None:
    campus = relaying()
    assert campus.session.short_way(campus.now) is not None

    campus.session.stop()

    assert campus.session.short_way(campus.now) is None


def test_a_refusal_to_a_client_that_stops_the_routers_logins_leaves_them_to_clients() -> None:
    """At once: nothing else may happen for hours that would."""
    campus = paused(auto=True)
    campus.relay(Frames.failure("使用了非管理员指定的客户端"))

    assert campus.state() is State.WAITING
    assert len(campus.of(LeftToClient)) == 1
    campus.relay(Frames.success(GRANT))
    assert campus.state() is State.ONLINE


def test_the_reason_told_to_a_client_before_its_failure_holds_for_the_router() -> None:
    campus = paused(auto=True)
    reason = (PieceType.REFUSAL_REASON, encode_text("使用了非管理员指定的客户端"))
    for put_in, frame in (
        (campus.lan, start_frame()),
        (campus.wan, Frames.identity_request()),
        (campus.lan, identity_frame()),
        (campus.wan, challenge_frame(WAN, 2, (reason,), source=Frames.SERVER)),
        (campus.wan, Frames.failure()),
    ):
        put_in(frame)

    assert campus.of(LoginRefused)[-1] == LoginRefused("使用了非管理员指定的客户端")
    assert len(campus.of(LeftToClient)) == 1
    assert campus.state() is State.WAITING


def test_services_told_to_a_client_are_shown_by_an_automatic_session() -> None:
    campus = paused(auto=True)
    offered = (PieceType.SERVICES_ON_OFFER, encode_text("甲网@乙网"))
    for put_in, frame in (
        (campus.lan, start_frame()),
        (campus.wan, Frames.identity_request()),
        (campus.lan, identity_frame()),
        (campus.wan, challenge_frame(WAN, 2, (offered,), source=Frames.SERVER)),
        (campus.wan, Frames.success(GRANT)),
    ):
        put_in(frame)

    assert campus.session.status.services == ("甲网", "乙网")
