"""The control socket: commands, and everything else that may come in by it."""

from __future__ import annotations

import _socket
import json
import os
import resource
import socket
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ruijie_proxy.runtime.basis.event_loop import EventLoop
from ruijie_proxy.runtime.control import server as control_server
from ruijie_proxy.runtime.control.client import NoDaemon, request
from ruijie_proxy.runtime.control.protocol import LONGEST_REQUEST, ControlError
from ruijie_proxy.runtime.control.server import (
    CALLERS_AT_ONCE,
    ControlServer,
    ControlSocketTaken,
    ControlSocketUnusable,
)
from tests.runtime.turner import GIVE_UP, Turner, connect, received

STATUS = b'{"version": 1, "command": "status"}\n'


def answer_status(asked: dict[str, Any]) -> dict[str, Any]:
    return {"sessions": [{"name": asked.get("session", "dorm"), "message": "您好"}]}


def refuse(asked: dict[str, Any]) -> None:
    raise ControlError("no-session", "there is no such session")


def answer_a_lot(asked: dict[str, Any]) -> str:
    return "x" * 10_000_000


HANDLERS = {"status": answer_status, "logout": refuse, "much": answer_a_lot}


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "run" / "control.sock")


@pytest.fixture
def loop() -> Iterator[EventLoop]:
    loop = EventLoop()
    yield loop
    loop.close()


@pytest.fixture
def server(loop: EventLoop, path: str) -> Iterator[ControlServer]:
    server = ControlServer(loop, path, HANDLERS)
    yield server
    server.close()


@pytest.fixture
def turner(loop: EventLoop) -> Turner:
    return Turner(loop)


def say(turner: Turner, path: str, words: bytes) -> Any:
    """Connect, send this, and return the answer, read from JSON."""
    with connect(path) as caller:
        caller.send(words)
        answer: list[bytes] = []

        def has_answered() -> bool:
            data = received(caller)
            if data is not None:
                answer.append(data)
            return data is not None

        turner.until(has_answered)
        return json.loads(b"".join(answer))


@pytest.mark.usefixtures("server")
def test_a_command_gets_its_answer(turner: Turner, path: str) -> None:
    result = turner.during(lambda: request(path, "status", GIVE_UP, session="lab"))
    assert result == {"sessions": [{"name": "lab", "message": "您好"}]}


@pytest.mark.usefixtures("server")
def test_the_answer_is_one_line_of_json(turner: Turner, path: str) -> None:
    assert say(turner, path, STATUS) == {
        "version": 1,
        "ok": True,
        "result": {"sessions": [{"name": "dorm", "message": "您好"}]},
    }


@pytest.mark.usefixtures("server")
def test_a_command_that_cannot_be_carried_out_says_why(turner: Turner, path: str) -> None:
    with pytest.raises(ControlError, match="there is no such session") as raised:
        turner.during(lambda: request(path, "logout", GIVE_UP))
    assert raised.value.kind == "no-session"


@pytest.mark.usefixtures("server")
def test_an_unknown_command_is_told_the_known_ones(turner: Turner, path: str) -> None:
    with pytest.raises(ControlError, match="status, logout, much") as raised:
        turner.during(lambda: request(path, "reboot", GIVE_UP))
    assert raised.value.kind == "unknown-command"


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (b"\n", "bad-request"),
        (b"status\n", "bad-request"),
        (b'"status"\n', "bad-request"),
        (b"\xff\xfe\x00\n", "bad-request"),
        (b"[" * 4000 + b"\n", "bad-request"),
        (b'{"command": "status"}\n', "version"),
        (b'{"version": 2, "command": "status"}\n', "version"),
        (b'{"version": 1}\n', "unknown-command"),
        (b'{"version": 1, "command": ["status"]}\n', "unknown-command"),
        (b"x" * LONGEST_REQUEST, "bad-request"),
        (b"x" * 100_000, "bad-request"),
    ],
)
def test_garbage_is_answered_and_harms_nobody(
    turner: Turner, path: str, words: bytes, kind: str
) -> None:
    answer = say(turner, path, words)
    assert answer["ok"] is False
    assert answer["error"]["kind"] == kind
    assert say(turner, path, STATUS)["ok"] is True


@pytest.mark.usefixtures("server")
def test_a_request_may_come_in_pieces(turner: Turner, path: str) -> None:
    with connect(path) as caller:
        for byte in STATUS[:-1]:
            caller.send(bytes((byte,)))
            turner.turn(0.001)
        assert received(caller) is None
        caller.send(b"\n")
        turner.turn(0.05)
        assert (received(caller) or b"").endswith(b"\n")


@pytest.mark.usefixtures("server")
def test_one_connection_has_one_request(turner: Turner, path: str) -> None:
    with connect(path) as caller:
        caller.send(STATUS * 100)
        turner.turn(0.05)
        answers = received(caller)
        assert answers is not None
        assert answers.count(b"\n") == 1


