"""What the daemon's commands make of a request; the sessions are stand-ins."""

from __future__ import annotations

from typing import Any

import pytest

from ruijie_proxy.engine.keeping.session import Anew
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.control.protocol import ControlError
from ruijie_proxy.runtime.control.server import Following
from ruijie_proxy.runtime.control_commands import ControlCommands
from ruijie_proxy.runtime.telling.event_stream import EventStream


class Runner:
    """A session that remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.anew = Anew(was_held=False, has_begun=True)

    def log_off(self) -> bool:
        self.told.append("log off")
        return True

    def log_in_anew(self) -> Anew:
        self.told.append("log in anew")
        return self.anew

    def renew(self) -> None:
        self.told.append("renew")


class Harness:
    def __init__(self) -> None:
        self.runners: dict[str, Any] = {"dorm": Runner(), "attic": Runner()}
        self.rereads = 0
        self.unwritten = [{"event": "client-waits", "repeated": 3}]
        commands = ControlCommands(
            self.runners, self._reread, lambda: self.unwritten, EventStream()
        )
        self._handlers = commands.handlers

    def ask(self, command: str, **arguments: Any) -> Any:
        return self._handlers[command]({"version": 1, "command": command, **arguments})

    def _reread(self) -> None:
        self.rereads += 1


@pytest.fixture
def harness() -> Harness:
    return Harness()


@pytest.mark.parametrize(
    ("command", "told", "result"),
    [
        ("logout", "log off", {"was_online": True}),
        (
            "relogin",
            "log in anew",
            {"was_online": False, "begun": True, "next_try": None, "seconds": 0},
        ),
        ("renew", "renew", {}),
    ],
)
def test_a_session_is_steered_and_the_others_are_not(
    harness: Harness, command: str, told: str, result: dict[str, Any]
) -> None:
    assert harness.ask(command, session="attic") == {"sessions": [{"name": "attic", **result}]}
    assert harness.runners["attic"].told == [told]
    assert harness.runners["dorm"].told == []


def test_a_login_that_has_to_wait_says_until_when(harness: Harness) -> None:
    free = clock.now() + 540.0
    harness.runners["dorm"].anew = Anew(was_held=True, has_begun=False, not_before=free)

    (answer,) = harness.ask("relogin", session="dorm")["sessions"]
    assert (answer["was_online"], answer["begun"]) == (True, False)
    assert answer["next_try"] in (clock.local_time(free), clock.local_time(free - 1))
    assert answer["seconds"] in (539, 540)


@pytest.mark.parametrize("arguments", [{}, {"session": None}])
def test_without_a_name_all_are_meant(harness: Harness, arguments: dict[str, None]) -> None:
    answer = harness.ask("renew", **arguments)
    assert [one["name"] for one in answer["sessions"]] == ["dorm", "attic"]


@pytest.mark.parametrize("command", ["logout", "relogin", "renew", "events"])
def test_an_unknown_session_is_told_the_known_ones(harness: Harness, command: str) -> None:
    with pytest.raises(ControlError, match="Sessions: dorm, attic") as raised:
        harness.ask(command, session="drom")
    assert raised.value.kind == "no-session"


@pytest.mark.parametrize("command", ["logout", "relogin", "renew", "events"])
@pytest.mark.parametrize("session", [[1], {}, 5, True, 1.5])
def test_a_session_that_is_no_text_is_a_bad_request(
    harness: Harness, command: str, session: Any
) -> None:
    with pytest.raises(ControlError) as raised:
        harness.ask(command, session=session)
    assert raised.value.kind == "bad-request"
    assert harness.runners["dorm"].told == []


def test_reload_has_the_configuration_read_again(harness: Harness) -> None:
    assert harness.ask("reload") is None
    assert harness.rereads == 1


def test_what_is_not_in_the_journal_yet_is_told(harness: Harness) -> None:
    assert harness.ask("unwritten") == {"events": harness.unwritten}


@pytest.mark.parametrize("session", [None, "attic"])
def test_events_are_followed_of_one_session_or_of_all(
    harness: Harness, session: str | None
) -> None:
    following = harness.ask("events", session=session)
    assert isinstance(following, Following)
    assert following.session == session
