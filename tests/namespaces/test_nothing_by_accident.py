"""The real daemon: nobody on the LAN ends a session, and its end does not go unnoticed."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest

from ruijie_proxy.lab.campus.network import (
    ADDRESSES,
    PC_INTERFACE,
    SWITCH_INTERFACE,
    WAN_INTERFACE,
    Role,
    wait_until_it_sends,
)
from ruijie_proxy.lab.events import EventKind
from ruijie_proxy.lab.options import DEFAULT_PASSWORD, DEFAULT_USER, ClientOptions, SwitchOptions
from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS, parse_mac
from tests.namespaces.campus_driver import QUICK, CampusDriver

CLIENT = parse_mac(ADDRESSES[Role.PC, PC_INTERFACE])
STRANGER = bytes.fromhex("02000000bad1")
ACCOUNT: dict[str, Any] = {"username": DEFAULT_USER, "password": DEFAULT_PASSWORD}
SEND = """
import socket, sys
link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
link.bind((sys.argv[1], 0))
link.send(bytes.fromhex(sys.argv[2]))
"""
TAKEN_UP = "stays on the LAN"


@pytest.fixture
def campus() -> Iterator[CampusDriver]:
    with CampusDriver() as driver:
        yield driver


def open_with(campus: CampusDriver, session: dict[str, Any]) -> None:
    """Start switch, client and daemon; the keys may be any of a session's."""
    campus.start_switch()
    campus.client = campus.campus.start_client()
    campus.campus.configure(**QUICK, **session)
    campus.daemon = campus.campus.start_daemon()


def start_barely(campus: CampusDriver, source: bytes) -> None:
    """Let somebody on the LAN start as any operating system does."""
    start = EapolFrame.build(PAE_GROUP_ADDRESS, source, EapolType.START).encode()
    campus.on_pc(SEND, start.ljust(60, b"\0").hex())


def insist_barely(campus: CampusDriver, *sources: bytes) -> None:
    """Let each start twice, as patiently as a client."""
    for _ in range(2):
        for source in sources:
            start_barely(campus, source)
        campus.switch_saw(EventKind.HEARTBEAT, count=2, since=time.monotonic())


def assert_untouched(campus: CampusDriver) -> None:
    campus.switch_saw(EventKind.HEARTBEAT, count=2, since=time.monotonic())
    report = campus.report()
    assert report["online"] is True
    assert report["starts"] == 1
    assert report["complaints"] == []
    assert campus.status()["state"] == "online"
    assert campus.status()["doubtful"] is False


@pytest.mark.parametrize("session", [{}, {"client": "any"}], ids=["left out", "any"])
def test_bare_starts_leave_a_clients_session_alone_before_and_after_a_restart(
    campus: CampusDriver, session: dict[str, Any]
) -> None:
    open_with(campus, session)
    campus.login()
    campus.log_says("takeover")

    insist_barely(campus, STRANGER, CLIENT)
    assert_untouched(campus)
    campus.log_says(TAKEN_UP)

    campus.kill_daemon()
    campus.restart_daemon()
    insist_barely(campus, STRANGER, CLIENT)
    campus.switch_saw(EventKind.HEARTBEAT, count=2, since=time.monotonic())
    assert campus.report()["starts"] == 1
    assert campus.report()["online"] is True


def test_bare_starts_leave_the_routers_own_session_alone(campus: CampusDriver) -> None:
    open_with(campus, {"mode": "auto", "client": "any", **ACCOUNT})
    campus.switch_saw(EventKind.HEARTBEAT)

    insist_barely(campus, STRANGER, CLIENT)

    campus.log_says(TAKEN_UP)
    assert_untouched(campus)


def test_the_genuine_client_logs_in_anew_after_a_restart_of_the_program(
    campus: CampusDriver,
) -> None:
    campus.open(client=ClientOptions(start_interval=1.5, start_repeats=5))
    campus.login()
    campus.log_says("takeover")
    campus.kill_daemon()
    campus.restart_daemon()
    again = time.monotonic()

    campus.client.command("login")

    campus.pc_saw(EventKind.ONLINE, since=again)
    assert campus.report()["logins"] == 2


