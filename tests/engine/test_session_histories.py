"""Whatever happens in whatever order: some things hold after every step."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from ruijie_proxy.engine.events import HeartbeatSent
from ruijie_proxy.engine.keeping.keeper import CLOSEST_HEARTBEATS
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.engine.settings import ClientLogoff, GroupMode, MacMode, SessionSettings
from ruijie_proxy.engine.states import HOLDING, LOGGING_IN, State
from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.ethernet import ADDRESS_SIZE, PAE_GROUP_ADDRESS, SOURCE_OFFSET
from ruijie_proxy.protocol.results import Grant
from tests.engine.conftest import HARMLESS, Frames

if TYPE_CHECKING:
    from tests.engine.conftest import Campus

Step = Callable[["Campus"], None]

SOURCE = slice(SOURCE_OFFSET, SOURCE_OFFSET + ADDRESS_SIZE)
PAUSES = (0.0, 0.1, 0.5, 1.0, 3.0, 5.0, 10.0, 27.0, 61.0, 400.0)
NOTIFICATION = EapPacket.build(EapCode.REQUEST, 9, EapType.NOTIFICATION, b"hello")

some_settings = st.builds(
    SessionSettings,
    mac=st.sampled_from(list(MacMode)),
    group=st.sampled_from(list(GroupMode)),
    clients=st.sampled_from(((), (Frames.CLIENT,), (Frames.OTHER_CLIENT,))),
    successes=st.sampled_from((1, 2)),
    client_logoff=st.sampled_from(list(ClientLogoff)),
    restore_mac=st.booleans(),
    heartbeat_interval=st.sampled_from((None, 5.0)),
)


@st.composite
def a_step_of_a_client(draw: st.DrawFn) -> Step:
    """Draw something that one of two clients does."""
    second = draw(st.booleans())
    what = draw(
        st.sampled_from(
            ("start", "other start", "odd", "identity", "md5", "logoff", "heartbeat", "bare")
        )
    )
    place = draw(st.integers(12, 400))
    key = draw(st.integers(1, 2))
    number = draw(st.integers(1, 3))

    def step(campus: Campus) -> None:
        client = campus.OTHER_CLIENT if second else campus.CLIENT
        odd = bytearray(campus.start(client))
        odd[place % len(odd)] ^= 0xFF
        frames = {
            "start": campus.start(client),
            "other start": campus.start(client)[:18].ljust(60, b"\0"),
            "odd": bytes(odd),
            "identity": campus.response(campus.identity, client),
            "md5": campus.response(campus.md5, client),
            "logoff": campus.logoff(client),
            "heartbeat": campus.heartbeat(key, number, client),
            "bare": campus.response(EapPacket.build(EapCode.RESPONSE, 1), client),
        }
        campus.lan(frames[what], port="lan1" if second else "lan2")

    return step


@st.composite
def a_step_of_a_server(draw: st.DrawFn) -> Step:
    """Draw something that one of two servers does."""
    second = draw(st.booleans())
    to_group = draw(st.booleans())
    granted = draw(st.sampled_from((None, Grant(1, 30), Grant(2, 20))))
    what = draw(
        st.sampled_from(("identity", "challenge", "notification", "success", "success", "failure"))
    )

    def step(campus: Campus) -> None:
        source = campus.OTHER_SERVER if second else campus.SERVER
        # As a switch does: to whoever spoke last. What the session knows of its client may come
        # later on the short way.
        to = campus.to_server[-1].frame[SOURCE] if campus.to_server else campus.CLIENT
        if to_group:
            to = PAE_GROUP_ADDRESS
        frames = {
            "identity": campus.identity_request(7, to=to, source=source),
            "challenge": campus.challenge(8, to=to, source=source),
            "notification": campus.of_server(NOTIFICATION, to=to, source=source),
            "success": campus.success(granted, "欢迎", to=to, source=source),
            "failure": campus.failure("您已被强制下线", to=to, source=source),
        }
        campus.wan(frames[what])

    return step


def a_login(granted: Grant | None) -> Step:
    """Return a whole login, so that drawn histories are online often enough."""

    def step(campus: Campus) -> None:
        campus.log_in(campus.success(granted))

    return step


steps = st.one_of(
    a_step_of_a_client(),
    a_step_of_a_client(),
    a_step_of_a_server(),
    a_step_of_a_server(),
    st.sampled_from((None, Grant(1, 30), Grant(2, 300))).map(a_login),
    st.sampled_from(PAUSES).map(lambda seconds: lambda campus: campus.wait(seconds)),
    st.sampled_from(PAUSES).map(lambda seconds: lambda campus: campus.sleep(seconds)),
    st.booleans().map(lambda up: lambda campus: campus.link(up)),
    st.booleans().map(lambda takes: lambda campus: setattr(campus, "takes_addresses", takes)),
    st.just(lambda campus: campus.refuse_address()),
    st.booleans().map(
        lambda own: lambda campus: campus.take_address(campus.WAN if own else campus.CLIENT)
    ),
)


def check(campus: Campus) -> None:
    """Check what holds after every step."""
    state = campus.state()
    status = campus.session.status
    if state in HOLDING:
        assert campus.kept is not None
        assert status.since is not None
        assert status.heartbeat is not None
        assert status.server is not None
    if state in (State.WAITING, State.AUTHENTICATING):
        assert campus.kept is None
        assert status.heartbeat is None
    if state is State.WAITING:
        assert status.client is None
        assert campus.session.next_deadline is None
    if state in LOGGING_IN:
        assert campus.listening
        assert campus.session.next_deadline is not None
    if state in (State.WAITING, State.LINK_DOWN, State.STOPPED):
        assert not campus.listening


@settings(suppress_health_check=HARMLESS, max_examples=300)
@given(options=some_settings, history=st.lists(steps, max_size=40))
def test_every_history_is_foreseen_and_bounded(
    make_campus: Callable[..., Campus], options: SessionSettings, history: list[Step]
) -> None:
    campus = make_campus(options, RouterFacts(bytes.fromhex("0200000000e1")))
    for step in history:
        before = len(campus.to_server) + len(campus.to_client)
        beats = len(campus.of(HeartbeatSent))
        step(campus)
        check(campus)
        frames = len(campus.to_server) + len(campus.to_client) - before
        assert frames <= 12 + len(campus.of(HeartbeatSent)) - beats

    own = [sent.at for sent in campus.to_server if sent.frame[15] == 0xBF]
    assert len(own) >= len(campus.of(HeartbeatSent))
    campus.stop()
    campus.forget_frames()
    for step in history:
        step(campus)
    assert campus.server_got == campus.client_got == []
    assert campus.state() is State.STOPPED


@settings(suppress_health_check=HARMLESS, max_examples=150)
@given(
    history=st.lists(
        st.one_of(
            a_step_of_a_server(),
            st.sampled_from(PAUSES).map(lambda seconds: lambda campus: campus.wait(seconds)),
            st.sampled_from(PAUSES).map(lambda seconds: lambda campus: campus.sleep(seconds)),
        ),
        max_size=40,
    )
)
def test_whatever_the_server_says_a_heartbeat_keeps_its_distance_and_its_number(
    make_campus: Callable[..., Campus], history: list[Step]
) -> None:
    campus = make_campus()
    campus.log_in(campus.success(Grant(1, 30)))
    for step in history:
        step(campus)

    beats = campus.heartbeats
    assert all(
        later - earlier >= CLOSEST_HEARTBEATS - 0.001
        for (earlier, _), (later, _) in pairwise(beats)
    )
    numbers = [heartbeat.number for _, heartbeat in beats]
    assert numbers == list(range(0x102B, 0x102B + len(numbers)))


@settings(suppress_health_check=HARMLESS, max_examples=300)
@given(options=some_settings, history=st.lists(steps, max_size=40))
def test_the_short_way_makes_no_difference_to_what_anybody_gets(
    make_campus: Callable[..., Campus], options: SessionSettings, history: list[Step]
) -> None:
    short, long = (make_campus(options) for _ in range(2))
    short.short_way = True
    for campus in (short, long):
        for step in history:
            step(campus)
        campus.wait(0.1)

    assert short.to_server == long.to_server
    assert short.to_client == long.to_client
    assert short.ports == long.ports
    assert short.events == long.events
    assert short.session.status == long.session.status
    assert short.kept == long.kept
