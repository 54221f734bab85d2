"""No heartbeats: as the user has it, or as the server says."""

from __future__ import annotations

import pytest

from ruijie_proxy.engine.events import LoginSucceeded, NoHeartbeats, Resumed, TookOver
from ruijie_proxy.engine.heartbeats import HeartbeatProgress, Off, Source
from ruijie_proxy.engine.settings import SessionSettings
from ruijie_proxy.engine.states import State
from ruijie_proxy.protocol.eap import EapCode, EapPacket
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.heartbeat import Heartbeat
from ruijie_proxy.protocol.results import no_heartbeats_piece
from tests.engine.conftest import GRANT, KEY, Campus, Frames
from tests.engine.own_session import LOGIN, OwnCampus

OFF = SessionSettings(heartbeats=False)
FORBIDDEN = Frames.of_server(EapPacket.build(EapCode.SUCCESS, 2, data=no_heartbeats_piece()))
"""A Success by which the server wants no heartbeats."""
DAY = 24 * 3600.0
PROBE_EVERY = 30.0


def relayed(settings: SessionSettings = OFF, result: bytes | None = None) -> Campus:
    """Return a session that a client has got, with a grant unless the server says otherwise."""
    campus = Campus(settings)
    campus.log_in(Frames.success(GRANT) if result is None else result)
    assert campus.state() is State.ONLINE
    return campus


def own(settings: SessionSettings, result: bytes) -> OwnCampus:
    """Return a session of the router's own."""
    campus = OwnCampus(settings=settings)
    campus.begin()
    campus.log_in(result)
    assert campus.state() is State.ONLINE
    return campus


def heartbeats_of(campus: OwnCampus) -> list[Heartbeat]:
    """Return the heartbeats that went to the server since the last look."""
    found = []
    for frame in campus.sent():
        try:
            found.append(Heartbeat.parse(frame))
        except ProtocolError:
            continue
    return found


def progress_of(campus: Campus | OwnCampus) -> HeartbeatProgress:
    progress = campus.session.status.heartbeat
    assert progress is not None
    return progress


# As configured.


def test_the_router_sends_none_after_a_relayed_login_whatever_is_granted() -> None:
    campus = relayed()
    campus.lan(Frames.logoff())

    campus.wait(DAY)

    assert campus.heartbeats == []
    assert campus.of(TookOver) == []
    assert campus.of(NoHeartbeats) == [NoHeartbeats(Off.CONFIGURED, client_may_leave=True)]
    assert campus.state() is State.ONLINE


def test_the_router_sends_none_after_its_own_login_whatever_is_granted() -> None:
    campus = own(SessionSettings(login=LOGIN, heartbeats=False), Frames.success(GRANT))

    campus.wait(DAY)

    assert heartbeats_of(campus) == []
    assert campus.of(NoHeartbeats) == [NoHeartbeats(Off.CONFIGURED, client_may_leave=False)]


def test_the_clients_own_pass_while_it_is_there_and_teach_nothing() -> None:
    campus = relayed()

    for number in range(0x102B, 0x1030):
        campus.lan(Frames.heartbeat(KEY, number))
        campus.wait(20.0)
    campus.wait(DAY)

    assert campus.numbers == list(range(0x102B, 0x1030))
    assert progress_of(campus).number is None


@pytest.mark.parametrize("again", [Frames.success(GRANT), Frames.success()])
def test_a_success_that_is_told_again_changes_nothing(again: bytes) -> None:
    campus = relayed()

    campus.wait(60.0)
    campus.wan(again)
    campus.wait(DAY)

    assert campus.heartbeats == []
    assert len(campus.of(NoHeartbeats)) == 1


def test_probes_are_answered_as_ever() -> None:
    campus = relayed()
    campus.wait(PROBE_EVERY)
    assert progress_of(campus).source is None
    campus.forget_frames()

    campus.wan(Frames.identity_request(7))

    (answer,) = campus.server_got
    assert answer[18:20] == bytes((EapCode.RESPONSE, 7))
    assert progress_of(campus).source is Source.PROBE
    assert progress_of(campus).off is Off.CONFIGURED


