"""Logins of plain 802.1X cross the real daemon, between Debian's hostapd and wpa_supplicant."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.eapol import BODY_OFFSET, EapolType
from ruijie_proxy.protocol.ethernet import (
    ETHERTYPE_EAPOL_BYTES,
    PAE_GROUP_ADDRESS,
    format_mac,
    parse_mac,
)
from tests.namespaces.capture import Capture, Frame
from tests.namespaces.daemon_process import DaemonProcess, write_configuration
from tests.namespaces.standard_peers import (
    METHODS,
    Certificates,
    Hostapd,
    WpaSupplicant,
    require_standard_peers,
)
from tests.namespaces.transcript import Transcript

if TYPE_CHECKING:
    from tests.namespaces.conftest import Namespace, Network

SECOND_CLIENT = bytes.fromhex("02000000cc02")
START = bytes((1, EapolType.START, 0, 0))


class Campus:
    """A switch and a PC with the router between; another PC is at another port of its bridge."""

    def __init__(self, network: Network, folder: Path, certificates: Certificates) -> None:
        self._network = network
        self._folder = folder
        self._certificates = certificates
        self._switch, self.router, self._pc, self.other_pc = (
            network.namespace(role) for role in ("switch", "router", "pc", "other")
        )
        network.cable(self.router, "wan", self._switch, "port")
        network.cable(self.router, "lan1", self._pc, "eth0")
        network.cable(self.router, "lan2", self.other_pc, "eth0")
        self.switch_mac = mac_of(self._switch, "port")
        self.wan_mac = mac_of(self.router, "wan")
        self.client_mac = mac_of(self._pc, "eth0")
        self.at_switch = Capture(self._switch, "port")
        self.at_client = Capture(self._pc, "eth0")
        self.at_other_pc = Capture(self.other_pc, "eth0")
        self._transcripts: list[Transcript] = []

    def start_switch(self, **settings: int) -> Hostapd:
        """Start hostapd."""
        switch = Hostapd(
            self._network, self._switch, "port", self._folder, self._certificates, **settings
        )
        self._transcripts.append(switch.output)
        return switch

    def start_router(self, lan: str = "lan1", **settings: Any) -> DaemonProcess:
        """Start the daemon, and wait until it listens."""
        if lan == "br-lan":
            self._network.bridge(self.router, lan, "lan1", "lan2")
        session = {"name": "dorm", "wan": "wan", "lan": lan, **settings}
        configuration = write_configuration(self._folder, session)
        daemon = DaemonProcess(self._network, self.router, configuration)
        self._transcripts.append(daemon.log)
        daemon.log.wait_for("waiting for a client")
        return daemon

    def start_client(self, method: str, **settings: str) -> WpaSupplicant:
        """Start wpa_supplicant."""
        return WpaSupplicant(
            self._network, self._pc, "eth0", self._folder, self._certificates, method, **settings
        )

    def close(self) -> None:
        """End the captures, and show what was said: pytest does so where a test fails."""
        for transcript in self._transcripts:
            print(transcript.text)
        for capture in (self.at_switch, self.at_client, self.at_other_pc):
            capture.close()


def mac_of(namespace: Namespace, interface: str) -> bytes:
    (details,) = json.loads(namespace.ip("-j", "link", "show", interface))
    return parse_mac(details["address"])


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates.make(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def campus(network: Network, tmp_path: Path, certificates: Certificates) -> Iterator[Campus]:
    require_standard_peers()
    campus = Campus(network, tmp_path, certificates)
    yield campus
    campus.close()


def is_logoff(frame: Frame) -> bool:
    return frame.eapol_type == EapolType.LOGOFF


def eap_frames(frames: list[Frame], code: EapCode, method: EapType | None = None) -> list[Frame]:
    """Return those that carry an EAP packet of this code, and of this method where one is named."""
    return [
        frame
        for frame in frames
        if frame.eapol_type == EapolType.EAP_PACKET
        and (packet := eap_packet(frame)).code == code
        and method in (None, packet.type)
    ]


def eap_packet(frame: Frame) -> EapPacket:
    packet, _ = EapPacket.parse(frame.content[BODY_OFFSET:])
    return packet


def assert_every_frame_crossed_once_and_in_order(campus: Campus) -> None:
    assert_what_the_client_sent_crossed_once_and_in_order(campus)
    sent, arrived = campus.at_switch.sent, campus.at_client.received
    assert [frame.payload for frame in arrived] == [frame.payload for frame in sent]
    assert {frame.source for frame in arrived} == {campus.switch_mac}
    assert {frame.destination for frame in arrived} == {campus.client_mac}


def assert_what_the_client_sent_crossed_once_and_in_order(campus: Campus) -> None:
    sent, arrived = campus.at_client.sent, campus.at_switch.received
    assert [frame.payload for frame in arrived] == [frame.payload for frame in sent]
    assert [frame.eapol_type for frame in arrived].count(EapolType.START) == 1
    assert {frame.source for frame in arrived} == {campus.wan_mac}
    assert {frame.destination for frame in arrived} == {PAE_GROUP_ADDRESS}


@pytest.mark.parametrize("lan", ["lan1", "br-lan"])
@pytest.mark.parametrize("method", METHODS)
def test_a_login_crosses_frame_by_frame(campus: Campus, method: str, lan: str) -> None:
    switch = campus.start_switch()
    router = campus.start_router(lan)

    campus.start_client(method).wait_for_success()

    assert_every_frame_crossed_once_and_in_order(campus)
    assert switch.lets_in(campus.wan_mac)
    status = router.status()
    assert status["state"] == "online"
    assert status["client"] == format_mac(campus.client_mac)
    assert status["server"] == format_mac(campus.switch_mac)
    assert status["heartbeat"]["source"] is None
    assert status["last_failure"] is None


def test_requests_to_the_group_address_reach_the_client(campus: Campus) -> None:
    campus.start_switch(use_pae_group_addr=1)
    campus.start_router()

    campus.start_client("MD5").wait_for_success()

    assert {frame.destination for frame in campus.at_switch.sent} == {PAE_GROUP_ADDRESS}
    assert_every_frame_crossed_once_and_in_order(campus)


@pytest.mark.parametrize("method", ["MD5", "MSCHAPv2", "PEAP"])
def test_a_wrong_password_is_told_to_the_client_and_in_the_status(
    campus: Campus, method: str
) -> None:
    switch = campus.start_switch()
    router = campus.start_router()

    campus.start_client(method, password="a wrong password").wait_for_failure()

    assert_every_frame_crossed_once_and_in_order(campus)
    assert len(eap_frames(campus.at_client.received, EapCode.FAILURE)) == 1
    assert not switch.lets_in(campus.wan_mac)
    status = router.status()
    assert status["state"] == "waiting"
    assert status["last_failure"]["kind"] == "unknown"
    assert status["last_failure"]["text"] is None


def test_a_second_client_gets_nothing_while_the_first_logs_in(campus: Campus) -> None:
    switch = campus.start_switch()
    router = campus.start_router("br-lan")
    with campus.other_pc.entered(), socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as second:
        second.bind(("eth0", 0))
        with switch.paused():
            first = campus.start_client("MD5")
            router.log.wait_for("starts to log in")

            second.send(PAE_GROUP_ADDRESS + SECOND_CLIENT + ETHERTYPE_EAPOL_BYTES + START)

            assert format_mac(SECOND_CLIENT) in router.log.wait_for("another client")
        first.wait_for_success()

    assert_every_frame_crossed_once_and_in_order(campus)
    assert campus.at_other_pc.received == []


def test_the_clients_logoff_stays_with_the_router_that_holds_the_session(campus: Campus) -> None:
    switch = campus.start_switch()
    router = campus.start_router()
    client = campus.start_client("MD5")
    client.wait_for_success()

    client.log_off()

    router.log.wait_for("the client logs off; not passed on")
    assert any(map(is_logoff, campus.at_client.sent))
    assert not any(map(is_logoff, campus.at_switch.received))
    assert switch.lets_in(campus.wan_mac)
    assert router.status()["state"] == "online"


def test_the_clients_logoff_ends_the_session_where_that_is_wanted(campus: Campus) -> None:
    switch = campus.start_switch()
    router = campus.start_router(client_logoff="forward")
    client = campus.start_client("MD5")
    client.wait_for_success()

    client.log_off()

    switch.output.wait_for("received EAPOL-Logoff")
    assert_what_the_client_sent_crossed_once_and_in_order(campus)
    assert not switch.lets_in(campus.wan_mac)
    assert router.status()["state"] == "waiting"


@pytest.mark.parametrize("method", ["MD5", "PEAP"])
def test_a_reauthentication_asks_the_client_for_no_more_than_it_must(
    campus: Campus, method: str
) -> None:
    switch = campus.start_switch(eap_reauth_period=2)
    router = campus.start_router()
    client = campus.start_client(method)
    client.wait_for_success()
    since = router.status()["since"]

    client.wait_for_success()

    router.log.wait_for("the server wants the password proven again")
    with switch.paused():
        status = router.status()
        asked = eap_frames(campus.at_switch.sent, EapCode.REQUEST, EapType.IDENTITY)
        answered = eap_frames(campus.at_switch.received, EapCode.RESPONSE, EapType.IDENTITY)
        reached_client = eap_frames(campus.at_client.received, EapCode.REQUEST, EapType.IDENTITY)
    assert (status["state"], status["since"]) == ("online", since)
    assert switch.lets_in(campus.wan_mac)
    # The identity was asked for twice: the client told it at login, and then the router did.
    assert len(asked) == 2
    assert len(reached_client) == 1
    assert [eap_packet(frame).identifier for frame in answered] == [
        eap_packet(frame).identifier for frame in asked
    ]
    assert {eap_packet(frame).data for frame in answered} == {method.encode()}
