"""The session survives the program."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ruijie_proxy.engine.events import (
    LinkBack,
    Resumed,
    StartIgnored,
    TooLateToResume,
)
from ruijie_proxy.engine.heartbeats import Source
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.engine.settings import ClientLogoff, MacMode, SessionSettings
from ruijie_proxy.engine.states import State
from ruijie_proxy.protocol.heartbeat import FIRST_NUMBER, Heartbeat
from ruijie_proxy.protocol.results import Grant
from ruijie_proxy.values import replace

if TYPE_CHECKING:
    from tests.engine.conftest import Campus


def test_all_that_is_needed_is_written_down(campus: Campus) -> None:
    campus.log_in(campus.success(campus.GRANT, "欢迎使用校园网"))
    response = campus.server_got[1]
    online = campus.to_client[-1].at
    campus.wait(60.0)

    kept = campus.kept
    assert kept is not None
    assert (kept.server, kept.client) == (campus.SERVER, campus.CLIENT)
    assert (kept.wan_address, kept.original_wan_address) == (campus.WAN, None)
    assert kept.identity_response == response
    assert (kept.key, kept.next_number) == (campus.KEY, campus.numbers[-1] + 1)
    assert (kept.interval, kept.source) == (30, "server")
    assert kept.last_heartbeat == campus.heartbeats[-1][0]
    assert kept.since == online
    assert kept.message == "欢迎使用校园网"


def test_nothing_is_written_down_before_there_is_something_to_go_on_with(campus: Campus) -> None:
    campus.lan(campus.start())
    campus.wan(campus.identity_request())
    campus.wan(campus.failure())

    assert campus.writes == 0


def test_a_session_is_written_down_with_its_success(campus: Campus) -> None:
    campus.log_in(campus.success(campus.GRANT))

    assert campus.kept is not None
    assert (campus.kept.key, campus.kept.next_number) == (campus.KEY, FIRST_NUMBER)


def test_a_restarted_program_goes_on_with_the_next_number_when_it_falls_due(
    campus: Campus,
) -> None:
    campus.go_online()
    last = campus.session.status.heartbeat

    after = campus.restart(after=10.0)
    assert after.state() is State.ONLINE
    assert after.of(Resumed) == [Resumed(FIRST_NUMBER + 1)]
    after.wait(45.0)

    assert last is not None
    assert last.last is not None
    ((first, heartbeat), (second, _)) = after.heartbeats
    assert heartbeat == Heartbeat(campus.KEY, FIRST_NUMBER + 1)
    assert (round(first - last.last, 3), round(second - first, 3)) == (27.0, 27.0)
    assert after.server_got[0][:12] == campus.SERVER + campus.WAN


def test_a_restart_loses_nothing_that_the_status_shows(campus: Campus) -> None:
    campus.log_in(campus.success(campus.GRANT, "欢迎使用校园网"))
    campus.wait(1.0)
    before = campus.session.status

    after = campus.restart().session.status

    assert (after.state, after.server, after.client) == (
        State.ONLINE,
        campus.SERVER,
        campus.CLIENT,
    )
    assert (after.since, after.message) == (before.since, "欢迎使用校园网")
    assert after.heartbeat is not None
    assert after.heartbeat.source is Source.SERVER


def test_a_restarted_program_answers_probes_as_before(campus: Campus) -> None:
    campus.log_in(campus.success())
    response = campus.server_got[1]
    campus.wan(campus.identity_request(5))

    after = campus.restart(after=250.0)
    after.wan(after.identity_request(6))

    assert after.server_got == [response[:19] + b"\x06" + response[20:]]


def test_a_restart_after_the_interval_is_too_late(campus: Campus) -> None:
    campus.go_online()

    after = campus.restart(after=31.0)

    assert after.state() is State.WAITING
    assert len(after.of(TooLateToResume)) == 1
    assert after.kept is None
    after.wait(3600.0)
    assert after.server_got == []


def test_a_session_of_another_address_is_not_gone_on_with(campus: Campus) -> None:
    campus.go_online()

    after = campus.restart(facts=RouterFacts(bytes.fromhex("0200000000e2")))

    assert after.state() is State.WAITING
    assert len(after.of(TooLateToResume)) == 1
    assert after.kept is None


def test_a_kept_address_is_no_reason_to_give_up(make_campus: Callable[..., Campus]) -> None:
    campus = make_campus(SessionSettings(mac=MacMode.KEEP))
    campus.lan(campus.start())
    campus.wan(campus.success(campus.GRANT, to=campus.CLIENT))
    campus.wait(1.0)

    after = campus.restart()
    after.wait(30.0)

    assert [frame[6:12] for frame in after.server_got] == [campus.CLIENT]


def test_a_session_logged_in_with_another_mode_of_addresses_is_not_gone_on_with(
    campus: Campus,
) -> None:
    campus.go_online()

    after = campus.restart(settings=SessionSettings(mac=MacMode.KEEP))

    assert after.state() is State.WAITING


def test_a_program_restarted_without_a_link_goes_on_when_it_comes_in_time(campus: Campus) -> None:
    campus.go_online()

    after = campus.restart(link_up=False)
    assert after.state() is State.LINK_DOWN
    after.wait(5.0)
    after.link(up=True)
    after.wait(30.0)

    assert after.of(LinkBack) == [LinkBack(session_goes_on=True)]
    assert after.numbers == [FIRST_NUMBER + 1]


def test_a_program_restarted_without_a_link_gives_up_when_it_comes_too_late(
    campus: Campus,
) -> None:
    campus.go_online()

    after = campus.restart(link_up=False)
    after.wait(60.0)
    after.link(up=True)

    assert after.state() is State.WAITING
    assert after.kept is None


def test_a_program_killed_before_the_takeover_goes_on_by_the_grant(campus: Campus) -> None:
    campus.log_in(campus.success(campus.GRANT))

    after = campus.restart(after=2.0)
    after.wait(0.0)

    assert [heartbeat for _, heartbeat in after.heartbeats] == [Heartbeat(campus.KEY, FIRST_NUMBER)]


def test_a_program_killed_after_one_heartbeat_of_the_client_goes_on_from_it(
    campus: Campus,
) -> None:
    campus.log_in(campus.success())
    campus.wait(100.0)
    campus.lan(campus.heartbeat(campus.KEY, 7))

    after = campus.restart(after=5.0)
    after.wait(30.0)

    assert [heartbeat for _, heartbeat in after.heartbeats] == [Heartbeat(campus.KEY, 8)]


def test_a_program_killed_with_nothing_learned_still_listens_to_the_client(campus: Campus) -> None:
    campus.log_in(campus.success())
    campus.wan(campus.identity_request(5))

    after = campus.restart(after=5.0)
    assert after.listening
    after.lan(after.heartbeat(after.KEY, 7))
    after.wait(28.0)

    assert after.numbers == [7, 8]


def test_a_restarted_program_tells_a_drop_to_the_client_by_the_whole_lan(campus: Campus) -> None:
    campus.go_online()

    after = campus.restart()
    after.wan(after.failure("您已被强制下线"))

    assert after.ports == [""]  # nobody has seen the client yet
    assert after.client_got == [after.failure("您已被强制下线", to=campus.CLIENT)]
    assert after.state() is State.WAITING


def test_a_restarted_program_learns_the_clients_port_from_a_start_that_it_ignores(
    campus: Campus,
) -> None:
    campus.go_online()
    after = campus.restart()

    after.lan(after.start(), port="lan4")
    after.wan(after.challenge(9))

    assert after.of(StartIgnored) == [StartIgnored(campus.CLIENT)]
    assert after.ports == ["lan4"]


def test_a_restarted_program_listens_for_a_logoff_that_is_to_be_forwarded(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(SessionSettings(client_logoff=ClientLogoff.FORWARD))
    campus.go_online()

    assert campus.restart().listening
    assert not campus.restart(settings=SessionSettings()).listening


def test_a_session_kept_by_a_machine_that_was_started_anew_is_too_old(campus: Campus) -> None:
    campus.go_online()
    assert campus.kept is not None
    campus.kept = replace(
        campus.kept, since=campus.now + 9000.0, last_heartbeat=campus.now + 9900.0
    )

    assert campus.restart().state() is State.WAITING


def test_what_is_kept_is_forgotten_with_the_session(campus: Campus) -> None:
    campus.go_online()
    assert campus.kept is not None

    campus.wan(campus.failure())

    assert campus.kept is None


def test_a_grant_of_a_long_interval_gives_a_restart_more_time(campus: Campus) -> None:
    campus.go_online(Grant(campus.KEY, 300))

    after = campus.restart(after=290.0)
    after.wait(0.0)

    assert after.numbers == [FIRST_NUMBER + 1]
