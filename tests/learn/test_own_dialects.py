"""Dialects that only the router's own login speaks here: recorded on its port, and learned from."""

from __future__ import annotations

import pytest

from ruijie_proxy.config.shape.model import Mode
from ruijie_proxy.engine.settings import Dialect as SpokenDialect
from ruijie_proxy.engine.settings import SessionSettings, V2Client
from ruijie_proxy.engine.states import State
from ruijie_proxy.lab.options import DEFAULT_CODE_SECTION, Dialect, SwitchOptions
from ruijie_proxy.learn.findings import Findings, Lack, Likeness
from ruijie_proxy.learn.session import Ports
from ruijie_proxy.takeover.openwrt_ports import openwrt_ports
from ruijie_proxy.values import replace
from tests.inspect.recorded import Recorded
from tests.integration.conftest import RoutedCampus
from tests.integration.own_campus import LEASED
from tests.learn.learning import ACCOUNT, learned, session_from
from tests.learn.traffic import at


def own_login(
    switch: SwitchOptions, dialect: SpokenDialect, program: V2Client | None = None
) -> list[Recorded]:
    """Record a login of the router's own."""
    account = replace(ACCOUNT, dialect=dialect, v2_client=program)
    settings = SessionSettings(login=account)
    campus = RoutedCampus(switch, settings=settings, mode=Mode.LOGIN, facts=LEASED)
    recorded: list[Recorded] = []
    send, receive = campus.switch.frames_to_send, campus.switch.receive

    def sent() -> list[bytes]:
        frames = send()
        recorded.extend(at(campus.now - 1000.0, frame) for frame in frames)
        return frames

    def received(frame: bytes, now: float) -> None:
        recorded.append(at(now - 1000.0, frame, by_client=True))
        receive(frame, now)

    campus.switch.frames_to_send = sent  # type: ignore[method-assign]
    campus.switch.receive = received  # type: ignore[method-assign]
    campus.begin(100.0)
    assert campus.state() is State.ONLINE, campus.switch.complaints
    return recorded


def test_cernets_mode_is_known_and_logs_in_again() -> None:
    switch = SwitchOptions(dialect=Dialect.CERNET)

    findings = learned(own_login(switch, SpokenDialect.CERNET))

    assert findings.dialect.value is SpokenDialect.CERNET
    assert findings.comparison.likeness is Likeness.SAME, findings.comparison
    session, read = session_from(findings)
    assert session.options["dialect"] == "cernet"
    campus = RoutedCampus(switch, settings=read.settings, mode=read.mode, facts=LEASED)
    campus.begin(600.0)
    assert campus.state() is State.ONLINE
    assert campus.switch.complaints == []


def v2_login() -> Findings:
    program = V2Client(bytes.fromhex(DEFAULT_CODE_SECTION), (4, 10))
    switch = SwitchOptions(dialect=Dialect.RUIJIE_V2)
    return learned(own_login(switch, SpokenDialect.RUIJIE_V2, program))


def test_the_v2_check_takes_the_users_own_program() -> None:
    findings = v2_login()

    assert findings.dialect.value is SpokenDialect.RUIJIE_V2
    assert findings.comparison.lack is Lack.PROGRAM
    assert session_from(findings, Ports("eth1", "br-lan"))[1].mode is Mode.RELAY


NETWORK = """\
config device
	option name 'br-lan'
	option type 'bridge'
	list ports 'lan1'
config interface 'lan'
	option device 'br-lan'
config interface 'wan'
	option device 'eth1'
	option proto 'dhcp'
config interface 'wan6'
	option device '@wan'
"""
OLD_NETWORK = """\
config interface 'lan'
	option type 'bridge'
	option ifname 'eth0.1'
config interface 'wan'
	option ifname 'eth0.2'
"""


@pytest.mark.parametrize(
    ("text", "ports"),
    [
        (NETWORK, ("eth1", "br-lan")),
        (OLD_NETWORK, ("eth0.2", "br-lan")),
        ("config interface 'loopback'\n\toption device 'lo'\n", (None, None)),
    ],
)
def test_openwrts_network_configuration_names_the_ports(
    text: str, ports: tuple[str | None, str | None]
) -> None:
    assert openwrt_ports(text, "network") == ports
