"""The real daemon on the virtual campus: what a user counts on, frame by frame on real sockets."""

from __future__ import annotations

import json
import os
import stat
import time
from collections.abc import Iterator

import pytest

from ruijie_proxy.lab.campus.network import Role
from ruijie_proxy.lab.events import EventKind, FrameName
from ruijie_proxy.lab.options import (
    DEFAULT_PASSWORD,
    Challenges,
    ClientOptions,
    Destination,
    Group,
    Heartbeats,
    Padding,
    SuccessShape,
    SwitchOptions,
)
from ruijie_proxy.protocol.edition import Edition
from tests.namespaces.campus_driver import CampusDriver

KEY = SwitchOptions().keys[0]
WITHOUT_GRANT = (SuccessShape.BARE, SuccessShape.UNREADABLE)
GRANTING = [shape for shape in SuccessShape if shape not in WITHOUT_GRANT]


@pytest.fixture
def campus() -> Iterator[CampusDriver]:
    with CampusDriver() as driver:
        yield driver


@pytest.fixture
def bridged() -> Iterator[CampusDriver]:
    """A campus whose router has a bridge for a LAN, with a PC behind each of its two ports."""
    with CampusDriver(bridge=True) as driver:
        yield driver


@pytest.mark.parametrize("shape", GRANTING)
def test_the_router_keeps_the_session_when_the_pc_has_gone(
    campus: CampusDriver, shape: SuccessShape
) -> None:
    campus.open(SwitchOptions(success=shape))
    campus.login()
    campus.log_says("takeover")
    left = campus.take_pc_away()
    campus.switch_saw(EventKind.HEARTBEAT, count=3, since=left)

    report = campus.report()
    assert report["online"]
    assert report["complaints"] == []
    assert report["starts"] == 1
    status = campus.status()
    assert status["state"] == "online"
    assert status["heartbeat"]["source"] == "server"


def test_the_second_edition_two_challenges_and_services_cross_unharmed(
    campus: CampusDriver,
) -> None:
    campus.open(
        SwitchOptions(
            edition=Edition.SECOND,
            challenges=Challenges.TWO_DIFFERENT,
            services=("移动宽带接入", "教育网接入"),
            padding=Padding.STALE,
            login_destination=Destination.GROUP,
        ),
        ClientOptions(edition=Edition.SECOND),
    )
    campus.login()
    campus.log_says("services on offer: 移动宽带接入, 教育网接入")

    assert campus.report()["complaints"] == []


def test_heartbeats_are_learned_from_the_client_where_the_grant_cannot_be_read(
    campus: CampusDriver,
) -> None:
    campus.open(
        SwitchOptions(success=SuccessShape.UNREADABLE),
        ClientOptions(key=KEY, first_number=0x1B8B4563, heartbeat_interval=0.5),
    )
    campus.login()
    campus.log_says("by the client's own heartbeats")
    left = campus.take_pc_away()
    campus.switch_saw(EventKind.HEARTBEAT, count=3, since=left)

    assert campus.report()["complaints"] == []
    assert campus.status()["heartbeat"]["source"] == "client"


def test_identity_probes_are_answered_where_nothing_was_granted(campus: CampusDriver) -> None:
    campus.open(
        SwitchOptions(
            success=SuccessShape.BARE,
            heartbeats=Heartbeats.FORBIDDEN,
            probe_interval=0.5,
            probe_silence=5.0,
        ),
        ClientOptions(heartbeats=False),
    )
    campus.login()
    left = campus.take_pc_away()
    campus.switch_saw(EventKind.PROBE_ANSWERED, count=4, since=left)

    assert campus.report()["complaints"] == []
    assert campus.status()["heartbeat"]["source"] == "probe"


