"""How frames are made fit to cross, in each mode of addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.engine.relay.relayed_login import RelayedLogin
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.engine.settings import FieldsMode, GroupMode, MacMode, SessionSettings
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS
from ruijie_proxy.protocol.private_block import PrivateBlock, find_private_block
from ruijie_proxy.protocol.properties import PropertyType

if TYPE_CHECKING:
    from tests.engine.conftest import Frames

CLIENT = bytes.fromhex("02000000cc01")
WAN = bytes.fromhex("0200000000e1")
ROUTER = RouterFacts(WAN, address=bytes((172, 21, 8, 74)))
CLONED = RouterFacts(CLIENT)
AS_IT_IS = SessionSettings(mac=MacMode.KEEP, fields=FieldsMode.KEEP)

a_frame = st.binary(min_size=14, max_size=2000)


@pytest.fixture
def login() -> RelayedLogin:
    """A login of the client."""
    return RelayedLogin(CLIENT, "lan2", deadline=60.0, now=0.0)


@given(frame=a_frame)
def test_kept_addresses_and_fields_let_any_frame_cross_byte_for_byte(frame: bytes) -> None:
    login = RelayedLogin(CLIENT, "lan2", deadline=60.0, now=0.0)
    from_client = frame[:6] + CLIENT + frame[12:]

    assert login.to_server(from_client, AS_IT_IS, ROUTER) == from_client
    assert login.start_to_server(from_client, AS_IT_IS, ROUTER)[0] == from_client
    assert login.to_client(frame, AS_IT_IS, ROUTER) == frame


@given(frame=a_frame)
def test_rewritten_addresses_change_nothing_else_in_a_frame_without_a_block(frame: bytes) -> None:
    login = RelayedLogin(CLIENT, "lan2", deadline=60.0, now=0.0)
    settings = SessionSettings()

    assert login.to_server(frame, settings, ROUTER) == frame[:6] + WAN + frame[12:]
    assert login.to_client(frame, settings, ROUTER) == CLIENT + frame[6:]


def test_kept_fields_stay_the_clients_though_the_address_changes(
    login: RelayedLogin, frames: type[Frames]
) -> None:
    settings = SessionSettings(fields=FieldsMode.KEEP)
    start = frames.start()

    assert login.to_server(start, settings, ROUTER) == start[:6] + WAN + start[12:]


def test_rewritten_fields_say_the_address_that_the_frame_goes_out_with(
    login: RelayedLogin, frames: type[Frames]
) -> None:
    out = login.to_server(frames.start(), SessionSettings(), ROUTER)

    offset = find_private_block(out)
    assert offset is not None
    block = PrivateBlock.parse(out[offset:])
    assert out[6:12] == WAN
    assert block.content(PropertyType.MAC_ADDRESS) == WAN
    assert block.head.address == ROUTER.address


@pytest.mark.parametrize("group", [PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS])
def test_the_client_chooses_the_group_of_its_start(
    login: RelayedLogin, frames: type[Frames], group: bytes
) -> None:
    out, _ = login.start_to_server(frames.start(group=group), SessionSettings(), ROUTER)

    assert out[:6] == group


@pytest.mark.parametrize(
    ("mode", "group"),
    [(GroupMode.STANDARD, PAE_GROUP_ADDRESS), (GroupMode.RUIJIE, RUIJIE_GROUP_ADDRESS)],
)
@pytest.mark.parametrize("chosen", [PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS])
def test_the_settings_name_another_group_for_the_start_alone(
    login: RelayedLogin, frames: type[Frames], mode: GroupMode, group: bytes, chosen: bytes
) -> None:
    settings = SessionSettings(group=mode)
    start = frames.start(group=chosen)

    assert login.start_to_server(start, settings, ROUTER)[0][:6] == group
    assert login.to_server(start, settings, ROUTER)[:6] == chosen


def test_a_cloned_address_leaves_the_addresses_of_both_directions(
    login: RelayedLogin, frames: type[Frames]
) -> None:
    settings = SessionSettings(mac=MacMode.CLONE)
    start, request = frames.start(), frames.identity_request(to=PAE_GROUP_ADDRESS)

    assert login.to_server(start, settings, CLONED) == start
    assert login.to_client(request, settings, CLONED) == request


def test_an_address_that_was_not_taken_is_rewritten_in_both_directions(
    login: RelayedLogin, frames: type[Frames]
) -> None:
    settings = SessionSettings(mac=MacMode.CLONE)
    request = frames.identity_request(to=WAN)

    assert login.to_server(frames.start(), settings, ROUTER)[6:12] == WAN
    assert login.to_client(request, settings, ROUTER) == CLIENT + request[6:]


def test_a_repeated_start_asks_for_a_server_anew_but_remembers_that_one_was_there(
    login: RelayedLogin,
) -> None:
    login.found_server(bytes.fromhex("00d0f8d9f104"))

    login.start_again(deadline=90.0)

    assert login.server is None
    assert login.server_answered
    assert login.deadline == 90.0