def test_a_session_goes_on_after_a_restart_however_long_nobody_has_asked() -> None:
    campus = relayed()
    campus.wait(DAY)

    again = campus.restart()

    assert again.of(Resumed)
    assert again.state() is State.ONLINE
    again.wait(DAY)
    assert again.heartbeats == []


def test_a_server_that_has_probed_drops_who_was_silent_for_long() -> None:
    campus = relayed()
    campus.wait(PROBE_EVERY)
    campus.wan(Frames.identity_request(7))

    assert campus.restart(after=299.0).state() is State.ONLINE
    assert campus.restart(after=301.0).state() is State.WAITING


def test_heartbeats_that_went_out_before_the_setting_go_out_no_longer() -> None:
    campus = relayed(SessionSettings())
    campus.wait(60.0)
    assert campus.heartbeats

    again = campus.restart(settings=OFF)
    again.wait(DAY)

    assert again.state() is State.ONLINE
    assert again.heartbeats == []
    assert progress_of(again).off is Off.CONFIGURED


# As the server says.


def test_none_are_sent_where_the_server_wants_none_after_a_relayed_login() -> None:
    campus = relayed(SessionSettings(), FORBIDDEN)

    campus.wait(DAY)

    (told,) = campus.of(LoginSucceeded)
    assert told.forbids_heartbeats
    assert told.granted_interval is None
    assert campus.heartbeats == []
    assert campus.of(NoHeartbeats) == [NoHeartbeats(Off.SERVER, client_may_leave=True)]
    assert progress_of(campus).off is Off.SERVER


def test_none_are_sent_where_the_server_wants_none_after_an_own_login() -> None:
    campus = own(SessionSettings(login=LOGIN), FORBIDDEN)

    campus.wait(DAY)

    (told,) = campus.of(LoginSucceeded)
    assert told.forbids_heartbeats
    assert heartbeats_of(campus) == []
    assert campus.of(NoHeartbeats) == [NoHeartbeats(Off.SERVER, client_may_leave=False)]


def test_what_the_client_sends_though_the_server_wants_none_passes_and_teaches_nothing() -> None:
    campus = relayed(SessionSettings(), FORBIDDEN)

    for number in (0x102B, 0x102C):
        campus.lan(Frames.heartbeat(KEY, number))
        campus.wait(20.0)
    campus.wait(DAY)

    assert campus.numbers == [0x102B, 0x102C]


def test_a_server_that_wants_them_no_longer_ends_them() -> None:
    campus = relayed(SessionSettings())
    campus.wait(60.0)
    assert campus.heartbeats
    campus.forget_frames()

    campus.wan(FORBIDDEN)
    campus.wait(DAY)

    assert campus.heartbeats == []
    assert campus.of(NoHeartbeats) == [NoHeartbeats(Off.SERVER, client_may_leave=True)]
    assert progress_of(campus).source is None


def test_a_later_grant_turns_them_on() -> None:
    campus = own(SessionSettings(login=LOGIN), FORBIDDEN)
    campus.wait(60.0)
    assert heartbeats_of(campus) == []

    campus.wan(Frames.success(GRANT))
    campus.wait(1.0)

    (first,) = heartbeats_of(campus)
    assert first.key == KEY
    assert progress_of(campus).off is None
    assert progress_of(campus).source is Source.SERVER


def test_a_success_that_says_nothing_of_heartbeats_leaves_it_at_that() -> None:
    campus = relayed(SessionSettings(), FORBIDDEN)
    campus.wait(60.0)

    campus.wan(Frames.success())
    campus.wait(DAY)

    assert campus.heartbeats == []
    assert progress_of(campus).off is Off.SERVER


def test_what_the_server_wants_is_known_after_a_restart() -> None:
    campus = relayed(SessionSettings(), FORBIDDEN)
    campus.wait(600.0)

    again = campus.restart()

    assert again.state() is State.ONLINE
    assert progress_of(again).off is Off.SERVER
    again.lan(Frames.heartbeat(KEY, 0x102B))
    again.lan(Frames.heartbeat(KEY, 0x102C))
    again.wait(DAY)
    assert again.numbers == [0x102B, 0x102C]
