"""Ask for one page by HTTP, in a child process, and tell the status it was answered with.

Looking up a name by the machine's own resolver waits, and nothing of the daemon may; a resolver of
its own would be another 100 lines, and would not find what the machine's finds. So a fork does the
asking, every two minutes, and imports nothing for it.

The answer is read up to its first line (RFC 9112, section 4), from whoever gives it: a captive
portal answers any question, and what counts is that its status is another one.
"""

from __future__ import annotations

import os

from ruijie_proxy.i18n import _
from ruijie_proxy.runtime.basis.c_modules import socket
from ruijie_proxy.runtime.processes.forked_question import ForkedQuestion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ruijie_proxy.runtime.basis.event_loop import EventLoop

_SCHEME = "http://"
_HTTP_PORT = 80
_FIRST_LINE_LIMIT = 256
"""Bytes of an answer that are read for its first line."""
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
        self._host, port, path = split_url(url)
        self._wanted = status
        self._timeout = timeout
        self._on_done = on_done
        self._question = ForkedQuestion(
            loop,
            lambda: _ask(interface, family, self._host, port, path, timeout),
            timeout,
            self._on_report,
        )

    def close(self) -> None:
        """End it without a result."""
        self._question.close()

    def _on_report(self, report: str | None) -> None:
        self._on_done(self._too_late() if report is None else self._problem(report))

    def _too_late(self) -> str:
        return _(
            "{host} gave no answer by HTTP within {seconds} s",
            host=self._host,
            seconds=f"{self._timeout:g}",
        )

    def _problem(self, report: str) -> str | None:
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
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            name = os.fsencode(interface) + b"\0"
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, name)
            connection.settimeout(timeout)
            connection.connect(found[0][4])
            connection.sendall(request.encode())
            while b"\n" not in answer and len(answer) < _FIRST_LINE_LIMIT:
                piece = connection.recv(_FIRST_LINE_LIMIT)
                if not piece:
                    break
                answer += piece
        finally:
            connection.close()
    except OSError as error:
        return error.strerror or str(error)
    return str(read_status(answer.split(b"\n")[0]))
