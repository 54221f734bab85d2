from __future__ import annotations

import io
import json
from dataclasses import replace
from ipaddress import IPv4Address

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ruijie_proxy.inspect.capture.capture_file import CaptureFile
from ruijie_proxy.inspect.capture.link_layers import LINUX_COOKED_2, read_link_header
from ruijie_proxy.inspect.capture.packets import Packet
from ruijie_proxy.inspect.client_data import client_data_of
from ruijie_proxy.inspect.json_report import JsonReport
from ruijie_proxy.inspect.reading import Reading, read_frame
from ruijie_proxy.inspect.redacting.redacted_copy import FIRST_MOMENT, write_redacted
from ruijie_proxy.inspect.steps import Json, Step
from ruijie_proxy.inspect.telling import tell
from ruijie_proxy.inspect.text_report import TextReport
from ruijie_proxy.lab.campus.memory import CLIENT_ADDRESS, OTHER_VENDORS_ADDRESS, SWITCH_ADDRESS
from ruijie_proxy.lab.options import (
    Challenges,
    ClientOptions,
    Destination,
    Dialect,
    Padding,
    Shape,
    SuccessShape,
    SwitchOptions,
)
from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.edition import Edition
from ruijie_proxy.protocol.ethernet import GROUP_ADDRESSES, link_local_address
from ruijie_proxy.protocol.piece_types import PieceType
from ruijie_proxy.protocol.private_block import PrivateBlock
from ruijie_proxy.protocol.properties import MAGIC, PropertyType
from ruijie_proxy.protocol.requests import Md5Challenge
from ruijie_proxy.protocol.results import Grant, block_piece, message_piece, typed_piece
from ruijie_proxy.protocol.twist import twist
from ruijie_proxy.protocol.v4_check import v4_check
from tests.inspect.recorded import Recorded, facts_of, login, pcap, pcapng, story_of
from tests.inspect.test_link_layers import SLL2

SALT = b"the same in every run"
NAME = "20260001"
PASSWORD = "plum-tree"
CLIENT = ClientOptions(
    username=NAME,
    password=PASSWORD,
    address="172.21.8.74",
    netmask="255.255.0.0",
    gateway="172.21.0.1",
    dns="172.17.8.33",
    dns_servers="172.21.0.1;8.8.8.8",
    disk_serial="WD-WCC4N1234567",
    extra_properties=((0x99, NAME.encode().hex()),),
)
SWITCH = SwitchOptions(
    users={NAME: PASSWORD},
    padding=Padding.STALE,
    services=("移动宽带接入", "教育网接入"),
    message=f"欢迎{NAME}，您的地址是172.21.8.74",
    accounting="电话13800138000，剩余 20 GB",
)


BARE = replace(
    SWITCH,
    shape=Shape.BARE,
    edition=Edition.SECOND,
    challenges=Challenges.TWO_SAME,
    probe_interval=30.0,
    padding=Padding.ZEROS,
)
BARE_CLIENT = replace(
    CLIENT,
    client_version="1.31",
    edition=Edition.SECOND,
    service="",
    ipv6_global="2001:db8::20",
    ipv6_gateway="fe80::1",
    extra_properties=(),
)
PRIVATE_PIECES = (
    (0x2D, CLIENT_ADDRESS.hex()),
    (0x99, "张三丰的电脑".encode("gb18030").hex()),
    (0x37, b"http://10.1.2.3/20260001".hex()),
    (0x5A, "00001f40"),
    (0x5B, "0a010203"),
    (0x5C, b"key-of-8".hex()),
    (0x5D, b"vector-8".hex()),
)


def redacted(content: bytes, salt: bytes = SALT) -> bytes:
    output = io.BytesIO()
    _, damage = write_redacted(lambda: CaptureFile(io.BytesIO(content)), output, salt)
    assert damage is None
    return output.getvalue()


def packets_of(content: bytes) -> list[Packet]:
    return list(CaptureFile(io.BytesIO(content)).packets())


