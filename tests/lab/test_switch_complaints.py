"""The switch complains about each single thing that is wrong, and about nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ruijie_proxy import values
from ruijie_proxy.lab.campus.memory import CLIENT_ADDRESS, SWITCH_ADDRESS, MemoryCampus, Tamper
from ruijie_proxy.lab.events import EventKind
from ruijie_proxy.lab.options import DEFAULT_USER, ClientOptions, Heartbeats, SwitchOptions
from ruijie_proxy.lab.switch.checks import (
    DAMAGED_CLIENT,
    NO_CLIENT,
    WRONG_ADDRESS,
    WRONG_CLIENT,
    WRONG_MAC,
    WRONG_PASSWORD,
)
from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.eapol import TYPE_OFFSET, EapolFrame, EapolType
from ruijie_proxy.protocol.edition import Edition
from ruijie_proxy.protocol.ethernet import link_local_address
from ruijie_proxy.protocol.heartbeat import Heartbeat
from ruijie_proxy.protocol.password import PASSWORD_BLOCK_SIZE
from ruijie_proxy.protocol.private_block import PrivateBlock, find_private_block
from ruijie_proxy.protocol.properties import MAGIC, Property, PropertyType

STRANGER = bytes.fromhex("020000000666")
KEY = 0x32764AE1
IDENTIFIER_OFFSET = 19
"""Of an EAP packet in an Ethernet frame."""
EAP_TYPE_OFFSET = 22
"""Of an EAP packet in an Ethernet frame."""
CRC_OFFSET = 22
"""Of the second byte of the CRC, in a private block."""
PATIENT = SwitchOptions(first_heartbeat_within=5.0)


def refusal(campus: MemoryCampus) -> object:
    """Return what the client was told at the end of its login."""
    return campus.find(EventKind.OFFLINE)[-1].detail["reason"]


def flip(frame: bytes, offset: int) -> bytes:
    """Return a frame with one bit changed."""
    return frame[:offset] + bytes((frame[offset] ^ 0x01,)) + frame[offset + 1 :]


def flip_crc(frame: bytes) -> bytes:
    """Damage the CRC of a private block, if there is one."""
    block = find_private_block(frame)
    return frame if block is None else flip(frame, block + CRC_OFFSET)


def replacing(old: bytes, new: bytes) -> Tamper:
    """Return a tamperer that replaces bytes wherever they stand behind the Ethernet header."""
    return lambda frame: frame[:14] + frame[14:].replace(old, new)


# Logins


def test_a_wrong_password() -> None:
    campus = MemoryCampus(client=ClientOptions(password="wrong"))

    campus.login()

    assert campus.switch.complaints == [
        "the MD5 value is wrong",
        "the password property is wrong",
    ]
    assert refusal(campus) == WRONG_PASSWORD


def test_a_long_password_is_proved_to_its_end() -> None:
    password = "plum-tree-in-the-garden"
    options = SwitchOptions(users={DEFAULT_USER: password})
    right = MemoryCampus(options, ClientOptions(password=password))
    right.login()
    assert right.switch.complaints == []

    cut = MemoryCampus(options, ClientOptions(password=password))
    cut.tamper = without_the_second_block
    cut.login()
    assert cut.switch.complaints == ["the password property is wrong"]
    assert refusal(cut) == WRONG_PASSWORD


def without_the_second_block(frame: bytes) -> bytes:
    """Cut a password property of two blocks to its first, as clients were said to send it."""
    at = find_private_block(frame)
    block = None if at is None else PrivateBlock.parse(frame[at:])
    content = None if block is None else block.content(PropertyType.PASSWORD)
    if at is None or block is None or not content:
        return frame
    cut = Property(PropertyType.PASSWORD, content[:PASSWORD_BLOCK_SIZE])
    properties = tuple(cut if item.type == cut.type else item for item in block.properties)
    return frame[:at] + values.replace(block, properties=properties, rest=b"").encode()


def test_an_unknown_user() -> None:
    campus = MemoryCampus(client=ClientOptions(username="nobody"))

    campus.login()

    assert campus.switch.complaints == ["the user is unknown"]
    assert refusal(campus) == WRONG_PASSWORD


def garble_password_property(frame: bytes) -> bytes:
    """Change the property's content where it has one: in the MD5 response."""
    header = MAGIC + bytes((PropertyType.PASSWORD, 2 + PASSWORD_BLOCK_SIZE))
    at = frame.find(header)
    return frame if at < 0 else flip(frame, at + len(header))


def test_a_wrong_password_property_alone() -> None:
    campus = MemoryCampus()
    campus.tamper = garble_password_property

    campus.login()

    assert campus.switch.complaints == ["the password property is wrong"]
    assert refusal(campus) == WRONG_PASSWORD


