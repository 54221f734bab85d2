"""The first configuration, found in /etc/config/network as OpenWrt's devices have it."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from openwrt.packaging.service_files import service_files
from ruijie_proxy.config.reader import read_configuration
from tests.openwrt.checkout import CHECKOUT
from tests.openwrt.networks import DSA
from tests.openwrt.router_root import Router

pytestmark = pytest.mark.namespaces

SHIPPED = "/usr/share/ruijie-proxy/ruijie-proxy.config"
DSA_WITH_VLANS = """
config device
	option name 'br-lan'
	option type 'bridge'
	list ports 'lan1'
	list ports 'lan2'

config bridge-vlan
	option device 'br-lan'
	option vlan '1'
	list ports 'lan1:u*'
	list ports 'lan2:t'

config interface 'lan'
	option device 'br-lan.1'
	option proto 'static'

config interface 'wan'
	option device 'wan'
	option proto 'dhcp'
"""
SWCONFIG = """
config device
	option name 'br-lan'
	option type 'bridge'
	list ports 'eth0.1'

config interface 'lan'
	option device 'br-lan'
	option proto 'static'

config interface 'wan'
	option device 'eth0.2'
	option proto 'dhcp'

config switch
	option name 'switch0'
	option reset '1'

config switch_vlan
	option device 'switch0'
	option vlan '2'
	option ports '0 6t'
"""
BEFORE_21_02 = """
config interface 'lan'
	option type 'bridge'
	option ifname 'eth0.1 eth1'
	option proto 'static'

config interface 'wan'
	option ifname 'eth0.2'
	option proto 'dhcp'
"""
PPPOE = """
config interface 'lan'
	option device 'br-lan'

config interface 'wan'
	option device 'wan'
	option proto 'pppoe'
	option username 'somebody'
	option password 'secret'
"""
ONE_PORT = """
config interface 'lan'
	option device 'eth0'

config interface 'wan'
	option device 'eth1'
"""
WITHOUT_WAN = """
config interface 'lan'
	option device 'br-lan'
"""


@pytest.fixture
def router(router: Router) -> Router:
    router.install(service_files(CHECKOUT))
    return router


def first_boot(router: Router, network: str) -> str:
    """Run the script as OpenWrt does; return the configuration's sessions."""
    router.path("/etc/config/network").write_text(network)
    # Sourced, with the shell's own end, and removed if it ends well.
    router.shell("(. /etc/uci-defaults/90-ruijie-proxy) && rm /etc/uci-defaults/90-ruijie-proxy")
    assert router.lines("/etc/uci-defaults/90-ruijie-proxy") == []
    text = router.path("/etc/config/ruijie-proxy").read_text()
    begin = re.search(r"^config session", text, re.MULTILINE)
    return text[begin.start() :] if begin else ""


def notes(router: Router) -> list[str]:
    """Return what the service is to tell when it starts, in English and Chinese."""
    return [
        text for line in router.lines("/var/run/ruijie-proxy.notes") for text in line.split("\t")
    ]


def session(wan: str, lan: str) -> str:
    return (
        "config session 'campus'\n"
        "\toption enabled '1'\n"
        "\toption mode 'relay'\n"
        f"\toption wan '{wan}'\n"
        f"\toption lan '{lan}'\n"
    )


@pytest.mark.parametrize(
    ("network", "wan", "lan"),
    [
        (DSA, "wan", "br-lan"),
        (DSA_WITH_VLANS, "wan", "br-lan.1"),
        (SWCONFIG, "eth0.2", "br-lan"),
        (BEFORE_21_02, "eth0.2", "br-lan"),
        (PPPOE, "wan", "br-lan"),
        (ONE_PORT, "eth1", "eth0"),
    ],
    ids=["DSA", "DSA with VLANs", "swconfig", "before 21.02", "pppoe", "one port"],
)
def test_the_first_session_has_the_ports_of_the_networks_configuration(
    router: Router, network: str, wan: str, lan: str
) -> None:
    assert first_boot(router, network) == session(wan, lan)
    assert notes(router) == [
        f"a first session relays a client on {lan} through {wan}",
        f"已生成第一个会话：{lan} 上的客户端经 {wan} 认证",
    ]


def test_what_is_there_stays_before_it_with_its_explanations(router: Router) -> None:
    shipped = router.path(SHIPPED).read_text()

    first_boot(router, DSA)

    text = router.path("/etc/config/ruijie-proxy").read_text()
    assert text == f"{shipped}\n{session('wan', 'br-lan')}"


def test_the_example_in_it_can_be_written_so(router: Router, tmp_path: Path) -> None:
    path = tmp_path / "ruijie-proxy"
    shipped = router.path(SHIPPED).read_text()
    path.write_text(re.sub(r"^(\t?)# ((config|\toption|option) )", r"\1\2", shipped, flags=re.M))
    path.chmod(0o600)

    reading = read_configuration(str(path))

    (campus,) = reading.plain["sessions"]
    assert campus["mode"] == "auto"
    assert campus["username"] == "20261234"
    assert reading.warnings == ()


def test_nobody_else_may_read_the_configuration_nor_what_lies_beside_it(router: Router) -> None:
    first_boot(router, DSA)

    configuration = router.path("/etc/config/ruijie-proxy")
    assert stat.S_IMODE(configuration.stat().st_mode) == 0o600
    assert stat.S_IMODE(router.path("/etc/ruijie-proxy").stat().st_mode) == 0o700


@pytest.mark.parametrize("network", [WITHOUT_WAN, "config interface 'wan'\n\toption device 'a'\n"])
def test_without_a_wan_or_a_lan_there_is_no_session_but_a_hint(
    router: Router, network: str
) -> None:
    assert first_boot(router, network) == ""
    assert notes(router)[0] == (
        "the network's configuration names no device for wan or lan: "
        "set both ports of a session in /etc/config/ruijie-proxy"
    )


@pytest.mark.parametrize(
    "own", [session("usb0", "br-lan"), "config session\n\toption enabled '0'\n"]
)
def test_a_session_that_is_there_is_not_touched(router: Router, own: str) -> None:
    router.path("/etc/config/ruijie-proxy").write_text(own)

    assert first_boot(router, DSA) == own


def test_a_second_time_changes_nothing(router: Router) -> None:
    once = first_boot(router, DSA)
    router.install(service_files(CHECKOUT)[2:3])

    assert first_boot(router, DSA) == once


def test_a_lost_configuration_comes_back(router: Router) -> None:
    first_boot(router, DSA)
    router.install(service_files(CHECKOUT))
    router.path("/etc/config/ruijie-proxy").unlink()

    assert first_boot(router, DSA) == session("wan", "br-lan")


@pytest.mark.parametrize(
    "other",
    ["/etc/config/minieap", "/etc/config/mentohust", "/etc/minieap.conf", "/etc/mentohust.conf"],
)
def test_the_account_of_another_client_is_pointed_out(router: Router, other: str) -> None:
    router.path(other).write_text("username=20261234\npassword=secret\n")

    first_boot(router, DSA)

    assert notes(router)[-2:] == [
        f"{other} is there: its account can be taken over with: ruijie-proxy import {other}",
        f"发现 {other}：可以用 ruijie-proxy import {other} 接收其中的账号",
    ]
