"""The short way across: as the long one, and only where nothing has to be decided."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.engine.actions import (
    HeedClients,
    HeedServers,
    ListenToClient,
    SendToClient,
    SendToServer,
)
from ruijie_proxy.engine.events import LoginStarted, LoginSucceeded, ResponseRelayed
from ruijie_proxy.engine.relay.admission import START_BURST
from ruijie_proxy.engine.relay.crossed_frames import LONGEST_QUEUE, READING_DELAY
from ruijie_proxy.engine.relay.relay_session import RelaySession
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.engine.settings import FieldsMode, GroupMode, MacMode, SessionSettings
from ruijie_proxy.engine.states import State
from ruijie_proxy.lab.campus.memory import CLIENT_ADDRESS, SWITCH_ADDRESS, MemoryCampus
from ruijie_proxy.lab.options import ClientOptions, Destination, SwitchOptions
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS

PORT = "lan2"
WIRE = bytes.fromhex("0200000000e1")
ROUTERS = [
    RouterFacts(mac=WIRE),
    RouterFacts(
        mac=WIRE,
        address=bytes((10, 20, 0, 2)),
        netmask=bytes((255, 255, 0, 0)),
        gateway=bytes((10, 20, 0, 1)),
        dns=bytes((202, 114, 0, 242)),
        link_local=bytes.fromhex("fe80" + "00" * 13 + "07"),
    ),
]


def genuine_login(destination: Destination = Destination.CLIENT) -> tuple[list[bytes], list[bytes]]:
    """Return what a client and a switch say to each other: Start to Success."""
    campus = MemoryCampus(
        SwitchOptions(login_destination=destination), ClientOptions(heartbeats=False)
    )
    campus.login(seconds=0.05)
    return campus.to_switch, campus.to_client


def started(settings: SessionSettings, facts: RouterFacts, start: bytes) -> RelaySession:
    """Return a session whose client's Start has gone out."""
    session = RelaySession(settings, facts, link_up=True)
    session.receive_from_lan(PORT, start, now=0.0)
    session.take_actions()
    return session


def towards_router(frame: bytes, settings: SessionSettings) -> bytes:
    """Readdress a server's frame from the client's address to that of the WAN port."""
    if frame[:6] != CLIENT_ADDRESS or settings.mac is MacMode.KEEP:
        return frame
    return WIRE + frame[6:]


@pytest.mark.parametrize("facts", ROUTERS, ids=["without-address", "with-address"])
@pytest.mark.parametrize("mac", [MacMode.REWRITE, MacMode.KEEP])
@pytest.mark.parametrize("fields", FieldsMode)
@pytest.mark.parametrize("destination", Destination)
def test_every_frame_of_a_login_crosses_as_it_would_the_long_way(
    facts: RouterFacts, mac: MacMode, fields: FieldsMode, destination: Destination
) -> None:
    settings = SessionSettings(mac=mac, fields=fields)
    (start, *answers), requests = genuine_login(destination)
    short, long = (started(settings, facts, start) for _ in range(2))
    crossing = short.short_way(0.0)
    assert crossing is not None

    for answer, request in zip(answers, requests, strict=False):
        asked = towards_router(request, settings)
        long.receive_from_wan(asked, now=1.0)
        long.receive_from_lan(PORT, answer, now=1.0)
        actions = long.take_actions()
        to_client = [action.frame for action in actions if isinstance(action, SendToClient)]
        to_server = [action.frame for action in actions if isinstance(action, SendToServer)]
        assert [crossing.to_client(asked)] == to_client
        assert [crossing.to_server(answer)] == to_server


