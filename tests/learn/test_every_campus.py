"""Every kind of campus: a login is recorded, learned from, and what was learned logs in there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from ruijie_proxy.config.shape.model import Mode
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.engine.settings import SessionSettings
from ruijie_proxy.engine.states import State
from ruijie_proxy.lab.campus.memory import CLIENT_ADDRESS
from ruijie_proxy.lab.client.client import Client
from ruijie_proxy.lab.options import (
    Challenges,
    ClientOptions,
    Dialect,
    Group,
    Heartbeats,
    Shape,
    SuccessShape,
    SwitchOptions,
    linux_1_31,
    switch_of_another_vendor,
)
from ruijie_proxy.lab.switch.switch import Switch
from ruijie_proxy.learn.findings import Findings, Likeness, Outcome, RemarkCode
from ruijie_proxy.protocol.edition import Edition
from tests.inspect.recorded import Recorded, RecordedCampus
from tests.integration.conftest import RoutedCampus
from tests.integration.own_campus import LEASED, WAN
from tests.learn.learning import learned, session_from
from tests.learn.traffic import arp, at

MINUTE = 60.0
FORGIVEN = {"Start holds more than its header"}
"""A genuine client's first Start has a private block, at a switch of another vendor, too."""


def recorded(
    switch: SwitchOptions, client: ClientOptions, seconds: float = 100.0
) -> list[Recorded]:
    """Record a login on the PC's side, every round of it, and what follows."""
    campus = RecordedCampus(switch, client)
    campus.login(5.0)
    for _round in range(1, switch.successes):
        campus.login(5.0)
    campus.run(seconds)
    assert campus.switch.session is not None, campus.switch.complaints
    # A PC says something now and then: that is how long was recorded.
    return [*campus.recorded, at(campus.now, arp(client.address), by_client=True)]


def logs_in(findings: Findings, switch: SwitchOptions, facts: RouterFacts = LEASED) -> RoutedCampus:
    """Let the session that was learned log in, by itself, at a campus, and stay for an hour."""
    session, read = session_from(findings)
    assert read.mode is Mode.LOGIN, findings.comparison
    campus = RoutedCampus(switch, settings=read.settings, mode=read.mode, facts=facts)
    campus.profile = session.profile
    campus.restart_router()
    campus.begin(10.0)
    while campus.renewals and campus.state() is not State.ONLINE and campus.now < 1100:
        campus.lease(facts)
        campus.run(10.0)
    assert campus.state() is State.ONLINE, (campus.switch.complaints, read.settings)
    campus.run(60 * MINUTE)
    assert campus.state() is State.ONLINE, campus.switch.complaints
    assert set(campus.switch.complaints) <= FORGIVEN
    return campus


CAMPUSES: dict[str, tuple[SwitchOptions, ClientOptions]] = {
    "edition 1": (SwitchOptions(), ClientOptions()),
    "edition 2": (SwitchOptions(edition=Edition.SECOND), ClientOptions(edition=Edition.SECOND)),
    "version 1.31": (
        SwitchOptions(edition=Edition.SECOND),
        ClientOptions(edition=Edition.SECOND, client_version="1.31"),
    ),
    "check of the text": (SwitchOptions(text_check=True), ClientOptions(text_check=True)),
    "service and serial": (
        SwitchOptions(services=("internet", "教育网接入")),
        ClientOptions(service="教育网接入", disk_serial="WD-WCC4E1234567"),
    ),
    "a property of its own": (
        SwitchOptions(),
        ClientOptions(extra_properties=((0x7D, "0badcafe"), (0x7E, ""))),
    ),
    "Ruijie's group": (
        SwitchOptions(accepted_starts=Group.RUIJIE),
        ClientOptions(start_group=Group.RUIJIE),
    ),
    "two challenges, the same": (SwitchOptions(challenges=Challenges.TWO_SAME), ClientOptions()),
    "two challenges": (SwitchOptions(challenges=Challenges.TWO_DIFFERENT), ClientOptions()),
    "two logins": (SwitchOptions(successes=2), ClientOptions()),
    "probes": (SwitchOptions(probe_interval=30.0), ClientOptions()),
    "nothing but silence": (
        SwitchOptions(heartbeats=Heartbeats.OPTIONAL),
        ClientOptions(heartbeats=False),
    ),
    "proof again": (SwitchOptions(reauthentication_interval=40.0), ClientOptions()),
    "inside": (SwitchOptions(shape=Shape.INSIDE), ClientOptions(shape=Shape.INSIDE)),
    "bare": (switch_of_another_vendor(), linux_1_31()),
    "bare, two logins": (switch_of_another_vendor(successes=2), linux_1_31()),
    "bare, a service": (switch_of_another_vendor(), linux_1_31(service="教育网接入")),
    "plain": (SwitchOptions(dialect=Dialect.PLAIN), ClientOptions(private_block=False)),
    "plain, Ruijie's group": (
        SwitchOptions(dialect=Dialect.PLAIN, accepted_starts=Group.RUIJIE),
        ClientOptions(private_block=False, start_group=Group.RUIJIE),
    ),
    "no heartbeats": (
        SwitchOptions(heartbeats=Heartbeats.FORBIDDEN),
        ClientOptions(heartbeats=False),
    ),
    "heartbeats every 30 s": (
        SwitchOptions(interval=30, closest_heartbeats=25.0),
        ClientOptions(),
    ),
    "rarer than granted": (
        SwitchOptions(interval=10, closest_heartbeats=25.0),
        ClientOptions(heartbeat_interval=30.0),
    ),
    "another method first": (SwitchOptions(offers_first=25), ClientOptions()),
    "a notification": (SwitchOptions(notification="公告"), ClientOptions()),
    "several Starts": (SwitchOptions(), ClientOptions(starts=3)),
    "Starts to both groups": (SwitchOptions(), ClientOptions(start_group=Group.BOTH)),
    "a fixed address": (
        SwitchOptions(expected_address="10.20.30.101"),
        ClientOptions(
            from_dhcp=False,
            address="10.20.30.101",
            netmask="255.255.255.0",
            gateway="10.20.30.1",
            dns="202.114.0.242",
        ),
    ),
    **{
        f"success {shape}": (SwitchOptions(success=shape), ClientOptions())
        for shape in SuccessShape
        if shape not in (SuccessShape.UNREADABLE, SuccessShape.BARE)
    },
}