def blocks_of(content: bytes) -> list[PrivateBlock]:
    found = [read_frame(packet.data).block for packet in packets_of(content)]
    return [block for block in found if block is not None]


def shape_of(step: Step) -> tuple[object, ...]:
    """Return what a redacted step has to have in common with the original."""
    names = ("user_name", "challenge", "md5_value", "message", "account", "address", "mac_address")
    facts = {key: value for key, value in facts_of(step).items() if key not in names}
    for key in ("services", "broadcast", "udp_heartbeat"):
        facts.pop(key, None)
    return (
        step.kind,
        step.phase,
        step.login,
        step.conversation,
        step.repeats,
        step.seconds,
        step.outgoing,
        step.sender,
        step.receiver,
        step.title,
        facts,
        [line.type for line in step.properties],
        [(one.place, len(one.data)) for one in step.unknown if one.place.startswith("property")],
    )


SCENES: list[tuple[SwitchOptions, ClientOptions]] = [
    (SWITCH, CLIENT),
    (replace(SWITCH, edition=Edition.SECOND), replace(CLIENT, edition=Edition.SECOND)),
    (replace(SWITCH, refusals=("用户不存在或密码错误",)), CLIENT),
    (replace(SWITCH, refusals=("密码不匹配",), reason_in_property=True), CLIENT),
    (replace(SWITCH, refusals=("密码不匹配",), reason_in_request=True), CLIENT),
    (replace(SWITCH, check_v4=False), replace(CLIENT, foreign_check=True)),
    (replace(SWITCH, login_destination=Destination.GROUP), CLIENT),
    (replace(SWITCH, dialect=Dialect.PLAIN), replace(CLIENT, private_block=False)),
    (replace(SWITCH, dialect=Dialect.CERNET), CLIENT),
    (BARE, BARE_CLIENT),
    (replace(BARE, pieces=PRIVATE_PIECES), replace(BARE_CLIENT, from_dhcp=False, phase=2)),
    (replace(BARE, refusals=("密码不匹配",)), BARE_CLIENT),
    (
        replace(SWITCH, shape=Shape.INSIDE, edition=Edition.SECOND),
        replace(BARE_CLIENT, shape=Shape.INSIDE),
    ),
    *[(replace(SWITCH, success=shape), CLIENT) for shape in SuccessShape],
]


@pytest.mark.parametrize(("switch", "client"), SCENES)
@pytest.mark.parametrize("write", [pcap, pcapng])
def test_the_story_stays_the_same(
    switch: SwitchOptions, client: ClientOptions, write: object
) -> None:
    content = write(login(switch, client))  # type: ignore[operator]
    before, after = story_of(content), story_of(redacted(content))

    assert before.steps
    assert [shape_of(step) for step in after.steps] == [shape_of(step) for step in before.steps]
    assert after.summary["format"] == before.summary["format"]


def test_a_right_v4_check_is_right_for_the_new_challenge() -> None:
    content = pcap(login(SWITCH, CLIENT))
    answers = [
        [facts_of(step) for step in story_of(one).steps if step.kind == "response-md5"]
        for one in (content, redacted(content))
    ]
    right: Json = {"verdict": "right", "edition": 1}
    assert answers[0][0]["v4_check"] == answers[1][0]["v4_check"] == right
    assert blocks_of(content)[2].content(PropertyType.V4_CHECK) != blocks_of(redacted(content))[
        2
    ].content(PropertyType.V4_CHECK)