@pytest.mark.parametrize("facts", ROUTERS, ids=["without-address", "with-address"])
@pytest.mark.parametrize("mac", [MacMode.REWRITE, MacMode.KEEP])
@pytest.mark.parametrize("fields", FieldsMode)
@pytest.mark.parametrize("group", GroupMode)
def test_a_start_goes_out_as_it_would_the_long_way_and_is_looked_at_later(
    facts: RouterFacts, mac: MacMode, fields: FieldsMode, group: GroupMode
) -> None:
    settings = SessionSettings(mac=mac, fields=fields, group=group)
    (start, *_), _ = genuine_login()
    short, long = (RelaySession(settings, facts, link_up=True) for _ in range(2))
    long.receive_from_lan(PORT, start, now=1.0)
    sent = [action.frame for action in long.take_actions() if isinstance(action, SendToServer)]
    way = short.short_way(1.0)
    assert way is not None
    assert [way.to_server(start)] == sent

    assert short.crossed_to_server(PORT, start, now=1.0)

    assert short.take_actions() == [ListenToClient(True), HeedClients((CLIENT_ADDRESS,))]
    before = short.state
    short.handle_timer(now=1.0 + READING_DELAY)
    events = [getattr(action, "event", action) for action in short.take_actions()]
    assert events == [HeedServers(()), LoginStarted(CLIENT_ADDRESS, PORT, False)]
    assert (before, short.state) == (State.WAITING, State.AUTHENTICATING)


def test_a_start_that_more_than_its_client_decides_about_goes_the_long_way() -> None:
    (start, *_), _ = genuine_login()

    def is_let_in(session: RelaySession) -> bool:
        way = session.short_way(1.0)
        return way is not None and way.to_server(start) is not None

    waiting = RelaySession(SessionSettings(), ROUTERS[0], link_up=True)
    assert is_let_in(waiting)
    assert not is_let_in(RelaySession(SessionSettings(), ROUTERS[0], link_up=False))
    for settings in (
        SessionSettings(clients=(SWITCH_ADDRESS,)),
        SessionSettings(mac=MacMode.CLONE),
    ):
        assert not is_let_in(RelaySession(settings, ROUTERS[0], link_up=True))
    waiting.receive_from_lan(PORT, start, now=1.0)
    assert not is_let_in(waiting), "its login is under way"


def test_no_more_starts_take_the_short_way_than_the_long_one() -> None:
    (start, *_), _ = genuine_login()
    settings = SessionSettings(login_timeout=0.01)
    session = RelaySession(settings, ROUTERS[0], link_up=True)
    let_in = 0
    for turn in range(3 * START_BURST):
        now = 1.0 + turn * 0.02
        way = session.short_way(now)
        if way is not None and way.to_server(start) is not None:
            let_in += 1
            session.crossed_to_server(PORT, start, now)
            session.handle_timer(now + 0.011)
    assert let_in == START_BURST


def test_what_crossed_is_looked_at_soon_after_and_not_sent_again() -> None:
    (start, identity, *_), (request, *_) = genuine_login()
    session = started(SessionSettings(), ROUTERS[0], start)
    session.crossed_to_client(towards_router(request, SessionSettings()), now=1.0)
    session.crossed_to_server(PORT, identity, now=1.0)
    assert session.take_actions() == []
    assert session.next_deadline == 1.0 + READING_DELAY

    session.handle_timer(now=1.0 + READING_DELAY)
    actions = session.take_actions()
    assert not [action for action in actions if isinstance(action, SendToClient | SendToServer)]
    assert any(isinstance(getattr(action, "event", None), ResponseRelayed) for action in actions)


def test_a_result_is_looked_at_at_once() -> None:
    (start, identity, md5), requests = genuine_login()
    session = started(SessionSettings(), ROUTERS[0], start)
    request, challenge, success = (towards_router(r, SessionSettings()) for r in requests)
    session.crossed_to_client(request, now=1.0)
    session.crossed_to_server(PORT, identity, now=1.0)
    session.crossed_to_client(challenge, now=1.0)
    session.crossed_to_server(PORT, md5, now=1.0)
    session.crossed_to_client(success, now=1.0)

    events = [getattr(action, "event", None) for action in session.take_actions()]
    assert [event for event in events if isinstance(event, LoginSucceeded)]
    assert session.state is State.ONLINE
    assert session.short_way(1.0) is None


