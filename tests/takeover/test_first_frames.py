"""An imported session's first frames beside those of the program that it was imported from.

What the others send was read in their sources; it stands here property by property. Where ours is
another, it says why.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ruijie_proxy.config.reader import parse_configuration
from ruijie_proxy.config.shape.model import Configuration
from ruijie_proxy.engine.login.client_frames import ClientFrames
from ruijie_proxy.engine.login.groups import groups_in_turn
from ruijie_proxy.engine.login.shaped_frames import frames_of
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.engine.settings import SessionSettings
from ruijie_proxy.protocol.eapol import EapolFrame
from ruijie_proxy.protocol.edition import Edition
from ruijie_proxy.protocol.password import eap_md5_value, password_property
from ruijie_proxy.protocol.private_block import PrivateBlock
from ruijie_proxy.protocol.requests import Md5Challenge
from ruijie_proxy.protocol.v2_check import v2_check
from ruijie_proxy.protocol.v4_check import ZERO_CHALLENGE, v4_check
from ruijie_proxy.takeover.sections import merge_into_uci
from ruijie_proxy.takeover.sessions import take_over
from tests.config.windows_program import windows_program

MAC = bytes.fromhex("0200000000aa")
CODE = bytes(range(256)) * 4
SERVER = bytes.fromhex("0200000000bb")
STANDARD = bytes.fromhex("0180c2000003")
RUIJIE = bytes.fromhex("01d0f8000003")
CHALLENGE = bytes.fromhex("7c888016ca6b7f5b4d6a29024a18a85f")
FACTS = RouterFacts(
    mac=MAC,
    address=bytes((10, 0, 0, 2)),
    netmask=bytes((255, 255, 0, 0)),
    gateway=bytes((10, 0, 0, 1)),
    dns=bytes((10, 0, 0, 53)),
    dns_servers=(bytes((10, 0, 0, 53)), bytes((10, 0, 0, 54))),
    link_local=bytes.fromhex("fe80000000000000 0000 00fffe0000aa"),
)
ZEROS = bytes(16)
SET = bytes((0, 0, 0, 1))
PASSWORD = password_property(b"20260001", CHALLENGE, b"hunter2")


def padded(text: str | bytes, size: int) -> bytes:
    return (text if isinstance(text, bytes) else text.encode("gbk")).ljust(size, b"\0")


def settings_of(text: str) -> SessionSettings:
    """Return the settings of what is imported, as the daemon reads them."""
    (taken,) = take_over(text.encode(), "file")
    written = merge_into_uci("", "file", taken.options, taken.program).text
    plain = parse_configuration(written.encode(), "file").plain
    return Configuration.from_plain(plain).sessions[0].settings


def frames(settings: SessionSettings) -> ClientFrames:
    assert settings.login is not None
    return frames_of(settings, settings.login, FACTS, None, None)


def blocks(settings: SessionSettings) -> tuple[PrivateBlock, PrivateBlock, PrivateBlock]:
    """Return the block of a Start, an Identity response and an answer to the challenge."""
    said = frames(settings)
    sent = (
        said.start(STANDARD),
        said.identity(SERVER, 1),
        said.answer(SERVER, Md5Challenge(2, CHALLENGE, (), b"")),
    )
    start, identity, answer = (PrivateBlock.parse(EapolFrame.parse(one).trailer) for one in sent)
    return start, identity, answer


def told(block: PrivateBlock) -> dict[int, bytes]:
    """Return a block's properties; their order is that of the dictionary."""
    return {item.type: item.content for item in block.properties}


def early(expected: dict[int, bytes], edition: Edition) -> dict[int, bytes]:
    """Return what is sent before there is a challenge."""
    return expected | {0x2F: b"", 0x4D: v4_check(ZERO_CHALLENGE, edition)}


LINUX = {
    0x18: SET,
    0x2D: MAC,
    0x2F: PASSWORD,
    0x76: b"10.0.0.54",
    0x35: b"\x01",
    0x36: ZEROS,
    # minieap tells the port's own link-local address here only where it is a random one.
    0x38: FACTS.link_local or b"",
    0x4E: ZEROS,
    0x4D: v4_check(CHALLENGE, Edition(1)),
    0x39: padded("internet", 32),
    0x54: bytes(64),
    0x55: b"",
    0x62: b"\0",
    0x70: b"\x40",
    0x6F: b"RG-SU For Linux V1.0\0",
}
"""Of minieap 0.92 and later, and of MentoHUST with the V4 check, in the order they send them."""
MINIEAP = "username=20260001\npassword=hunter2\nnic=eth0.2\nmodule=rjv3\n"
COMMAND = "minieap -u 20260001 -p hunter2 -n eth0.2 --module rjv3"
INTERFACE = (
    "config interface 'wan'\n\toption proto 'minieap'\n\toption device 'eth0.2'\n"
    "\toption username '20260001'\n\toption password 'hunter2'\n\tlist module 'rjv3'\n"
)
PAGE = INTERFACE.replace("interface 'wan'", "minieap").replace("device", "nic")
PAGE = PAGE.replace("\toption proto 'minieap'\n", "")


