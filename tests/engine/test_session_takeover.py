"""From the Success to the router's own heartbeats."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from ruijie_proxy.engine.events import (
    HeartbeatMismatch,
    HeartbeatSent,
    LogoffIgnored,
    LogoffRelayed,
    NothingGranted,
    OnlyProbes,
    TookOver,
)
from ruijie_proxy.engine.heartbeats import Source
from ruijie_proxy.engine.settings import ClientLogoff, SessionSettings
from ruijie_proxy.engine.states import State
from ruijie_proxy.protocol.clients.client_block import Machine, client_block
from ruijie_proxy.protocol.clients.client_profile import (
    LINUX_1_31,
    WINDOWS_6_86,
    ClientProfile,
)
from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS
from ruijie_proxy.protocol.heartbeat import FIRST_NUMBER, Heartbeat

if TYPE_CHECKING:
    from tests.engine.conftest import Campus

OTHER_KEY = 0x0BADBEEF
HOUR = 3600.0
FORWARD = SessionSettings(client_logoff=ClientLogoff.FORWARD)


def test_the_first_heartbeat_follows_within_a_second_of_success(campus: Campus) -> None:
    campus.log_in(campus.success(campus.GRANT))
    told = campus.to_client[-1].at

    campus.wait(1.0)

    ((at, heartbeat),) = campus.heartbeats
    assert at - told <= 1.0
    assert heartbeat == Heartbeat(campus.KEY, FIRST_NUMBER)
    assert campus.server_got[-1] == heartbeat.encode(campus.SERVER, campus.WAN)


@pytest.mark.parametrize(
    ("profile", "number"),
    [
        # 0x32764AE1, the key, is 0.197 of what a key can be.
        pytest.param(LINUX_1_31, 0x1002 + int(0x1001 * 0x32764AE1 / (1 << 32)), id="Linux"),
        pytest.param(WINDOWS_6_86, FIRST_NUMBER, id="Windows"),
    ],
)
def test_a_silent_client_is_counted_for_as_its_like_would(
    campus: Campus, profile: ClientProfile, number: int
) -> None:
    block = client_block(profile, Machine(campus.CLIENT), None).encode()
    start = EapolFrame.build(
        PAE_GROUP_ADDRESS, campus.CLIENT, EapolType.START, trailer=block
    ).encode()
    campus.lan(start)
    campus.wan(campus.identity_request())
    campus.lan(campus.response(campus.identity))
    campus.wan(campus.challenge())
    campus.lan(campus.response(campus.md5))
    campus.wan(campus.success(campus.GRANT))

    campus.wait(1.0)

    assert campus.numbers == [number]
    assert 0x1002 <= number <= 0x2002


def test_the_address_is_renewed_after_success(campus: Campus) -> None:
    campus.log_in(campus.success(campus.GRANT))

    assert campus.renewals == 1


def test_the_address_is_left_alone_where_that_is_set(make_campus: Callable[..., Campus]) -> None:
    campus = make_campus(SessionSettings(renew=False))

    campus.go_online()

    assert campus.renewals == 0


def test_the_clients_heartbeat_crosses_and_is_gone_on_from(campus: Campus) -> None:
    campus.log_in(campus.success(campus.GRANT))
    first = campus.heartbeat(campus.KEY, 0x102B)

    campus.lan(first)
    campus.wait(60.0)

    assert [heartbeat.number for _, heartbeat in campus.heartbeats] == [0x102B, 0x102C, 0x102D]
    assert first[:6] + campus.WAN + first[12:] in campus.server_got
    assert campus.of(TookOver) == [TookOver(Source.SERVER, 0x102C, 27.0)]


def test_a_heartbeat_from_before_the_success_is_of_another_session_and_teaches_nothing(
    campus: Campus,
) -> None:
    """A client that has not yet noticed that its session is gone still beats for that one."""
    campus.lan(campus.start())
    campus.lan(campus.heartbeat(OTHER_KEY, 0x2000))
    campus.log_in(campus.success())
    campus.forget_frames()

    campus.wait(HOUR)

    assert campus.heartbeats == []
    assert campus.of(OnlyProbes) == [OnlyProbes(client_may_teach=True)]


def test_after_the_takeover_the_clients_heartbeats_end_here(campus: Campus) -> None:
    campus.log_in(campus.success(campus.GRANT))
    campus.lan(campus.heartbeat(campus.KEY, 0x102B))
    campus.forget_frames()

    for number in range(0x102C, 0x1036):
        campus.wait(2.0)
        campus.lan(campus.heartbeat(campus.KEY, number))

    assert campus.heartbeats == []


def test_a_heartbeat_that_disagrees_with_the_grant_crosses_and_the_second_decides(
    campus: Campus,
) -> None:
    campus.log_in(campus.success(campus.GRANT))
    campus.lan(campus.heartbeat(OTHER_KEY, 7))
    campus.wait(20.0)
    assert campus.of(HeartbeatMismatch) == [HeartbeatMismatch()]
    assert campus.numbers == [7]

    campus.lan(campus.heartbeat(OTHER_KEY, 8))
    campus.wait(30.0)

    assert [heartbeat for _, heartbeat in campus.heartbeats] == [
        Heartbeat(OTHER_KEY, number) for number in (7, 8, 9)
    ]
    assert campus.session.status.heartbeat is not None
    assert campus.session.status.heartbeat.source is Source.CLIENT


def test_without_a_grant_the_client_is_listened_to_for_as_long_as_it_takes(
    campus: Campus,
) -> None:
    campus.log_in(campus.success())
    assert campus.of(NothingGranted) == [NothingGranted()]
    campus.wait(HOUR)
    assert campus.of(OnlyProbes) == [OnlyProbes()]
    assert campus.heartbeats == []
    assert campus.listening

    campus.lan(campus.heartbeat(OTHER_KEY, 7))
    campus.wait(28.0)

    assert campus.numbers == [7, 8]
    assert not campus.listening


def test_each_heartbeat_of_the_router_is_told(campus: Campus) -> None:
    campus.go_online()

    campus.wait(60.0)

    assert campus.of(HeartbeatSent) == [
        HeartbeatSent(FIRST_NUMBER + 1),
        HeartbeatSent(FIRST_NUMBER + 2),
    ]


def test_a_clients_logoff_ends_here_and_the_session_goes_on(campus: Campus) -> None:
    campus.go_online()

    campus.lan(campus.logoff())
    campus.wait(HOUR)

    assert campus.of(LogoffIgnored) == [LogoffIgnored()]
    assert campus.state() is State.ONLINE
    assert len(campus.heartbeats) == len(campus.server_got) == pytest.approx(HOUR / 27, abs=1)


def test_a_clients_logoff_before_the_takeover_leaves_the_grant_to_the_router_at_once(
    campus: Campus,
) -> None:
    campus.log_in(campus.success(campus.GRANT))
    campus.forget_frames()

    campus.lan(campus.logoff())

    assert campus.numbers == [FIRST_NUMBER]
    assert len(campus.server_got) == 1
    assert not campus.listening


def test_a_clients_logoff_with_nothing_learned_leaves_the_probes(campus: Campus) -> None:
    campus.log_in(campus.success())
    campus.forget_frames()

    campus.lan(campus.logoff())

    assert campus.server_got == []
    assert campus.state() is State.ONLINE


def test_a_clients_logoff_crosses_where_that_is_set(make_campus: Callable[..., Campus]) -> None:
    campus = make_campus(FORWARD)
    campus.go_online()
    assert campus.listening  # or the Logoff, addressed to the server, would not be heard

    logoff = campus.logoff()
    campus.lan(logoff)
    campus.wait(HOUR)

    (out,) = campus.server_got
    assert (out[:6], out[6:12], len(out)) == (campus.SERVER, campus.WAN, len(logoff))
    assert campus.of(LogoffRelayed) == [LogoffRelayed()]
    assert campus.state() is State.WAITING
    assert campus.kept is None


def test_a_logoff_during_the_login_crosses(campus: Campus) -> None:
    campus.lan(campus.start())
    campus.wan(campus.identity_request())
    campus.forget_frames()

    campus.lan(campus.logoff())

    assert len(campus.server_got) == 1
    assert campus.state() is State.WAITING


def test_a_day_online_is_a_day_of_heartbeats(make_campus: Callable[..., Campus]) -> None:
    campus = make_campus(SessionSettings(heartbeat_interval=20.0, heartbeat_number=0xFFFFFFFE))
    campus.log_in(campus.success(campus.GRANT))
    told = campus.to_client[-1].at
    campus.wait(24 * HOUR)

    times = [at for at, _ in campus.heartbeats]
    assert times == pytest.approx(
        [told + 0.8 + 20.0 * count for count in range(len(times))], abs=1e-3
    )
    assert len(times) == 24 * HOUR / 20
    assert campus.numbers[:4] == [0xFFFFFFFE, 0xFFFFFFFF, 0, 1]
    assert campus.writes <= len(times) + 3


def test_a_stopped_session_sends_no_more_and_stays_on_disk(campus: Campus) -> None:
    campus.go_online()

    campus.stop()
    campus.wait(HOUR)
    campus.sleep(HOUR)
    campus.lan(campus.start())
    campus.wan(campus.identity_request())
    campus.link(up=False)

    assert campus.server_got == campus.client_got == []
    assert campus.session.next_deadline is None
    assert campus.state() is State.STOPPED
    assert campus.kept is not None
