"""Those who stay at the control socket and are told of what happens."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ruijie_proxy.engine import events
from ruijie_proxy.runtime.basis.event_loop import EventLoop
from ruijie_proxy.runtime.control.client import ControlError, follow, request
from ruijie_proxy.runtime.control.server import (
    CALLERS_AT_ONCE,
    FOLLOWERS_AT_ONCE,
    ControlServer,
    Following,
)
from ruijie_proxy.runtime.telling.event_stream import EventStream
from tests.runtime.turner import GIVE_UP, Turner, connect, received

FOLLOW = b'{"version": 1, "command": "events"}\n'
DROPPED = events.Dropped("您已被强制下线")


class Harness:
    """A server, and the stream that feeds it."""

    def __init__(self, loop: EventLoop, path: str) -> None:
        self.path = path
        self.turner = Turner(loop)
        self.stream = EventStream()
        handlers = {
            "events": lambda asked: Following(asked.get("session")),
            "status": lambda _: "the status",
        }
        self.server = ControlServer(loop, path, handlers)
        self.stream.subscribe(self.server.publish)

    def follower(self, request: bytes = FOLLOW) -> socket.socket:
        """Connect one that follows; its answer has been read."""
        caller = connect(self.path)
        caller.send(request)
        answer = json.loads(self.hear(caller))
        assert answer == {"version": 1, "ok": True, "result": None}
        return caller

    def hear(self, caller: socket.socket) -> bytes:
        """Return what comes next."""
        heard: list[bytes | None] = [None]

        def has_come() -> bool:
            heard[0] = received(caller)
            return heard[0] is not None

        self.turner.until(has_come)
        return heard[0] or b""


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[Harness]:
    loop = EventLoop()
    harness = Harness(loop, str(tmp_path / "control.sock"))
    yield harness
    harness.server.close()
    loop.close()


def test_a_follower_is_told_what_happens(harness: Harness) -> None:
    with harness.follower() as caller:
        harness.stream.publish("dorm", DROPPED)
        harness.stream.publish("attic", events.LinkLost())

        first, second = (json.loads(line) for line in harness.hear(caller).splitlines())
        assert (first["version"], first["session"], first["event"]) == (1, "dorm", "dropped")
        assert first["detail"] == {"message": "您已被强制下线"}
        assert (second["session"], second["event"]) == ("attic", "link-lost")


def test_one_session_alone_can_be_followed(harness: Harness) -> None:
    request = b'{"version": 1, "command": "events", "session": "attic"}\n'
    with harness.follower(request) as caller:
        harness.stream.publish("dorm", DROPPED)
        harness.stream.publish("attic", DROPPED)
        (line,) = harness.hear(caller).splitlines()
        assert json.loads(line)["session"] == "attic"


def test_following_has_no_end_in_time(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ruijie_proxy.runtime.control.server.PATIENCE", 0.1)
    with harness.follower() as caller:
        harness.turner.turn(0.3)
        harness.stream.publish("dorm", DROPPED)
        assert b"dropped" in harness.hear(caller)


def test_one_that_does_not_read_is_sent_away_and_costs_the_others_nothing(
    harness: Harness,
) -> None:
    with harness.follower() as deaf, harness.follower() as attentive:
        for number in range(5000):
            harness.stream.publish("dorm", events.HeartbeatSent(number))
            if number % 50 == 0:
                assert received(attentive)
        harness.turner.turn(0.05)

        heard = received(deaf)
        assert heard is not None
        assert heard.count(b"heartbeat-sent") < 5000
        assert deaf.recv(1) == b"", "it was sent away"
        harness.stream.publish("dorm", DROPPED)
        assert b"dropped" in harness.hear(attentive)


def test_what_a_follower_says_is_of_no_interest(harness: Harness) -> None:
    with harness.follower() as caller:
        for _ in range(100):
            caller.send(b"\xff" * 4096)
            harness.turner.turn(0.001)
        harness.stream.publish("dorm", DROPPED)
        assert b"dropped" in harness.hear(caller)


def test_there_are_so_many_and_no_more_and_commands_have_their_places_beside(
    harness: Harness,
) -> None:
    followers = [harness.follower() for _ in range(FOLLOWERS_AT_ONCE)]
    with connect(harness.path) as one_more:
        one_more.send(FOLLOW)
        assert json.loads(harness.hear(one_more))["error"]["kind"] == "busy"
    silent = []
    for _ in range(CALLERS_AT_ONCE - 1):
        silent.append(connect(harness.path))
        harness.turner.turn(0.005)
    assert harness.turner.during(lambda: request(harness.path, "status", GIVE_UP)) == "the status"

    followers.pop().close()
    harness.turner.turn(0.05)
    followers.append(harness.follower())
    for caller in (*followers, *silent):
        caller.close()


def test_followers_that_come_and_go_leave_nothing_behind(harness: Harness) -> None:
    with harness.follower():
        pass
    harness.turner.turn(0.02)
    before = set(os.listdir("/proc/self/fd"))
    for number in range(50):
        with harness.follower():
            harness.stream.publish("dorm", events.HeartbeatSent(number))
        if number % 2:
            harness.turner.turn(0.002)
        harness.stream.publish("dorm", DROPPED)  # to one that has gone
    harness.turner.turn(0.05)
    assert set(os.listdir("/proc/self/fd")) == before


def test_a_follower_that_vanishes_within_the_telling_is_no_fault(harness: Harness) -> None:
    callers = [harness.follower() for _ in range(3)]
    for caller in callers:
        caller.close()
    harness.stream.publish("dorm", DROPPED)
    harness.stream.publish("dorm", DROPPED)


# The command's end.


class Follower(threading.Thread):
    """The command, in a thread of its own."""

    def __init__(self, path: str) -> None:
        super().__init__(daemon=True)
        self.heard: list[dict[str, Any]] = []
        self.error: Exception | None = None
        self._path = path

    def run(self) -> None:
        try:
            for event in follow(self._path, GIVE_UP, None):
                self.heard.append(event)
        except Exception as error:
            self.error = error


def test_the_command_hears_until_the_daemon_ends(harness: Harness) -> None:
    follower = Follower(harness.path)
    follower.start()
    harness.turner.until(lambda: harness.server._followers == 1)
    harness.stream.publish("dorm", DROPPED)
    harness.turner.until(lambda: bool(follower.heard))
    harness.server.close()
    follower.join(GIVE_UP)
    assert [event["event"] for event in follower.heard] == ["dropped"]
    assert follower.error is None


def test_a_command_that_is_turned_away_says_why(harness: Harness) -> None:
    followers = [harness.follower() for _ in range(FOLLOWERS_AT_ONCE)]
    follower = Follower(harness.path)
    follower.start()
    harness.turner.until(lambda: not follower.is_alive())
    assert isinstance(follower.error, ControlError)
    assert follower.error.kind == "busy"
    for caller in followers:
        caller.close()


def test_a_line_that_was_cut_off_is_an_error_to_the_command(tmp_path: Path) -> None:
    path = str(tmp_path / "control.sock")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen()
        follower = Follower(path)
        follower.start()
        connection, _ = listening.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(b'{"version": 1, "ok": true, "result": null}\n{"version": 1, "se')
        follower.join(GIVE_UP)
    assert isinstance(follower.error, ControlError)
    assert follower.error.kind == "too-slow"
