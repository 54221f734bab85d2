"""Logins at a switch (hostapd) that asks a real RADIUS server (FreeRADIUS) about each user."""

from __future__ import annotations

import signal
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.protocol.bare_properties import find_bare_properties
from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.ethernet import format_mac
from tests.namespaces.capture import Capture
from tests.namespaces.daemon_process import DaemonProcess, run_command, write_configuration
from tests.namespaces.radius import (
    CLIENT_PORT,
    FREERADIUS,
    LAN,
    SWITCH_PORT,
    USER,
    WAN,
    WRONG_PASSWORD,
    RadiusCampus,
)
from tests.namespaces.standard_peers import PASSWORD, require_standard_peers

if TYPE_CHECKING:
    import subprocess

    from tests.namespaces.conftest import Network

pytestmark = pytest.mark.skipif(
    FREERADIUS is None, reason="FreeRADIUS is needed (Debian: freeradius)"
)

SHORTEST_PAUSE = 10
"""Seconds after a refusal: the program waits for 30 and more, some of which are over by then."""


@pytest.fixture
def campus(network: Network, tmp_path: Path) -> RadiusCampus:
    require_standard_peers()
    return RadiusCampus(network, tmp_path)


def test_the_campus_lets_a_known_client_in(campus: RadiusCampus) -> None:
    radius = campus.start_radius()
    switch = campus.start_switch()

    campus.start_client(campus.router, WAN).wait_for_success()

    assert switch.lets_in(campus.wan_mac)
    assert (radius.accepted, radius.refused) == (1, 0)


def test_the_campus_refuses_a_wrong_password(campus: RadiusCampus) -> None:
    radius = campus.start_radius()
    switch = campus.start_switch()

    campus.start_client(campus.router, WAN, WRONG_PASSWORD).wait_for_failure()

    assert not switch.lets_in(campus.wan_mac)
    assert (radius.accepted, radius.refused) == (0, 1)


def relay(campus: RadiusCampus) -> DaemonProcess:
    """Start the daemon, which relays, and wait until it listens."""
    configuration = write_configuration(
        campus.folder, {"name": "dorm", "mode": "relay", "wan": WAN, "lan": LAN}
    )
    daemon = DaemonProcess(campus.network, campus.router, configuration)
    daemon.log.wait_for("waiting for a client")
    return daemon


def test_a_clients_login_crosses_the_router(campus: RadiusCampus) -> None:
    radius = campus.start_radius()
    switch = campus.start_switch()
    daemon = relay(campus)

    campus.start_client(campus.pc, CLIENT_PORT).wait_for_success()

    assert switch.lets_in(campus.wan_mac)
    assert (radius.accepted, radius.refused) == (1, 0)
    assert daemon.status()["state"] == "online"


def test_a_clients_wrong_password_is_refused_through_the_router(campus: RadiusCampus) -> None:
    radius = campus.start_radius()
    switch = campus.start_switch()
    daemon = relay(campus)

    campus.start_client(campus.pc, CLIENT_PORT, WRONG_PASSWORD).wait_for_failure()

    assert not switch.lets_in(campus.wan_mac)
    assert (radius.accepted, radius.refused) == (0, 1)
    assert daemon.status()["state"] == "waiting"


def password_file(campus: RadiusCampus, password: str) -> Path:
    """Write a password to where only its owner can read it."""
    path = campus.folder / "password"
    path.touch(mode=0o600)
    path.write_text(f"{password}\n")
    return path


def log_in(campus: RadiusCampus, password: str = PASSWORD, **settings: Any) -> DaemonProcess:
    """Start the daemon, which logs in by itself."""
    account = {"username": USER, "password_file": str(password_file(campus, password))}
    session = {"name": "dorm", "mode": "login", "wan": WAN, "dialect": "plain", "dhcp": "off"}
    configuration = write_configuration(campus.folder, {**session, **account, **settings})
    return DaemonProcess(campus.network, campus.router, configuration)


def log_in_once(
    campus: RadiusCampus, password: str = PASSWORD, *options: str
) -> subprocess.CompletedProcess[str]:
    """Run the one-shot login to its end."""
    account = ("-u", USER, "--password-file", str(password_file(campus, password)))
    port = ("--wan", WAN, "--dialect", "plain", "--dhcp", "off")
    state = ("--state-dir", str(campus.folder / "state"))
    return run_command("login", *account, *port, *state, *options, within=campus.router)


def invite(campus: RadiusCampus, identifier: int) -> None:
    """Ask the router for the identity, as some servers do right after a Failure."""
    packet = EapPacket.build(EapCode.REQUEST, identifier, EapType.IDENTITY).encode()
    frame = EapolFrame.build(campus.wan_mac, campus.switch_mac, EapolType.EAP_PACKET, packet)
    with campus.switch.entered(), socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as switch:
        switch.bind((SWITCH_PORT, 0))
        switch.send(frame.encode())


def eap_of(frame: bytes) -> EapPacket | None:
    """Return the EAP packet of a frame; None where it has none."""
    eapol = EapolFrame.parse(frame)
    if eapol.type != EapolType.EAP_PACKET:
        return None
    return EapPacket.parse(eapol.body)[0]


def test_the_router_logs_in_by_itself(campus: RadiusCampus) -> None:
    radius = campus.start_radius()
    switch = campus.start_switch()

    daemon = log_in(campus)

    daemon.log.wait_for("Success")
    assert switch.lets_in(campus.wan_mac)
    assert (radius.accepted, radius.refused) == (1, 0)
    status = daemon.status()
    assert (status["state"], status["mode"]) == ("online", "login")
    assert status["server"] == format_mac(campus.switch_mac)
    assert status["last_failure"] is None


