"""Which edition a client has, from its Start or Identity response."""

from __future__ import annotations

import pytest

from ruijie_proxy.engine.relay.edition_seen import edition_seen, sends_text_check
from ruijie_proxy.protocol.clients.client_block import Machine, Proof, client_block
from ruijie_proxy.protocol.clients.client_profile import PRESETS, WINDOWS_4_10, ClientProfile
from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS
from ruijie_proxy.protocol.properties import PropertyType
from ruijie_proxy.values import replace
from tests.engine.conftest import CLIENT, Frames


def frame(profile: ClientProfile, proof: Proof | None = None, body: bytes = b"") -> bytes:
    block = client_block(profile, Machine(CLIENT), proof).encode()
    return EapolFrame.build(PAE_GROUP_ADDRESS, CLIENT, EapolType.START, body, block).encode()


@pytest.mark.parametrize("profile", PRESETS.values(), ids=PRESETS)
@pytest.mark.parametrize("body", [b"", b"\x02\x01\x00\x0d\x0120260001"], ids=["start", "identity"])
def test_the_check_of_zeros_tells_a_linux_clients_edition(
    profile: ClientProfile, body: bytes
) -> None:
    assert edition_seen(frame(profile, body=body)) == profile.edition


@pytest.mark.parametrize("profile", PRESETS.values(), ids=PRESETS)
@pytest.mark.parametrize("text_check", [True, False])
def test_the_check_of_the_text_tells_it_too(profile: ClientProfile, text_check: bool) -> None:
    start = frame(replace(profile, text_check=text_check))

    assert edition_seen(start) == profile.edition
    assert sends_text_check(start) is text_check


def test_nothing_else_tells_one() -> None:
    answer = frame(PRESETS["1.0"], Proof(bytes(range(16)), b"user", b"password"))
    without = frame(PRESETS["1.0"].with_property(PropertyType.V4_CHECK, None))

    assert edition_seen(frame(WINDOWS_4_10)) is None
    assert edition_seen(answer) is None
    assert edition_seen(without) is None
    assert edition_seen(Frames.response(Frames.identity, trailer=b"")) is None
    assert edition_seen(Frames.start()) is None


@pytest.mark.parametrize("size", [18, 40, 41, 87, 88, 200, 400])
def test_a_frame_that_was_cut_tells_none(size: int) -> None:
    assert edition_seen(frame(PRESETS["1.0"])[:size]) is None
