"""The frames of the router's own login, byte by byte, in each dialect."""

from __future__ import annotations

import json
from hashlib import md5
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from ruijie_proxy.engine.login import client_frames
from ruijie_proxy.engine.login.client_frames import (
    CernetFrames,
    ClientFrames,
    RuijieFrames,
    machine_of,
)
from ruijie_proxy.engine.login.shaped_frames import ShapeFound, frames_of
from ruijie_proxy.engine.reasons import ClearPassword
from ruijie_proxy.engine.relay.edition_seen import edition_seen
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.engine.settings import (
    CheckCase,
    DhcpMode,
    Dialect,
    LoginSettings,
    SessionSettings,
    V2Client,
    ZeroCheck,
)
from ruijie_proxy.protocol.clients.client_profile import LINUX_1_0, LINUX_1_31, ClientProfile
from ruijie_proxy.protocol.clients.client_shape import ClientShape
from ruijie_proxy.protocol.eapol import EapolFrame
from ruijie_proxy.protocol.edition import Edition
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS
from ruijie_proxy.protocol.private_block import LogoffReason, PrivateBlock, find_private_block
from ruijie_proxy.protocol.properties import PropertyType
from ruijie_proxy.protocol.requests import Md5Challenge
from ruijie_proxy.protocol.v2_check import v2_check
from ruijie_proxy.protocol.v4_check import v4_check
from ruijie_proxy.secret import Secret
from ruijie_proxy.values import replace

WAN = bytes.fromhex("0200000000e1")
SERVER = bytes.fromhex("00d0f8d9f104")
GROUP = PAE_GROUP_ADDRESS
ETHERNET = SERVER + WAN + bytes.fromhex("888e")
CHALLENGE = bytes.fromhex("7c888016ca6b7f5b4d6a29024a18a85f")
REQUEST = Md5Challenge(2, CHALLENGE, (), b"")
FACTS = RouterFacts(
    WAN,
    address=bytes((10, 20, 30, 101)),
    netmask=bytes((255, 255, 255, 0)),
    gateway=bytes((10, 20, 30, 1)),
    dns=bytes((202, 114, 0, 242)),
    dns_servers=(bytes((202, 114, 0, 242)), bytes((8, 8, 8, 8))),
)
LOGIN = LoginSettings("20260001", Secret("plum-tree"))
PLAIN = replace(LOGIN, dialect=Dialect.PLAIN)
CERNET = replace(LOGIN, dialect=Dialect.CERNET)
CHINESE = "用户1"
DNS_ROWS: list[dict[str, str]] = json.loads(
    (Path(__file__).parents[1] / "data" / "dns_rows.json").read_text(encoding="utf-8")
)["rows"]
"""What seven genuine clients' blocks say."""


def frames(
    login: LoginSettings = LOGIN,
    facts: RouterFacts = FACTS,
    dhcp: DhcpMode = DhcpMode.AFTER,
    learned: ClientProfile | None = None,
    edition: int | None = None,
) -> ClientFrames:
    found = None if edition is None else ShapeFound(ClientShape.BLOCK, edition)
    return frames_of(SessionSettings(dhcp=dhcp), login, facts, learned, found).for_server(SERVER)


def block_of(frame: bytes) -> PrivateBlock:
    at = find_private_block(frame)
    assert at is not None
    return PrivateBlock.parse(frame[at:])


def body_of(frame: bytes) -> bytes:
    return EapolFrame.parse(frame).body


# Plain 802.1X.


def test_a_plain_login_has_nothing_private() -> None:
    plain = frames(PLAIN)

    assert type(plain) is ClientFrames
    start = GROUP + WAN + bytes.fromhex("888e 01010000") + bytes(42)
    assert plain.start(GROUP) == start
    assert plain.logoff(SERVER) == ETHERNET + bytes.fromhex("01020000") + bytes(42)
    identity = ETHERNET + bytes.fromhex("0100000d 0207000d01") + b"20260001"
    assert plain.identity(SERVER, 7) == identity.ljust(60, b"\0")
    value = md5(b"\x02plum-tree" + CHALLENGE).digest()
    answer = ETHERNET + bytes.fromhex("0100001e 0202001e 0410") + value + b"20260001"
    assert plain.answer(SERVER, REQUEST) == answer.ljust(60, b"\0")
    assert plain.echo(SERVER) is None
    assert (plain.name, plain.edition) == ("plain 802.1X", None)


