"""Serves a virtual portal on this machine's addresses: the gateway's and the portal's.

``python -m ruijie_proxy.lab.portal.server OPTIONS`` with OPTIONS as JSON, the fields of
:class:`.PortalOptions`. The gateway answers at the address that stands for the Internet. A line of
JSON goes to standard output when it listens, for each request, for what is wrong with it, and for
each address that is let in, with the moment on the kernel's monotonic clock.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time

from ruijie_proxy.lab.options_json import options_from_json
from ruijie_proxy.lab.portal.key import make_key
from ruijie_proxy.lab.portal.mischief import Pace
from ruijie_proxy.lab.portal.options import PortalOptions
from ruijie_proxy.lab.portal.web import OUTSIDE, VirtualPortal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

_LARGEST_REQUEST = 64 * 1024
_PATIENCE = 5.0
"""Seconds for a request to come."""
_HTTP_PORT = 80


def serve(portal: VirtualPortal) -> NoReturn:
    """Answer whoever asks, one after the other, until the process is ended. Raises OSError."""
    places = {(OUTSIDE, _HTTP_PORT), (portal.options.host, portal.options.port)}
    with selectors.DefaultSelector() as selector:
        for place in sorted(places):
            selector.register(socket.create_server(place), selectors.EVENT_READ, place)
        _tell({"listening": sorted(f"{host}:{port}" for host, port in places)})
        while True:
            for key, _ in selector.select():
                listener: Any = key.fileobj
                caller, (address, _port) = listener.accept()
                with caller:
                    _answer(portal, caller, key.data, address)


def _answer(
    portal: VirtualPortal, caller: socket.socket, to: tuple[str, int], address: str
) -> None:
    caller.settimeout(_PATIENCE)
    told, asked = len(portal.complaints), len(portal.asked)
    try:
        request = _request(caller)
        now = time.monotonic()
        was_in = portal.is_online(address, now)
        answer = portal.answer(request, to, address, now)
        if answer is not None:
            _send(caller, answer, portal.pace)
    except OSError:
        return  # it went away
    for name in portal.asked[asked:]:
        _tell({"asked": name})
    if portal.is_online(address, now) and not was_in:
        _tell({"let_in": address, "at": now})
    for complaint in portal.complaints[told:]:
        _tell({"complaint": complaint})


def _send(caller: socket.socket, answer: bytes, pace: Pace) -> None:
    """Send an answer as fast as it is to go out. Raises OSError where nobody hears it any more."""
    time.sleep(pace.after)
    if not pace.between:
        caller.sendall(answer)
        return
    for byte in answer:
        caller.sendall(bytes((byte,)))
        time.sleep(pace.between)


def _request(caller: socket.socket) -> bytes:
    """Read one request: its head, and as much as that states."""
    data = b""
    while len(data) < _LARGEST_REQUEST:
        head, end, body = data.partition(b"\r\n\r\n")
        if end and len(body) >= _stated(head):
            return data
        piece = caller.recv(4096)
        if not piece:
            break
        data += piece
    return data


def _stated(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name == b"content-length" and value.strip().isdigit():
            return int(value)
    return 0


def _tell(what: dict[str, Any]) -> None:
    print(json.dumps(what, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    serve(VirtualPortal(options_from_json(PortalOptions, json.loads(sys.argv[1])), make_key()))