def test_the_wrong_edition_in_every_frame_of_the_login() -> None:
    campus = MemoryCampus(client=ClientOptions(edition=Edition.SECOND))

    campus.login()

    assert campus.switch.complaints == [
        "Start: the V4 check is wrong",
        "Response/Identity: the V4 check is wrong",
        "Response/MD5-Challenge: the V4 check is wrong",
    ]
    assert refusal(campus) == WRONG_CLIENT


def test_a_check_that_nobody_can_compute_where_nobody_compares_it() -> None:
    foreign = ClientOptions(foreign_check=True)
    strict = MemoryCampus(client=foreign)
    tolerant = MemoryCampus(SwitchOptions(check_v4=False), foreign)
    strict.login()
    tolerant.login()

    assert refusal(strict) == WRONG_CLIENT
    assert tolerant.switch.complaints == []
    assert tolerant.switch.session is not None


def test_an_answer_to_a_notification_with_a_wrong_private_block() -> None:
    campus = MemoryCampus(SwitchOptions(notification="今晚系统升级"))
    campus.tamper = lambda frame: (
        flip_crc(frame) if frame[EAP_TYPE_OFFSET] == EapType.NOTIFICATION else frame
    )

    campus.login()

    assert campus.switch.complaints == ["Response/Notification: the head's CRC is wrong"]


def test_an_answer_to_a_notification_without_a_private_block() -> None:
    campus = MemoryCampus(SwitchOptions(notification="今晚系统升级"))
    campus.tamper = lambda frame: (
        frame[: EAP_TYPE_OFFSET + 1] if frame[EAP_TYPE_OFFSET] == EapType.NOTIFICATION else frame
    )

    campus.login()

    assert campus.switch.complaints == []
    assert campus.switch.session is not None


def test_a_code_section_that_is_not_written_in_hex_digits() -> None:
    with pytest.raises(ValueError, match="hex"):
        MemoryCampus(SwitchOptions(code_section="8021x.exe"))


def test_a_missing_private_block() -> None:
    campus = MemoryCampus(client=ClientOptions(private_block=False, heartbeats=False))

    campus.login()

    assert "Start without a private block" in campus.switch.complaints
    assert refusal(campus) == NO_CLIENT


def test_a_private_block_that_was_cut_at_the_stated_length() -> None:
    campus = MemoryCampus()
    campus.tamper = lambda frame: frame[:80]

    campus.login()

    assert "Start: the private block is cut before its properties" in campus.switch.complaints
    assert refusal(campus) == DAMAGED_CLIENT


def test_a_wrong_crc() -> None:
    campus = MemoryCampus()
    campus.tamper = flip_crc

    campus.login()

    assert campus.switch.complaints[0] == "Start: the head's CRC is wrong"
    assert refusal(campus) == DAMAGED_CLIENT


def test_another_program_s_name() -> None:
    campus = MemoryCampus()
    campus.tamper = replacing(b"8021x.exe", b"mentohust")

    campus.login()

    assert campus.switch.complaints[0] == "Start: the program's name is wrong"
    assert refusal(campus) == WRONG_CLIENT


def test_a_property_of_a_wrong_size() -> None:
    campus = MemoryCampus()
    header = MAGIC + bytes((PropertyType.SECONDARY_DOMAIN,))
    campus.tamper = replacing(header + b"\x02", header + b"\x03")

    campus.login()

    assert "Start: the properties are damaged" in campus.switch.complaints
    assert refusal(campus) == DAMAGED_CLIENT


def test_a_head_without_the_address_that_the_campus_expects() -> None:
    options = SwitchOptions(expected_address="10.20.0.2")
    right = MemoryCampus(options, ClientOptions(address="10.20.0.2"))
    right.login()
    assert right.switch.complaints == []

    wrong = MemoryCampus(options, ClientOptions(address="192.168.1.2"))
    wrong.login()
    assert wrong.switch.complaints[0] == "Start: the head carries the address 192.168.1.2"
    assert refusal(wrong) == WRONG_ADDRESS


def test_a_first_dns_server_that_is_told_again_behind_itself() -> None:
    right = MemoryCampus(client=ClientOptions(dns="10.8.8.8", dns_servers="10.8.4.4;10.8.8.80"))
    right.login()
    assert right.switch.complaints == []

    wrong = MemoryCampus(client=ClientOptions(dns="10.8.8.8", dns_servers="10.8.4.4;10.8.8.8"))
    wrong.login()
    told = "Start: the first DNS server stands among those behind it"
    assert wrong.switch.complaints[0] == told
    assert refusal(wrong) == WRONG_CLIENT