@pytest.mark.parametrize("own", [False, True], ids=["relay", "login"])
def test_a_wan_port_that_is_made_anew_leaves_a_doubtful_session(
    campus: CampusDriver, own: bool
) -> None:
    # With enough time between two heartbeats to lay the cable again.
    slow = {"heartbeat": {"interval": 10}}
    campus.open(**{**slow, **({"mode": "login", **ACCOUNT} if own else {})})
    if own:
        campus.switch_saw(EventKind.HEARTBEAT)
    else:
        campus.login()
        campus.log_says("takeover")
    campus.campus.stop(campus.switch)
    removed = time.monotonic()
    make_wan_anew(campus)
    campus.start_switch()

    campus.log_says("may have ended the session", since=removed)
    if own:
        # By itself, and the switch that knew nothing of it lets it in.
        campus.switch_saw(EventKind.ONLINE, since=removed)
        campus.log_says("sends heartbeats", since=removed)
        assert campus.status()["doubtful"] is False
    else:
        campus.log_says("only the client can log in anew", since=removed)
        status = campus.status()
        assert (status["state"], status["doubtful"], status["client_needed"]) == (
            "online",
            True,
            True,
        )
        again = time.monotonic()
        campus.client.command("login")
        campus.pc_saw(EventKind.ONLINE, since=again)
        assert campus.status()["doubtful"] is False


def test_after_a_switch_that_restarted_the_router_logs_in_anew(campus: CampusDriver) -> None:
    """It loses its link for a moment, knows nobody afterwards, and answers no heartbeat."""
    campus.open(heartbeat={"interval": 10}, mode="auto", **ACCOUNT)
    campus.switch_saw(EventKind.HEARTBEAT)
    campus.campus.network.set_link(Role.SWITCH, SWITCH_INTERFACE, up=False)
    campus.log_says("the WAN link is down")
    campus.start_switch()
    restarted = time.monotonic()
    campus.campus.network.set_link(Role.SWITCH, SWITCH_INTERFACE, up=True)

    campus.switch_saw(EventKind.ONLINE, since=restarted)

    assert campus.status()["doubtful"] is False


def test_one_start_of_a_stranger_holds_a_client_up_for_seconds(
    campus: CampusDriver,
) -> None:
    campus.open(SwitchOptions(), ClientOptions(start_repeats=0, result_timeout=30.0))
    start_barely(campus, STRANGER)
    campus.log_says("asks for the identity")
    began = time.monotonic()

    campus.client.command("login")

    online = campus.pc_saw(EventKind.ONLINE, since=began)
    # Five (tests/engine/test_turns.py), and what a loaded machine takes; a login has 60.
    assert online.at - began < 30.0
    campus.log_says("has not answered the server")


def make_wan_anew(campus: CampusDriver) -> None:
    """Remove the WAN port, with the switch's end of its cable, and lay both again."""
    network = campus.campus.network
    router = network.namespace(Role.ROUTER)
    switch = network.namespace(Role.SWITCH)
    wan = ADDRESSES[Role.ROUTER, WAN_INTERFACE]
    other = ADDRESSES[Role.SWITCH, SWITCH_INTERFACE]
    for command in (
        f"ip -n {router} link del {WAN_INTERFACE}",
        f"ip -n {router} link add {WAN_INTERFACE} address {wan} type veth "
        f"peer name {SWITCH_INTERFACE} address {other} netns {switch}",
        f"ip -n {switch} link set {SWITCH_INTERFACE} up",
        f"ip -n {router} link set {WAN_INTERFACE} up",
    ):
        subprocess.run(command.split(), check=True, timeout=60)
    wait_until_it_sends(switch, SWITCH_INTERFACE)
