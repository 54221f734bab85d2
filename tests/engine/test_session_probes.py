"""Requests while online: identity probes, and what is told to the client instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ruijie_proxy.engine.events import ProbeAnswered, RequestRelayed
from ruijie_proxy.engine.heartbeats import Source
from ruijie_proxy.engine.states import State
from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS

if TYPE_CHECKING:
    from tests.engine.conftest import Campus

IDENTIFIER_AT = 19
"""Offset of the EAP identifier in a frame."""


@pytest.mark.parametrize("to", ["wan", PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS])
def test_a_probe_is_answered_at_once_by_the_logins_response_with_a_new_identifier(
    campus: Campus, to: bytes | str
) -> None:
    campus.log_in(campus.success(campus.GRANT))
    response = campus.server_got[1]
    campus.wait(5.0)
    campus.forget_frames()

    campus.wan(campus.identity_request(0x77, to=campus.WAN if isinstance(to, str) else to))

    (answer,) = campus.to_server
    assert answer.at == campus.now
    assert answer.frame[IDENTIFIER_AT] == 0x77
    assert answer.frame[:IDENTIFIER_AT] == response[:IDENTIFIER_AT]
    assert answer.frame[IDENTIFIER_AT + 1 :] == response[IDENTIFIER_AT + 1 :]
    assert campus.client_got == []
    assert campus.of(ProbeAnswered) == [ProbeAnswered(0x77)]


def test_probes_keep_a_session_without_heartbeats_online(campus: Campus) -> None:
    campus.log_in(campus.success())
    campus.forget_frames()
    for identifier in range(120):
        campus.wait(30.0)
        campus.wan(campus.identity_request(identifier))

    assert [frame[IDENTIFIER_AT] for frame in campus.server_got] == list(range(120))
    heartbeat = campus.session.status.heartbeat
    assert heartbeat is not None
    assert heartbeat.source is Source.PROBE
    assert heartbeat.last == campus.now


def test_a_probe_in_the_middle_of_a_login_is_the_clients_to_answer(campus: Campus) -> None:
    campus.lan(campus.start())
    campus.wan(campus.identity_request(1))
    campus.lan(campus.response(campus.identity))

    campus.wan(campus.identity_request(1))

    assert len(campus.client_got) == 2
    assert len(campus.server_got) == 2


def test_a_probe_that_there_is_no_answer_to_goes_to_the_client(campus: Campus) -> None:
    campus.lan(campus.start())
    campus.wan(campus.success(campus.GRANT))
    campus.wait(1.0)
    campus.forget_frames()

    campus.wan(campus.identity_request(9))

    assert campus.client_got == [campus.identity_request(9, to=campus.CLIENT)]
    assert campus.of(RequestRelayed) == [RequestRelayed(EapType.IDENTITY)]
    assert campus.state() is State.ONLINE


def test_probes_of_other_servers_are_not_answered(campus: Campus) -> None:
    campus.go_online()

    campus.wan(campus.identity_request(9, source=campus.OTHER_SERVER))

    assert campus.server_got == campus.client_got == []


def test_a_notification_while_online_is_for_the_client_and_no_challenge(campus: Campus) -> None:
    campus.go_online()
    packet = EapPacket.build(EapCode.REQUEST, 9, EapType.NOTIFICATION, b"maintenance tonight")

    campus.wan(campus.of_server(packet))

    assert campus.client_got == [campus.of_server(packet, to=campus.CLIENT)]
    assert campus.state() is State.ONLINE


def test_a_flood_of_probes_is_answered_no_faster_than_they_can_be_meant(campus: Campus) -> None:
    campus.go_online()

    for identifier in range(5000):
        campus.wan(campus.identity_request(identifier % 256))
        campus.wait(0.001)

    assert len(campus.server_got) <= 5 + 5 + 1  # a burst, one a second, and a heartbeat
    assert campus.client_got == []
    assert campus.writes < 30


def test_a_probe_is_answered_as_the_login_was_though_the_router_has_an_address_by_now(
    campus: Campus,
) -> None:
    campus.log_in(campus.success())
    response = campus.server_got[1]
    campus.forget_frames()
    facts = campus.facts
    campus.change_facts(type(facts)(facts.mac, address=bytes((172, 21, 8, 74))))

    campus.wan(campus.identity_request(0x77))

    assert campus.server_got[0][IDENTIFIER_AT + 1 :] == response[IDENTIFIER_AT + 1 :]
