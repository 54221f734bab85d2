"""A switch of another vendor: the bare shape, each mistake in it, and the shape in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import md5

import pytest

from ruijie_proxy.lab.campus.memory import (
    CLIENT_ADDRESS,
    SWITCH_ADDRESS,
    MemoryCampus,
)
from ruijie_proxy.lab.events import EventKind, FrameName
from ruijie_proxy.lab.options import (
    OTHER_VENDORS_SWITCH,
    ClientOptions,
    Dropping,
    Shape,
    SwitchOptions,
    linux_1_31,
    switch_of_another_vendor,
)
from ruijie_proxy.lab.switch.checks import (
    DAMAGED_CLIENT,
    FOREIGN_CLIENT,
    NO_CLIENT,
    WRONG_ADDRESS,
    WRONG_CLIENT,
    WRONG_MAC,
    WRONG_PASSWORD,
)
from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.eapol import BODY_OFFSET, LENGTH_OFFSET, EapolFrame, EapolType
from ruijie_proxy.protocol.edition import Edition
from ruijie_proxy.protocol.ethernet import (
    PAE_GROUP_ADDRESS,
    RUIJIE_GROUP_ADDRESS,
    link_local_address,
    parse_mac,
)
from ruijie_proxy.protocol.heartbeat import Heartbeat
from ruijie_proxy.protocol.password import eap_md5_value
from ruijie_proxy.protocol.private_block import find_private_block
from ruijie_proxy.protocol.requests import Md5Challenge
from tests.lab.bare_frames import (
    VALUE_END,
    Properties,
    answers,
    changing,
    eap_of,
    is_answer,
    read,
    setting,
    with_private,
    written,
)
from tests.lab.port import PASSWORD, USER, Port

DAY = 24 * 3600.0
OTHER_VENDORS_ADDRESS = parse_mac(OTHER_VENDORS_SWITCH)
BARE_CLIENT = linux_1_31(shape=Shape.BARE)
STATIC = replace(
    BARE_CLIENT,
    from_dhcp=False,
    address="10.20.30.101",
    netmask="255.255.255.0",
    gateway="10.20.30.1",
    dns_servers="8.8.8.8;9.9.9.9",
)
LONG_PASSWORD = "plum-tree-in-the-garden"
STRANGER = bytes.fromhex("020000000666")
ANSWER = FrameName.RESPONSE_CHALLENGE


def bare(
    client: ClientOptions = BARE_CLIENT,
    tamper: Callable[[bytes], bytes | None] | None = None,
    **changes: object,
) -> MemoryCampus:
    """Return a bare campus after a login of a client whose frames something was done to."""
    campus = MemoryCampus(switch_of_another_vendor(**changes), client)
    if tamper is not None:
        campus.tamper = tamper
    campus.login()
    return campus


def refusal(campus: MemoryCampus) -> object:
    """Return what the client was told before the Failure."""
    told = campus.find(EventKind.RECEIVED, frame=FrameName.REQUEST_CHALLENGE)
    return told[-1].detail["message"]


def answer_of(campus: MemoryCampus) -> bytes:
    """Return the first answer of a campus's client."""
    return next(frame for frame in campus.to_switch if is_answer(frame))


# What is right


@pytest.mark.parametrize(
    "client",
    [
        BARE_CLIENT,
        STATIC,
        replace(BARE_CLIENT, client_version="1.30"),
        replace(BARE_CLIENT, link_local=False),
        replace(BARE_CLIENT, ipv6_global="2001:db8::101", ipv6_gateway="fe80::1"),
        replace(BARE_CLIENT, service="教育网接入"),
        replace(BARE_CLIENT, phase=2, disk_serial=""),
    ],
    ids=["dhcp", "static", "1.30", "no-ipv6", "ipv6", "service", "second-round"],
)
def test_a_genuine_client_is_online_for_a_day_by_answering_probes(client: ClientOptions) -> None:
    campus = bare(client)
    campus.run(DAY)

    assert campus.switch.complaints == []
    assert campus.client.complaints == []
    assert len(campus.find(EventKind.PROBE_ANSWERED)) == DAY / 30
    assert campus.find(EventKind.SENT, frame=FrameName.HEARTBEAT) == []


