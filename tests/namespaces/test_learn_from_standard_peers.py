"""Logins of Debian's wpa_supplicant at its hostapd, recorded by tcpdump, and learned from.

Nothing in these captures is of our own making: neither the frames nor the file.
"""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ruijie_proxy.config.shape.model import Mode
from ruijie_proxy.engine.settings import Dialect, GroupMode, LoginSettings
from ruijie_proxy.learn.findings import Findings, Lack, Likeness, Outcome, RemarkCode
from ruijie_proxy.learn.session import Ports
from ruijie_proxy.secret import Secret
from tests.learn.learning import findings_of, session_from
from tests.namespaces.radius import FREERADIUS, USER, FreeRadius, RadiusCampus
from tests.namespaces.standard_peers import (
    PASSWORD,
    Certificates,
    Hostapd,
    WpaSupplicant,
    require_standard_peers,
)
from tests.namespaces.transcript import Transcript

if TYPE_CHECKING:
    from tests.namespaces.conftest import Namespace, Network

PORT, CLIENT_PORT = "port", "eth0"


class Recording:
    """What tcpdump writes of a port until it is ended."""

    def __init__(self, network: Network, namespace: Namespace, interface: str, file: Path) -> None:
        self._file = file
        # Not as another user, who could not write into the test's folder.
        options = ("-Z", "root", "--immediate-mode", "-U", "-l", "-v", "--print", "-i", interface)
        self._process = network.start(namespace, "tcpdump", *options, "-w", str(file))
        self._said = Transcript(self._process)
        self._said.wait_for("listening on")

    def end(self, with_result: str) -> bytes:
        """Return the capture, once it has a Success or a Failure."""
        self._said.wait_for(f"{with_result} (")
        self._process.send_signal(signal.SIGINT)
        self._process.wait(timeout=60)
        return self._file.read_bytes()


@pytest.fixture(autouse=True)
def _peers() -> None:
    require_standard_peers()
    if shutil.which("tcpdump") is None:
        pytest.skip("tcpdump is not installed")


@pytest.fixture
def recorded(network: Network, tmp_path: Path) -> Callable[..., bytes]:
    """Record a login with a method, at hostapd's own server."""

    def record(method: str, password: str = PASSWORD) -> bytes:
        certificates = Certificates.make(tmp_path)
        switch, pc = network.namespace("switch"), network.namespace("pc")
        network.cable(switch, PORT, pc, CLIENT_PORT)
        Hostapd(network, switch, PORT, tmp_path, certificates)
        recording = Recording(network, pc, CLIENT_PORT, tmp_path / "login.pcap")
        client = WpaSupplicant(
            network, pc, CLIENT_PORT, tmp_path, certificates, method, password=password
        )
        if password == PASSWORD:
            client.wait_for_success()
            return recording.end("Success")
        client.wait_for_failure()
        return recording.end("Failure")

    return record


def learned(content: bytes, username: str) -> Findings:
    return findings_of(content, LoginSettings(username, Secret(PASSWORD)))


def test_a_plain_campus_is_plain(recorded: Callable[..., bytes]) -> None:
    findings = learned(recorded("MD5"), "MD5")

    assert findings.outcome is Outcome.ONLINE
    assert findings.dialect.value is Dialect.PLAIN
    assert findings.group.value is GroupMode.STANDARD
    assert findings.comparison.likeness is Likeness.SAME, findings.comparison
    session, read = session_from(findings, account=LoginSettings("MD5", Secret(PASSWORD)))
    assert read.mode is Mode.LOGIN
    assert session.options["dialect"] == "plain"


def test_a_campus_with_radius_is_plain_too(network: Network, tmp_path: Path) -> None:
    if FREERADIUS is None:
        pytest.skip("FreeRADIUS is not installed")
    campus = RadiusCampus(network, tmp_path)
    radius: FreeRadius = campus.start_radius()
    campus.start_switch()
    recording = Recording(network, campus.router, "wan", tmp_path / "login.pcap")
    campus.start_client(campus.router, "wan").wait_for_success()
    radius.wait_for_login()

    findings = learned(recording.end("Success"), USER)

    assert findings.dialect.value is Dialect.PLAIN
    assert findings.comparison.likeness is Likeness.SAME, findings.comparison


def test_a_password_that_is_refused_is_told(recorded: Callable[..., bytes]) -> None:
    findings = learned(recorded("MD5", password="not the right one"), "MD5")

    assert findings.outcome is Outcome.REFUSED
    assert findings.has(RemarkCode.REFUSED)


@pytest.mark.parametrize("method", ["PEAP", "TLS", "MSCHAPv2"])
def test_another_method_is_relayed(recorded: Callable[..., bytes], method: str) -> None:
    findings = learned(recorded(method), method)

    assert findings.outcome is Outcome.ONLINE
    assert findings.comparison.lack is Lack.METHOD
    assert findings.has(RemarkCode.OTHER_METHOD)
    session = session_from(findings, Ports("eth1", "br-lan"), None)
    assert session[1].mode is Mode.RELAY
