from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.inspect.server_facts import result_facts, result_unknown
from ruijie_proxy.inspect.steps import Json, Phase, Step
from ruijie_proxy.lab.campus.memory import CLIENT_ADDRESS, SWITCH_ADDRESS
from ruijie_proxy.lab.options import (
    DEFAULT_PASSWORD,
    DEFAULT_USER,
    Challenges,
    ClientOptions,
    Destination,
    Dialect,
    Padding,
    SuccessShape,
    SwitchOptions,
)
from ruijie_proxy.protocol.eap import EapCode, EapPacket
from ruijie_proxy.protocol.eapol import EapolFrame
from ruijie_proxy.protocol.edition import Edition
from ruijie_proxy.protocol.heartbeat import Heartbeat
from ruijie_proxy.protocol.requests import Md5Challenge
from ruijie_proxy.protocol.results import Result, no_heartbeats_piece
from ruijie_proxy.protocol.text import encode_text
from tests.inspect.recorded import (
    SECOND,
    Recorded,
    RecordedCampus,
    Told,
    facts_of,
    login,
    pcap,
    pcapng,
    story_of,
)

PASSWORD = DEFAULT_PASSWORD.encode()
LOGIN = [
    "start",
    "request-identity",
    "response-identity",
    "request-md5",
    "response-md5",
    "success",
]


def told(
    switch: SwitchOptions | None = None,
    client: ClientOptions | None = None,
    seconds: float = 45.0,
    password: bytes | None = None,
) -> Told:
    return story_of(pcap(login(switch, client, seconds)), password)


def step(story: Told, kind: str) -> Step:
    return next(step for step in story.steps if step.kind == kind)


def facts(story: Told, kind: str) -> dict[str, Json]:
    return facts_of(step(story, kind))


def test_a_login_is_told_in_its_order() -> None:
    story = told(SwitchOptions(services=("移动宽带接入", "教育网接入")))

    assert story.kinds == [*LOGIN, "heartbeat", "heartbeat", "heartbeat"]
    assert [step.phase for step in story.steps] == [Phase.LOGIN] * 6 + [Phase.ONLINE] * 3
    assert {step.login for step in story.steps} == {1}
    assert facts(story, "start")["client"] == {
        "version": "01010102",
        "known_as": "Linux 1.0",
        "name": "RG-SU For Linux V1.0",
        "program": "8021x.exe",
    }
    assert facts(story, "response-identity")["user_name"] == DEFAULT_USER
    assert facts(story, "request-md5")["services"] == ["移动宽带接入", "教育网接入"]
    assert facts(story, "success") == {
        "message": "欢迎使用校园网",
        "grant": {"key": "32764ae1", "interval": 20},
        "account": "本月剩余流量 20 GB",
        "looks_for_proxies": False,
    }
    beats = [facts_of(step) for step in story.steps[6:]]
    assert [beat["heartbeat_number"] for beat in beats] == [0x102B, 0x102C, 0x102D]
    assert [beat["number_follows"] for beat in beats] == [None, True, True]
    assert {beat["key_fits"] for beat in beats} == {True}
    assert [beat.get("since_last") for beat in beats] == [None, 20.0, 20.0]
    assert story.summary["parties"] == {
        "client A": CLIENT_ADDRESS.hex(":"),
        "server": SWITCH_ADDRESS.hex(":"),
    }


@pytest.mark.parametrize("edition", list(Edition))
def test_the_v4_check_is_held_against_the_challenge_without_a_password(edition: Edition) -> None:
    story = told(SwitchOptions(edition=edition), ClientOptions(edition=edition))

    right: Json = {"verdict": "right", "edition": int(edition)}
    assert facts(story, "start")["v4_check"] == right
    assert facts(story, "response-md5")["v4_check"] == right


def test_the_check_of_the_text_tells_the_edition_too() -> None:
    switch = SwitchOptions(edition=Edition.SECOND, text_check=True)
    client = ClientOptions(edition=Edition.SECOND, text_check=True)
    story = told(switch, client)

    for kind in ("start", "response-identity"):
        right = {"verdict": "right", "edition": 2, "of": "text"}
        assert facts(story, kind)["v4_check"] == right
    assert facts(story, "response-md5")["v4_check"] == {"verdict": "right", "edition": 2}


def test_a_wrong_v4_check_is_told() -> None:
    client = ClientOptions(foreign_check=True)
    story = told(SwitchOptions(check_v4=False), client)
    assert facts(story, "response-md5")["v4_check"] == {"verdict": "wrong"}


def test_without_the_challenge_nothing_is_said_of_the_check() -> None:
    frames = [one for one in login() if one.by_client]
    assert facts(story_of(pcap(frames)), "response-md5")["v4_check"] == {"verdict": "unchecked"}