@pytest.mark.parametrize("text", [MINIEAP, f"{COMMAND}\n", INTERFACE, PAGE])
def test_minieap_in_each_form(text: str) -> None:
    settings = settings_of(text)
    start, identity, answer = blocks(settings)

    assert groups_in_turn(settings.group, None)[0] == STANDARD
    for block in (start, identity, answer):
        assert block.version == bytes((1, 31, 1, 2))
        assert block.program.rstrip(b"\0") == b"8021x.exe"
        assert block.head.from_dhcp == 1
    assert list(told(answer).items()) == list(LINUX.items())
    assert told(start) == told(identity) == early(LINUX, Edition(1))


@pytest.mark.parametrize(
    ("keys", "changed"),
    [
        ({"service": "internet2"}, {0x39: padded("internet2", 32)}),
        ({"service": "移动宽带接入"}, {0x39: padded("移动宽带接入", 32)}),
        ({"version-str": "RG-SU For Linux V1.30"}, {0x6F: b"RG-SU For Linux V1.30\0"}),
        ({"fake-serial": "WD-1"}, {0x54: padded("WD-1", 64)}),
        ({"fake-dns2": "8.8.8.8"}, {0x76: b"8.8.8.8"}),
        ({"fake-dns2": "8.8.8.8;9.9.9.9"}, {0x76: b"8.8.8.8;9.9.9.9"}),
        ({"fake-dns1": "1.1.1.1", "fake-dns2": "8.8.8.8;9.9.9.9"}, {0x76: b"8.8.8.8;9.9.9.9"}),
        ({"rj-option": "6a:0001"}, {0x6A: b"\0\x01"}),
        ({"rj-option": "79:02"}, {0x79: b"\x02"}),
        ({"rj-option": "79:02:r"}, {}),
        ({"rj-option": "6f:00:r"}, {0x6F: b"\0"}),
        ({"rj-option": "35:05:r"}, {0x35: b"\x05"}),
        ({"dhcp-type": "0"}, {0x18: bytes(4)}),
        ({"dhcp-type": "3"}, {}),
    ],
)
def test_what_minieaps_options_change(keys: dict[str, str], changed: dict[int, bytes]) -> None:
    in_file = "".join(f"{key}={value}\n" for key, value in keys.items())
    in_command = "".join(f" --{key} '{value}'" for key, value in keys.items())

    for text in (MINIEAP + in_file, COMMAND + in_command):
        start, _identity, answer = blocks(settings_of(text))
        assert list(told(answer).items()) == list((LINUX | changed).items())
        assert told(start) == early(LINUX, Edition(1)) | changed


def test_minieaps_first_dns_server_stands_in_the_head_alone() -> None:
    _start, _identity, answer = blocks(settings_of(f"{MINIEAP}fake-dns1=1.1.1.1\n"))

    assert answer.head.dns == bytes((1, 1, 1, 1))


def test_minieaps_addresses_stand_in_the_head_where_they_are_got_before_the_login() -> None:
    """With DHCP after the login it sends zeros; ours what the port has, as genuine clients do."""
    start, _identity, _answer = blocks(settings_of(f"{MINIEAP}dhcp-type=3\n"))

    assert (start.head.address, start.head.netmask) == (FACTS.address, FACTS.netmask)
    assert (start.head.gateway, start.head.dns) == (FACTS.gateway, FACTS.dns)


def test_minieaps_other_group() -> None:
    assert groups_in_turn(settings_of(f"{COMMAND} -a 1\n").group, None)[0] == RUIJIE


def test_minieap_without_its_ruijie_module() -> None:
    said = frames(settings_of(MINIEAP.replace("module=rjv3\n", "")))

    assert said.start(STANDARD) == (STANDARD + MAC + bytes.fromhex("888e01010000")).ljust(60, b"\0")
    answer = EapolFrame.parse(said.answer(SERVER, Md5Challenge(2, CHALLENGE, (), b"")))
    value = eap_md5_value(2, b"hunter2", CHALLENGE)
    assert answer.body == bytes.fromhex("0202001e0410") + value + b"20260001"


V4 = LINUX | {0x76: b"8.8.8.8"}
"""MentoHUST's builds with the V4 check tell somebody's addresses in 0x2D and 0x38: ours do not."""


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        (
            "[MentoHUST]\nUsername=20260001\nPassword=hunter2\nNic=eth1\nDhcpMode=2\n"
            "ServiceName=internet\n",
            {},
        ),
        (
            "[MentoHUST]\nUsername=20260001\nPassword=hunter2\nNic=eth1\nDhcpMode=0\n"
            "ServiceName=学生\nDNS=1.1.1.1\nVersion=4.10\n",
            {0x39: padded("学生", 32)},
        ),
        (
            "config mentohust\n\toption Username '20260001'\n\toption Password 'hunter2'\n"
            "\toption Nic 'eth1'\n\toption ServiceName 'students'\n\toption DhcpMode '3'\n",
            {0x39: padded("students", 32)},
        ),
        (
            "mentohust -u20260001 -phunter2 -neth1 -d2 --service students\n",
            {0x39: padded("students", 32)},
        ),
    ],
)
def test_mentohust_with_the_v4_check(text: str, changed: dict[int, bytes]) -> None:
    start, identity, answer = blocks(settings_of(text))

    for block in (start, identity, answer):
        assert block.version == bytes((1, 1, 1, 2))
        assert block.head.dns == bytes((202, 114, 0, 242))
    assert list(told(answer).items()) == list((V4 | changed).items())
    assert told(start) == told(identity) == early(V4, Edition(1)) | changed