def test_another_mac_in_the_properties_than_on_the_wire() -> None:
    campus = MemoryCampus()
    campus.tamper = replacing(CLIENT_ADDRESS, STRANGER)

    campus.login()

    assert campus.switch.complaints[0] == "Start: the MAC property says 02:00:00:00:06:66"
    assert refusal(campus) == WRONG_MAC


def test_another_eui_64_than_the_source_s() -> None:
    campus = MemoryCampus()
    campus.tamper = replacing(link_local_address(CLIENT_ADDRESS), link_local_address(STRANGER))

    campus.login()

    assert campus.switch.complaints[0] == "Start: the EUI-64 is another MAC's"
    assert refusal(campus) == WRONG_MAC


def test_mac_properties_that_nobody_compares() -> None:
    campus = MemoryCampus(SwitchOptions(check_mac=False))
    campus.tamper = replacing(CLIENT_ADDRESS, STRANGER)

    campus.login()

    assert campus.switch.complaints == []


def test_a_second_start_in_one_login() -> None:
    campus = MemoryCampus(client=ClientOptions(starts=2))

    campus.login()

    assert campus.switch.complaints[0] == "Start number 2 of one login"


def test_a_start_to_a_single_address() -> None:
    campus = MemoryCampus()
    campus.tamper = lambda frame: SWITCH_ADDRESS + frame[6:]

    campus.login()

    assert campus.switch.complaints == ["Start sent to 00:d0:f8:d9:f1:04"]


def test_a_response_to_somebody_else_s_address() -> None:
    campus = MemoryCampus()
    campus.tamper = lambda frame: (
        STRANGER + frame[6:] if frame[TYPE_OFFSET] == EapolType.EAP_PACKET else frame
    )

    campus.login()

    assert campus.switch.complaints[0] == "a Response sent to 02:00:00:00:06:66"


def test_an_eap_packet_that_only_a_server_sends() -> None:
    campus = MemoryCampus()
    request = EapPacket.build(EapCode.REQUEST, 1, EapType.IDENTITY).encode()

    campus.inject(
        EapolFrame.build(SWITCH_ADDRESS, CLIENT_ADDRESS, EapolType.EAP_PACKET, request).encode()
    )

    assert campus.switch.complaints == ["an EAP packet of code 1 from a client"]


def test_a_response_with_another_id() -> None:
    campus = MemoryCampus()

    campus.tamper = lambda frame: (
        flip(frame, IDENTIFIER_OFFSET) if frame[TYPE_OFFSET] == EapolType.EAP_PACKET else frame
    )

    campus.login()

    assert campus.switch.complaints[0].startswith("a Response to no request that is out (id ")


def test_a_response_that_came_twice() -> None:
    campus = MemoryCampus()
    campus.login()

    campus.inject(campus.to_switch[1])

    assert campus.switch.complaints[0].startswith("a Response to no request that is out (id ")


def test_a_frame_of_somebody_else_while_the_port_is_taken() -> None:
    campus = MemoryCampus()
    campus.login()

    start = campus.to_switch[0]
    campus.inject(start[:6] + STRANGER + start[12:])

    assert campus.switch.complaints == [
        "a frame of 02:00:00:00:06:66, while the port is 02:00:00:00:cc:01's"
    ]


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        bytes(20),
        EapolFrame.build(SWITCH_ADDRESS, CLIENT_ADDRESS, EapolType.EAP_PACKET).encode(),
    ],
    ids=["nothing", "another-ethertype", "no-eap"],
)
def test_a_frame_that_cannot_be_read(junk: bytes) -> None:
    campus = MemoryCampus()

    campus.inject(junk)

    assert campus.switch.complaints[0].startswith("a frame that cannot be read: ")


def test_an_unknown_type_of_the_client_s_is_nothing_to_complain_about() -> None:
    campus = MemoryCampus()
    frame = EapolFrame.build(SWITCH_ADDRESS, CLIENT_ADDRESS, EapolType.RUIJIE_USER_NAME, b"student")

    campus.inject(frame.encode())

    assert campus.switch.complaints == []
    assert len(campus.find(EventKind.RECEIVED, frame="EAPOL type 0xc0")) == 1


# Heartbeats


def online(options: SwitchOptions = PATIENT) -> MemoryCampus:
    """Return a campus whose client logged in a second ago, and leaves the heartbeats to us."""
    campus = MemoryCampus(options, ClientOptions(heartbeats=False))
    campus.login()
    return campus