def test_a_caller_that_says_nothing_is_sent_away(
    turner: Turner, server: ControlServer, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control_server, "PATIENCE", 0.2)
    with connect(path) as silent, connect(path) as slow:
        for _ in range(40):
            # Bytes of a request that never ends win no time.
            if received(slow) is None:
                slow.send(b" ")
            turner.turn(0.01)
        assert received(silent) == b""
        assert received(slow) == b""


@pytest.mark.usefixtures("server")
def test_more_callers_than_fit_are_told_so_and_have_their_turn_later(
    turner: Turner, path: str
) -> None:
    silent = []
    for _ in range(CALLERS_AT_ONCE):
        silent.append(connect(path))
        turner.turn(0.005)
    with pytest.raises(ControlError, match="try again") as raised:
        turner.during(lambda: request(path, "status", GIVE_UP))
    assert raised.value.kind == "busy"
    for caller in silent:
        caller.close()
    turner.turn(0.05)
    assert turner.during(lambda: request(path, "status", GIVE_UP))


@pytest.mark.usefixtures("server")
def test_a_flood_of_callers_leaves_nothing_behind(turner: Turner, path: str) -> None:
    turner.turn(0.01)
    before = set(os.listdir("/proc/self/fd"))
    for number in range(300):
        with connect(path) as caller:
            if number % 3 == 0:
                caller.send(STATUS)
            if number % 3 == 1:
                caller.send(b"x" * number)
        turner.turn(0.001)
    turner.turn(0.05)
    assert set(os.listdir("/proc/self/fd")) == before
    assert say(turner, path, STATUS)["ok"] is True


@pytest.mark.usefixtures("server")
def test_a_caller_that_reads_nothing_keeps_nobody_waiting(turner: Turner, path: str) -> None:
    with connect(path) as deaf:
        deaf.send(b'{"version": 1, "command": "much"}\n')
        turner.turn(0.2)
        assert say(turner, path, STATUS)["ok"] is True
        cut = received(deaf)
        assert cut is not None
        assert len(cut) < 10_000_000


@pytest.mark.parametrize("size", [10, 60_000, 70_000, 300_000, 900_000])
def test_a_large_status_arrives_whole(
    loop: EventLoop, turner: Turner, path: str, size: int
) -> None:
    """Nine hundred kilobytes: a thousand sessions."""
    server = ControlServer(loop, path, {"status": lambda _: "x" * size})
    assert turner.during(lambda: request(path, "status", GIVE_UP)) == "x" * size
    server.close()


