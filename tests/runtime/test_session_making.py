"""Which kind of session a configuration asks for, and what it is given."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ruijie_proxy.config.shape.model import Mode, SessionConfiguration
from ruijie_proxy.engine.auto.turning_session import TurningSession
from ruijie_proxy.engine.keeping.session import Session
from ruijie_proxy.engine.login.login_session import LoginSession
from ruijie_proxy.engine.login.own_login import TELLING_DELAY
from ruijie_proxy.engine.login.tries import LIMIT_SPREAD
from ruijie_proxy.engine.login_memory import LoginMemory, settings_digest
from ruijie_proxy.engine.relay.relay_session import RelaySession
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.engine.settings import LoginSettings, SessionSettings
from ruijie_proxy.engine.states import State
from ruijie_proxy.protocol.clients.client_profile import LINUX_1_31
from ruijie_proxy.runtime.basis.chance import chance
from ruijie_proxy.runtime.session_making import make_session
from ruijie_proxy.secret import Secret
from ruijie_proxy.values import replace

FACTS = RouterFacts(bytes.fromhex("0200000000e1"))
LOGIN = LoginSettings("20260001", Secret("plum-tree"))
NOW = 10_000.0


def configuration(mode: Mode, login: LoginSettings | None = LOGIN) -> SessionConfiguration:
    lan = None if mode is Mode.LOGIN else "lan2"
    return SessionConfiguration("dorm", "eth1", lan, mode, SessionSettings(login=login))


@pytest.mark.parametrize(
    ("mode", "login", "kind"),
    [
        (Mode.RELAY, None, RelaySession),
        (Mode.RELAY, LOGIN, RelaySession),
        (Mode.LOGIN, LOGIN, LoginSession),
        (Mode.AUTO, LOGIN, TurningSession),
    ],
)
def test_each_mode_has_its_kind_of_session(
    mode: Mode, login: LoginSettings | None, kind: type[Session]
) -> None:
    assert type(make_session(configuration(mode, login), FACTS, link_up=True)) is kind


@pytest.mark.parametrize("mode", Mode)
def test_a_session_begins_with_the_link_as_it_is(mode: Mode) -> None:
    down = make_session(configuration(mode), FACTS, link_up=False)
    up = make_session(configuration(mode), FACTS, link_up=True)

    assert down.state is State.LINK_DOWN
    assert up.state is (State.WAITING if mode is Mode.RELAY else State.BACKOFF)


@pytest.mark.parametrize("mode", [Mode.LOGIN, Mode.AUTO])
def test_what_was_remembered_holds_the_session_back(mode: Mode) -> None:
    memory = LoginMemory(
        tries=(NOW - 3, NOW - 2, NOW - 1),
        not_before=NOW + 5000.0,
        settings=settings_digest(LOGIN),
    )

    session = make_session(configuration(mode), FACTS, True, memory)
    session.begin(NOW)

    assert session.next_deadline == NOW + 5000.0


def test_of_what_was_remembered_with_other_settings_only_the_tries_hold() -> None:
    memory = LoginMemory(
        tries=(NOW - 3, NOW - 2, NOW - 1),
        not_before=NOW + 5000.0,
        left_to_client=True,
        settings=settings_digest(replace(LOGIN, service="another")),
    )

    session = make_session(configuration(Mode.AUTO), FACTS, True, memory)
    session.begin(NOW)

    assert session.state is State.BACKOFF
    assert session.next_deadline is not None
    assert 0 <= session.next_deadline - (NOW + 597.0) <= LIMIT_SPREAD + 2.0


def test_without_a_memory_the_first_try_is_at_once_and_notes_its_settings() -> None:
    session = make_session(configuration(Mode.LOGIN), FACTS, True)
    session.begin(NOW)

    assert isinstance(session, LoginSession)
    assert session.next_deadline == NOW
    assert session.memory == LoginMemory(settings=settings_digest(LOGIN))


def test_a_learned_client_is_the_one_that_logs_in() -> None:
    learned = replace(LINUX_1_31, name="learned")
    session = make_session(configuration(Mode.LOGIN), FACTS, True, None, learned)
    session.begin(NOW)
    session.handle_timer(NOW)
    session.handle_timer(NOW + TELLING_DELAY)

    assert any("client='learned'" in repr(action) for action in session.take_actions())


def test_chance_is_a_number_from_0_to_1_and_another_each_time() -> None:
    numbers = {chance() for _ in range(200)}

    assert all(0.0 <= number < 1.0 for number in numbers)
    assert len(numbers) > 190
    assert min(numbers) < 0.5 < max(numbers)


def test_a_relay_loads_nothing_of_the_routers_own_logins() -> None:
    program = """
import sys
from ruijie_proxy.config.shape.model import SessionConfiguration
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.runtime.session_making import make_session
make_session(SessionConfiguration("dorm", "eth1", "lan2"), RouterFacts(bytes(6)), True)
print(*(name for name in sys.modules if name.startswith("ruijie_proxy.")))
"""
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = set(ran.stdout.split())

    assert "ruijie_proxy.engine.relay.relay_session" in loaded
    assert not loaded & {
        f"ruijie_proxy.{name}"
        for name in (
            "engine.login_session",
            "engine.auto_session",
            "engine.supplicant",
            "engine.login_memory",
            "protocol.v4_check",
            "protocol.client_profile",
        )
    }
