"""While a session is held, a Start has a meaning only where it is like the client's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from ruijie_proxy.engine.auto.auto_session import AutoSession
from ruijie_proxy.engine.events import LoginStarted, StartIgnored
from ruijie_proxy.engine.reasons import Hurdle
from ruijie_proxy.engine.settings import Dialect, MacMode, SessionSettings
from ruijie_proxy.engine.states import State
from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS
from ruijie_proxy.values import replace
from tests.engine.conftest import CLIENT, GRANT, Frames
from tests.engine.own_session import LOGIN, OwnCampus, relayed

if TYPE_CHECKING:
    from tests.engine.conftest import Campus

ANY = SessionSettings(any_client=True)
OTHER = Frames.OTHER_CLIENT
NAMED = SessionSettings(clients=(CLIENT, OTHER))
STRANGER = bytes.fromhex("02000000bad1")


def bare_start(source: bytes) -> bytes:
    """A Start as any operating system sends one, in a frame of the smallest size."""
    start = EapolFrame.build(PAE_GROUP_ADDRESS, source, EapolType.START).encode()
    return start.ljust(60, b"\0")


def insist(campus: Campus | OwnCampus, start: bytes) -> None:
    """Let somebody start again and again, as patiently as a client."""
    for _ in range(6):
        campus.wait(5.0)
        campus.lan(start)


def log_in_plainly(campus: Campus) -> None:
    """Let the client log in without any private block."""
    for put_in, frame in (
        (campus.lan, bare_start(CLIENT)),
        (campus.wan, campus.identity_request()),
        (campus.lan, campus.response(campus.identity, trailer=b"")),
        (campus.wan, campus.challenge()),
        (campus.lan, campus.response(campus.md5, trailer=b"")),
        (campus.wan, campus.success()),
    ):
        put_in(frame)
    campus.wait(1.0)
    assert campus.state() is State.ONLINE
    campus.forget_frames()


def assert_untouched(campus: Campus) -> None:
    """Nothing but heartbeats went out, and the session is held as before."""
    beats = [beat.encode(campus.SERVER, campus.WAN) for _, beat in campus.heartbeats]
    assert campus.server_got == beats
    assert campus.of(LoginStarted) == []
    assert campus.state() is State.ONLINE
    assert not campus.session.status.doubtful


@pytest.mark.parametrize("settings", [SessionSettings(), ANY, NAMED])
@pytest.mark.parametrize("source", [STRANGER, OTHER, CLIENT])
def test_bare_starts_of_anybody_leave_a_session_with_private_blocks_alone(
    make_campus: Callable[..., Campus], settings: SessionSettings, source: bytes
) -> None:
    campus = make_campus(settings)
    campus.go_online()

    insist(campus, bare_start(source))

    assert_untouched(campus)


def test_the_same_holds_after_a_restart_of_the_program(make_campus: Callable[..., Campus]) -> None:
    campus = make_campus(ANY)
    campus.go_online()
    after = campus.restart()

    insist(after, bare_start(STRANGER))

    assert_untouched(after)


def test_the_genuine_clients_own_login_goes_out_also_after_a_restart(campus: Campus) -> None:
    campus.go_online()
    after = campus.restart()

    insist(after, after.start())

    assert after.state() is State.LOGGING_IN_AGAIN


def test_nor_is_a_file_of_an_earlier_version_in_its_way(campus: Campus) -> None:
    campus.go_online()
    assert campus.kept is not None
    campus.kept = replace(campus.kept, private=None)
    after = campus.restart()

    insist(after, bare_start(CLIENT))
    assert_untouched(after)
    insist(after, after.start())

    assert after.state() is State.LOGGING_IN_AGAIN


def test_without_a_setting_another_clients_start_stays_here_though_it_is_genuine(
    campus: Campus,
) -> None:
    campus.go_online()

    insist(campus, campus.start(OTHER))

    assert_untouched(campus)
    assert campus.of(StartIgnored) == [StartIgnored(OTHER, Hurdle.OTHER_CLIENT, CLIENT)]


def test_another_client_has_its_turn_once_the_user_has_logged_off(campus: Campus) -> None:
    campus.go_online()
    campus.session.log_off(campus.now)
    campus.carry()

    campus.log_in(campus.success(GRANT), OTHER)

    assert campus.session.status.client == OTHER


@pytest.mark.parametrize("settings", [ANY, NAMED])
def test_where_it_may_a_genuine_client_that_insists_logs_in_anew(
    make_campus: Callable[..., Campus], settings: SessionSettings
) -> None:
    campus = make_campus(settings)
    campus.go_online()

    insist(campus, campus.start(OTHER))

    assert campus.state() is State.LOGGING_IN_AGAIN
    assert campus.session.status.client == OTHER


@pytest.mark.parametrize(
    ("settings", "source", "may"),
    [
        (SessionSettings(), CLIENT, True),
        (SessionSettings(), STRANGER, False),
        (ANY, CLIENT, True),
        (ANY, STRANGER, False),
        (NAMED, OTHER, True),
    ],
)
def test_of_plain_clients_the_one_that_has_logged_in_may_and_who_is_named(
    make_campus: Callable[..., Campus], settings: SessionSettings, source: bytes, may: bool
) -> None:
    campus = make_campus(settings)
    log_in_plainly(campus)

    insist(campus, bare_start(source))

    assert (campus.state() is State.LOGGING_IN_AGAIN) is may


def test_a_bare_start_with_the_clients_address_is_no_part_of_its_new_login(campus: Campus) -> None:
    campus.go_online()
    insist(campus, campus.start())
    campus.forget_frames()

    campus.lan(bare_start(CLIENT))

    assert campus.server_got == []


def test_a_stranger_that_insists_is_told_of_once(make_campus: Callable[..., Campus]) -> None:
    campus = make_campus(ANY)
    campus.go_online()

    for _ in range(20):
        insist(campus, bare_start(STRANGER))

    assert campus.of(StartIgnored) == [StartIgnored(STRANGER, Hurdle.OTHER_KIND)]


# The mode auto.


@pytest.mark.parametrize("source", [STRANGER, CLIENT])
@pytest.mark.parametrize("any_client", [False, True])
@pytest.mark.parametrize("dialect", [Dialect.RUIJIE, Dialect.PLAIN])
def test_bare_starts_leave_the_routers_own_session_alone(
    dialect: Dialect, any_client: bool, source: bytes
) -> None:
    login = replace(LOGIN, dialect=dialect)
    settings = SessionSettings(login=login, any_client=any_client)
    campus = OwnCampus(login, auto=True, settings=settings)
    campus.begin()
    campus.log_in(Frames.success(GRANT))

    insist(campus, bare_start(source))

    assert campus.of(LoginStarted) == []
    assert campus.state() is State.ONLINE


@pytest.mark.parametrize("clients", [(), (CLIENT,)])
def test_a_genuine_client_that_insists_takes_the_place_of_the_router_itself(
    clients: tuple[bytes, ...],
) -> None:
    """Nobody is the first client yet, or it is named."""
    settings = SessionSettings(login=LOGIN, clients=clients)
    campus = OwnCampus(auto=True, settings=settings)
    campus.begin()
    campus.log_in(Frames.success(GRANT))

    insist(campus, Frames.start())

    assert campus.state() is State.LOGGING_IN_AGAIN


def test_bare_starts_leave_a_clients_session_alone_in_auto() -> None:
    campus = relayed()
    campus.events.clear()

    insist(campus, bare_start(STRANGER))
    insist(campus, bare_start(CLIENT))

    assert isinstance(campus.session, AutoSession)
    assert campus.of(LoginStarted) == []
    assert campus.state() is State.ONLINE


def test_with_mac_clone_not_even_a_doubtful_session_lets_another_client_in(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(SessionSettings(mac=MacMode.CLONE, any_client=True))
    campus.lan(campus.start())
    campus.wan(campus.success(GRANT, to=CLIENT))
    campus.wait(1.0)
    campus.link(up=False)
    campus.link(up=True)
    assert campus.session.status.doubtful

    insist(campus, campus.start(OTHER))

    assert campus.asked_addresses == [CLIENT]
    assert campus.state() is State.ONLINE
