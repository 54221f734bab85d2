"""One request by HTTP, out by one port, from whoever may wait: a command, or a child process."""

from __future__ import annotations

import os

from ruijie_proxy.protocol.portal.http import make_request, read_answer
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.c_modules import socket

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.protocol.portal.http import HttpAnswer
    from ruijie_proxy.protocol.portal.url import Url

LARGEST_ANSWER = 128 * 1024
"""Bytes that are read of an answer, head and content."""
_PIECE = 4096


class TooLarge(OSError):
    """The answer is larger than any portal's."""


def call(
    interface: str,
    url: Url,
    timeout: float,
    *,
    body: str | None = None,
    content_type: str = "",
    cookies: tuple[tuple[str, str], ...] = (),
) -> HttpAnswer:
    """Ask, and wait for the answer: at most ``timeout`` seconds for all of it, over IPv4.

    Raises OSError, TimeoutError and TooLarge among it, and ProtocolError for what is no answer.
    """
    deadline = clock.now() + timeout
    request = make_request(url, body=body, content_type=content_type, cookies=cookies)
    # As bytes: a text would bring in the tables of Unicode, for names in Chinese.
    found = socket.getaddrinfo(url.host.encode(), url.port, socket.AF_INET, socket.SOCK_STREAM)
    connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        name = os.fsencode(interface) + b"\0"
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, name)
        _wait_until(connection, deadline)
        connection.connect(found[0][4])
        connection.sendall(request)
        data = bytearray()
        while True:
            _wait_until(connection, deadline)
            piece = connection.recv(_PIECE)
            data += piece
            answer = read_answer(bytes(data), is_whole=not piece)
            if answer is not None:
                return answer
            if len(data) > LARGEST_ANSWER:
                raise TooLarge
    finally:
        connection.close()


def _wait_until(connection: socket.socket, deadline: float) -> None:
    left = deadline - clock.now()
    if left <= 0:
        raise TimeoutError
    connection.settimeout(left)
