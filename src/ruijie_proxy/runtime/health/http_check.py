"""Ask for one page by HTTP, in a child process, and tell the status it was answered with.

Looking up a name by the machine's own resolver waits, and nothing of the daemon may; a resolver of
its own would be another 100 lines, and would not find what the machine's finds. So a fork does the
asking and ends. It imports nothing: measured on x86-64, it takes 1.1 MB of its own for as long as
it lives, and forking keeps the daemon from its loop for half a millisecond, every two minutes. A
new interpreter would take 9 MB and 20 ms of processor time.

The answer is read up to its first line (RFC 9112, section 4), from whoever gives it: a captive
portal answers any question, and what counts is that its status is another one.
"""

from __future__ import annotations

import gc
import os
import signal
import socket

from ruijie_proxy.i18n import _
from ruijie_proxy.runtime.basis import clock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    from ruijie_proxy.runtime.basis.event_loop import EventLoop

_SCHEME = "http://"
_HTTP_PORT = 80
_FIRST_LINE_LIMIT = 256
"""Bytes of an answer that are read for its first line."""
_REPORT_LIMIT = 512
"""Bytes that the child can have to say."""
_MOST_DESCRIPTORS = 4096
"""Above what a daemon has open: those that its child closes one by one on old kernels."""
_SO_BINDTODEVICE = 25
"""asm-generic/socket.h"""
_STATUS_SIZE = 3
_NO_HTTP = 0
"""In place of a status."""


class HttpCheck:
    """One question. ``on_done`` gets what is wrong, or None, once, from the loop.

    ``timeout`` is in seconds, for all of it; ``family`` is that of the addresses that it is asked
    at. Raises OSError when no process can be started.
    """

    def __init__(
        self,
        loop: EventLoop,
        interface: str,
        url: str,
        status: int,
        timeout: float,
        on_done: Callable[[str | None], None],
        family: int = socket.AF_INET,
    ) -> None:
        self._loop = loop
        self._host, port, path = split_url(url)
        self._wanted = status
        self._timeout = timeout
        self._on_done = on_done
        self._report = bytearray()
        reading_end, writing_end = os.pipe2(os.O_CLOEXEC)
        try:
            self._pid = os.fork()
        except BaseException:
            os.close(reading_end)
            os.close(writing_end)
            raise
        if self._pid == 0:
            _ask_and_end(interface, family, self._host, port, path, timeout, writing_end)
        os.close(writing_end)
        os.set_blocking(reading_end, False)
        self._pipe = reading_end
        loop.add_reader(reading_end, self._on_report)
        self._timer = loop.timer(self._on_timeout)
        self._timer.set(clock.now() + timeout)

    def close(self) -> None:
        """End it without a result."""
        self._timer.set(None)
        self._loop.remove_reader(self._pipe)
        os.close(self._pipe)
        try:
            os.kill(self._pid, signal.SIGKILL)
            # A killed process is gone at once: it waits for nothing but the network.
            os.waitpid(self._pid, 0)
        except (ProcessLookupError, ChildProcessError):
            # With SIGCHLD ignored (inherited from whoever started us), nothing is left of it.
            return

    def _on_report(self) -> None:
        try:
            piece = os.read(self._pipe, _REPORT_LIMIT)
        except BlockingIOError:
            return
        self._report += piece
        if piece and len(self._report) < _REPORT_LIMIT:
            return
        self.close()  # it has ended, or is about to: the pipe was closed with the process
        self._on_done(self._problem())

    def _on_timeout(self) -> None:
        self.close()
        self._on_done(
            _(
                "{host} gave no answer by HTTP within {seconds} s",
                host=self._host,
                seconds=f"{self._timeout:g}",
            )
        )

    def _problem(self) -> str | None:
        report = self._report.decode("utf-8", "replace")
        if not report.isdigit():
            problem = _(report) if report else _("the process for it failed")
            return _("{host} cannot be asked by HTTP: {problem}", host=self._host, problem=problem)
        if int(report) == self._wanted:
            return None
        if int(report) == _NO_HTTP:
            return _("what {host} answers is no HTTP", host=self._host)
        return _(
            "{host} answers with status {status}, not {wanted}: is that a page to log in at?",
            host=self._host,
            status=report,
            wanted=self._wanted,
        )


def split_url(url: str) -> tuple[str, int, str]:
    """Return host, port, and path with query of an address that the configuration took.

    A host that is an address of IPv6 comes without its brackets.
    """
    authority, slash, path = url.removeprefix(_SCHEME).partition("/")
    end = authority.find("]") + 1
    name, colon, port = authority[end:].partition(":")
    host = authority[1 : end - 1] if end else name
    return host, int(port) if colon else _HTTP_PORT, slash + path or "/"


def read_status(line: bytes) -> int:
    """Return the status in the first line of an answer; 0 if it is none of HTTP/1.

    Raises nothing.
    """
    words = line.split(b" ")
    is_status = (
        line.startswith(b"HTTP/1.")
        and len(words) > 1
        and len(words[1].rstrip()) == _STATUS_SIZE
        and words[1].rstrip().isdigit()
    )
    return int(words[1]) if is_status else _NO_HTTP


def _ask(interface: str, family: int, host: str, port: int, path: str, timeout: float) -> str:
    """Return the status that comes back, or what the system says. Waits."""
    named = f"[{host}]" if ":" in host else host
    request = (
        f"GET {path} HTTP/1.1\r\nHost: {named}\r\nUser-Agent: ruijie-proxy\r\n"
        "Accept: */*\r\nConnection: close\r\n\r\n"
    )
    answer = b""
    try:
        # As bytes: a text would bring in the tables of Unicode, for names in Chinese.
        found = socket.getaddrinfo(host.encode(), port, family, socket.SOCK_STREAM)
        with socket.socket(family, socket.SOCK_STREAM) as connection:
            name = os.fsencode(interface) + b"\0"
            connection.setsockopt(socket.SOL_SOCKET, _SO_BINDTODEVICE, name)
            connection.settimeout(timeout)
            connection.connect(found[0][4])
            connection.sendall(request.encode())
            while b"\n" not in answer and len(answer) < _FIRST_LINE_LIMIT:
                piece = connection.recv(_FIRST_LINE_LIMIT)
                if not piece:
                    break
                answer += piece
    except OSError as error:
        return error.strerror or str(error)
    return str(read_status(answer.split(b"\n")[0]))


def _ask_and_end(
    interface: str, family: int, host: str, port: int, path: str, timeout: float, writing_end: int
) -> NoReturn:
    """Ask and write what came of it, in the child. Never returns into the parent's code."""
    exit_status = 1
    try:
        gc.disable()  # it would look through what is about to end
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        # Should the daemon be killed meanwhile, no one else ends this.
        signal.alarm(int(timeout) + 2)
        # The daemon's ports and its control socket must be free for the next one.
        os.closerange(3, writing_end)
        os.closerange(writing_end + 1, _MOST_DESCRIPTORS)
        os.write(writing_end, _ask(interface, family, host, port, path, timeout).encode())
        exit_status = 0
    except Exception:
        # A fault of the program: shown as any other, but it must end here and not in the
        # parent's code.
        import traceback

        traceback.print_exc()
    finally:
        os._exit(exit_status)