@pytest.mark.parametrize(("password", "verdict"), [(PASSWORD, "right"), (b"other", "wrong")])
def test_with_a_password_both_proofs_are_checked(password: bytes, verdict: str) -> None:
    answer = facts(told(password=password), "response-md5")

    assert isinstance(answer["md5_value"], dict)
    assert answer["md5_value"]["verdict"] == verdict
    assert answer["password_property"] == {"verdict": verdict}


LONG_PASSWORD = "plum-tree-in-the-garden"


@pytest.mark.parametrize(
    ("password", "verdict"),
    [(LONG_PASSWORD, "right"), (LONG_PASSWORD[:16], "wrong"), ("x" * 16 + "-in-the", "wrong")],
)
def test_a_long_password_is_checked_to_its_end(password: str, verdict: str) -> None:
    story = told(
        SwitchOptions(users={DEFAULT_USER: LONG_PASSWORD}),
        ClientOptions(password=LONG_PASSWORD),
        password=password.encode(),
    )

    assert facts(story, "response-md5")["password_property"] == {"verdict": verdict}


def test_without_a_password_none_is_checked_and_none_is_shown() -> None:
    answer = facts(told(), "response-md5")

    assert isinstance(answer["md5_value"], dict)
    assert answer["md5_value"]["verdict"] is None
    assert "password_property" not in answer


def test_two_challenges_are_each_answered_for_themselves() -> None:
    story = told(SwitchOptions(challenges=Challenges.TWO_DIFFERENT), password=PASSWORD)

    answers = [facts_of(step) for step in story.steps if step.kind == "response-md5"]
    assert [answer["v4_check"] for answer in answers] == [{"verdict": "right", "edition": 1}] * 2
    assert [answer["password_property"] for answer in answers] == [{"verdict": "right"}] * 2


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("用户不存在或密码错误", "credentials"),
        ("使用了非管理员指定的客户端", "client-rejected"),
        ("因使用非法客户端认证被暂停账号，系统将在6分钟后自动恢复", "banned"),
    ],
)
def test_a_refusal_is_told_with_its_kind_and_what_to_do(text: str, kind: str) -> None:
    refused = facts(told(SwitchOptions(refusals=(text,))), "failure")

    assert refused["message"] == text
    assert refused["refusal"] == kind
    assert refused["advice"]


@pytest.mark.parametrize("in_property", [False, True])
def test_a_reason_before_the_failure_is_told(in_property: bool) -> None:
    story = told(
        SwitchOptions(
            refusals=("密码不匹配",),
            reason_in_request=not in_property,
            reason_in_property=in_property,
        )
    )

    request = [step for step in story.steps if step.kind == "request-md5"][-1]
    assert facts_of(request)["reason"] == "密码不匹配"
    assert "refusal" not in facts_of(request)
    failure = facts(story, "failure")
    assert (failure["message"], failure["reason"]) == (None, "密码不匹配")
    assert failure["reason_in"] == request.number
    assert failure["refusal"] == "credentials"


def test_a_login_that_succeeds_shows_no_refusal() -> None:
    reason = Md5Challenge(9, bytes(16), (), encode_text("密码不匹配")).encode()
    frames = login()
    told_in_vain = EapolFrame.build(CLIENT_ADDRESS, SWITCH_ADDRESS, 0, reason.encode()).encode()
    frames.insert(3, Recorded(frames[3].at, told_in_vain, by_client=False))
    story = story_of(pcap(frames))

    assert facts_of(story.steps[3])["reason"] == "密码不匹配"
    assert not any("refusal" in facts_of(step) for step in story.steps)


def test_a_reason_of_an_earlier_login_is_none_of_a_later_one() -> None:
    switch = SwitchOptions(refusals=("密码不匹配", ""), reason_in_request=True, quiet_period=1.0)
    story = told(switch, ClientOptions(retry_after_failure=2.0))

    failures = [facts_of(step) for step in story.steps if step.kind == "failure"]
    assert failures[0]["reason"] == "密码不匹配"
    assert all("reason_in" not in failure for failure in failures[1:])


def test_being_dropped_ends_the_time_online() -> None:
    story = told(SwitchOptions(alive_interval=30.0), ClientOptions(heartbeats=False))

    end = step(story, "failure")
    assert end.phase is Phase.ONLINE
    assert facts_of(end)["refusal"] == "dropped"


def test_an_invitation_after_a_failure_is_no_login() -> None:
    switch = SwitchOptions(refusals=("密码不匹配",), invite_after_failure=True)
    story = told(switch)

    assert story.steps[-1].kind == "request-identity"
    assert story.steps[-1].phase is Phase.OFFLINE
    assert "invitation" in story.steps[-1].title


