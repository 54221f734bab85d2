"""One request by HTTP, out by one port, from whoever may wait: a command, or a child process."""

from __future__ import annotations

import os

from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.portal.http import CUT_OFF, TOO_SLOW, make_request, read_answer
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.c_modules import socket

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.protocol.portal.http import HttpAnswer
    from ruijie_proxy.protocol.portal.url import Url

_PIECE = 4096


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

    Raises OSError where nothing is answered, TimeoutError among it, and ProtocolError for what is
    no answer, or none that comes to an end.
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
        return _answer(connection, deadline)
    finally:
        connection.close()


def _answer(connection: socket.socket, deadline: float) -> HttpAnswer:
    data = bytearray()
    while True:
        try:
            _wait_until(connection, deadline)
            piece = connection.recv(_PIECE)
        except OSError as error:
            if not data:
                raise
            slow = isinstance(error, TimeoutError)
            raise ProtocolError(TOO_SLOW if slow else CUT_OFF) from error
        data += piece
        answer = read_answer(bytes(data), is_whole=not piece)
        if answer is not None:
            return answer


def _wait_until(connection: socket.socket, deadline: float) -> None:
    left = deadline - clock.now()
    if left <= 0:
        raise TimeoutError
    connection.settimeout(left)