def test_it_does_so_without_the_right_to_larger_buffers_as_far_as_the_system_lets_it(
    loop: EventLoop, turner: Turner, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[int] = []

    class WithoutTheRight(_socket.socket):
        def setsockopt(self, level: int, option: int, value: Any, *rest: Any) -> None:
            if option == control_server.SO_SNDBUFFORCE:
                refused.append(option)
                raise PermissionError
            super().setsockopt(level, option, value, *rest)

    monkeypatch.setattr(_socket, "socket", WithoutTheRight)
    server = ControlServer(loop, path, {"status": lambda _: "x" * 150_000})
    assert len(turner.during(lambda: request(path, "status", GIVE_UP))) == 150_000
    assert refused
    server.close()


@pytest.mark.usefixtures("server")
def test_an_answer_that_is_cut_is_an_error_to_the_command(turner: Turner, path: str) -> None:
    with pytest.raises(ControlError, match="without an answer") as raised:
        turner.during(lambda: request(path, "much", GIVE_UP))
    assert raised.value.kind == "no-answer"


def test_without_descriptors_it_waits_and_recovers(
    turner: Turner, loop: EventLoop, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts: list[None] = []

    class Counted(_socket.socket):
        def _accept(self) -> tuple[int, Any]:
            attempts.append(None)
            return super()._accept()  # type: ignore[misc, no-any-return]

    monkeypatch.setattr(_socket, "socket", Counted)
    monkeypatch.setattr(control_server, "_PAUSE", 0.1)
    server = ControlServer(loop, path, HANDLERS)
    assert say(turner, path, STATUS)["ok"] is True  # what is loaded with a command, is
    caller = connect(path)
    caller.send(STATUS)
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (caller.fileno() + 1, limits[1]))
    attempts.clear()
    try:
        turner.turn(0.25)
        assert received(caller) is None
        assert 1 <= len(attempts) <= 3, "the loop span"
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    turner.until(lambda: received(caller) is not None)
    caller.close()
    server.close()


def test_a_bug_in_a_command_is_nobodys_secret(turner: Turner, loop: EventLoop, path: str) -> None:
    def stumble(asked: dict[str, Any]) -> None:
        raise ZeroDivisionError

    server = ControlServer(loop, path, {"stumble": stumble})
    with connect(path) as caller:
        caller.send(b'{"version": 1, "command": "stumble"}\n')
        with pytest.raises(ZeroDivisionError):
            turner.until(lambda: False)
    server.close()


# The file.


@pytest.mark.usefixtures("server")
def test_the_socket_is_for_its_owner_and_group(path: str) -> None:
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o660
    assert stat.S_IMODE(os.stat(os.path.dirname(path)).st_mode) == 0o755


def test_the_socket_never_is_for_others_meanwhile(
    loop: EventLoop, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes: list[int] = []
    change_mode = os.chmod

    def look_first(name: str, mode: int) -> None:
        modes.append(stat.S_IMODE(os.stat(name).st_mode))
        change_mode(name, mode)

    monkeypatch.setattr(os, "chmod", look_first)
    mask = os.umask(0)
    try:
        ControlServer(loop, path, {}).close()
    finally:
        os.umask(mask)
    assert modes == [0o600]


def test_a_socket_that_a_killed_daemon_left_is_replaced(
    loop: EventLoop, turner: Turner, path: str
) -> None:
    os.mkdir(os.path.dirname(path))
    left = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    left.bind(path)
    left.close()
    server = ControlServer(loop, path, HANDLERS)
    assert say(turner, path, STATUS)["ok"] is True
    server.close()


@pytest.mark.usefixtures("server")
def test_a_socket_that_answers_is_not_taken_away(
    loop: EventLoop, turner: Turner, path: str
) -> None:
    with pytest.raises(ControlSocketTaken, match=path):
        ControlServer(loop, path, {})
    assert say(turner, path, STATUS)["ok"] is True


def test_a_socket_whose_queue_is_full_is_not_taken_away_either(loop: EventLoop, path: str) -> None:
    os.mkdir(os.path.dirname(path))
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as busy:
        busy.bind(path)
        busy.listen(0)
        with connect(path), pytest.raises(ControlSocketTaken):
            ControlServer(loop, path, {})


def test_a_file_that_is_no_socket_is_left_alone(loop: EventLoop, path: str) -> None:
    os.mkdir(os.path.dirname(path))
    Path(path).write_text("precious")
    with pytest.raises(ControlSocketUnusable, match="something else of this name"):
        ControlServer(loop, path, {})
    assert Path(path).read_text() == "precious"


def test_a_path_that_is_too_long_is_said(loop: EventLoop, tmp_path: Path) -> None:
    with pytest.raises(ControlSocketUnusable, match="too long"):
        ControlServer(loop, str(tmp_path / ("x" * 120)), {})


def test_close_removes_the_socket(loop: EventLoop, path: str) -> None:
    server = ControlServer(loop, path, {})
    caller = connect(path)
    server.close()
    assert not os.path.exists(path)
    assert received(caller) == b""
    caller.close()


def test_close_leaves_the_socket_of_a_successor(loop: EventLoop, path: str) -> None:
    old = ControlServer(loop, path, {})
    os.unlink(path)
    new = ControlServer(loop, path, {})
    old.close()
    assert os.path.exists(path)
    new.close()


# The command's end.


def test_without_a_daemon_the_command_says_so(tmp_path: Path) -> None:
    with pytest.raises(NoDaemon, match="ruijie-proxy run"):
        request(str(tmp_path / "control.sock"), "status", GIVE_UP)
    left = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    left.bind(str(tmp_path / "control.sock"))
    left.close()
    with pytest.raises(NoDaemon):
        request(str(tmp_path / "control.sock"), "status", GIVE_UP)


@pytest.fixture
def impostor(path: str) -> Iterator[Callable[[bytes | None], None]]:
    """Something else on the socket, which answers what a test tells it to; None: nothing."""
    os.mkdir(os.path.dirname(path))
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(path)
    listening.listen()
    threads: list[threading.Thread] = []
    ended = threading.Event()

    def serve(answer: bytes | None) -> None:
        def run() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(LONGEST_REQUEST)
                if answer is None:
                    ended.wait(GIVE_UP)
                else:
                    connection.sendall(answer)

        threads.append(threading.Thread(target=run))
        threads[-1].start()

    yield serve
    ended.set()
    for thread in threads:
        thread.join()
    listening.close()


def test_a_daemon_that_hangs_is_given_up_in_time(
    impostor: Callable[[bytes | None], None], path: str
) -> None:
    impostor(None)
    with pytest.raises(ControlError, match=r"not answered within 0\.2 seconds"):
        request(path, "status", 0.2)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"", "no-answer"),
        (b'{"version": 1, "ok": true, "res', "no-answer"),
        (b"SSH-2.0\r\n", "bad-request"),
        (b'{"version": 1}\n', "no-answer"),
        (b'{"version": 1, "ok": false, "error": "no"}\n', "no-answer"),
        (b'{"version": 9, "ok": true}\n', "version"),
        (b'{"version": 1, "ok": false, "error": {}}\n', "None"),
    ],
)
def test_what_is_no_daemons_answer_is_an_error(
    impostor: Callable[[bytes | None], None], path: str, answer: bytes, kind: str
) -> None:
    impostor(answer)
    with pytest.raises(ControlError) as raised:
        request(path, "status", GIVE_UP)
    assert raised.value.kind == kind
