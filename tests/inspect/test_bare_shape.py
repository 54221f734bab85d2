"""Logins in the bare shape and in the one in between, as inspect tells them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ruijie_proxy.inspect.reading import read_frame
from ruijie_proxy.inspect.steps import Json, Step
from ruijie_proxy.lab.campus.memory import CLIENT_ADDRESS
from ruijie_proxy.lab.options import (
    DEFAULT_PASSWORD,
    DEFAULT_USER,
    ClientOptions,
    Dialect,
    Shape,
    SwitchOptions,
    linux_1_31,
    switch_of_another_vendor,
)
from ruijie_proxy.protocol.bare_properties import (
    encode_bare_properties,
    parse_bare_properties,
)
from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.edition import Edition
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS
from ruijie_proxy.protocol.properties import Property, PropertyType
from ruijie_proxy.protocol.v4_check import v4_check
from ruijie_proxy.values import replace as changed
from tests.inspect.recorded import Recorded, Told, facts_of, login, pcap, story_of

PASSWORD = DEFAULT_PASSWORD.encode()
UDP = ((0x5A, "00001f40"), (0x5B, "0a000009"), (0x5C, "11" * 8), (0x5D, "22" * 8))
VALUE_END = 17


def told(password: bytes | None = PASSWORD, **changes: object) -> Told:
    switch = switch_of_another_vendor(**changes)
    return story_of(pcap(login(switch, linux_1_31(), 45.0)), password)


def steps(story: Told, kind: str) -> list[Step]:
    return [step for step in story.steps if step.kind == kind]


def answer_of(story: Told) -> dict[str, Json]:
    return facts_of(steps(story, "response-md5")[0])


def changed_answer(change: Callable[[list[Property]], list[Property]], **frame: Any) -> Recorded:
    """Return a genuine answer with other properties."""
    answer = next(
        one
        for one in login(switch_of_another_vendor(), linux_1_31(), 1.0)
        if read_frame(one.frame).bare is not None
    )
    eap = read_frame(answer.frame).eap
    assert eap is not None
    properties, _ = parse_bare_properties(eap.data[VALUE_END:])
    data = eap.data[:VALUE_END] + encode_bare_properties(change(list(properties)))
    packet = EapPacket.build(EapCode.RESPONSE, eap.identifier, EapType.MD5_CHALLENGE, data)
    made = EapolFrame.build(
        PAE_GROUP_ADDRESS, CLIENT_ADDRESS, EapolType.EAP_PACKET, packet.encode()
    )
    return Recorded(answer.at, changed(made, **frame).encode(), by_client=True)


def test_a_bare_login_is_told_with_its_shape_and_both_challenges() -> None:
    story = told()

    assert story.kinds[:8] == [
        "start",
        "request-identity",
        "response-identity",
        *["request-md5", "response-md5"] * 2,
        "success",
    ]
    for step in steps(story, "response-md5"):
        facts = facts_of(step)
        assert facts["shape"] == "bare"
        assert "user_name" not in facts
        assert facts["v4_check"] == {"verdict": "right", "edition": 2}
        assert facts["client"] == {
            "version": "011f0102",
            "known_as": "Linux 1.31",
            "name": "RG-SU For Linux V1.30",
            "program": "8021x.exe",
        }
        assert facts["address"] == {
            "dhcp": 1,
            "address": None,
            "netmask": None,
            "gateway": None,
            "dns": "202.114.0.242",
        }
    assert facts_of(steps(story, "response-identity")[0])["user_name"] == DEFAULT_USER


def test_each_property_of_an_answer_is_named() -> None:
    answer = steps(told(), "response-md5")[0]

    assert answer.unknown == ()
    assert [line.type for line in answer.properties[:3]] == [0x11, 0x50, 0x2D]
    assert all(line.name for line in answer.properties)


@pytest.mark.parametrize(("password", "verdict"), [(PASSWORD, "right"), (b"other", "wrong")])
def test_with_a_password_the_proofs_of_a_bare_answer_are_checked(
    password: bytes, verdict: str
) -> None:
    facts = answer_of(told(password))

    assert isinstance(facts["md5_value"], dict)
    assert facts["md5_value"]["verdict"] == verdict
    assert facts["password_property"] == {"verdict": verdict}


def test_a_long_password_is_checked_over_all_its_blocks() -> None:
    password = "plum-tree-in-the-garden"
    switch = switch_of_another_vendor(users={DEFAULT_USER: password})
    story = story_of(pcap(login(switch, linux_1_31(password=password), 1.0)), password.encode())

    assert answer_of(story)["password_property"] == {"verdict": "right"}


def test_a_genuine_clients_answer_has_no_differences() -> None:
    assert answer_of(told())["differences"] == []


DIFFERENT: dict[str, tuple[Callable[[list[Property]], list[Property]], list[Json]]] = {
    "size": (
        lambda properties: [replace_content(item, 0x2D, item.content[:5]) for item in properties],
        [{"what": "size", "type": 0x2D}],
    ),
    "order": (
        lambda properties: ([properties[0], properties[2], properties[1], *properties[3:]]),
        [{"what": "order", "type": 0x2D}],
    ),
    "missing": (
        lambda properties: [item for item in properties if item.type != 0x4D],
        [{"what": "missing", "type": 0x4D}],
    ),
    "extra": (
        lambda properties: [*properties, Property(0x99, b"x", marked=False)],
        [{"what": "extra", "type": 0x99}],
    ),
    "name": (
        lambda properties: [
            replace_content(item, 0x6F, b"RG-SU For Linux V1.31\0") for item in properties
        ],
        [{"what": "name", "type": 0x6F}],
    ),
    "address with DHCP": (
        lambda properties: [
            replace_content(item, 0x50, b"\x0a\0\0\7" + item.content[4:]) for item in properties
        ],
        [{"what": "address", "type": 0x50}],
    ),
}


def replace_content(item: Property, number: int, content: bytes) -> Property:
    return Property(number, content, marked=False) if item.type == number else item


@pytest.mark.parametrize(("change", "differences"), DIFFERENT.values(), ids=DIFFERENT)
def test_what_a_genuine_client_writes_otherwise_is_told(
    change: Callable[[list[Property]], list[Property]], differences: list[Json]
) -> None:
    story = story_of(pcap([changed_answer(change)]))

    assert facts_of(story.steps[0])["differences"] == differences


def test_an_answer_to_the_switch_with_another_length_is_different() -> None:
    answer = changed_answer(list, destination=bytes(6), length=1000)
    found = facts_of(story_of(pcap([answer])).steps[0])

    assert found["shape"] == "bare"
    assert found["differences"] == [
        {"what": "destination", "type": None},
        {"what": "length", "type": None},
    ]


def test_a_bare_answer_cut_at_any_byte_shows_no_byte_of_the_password_property() -> None:
    whole = changed_answer(list)
    bare = read_frame(whole.frame).bare
    assert bare is not None
    secret = bare.content(PropertyType.PASSWORD)
    assert secret
    for size in range(18, len(whole.frame)):
        step = story_of(pcap([replace(whole, frame=whole.frame[:size])])).steps[0]
        shown = repr([(fact.value, fact.text, fact.full) for fact in step.facts])
        shown += repr([(line.text, line.full) for line in step.properties])
        shown += "".join(one.data.hex() for one in step.unknown)
        for start in range(0, len(secret) - 4, 4):
            assert secret[start : start + 4].hex() not in shown, size
            assert secret[start : start + 4].decode("gb18030", "replace") not in shown


def test_bytes_that_are_no_name_are_not_shown_as_one() -> None:
    data = bytes((16,)) + bytes(16) + bytes((0x2F, 16)) + b"secret-of-16-byt"
    packet = EapPacket.build(EapCode.RESPONSE, 2, EapType.MD5_CHALLENGE, data)
    frame = EapolFrame.build(PAE_GROUP_ADDRESS, CLIENT_ADDRESS, 0, packet.encode()).encode()
    step = story_of(pcap([Recorded(0, frame, by_client=True)])).steps[0]

    assert facts_of(step)["user_name"] is None
    assert "secret" not in repr(step)


def test_the_servers_pieces_are_told_by_name() -> None:
    (_, second) = steps(told(pieces=UDP), "request-md5")
    facts = facts_of(second)

    assert facts["account"] == "本月剩余流量 20 GB"
    assert facts["services"] == ["教育网接入", "移动宽带接入"]
    assert facts["service"] == "教育网接入"
    assert facts["broadcast"] == "欢迎使用校园网"
    assert facts["newest_version"] == "011f0102"
    assert facts["udp_heartbeat"] == {"server": "10.0.0.9", "port": 8000}
    assert "reason" not in facts
    assert "refusal" not in facts
    assert second.unknown == ()
    assert all(line.name for line in second.properties)
    assert "1111111111111111" not in repr(second)


def test_a_piece_of_unknown_type_is_shown_as_hex() -> None:
    (_, second) = steps(told(pieces=((0x99, "c0ffee"),)), "request-md5")

    assert [(one.place, one.data.hex()) for one in second.unknown] == [("property 0x99", "c0ffee")]


def test_a_wrong_password_is_told_where_the_failure_stands() -> None:
    story = story_of(
        pcap(login(switch_of_another_vendor(), linux_1_31(password="other"), seconds=5.0))
    )
    request = steps(story, "request-md5")[-1]
    failure = facts_of(steps(story, "failure")[0])

    assert facts_of(request)["reason"]
    assert "refusal" not in facts_of(request)
    assert failure["reason_in"] == request.number
    assert failure["refusal"] == "credentials"


def test_a_login_with_the_block_inside_is_told_as_such() -> None:
    switch = SwitchOptions(shape=Shape.INSIDE)
    story = story_of(pcap(login(switch, linux_1_31(shape=Shape.INSIDE), seconds=5.0)), PASSWORD)
    facts = answer_of(story)

    assert facts["shape"] == "inside"
    assert facts["user_name"] == DEFAULT_USER
    assert facts["password_property"] == {"verdict": "right"}


def test_a_login_with_a_block_says_so_to_programs_alone() -> None:
    story = story_of(pcap(login(seconds=1.0)))
    shape = next(fact for fact in steps(story, "response-md5")[0].facts if fact.key == "shape")

    assert (shape.value, shape.text) == ("block", "")


@pytest.mark.parametrize("method", [6, 7])
def test_a_password_in_clear_is_said_and_not_shown(method: int) -> None:
    data = bytes((11,)) + b"secret-2026" + b"student"
    packet = EapPacket.build(EapCode.RESPONSE, 2, method, data)
    frame = EapolFrame.build(PAE_GROUP_ADDRESS, CLIENT_ADDRESS, 0, packet.encode()).encode()
    step = story_of(pcap([Recorded(0, frame, by_client=True)])).steps[0]

    assert facts_of(step)["clear_password"] is True
    assert b"secret".hex() not in repr(step)
    assert not step.unknown


@pytest.mark.parametrize("edition", list(Edition))
def test_a_start_with_the_check_of_the_text_tells_the_edition(edition: Edition) -> None:
    zeros, text = v4_check(bytes(16), edition), v4_check(b"!jierui9002pmsus", edition)
    start = login(SwitchOptions(edition=edition), ClientOptions(edition=edition), 1.0)[0]
    changed_start = replace(start, frame=start.frame.replace(zeros, text))
    step = story_of(pcap([changed_start])).steps[0]

    told: Json = {"verdict": "right", "edition": int(edition), "of": "text"}
    assert facts_of(step)["v4_check"] == told


def test_a_logoffs_reason_is_told() -> None:
    campus_frames = login(seconds=1.0)
    start = bytearray(campus_frames[0].frame)
    start[15] = EapolType.LOGOFF
    start[18 + 63] = 3
    step = story_of(pcap([Recorded(0, bytes(start), by_client=True)])).steps[0]

    assert facts_of(step)["logoff_reason"] == 3
    assert "address" in next(fact.text for fact in step.facts if fact.key == "logoff_reason")


def test_a_plain_login_has_no_shape() -> None:
    switch = SwitchOptions(dialect=Dialect.PLAIN)
    story = story_of(pcap(login(switch, ClientOptions(private_block=False), 5.0)))

    assert "shape" not in facts_of(steps(story, "response-identity")[0])