def test_the_same_is_replaced_by_the_same() -> None:
    story = story_of(redacted(pcap(login(SWITCH, CLIENT))))
    facts = [facts_of(step) for step in story.steps]
    names = {fact["user_name"] for fact in facts if "user_name" in fact}
    blocks = blocks_of(redacted(pcap(login(SWITCH, CLIENT))))

    assert names == {"user0001"}
    assert len({block.head.encode() for block in blocks}) == 1
    block = blocks[0]
    mac = block.content(PropertyType.MAC_ADDRESS)
    assert mac == story.steps[0].source
    assert mac is not None
    assert block.content(PropertyType.IPV6_LINK_LOCAL) == link_local_address(mac)
    servers = block.content(PropertyType.DNS_SERVERS)
    assert servers is not None
    assert len(servers) == len(CLIENT.dns_servers)
    assert servers.split(b";")[0] == ".".join(map(str, block.head.gateway)).encode()
    assert block.head.crc == block.head.right_crc()
    assert block.head.netmask == bytes((255, 255, 0, 0))


def test_another_time_other_values_are_made() -> None:
    content = pcap(login(SWITCH, CLIENT))
    assert redacted(content, b"one") != redacted(content, b"other")


def test_groups_and_vlans_stay_and_stations_go() -> None:
    frames = login(SWITCH, CLIENT)
    tag = bytes.fromhex("8100 0064")
    tagged = [Recorded(o.at, o.frame[:12] + tag + o.frame[12:], o.by_client) for o in frames]
    story = story_of(redacted(pcap(tagged)))

    assert {step.vlans for step in story.steps} == {(100,)}
    assert story.steps[0].destination in GROUP_ADDRESSES
    seen = {step.source for step in story.steps}
    assert seen.isdisjoint({CLIENT_ADDRESS, SWITCH_ADDRESS})
    assert all(address[0] == 0x02 for address in seen)


def test_sizes_stay_times_begin_anew_and_other_protocols_go() -> None:
    frames = login(SWITCH, CLIENT)
    other = Recorded(frames[0].at, bytes(12) + b"\x08\x00" + b"Cookie: secret", True)
    content = pcapng([other, *frames])
    before, after = packets_of(content)[1:], packets_of(redacted(content))

    assert [len(packet.data) for packet in after] == [len(packet.data) for packet in before]
    assert after[0].at == FIRST_MOMENT
    passed = [packet.at - frames[0].at for packet in before if packet.at is not None]
    assert [packet.at - FIRST_MOMENT for packet in after if packet.at is not None] == passed
    assert {packet.interface for packet in after} == {"interface 1"}
    assert b"secret" not in redacted(content)


def test_texts_keep_what_is_nobodys() -> None:
    story = story_of(redacted(pcap(login(SWITCH, CLIENT))))
    success = next(facts_of(step) for step in story.steps if step.kind == "success")
    challenge = next(facts_of(step) for step in story.steps if step.kind == "request-md5")

    assert success["message"] == "欢迎xxxxxxxx，您的地址是xxxxxxxxxxx"
    assert success["account"] == "电话xxxxxxxxxxx，剩余 20 GB"
    assert challenge["services"] == ["移动宽带接入", "教育网接入"]


def test_padding_becomes_zeros() -> None:
    after = packets_of(redacted(pcap(login(SWITCH, CLIENT))))
    from_switch = [packet.data for packet in after if packet.data[:2] != b"\x01\x80"]
    trailers = [EapolFrame.parse(data).trailer for data in from_switch]
    readings: list[Reading] = [read_frame(data) for data in from_switch]
    padding = [
        trailer
        for trailer, reading in zip(trailers, readings, strict=True)
        if reading.block_at is None
    ]
    assert padding
    assert not any(map(any, padding))


def test_a_cooked_capture_is_redacted_too() -> None:
    frames = [one for one in login(SWITCH, CLIENT) if one.by_client]
    content = pcap(frames, link_type=LINUX_COOKED_2, header=SLL2)
    after = redacted(content)
    header = read_link_header(packets_of(after)[0])

    assert header is not None
    assert header.source == bytes((2, 0, 0, 0, 0, 1))
    assert CLIENT_ADDRESS not in after
    assert story_of(after).kinds == story_of(content).kinds


def test_a_capture_without_eapol_stays_one() -> None:
    for content in (pcap([]), pcapng([])):
        assert story_of(redacted(content)).steps == []