def test_a_switch_of_another_vendor_lets_the_ruijie_dialect_in_by_itself(
    campus: RadiusCampus,
) -> None:
    """With properties behind the MD5 value, where hostapd and FreeRADIUS look for a name."""
    radius = campus.start_radius()
    switch = campus.start_switch()
    at_switch = Capture(campus.switch, SWITCH_PORT)

    daemon = log_in(campus, dialect="ruijie")

    daemon.log.wait_for("the switch is not Ruijie's: going on in the bare shape")
    daemon.log.wait_for("Success")
    assert switch.lets_in(campus.wan_mac)
    assert (radius.accepted, radius.refused) == (1, 0)
    answers = [
        packet
        for packet in (eap_of(frame.content) for frame in at_switch.received)
        if packet is not None and packet.type == EapType.MD5_CHALLENGE
    ]
    assert [find_bare_properties(packet.data) is not None for packet in answers] == [True]
    at_switch.close()


@pytest.mark.parametrize("shape", ["bare", "inside", "block"])
def test_and_in_every_shape_that_is_set(campus: RadiusCampus, shape: str) -> None:
    radius = campus.start_radius()
    switch = campus.start_switch()

    daemon = log_in(campus, dialect="ruijie", shape=shape)

    daemon.log.wait_for("Success")
    assert switch.lets_in(campus.wan_mac)
    assert (radius.accepted, radius.refused) == (1, 0)


def test_the_wrong_password_is_refused_in_the_bare_shape(campus: RadiusCampus) -> None:
    radius = campus.start_radius()
    switch = campus.start_switch()

    daemon = log_in(campus, WRONG_PASSWORD, dialect="ruijie")

    daemon.log.wait_for("the next try is in")
    assert (radius.accepted, radius.refused) == (0, 1)
    assert not switch.lets_in(campus.wan_mac)


def test_a_wrong_password_is_not_tried_again_at_once(campus: RadiusCampus) -> None:
    """A Failure of plain 802.1X does not say why, so there is another try: much later."""
    radius = campus.start_radius()
    switch = campus.start_switch()
    at_switch = Capture(campus.switch, SWITCH_PORT)

    daemon = log_in(campus, WRONG_PASSWORD)

    daemon.log.wait_for("the next try is in")
    sent = len(at_switch.received)
    invite(campus, identifier=99)
    # Asked after the invitation came in, so answered after the daemon has looked at that.
    status = daemon.status()
    assert status["state"] == "backoff"
    pause = datetime.fromisoformat(status["next_try"]) - datetime.now(UTC)
    assert pause.total_seconds() > SHORTEST_PAUSE
    assert status["last_failure"]["text"] is None
    assert len(at_switch.received) == sent
    assert (radius.accepted, radius.refused) == (0, 1)
    assert not switch.lets_in(campus.wan_mac)
    at_switch.close()


def test_reauthentications_do_not_interrupt_the_session(campus: RadiusCampus) -> None:
    radius = campus.start_radius()
    switch = campus.start_switch(eap_reauth_period=2)
    daemon = log_in(campus)
    daemon.log.wait_for("Success")
    since = daemon.status()["since"]
    refusals = switch.output.text.count("unauthorizing port")

    # The login itself, and two of what the switch wanted after it.
    for _ in range(3):
        radius.wait_for_login()

    with switch.paused():
        status = daemon.status()
    assert (status["state"], status["since"]) == ("online", since)
    assert switch.lets_in(campus.wan_mac)
    assert switch.output.text.count("unauthorizing port") == refusals
    assert radius.refused == 0


def test_the_router_logs_off_when_it_is_told_to_end(campus: RadiusCampus) -> None:
    campus.start_radius()
    switch = campus.start_switch()
    daemon = log_in(campus, logoff_on_exit=True)
    daemon.log.wait_for("Success")
    assert switch.lets_in(campus.wan_mac)

    daemon.signal(signal.SIGTERM)

    switch.output.wait_for("received EAPOL-Logoff")
    assert daemon.log.wait_for_end() == 0
    assert not switch.lets_in(campus.wan_mac)


def test_the_session_outlives_the_program_otherwise(campus: RadiusCampus) -> None:
    campus.start_radius()
    switch = campus.start_switch()
    daemon = log_in(campus)
    daemon.log.wait_for("Success")

    daemon.signal(signal.SIGTERM)

    assert daemon.log.wait_for_end() == 0
    assert switch.lets_in(campus.wan_mac)
    assert "received EAPOL-Logoff" not in switch.output.text


def test_a_single_login_tells_that_it_succeeded(campus: RadiusCampus) -> None:
    radius = campus.start_radius()
    switch = campus.start_switch()

    done = log_in_once(campus)

    assert done.returncode == ExitCode.DONE, done.stderr
    assert "Authenticated." in done.stdout
    assert switch.lets_in(campus.wan_mac)
    assert (radius.accepted, radius.refused) == (1, 0)


def test_a_single_login_tells_that_the_server_refused(campus: RadiusCampus) -> None:
    radius = campus.start_radius()
    switch = campus.start_switch()

    # Such a server tells no reason, so that what was refused may pass the next time.
    done = log_in_once(campus, WRONG_PASSWORD, "--timeout", "12")

    assert done.returncode == ExitCode.REFUSED, done.stderr
    assert "The server refused the login" in done.stderr
    assert not switch.lets_in(campus.wan_mac)
    assert (radius.accepted, radius.refused) == (0, 1)


def test_a_single_login_tells_that_nobody_answered(campus: RadiusCampus) -> None:
    done = log_in_once(campus, PASSWORD, "--timeout", "3")

    assert done.returncode == ExitCode.NO_ANSWER, done.stderr
    assert "no server answered" in done.stderr
