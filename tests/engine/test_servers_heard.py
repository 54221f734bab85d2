"""Who is heard as the server of a login, when several speak."""

from __future__ import annotations

from ruijie_proxy.engine.frame_reading import eap_code
from ruijie_proxy.engine.outbox import Outbox
from ruijie_proxy.engine.relay.relayed_login import RelayedLogin
from ruijie_proxy.engine.relay.servers_heard import KNOWN_FIRST, ServersHeard
from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from tests.engine.conftest import CLIENT, PORT, SERVER, Frames

STRANGER = Frames.OTHER_SERVER


def identity_request(source: bytes) -> bytes:
    packet = EapPacket.build(EapCode.REQUEST, 1, EapType.IDENTITY, b"")
    return Frames.of_server(packet, source=source)


class Bench:
    """One login whose Start goes out at 0."""

    def __init__(self, known: bytes | None) -> None:
        self.servers = ServersHeard(Outbox())
        if known is not None:
            self.servers.know(known)
        self.login = RelayedLogin(CLIENT, PORT, 20.0, 0.0)
        self.servers.client_starts(0.0)

    def hears(self, frame: bytes, now: float) -> bool:
        return self.servers.hears(self.login, frame, eap_code(frame), None, now)


def test_who_answers_first_is_the_server_where_none_is_known() -> None:
    bench = Bench(known=None)

    assert bench.hears(identity_request(STRANGER), 0.01)
    assert bench.login.server == STRANGER
    assert bench.servers.held_up_until is None


def test_a_stranger_is_held_up_while_the_known_server_may_answer_and_looked_at_then() -> None:
    bench = Bench(known=SERVER)
    request = identity_request(STRANGER)

    assert not bench.hears(request, 0.01)
    assert bench.login.server is None
    assert bench.servers.held_up_until == KNOWN_FIRST
    assert bench.servers.take_held_up(KNOWN_FIRST - 0.01) is None

    assert bench.servers.take_held_up(KNOWN_FIRST) == request
    assert bench.servers.take_held_up(KNOWN_FIRST) is None
    assert bench.hears(request, KNOWN_FIRST)
    assert bench.login.server == STRANGER


def test_what_was_held_up_is_forgotten_when_the_known_server_answers() -> None:
    bench = Bench(known=SERVER)
    bench.hears(identity_request(STRANGER), 0.01)

    assert bench.hears(identity_request(SERVER), 0.02)

    assert bench.login.server == SERVER
    assert bench.servers.held_up_until is None


def test_the_known_server_is_heard_in_place_of_a_stranger_that_was_first() -> None:
    bench = Bench(known=SERVER)
    assert bench.hears(identity_request(STRANGER), KNOWN_FIRST)

    assert bench.hears(identity_request(SERVER), KNOWN_FIRST + 0.1)

    assert bench.login.server == SERVER


def test_when_the_known_server_was_first_a_stranger_is_no_candidate_before_its_time() -> None:
    bench = Bench(known=SERVER)
    assert bench.hears(identity_request(SERVER), 0.01)

    assert not bench.hears(identity_request(STRANGER), KNOWN_FIRST - 0.01)
    assert bench.hears(identity_request(STRANGER), KNOWN_FIRST)

    assert bench.login.server == SERVER