def test_of_a_damaged_capture_what_came_before_is_copied() -> None:
    content = pcap(login(SWITCH, CLIENT))[:-7]
    output = io.BytesIO()
    count, damage = write_redacted(lambda: CaptureFile(io.BytesIO(content)), output, SALT)

    assert damage is not None
    assert len(packets_of(output.getvalue())) == count == damage.number - 1


names = st.one_of(
    st.from_regex(r"[a-z0-9]{6,20}(@[a-z]{6}\.[a-z]{2})?", fullmatch=True),
    st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=3, max_size=8),
)
macs = st.binary(min_size=5, max_size=5).filter(lambda tail: tail.count(0) < 2)
addresses = st.lists(st.integers(20, 255), min_size=4, max_size=4, unique=True).map(
    lambda octets: IPv4Address(bytes(octets))
)


def forms_of(secret: bytes) -> list[bytes]:
    """Return a secret as it could stand in a file."""
    return [secret, twist(secret), secret.hex().encode(), secret.hex().upper().encode()]


_HARMLESS = (0x2D, 0x5A, 0x99)
"""Of the private pieces: what is searched for by itself, and a port."""


def test_an_old_password_property_in_start_and_identity_is_replaced() -> None:
    """Windows leaves one there of the login before."""
    old = bytes(range(0x41, 0x51))
    frames = []
    for one in login(SWITCH, replace(CLIENT, extra_properties=((0x2F, old.hex()),))):
        reading = read_frame(one.frame)
        frames.append(one)
        if reading.frame.type == EapolType.START:
            assert old in one.frame
    copy = redacted(pcap(frames))

    assert old not in copy
    blocks = blocks_of(copy)
    assert len({block.properties[-1].content for block in blocks}) == 1
    assert {len(block.properties[-1].content) for block in blocks} == {16}


@pytest.mark.parametrize("edition", list(Edition))
def test_a_check_that_was_made_without_a_challenge_stays(edition: Edition) -> None:
    """It tells the edition, and nothing of anybody."""
    for challenge in (bytes(16), b"!jierui9002pmsus"):
        check = v4_check(challenge, edition)
        client = replace(CLIENT, extra_properties=((0x60, check.hex()),))
        copy = redacted(pcap(login(SWITCH, client, seconds=1.0)))

        assert {block.properties[-1].content for block in blocks_of(copy)} == {check}


BEHIND = {
    "an unknown piece of Chinese": bytes((0x99, 6)) + "张三丰".encode("gbk"),
    "a piece that says more than there is": bytes((0x14, 1, 1, 0x52, 99)) + "张三丰".encode("gbk"),
    "Chinese that tells no reason": "张三丰".encode("gbk"),
    "bytes that read as Chinese": bytes.fromhex("b0a1b3d0c4fa"),
}


@pytest.mark.parametrize("behind", BEHIND.values(), ids=BEHIND)
def test_bytes_behind_a_challenge_are_no_text_because_they_can_be_read_as_one(
    behind: bytes,
) -> None:
    challenge = Md5Challenge(2, bytes(range(16)), (), behind).encode()
    frame = EapolFrame.build(CLIENT_ADDRESS, SWITCH_ADDRESS, 0, challenge.encode()).encode()
    copy = redacted(pcap([Recorded(0, frame, by_client=False)]))

    for start in range(len(behind) - 5):
        piece = behind[start : start + 4]
        if max(piece) > 0x7F:
            assert piece not in copy


def test_a_mac_address_among_the_servers_pieces_gets_the_stations_other_one() -> None:
    switch = replace(BARE, pieces=PRIVATE_PIECES)
    story = story_of(redacted(pcap(login(switch, BARE_CLIENT, seconds=1.0))))
    request = [step for step in story.steps if step.kind == "request-md5"][-1]

    (mac,) = [line.text for line in request.properties if line.type == PropertyType.MAC_ADDRESS]
    assert mac == story.steps[0].source.hex(":")