@pytest.mark.parametrize("serial", ["", "WD-WX71A9", "S" * 64])
def test_the_answer_of_linux_1_31_is_as_long_as_it_was_computed(serial: str) -> None:
    campus = bare(replace(BARE_CLIENT, link_local=False, disk_serial=serial))

    frame = EapolFrame.parse(answer_of(campus))
    packet, _behind = EapPacket.parse(frame.body)
    assert frame.length == packet.length == 272 + len(serial)
    assert b"student" not in packet.data


def test_a_password_above_16_bytes_is_chained() -> None:
    campus = bare(replace(BARE_CLIENT, password=LONG_PASSWORD), users={"student": LONG_PASSWORD})

    assert campus.switch.complaints == []
    packet = eap_of(answer_of(campus))
    assert packet is not None
    assert len(dict(read(packet.data[VALUE_END:]))[0x2F]) == 32


def test_the_same_16_bytes_are_asked_twice_and_17_pieces_follow_the_second_time() -> None:
    campus = bare(accounting="余额 20.00 元")

    packets = [packet for frame in campus.to_client if (packet := eap_of(frame)) is not None]
    first, second = (
        Md5Challenge.parse(packet) for packet in packets if packet.type == EapType.MD5_CHALLENGE
    )
    assert first.challenge == second.challenge
    assert first.unparsed == b""
    assert len(second.bare_pieces) == 17
    assert second.services == ("教育网接入", "移动宽带接入")
    assert second.account == "余额 20.00 元"
    assert 180 <= packets[2].length <= 220
    assert (packets[3].code, packets[3].data) == (EapCode.SUCCESS, b"")


def test_other_pieces_can_follow() -> None:
    campus = bare(pieces=((0x5A, "00001f90"), (0x5B, "0a000003")))

    second = [packet for frame in campus.to_client if (packet := eap_of(frame)) is not None][2]
    assert Md5Challenge.parse(second).bare_pieces[-1].content == bytes((10, 0, 0, 3))


def test_the_client_knows_the_switch_by_its_vendor() -> None:
    at_h3c = MemoryCampus(switch_of_another_vendor(), linux_1_31())
    at_h3c.login()
    # It has heard nobody before its first Start, and knows after it.
    assert at_h3c.switch.complaints == ["Start holds more than its header"]
    at_h3c.client.logoff(at_h3c.now)
    at_h3c.login(seconds=60)
    assert at_h3c.switch.complaints == ["Start holds more than its header"]
    assert at_h3c.switch.logins == 2

    for vendor in ("00d0f8", "001aa9", "14144b", "58696c"):
        address = bytes.fromhex(vendor) + b"\1\2\3"
        at_ruijie = MemoryCampus(
            SwitchOptions(edition=Edition.SECOND), linux_1_31(), switch_address=address
        )
        at_ruijie.login(seconds=60)
        assert at_ruijie.switch.complaints == []


def test_only_a_bare_switch_is_another_vendors() -> None:
    assert MemoryCampus(switch_of_another_vendor()).switch.address == OTHER_VENDORS_ADDRESS
    assert MemoryCampus(SwitchOptions(shape=Shape.INSIDE)).switch.address == SWITCH_ADDRESS


# Refusals


def test_a_wrong_password_is_told_in_a_piece_before_the_failure() -> None:
    campus = bare(replace(BARE_CLIENT, password="wrong"))

    assert campus.switch.complaints == [
        "the MD5 value is wrong",
        "the password property is wrong",
    ]
    assert refusal(campus) == WRONG_PASSWORD
    packets = [packet for frame in campus.to_client if (packet := eap_of(frame)) is not None]
    first, reason = (Md5Challenge.parse(packet) for packet in packets[1:3])
    assert first.challenge == reason.challenge
    assert [piece.type for piece in reason.bare_pieces] == [0x53]
    assert (packets[3].code, packets[3].data) == (EapCode.FAILURE, b"")


def test_an_unknown_user() -> None:
    campus = bare(replace(BARE_CLIENT, username="nobody"))

    assert campus.switch.complaints == ["the user is unknown"]
    assert refusal(campus) == WRONG_PASSWORD