def test_what_waits_to_be_looked_at_is_bounded() -> None:
    (start, identity, *_), _ = genuine_login()
    session = started(SessionSettings(), ROUTERS[0], start)
    for _ in range(LONGEST_QUEUE):
        session.crossed_to_server(PORT, identity, now=1.0)

    assert len(session.take_actions()) > 0


def test_a_frame_is_looked_at_before_the_next_one_that_goes_the_long_way() -> None:
    (start, identity, *_), (request, *_) = genuine_login()
    session = started(SessionSettings(), ROUTERS[0], start)
    session.crossed_to_client(towards_router(request, SessionSettings()), now=1.0)
    session.crossed_to_server(PORT, identity, now=1.0)
    session.receive_from_lan(PORT, start, now=1.001)

    kinds = [type(getattr(action, "event", action)) for action in session.take_actions()]
    assert kinds.index(ResponseRelayed) < kinds.index(SendToServer)


def test_another_address_of_the_router_closes_the_short_way() -> None:
    (start, *_), _ = genuine_login()
    session = started(SessionSettings(), ROUTERS[0], start)
    session.router_changed(ROUTERS[1], 0.0)

    assert session.short_way(1.0) is None


def test_only_the_server_that_answered_first_gets_across() -> None:
    (start, *_), (request, challenge, _) = genuine_login()
    crossing = started(SessionSettings(), ROUTERS[0], start).short_way(0.0)
    assert crossing is not None
    stranger = bytes.fromhex("020000000bad")
    success_first = WIRE + stranger + bytes.fromhex("888e0100000403010004") + bytes(38)
    assert crossing.to_client(success_first) is None
    assert crossing.to_client(towards_router(request, SessionSettings())) is not None

    forged = WIRE + stranger + challenge[12:]
    assert crossing.to_client(forged) is None
    assert crossing.to_client(WIRE + SWITCH_ADDRESS + challenge[12:]) is not None
    elsewhere = bytes.fromhex("02000000ffff") + SWITCH_ADDRESS + challenge[12:]
    assert crossing.to_client(elsewhere) is None


def test_a_block_that_says_something_else_than_the_starts_goes_the_long_way() -> None:
    (start, identity, *_), _ = genuine_login()
    crossing = started(SessionSettings(), ROUTERS[0], start).short_way(0.0)
    assert crossing is not None
    other = identity.replace(CLIENT_ADDRESS + b"\x1a", bytes.fromhex("020000000bad") + b"\x1a")
    assert other != identity

    assert crossing.to_server(other) is None


def test_a_block_where_the_start_had_none_goes_the_long_way() -> None:
    (start, identity, *_), _ = genuine_login()
    bare = start[:18] + bytes(42)
    crossing = started(SessionSettings(), ROUTERS[0], bare).short_way(0.0)
    assert crossing is not None

    assert crossing.to_server(identity) is None


def test_the_clients_start_logoff_and_heartbeats_go_the_long_way() -> None:
    (start, *_), _ = genuine_login()
    crossing = started(SessionSettings(), ROUTERS[0], start).short_way(0.0)
    assert crossing is not None

    for packet_type in (1, 2, 0xBF, 0xC0):
        frame = (
            PAE_GROUP_ADDRESS + CLIENT_ADDRESS + bytes((0x88, 0x8E, 1, packet_type)) + start[16:]
        )
        assert crossing.to_server(frame) is None


@given(frame=st.binary(max_size=2000), head=st.sampled_from([b"", WIRE + SWITCH_ADDRESS]))
def test_no_bytes_whatever_make_the_short_way_stumble(frame: bytes, head: bytes) -> None:
    (start, *_), _ = genuine_login()
    crossing = started(SessionSettings(), ROUTERS[1], start).short_way(0.0)
    assert crossing is not None
    crossing.to_client(head + frame)
    crossing.to_server(PAE_GROUP_ADDRESS + CLIENT_ADDRESS + frame)

    assert crossing.to_client(frame) is None or len(frame) > 18