def test_pieces_behind_the_grant_are_taken_apart() -> None:
    version, rows = bytes.fromhex("01200102"), bytes(range(0x41, 0x61)) + MAGIC + bytes(28)
    key, vector, url = b"key-of-8", b"vector-8", b"http://10.1.2.3/20260001"
    pieces = (
        (PieceType.UPGRADE_URL, url),
        (PieceType.PERSONAL, "张三丰".encode("gb18030")),
        (PieceType.REAUTHENTICATION_INTERVAL, bytes.fromhex("00000e10")),
        (PieceType.UDP_PORT, bytes.fromhex("00001f40")),
        (PieceType.UDP_SERVER, bytes((10, 1, 2, 3))),
        (PieceType.UDP_KEY, key),
        (PieceType.UDP_VECTOR, vector),
    )
    private = message_piece(b"") + block_piece(newest_version=version, rows=rows)
    private += Grant(7, 20).encode() + b"".join(typed_piece(*piece) for piece in pieces)
    frame = EapolFrame.build(CLIENT_ADDRESS, SWITCH_ADDRESS, 0, b"\3\1\0\4" + private).encode()
    content = pcap([Recorded(0, frame, by_client=False)])
    copy = redacted(content)
    before, after = (facts_of(story_of(one).steps[0]) for one in (content, copy))

    for secret in (key, vector, url, bytes((10, 1, 2, 3)), "张三丰".encode("gb18030"), rows[:32]):
        assert secret not in copy
    udp = after.pop("udp_heartbeat")
    assert isinstance(udp, dict)
    assert udp["port"] == 8000
    before.pop("udp_heartbeat")
    assert after == before
    assert after["newest_version"] == version.hex()


def test_a_raw_address_in_a_text_blanks_all_of_it() -> None:
    mac = bytes.fromhex("d2c6b6afbfed")
    frames = [
        Recorded(one.at, one.frame.replace(CLIENT_ADDRESS, mac), one.by_client)
        for one in login(SWITCH, CLIENT, seconds=1.0)
    ]
    success = EapolFrame.build(mac, SWITCH_ADDRESS, 0, b"\3\1\0\4" + message_piece(mac)).encode()
    frames.append(Recorded(frames[-1].at, success, by_client=False))

    assert mac not in redacted(pcap(frames))


