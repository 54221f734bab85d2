"""The simulated switch's frames are what real ones look like."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ruijie_proxy.lab.options import Padding, SuccessShape, SwitchOptions
from ruijie_proxy.lab.switch.shapes import STALE_MEMORY, SwitchFrames
from ruijie_proxy.protocol.eap import EapPacket
from ruijie_proxy.protocol.eapol import EapolFrame
from ruijie_proxy.protocol.ethernet import MINIMUM_FRAME_SIZE
from ruijie_proxy.protocol.results import Grant, Result

CAPTURES = Path(__file__).parents[3] / "shared" / "vectors" / "server_results.json"
SWITCH = bytes.fromhex("00d0f8d9f104")
CLIENT = bytes.fromhex("02000000cc01")
KEY = 846613217
MESSAGE = "东校区，西校区，Sam+系统升级！"
WITH_GRANT = [
    SuccessShape.MODERN,
    SuccessShape.MODERN_0049,
    SuccessShape.NO_MESSAGE,
    SuccessShape.CLASSIC,
    SuccessShape.TRAILED,
    SuccessShape.HEADERLESS,
]
IDENTIFIER = 6


def success(shape: SuccessShape, options: SwitchOptions | None = None) -> EapolFrame:
    """Return a Success as it leaves the switch."""
    options = options or SwitchOptions(message=MESSAGE, interval=300)
    frame = SwitchFrames(options, SWITCH).success(CLIENT, IDENTIFIER, shape, KEY)
    return EapolFrame.parse(frame)


@pytest.mark.parametrize("shape", WITH_GRANT)
def test_the_grant_can_be_found_in_every_shape_that_has_one(shape: SuccessShape) -> None:
    assert Result.parse(success(shape).body).grant == Grant(KEY, 300)


@pytest.mark.parametrize("shape", [SuccessShape.BARE, SuccessShape.UNREADABLE])
def test_no_grant_can_be_found_where_nobody_knows_its_form(shape: SuccessShape) -> None:
    assert Result.parse(success(shape).body).grant is None


def test_the_modern_shape_is_the_captured_one() -> None:
    if not CAPTURES.exists():
        pytest.skip("the captures of genuine servers are not beside this clone")
    captured = bytes.fromhex(json.loads(CAPTURES.read_text())["success"][0]["hex"])
    body = success(SuccessShape.MODERN).body

    # From the block to the accounting message's header, which is of another length here.
    block, accounting = bytes.fromhex("000013116900"), bytes.fromhex("000013113c")
    assert (
        body[body.index(block) : body.index(accounting)]
        == captured[captured.index(block) : captured.index(accounting)]
    )


def test_the_grant_is_the_last_thing_in_a_classic_success() -> None:
    assert success(SuccessShape.CLASSIC).body.endswith(Grant(KEY, 300).encode())


def test_a_trailed_success_has_24_more_bytes() -> None:
    classic, trailed = success(SuccessShape.CLASSIC), success(SuccessShape.TRAILED)

    assert len(trailed.body) == len(classic.body) + 24


@pytest.mark.parametrize("full", [True, False])
def test_the_eapol_length_covers_the_private_data_whatever_the_eap_length_says(full: bool) -> None:
    frame = success(SuccessShape.CLASSIC, SwitchOptions(full_eap_length=full))

    packet, _ = EapPacket.parse(frame.body)
    assert packet.length == (len(frame.body) if full else 4)
    assert frame.trailer == b""


def test_padding_is_zeros_or_other_people_s_packets() -> None:
    zeros = SwitchOptions(padding=Padding.ZEROS)
    for options in (zeros, replace(zeros, padding=Padding.STALE)):
        request = SwitchFrames(options, SWITCH).identity(CLIENT, IDENTIFIER)
        frame = EapolFrame.parse(request)

        assert len(request) == MINIMUM_FRAME_SIZE
        stale = STALE_MEMORY[: len(frame.trailer)]
        assert frame.trailer == (stale if options.padding == Padding.STALE else bytes(len(stale)))


def test_stale_memory_holds_what_a_careless_parser_would_take_for_a_grant() -> None:
    request = SwitchFrames(SwitchOptions(padding=Padding.STALE), SWITCH).identity(CLIENT, 1)

    careless = Result.parse(b"\3\1\0\4" + EapolFrame.parse(request).trailer)

    assert careless.grant == Grant(0x0BADBEEF, 1)