@pytest.mark.parametrize(
    ("keys", "number", "group"),
    [
        ("", (1, 1), STANDARD),  # It says 1.0 in an older way, and nothing of what came later.
        ("Version=4.10\n", (4, 10), STANDARD),
        ("Version=3.50\nStartMode=1\n", (3, 50), RUIJIE),
    ],
)
def test_mentohust_before_the_v4_check(keys: str, number: tuple[int, int], group: bytes) -> None:
    """Group, number and head are those that it sends; the properties are a later client's."""
    settings = settings_of(
        f"[MentoHUST]\nUsername=20260001\nPassword=hunter2\nNic=eth1\nDhcpMode=3\n{keys}"
    )
    start, _identity, answer = blocks(settings)

    assert groups_in_turn(settings.group, None)[0] == group
    assert (start.version[:2], answer.version[:2]) == (bytes(number),) * 2
    assert start.head.from_dhcp == 1
    assert (start.head.address, start.head.dns) == (FACTS.address, FACTS.dns)
    assert told(answer)[0x2D] == MAC


def test_mentohusts_cernet_mode_is_bare() -> None:
    said = frames(settings_of("mentohust -u20260001 -phunter2 -neth1 -a2\n"))

    assert said.start(STANDARD)[18:] == b"\xa5" * 42


JMU = (
    "config jmusupplicant\n\toption enable '1'\n\toption username '20260001'\n"
    "\toption password 'hunter2'\n\toption ifname 'eth1'\n\toption netoperator '{number}'\n"
)


@pytest.mark.parametrize(
    ("text", "service"),
    [
        (JMU.format(number=0), "教育网接入"),
        (JMU.format(number=1), "联通宽带接入"),
        (JMU.format(number=2), "移动宽带接入"),
        (JMU.format(number=3), "电信宽带接入"),
        ("jmuSupplicant -u20260001 -phunter2 -b -s3 --interface_card eth1\n", "电信宽带接入"),
    ],
)
def test_jmusupplicant(text: str, service: str) -> None:
    settings = settings_of(text)
    start, _identity, answer = blocks(settings)
    expected = {
        0x18: bytes(4),  # Although the head says 1.
        0x2D: MAC,  # It tells somebody's, and an address and a disk of the same machine.
        0x2F: PASSWORD,
        0x35: b"\x03",
        0x36: ZEROS,
        0x38: FACTS.link_local,
        0x4E: ZEROS,
        0x4D: v4_check(CHALLENGE, Edition(1)),
        0x39: padded(service, 32),
        0x54: bytes(64),
        0x62: b"\0",
        0x6B: b"\0",
        0x70: b"\x40",
        0x6F: b"\0",
        0x79: b"\x02",
        0x76: b"10.0.0.54",
    }

    assert groups_in_turn(settings.group, None)[0] == RUIJIE
    assert (start.version, answer.version) == (bytes((5, 0, 3, 0)),) * 2
    # The V2 check in front is compared by nobody there: it sends one from a capture.
    assert list(told(answer).items())[1:] == list(expected.items())
    assert start.head.from_dhcp == 1
    assert start.head.address == FACTS.address


MODERN = (
    '{{"username": "20260001", "password": "hunter2", "interface_id": "eth1", "dhcp_mode": 2,'
    ' "client_exe": "{program}"{more}}}'
)


@pytest.mark.parametrize(
    ("more", "version"),
    [("", (5, 0)), (', "version": "4.10"', (4, 10)), (', "version": "auto"', (5, 0))],
)
def test_mentohust_modern(more: str, version: tuple[int, int], tmp_path: Path) -> None:
    program = tmp_path / "8021x.exe"
    program.write_bytes(windows_program(CODE))
    settings = settings_of(MODERN.format(program=program, more=more))
    _start, _identity, answer = blocks(settings)
    properties = told(answer)

    assert groups_in_turn(settings.group, None)[0] == RUIJIE
    assert answer.version[:2] == bytes(version)
    assert list(properties) == list(bytes.fromhex("17182d2f3536384d39545562"))
    assert properties[0x17] == v2_check(CHALLENGE, CODE).upper()
    assert properties[0x18] == bytes(4)
    assert properties[0x2F] == b""
    assert properties[0x35] == b"\x01"
    assert properties[0x39] == bytes(32)
    assert properties[0x54] == padded("HUSTMOON", 64)
    assert properties[0x62] == b"\0"