def heartbeat(
    campus: MemoryCampus,
    number: int,
    key: int = KEY,
    source: bytes = CLIENT_ADDRESS,
    destination: bytes = SWITCH_ADDRESS,
) -> None:
    """Put a heartbeat on the cable."""
    campus.inject(Heartbeat(key, number).encode(destination, source))


def test_heartbeats_may_begin_with_any_number_and_grow_by_one_past_32_bits() -> None:
    campus = online()

    for number in (0xFFFFFFFE, 0xFFFFFFFF, 0, 1):
        heartbeat(campus, number)
        campus.run(20)

    assert campus.switch.complaints == []
    assert campus.session.heartbeats == 4


def test_a_heartbeat_with_a_wrong_key() -> None:
    campus = online()

    heartbeat(campus, 0x102B, key=0x0BADBEEF)

    assert campus.switch.complaints == ["heartbeat: the key is 0xbadbeef, not 0x32764ae1"]
    assert campus.find(EventKind.HEARTBEAT) == []
    assert campus.session.heartbeats == 0


@pytest.mark.parametrize("number", [0x102D, 0x102B, 0x102A])
def test_a_heartbeat_with_a_wrong_number(number: int) -> None:
    campus = online()
    heartbeat(campus, 0x102B)

    heartbeat(campus, number)

    assert campus.switch.complaints == [f"heartbeat: the number is {number:#x}, not 0x102c"]


def test_a_heartbeat_that_is_too_late() -> None:
    campus = online(replace(PATIENT, alive_interval=60.0))
    heartbeat(campus, 0x102B)

    campus.run(61)
    heartbeat(campus, 0x102C)

    assert campus.switch.complaints == [
        "no heartbeat for 60.0 s",
        "a heartbeat, while nobody is online",
    ]


def test_a_first_heartbeat_that_is_too_late() -> None:
    campus = online(SwitchOptions(first_heartbeat_within=0.5))

    heartbeat(campus, 0x102B)

    assert campus.switch.complaints == ["heartbeat: the first one came 1.0 s after Success"]


def test_a_heartbeat_that_is_too_early_where_a_campus_minds() -> None:
    campus = online(replace(PATIENT, closest_heartbeats=15.0))
    heartbeat(campus, 0x102B)
    campus.run(10)

    heartbeat(campus, 0x102C)

    assert campus.switch.complaints == ["heartbeat: only 10.00 s after the one before"]


def test_a_heartbeat_to_the_group() -> None:
    campus = online()

    heartbeat(campus, 0x102B, destination=bytes.fromhex("0180c2000003"))

    assert campus.switch.complaints == ["Heartbeat sent to 01:80:c2:00:00:03"]


def test_a_heartbeat_from_the_pc_s_address_after_a_takeover() -> None:
    campus = online()
    heartbeat(campus, 0x102B)

    heartbeat(campus, 0x102C, source=STRANGER)

    assert campus.switch.complaints == [
        "a frame of 02:00:00:00:06:66, while the port is 02:00:00:00:cc:01's"
    ]


def test_a_heartbeat_that_is_damaged() -> None:
    campus = online()

    campus.inject(flip(Heartbeat(KEY, 0x102B).encode(SWITCH_ADDRESS, CLIENT_ADDRESS), 20))

    assert campus.switch.complaints[0].startswith("a frame that cannot be read: the heartbeat")


def test_a_heartbeat_where_nobody_asked_for_one() -> None:
    campus = online(SwitchOptions(heartbeats=Heartbeats.FORBIDDEN))

    heartbeat(campus, 0x102B)

    assert campus.switch.complaints == ["a heartbeat, where nobody asked for one"]


def test_a_heartbeat_before_any_login() -> None:
    campus = MemoryCampus()

    heartbeat(campus, 0x102B)

    assert campus.switch.complaints == ["a heartbeat, while nobody is online"]


# Probes and Logoff


def test_an_answer_to_a_probe_that_is_not_the_login_s() -> None:
    campus = MemoryCampus(
        SwitchOptions(heartbeats=Heartbeats.OPTIONAL, probe_interval=30.0, check_v4=False)
    )
    campus.login()
    campus.tamper = flip_crc

    campus.run(30)

    assert campus.switch.complaints == [
        "the probe's answer differs from the login's Identity response"
    ]
    assert campus.find(EventKind.PROBE_ANSWERED) == []


def test_a_logoff_that_is_not_sent_to_the_server() -> None:
    campus = MemoryCampus()
    campus.login()
    campus.tamper = lambda frame: STRANGER + frame[6:]

    campus.client.logoff(campus.now)
    campus.run(1)

    assert campus.switch.complaints == ["Logoff sent to 02:00:00:00:06:66"]
