"""Every Success that was ever seen, and every piece of one, drives the session online."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from ruijie_proxy.engine.events import LoginSucceeded, NothingGranted
from ruijie_proxy.engine.states import State
from ruijie_proxy.lab.options import Padding, SuccessShape, SwitchOptions
from ruijie_proxy.lab.switch.shapes import SwitchFrames
from ruijie_proxy.protocol.eapol import BODY_OFFSET, LENGTH_OFFSET
from ruijie_proxy.protocol.results import Grant

if TYPE_CHECKING:
    from tests.engine.conftest import Campus

KEY = 0x32764AE1
SERVER = bytes.fromhex("00d0f8d9f104")
WAN = bytes.fromhex("0200000000e1")
OPTIONS = SwitchOptions(interval=20, padding=Padding.STALE)
GRANTLESS = (SuccessShape.BARE, SuccessShape.UNREADABLE)
LAST_OF_GRANT = 14
"""Bytes of a grant up to the end of its interval; what comes behind is not needed."""


def success(shape: SuccessShape, full_eap_length: bool = True) -> bytes:
    """Return a Success as the virtual campus's switch writes it."""
    options = SwitchOptions(interval=20, padding=Padding.STALE, full_eap_length=full_eap_length)
    return SwitchFrames(options, SERVER).success(WAN, 2, shape, KEY)


@pytest.mark.parametrize("full_eap_length", [True, False])
@pytest.mark.parametrize("shape", SuccessShape)
def test_every_shape_drives_the_session_online(
    campus: Campus, shape: SuccessShape, full_eap_length: bool
) -> None:
    campus.log_in(success(shape, full_eap_length))
    campus.wait(20.0)

    (told,) = campus.of(LoginSucceeded)
    assert campus.state() is State.ONLINE
    if shape in GRANTLESS:
        assert told.granted_interval is None
        assert campus.of(NothingGranted) == [NothingGranted()]
        assert campus.heartbeats == []
    else:
        assert told.granted_interval == 20
        assert [heartbeat.key for _, heartbeat in campus.heartbeats] == [KEY] * 2
    if shape not in (SuccessShape.BARE, SuccessShape.NO_MESSAGE):
        assert told.message == OPTIONS.message


@pytest.mark.parametrize("states_the_cut", [True, False])
@pytest.mark.parametrize("shape", SuccessShape)
def test_a_success_cut_at_any_byte_yields_what_stands_before_the_cut(
    make_campus: Callable[..., Campus], shape: SuccessShape, states_the_cut: bool
) -> None:
    whole = success(shape)
    grant = whole.find(Grant(KEY, 20).encode())
    least = BODY_OFFSET + (4 if states_the_cut else 1)
    for size in range(least, len(whole) + 1):
        frame = whole[:size]
        if states_the_cut:
            body = min(size - BODY_OFFSET, int.from_bytes(whole[LENGTH_OFFSET:BODY_OFFSET], "big"))
            frame = frame[:LENGTH_OFFSET] + body.to_bytes(2, "big") + frame[BODY_OFFSET:]
        campus = make_campus()
        campus.lan(campus.start())
        campus.wan(frame)
        campus.wait(1.0)

        assert campus.state() is State.ONLINE
        keys = [heartbeat.key for _, heartbeat in campus.heartbeats]
        has_grant = shape not in GRANTLESS and size >= grant + LAST_OF_GRANT
        assert keys == ([KEY] if has_grant else [])