def test_a_refusal_that_was_ordered_comes_in_place_of_the_second_challenge() -> None:
    campus = MemoryCampus(switch_of_another_vendor(refusals=("账号欠费",)), BARE_CLIENT)
    campus.login()
    assert refusal(campus) == "账号欠费"
    assert campus.switch.logins == 0

    campus.run(30)
    campus.login()
    assert campus.switch.logins == 1
    assert campus.switch.complaints == []


@pytest.mark.parametrize("dropping", Dropping)
def test_who_answers_no_probe_is_dropped_after_five_minutes(dropping: Dropping) -> None:
    campus = bare(dropping=dropping)
    campus.client.leave(campus.now)
    campus.run(400)

    assert campus.switch.complaints == ["no answered probe for 300.0 s"]
    assert campus.switch.session is None


def test_a_heartbeat_is_a_complaint() -> None:
    campus = bare()
    campus.inject(Heartbeat(0x32764AE1, 0x102B).encode(OTHER_VENDORS_ADDRESS, CLIENT_ADDRESS))

    assert campus.switch.complaints[0] == "a heartbeat, where nobody asked for one"


# One mistake at a time


def moved(number: int, behind: int) -> Callable[[bytes], bytes]:
    """Return what puts a property behind another."""

    def change(properties: Properties) -> Properties:
        (taken,) = [item for item in properties if item[0] == number]
        rest = [item for item in properties if item[0] != number]
        at = [kind for kind, _content in rest].index(behind) + 1
        return [*rest[:at], taken, *rest[at:]]

    return changing(change)


def without(number: int) -> Callable[[bytes], bytes]:
    """Return what leaves a property out."""
    return changing(lambda properties: [item for item in properties if item[0] != number])


def added(number: int, content: bytes, behind: int) -> Callable[[bytes], bytes]:
    """Return what puts a property in behind another."""

    def change(properties: Properties) -> Properties:
        at = [kind for kind, _content in properties].index(behind) + 1
        return [*properties[:at], (number, content), *properties[at:]]

    return changing(change)


def in_lengths(eapol: int, eap: int) -> Callable[[bytes], bytes]:
    """Return what adds to the stated lengths of each answer."""

    def change(frame: bytes) -> bytes:
        eapol_told = int.from_bytes(frame[LENGTH_OFFSET:BODY_OFFSET], "big") + eapol
        eap_told = int.from_bytes(frame[BODY_OFFSET + 2 : BODY_OFFSET + 4], "big") + eap
        return b"".join(
            (
                frame[:LENGTH_OFFSET],
                eapol_told.to_bytes(2, "big"),
                frame[BODY_OFFSET : BODY_OFFSET + 2],
                eap_told.to_bytes(2, "big"),
                frame[BODY_OFFSET + 4 :],
            )
        )

    return answers(change)


