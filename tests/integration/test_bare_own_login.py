"""The router's own login at a strict switch of another vendor, and what a client teaches it."""

from __future__ import annotations

import pytest

from ruijie_proxy.config.shape.model import Mode
from ruijie_proxy.engine import events
from ruijie_proxy.engine.heartbeats import Source
from ruijie_proxy.engine.refusals import RefusalKind
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.engine.settings import DhcpMode, Shape
from ruijie_proxy.engine.states import State
from ruijie_proxy.lab import options as lab
from ruijie_proxy.lab.options import Challenges, Destination, Padding, switch_of_another_vendor
from ruijie_proxy.lab.switch.checks import WRONG_CLIENT, WRONG_PASSWORD
from ruijie_proxy.protocol.edition import Edition
from ruijie_proxy.protocol.ethernet import link_local_address
from ruijie_proxy.secret import Secret
from ruijie_proxy.values import replace
from tests.integration.own_campus import (
    DAY,
    HOUR,
    LEASED,
    MINUTE,
    WAN,
    Routed,
    account,
    assert_within_limits,
    own,
)

BARE = account(shape=Shape.BARE)
CLIENT = lab.linux_1_31(shape=lab.Shape.BARE)
LINK_LOCAL = link_local_address(WAN)
LONG_PASSWORD = "plum-tree-in-the-garden"
FACTS = {
    "nothing known": RouterFacts(WAN),
    "leased": LEASED,
    "several DNS servers": replace(
        LEASED, dns_servers=(bytes((202, 114, 0, 242)), bytes((8, 8, 8, 8)), bytes((1, 1, 1, 1)))
    ),
    "link-local IPv6": replace(LEASED, link_local=LINK_LOCAL),
    "IPv6": replace(
        LEASED,
        link_local=LINK_LOCAL,
        ipv6_global=bytes.fromhex("20010db8000000000000000000000101"),
        ipv6_gateway=bytes.fromhex("fe800000000000000000000000000001"),
    ),
}


@pytest.mark.parametrize("challenges", Challenges)
@pytest.mark.parametrize("destination", Destination)
@pytest.mark.parametrize("padding", Padding)
def test_a_day_alone_with_a_proof_every_hour_leaves_the_switch_content(
    routed: Routed, challenges: Challenges, destination: Destination, padding: Padding
) -> None:
    campus = own(
        routed,
        switch_of_another_vendor(
            challenges=challenges,
            login_destination=destination,
            online_destination=destination,
            padding=padding,
            reauthentication_interval=HOUR,
        ),
        login=BARE,
    )
    campus.begin()
    campus.run(DAY)

    assert campus.switch.complaints == []
    assert campus.switch.starts == 1
    assert campus.switch.logins == pytest.approx(24, abs=1)
    assert campus.session.status.heartbeat.source is Source.PROBE
    assert campus.session.status.heartbeat.sent == 0


@pytest.mark.parametrize("dhcp", [DhcpMode.OFF, DhcpMode.AFTER])
@pytest.mark.parametrize("facts", FACTS.values(), ids=FACTS.keys())
def test_the_routers_addresses_are_told_as_a_genuine_client_tells_its_own(
    routed: Routed, facts: RouterFacts, dhcp: DhcpMode
) -> None:
    expected = None if facts.address is None else "10.20.30.101"
    options = switch_of_another_vendor(expected_address=expected)
    campus = own(routed, options, login=BARE, facts=facts, dhcp=dhcp)
    campus.begin(HOUR)

    assert campus.switch.complaints == []
    assert campus.switch.session is not None


def test_a_password_above_16_bytes(routed: Routed) -> None:
    options = switch_of_another_vendor(users={"student": LONG_PASSWORD})
    campus = own(routed, options, login=replace(BARE, password=Secret(LONG_PASSWORD)))
    campus.begin(MINUTE)

    assert campus.switch.complaints == []
    assert campus.state() is State.ONLINE


def test_a_wrong_password_is_told_once_and_no_invitation_is_accepted(routed: Routed) -> None:
    campus = own(
        routed,
        switch_of_another_vendor(invite_after_failure=True, invitations=20),
        login=replace(BARE, password=Secret("not the right one")),
    )
    campus.begin(DAY)

    assert campus.switch.complaints == [
        "the MD5 value is wrong",
        "the password property is wrong",
    ]
    assert len(campus.switch.tries) == 1
    failure = campus.session.status.last_failure
    assert (failure.text, failure.kind) == (WRONG_PASSWORD, RefusalKind.CREDENTIALS)


def test_the_other_edition_is_found_by_the_piece_that_refuses_the_first(routed: Routed) -> None:
    """No client is known that has edition 1 and is bare: it is the user's version that stays."""
    options = switch_of_another_vendor(edition=Edition.FIRST)
    campus = own(routed, options, login=replace(BARE, client_version="1.31"))
    campus.begin(MINUTE)

    assert campus.state() is State.ONLINE
    assert [refused.message for refused in campus.of(events.LoginRefused)] == [WRONG_CLIENT]
    assert campus.of(events.OtherEditionNext) == [events.OtherEditionNext(1)]
    assert_within_limits(campus)


@pytest.mark.parametrize("shape", [Shape.AUTO, Shape.BARE])
def test_who_is_never_accepted_is_not_banned_for_trying(routed: Routed, shape: Shape) -> None:
    options = switch_of_another_vendor(refuse_always=WRONG_CLIENT)
    campus = own(routed, options, login=account(shape=shape))
    campus.begin(DAY)

    assert campus.switch.logins == 0
    assert_within_limits(campus)
    assert len(campus.switch.fruitless) <= 4


@pytest.mark.parametrize("wanted", [lab.Shape.BLOCK, lab.Shape.INSIDE])
def test_the_bare_shape_that_was_set_is_kept_to_where_it_is_wrong(
    routed: Routed, wanted: lab.Shape
) -> None:
    campus = own(routed, lab.SwitchOptions(shape=wanted), login=BARE)
    campus.begin(DAY)

    assert campus.switch.logins == 0
    assert_within_limits(campus)


@pytest.mark.parametrize("moment", [0.0, 1.0, 20.0, 45.0])
def test_a_killed_daemon_is_online_again(routed: Routed, moment: float) -> None:
    campus = own(routed, switch_of_another_vendor(), login=BARE)
    campus.begin(moment)
    campus.restart_router(away=1.0)
    campus.run(HOUR)

    assert campus.switch.complaints == []
    assert campus.switch.session is not None
    assert campus.state() is State.ONLINE


def test_in_mode_auto_a_relayed_login_teaches_the_router_what_the_client_is(
    routed: Routed,
) -> None:
    client = replace(CLIENT, disk_serial="WD-WCC4E1234567", service="教育网接入")
    campus = own(routed, switch_of_another_vendor(), client=client, mode=Mode.AUTO)
    campus.session.begin(campus.now)
    campus.login()
    assert campus.switch.complaints == []
    assert campus.state() is State.ONLINE
    assert len(campus.of(events.ProfileLearned)) == 1

    campus.take_pc_away()
    campus.run(MINUTE)
    campus.switch.kick(campus.now)
    campus.run(HOUR)

    assert campus.state() is State.ONLINE
    assert campus.switch.session is not None
    assert campus.switch.complaints == []
    assert campus.switch.logins == 2