def test_a_kicked_session_waits_and_the_next_login_is_taken_at_once(campus: CampusDriver) -> None:
    campus.open(SwitchOptions(quiet_period=0.0))
    campus.login()
    campus.log_says("takeover")
    campus.switch.command("kick", message="您已被强制下线")
    kicked = campus.log_says("the server ended the session")
    campus.pc_saw(EventKind.OFFLINE)
    status = campus.status()
    assert status["state"] == "waiting"
    assert status["last_failure"]["kind"] == "dropped"
    assert status["last_failure"]["text"] == "您已被强制下线"

    campus.login()
    campus.log_says("takeover", since=kicked.at)
    assert campus.status()["state"] == "online"


def test_a_refused_login_is_told_to_the_client_and_in_the_status(campus: CampusDriver) -> None:
    campus.open(client=ClientOptions(password="wrong"))
    campus.client.command("login")
    campus.pc_saw(EventKind.OFFLINE)
    campus.log_says("the server refused the login (credentials)")

    assert campus.status()["last_failure"]["kind"] == "credentials"


def test_two_logins_make_one_session(campus: CampusDriver) -> None:
    campus.open(SwitchOptions(successes=2, first_success=SuccessShape.BARE), successes=2)
    campus.login()
    campus.log_says("Success (1 of 2)")
    campus.login()
    campus.log_says("takeover")
    left = campus.take_pc_away()
    campus.switch_saw(EventKind.HEARTBEAT, count=2, since=left)

    assert campus.report()["complaints"] == []


def test_a_full_reauthentication_is_answered_by_the_client(campus: CampusDriver) -> None:
    campus.open()
    campus.login()
    campus.log_says("takeover")
    asked = time.monotonic()
    campus.switch.command("reauthenticate")
    campus.switch_saw(EventKind.ONLINE, since=asked)
    campus.switch_saw(EventKind.HEARTBEAT, count=2, since=asked)

    assert campus.report()["complaints"] == []
    assert campus.status()["state"] == "online"


def test_only_ruijies_group_address_is_no_obstacle(campus: CampusDriver) -> None:
    campus.open(
        SwitchOptions(accepted_starts=Group.RUIJIE),
        ClientOptions(start_group=Group.STANDARD),
        group="ruijie",
    )
    campus.login()

    assert campus.report()["online"]


@pytest.mark.parametrize("group", [Group.STANDARD, Group.RUIJIE])
def test_a_client_behind_a_port_of_a_bridge_is_relayed(bridged: CampusDriver, group: Group) -> None:
    bridged.open(client=ClientOptions(start_group=group))
    bridged.login()
    bridged.log_says("(lan1) starts to log in")
    left = bridged.take_pc_away()
    bridged.switch_saw(EventKind.HEARTBEAT, count=2, since=left)

    assert bridged.report()["complaints"] == []
    assert bridged.report()["starts"] == 1


def test_a_second_client_is_told_nothing_until_its_turn(bridged: CampusDriver) -> None:
    bridged.open(
        SwitchOptions(accepted_starts=Group.RUIJIE),
        ClientOptions(start_group=Group.STANDARD, start_repeats=0),  # the switch will not answer
    )
    bridged.client.command("login")
    bridged.log_says("(lan1) starts to log in")
    second = bridged.campus.start_client(
        ClientOptions(start_group=Group.RUIJIE, start_repeats=0), Role.SECOND_PC
    )
    second.command("login")
    bridged.log_says("another client, 02:00:00:00:cc:02, wants to log in")
    turn = bridged.log_says("no server has answered 02:00:00:00:cc:01 for 4 s")

    bridged.campus.wait_for("pc2", EventKind.ONLINE)
    assert not [
        event
        for event in bridged.campus.history
        if event.source == "pc2" and event.kind == EventKind.RECEIVED and event.at < turn.at - 0.5
    ]


def test_a_port_that_comes_back_to_the_bridge_is_listened_on_again(bridged: CampusDriver) -> None:
    bridged.open()
    bridged.campus.stop(bridged.client)
    bridged.campus.network.unplug(Role.PC)
    bridged.campus.network.plug(Role.PC)
    bridged.client = bridged.campus.start_client()
    bridged.login()

    assert bridged.report()["online"]