@settings(max_examples=100)
@given(
    name=names,
    tail=macs,
    switch_tail=macs,
    ip=addresses,
    dns=addresses,
    serial=st.from_regex(r"[A-Z0-9]{8,30}", fullmatch=True),
    seed=st.integers(0, 1000),
    scene=st.sampled_from(SCENES),
    write=st.sampled_from((pcap, pcapng)),
    utf8=st.booleans(),
)
def test_no_secret_is_anywhere_in_the_copy(
    name: str,
    tail: bytes,
    switch_tail: bytes,
    ip: IPv4Address,
    dns: IPv4Address,
    serial: str,
    seed: int,
    scene: tuple[SwitchOptions, ClientOptions],
    write: object,
    utf8: bool,
) -> None:
    switch, client = scene
    switch = replace(switch, pieces=(*switch.pieces, (0x99, name.encode("gb18030").hex())))
    assume(not any(word in "8021x.exe internet RG-SU For Linux" for word in (name, serial)))
    assume(str(dns) not in (str(ip), "8.8.8.8"))  # the switch wants each server told once
    # Fillers are of one character, and so would such a name be found in them.
    assume(len(set(name)) > 2 and len(set(serial)) > 2)
    password = "the-password-that-nobody-may-see"
    frames = login(
        replace(
            switch,
            seed=seed,
            users={name: password},
            message=f"欢迎 {name} 您的地址是 {ip} 欢迎",
            accounting=f"账号{name}",
        ),
        replace(
            client,
            username=name,
            password=password,
            address=str(ip),
            dns=str(dns),
            dns_servers=f"{ip};8.8.8.8",
            disk_serial=serial,
            extra_properties=((0x99, name.encode().hex()), (0x62, name.encode("gb18030").hex())),
        ),
        seconds=3.0,
    )
    macs = {
        CLIENT_ADDRESS: b"\x00" + tail,
        SWITCH_ADDRESS: b"\x04" + switch_tail,
        OTHER_VENDORS_ADDRESS: b"\x08" + switch_tail,
    }
    gbk, other = name.encode("gb18030"), name.encode("utf-8")
    changed = []
    for one in frames:
        frame = one.frame
        for old, new in macs.items():
            frame = frame.replace(old, new).replace(
                link_local_address(old), link_local_address(new)
            )
        changed.append(Recorded(one.at, frame, one.by_client))
    content = write(changed)  # type: ignore[operator]
    secrets: list[bytes] = [gbk, serial.encode(), *macs.values()]
    if utf8:
        secrets.append(other)
    secrets += [str(address).encode() for address in (ip, dns)]
    for packet in packets_of(content):
        reading = read_frame(packet.data)
        if reading.eap is not None and reading.eap.type == 4:
            secrets.append(reading.eap.data[1:17])
        data = client_data_of(reading)
        if data is not None:
            assert data.head is not None
            secrets += [data.head.address, data.head.dns]
            for kind in (
                PropertyType.PASSWORD,
                PropertyType.MAC_ADDRESS,
                PropertyType.IPV6_LINK_LOCAL,
                PropertyType.IPV6_GLOBAL,
            ):
                found = data.content(kind)
                secrets += [found] if found and any(found) else []
            check = data.content(PropertyType.V4_CHECK)
            if reading.eap is not None and reading.eap.type == 4 and check:
                secrets.append(check)
    secrets += [bytes.fromhex(piece) for kind, piece in switch.pieces if kind not in _HARMLESS]
    output = redacted(content)
    for secret in filter(any, secrets):
        for form in forms_of(secret):
            assert form not in output


@pytest.mark.parametrize(("switch", "client"), SCENES)
def test_no_report_shows_a_password_property(switch: SwitchOptions, client: ClientOptions) -> None:
    content = pcap(login(switch, client, seconds=3.0))
    secrets = set()
    for packet in packets_of(content):
        data = client_data_of(read_frame(packet.data))
        found = data.content(PropertyType.PASSWORD) if data else None
        secrets |= {found} if found else set()
    written: list[str] = []
    reports = (
        TextReport(written.append, verbose=True),
        JsonReport(written.append, json.dumps, verbose=True),
    )
    for report in reports:
        tell(CaptureFile(io.BytesIO(content)), report, None)
    shown = "".join(written).replace(" ", "").lower()

    for secret in secrets:
        for start in range(0, len(secret) - 3, 4):
            assert secret[start : start + 4].hex() not in shown
    assert bool(secrets) == client.private_block


@settings(max_examples=60)
@given(st.data())
def test_whatever_the_frames_redaction_keeps_sizes(data: st.DataObject) -> None:
    frames = []
    for one in data.draw(st.sampled_from(_LOGINS)):
        changed = bytearray(one.frame)
        for _ in range(data.draw(st.integers(0, 3))):
            changed[data.draw(st.integers(12, len(changed) - 1))] = data.draw(st.integers(0, 255))
        cut = data.draw(st.integers(14, len(changed)))
        frames.append(Recorded(one.at, bytes(changed[:cut]), one.by_client))
    content = pcap(frames)
    is_eapol = [packet for packet in packets_of(content) if packet.data[12:14] == b"\x88\x8e"]
    after = packets_of(redacted(content))
    sizes = [len(packet.data) for packet in after if packet.data[12:14] == b"\x88\x8e"]
    assert sizes == [len(packet.data) for packet in is_eapol]


_LOGINS = (login(SWITCH, CLIENT, seconds=1.0), login(BARE, BARE_CLIENT, seconds=1.0))
