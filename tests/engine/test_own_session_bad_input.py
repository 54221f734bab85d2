"""Whatever comes in while the router logs in by itself: nothing breaks, nothing is sent without
end.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.engine.states import State
from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS
from ruijie_proxy.values import replace
from tests.engine.conftest import CLIENT, GRANT, SERVER, WAN, Frames
from tests.engine.own_session import EVERY, OF_LOGIN, begun, online, paused

ECHO = EapolFrame.build(WAN, SERVER, EapolType.CERNET_ECHO).encode()
NOTIFICATION = Frames.of_server(
    EapPacket.build(EapCode.REQUEST, 9, EapType.NOTIFICATION, "系统维护".encode("gbk"))
)
OTHER_METHOD = Frames.of_server(EapPacket.build(EapCode.REQUEST, 9, 26, b"mschapv2"))
SENSIBLE = [
    Frames.identity_request(3),
    Frames.identity_request(4, to=PAE_GROUP_ADDRESS),
    Frames.challenge(5),
    Frames.challenge(6, services="一@二"),
    Frames.success(GRANT, "欢迎"),
    Frames.success(),
    Frames.failure("已达到同时在线用户数量上限"),
    Frames.failure("账号被封" + "9" * 400 + "天"),
    Frames.failure("使用了非管理员指定的客户端"),
    Frames.failure(),
    NOTIFICATION,
    OTHER_METHOD,
    ECHO,
]
OF_CLIENT = [
    Frames.start(),
    Frames.start(Frames.OTHER_CLIENT),
    Frames.response(Frames.identity),
    Frames.response(Frames.md5),
    Frames.logoff(),
    Frames.heartbeat(GRANT.key, 7),
]


def changed(whole: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """Return frames with some bytes changed, and cut."""
    return st.builds(
        lambda frame, cut, offset, patch: (frame[:offset] + patch + frame[offset + len(patch) :])[
            :cut
        ],
        frame=whole,
        cut=st.integers(0, 130) | st.just(10_000),
        offset=st.integers(0, 60),
        patch=st.binary(max_size=5),
    )


headed = st.binary(min_size=4, max_size=60).map(lambda rest: WAN + SERVER + b"\x88\x8e" + rest)
wan_frames = (
    st.sampled_from(SENSIBLE) | changed(st.sampled_from(SENSIBLE)) | headed | st.binary(max_size=80)
)
lan_frames = (
    st.sampled_from(OF_CLIENT) | changed(st.sampled_from(OF_CLIENT)) | st.binary(max_size=80)
)
pauses = st.sampled_from([0.0, 0.01, 1.0, 3.0, 30.0]) | st.floats(0.0, 4000.0)


@given(
    way=st.sampled_from(sorted(EVERY)),
    steps=st.lists(
        st.tuples(st.just("wan"), wan_frames, pauses)
        | st.tuples(st.just("lan"), lan_frames, pauses)
        | st.tuples(st.sampled_from(["pull", "plug", "try", "log off"]), st.just(b""), pauses),
        max_size=25,
    ),
)
def test_nothing_is_raised_in_any_state_whatever_comes_in(
    way: str, steps: list[tuple[str, bytes, float]]
) -> None:
    campus = EVERY[way]()
    for what, frame, pause in steps:
        campus.wait(pause)
        before = len(campus.to_server), len(campus.to_client)
        match what:
            case "wan":
                campus.wan(frame, after=0.0)
            case "lan":
                campus.lan(frame, after=0.0)
            case "pull" | "plug":
                campus.link(up=what == "plug")
            case "try":
                campus.session.try_again(campus.now)
            case "log off":
                campus.session.log_off(campus.now)
        campus.carry()
        # An answer or the frame itself, and with a Success or a new login a heartbeat or a Start.
        assert len(campus.to_server) - before[0] <= 2
        assert len(campus.to_client) - before[1] <= 2
        assert campus.session.status.state is campus.state()
    campus.session.stop()
    assert campus.state() is State.STOPPED


@pytest.mark.parametrize("way", sorted(OF_LOGIN))
@pytest.mark.parametrize("frame", range(len(SENSIBLE)))
def test_a_flood_brings_about_a_bounded_number_of_frames(way: str, frame: int) -> None:
    campus = EVERY[way]()
    campus.sent()

    for number in range(2000):
        flood = bytearray(SENSIBLE[frame])
        if len(flood) > 19:
            flood[19] = number % 256
        campus.wan(bytes(flood), after=0.005)

    assert len(campus.sent()) <= 40, "in 10 seconds"


@pytest.mark.parametrize("way", ["paused", "given up", "preparing", "without link", "stopped"])
@pytest.mark.parametrize("frame", SENSIBLE, ids=range(len(SENSIBLE)))
def test_where_no_login_is_under_way_nothing_is_answered(way: str, frame: bytes) -> None:
    """Neither a server's invitation right after a Failure: programs looped into a ban by it."""
    campus = EVERY[way]()
    campus.sent()
    state, deadline = campus.state(), campus.session.next_deadline

    campus.wan(frame)

    assert campus.sent() == []
    assert (campus.state(), campus.session.next_deadline) == (state, deadline)


@pytest.mark.parametrize("way", sorted(OF_LOGIN))
def test_frames_of_a_client_are_nothing_to_a_router_that_logs_in_by_itself(way: str) -> None:
    campus = EVERY[way]()
    campus.sent()
    for frame in OF_CLIENT:
        campus.lan(frame)

    assert not [frame for frame in campus.sent() if frame[6:12] == CLIENT]
    assert campus.to_client == []


@pytest.mark.parametrize(
    "to", [bytes.fromhex("0200000000e2"), b"\xff" * 6, bytes.fromhex("01005e000001")]
)
def test_what_is_addressed_to_others_is_not_heard(to: bytes) -> None:
    campus = begun()
    campus.sent()
    campus.wan(Frames.identity_request(to=to))
    assert campus.sent() == []

    there = online()
    there.wan(Frames.failure("账号被封", to=to))
    assert there.state() is State.ONLINE


@pytest.mark.parametrize("to", [WAN, PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS])
def test_what_is_addressed_to_the_router_or_a_group_is_heard(to: bytes) -> None:
    campus = begun()
    campus.sent()
    campus.wan(Frames.identity_request(to=to))

    assert len(campus.sent()) == 1


def test_online_only_the_server_that_let_the_router_in_counts() -> None:
    campus = online()
    campus.sent()
    for frame in (
        Frames.failure("账号被封", source=Frames.OTHER_SERVER),
        Frames.identity_request(9, source=Frames.OTHER_SERVER),
        Frames.challenge(9, source=Frames.OTHER_SERVER),
        Frames.success(replace(GRANT, key=1), source=Frames.OTHER_SERVER),
    ):
        campus.wan(frame)

    assert campus.sent() == []
    assert campus.state() is State.ONLINE


def test_after_requests_that_were_cut_a_whole_one_is_answered() -> None:
    campus = begun()
    campus.sent()
    whole = Frames.identity_request(7)
    for size in range(23):
        campus.wan(whole[:size])
    assert campus.sent() == []

    campus.wan(whole)
    (answer,) = campus.sent()
    assert EapPacket.parse(EapolFrame.parse(answer).body)[0].identifier == 7
    assert EapPacket.parse(EapolFrame.parse(answer).body)[0].data == b"20260001"


def test_a_pause_is_not_shortened_by_anything_that_comes_in() -> None:
    campus = paused()
    before = campus.session.next_deadline
    assert before is not None
    assert before > campus.now + 60.0
    for frame in SENSIBLE * 3:
        campus.wan(frame)

    assert campus.session.next_deadline == before
