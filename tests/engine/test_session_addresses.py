"""Whose addresses frames carry (rewritten, cloned or kept), and what the block says."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from ruijie_proxy.engine.events import AddressNotTaken, LinkLost, LoginTimedOut
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.engine.settings import MacMode, SessionSettings
from ruijie_proxy.engine.states import State
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS
from ruijie_proxy.protocol.private_block import PrivateBlock, find_private_block
from ruijie_proxy.protocol.properties import PropertyType
from ruijie_proxy.values import replace

if TYPE_CHECKING:
    from tests.engine.conftest import Campus

CLONE = SessionSettings(mac=MacMode.CLONE)
CLONE_AND_RESTORE = SessionSettings(mac=MacMode.CLONE, restore_mac=True)
KEEP = SessionSettings(mac=MacMode.KEEP)
ADDRESS = bytes((172, 21, 8, 74))


def block_of(frame: bytes) -> PrivateBlock:
    """Return the private block in a frame."""
    offset = find_private_block(frame)
    assert offset is not None
    return PrivateBlock.parse(frame[offset:])


def test_rewritten_frames_carry_the_wan_ports_address_one_way_and_the_clients_the_other(
    campus: Campus,
) -> None:
    campus.log_in(campus.success(campus.GRANT))

    assert {frame[6:12] for frame in campus.server_got} == {campus.WAN}
    assert {frame[:12] for frame in campus.client_got} == {campus.CLIENT + campus.SERVER}


def test_the_block_says_the_wan_address_from_when_there_is_one(campus: Campus) -> None:
    campus.log_in(campus.success(campus.GRANT))
    before = block_of(campus.server_got[0])
    campus.wan(campus.failure())
    campus.change_facts(RouterFacts(campus.WAN, address=ADDRESS))
    campus.forget_frames()

    campus.log_in(campus.success(campus.GRANT))

    assert before.head.address == bytes(4)
    for frame in campus.server_got:
        block = block_of(frame)
        assert block.head.address == ADDRESS
        assert block.head.crc == block.head.right_crc()
        assert block.content(PropertyType.MAC_ADDRESS) == campus.WAN


def test_kept_addresses_are_the_clients_on_both_sides(make_campus: Callable[..., Campus]) -> None:
    campus = make_campus(KEEP)
    campus.lan(campus.start())
    campus.wan(campus.identity_request(to=campus.CLIENT))
    campus.lan(campus.response(campus.identity))
    campus.wan(campus.identity_request(to=campus.WAN))  # meant for the router itself

    assert {frame[6:12] for frame in campus.server_got} == {campus.CLIENT}
    assert campus.client_got == [campus.identity_request(to=campus.CLIENT)]


def test_heartbeats_and_probes_carry_the_kept_address_too(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(KEEP)
    for put_in, frame in (
        (campus.lan, campus.start()),
        (campus.wan, campus.identity_request(to=campus.CLIENT)),
        (campus.lan, campus.response(campus.identity)),
        (campus.wan, campus.success(campus.GRANT, to=campus.CLIENT)),
    ):
        put_in(frame)
    campus.wait(1.0)
    campus.wan(campus.identity_request(9, to=campus.CLIENT))

    assert len(campus.heartbeats) == 1
    assert {frame[6:12] for frame in campus.server_got} == {campus.CLIENT}


# Cloned addresses.


def test_the_wan_port_takes_the_clients_address_before_the_start_goes_out(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(CLONE)
    campus.takes_addresses = False
    start = campus.start()

    campus.lan(start)
    assert campus.asked_addresses == [campus.CLIENT]
    assert campus.server_got == []

    campus.take_address(campus.CLIENT)
    assert campus.server_got == [start]


def test_a_cloned_login_crosses_with_its_own_addresses(make_campus: Callable[..., Campus]) -> None:
    campus = make_campus(CLONE)
    campus.lan(campus.start())
    request = campus.identity_request(to=PAE_GROUP_ADDRESS)
    campus.wan(request)
    campus.lan(campus.response(campus.identity))
    campus.wan(campus.success(campus.GRANT, to=campus.CLIENT))
    campus.wait(1.0)

    assert campus.client_got == [request, campus.success(campus.GRANT, to=campus.CLIENT)]
    assert campus.server_got[:2] == [campus.start(), campus.response(campus.identity)]
    assert len(campus.heartbeats) == 1
    assert {frame[6:12] for frame in campus.server_got} == {campus.CLIENT}


def test_an_address_that_the_port_has_already_needs_no_taking(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(CLONE, RouterFacts(bytes.fromhex("02000000cc01")))

    campus.lan(campus.start())

    assert campus.asked_addresses == []
    assert campus.server_got == [campus.start()]


def test_a_start_repeated_while_the_address_is_being_taken_does_not_disturb_that(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(CLONE)
    campus.takes_addresses = False
    for _ in range(3):
        campus.lan(campus.start())
        campus.wait(3.0)

    campus.take_address(campus.CLIENT)

    assert campus.asked_addresses == [campus.CLIENT]
    assert campus.server_got == [campus.start()]


def test_a_link_that_goes_while_the_address_is_taken_costs_nothing(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(CLONE)
    campus.takes_addresses = False
    campus.lan(campus.start())

    campus.link(up=False)
    campus.take_address(campus.CLIENT)
    campus.lan(campus.start())
    assert campus.server_got == []
    campus.wait(2.0)
    campus.link(up=True)

    assert campus.server_got == [campus.start()]
    assert campus.state() is State.AUTHENTICATING
    assert campus.of(LinkLost) == []


def test_a_start_that_was_lost_with_the_link_just_after_the_address_is_sent_again(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(CLONE)
    campus.lan(campus.start())
    campus.wait(0.1)
    campus.link(up=False)
    campus.wait(2.0)
    campus.link(up=True)

    assert campus.server_got == [campus.start()] * 2
    assert campus.state() is State.AUTHENTICATING


def test_a_start_that_was_answered_is_not_sent_again(make_campus: Callable[..., Campus]) -> None:
    campus = make_campus(CLONE)
    campus.lan(campus.start())
    campus.wan(campus.identity_request(to=campus.CLIENT))
    campus.link(up=False)
    campus.link(up=True)

    assert campus.server_got == [campus.start()]
    assert campus.state() is State.WAITING


def test_nothing_of_the_server_crosses_before_the_start_is_out(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(CLONE)
    campus.takes_addresses = False
    campus.lan(campus.start())

    campus.wan(campus.identity_request(to=PAE_GROUP_ADDRESS))

    assert campus.client_got == []


def test_a_port_that_never_comes_back_ends_the_login_with_the_link(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(CLONE)
    campus.takes_addresses = False
    campus.lan(campus.start())
    campus.link(up=False)

    campus.wait(60.0)

    assert campus.of(LoginTimedOut) == [LoginTimedOut(server_answered=False)]
    assert campus.of(LinkLost) == [LinkLost()]
    assert campus.state() is State.LINK_DOWN

    campus.link(up=True)
    campus.take_address(campus.CLIENT)
    assert campus.state() is State.WAITING
    assert campus.server_got == []  # the old Start is forgotten


@pytest.mark.parametrize("flaps", [False, True])
def test_a_port_that_refuses_the_address_is_used_with_its_own(
    make_campus: Callable[..., Campus], flaps: bool
) -> None:
    campus = make_campus(CLONE)
    campus.takes_addresses = False
    campus.lan(campus.start())
    if flaps:
        campus.link(up=False)
    campus.refuse_address("Device or resource busy")
    if flaps:
        campus.link(up=True)
    campus.wan(campus.identity_request(to=campus.WAN))

    assert campus.of(AddressNotTaken) == [AddressNotTaken("Device or resource busy")]
    (start,) = campus.server_got
    assert start[6:12] == campus.WAN
    assert block_of(start).content(PropertyType.MAC_ADDRESS) == campus.WAN
    assert campus.client_got == [campus.identity_request(to=campus.CLIENT)]


def test_a_start_repeated_after_the_refusal_goes_out_as_well(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(CLONE)
    campus.takes_addresses = False
    campus.lan(campus.start())
    campus.refuse_address()
    campus.wait(3.0)

    campus.lan(campus.start())

    assert len(campus.server_got) == 2
    assert campus.asked_addresses == [campus.CLIENT]


def test_the_address_is_given_back_when_asked_to(make_campus: Callable[..., Campus]) -> None:
    campus = make_campus(CLONE_AND_RESTORE)
    campus.lan(campus.start())

    campus.stop()
    campus.stop()

    assert campus.asked_addresses == [campus.CLIENT, campus.WAN]


def test_the_address_is_kept_unless_asked_to(make_campus: Callable[..., Campus]) -> None:
    campus = make_campus(CLONE)
    campus.lan(campus.start())

    campus.stop()

    assert campus.asked_addresses == [campus.CLIENT]


def test_an_address_that_was_never_taken_is_not_given_back(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(CLONE_AND_RESTORE)
    campus.takes_addresses = False
    campus.lan(campus.start())
    campus.refuse_address()

    campus.stop()

    assert campus.asked_addresses == [campus.CLIENT]


def test_the_ports_own_address_is_remembered_over_several_clients(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(CLONE_AND_RESTORE)
    campus.lan(campus.start())
    campus.wan(campus.failure(to=campus.CLIENT))
    campus.takes_addresses = False
    campus.lan(campus.start(campus.OTHER_CLIENT))
    campus.refuse_address()

    campus.stop()

    assert campus.asked_addresses == [campus.CLIENT, campus.OTHER_CLIENT, campus.WAN]


def test_a_restarted_program_can_still_give_the_address_back(
    make_campus: Callable[..., Campus],
) -> None:
    before = make_campus(CLONE_AND_RESTORE)
    before.lan(before.start())
    before.wan(before.success(before.GRANT, to=before.CLIENT))
    before.wait(1.0)

    campus = before.restart()
    assert campus.state() is State.ONLINE
    campus.stop()

    assert campus.asked_addresses == [campus.WAN]


def test_the_address_of_another_card_is_not_given_to_a_new_one(
    make_campus: Callable[..., Campus],
) -> None:
    before = make_campus(CLONE_AND_RESTORE)
    before.lan(before.start())
    before.wan(before.success(before.GRANT, to=before.CLIENT))
    before.wait(1.0)

    campus = before.restart(facts=RouterFacts(bytes.fromhex("0200000000e9")))
    campus.stop()

    assert campus.asked_addresses == []


def test_an_address_that_arrives_after_the_stop_sends_nothing(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(CLONE)
    campus.takes_addresses = False
    campus.lan(campus.start())
    campus.stop()

    campus.take_address(campus.CLIENT)

    assert campus.server_got == []


def test_a_second_login_of_the_campus_goes_out_with_the_address_still_taken(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(replace(CLONE, successes=2))
    campus.lan(campus.start())
    campus.wan(campus.success(campus.GRANT, to=campus.CLIENT))
    campus.lan(campus.start())

    assert campus.asked_addresses == [campus.CLIENT]
    assert campus.server_got == [campus.start()] * 2


def test_a_client_that_leaves_while_its_address_is_taken_leaves_a_port_without_a_link(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(CLONE)
    campus.takes_addresses = False
    campus.lan(campus.start())
    campus.link(up=False)

    campus.lan(campus.logoff())
    assert campus.state() is State.LINK_DOWN
    campus.link(up=True)

    assert campus.state() is State.WAITING
