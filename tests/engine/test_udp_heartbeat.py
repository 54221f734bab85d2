"""A campus that also wants a heartbeat by UDP: it is recognised and told, and nothing of it spoken.

docs/protocol.md, "The heartbeat by UDP".
"""

from __future__ import annotations

import pytest

from ruijie_proxy.engine.events import UdpHeartbeatWanted
from ruijie_proxy.engine.states import State
from ruijie_proxy.protocol.bare_properties import encode_bare_properties
from ruijie_proxy.protocol.eap import EapCode, EapPacket
from ruijie_proxy.protocol.heartbeat import UdpHeartbeat
from ruijie_proxy.protocol.piece_types import PieceType
from ruijie_proxy.protocol.properties import Property
from ruijie_proxy.protocol.requests import Md5Challenge
from ruijie_proxy.protocol.results import typed_piece
from tests.engine.conftest import GRANT, Campus, Frames
from tests.engine.own_session import begun

WANTED = UdpHeartbeat(bytes((10, 0, 0, 9)), 8000)
KEY, VECTOR = b"\x11key-of8", b"vector-8"
PIECES = {
    PieceType.UDP_PORT: bytes.fromhex("00001f40"),
    PieceType.UDP_SERVER: WANTED.server,
    PieceType.UDP_KEY: KEY,
    PieceType.UDP_VECTOR: VECTOR,
    PieceType.UDP_INTERVAL: bytes((0, 0, 0, 60)),
}


def success() -> bytes:
    """A Success that grants the usual heartbeat, and wants the other one."""
    private = GRANT.encode() + b"".join(typed_piece(*piece) for piece in PIECES.items())
    return Frames.of_server(EapPacket.build(EapCode.SUCCESS, 2, data=private))


def bare_challenge() -> bytes:
    """A challenge of the bare shape that wants it."""
    behind = encode_bare_properties(
        Property(number, content, marked=False) for number, content in PIECES.items()
    )
    return Frames.of_server(Md5Challenge(2, bytes(range(16)), (), behind).encode())


def told(own: bool) -> list[UdpHeartbeatWanted]:
    return [UdpHeartbeatWanted(WANTED.server, WANTED.port, own)]


@pytest.mark.parametrize("auto", [False, True])
def test_the_routers_own_login_tells_it_once_and_its_status_says_it(auto: bool) -> None:
    campus = begun(auto=auto)
    campus.log_in(success())
    campus.wan(success(), after=20.0)

    assert campus.of(UdpHeartbeatWanted) == told(own=True)
    assert campus.session.status.udp_heartbeat == WANTED


def test_a_bare_request_says_it_as_well_as_a_success() -> None:
    campus = begun()
    campus.wan(campus.identity_request())
    campus.wan(bare_challenge())
    assert campus.of(UdpHeartbeatWanted) == []
    campus.wan(campus.success())

    assert campus.of(UdpHeartbeatWanted) == told(own=True)


def test_a_relayed_login_tells_it_and_says_that_the_client_can_send_it(campus: Campus) -> None:
    campus.log_in(success())

    assert campus.state() is State.ONLINE
    assert campus.of(UdpHeartbeatWanted) == told(own=False)
    assert campus.session.status.udp_heartbeat == WANTED


def test_a_relayed_bare_request_says_it(campus: Campus) -> None:
    campus.lan(campus.start())
    campus.wan(campus.identity_request())
    campus.lan(campus.response(campus.identity))
    campus.wan(bare_challenge())
    campus.lan(campus.response(campus.md5))
    campus.wan(campus.success())

    assert campus.of(UdpHeartbeatWanted) == told(own=False)


def test_after_the_drop_that_it_explains_the_status_still_says_it(campus: Campus) -> None:
    campus.log_in(success())
    campus.wan(campus.failure("您已被强制下线"))

    assert campus.session.held is None
    assert campus.session.status.udp_heartbeat == WANTED


def test_a_later_login_without_it_clears_it(campus: Campus) -> None:
    campus.log_in(success())
    campus.wan(campus.failure("您已被强制下线"))
    campus.log_in(campus.success(GRANT))

    assert campus.session.status.udp_heartbeat is None


def test_a_restarted_program_knows_it_and_does_not_tell_it_again(campus: Campus) -> None:
    campus.log_in(success())
    later = campus.restart()

    assert later.session.status.udp_heartbeat == WANTED
    assert later.of(UdpHeartbeatWanted) == []


def test_key_and_vector_are_in_no_event_no_status_and_not_on_disk(campus: Campus) -> None:
    campus.log_in(success())
    assert campus.kept is not None
    told = repr((campus.events, campus.session.status, campus.kept.to_plain()))

    for secret in (KEY, VECTOR):
        assert repr(secret)[2:-1] not in told
        assert secret.hex() not in told


def test_without_it_nothing_is_told(campus: Campus) -> None:
    campus.log_in(campus.success(GRANT))

    assert campus.of(UdpHeartbeatWanted) == []
    assert campus.session.status.udp_heartbeat is None
