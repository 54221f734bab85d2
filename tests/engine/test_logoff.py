"""Saying goodbye to the switch."""

from __future__ import annotations

import pytest

from ruijie_proxy.engine.heartbeats import Authentication
from ruijie_proxy.engine.keeping.logoff import logoff_frame
from ruijie_proxy.protocol.private_block import PROPERTIES_OFFSET
from ruijie_proxy.values import replace
from tests.engine.conftest import CLIENT, SERVER, WAN, Frames

HEADER = SERVER + WAN + bytes.fromhex("888e 01 02 0000")


def test_a_logoff_has_the_block_of_the_identity_response_and_says_that_all_is_normal() -> None:
    block = replace(Frames.block(), state=1).encode()
    response = Frames.response(Frames.identity, CLIENT)

    assert logoff_frame(Authentication(SERVER, WAN, response, None)) == HEADER + block


@pytest.mark.parametrize(
    "response", [None, b"", Frames.response(Frames.identity, trailer=b"\xa5" * 20)]
)
def test_a_login_without_a_block_ends_without_one(response: bytes | None) -> None:
    frame = logoff_frame(Authentication(SERVER, WAN, response, None))

    assert frame == HEADER + bytes(42)


def test_a_block_that_does_not_parse_goes_out_as_it_came() -> None:
    cut = Frames.block().encode()[:PROPERTIES_OFFSET]
    response = Frames.response(Frames.identity, CLIENT, trailer=cut)

    assert logoff_frame(Authentication(SERVER, WAN, response, None)) == HEADER + cut