def changing_bytes(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """Return what changes the bytes behind the value of each answer."""

    def tamper(frame: bytes) -> bytes:
        packet = eap_of(frame)
        assert packet is not None
        return with_private(frame, change(packet.data[VALUE_END:]))

    return answers(tamper)


def behind_the_name(frame: bytes) -> bytes:
    """Give an answer a user name in front of its properties."""
    packet = eap_of(frame)
    assert packet is not None
    return with_private(frame, USER + packet.data[VALUE_END:])


ADDRESSES_WITH_DHCP = bytes((10, 20, 30, 101)) + bytes(12) + b"\1"
MISTAKES = {
    "user name in the answer": (answers(behind_the_name), DAMAGED_CLIENT),
    "user name instead of properties": (
        answers(lambda frame: with_private(frame, USER)),
        DAMAGED_CLIENT,
    ),
    "nothing behind the value": (answers(lambda frame: with_private(frame, b"")), NO_CLIENT),
    "cut within a property": (
        answers(lambda frame: with_private(frame, written([(0x11, bytes(36))])[:-1])),
        DAMAGED_CLIENT,
    ),
    "one byte alone at the end": (
        answers(lambda frame: with_private(frame, written([(0x11, bytes(36))]) + b"\x50")),
        DAMAGED_CLIENT,
    ),
    "EAPOL length of the standard part": (in_lengths(-298, 0), FOREIGN_CLIENT),
    "both lengths of the standard part": (in_lengths(-298, -298), FOREIGN_CLIENT),
    "EAP length too small": (in_lengths(0, -1), FOREIGN_CLIENT),
    "EAP length too large": (in_lengths(0, 1), FOREIGN_CLIENT),
    "both lengths too large": (in_lengths(9, 9), FOREIGN_CLIENT),
    "something behind the lengths": (answers(lambda frame: frame + b"\1"), FOREIGN_CLIENT),
    "order": (moved(0x50, behind=0x2D), DAMAGED_CLIENT),
    "order of the block": (moved(0x2F, behind=0x2D), DAMAGED_CLIENT),
    "check in front of the password": (moved(0x4D, behind=0x38), DAMAGED_CLIENT),
    "twice the same": (added(0x2D, CLIENT_ADDRESS, behind=0x2D), DAMAGED_CLIENT),
    "unknown property": (added(0x7E, bytes(8), behind=0x79), DAMAGED_CLIENT),
    "DHCP property of the block": (added(0x18, bytes(4), behind=0x11), DAMAGED_CLIENT),
    "no check": (without(0x4D), DAMAGED_CLIENT),
    "no 0x76": (without(0x76), DAMAGED_CLIENT),
    "no 0x79": (without(0x79), DAMAGED_CLIENT),
    "size of 0x62": (setting(0x62, bytes(4)), DAMAGED_CLIENT),
    "empty 0x55": (added(0x55, b"", behind=0x54), DAMAGED_CLIENT),
    "empty check": (setting(0x4D, b""), DAMAGED_CLIENT),
    "padding of the service": (added(0x39, b"internet", behind=0x36), DAMAGED_CLIENT),
    "service that is none": (added(0x39, bytes(32), behind=0x36), WRONG_CLIENT),
    "address in spite of DHCP": (setting(0x50, ADDRESSES_WITH_DHCP), WRONG_ADDRESS),
    "DHCP flag": (setting(0x50, bytes(16) + b"\2"), DAMAGED_CLIENT),
    "first DNS server again": (setting(0x76, b"8.8.8.8;202.114.0.242"), DAMAGED_CLIENT),
    "DNS servers that are none": (setting(0x76, b"8.8.8.8;"), DAMAGED_CLIENT),
    "another's MAC": (setting(0x2D, STRANGER), WRONG_MAC),
    "another's EUI-64": (setting(0x38, link_local_address(STRANGER)), WRONG_MAC),
    "count of IPv6 addresses": (setting(0x35, b"\2"), DAMAGED_CLIENT),
    "count without addresses": (
        changing(lambda items: [item for item in items if item[0] not in (0x38, 0x36)]),
        DAMAGED_CLIENT,
    ),
    "count of none": (
        changing(
            lambda items: [
                (n, b"\0" if n == 0x35 else content) for n, content in items if n != 0x38
            ]
        ),
        DAMAGED_CLIENT,
    ),
    "addresses without a count": (without(0x35), DAMAGED_CLIENT),
    "no gateway's IPv6": (without(0x36), DAMAGED_CLIENT),
    "global IPv6 of zeros": (added(0x4E, bytes(16), behind=0x38), DAMAGED_CLIENT),
    "program": (setting(0x11, b"8021x".ljust(32, b"\0") + bytes((1, 31, 1, 2))), WRONG_CLIENT),
    "version 1.0": (
        setting(0x11, b"8021x.exe".ljust(32, b"\0") + bytes((1, 1, 1, 2))),
        WRONG_CLIENT,
    ),
    "name without its end": (setting(0x6F, b"RG-SU For Linux V1.30"), WRONG_CLIENT),
    "name that no 1.31 says": (setting(0x6F, b"RG-SU For Linux V1.31\0"), WRONG_CLIENT),
    "name of another system": (setting(0x6F, b"RG-SU For Mac V1.30\0"), WRONG_CLIENT),
    "serial of other letters": (setting(0x54, "盘".encode()), WRONG_CLIENT),
    "padded serial": (setting(0x54, b"WD".ljust(64, b"\0")), WRONG_CLIENT),
    "security check": (setting(0x62, b"\1"), WRONG_CLIENT),
    "round": (added(0x63, b"\0", behind=0x2D), WRONG_CLIENT),
    "word size": (setting(0x70, b"\0"), WRONG_CLIENT),
    "generation": (setting(0x79, b"\1"), WRONG_CLIENT),
    "check of zeros": (setting(0x4D, bytes(128)), WRONG_CLIENT),
    "upper case check": (
        changing(lambda items: [(n, c.upper() if n == 0x4D else c) for n, c in items]),
        WRONG_CLIENT,
    ),
    "password property": (setting(0x2F, bytes(16)), WRONG_PASSWORD),
}


@pytest.mark.parametrize(("tamper", "told"), MISTAKES.values(), ids=MISTAKES.keys())
def test_each_mistake_in_an_answer_is_complained_about_and_refused(
    tamper: Callable[[bytes], bytes], told: str
) -> None:
    campus = bare(tamper=tamper)

    assert len(campus.switch.complaints) >= 1
    assert campus.switch.session is None
    assert refusal(campus) == told


@pytest.mark.parametrize(
    ("tamper", "complaint"),
    [
        (answers(behind_the_name), "Response/MD5-Challenge: the user name follows the MD5 value"),
        (
            changing_bytes(lambda private: private[:-1]),
            "Response/MD5-Challenge: the properties are damaged",
        ),
        (
            changing_bytes(lambda private: private + b"\x7e"),
            "Response/MD5-Challenge: the properties are damaged",
        ),
    ],
    ids=["user-name", "cut", "one-byte-more"],
)
def test_what_cannot_be_read_as_properties_is_named(
    tamper: Callable[[bytes], bytes], complaint: str
) -> None:
    assert bare(tamper=tamper).switch.complaints == [complaint]


def test_a_secondary_domain_may_be_set() -> None:
    campus = bare(tamper=added(0x55, b"campus.example", behind=0x54))

    assert campus.switch.complaints == []
    assert campus.switch.session is not None


@pytest.mark.parametrize(
    ("option", "number", "content"),
    [
        ("check_mac", 0x2D, STRANGER),
        ("check_v4", 0x4D, bytes(128)),
        ("check_password_property", 0x2F, bytes(16)),
    ],
)
def test_what_a_campus_does_not_compare_may_be_anything(
    option: str, number: int, content: bytes
) -> None:
    options = switch_of_another_vendor(**{option: False})
    campus = MemoryCampus(options, BARE_CLIENT)
    campus.tamper = setting(number, content)
    campus.login()

    assert campus.switch.complaints == []
    assert campus.switch.session is not None


def test_the_edition_that_is_not_wanted() -> None:
    campus = bare(replace(BARE_CLIENT, edition=Edition.FIRST))

    assert campus.switch.complaints == ["Response/MD5-Challenge: the V4 check is wrong"]
    assert refusal(campus) == WRONG_CLIENT


@pytest.mark.parametrize(
    "wrong",
    [lambda right: right[:16], lambda right: right[:16] * 2, lambda right: right[:31] + b"\0"],
    ids=["first-block-alone", "each-block-masked-alike", "last-byte"],
)
def test_a_long_password_that_is_not_chained(wrong: Callable[[bytes], bytes]) -> None:
    campus = bare(
        replace(BARE_CLIENT, password=LONG_PASSWORD),
        changing(lambda items: [(n, wrong(c) if n == 0x2F else c) for n, c in items]),
        users={"student": LONG_PASSWORD},
    )

    assert campus.switch.complaints == ["the password property is wrong"]
    assert refusal(campus) == WRONG_PASSWORD


def test_an_address_that_is_not_the_one_expected() -> None:
    right = bare(STATIC, expected_address="10.20.30.101")
    assert right.switch.complaints == []

    wrong = bare(STATIC, expected_address="10.20.30.102")
    assert wrong.switch.complaints == [
        "bare property 0x50 carries the address 10.20.30.101 (DHCP: 0)"
    ]
    assert refusal(wrong) == WRONG_ADDRESS

    with_dhcp = bare(BARE_CLIENT, expected_address="10.20.30.102")
    assert with_dhcp.switch.complaints == []


def test_private_blocks_where_the_bare_shape_has_none() -> None:
    campus = bare(replace(BARE_CLIENT, shape=Shape.BLOCK, answer_to_group=True))
    assert campus.switch.complaints[:2] == [
        "Start holds more than its header",
        "Response/Identity with a private block",
    ]
    assert refusal(campus) == FOREIGN_CLIENT

    answer = bare(
        replace(BARE_CLIENT, shape=Shape.INSIDE, answer_to_group=True),
    )
    assert answer.switch.complaints[0] == "Response/MD5-Challenge with a private block"
    assert refusal(answer) == FOREIGN_CLIENT


def test_private_data_behind_the_user_name() -> None:
    def tamper(frame: bytes) -> bytes:
        packet = eap_of(frame)
        if packet is None or packet.type != EapType.IDENTITY:
            return frame
        return frame[:-1] + b"\1"

    campus = bare(tamper=tamper)

    assert campus.switch.complaints == [
        "Response/Identity: what follows the stated length is no padding of zeros"
    ]
    assert refusal(campus) == FOREIGN_CLIENT


@pytest.mark.parametrize(
    "wrong",
    [
        lambda start: start[:-1] + b"\1",
        lambda start: start[:LENGTH_OFFSET] + b"\0\5" + start[BODY_OFFSET:],
    ],
    ids=["behind", "counted"],
)
def test_a_start_with_something_behind_it_is_complained_about_and_answered(
    wrong: Callable[[bytes], bytes],
) -> None:
    campus = bare(tamper=lambda frame: wrong(frame) if frame[15] == EapolType.START else frame)

    assert campus.switch.complaints == ["Start holds more than its header"]
    assert campus.switch.session is not None


def test_frames_that_go_to_the_switch_instead_of_the_group() -> None:
    campus = bare(
        tamper=lambda frame: OTHER_VENDORS_ADDRESS + frame[6:] if frame[15] == 0 else frame
    )
    assert "a Response sent to 00:0f:e2:d9:f1:04" in campus.switch.complaints
    assert campus.switch.session is None

    to_ruijies = bare(tamper=lambda frame: RUIJIE_GROUP_ADDRESS + frame[6:])
    assert to_ruijies.switch.complaints[0] == "Start sent to 01:d0:f8:00:00:03"

    logoff = bare()
    logoff.tamper = lambda frame: OTHER_VENDORS_ADDRESS + frame[6:]
    logoff.client.logoff(logoff.now)
    logoff.run()
    assert logoff.switch.complaints == ["Logoff sent to 00:0f:e2:d9:f1:04"]


def test_a_logoff_is_bare_and_ends_the_session() -> None:
    campus = bare()
    campus.client.logoff(campus.now)
    campus.run()

    assert campus.switch.complaints == []
    assert campus.switch.session is None
    assert campus.to_switch[-1][:6] == PAE_GROUP_ADDRESS


# Windows


def windows_properties(challenge: bytes, *, ipv6: bool, serial: bytes) -> Properties:
    """Return what Windows 6.86 tells (docs/protocol.md, "The bare shape")."""
    mask = md5(USER + challenge, usedforsecurity=False).digest()
    password = bytes(a ^ b for a, b in zip(mask, PASSWORD.ljust(16, b"\0"), strict=True))
    own, service = link_local_address(CLIENT_ADDRESS), b"internet".ljust(32, b"\0")
    more = [(0x35, b"\1"), (0x38, own), (0x36, bytes(16)), (0x39, service)]
    return [
        (0x11, b"8021x.exe".ljust(32, b"\0") + bytes((6, 0x56, 0, 0))),
        (0x50, bytes(16) + b"\1"),
        (0x76, b""),
        (0x2D, CLIENT_ADDRESS),
        *(more if ipv6 else []),
        (0x2F, password),
        (0x4D, b"a" * 128),
        (0x60, b"a" * 128),
        (0x54, serial),
        (0x62, b"\1"),
        (0x6B, b"\0"),
        (0x70, b"\x40"),
        (0x7E, bytes.fromhex("00000100000c0000")),
        (0x6F, b"\0"),
        (0x79, b"\2"),
    ]


def answered_by_windows(
    serial: bytes = b"Static:WD-WX71A900",
    *,
    ipv6: bool = False,
    changed: dict[int, bytes] | None = None,
) -> tuple[Port, int]:
    """Return a port that Windows 6.86 logged in at, and the EAP length of its answers."""
    port = Port(switch_of_another_vendor(windows_order=True))
    start = EapolFrame.build(RUIJIE_GROUP_ADDRESS, CLIENT_ADDRESS, EapolType.START)
    port.send(start.encode())
    port.respond(EapType.IDENTITY, USER, destination=PAE_GROUP_ADDRESS)
    data = b""
    while port.packets[-1].code == EapCode.REQUEST:
        request = port.packets[-1]
        challenge = Md5Challenge.parse(request).challenge
        value = b"\x10" + eap_md5_value(request.identifier, PASSWORD, challenge)
        told = windows_properties(challenge, ipv6=ipv6, serial=serial)
        told = [(number, (changed or {}).get(number, content)) for number, content in told]
        data = value + written(told)
        port.respond(EapType.MD5_CHALLENGE, data, destination=PAE_GROUP_ADDRESS)
    return port, 5 + len(data)


@pytest.mark.parametrize(("ipv6", "length"), [(False, 412), (True, 485)])
def test_windows_6_86_has_an_order_of_its_own(ipv6: bool, length: int) -> None:
    port, told = answered_by_windows(ipv6=ipv6)

    assert port.complaints == []
    assert port.switch.logins == 1
    assert told == length


@pytest.mark.parametrize(
    ("number", "content"),
    [
        (0x11, b"8021x.exe".ljust(32, b"\0") + bytes((1, 0x1F, 1, 2))),
        (0x60, b"b" * 128),
        (0x62, b"\0"),
        (0x6B, b"\1"),
        (0x6F, b"x"),
    ],
)
def test_windows_6_86_may_be_wrong(number: int, content: bytes) -> None:
    port, _length = answered_by_windows(changed={number: content})

    assert len(port.complaints) == 1
    assert port.refusal == WRONG_CLIENT


def test_linux_is_no_windows() -> None:
    campus = bare(windows_order=True)

    assert campus.switch.complaints[0].startswith("bare properties 11 50 2d")
    assert refusal(campus) == DAMAGED_CLIENT


# The shape in between


INSIDE = SwitchOptions(shape=Shape.INSIDE)
INSIDE_CLIENT = ClientOptions(shape=Shape.INSIDE)


def inside(
    client: ClientOptions = INSIDE_CLIENT, tamper: Callable[[bytes], bytes] | None = None
) -> MemoryCampus:
    """Return a campus of the shape in between after a login."""
    campus = MemoryCampus(INSIDE, client)
    if tamper is not None:
        campus.tamper = tamper
    campus.login()
    return campus


def test_inside_the_block_counts_and_stands_in_the_answer_alone() -> None:
    campus = inside()
    campus.run(3600)

    assert campus.switch.complaints == []
    start, identity, answer = campus.to_switch[:3]
    assert len(start) == len(identity) == 60
    frame = EapolFrame.parse(answer)
    assert frame.length == EapPacket.parse(frame.body)[0].length == len(answer) - BODY_OFFSET
    assert find_private_block(answer) == BODY_OFFSET + 22 + len(USER)


@pytest.mark.parametrize(
    ("client", "complaint"),
    [
        (replace(INSIDE_CLIENT, shape=Shape.BLOCK), "Response/Identity with a private block"),
        (
            replace(INSIDE_CLIENT, private_block=False),
            "Response/MD5-Challenge without a private block",
        ),
        (
            replace(INSIDE_CLIENT, edition=Edition.SECOND),
            "Response/MD5-Challenge: the V4 check is wrong",
        ),
    ],
    ids=["blocks-everywhere", "none", "edition"],
)
def test_inside_the_client_may_be_wrong(client: ClientOptions, complaint: str) -> None:
    campus = inside(client)

    assert complaint in campus.switch.complaints
    assert campus.switch.session is None


@pytest.mark.parametrize(
    ("tamper", "complaint"),
    [
        (in_lengths(-1, 0), "the lengths are"),
        (in_lengths(0, -1), "the lengths are"),
        (in_lengths(-400, -400), "the lengths are"),
        (answers(lambda frame: frame + b"\1"), "no padding of zeros"),
        (answers(lambda frame: frame.replace(USER, b"teacher")), "names another user"),
    ],
    ids=["eapol", "eap", "uncounted", "behind", "user"],
)
def test_inside_the_answer_may_be_wrong(tamper: Callable[[bytes], bytes], complaint: str) -> None:
    campus = inside(tamper=tamper)

    assert any(complaint in text for text in campus.switch.complaints)
    assert campus.switch.session is None