def test_the_wan_port_takes_the_clients_address_and_gives_it_back(campus: CampusDriver) -> None:
    campus.open(mac="clone", restore_mac=True)
    campus.login()
    left = campus.take_pc_away()
    campus.switch_saw(EventKind.HEARTBEAT, count=2, since=left)
    received = campus.switch_saw(EventKind.RECEIVED, frame=FrameName.START.value)
    assert received.detail["source"] == "02:00:00:00:cc:01"
    assert campus.report()["complaints"] == []

    campus.campus.stop(campus.daemon)
    own = campus.campus.network.entry(Role.ROUTER)
    assert os.spawnvp(os.P_WAIT, own[0], [*own, "grep", "-q", "02:00:00:00:aa:01",
                                          "/sys/class/net/eth1/address"]) == 0  # fmt: skip


def test_a_killed_daemon_goes_on_with_the_next_number(campus: CampusDriver) -> None:
    campus.open()
    campus.login()
    left = campus.take_pc_away()
    before = campus.switch_saw(EventKind.HEARTBEAT, count=2, since=left)
    campus.kill_daemon()
    killed = time.monotonic()
    campus.restart_daemon()
    campus.log_says("going on with the session that was kept", since=killed)
    after = campus.switch_saw(EventKind.HEARTBEAT, count=2, since=killed)

    assert isinstance(before.detail["number"], int)
    assert isinstance(after.detail["number"], int)
    assert after.detail["number"] > before.detail["number"]
    report = campus.report()
    assert report["complaints"] == []
    assert report["logins"] == 1


def test_what_is_kept_on_disk_is_for_its_owner_only(campus: CampusDriver) -> None:
    campus.open()
    campus.login()
    campus.log_says("takeover")
    # Stopped, so that no file is just being replaced; what is kept stays.
    campus.campus.stop(campus.daemon)
    state = campus.campus.configuration.parent / "state"

    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    assert sorted(file.name for file in state.iterdir()) == ["dorm.json", "journal.jsonl"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in state.iterdir()} == {0o600}


def test_neither_log_nor_status_tells_a_secret(campus: CampusDriver) -> None:
    campus.open()
    campus.login()
    campus.log_says("takeover")
    told = json.dumps(campus.status())
    told += "".join(e.text("text") for e in campus.campus.history if e.source == "router")
    kept = (campus.campus.configuration.parent / "state" / "dorm.json").read_text()

    key = json.loads(kept)["session"]["key"]
    assert key == KEY
    for secret in (DEFAULT_PASSWORD, str(key), f"{key:x}", DEFAULT_PASSWORD.encode().hex()):
        assert secret not in told
    assert DEFAULT_PASSWORD not in kept


def test_a_state_file_that_is_cut_is_told_of_and_costs_nothing_else(campus: CampusDriver) -> None:
    campus.open()
    campus.login()
    campus.log_says("takeover")
    campus.kill_daemon()
    file = campus.campus.configuration.parent / "state" / "dorm.json"
    file.write_bytes(file.read_bytes()[:100])
    restarted = time.monotonic()
    campus.restart_daemon()
    campus.log_says("is left alone until the next login", since=restarted)

    assert campus.status()["state"] == "waiting"


def test_a_short_flap_of_the_link_does_not_end_the_session(campus: CampusDriver) -> None:
    campus.open(heartbeat={"interval": 2})
    campus.login()
    campus.take_pc_away()
    campus.switch_saw(EventKind.HEARTBEAT)
    network = campus.campus.network
    network.set_link(Role.SWITCH, "port", up=False)
    campus.log_says("the WAN link is down")
    network.set_link(Role.SWITCH, "port", up=True)
    back = campus.log_says("the WAN link is up again: the session goes on")
    campus.switch_saw(EventKind.HEARTBEAT, count=2, since=back.at)

    assert campus.report()["complaints"] == []


