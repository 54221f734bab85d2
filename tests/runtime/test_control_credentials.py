"""Who may command the daemon: the kernel's word on the caller counts, not what the file lets in."""

from __future__ import annotations

import contextlib
import grp
import json
import os
import socket
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

import pytest

from ruijie_proxy.runtime.basis.event_loop import EventLoop
from ruijie_proxy.runtime.control.server import ControlServer, NoSuchGroup
from ruijie_proxy.values import Frozen
from tests.runtime.turner import GIVE_UP, Turner

NOBODY = 65534
OTHER_GROUP = 65533
DENIED = "denied"
Ask = Callable[..., dict[str, Any]]

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="becomes other users")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "run"


@pytest.fixture
def loop() -> Iterator[EventLoop]:
    loop = EventLoop()
    yield loop
    loop.close()


@pytest.fixture
def serve(loop: EventLoop, folder: Path) -> Iterator[Callable[[str | None], ControlServer]]:
    servers = []

    def serve(group: str | None) -> ControlServer:
        handlers = {"status": lambda _: "the status"}
        servers.append(ControlServer(loop, str(folder / "control.sock"), handlers, group))
        return servers[-1]

    yield serve
    for server in servers:
        server.close()


class Heard(Frozen):
    """What another user was answered."""

    answer: dict[str, Any] | None
    """None: the kernel let it not even connect."""


def ask_as(turner: Turner, folder: Path, user: int, group: int, others: Sequence[int]) -> Heard:
    """Ask in a child that has become another user, in the socket's directory: neither the way there
    nor the interpreter need be open to that user.
    """
    reading_end, writing_end = os.pipe()
    child = os.fork()
    if child == 0:
        _ask_and_end(folder, writing_end, user, group, others)
    os.close(writing_end)
    turner.until(lambda: os.waitpid(child, os.WNOHANG) != (0, 0))
    with os.fdopen(reading_end) as pipe:
        heard = pipe.read()
    if heard == DENIED:
        return Heard(None)
    return Heard(json.loads(heard))


def _ask_and_end(
    folder: Path, writing_end: int, user: int, group: int, others: Sequence[int]
) -> NoReturn:
    try:
        os.chdir(folder)
        os.setgroups(others)
        os.setresgid(group, group, group)
        os.setresuid(user, user, user)
        with socket.socket(socket.AF_UNIX) as caller:
            caller.settimeout(GIVE_UP)
            caller.connect("control.sock")
            # One that is turned away may be so before it has asked.
            with contextlib.suppress(BrokenPipeError):
                caller.sendall(b'{"version": 1, "command": "status"}\n')
            os.write(writing_end, caller.recv(65536))
    except PermissionError:
        os.write(writing_end, DENIED.encode())
    finally:
        os._exit(0)


@pytest.fixture
def ask(loop: EventLoop, folder: Path) -> Ask:
    """Let another user ask, although the file is open to everybody, as after a careless chmod."""

    def ask(user: int, group: int, others: Sequence[int] = ()) -> dict[str, Any]:
        os.chmod(folder / "control.sock", 0o666)
        answer = ask_as(Turner(loop), folder, user, group, others).answer
        assert answer is not None
        return answer

    return ask


Serve = Callable[[str | None], ControlServer]


@needs_root
def test_the_file_alone_keeps_others_out(loop: EventLoop, folder: Path, serve: Serve) -> None:
    serve(None)
    assert ask_as(Turner(loop), folder, NOBODY, NOBODY, ()).answer is None


@needs_root
def test_another_user_is_turned_away_even_where_the_file_lets_him_in(
    serve: Serve, ask: Ask
) -> None:
    serve(None)
    answer = ask(NOBODY, NOBODY)
    assert answer["ok"] is False
    assert answer["error"]["kind"] == "forbidden"


@needs_root
def test_the_daemons_user_may_whatever_the_group(serve: Serve, ask: Ask) -> None:
    serve("daemon")
    assert ask(os.geteuid(), NOBODY)["ok"] is True


@needs_root
def test_the_daemons_own_group_may_where_no_other_is_named(serve: Serve, ask: Ask) -> None:
    serve(None)
    assert ask(NOBODY, os.getegid())["ok"] is True
    assert ask(NOBODY, NOBODY, [os.getegid()])["ok"] is True


@needs_root
def test_a_group_by_name_has_the_file_and_the_daemons_ear(
    folder: Path, serve: Serve, ask: Ask
) -> None:
    number = grp.getgrnam("daemon").gr_gid
    serve("daemon")
    status = os.stat(folder / "control.sock")
    assert (status.st_gid, stat.S_IMODE(status.st_mode)) == (number, 0o660)

    assert ask(NOBODY, number)["ok"] is True
    assert ask(NOBODY, NOBODY, [OTHER_GROUP, number])["ok"] is True
    assert ask(NOBODY, NOBODY, [OTHER_GROUP])["error"]["kind"] == "forbidden"
    assert ask(NOBODY, os.getegid())["error"]["kind"] == "forbidden", "it is another group's now"


@needs_root
def test_who_has_more_groups_than_are_looked_at_is_not_let_in_by_them(
    serve: Serve, ask: Ask
) -> None:
    serve("daemon")
    many = [grp.getgrnam("daemon").gr_gid, *range(100_000, 101_100)]
    assert ask(NOBODY, NOBODY, many)["error"]["kind"] == "forbidden"


@needs_root
def test_one_that_was_turned_away_leaves_nothing_behind(serve: Serve, ask: Ask) -> None:
    serve(None)
    ask(NOBODY, NOBODY)
    before = set(os.listdir("/proc/self/fd"))
    for _ in range(3):
        ask(NOBODY, NOBODY)
    assert set(os.listdir("/proc/self/fd")) == before


def test_a_group_that_does_not_exist_is_said(loop: EventLoop, folder: Path) -> None:
    with pytest.raises(NoSuchGroup, match=r"no group campus-users .*control_group"):
        ControlServer(loop, str(folder / "control.sock"), {}, "campus-users")
    assert not folder.exists()