def test_probes_are_told_from_the_requests_of_a_login() -> None:
    switch = SwitchOptions(success=SuccessShape.BARE, probe_interval=30.0)
    story = told(switch, ClientOptions(heartbeats=False))

    assert story.kinds == [*LOGIN, "request-identity", "response-identity"]
    assert story.steps[-2].phase is Phase.ONLINE
    assert "probe" in story.steps[-2].title
    assert facts(story, "success")["grant"] is None


def test_a_success_that_wants_no_heartbeats_is_told_as_one() -> None:
    packet = EapPacket.build(EapCode.SUCCESS, 2, data=no_heartbeats_piece())
    result = Result.parse(packet.encode())

    (told,) = [fact for fact in result_facts(result, was_online=False) if fact.key == "grant"]

    assert told.value == {"off": True}
    assert told.text == "switched off: no heartbeats shall be sent"
    assert result_unknown(result) == []


def test_a_full_reauthentication_is_a_login_of_its_own() -> None:
    story = told(SwitchOptions(reauthentication_interval=10.0), seconds=15.0)

    assert [step.login for step in story.steps if step.kind == "success"] == [1, 2]


def test_each_login_of_two_is_counted() -> None:
    campus = RecordedCampus(SwitchOptions(successes=2))
    campus.login()
    campus.login()
    story = story_of(pcap(campus.recorded))

    assert [step.login for step in story.steps if step.kind == "success"] == [1, 2]


def test_a_logoff_is_told() -> None:
    campus = RecordedCampus()
    campus.login()
    campus.client.logoff(campus.now)
    campus.run()
    story = story_of(pcap(campus.recorded))

    assert story.kinds[-1] == "logoff"
    assert story.steps[-1].phase is Phase.ONLINE


def test_repetitions_name_what_they_repeat() -> None:
    switch = SwitchOptions(padding=Padding.STALE)
    frames = login(switch, seconds=1.0)
    again = [Recorded(one.at + 3 * SECOND, one.frame, one.by_client) for one in frames[1:3]]
    story = story_of(pcap([*frames[:3], *again]))

    assert [step.repeats for step in story.steps] == [None, None, None, 2, 3]


def test_what_comes_much_later_is_no_repetition() -> None:
    start = login(seconds=0.1)[0]
    later = Recorded(start.at + 60 * SECOND, start.frame, start.by_client)

    assert [step.repeats for step in story_of(pcap([start, later])).steps] == [None, None]


def test_stale_memory_behind_the_stated_length_is_never_told() -> None:
    switch = SwitchOptions(padding=Padding.STALE, success=SuccessShape.BARE)
    told_of = [str(facts_of(step)) + str(step.unknown) for step in told(switch).steps]

    assert "deadbeef" not in "".join(told_of).lower()
    assert "下线" not in "".join(told_of)


@pytest.mark.parametrize("shape", list(SuccessShape))
def test_every_known_success_is_told(shape: SuccessShape) -> None:
    story = told(SwitchOptions(success=shape))
    success = facts(story, "success")

    if shape in (SuccessShape.BARE, SuccessShape.UNREADABLE):
        assert success["grant"] is None
    else:
        assert success["grant"] == {"key": "32764ae1", "interval": 20}
    if shape is SuccessShape.UNREADABLE:
        assert "9d3c51e0" in "".join(one.data.hex() for one in step(story, "success").unknown)


def test_requests_to_the_group_belong_to_the_client_that_asked() -> None:
    story = told(SwitchOptions(login_destination=Destination.GROUP))

    assert {step.conversation for step in story.steps} == {1}
    assert step(story, "request-identity").receiver == "PAE group"


@pytest.mark.parametrize("dialect", [Dialect.PLAIN, Dialect.CERNET])
def test_other_dialects_are_told(dialect: Dialect) -> None:
    client = ClientOptions(private_block=False)
    switch = SwitchOptions(dialect=dialect, require_private_block=False)
    if dialect is Dialect.PLAIN:
        story = told(switch, client, password=PASSWORD)
        answer = facts(story, "response-md5")["md5_value"]
        assert isinstance(answer, dict)
        assert answer["verdict"] == "right"
        assert facts(story, "start")["private_block"] is None
    else:
        frames = login(switch, client, seconds=1.0)
        texts = [facts_of(step).get("text") for step in story_of(pcap(frames)).steps]
        assert "User name" in texts


def test_a_heartbeat_with_a_wrong_number_or_key_is_told() -> None:
    frames = login(seconds=1.0)
    for number, key in ((0x102C, 0x32764AE1), (0x2000, 0x32764AE1), (0x2001, 1)):
        frame = Heartbeat(key, number).encode(SWITCH_ADDRESS, CLIENT_ADDRESS)
        frames.append(Recorded(frames[-1].at + SECOND, frame, True))
    beats = [facts_of(step) for step in story_of(pcap(frames)).steps if step.kind == "heartbeat"]

    assert [beat["number_follows"] for beat in beats] == [None, True, False, True]
    assert [beat["key_fits"] for beat in beats] == [True, True, True, False]