def test_a_link_that_was_away_for_long_waits_for_a_login(campus: CampusDriver) -> None:
    campus.open(SwitchOptions(interval=1, quiet_period=0.0))
    campus.login()
    campus.log_says("takeover")
    network = campus.campus.network
    network.set_link(Role.SWITCH, "port", up=False)
    down = campus.log_says("the WAN link is down")
    assert campus.status()["state"] == "link-down"
    while time.monotonic() < down.at + 1.5:
        campus.campus.poll(down.at + 1.5 - time.monotonic())
    network.set_link(Role.SWITCH, "port", up=True)
    campus.log_says("waiting for a client to log in")

    assert campus.status()["state"] == "waiting"
    campus.login()
    assert campus.status()["state"] == "online"


FLOOD = """
import os, socket, sys, time
interface, count, seconds, source = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4]
link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
link.bind((interface, 0))
group = bytes.fromhex("0180c2000003")
began = time.monotonic()
for number in range(count):
    mac = bytes.fromhex(source) if source != "random" else b"\\x02" + os.urandom(5)
    link.send(group + mac + bytes.fromhex("888e01010000") + bytes(42))
    if number % 100 == 99:
        # A hundred, then as long as a hundred may take: that many a second, not all at once.
        while time.monotonic() < began + seconds * number / count:
            pass
"""


@pytest.mark.parametrize("source", ["random", "02000000cc01"], ids=["strangers", "the-client"])
def test_a_flood_of_starts_leaves_the_session_alone_and_costs_little(
    campus: CampusDriver, source: str
) -> None:
    campus.open()
    campus.login()
    campus.log_says("takeover")
    memory, used = campus.resident_kilobytes(), campus.processor_seconds()
    began = time.monotonic()
    campus.on_pc(FLOOD, "20000", "2", source)
    took = time.monotonic() - began
    campus.switch_saw(EventKind.HEARTBEAT, count=3, since=began)

    report = campus.report()
    assert report["online"]
    assert report["complaints"] == []
    assert report["starts"] == 1
    assert campus.resident_kilobytes() < memory + 1024
    assert campus.processor_seconds() - used < 0.25 * took


RANDOM_FRAMES = """
import os, random, socket, sys
interface, source = sys.argv[1], bytes.fromhex(sys.argv[2])
link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
link.bind((interface, 0))
random.seed(2026)
for number in range(3000):
    # What is shorter than an Ethernet header, the kernel does not send.
    size = random.randrange(0, 1486)
    destination = random.choice([b"\\x01\\x80\\xc2\\0\\0\\3", b"\\x01\\xd0\\xf8\\0\\0\\3",
                                 bytes.fromhex("02000000aa01"), b"\\xff" * 6])
    head = random.choice([b"", b"\\1\\0", b"\\1\\0\\0\\5\\1", b"\\1\\xbf\\0\\x1e", b"\\1\\2\\0\\0"])
    link.send(destination + source + b"\\x88\\x8e" + head + random.randbytes(size))
"""


@pytest.mark.parametrize(
    ("side", "source"),
    [
        ("lan", "02000000cc01"),
        ("lan", "00d0f8d9f104"),
        ("lan", "02000000aa01"),
        ("wan", "020000000bad"),
    ],
    ids=["the-client's", "the-server's", "the-router's", "another-server's"],
)
def test_forged_nonsense_of_any_size_leaves_the_session_alone(
    campus: CampusDriver, side: str, source: str
) -> None:
    campus.open()
    campus.login()
    campus.log_says("takeover")
    began = time.monotonic()
    run = campus.on_pc if side == "lan" else campus.at_switch
    run(RANDOM_FRAMES, source)
    campus.switch_saw(EventKind.HEARTBEAT, count=3, since=began)

    assert campus.report()["online"]
    assert campus.status()["state"] == "online"
