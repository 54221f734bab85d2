"""A relayed login at the strict switch of another vendor, which wants bare properties."""

from __future__ import annotations

from typing import Any

import pytest

from ruijie_proxy.config.shape.model import Mode
from ruijie_proxy.engine import events
from ruijie_proxy.engine.heartbeats import Source
from ruijie_proxy.engine.refusals import RefusalKind
from ruijie_proxy.engine.settings import MacMode
from ruijie_proxy.engine.states import State
from ruijie_proxy.lab.options import (
    ClientOptions,
    Shape,
    SwitchOptions,
    linux_1_31,
    switch_of_another_vendor,
)
from ruijie_proxy.protocol.clients.client_shape import ClientShape
from tests.integration.own_campus import DAY, LEASED, Routed, account, own


def linux(**changes: Any) -> ClientOptions:
    """Return the genuine client once it knows that the switch is not Ruijie's."""
    return linux_1_31(**{"shape": Shape.BARE, **changes})


OVER_IPV6 = {"ipv6_global": "2001:db8::7", "ipv6_gateway": "fe80::1"}


def relayed(
    routed: Routed,
    switch: SwitchOptions | None = None,
    client: ClientOptions | None = None,
    **more: Any,
) -> Any:
    """Make a campus of another vendor whose router relays, and let the client log in."""
    campus = own(
        routed,
        switch or switch_of_another_vendor(),
        client=client or linux(),
        mode=Mode.RELAY,
        **more,
    )
    campus.session.begin(campus.now)
    campus.login()
    return campus


@pytest.mark.parametrize("mac", MacMode)
@pytest.mark.parametrize("ipv6", [{}, OVER_IPV6], ids=["ipv4", "ipv6"])
def test_the_switch_finds_one_address_in_frames_and_properties(
    routed: Routed, mac: MacMode, ipv6: dict[str, Any]
) -> None:
    campus = relayed(routed, client=linux(**ipv6), mac=mac)

    assert campus.switch.complaints == []
    assert campus.state() is State.ONLINE


def test_a_fixed_address_is_the_routers(routed: Routed) -> None:
    router = ".".join(str(byte) for byte in LEASED.address or b"")
    campus = relayed(
        routed,
        switch_of_another_vendor(expected_address=router),
        linux(from_dhcp=False, address="192.168.1.2", netmask="255.255.255.0"),
    )

    assert campus.switch.complaints == []
    assert campus.state() is State.ONLINE


def test_probes_are_answered_for_a_day_without_the_pc(routed: Routed) -> None:
    campus = relayed(routed)
    campus.take_pc_away()
    campus.run(DAY / 2)
    campus.restart_router(away=20.0)
    campus.run(DAY / 2)

    assert campus.switch.complaints == []
    assert campus.switch.session is not None
    assert campus.session.status.heartbeat.source is Source.PROBE


def test_services_and_account_are_shown(routed: Routed) -> None:
    campus = relayed(routed)

    status = campus.session.status
    assert status.services == ("教育网接入", "移动宽带接入")
    assert status.accounting


def test_a_wrong_passwords_reason_is_told_as_the_failures(routed: Routed) -> None:
    campus = relayed(routed, client=linux(password="wrong"))

    (refused,) = campus.of(events.LoginRefused)
    failure = campus.session.status.last_failure
    assert refused.message == failure.text
    assert failure.kind is RefusalKind.CREDENTIALS


@pytest.mark.parametrize("shape", [Shape.BARE, Shape.INSIDE])
@pytest.mark.parametrize("ipv6", [{}, OVER_IPV6], ids=["ipv4", "ipv6"])
def test_the_client_is_learned_with_its_shape(
    routed: Routed, shape: Shape, ipv6: dict[str, Any]
) -> None:
    campus = relayed(
        routed,
        switch_of_another_vendor(shape=shape),
        linux(shape=shape, **ipv6),
        login=account(),
    )

    assert campus.switch.complaints == []
    assert not campus.of(events.ProfileDiffers)
    assert campus.of(events.ProfileLearned)
    assert campus.profile.shape is ClientShape(shape.value)
    assert campus.profile.edition == 2


def test_a_client_that_finds_out_by_the_switchs_address_is_learned(routed: Routed) -> None:
    campus = relayed(routed, client=linux(shape=None), login=account())

    assert campus.profile.shape is ClientShape.BARE


@pytest.mark.parametrize("shape", [Shape.BARE, Shape.INSIDE])
def test_a_learned_client_logs_in_by_itself_at_that_switch(routed: Routed, shape: Shape) -> None:
    options = switch_of_another_vendor(shape=shape)
    taught = relayed(routed, options, linux(shape=shape), login=account())

    campus = own(routed, options)
    campus.session.profile_changed(taught.profile, campus.now)
    campus.begin()

    (begun,) = campus.of(events.OwnLoginBegun)
    assert begun.client == taught.profile.name
    assert campus.state() is State.ONLINE
    assert campus.switch.complaints == []