@pytest.mark.parametrize("name", CAMPUSES)
def test_what_was_learned_on_the_pcs_side_logs_in(name: str) -> None:
    switch, client = CAMPUSES[name]

    findings = learned(recorded(switch, client))

    assert findings.outcome is Outcome.ONLINE
    assert findings.comparison.likeness is Likeness.SAME, findings.comparison
    assert findings.remarks == ()
    logs_in(findings, switch)


def relayed(switch: SwitchOptions, client: ClientOptions) -> list[Recorded]:
    """Record a relayed login on both of the router's ports."""
    settings = SessionSettings(
        successes=switch.successes, heartbeat_interval=client.heartbeat_interval
    )
    campus = RecordedRouter(switch, client, settings)
    for _round in range(switch.successes):
        campus.login(5.0)
    campus.run(100.0)
    assert campus.switch.session is not None, campus.switch.complaints
    return [*campus.recorded, at(campus.now - 1000.0, arp("10.20.30.101", WAN))]


class RecordedRouter(RoutedCampus):
    """A router that relays, with somebody who writes along what goes over both its cables."""

    def __post_init__(self) -> None:
        self.recorded: list[Recorded] = []
        super().__post_init__()
        self._write_along(self.switch, by_router=False)
        self._write_along(self.client, by_router=False)

    def _write_along(self, whose: Switch | Client, *, by_router: bool) -> None:
        send, receive = whose.frames_to_send, whose.receive

        def sent() -> list[bytes]:
            frames = send()
            for frame in frames:
                self._record(frame, by_router=by_router)
            return frames

        def received(frame: bytes, now: float) -> None:
            self._record(frame, by_router=not by_router)
            receive(frame, now)

        whose.frames_to_send, whose.receive = sent, received  # type: ignore[method-assign]

    def _record(self, frame: bytes, *, by_router: bool) -> None:
        self.recorded.append(at(self.now - 1000.0, frame, by_client=by_router))


@pytest.mark.parametrize("name", [name for name in CAMPUSES if name != "a fixed address"])
def test_what_was_learned_on_the_routers_side_logs_in(name: str) -> None:
    switch, client = CAMPUSES[name]

    findings = learned(relayed(switch, client))

    assert findings.client.value == CLIENT_ADDRESS, "the client's own frames are learned from"
    assert findings.comparison.likeness is Likeness.SAME, findings.comparison
    assert {remark.code for remark in findings.remarks} == {RemarkCode.RELAYED}
    logs_in(findings, switch)


MakesSwitch = Callable[..., SwitchOptions]
MakesClient = Callable[..., ClientOptions]
SHAPES: dict[Shape, tuple[MakesSwitch, MakesClient]] = {
    Shape.BLOCK: (SwitchOptions, ClientOptions),
    Shape.INSIDE: (
        partial(SwitchOptions, shape=Shape.INSIDE),
        partial(ClientOptions, shape=Shape.INSIDE),
    ),
    Shape.BARE: (switch_of_another_vendor, linux_1_31),
}


@st.composite
def campuses(draw: st.DrawFn) -> tuple[SwitchOptions, ClientOptions]:
    """Draw a kind of campus, and a client that is at home there."""
    shape = draw(st.sampled_from(list(Shape)))
    make_switch, make_client = SHAPES[shape]
    edition = Edition.SECOND if shape is Shape.BARE else draw(st.sampled_from(list(Edition)))
    text_check = shape is Shape.BLOCK and draw(st.booleans())
    groups = [Group.STANDARD] if shape is Shape.BARE else [Group.STANDARD, Group.RUIJIE]
    group = draw(st.sampled_from(groups))
    services = draw(st.sampled_from([(), ("internet",), ("教育网接入", "移动")]))
    serial = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=20)
    switch = make_switch(
        edition=edition,
        text_check=text_check,
        accepted_starts=group,
        services=services,
        challenges=draw(st.sampled_from(list(Challenges))),
        successes=draw(st.integers(1, 2)),
        probe_interval=30.0 if shape is Shape.BARE else draw(st.sampled_from([None, 25.0])),
        interval=draw(st.integers(5, 50)),
        success=draw(st.sampled_from([SuccessShape.MODERN, SuccessShape.CLASSIC])),
    )
    client = make_client(
        edition=edition,
        text_check=text_check,
        start_group=group,
        service=draw(st.sampled_from(["internet", "", "校园网", *services])),
        disk_serial=draw(serial),
        link_local=draw(st.booleans()),
    )
    return switch, client


@examples(max_examples=40)
@given(campuses())
def test_whatever_the_campus_wants_is_learned(
    campus: tuple[SwitchOptions, ClientOptions],
) -> None:
    switch, client = campus

    findings = learned(recorded(switch, client))

    assert findings.comparison.likeness is Likeness.SAME, findings.comparison
    assert findings.shape.value is not None
    assert findings.shape.value.value == switch.shape.value
    assert findings.edition.value == switch.edition
    assert findings.successes.value == switch.successes
    assert findings.challenges.value == (1 if switch.challenges == Challenges.ONE else 2)
    assert (findings.services.value or ()) == switch.services
    logs_in(findings, switch)
