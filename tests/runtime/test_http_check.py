"""One question by HTTP, asked in a child, of servers of our making."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.event_loop import EventLoop
from ruijie_proxy.runtime.health.http_check import HttpCheck, read_status, split_url

LONG = 60.0
"""Seconds that no test of this file takes."""
NO_CONTENT = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"


class Server:
    """Answers each caller with the same bytes, or, with None, not at all."""

    def __init__(self, answer: bytes | None) -> None:
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.requests: list[bytes] = []
        self._callers: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            self._callers.append(caller)
            self.requests.append(caller.recv(4096))
            if self._answer is not None:
                with contextlib.suppress(OSError):
                    caller.sendall(self._answer)
                caller.close()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        for caller in self._callers:
            caller.close()


@pytest.fixture
def loop() -> Iterator[EventLoop]:
    loop = EventLoop()
    yield loop
    loop.close()


@pytest.fixture
def serve() -> Iterator[Callable[[bytes | None], Server]]:
    servers: list[Server] = []

    def start(answer: bytes | None) -> Server:
        servers.append(Server(answer))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def ask(
    loop: EventLoop, url: str, *, status: int = 204, timeout: float = 30.0, by: str = "lo"
) -> str | None:
    results: list[str | None] = []

    def on_done(problem: str | None) -> None:
        results.append(problem)
        loop.stop()

    HttpCheck(loop, by, url, status, timeout, on_done)
    give_up = loop.timer(loop.stop)
    give_up.set(clock.now() + LONG)
    loop.run()
    give_up.set(None)
    (result,) = results
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)  # no child is left
    return result


def descriptors() -> set[str]:
    return set(os.listdir("/proc/self/fd"))


def test_the_expected_status_is_what_is_wanted(
    loop: EventLoop, serve: Callable[[bytes | None], Server]
) -> None:
    server = serve(NO_CONTENT)

    assert ask(loop, f"http://127.0.0.1:{server.port}/generate_204?a=b") is None

    (request,) = server.requests
    assert request.startswith(b"GET /generate_204?a=b HTTP/1.1\r\nHost: 127.0.0.1\r\n")
    assert request.endswith(b"\r\n\r\n")


def test_a_name_is_looked_up(loop: EventLoop, serve: Callable[[bytes | None], Server]) -> None:
    server = serve(NO_CONTENT)

    assert ask(loop, f"http://localhost:{server.port}") is None


def test_another_status_can_be_the_expected_one(
    loop: EventLoop, serve: Callable[[bytes | None], Server]
) -> None:
    server = serve(b"HTTP/1.0 200 OK\r\n\r\n")

    assert ask(loop, f"http://127.0.0.1:{server.port}/", status=200) is None


@pytest.mark.parametrize("status", [200, 302, 511])
def test_a_captive_portal_is_no_way_out(
    loop: EventLoop, serve: Callable[[bytes | None], Server], status: int
) -> None:
    server = serve(b"HTTP/1.1 %d Found\r\nLocation: http://portal/\r\n\r\n<html>" % status)

    assert ask(loop, f"http://127.0.0.1:{server.port}/") == (
        f"127.0.0.1 answers with status {status}, not 204: is that a page to log in at?"
    )


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\n",
        b"220 mail ready\r\n",
        b"HTTP/1.1 \xff\xff\xff\r\n",
        b"x" * 1_000_000,
        b"\0" * 300,
    ],
)
def test_what_is_no_http_is_no_way_out(
    loop: EventLoop, serve: Callable[[bytes | None], Server], answer: bytes
) -> None:
    server = serve(answer)

    problem = ask(loop, f"http://127.0.0.1:{server.port}/")
    assert problem is not None
    # A server that hangs up before it has read everything may reset the connection.
    assert "is no HTTP" in problem or "reset" in problem


def test_a_server_that_says_nothing_is_waited_for_as_long_as_allowed(
    loop: EventLoop, serve: Callable[[bytes | None], Server]
) -> None:
    server = serve(None)
    began = time.monotonic()

    problem = ask(loop, f"http://127.0.0.1:{server.port}/", timeout=0.5)

    assert problem == "127.0.0.1 gave no answer by HTTP within 0.5 s"
    assert time.monotonic() - began > 0.4


def test_who_does_not_listen_is_no_way_out(loop: EventLoop) -> None:
    before = descriptors()

    assert ask(loop, "http://127.0.0.1:1/") == (
        "127.0.0.1 cannot be asked by HTTP: Connection refused"
    )
    assert descriptors() == before


def test_a_name_that_is_none_is_told(loop: EventLoop) -> None:
    problem = ask(loop, "http://a.name.that.is.invalid/")

    assert problem is not None
    assert "a.name.that.is.invalid" in problem


def test_an_interface_that_is_gone_is_told(
    loop: EventLoop, serve: Callable[[bytes | None], Server]
) -> None:
    server = serve(NO_CONTENT)

    problem = ask(loop, f"http://127.0.0.1:{server.port}/", by="no-such-port")
    assert problem == "127.0.0.1 cannot be asked by HTTP: No such device"


def test_it_can_be_given_up(loop: EventLoop) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        before = descriptors()
        HttpCheck(loop, "lo", url, 204, LONG, lambda _: pytest.fail("told")).close()
        assert descriptors() == before

    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
    timer = loop.timer(loop.stop)
    timer.set(clock.now() + 0.1)
    loop.run()


def test_the_child_holds_nothing_of_the_daemons(
    loop: EventLoop, serve: Callable[[bytes | None], Server]
) -> None:
    server = serve(None)
    check = HttpCheck(loop, "lo", f"http://127.0.0.1:{server.port}/", 204, LONG, lambda _: None)
    end = time.monotonic() + LONG
    while not server.requests:
        assert time.monotonic() < end
        time.sleep(0.01)

    # Its pipe and its connection, beside the standard ones.
    open_ones = os.listdir(f"/proc/{check._question.pid}/fd")
    assert len([fd for fd in open_ones if int(fd) > 2]) == 2
    check.close()


def test_the_child_ends_with_its_time_when_nobody_ends_it(
    loop: EventLoop, serve: Callable[[bytes | None], Server]
) -> None:
    server = serve(None)
    check = HttpCheck(loop, "lo", f"http://127.0.0.1:{server.port}/", 204, 0.5, lambda _: None)

    # The loop does not run, as when the daemon was killed.
    _, status = os.waitpid(check._question.pid, 0)
    assert os.waitstatus_to_exitcode(status) in (0, -signal.SIGALRM)
    check.close()


def test_a_machine_that_reaps_by_itself_is_no_trouble(
    loop: EventLoop, serve: Callable[[bytes | None], Server]
) -> None:
    server = serve(NO_CONTENT)
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert ask(loop, f"http://127.0.0.1:{server.port}/") is None
    finally:
        signal.signal(signal.SIGCHLD, before)


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("http://a", ("a", 80, "/")),
        ("http://a/", ("a", 80, "/")),
        ("http://a:8080", ("a", 8080, "/")),
        ("http://a.b.c:81/d/e?f=http://g:1/", ("a.b.c", 81, "/d/e?f=http://g:1/")),
        ("http://[2001:db8::1]", ("2001:db8::1", 80, "/")),
        ("http://[::1]:8080/a]b:1", ("::1", 8080, "/a]b:1")),
    ],
)
def test_an_address_has_its_parts(url: str, parts: tuple[str, int, str]) -> None:
    assert split_url(url) == parts


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"HTTP/1.1 204 No Content\r", 204),
        (b"HTTP/1.0 200\r", 200),
        (b"HTTP/1.1 302", 302),
        (b"HTTP/2 204", 0),
        (b"HTTP/1.1", 0),
        (b"HTTP/1.1 2040 x", 0),
        (b"HTTP/1.1  204", 0),
        (b"HTTP/1.1 -04 x", 0),
        (b"HTTP/1.1 \xb2\xb3\xb9 x", 0),
        (b"", 0),
    ],
)
def test_a_status_is_read_of_the_first_line_alone(line: bytes, status: int) -> None:
    assert read_status(line) == status