def test_a_plain_login_writes_names_as_rfc_3748_wants_and_the_others_in_gbk() -> None:
    def name(dialect: Dialect) -> bytes:
        login = LoginSettings(CHINESE, Secret("密码"), dialect)
        return body_of(frames(login).identity(SERVER, 1))

    assert name(Dialect.PLAIN).endswith(CHINESE.encode())
    assert name(Dialect.RUIJIE).endswith(CHINESE.encode("gbk"))
    assert name(Dialect.CERNET).endswith(CHINESE.encode("gbk"))


def test_passwords_are_written_as_names_are() -> None:
    def value(dialect: Dialect) -> bytes:
        login = LoginSettings("u", Secret("密码"), dialect)
        return body_of(frames(login).answer(SERVER, REQUEST))[6:22]

    assert value(Dialect.PLAIN) == md5(b"\x02" + "密码".encode() + CHALLENGE).digest()
    assert value(Dialect.RUIJIE) == md5(b"\x02" + "密码".encode("gbk") + CHALLENGE).digest()


@pytest.mark.parametrize("login", [PLAIN, LOGIN, CERNET], ids=lambda login: str(login.dialect))
def test_a_notification_is_noted_and_another_method_refused_in_favour_of_md5(
    login: LoginSettings,
) -> None:
    assert body_of(frames(login).noted(SERVER, 9)) == bytes.fromhex("02 09 0005 02")
    assert body_of(frames(login).other_method(SERVER, 9)) == bytes.fromhex("02 09 0006 03 04")


@pytest.mark.parametrize(
    ("dialect", "username", "password"),
    [
        (Dialect.PLAIN, CHINESE.encode(), "密码".encode()),
        (Dialect.RUIJIE, CHINESE.encode("gbk"), "密码".encode("gbk")),
    ],
)
def test_the_password_goes_out_in_clear_where_that_is_allowed(
    dialect: Dialect, username: bytes, password: bytes
) -> None:
    login = LoginSettings(CHINESE, Secret("密码"), dialect, allow_clear_password=True)
    answer, said = frames(login).in_clear(SERVER, 9)

    body = EapolFrame.parse(answer).body
    assert said is ClearPassword.SENT
    assert body[:2] + body[4:5] == bytes((2, 9, 7))
    assert body[5:] == bytes((len(password),)) + password + username


@pytest.mark.parametrize("dialect", list(Dialect))
def test_without_leave_the_password_does_not_go_out_in_clear(dialect: Dialect) -> None:
    answer, said = frames(LoginSettings("u", Secret("plum-tree"), dialect)).in_clear(SERVER, 9)

    assert said is ClearPassword.NOT_ALLOWED
    assert EapolFrame.parse(answer).body == bytes.fromhex("02 09 0006 03 04")
    assert b"plum-tree" not in answer


@pytest.mark.parametrize(
    ("size", "said"), [(255, ClearPassword.SENT), (256, ClearPassword.TOO_LONG)]
)
def test_a_password_whose_length_does_not_fit_into_a_byte_does_not_go_out(
    size: int, said: ClearPassword
) -> None:
    login = LoginSettings("u", Secret("p" * size), Dialect.PLAIN, allow_clear_password=True)

    answer, told = frames(login).in_clear(SERVER, 9)

    assert told is said
    assert EapolFrame.parse(answer).body[4] == (7 if said is ClearPassword.SENT else 3)
    assert (b"pp" in answer) is (said is ClearPassword.SENT)


# Cernet.


def test_cernets_frames_are_its_own() -> None:
    cernet = frames(CERNET)

    assert type(cernet) is CernetFrames
    assert cernet.name == "Cernet"
    assert cernet.start(GROUP) == GROUP + WAN + bytes.fromhex("888e 01010000") + b"\xa5" * 42
    assert cernet.logoff(SERVER) == ETHERNET + bytes.fromhex("01020000") + b"\xa5" * 42
    assert cernet.echo(SERVER) == ETHERNET + bytes.fromhex("01060000") + b"\xa5" * 42
    identity = "02 07 0026 01 01 0a141e65 ffffff00 0a141e01 00000000"
    assert body_of(cernet.identity(SERVER, 7)) == bytes.fromhex(identity) + b"03.02.0520260001"
    value = "2934f628f531efd3d6062338dc6e3ebd"
    answer = bytes.fromhex(f"02 02 001e 04 10 {value}") + b"20260001"
    assert body_of(cernet.answer(SERVER, REQUEST)) == answer


# Ruijie's.