def test_a_capture_that_begins_online_is_understood() -> None:
    frames = [one for one in login() if EapolFrame.parse(one.frame).type == 0xBF]
    story = story_of(pcap(frames))

    assert {step.phase for step in story.steps} == {Phase.ONLINE}
    assert [facts_of(step)["key_fits"] for step in story.steps] == [None, True, True]


def test_unknown_types_are_shown_as_hex() -> None:
    frame = EapolFrame.build(SWITCH_ADDRESS, CLIENT_ADDRESS, 0x77, b"what is this?").encode()
    story = story_of(pcap([Recorded(0, frame, True)]))

    assert story.kinds == ["unknown"]
    assert [one.data for one in story.steps[0].unknown] == [b"what is this?"]


def test_unknown_properties_are_shown_as_hex() -> None:
    client = ClientOptions(extra_properties=((0x99, "c0ffee"),))
    found = step(told(SwitchOptions(), client), "start")

    assert [(one.place, one.data.hex()) for one in found.unknown] == [("property 0x99", "c0ffee")]
    assert [(line.type, line.name, line.text) for line in found.properties][-1] == (
        0x99,
        None,
        "c0ffee",
    )


def test_a_mac_that_differs_from_the_frames_source_is_told() -> None:
    start = login(seconds=0.1)[0]
    other = start.frame[:6] + bytes.fromhex("02000000aa01") + start.frame[12:]
    story = story_of(pcap([Recorded(start.at, other, True)]))

    assert facts(story, "start")["mac_address"] == CLIENT_ADDRESS.hex(":")


def test_a_wrong_crc_is_told() -> None:
    start = login(seconds=0.1)[0]
    changed = bytearray(start.frame)
    changed[18 + 22] ^= 1
    story = story_of(pcap([Recorded(start.at, bytes(changed), True)]))
    address = facts(story, "start")["address"]

    assert isinstance(address, dict)
    assert isinstance(address["crc"], dict)
    assert address["crc"]["verdict"] == "wrong"


def test_two_ports_of_a_relay_are_two_conversations() -> None:
    frames = login(seconds=1.0)
    router = bytes.fromhex("02000000aa01")
    other = [one.frame.replace(CLIENT_ADDRESS, router) for one in frames]
    both = [Recorded(one.at, frame, True) for one in frames for frame in (one.frame, one.frame)]
    for at, frame in enumerate(other):
        both[2 * at + 1] = Recorded(both[2 * at + 1].at, frame, True)
    story = story_of(pcapng(both))

    assert {step.conversation for step in story.steps} == {1, 2}
    for number in (1, 2):
        kinds = [step.kind.value for step in story.steps if step.conversation == number]
        assert kinds == [*LOGIN, "heartbeat"]


@pytest.mark.parametrize(("password", "size"), [("plum-tree", 16), (LONG_PASSWORD, 32)])
def test_a_password_property_that_does_not_parse_is_not_shown(password: str, size: int) -> None:
    switch = SwitchOptions(users={DEFAULT_USER: password})
    answer = login(switch, ClientOptions(password=password), seconds=1.0)[4]
    changed = bytearray(answer.frame)
    header = bytes((0x1A, size + 8)) + bytes.fromhex("000013112f") + bytes((size + 2,))
    at = changed.find(header)
    secret = bytes(changed[at + 8 : at + 8 + size])
    changed[at] ^= 0xFF  # from here on nothing is a whole property
    story = story_of(pcap([Recorded(0, bytes(changed), True)]))

    shown = story.steps[0].unknown[0].data
    assert header[2:] in shown
    assert not any(secret[start : start + 8] in shown for start in range(0, size, 8))


@given(st.lists(st.tuples(st.binary(max_size=80), st.booleans()), max_size=20))
def test_any_frames_make_a_story(frames: list[tuple[bytes, bool]]) -> None:
    recorded = [
        Recorded(0, CLIENT_ADDRESS + SWITCH_ADDRESS + b"\x88\x8e" + content, by)
        for content, by in frames
    ]
    assert len(story_of(pcap(recorded)).steps) == len(recorded)


@given(st.data())
def test_any_change_of_a_real_frame_makes_a_story(data: st.DataObject) -> None:
    frames = []
    for one in _LOGIN:
        changed = bytearray(one.frame)
        for _ in range(data.draw(st.integers(0, 3))):
            changed[data.draw(st.integers(12, len(changed) - 1))] = data.draw(st.integers(0, 255))
        cut = data.draw(st.integers(14, len(changed)))
        frames.append(Recorded(one.at, bytes(changed[:cut]), one.by_client))
    story_of(pcap(frames), PASSWORD)


_LOGIN = login(SwitchOptions(services=("甲", "乙")), seconds=1.0)