def test_every_frame_of_ruijies_has_a_block_behind_its_stated_length() -> None:
    ruijie = frames()

    assert type(ruijie) is RuijieFrames
    for frame, stated in (
        (ruijie.start(GROUP), 0),
        (ruijie.logoff(SERVER), 0),
        (ruijie.identity(SERVER, 1), 13),
        (ruijie.answer(SERVER, REQUEST), 30),
    ):
        parsed = EapolFrame.parse(frame)
        assert parsed.length == len(parsed.body) == stated
        assert find_private_block(frame) == 18 + stated


def test_start_identity_and_logoff_have_the_same_block_but_for_the_logoffs_reason() -> None:
    ruijie = frames()
    start = block_of(ruijie.start(GROUP))

    assert block_of(ruijie.identity(SERVER, 1)) == start
    assert block_of(ruijie.logoff(SERVER)) == replace(start, state=LogoffReason.NORMAL)
    assert start.content(PropertyType.PASSWORD) == b""


def test_the_block_of_early_frames_is_made_once_and_kept_with_the_identity_response(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ruijie = frames()
    assert isinstance(ruijie, RuijieFrames)
    start = block_of(ruijie.start(GROUP))
    first = ruijie.identity(SERVER, 1)
    monkeypatch.delattr(client_frames, "client_block")

    again = ruijie.identity(SERVER, 2)
    noted, refused = ruijie.noted(SERVER, 3), ruijie.other_method(SERVER, 4)

    assert [block_of(frame) for frame in (first, again, noted, refused)] == [start] * 4
    assert ruijie._early is again


def test_a_block_tells_the_routers_addresses() -> None:
    block = block_of(frames().start(GROUP))

    assert (block.head.address, block.head.netmask, block.head.gateway, block.head.dns) == (
        FACTS.address,
        FACTS.netmask,
        FACTS.gateway,
        FACTS.dns,
    )
    assert block.content(PropertyType.MAC_ADDRESS) == WAN
    assert block.content(PropertyType.DNS_SERVERS) == b"8.8.8.8"
    assert block.head.crc == block.head.right_crc()


@pytest.mark.parametrize(("edition", "client"), [(None, LINUX_1_0), (2, LINUX_1_31)])
def test_name_and_edition_are_those_of_the_client(
    edition: int | None, client: ClientProfile
) -> None:
    ruijie = frames(edition=edition)

    assert (ruijie.name, ruijie.edition) == (client.name, client.edition)
    assert block_of(ruijie.start(GROUP)).version == client.version
    assert edition_seen(ruijie.start(GROUP)) == client.edition


def test_an_answer_has_the_check_of_its_own_challenge() -> None:
    """Two challenges in one login, as some campuses ask."""
    ruijie = frames(edition=2)
    other = bytes.fromhex("76b3afcd2e8063bafc991d4faf0c7183")

    for challenge in (CHALLENGE, other):
        block = block_of(ruijie.answer(SERVER, replace(REQUEST, challenge=challenge)))
        assert block.content(PropertyType.V4_CHECK) == v4_check(challenge, Edition.SECOND)


def test_a_learned_client_is_the_one_that_speaks() -> None:
    learned = replace(LINUX_1_31, name="learned").with_property(0x7D, b"campus")

    ruijie = frames(learned=learned, edition=1)

    assert (ruijie.name, ruijie.edition) == ("learned", 2)
    assert block_of(ruijie.start(GROUP)).content(0x7D) == b"campus"


@pytest.mark.parametrize(
    ("dhcp", "flag"),
    [(DhcpMode.OFF, 0), (DhcpMode.BEFORE, 1), (DhcpMode.AFTER, 1), (DhcpMode.DOUBLE, 1)],
)
def test_only_a_fixed_address_is_told_not_to_be_from_dhcp(dhcp: DhcpMode, flag: int) -> None:
    block = block_of(frames(dhcp=dhcp).start(GROUP))

    assert block.head.from_dhcp == flag
    assert block.content(PropertyType.ADDRESS_FROM_DHCP) == bytes((0, 0, 0, flag))


def test_the_v2_check_is_of_the_users_own_program_and_the_challenge() -> None:
    section = bytes(range(80))
    login = replace(LOGIN, dialect=Dialect.RUIJIE_V2, v2_client=V2Client(section, (3, 0x32)))
    ruijie = frames(login)

    answer = block_of(ruijie.answer(SERVER, REQUEST))
    assert answer.content(PropertyType.V2_CHECK) == v2_check(CHALLENGE, section)
    assert answer.version == bytes((3, 0x32, 0, 2))
    assert block_of(ruijie.start(GROUP)).content(PropertyType.V2_CHECK) == b"0" * 32


@pytest.mark.parametrize("case", CheckCase)
def test_the_v2_check_stands_in_the_case_that_is_set(case: CheckCase) -> None:
    login = replace(
        LOGIN,
        dialect=Dialect.RUIJIE_V2,
        v2_client=V2Client(bytes(range(80)), (3, 0x32)),
        check_case=case,
    )
    right = v2_check(CHALLENGE, bytes(range(80)))

    check = block_of(frames(login).answer(SERVER, REQUEST)).content(PropertyType.V2_CHECK)

    assert right != right.upper()
    assert check == (right.upper() if case is CheckCase.UPPER else right)


def test_the_text_is_what_the_first_check_is_made_of_where_that_is_set() -> None:
    ruijie = frames(replace(LOGIN, zero_check=ZeroCheck.TEXT, edition=2))

    for early in (ruijie.start(GROUP), ruijie.identity(SERVER, 1)):
        check = block_of(early).content(PropertyType.V4_CHECK)
        assert check == v4_check(b"!jierui9002pmsus", Edition.SECOND)
    answer = block_of(ruijie.answer(SERVER, REQUEST))
    assert answer.content(PropertyType.V4_CHECK) == v4_check(CHALLENGE, Edition.SECOND)


@pytest.mark.parametrize("dialect", [Dialect.RUIJIE, Dialect.RUIJIE_V2])
@pytest.mark.parametrize("size", [1, 15, 17, 255])
def test_a_challenge_of_another_size_has_no_private_answer(dialect: Dialect, size: int) -> None:
    login = replace(LOGIN, dialect=dialect, v2_client=V2Client(bytes(range(80)), (3, 0x32)))

    with pytest.raises(ProtocolError):
        frames(login).answer(SERVER, replace(REQUEST, challenge=bytes(size)))


# What a block tells of the router.


@pytest.mark.parametrize("row", DNS_ROWS, ids=lambda row: f"{row['client']} {row['head']}")
@pytest.mark.parametrize("are_set", [True, False], ids=["set", "the router's"])
def test_dns_servers_stand_where_genuine_clients_have_them(
    row: dict[str, str], are_set: bool
) -> None:
    servers = (row["head"], *filter(None, row["property_76"].split(";")))
    login, facts = LOGIN, FACTS
    if are_set:
        login = replace(LOGIN, dns=servers)
    else:
        packed = tuple(IPv4Address(server).packed for server in servers)
        facts = replace(FACTS, dns=packed[0], dns_servers=packed)

    block = block_of(frames(login, facts).start(GROUP))

    assert str(IPv4Address(block.head.dns)) == row["head"]
    assert block.content(PropertyType.DNS_SERVERS) == row["property_76"].encode("ascii")


def test_a_property_of_dns_servers_that_is_set_empty_stays_empty() -> None:
    login = replace(LOGIN, properties=((PropertyType.DNS_SERVERS, b""),))

    block = block_of(frames(login).start(GROUP))

    assert block.head.dns == FACTS.dns
    assert block.content(PropertyType.DNS_SERVERS) == b""


def test_without_a_link_local_address_the_one_of_the_mac_is_told() -> None:
    machine = machine_of(FACTS, LOGIN, from_dhcp=True)
    assert machine.link_local == bytes.fromhex("fe80000000000000 000000fffe0000e1")

    other = bytes.fromhex("fe80000000000000 1234567812345678")
    assert machine_of(replace(FACTS, link_local=other), LOGIN, True).link_local == other


def test_all_other_facts_are_told_as_they_are() -> None:
    gateway = bytes.fromhex("fe80000000000000 02d0f8fffe000001")
    world = bytes.fromhex("20010db8000000000000000000000002")
    facts = replace(FACTS, ipv6_gateway=gateway, ipv6_global=world)

    machine = machine_of(facts, LOGIN, from_dhcp=False)

    assert (machine.mac, machine.address, machine.netmask, machine.gateway, machine.dns) == (
        WAN,
        FACTS.address,
        FACTS.netmask,
        FACTS.gateway,
        FACTS.dns,
    )
    assert (machine.ipv6_gateway, machine.ipv6_global) == (gateway, world)
    assert machine.from_dhcp is False


def test_a_router_without_anything_tells_nothing() -> None:
    machine = machine_of(RouterFacts(WAN), LOGIN, from_dhcp=True)

    assert (machine.address, machine.dns, machine.further_dns) == (None, None, "")
    assert (machine.ipv6_gateway, machine.ipv6_global) == (None, None)
