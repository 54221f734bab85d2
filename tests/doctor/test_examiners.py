"""What the examiners make of facts, where no network can be built that has exactly those."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest

from ruijie_proxy.cli.watching.status import with_advice
from ruijie_proxy.config.shape.model import Configuration, Mode, SessionConfiguration
from ruijie_proxy.config.shape.problems import Problem
from ruijie_proxy.doctor.examiners import examine
from ruijie_proxy.doctor.examiners.address import examine_address
from ruijie_proxy.doctor.examiners.clock import examine_clock
from ruijie_proxy.doctor.examiners.configuration import examine_configuration
from ruijie_proxy.doctor.examiners.daemon import examine_session
from ruijie_proxy.doctor.examiners.filters import examine_filters
from ruijie_proxy.doctor.examiners.permission import examine_permission
from ruijie_proxy.doctor.examiners.portal import examine_portal
from ruijie_proxy.doctor.examiners.ports import examine_ports
from ruijie_proxy.doctor.examiners.programs import examine_programs
from ruijie_proxy.doctor.examiners.talk import examine_talk
from ruijie_proxy.doctor.examiners.wireless import examine_wireless
from ruijie_proxy.doctor.gathering.addresses import WanAddress
from ruijie_proxy.doctor.gathering.findings import Area, Finding, Severity, worst
from ruijie_proxy.doctor.gathering.heard import Heard, Sighting, Speaker
from ruijie_proxy.doctor.gathering.interfaces import Interface, Interfaces
from ruijie_proxy.doctor.gathering.machine import Machine
from ruijie_proxy.doctor.gathering.programs import Program
from ruijie_proxy.engine.portal.finding import Found
from ruijie_proxy.engine.refusals import Advice
from ruijie_proxy.engine.settings import MacMode, SessionSettings
from ruijie_proxy.i18n import told_by
from ruijie_proxy.notation import UCI
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS
from ruijie_proxy.protocol.portal.portals import which_portal
from ruijie_proxy.protocol.portal.url import read_url
from ruijie_proxy.runtime.ports.bridge_vlans import LanVlan
from ruijie_proxy.runtime.ports.packet_filter import PortVlan
from ruijie_proxy.runtime.telling.advice import sentence_of
from ruijie_proxy.values import replace
from tests.chinese import speak_chinese

CLIENT = bytes.fromhex("02000000cc01")
SWITCH = bytes.fromhex("00d0f8d9f104")
ROUTER = bytes.fromhex("02000000aa01")
SESSION = SessionConfiguration("dorm", wan="eth1", lan="br-lan")
PORTS = Interfaces(
    (
        Interface("br-lan", 1, 1, kind="bridge", is_bridge=True),
        Interface("eth1", 2, 2),
        Interface("lan1", 3, 3, bridge="br-lan"),
        Interface("wlan0", 4, 4, bridge="br-lan", is_wireless=True),
    )
)
HEALTHY = Machine("config.yaml", Configuration((SESSION,)), interfaces=PORTS, now=time.time())
LOGIN_AT = 1_800_000_000.0
ONLINE = {
    "name": "dorm",
    "wan": "eth1",
    "state": "online",
    "since": datetime.fromtimestamp(LOGIN_AT, UTC).isoformat(),
    "last_failure": None,
}


def start(interface: str, **details: Any) -> Sighting:
    return Sighting(
        **{
            "interface": interface,
            "source": CLIENT,
            "destination": PAE_GROUP_ADDRESS,
            "speaker": Speaker.CLIENT,
            "is_start": True,
            **details,
        }
    )


def request(interface: str, **details: Any) -> Sighting:
    return start(
        interface, **{"source": SWITCH, "speaker": Speaker.SERVER, "is_start": False, **details}
    )


def hearing(*sightings: Sighting, **more: Any) -> Machine:
    delivered = frozenset((one.interface, one.to_pae_group) for one in sightings)
    heard = Heard(10.0, sightings, **{"delivered": delivered, **more})
    return Machine("config.yaml", Configuration((SESSION,)), interfaces=PORTS, heard=heard)


def names(findings: Iterable[Finding], least: Severity = Severity.WARNING) -> list[str]:
    return [finding.name for finding in findings if finding.severity >= least]


def test_a_healthy_machine_has_good_news_alone() -> None:
    findings = examine(HEALTHY)

    assert names(findings) == []
    assert {"configuration", "permission", "wan", "lan", "programs"} <= {
        finding.name for finding in findings if finding.severity is Severity.OK
    }


def test_whatever_is_wrong_comes_with_what_to_do() -> None:
    nothing = Machine(
        "config.yaml",
        Configuration((SESSION,)),
        missing_capabilities=("CAP_NET_ADMIN", "CAP_NET_RAW"),
        daemon_trouble="busy",
        storage_trouble="No space left on device",
    )

    findings = examine(nothing)

    assert len(names(findings)) >= 4
    assert all(finding.remedy for finding in findings if finding.severity > Severity.OK)


# VLANs of a bridge; tests/vlan has real ones.

IN_VLAN = PortVlan(1, takes_untagged=True, sends_untagged=True)
OF_A_VLAN = SessionConfiguration("dorm", wan="eth1", lan="br-lan.1")


def in_vlans(session: SessionConfiguration, vlan: LanVlan, heard: Heard | None = None) -> Machine:
    assert session.lan is not None
    device = Interface("br-lan.1", 9, 1, kind="vlan")
    return replace(
        HEALTHY,
        configuration=Configuration((session,)),
        interfaces=Interfaces((*PORTS.all, device)),
        lan_vlans=((session.lan, vlan),),
        heard=heard or Heard(),
    )


def test_a_lan_that_is_a_vlan_has_a_link_by_its_members_alone() -> None:
    machine = in_vlans(OF_A_VLAN, LanVlan("br-lan", 1, (("lan1", IN_VLAN),), ("br-lan.1",)))

    findings = examine(machine)

    assert names(findings) == []
    assert any("br-lan.1 (lan) has a link, by lan1." in finding.what for finding in findings)


def test_a_vlan_without_ports_and_a_bridge_of_no_vlan_are_named() -> None:
    empty = in_vlans(OF_A_VLAN, LanVlan("br-lan", 1, (), ("br-lan.1",)))
    deaf = in_vlans(SESSION, LanVlan("br-lan", 0, (), ("br-lan.1",), misses_frames=True))
    of_several = LanVlan("br-lan", 0, (), ("br-lan.1", "br-lan.5"), misses_frames=True)

    assert "vlan-without-ports" in names(examine(empty))
    assert "“lan: br-lan.1”" in remedy_of("lan-of-no-vlan", examine(deaf))
    assert "br-lan.1, br-lan.5" in remedy_of(
        "lan-of-no-vlan", examine(in_vlans(SESSION, of_several))
    )


def remedy_of(name: str, findings: Iterable[Finding]) -> str:
    (remedy,) = (finding.remedy for finding in findings if finding.name == name)
    return remedy


def test_at_a_vlans_port_every_frame_is_for_programs() -> None:
    """There a socket of all protocols stands before the bridge."""
    heard = Heard(10.0, (start("lan1", destination=RUIJIE_GROUP_ADDRESS),))
    machine = in_vlans(OF_A_VLAN, LanVlan("br-lan", 1, (("lan1", IN_VLAN),)), heard)

    assert "frames-filtered" in names(examine_filters(OF_A_VLAN, machine))


# Filters and cards.


def test_a_frame_that_programs_did_not_get_was_filtered() -> None:
    machine = hearing(request("eth1"), delivered=frozenset())

    assert names(examine_filters(SESSION, machine)) == ["frames-filtered"]


def test_what_a_bridge_takes_from_its_port_was_not_filtered() -> None:
    machine = hearing(
        start("lan1", destination=RUIJIE_GROUP_ADDRESS),
        start("lan1", destination=ROUTER),
        delivered=frozenset(),
    )

    assert names(examine_filters(SESSION, machine)) == []


def test_what_this_machine_sends_is_not_delivered_to_it() -> None:
    machine = hearing(start("eth1", outgoing=True), delivered=frozenset())

    assert names(examine_filters(SESSION, machine)) == []


@pytest.mark.parametrize(
    ("count", "promiscuous", "found"),
    [(3, 3, ["group-offloaded"]), (3, 2, []), (3, 0, []), (1, 1, [])],
)
def test_a_card_that_drops_the_group_shows_by_the_pattern(
    count: int, promiscuous: int, found: list[str]
) -> None:
    machine = hearing(request("eth1", count=count, promiscuous=promiscuous))

    assert names(examine_filters(SESSION, machine)) == found


def test_frames_to_one_station_tell_nothing_of_the_group() -> None:
    machine = hearing(request("eth1", destination=ROUTER, count=3, promiscuous=3))

    assert names(examine_filters(SESSION, machine)) == []


# Talk.


def test_a_neighbours_start_on_the_wan_port_is_no_fault() -> None:
    machine = hearing(start("eth1"), request("eth1"))

    assert names(examine_talk(SESSION, machine)) == []


def test_one_start_without_an_answer_yet_is_no_fault() -> None:
    machine = hearing(start("eth1", outgoing=True, count=1))

    assert names(examine_talk(SESSION, machine)) == []


def test_answered_starts_are_no_fault() -> None:
    machine = hearing(start("eth1", outgoing=True, count=3), request("eth1"))

    assert names(examine_talk(SESSION, machine)) == []


def test_what_is_below_a_port_of_ours_is_not_elsewhere() -> None:
    session = SessionConfiguration("dorm", wan="eth0.2", lan="br-lan")
    ports = Interfaces(
        (*PORTS.all, Interface("eth0", 7, 7), Interface("eth0.2", 8, 7, kind="vlan"))
    )
    machine = Machine(
        configuration=Configuration((session,)),
        interfaces=ports,
        heard=Heard(10, (request("eth0"),)),
    )

    assert names(examine_talk(session, machine)) == []


@pytest.mark.parametrize(
    ("busy", "words"),
    [({"br-lan", "lan1"}, "sent on lan1, but no 802.1X"), (set(), "not even other traffic")],
)
def test_silence_tells_whether_the_pc_is_there_at_all(busy: set[str], words: str) -> None:
    findings = list(examine_talk(SESSION, hearing(busy=frozenset(busy))))

    assert names(findings, Severity.NOTE) == ["silence"]
    assert words in findings[0].what


def test_an_interface_that_is_not_there_is_not_said_to_be_silent() -> None:
    ports = Interfaces(tuple(one for one in PORTS.all if one.name != "br-lan"))
    machine = Machine(configuration=HEALTHY.configuration, interfaces=ports, heard=Heard(10, ()))

    assert list(examine_talk(SESSION, machine)) == []


def test_silence_is_not_worth_a_word_while_online() -> None:
    machine = Machine(configuration=HEALTHY.configuration, interfaces=PORTS, statuses=(ONLINE,))

    assert list(examine_talk(SESSION, machine)) == []


def test_a_client_on_wifi_is_told_to_take_a_cable() -> None:
    (finding,) = examine_wireless(SESSION, hearing(start("wlan0")))

    assert (finding.severity, finding.name) == (Severity.WARNING, "client-on-wifi")
    assert "cable" in finding.remedy


def test_a_bridge_of_wifi_alone_has_no_place_for_a_client() -> None:
    ports = Interfaces(tuple(one for one in PORTS.all if one.name != "lan1"))

    findings = list(examine_ports(SESSION, Machine(interfaces=ports)))

    assert names(findings) == ["lan-no-carrier"]
    assert "no wired port" in findings[-1].what


def test_a_pc_that_is_off_is_no_fault_while_the_router_holds_the_session() -> None:
    others = [one for one in PORTS.all if one.name != "lan1"]
    ports = Interfaces((*others, Interface("lan1", 3, 3, bridge="br-lan", carrier=False)))

    findings = list(examine_ports(SESSION, Machine(interfaces=ports, statuses=(ONLINE,))))

    assert names(findings, Severity.NOTE) == ["lan-no-carrier"]
    assert names(findings) == []


def test_who_serves_the_wifi_of_the_lan_is_not_in_the_way() -> None:
    hostapd = Program(77, "hostapd", frozenset({"wlan0"}))
    supplicant = Program(78, "wpa_supplicant", frozenset({"lan1"}))

    machine = Machine(interfaces=PORTS, programs=(hostapd,))
    assert names(examine_programs(SESSION, machine)) == []
    machine = Machine(interfaces=PORTS, programs=(hostapd, supplicant))
    assert names(examine_programs(SESSION, machine)) == ["other-supplicant"]


# The rest.


@pytest.mark.parametrize(
    ("now", "newest", "severity"),
    [
        (1_700_000_000, 0, Severity.NOTE),  # 2023
        (60, 0, Severity.NOTE),  # a router without a battery, just started
        (1_800_000_000, 1_800_090_000, Severity.NOTE),
        (1_800_000_000, 1_800_000_600, Severity.OK),
        (1_800_000_000, 1_700_000_000, Severity.OK),
    ],
)
def test_a_clock_is_wrong_before_the_program_was_written(
    now: float, newest: float, severity: Severity
) -> None:
    (finding,) = examine_clock(Machine(now=now, newest_file=newest))

    assert finding.severity is severity


@pytest.mark.parametrize(
    ("mac", "severity"), [(MacMode.CLONE, Severity.FATAL), (MacMode.REWRITE, Severity.NOTE)]
)
def test_who_may_not_change_mac_addresses_needs_it_for_cloning_alone(
    mac: MacMode, severity: Severity
) -> None:
    session = SessionConfiguration("dorm", "eth1", "lan", settings=SessionSettings(mac=mac))
    machine = Machine(
        configuration=Configuration((session,)), missing_capabilities=("CAP_NET_ADMIN",)
    )

    (finding,) = examine_permission(machine)

    assert finding.severity is severity


@pytest.mark.parametrize(
    ("changed_at", "found"),
    [(LOGIN_AT - 60, ["address-from-before"]), (LOGIN_AT + 3, []), (None, [])],
)
def test_an_address_is_old_when_it_was_last_given_before_the_login(
    changed_at: float | None, found: list[str]
) -> None:
    address = WanAddress(b"\x0a\x14\0\x02", changed_at, b"\x0a\x14\0\x01")
    machine = Machine(statuses=(ONLINE,), wan_addresses=(("eth1", address),))

    assert names(examine_address(SESSION, machine), Severity.NOTE) == found


def test_addresses_are_not_judged_before_the_login() -> None:
    waiting = {**ONLINE, "state": "waiting"}
    machine = Machine(statuses=(waiting,), wan_addresses=(("eth1", WanAddress()),))

    assert list(examine_address(SESSION, machine)) == []


def test_what_the_daemon_tells_of_a_failure_is_in_the_users_language(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    speak_chinese(monkeypatch)
    failure = {
        "at": "12:59",
        "kind": "credentials",
        "text": "密码错误",
        "advice": "Check “username:” and the password; only you can mend it.",
        "told": told_by(sentence_of(Advice.CHECK_PASSWORD)),
    }
    status = with_advice({**ONLINE, "state": "stopped", "last_failure": failure})
    machine = Machine(statuses=(status,))

    (finding,) = examine_session(SESSION, machine)

    assert finding.what == "最近一次失败的认证，12:59（账号或密码）：密码错误"
    assert finding.remedy == "请检查“username:”和密码；只有你能解决。"


# What it says of settings.

PLUGGED_ELSEWHERE = hearing(request("lan9"))


@pytest.mark.parametrize(
    ("configuration", "words"),
    [
        (Configuration((SESSION,)), "write “wan: lan9” in"),
        (Configuration((SESSION,), notation=UCI), "write “option wan 'lan9'” in"),
    ],
)
def test_settings_are_named_as_the_configuration_has_them(
    configuration: Configuration, words: str
) -> None:
    machine = replace(
        PLUGGED_ELSEWHERE,
        configuration=configuration,
        notation=configuration.notation,
        interfaces=Interfaces((*PORTS.all, Interface("lan9", 9, 9))),
    )

    remedies = [finding.remedy for finding in examine(machine)]

    assert any(words in remedy for remedy in remedies)


def test_a_port_that_netifd_gives_a_fixed_address_is_not_to_be_renewed() -> None:
    address = WanAddress(bytes((10, 0, 0, 9)), 1.0, bytes((10, 0, 0, 1)), protocol="static")
    machine = Machine(
        configuration=Configuration((SESSION,)),
        statuses=(ONLINE,),
        wan_addresses=(("eth1", address),),
        booted_at=LOGIN_AT - 100,
    )

    assert names(examine_address(SESSION, machine), Severity.NOTE) == []
    (silent,) = examine_address(
        SESSION,
        replace(machine, wan_addresses=(("eth1", replace(address, gateway_is_silent=True)),)),
    )
    assert "netifd: proto static" in silent.remedy


# What the daemon knows.

IN_VAIN = {**ONLINE, "state": "authenticating", "asked": {"since": "12:59", "count": 9}}


def told_by_the_daemon(status: dict[str, Any]) -> list[Finding]:
    return list(examine_session(SESSION, Machine(path="config.yaml", statuses=(status,))))


def test_a_server_that_is_called_in_vain_is_told_of_with_its_time() -> None:
    (finding,) = told_by_the_daemon(IN_VAIN)

    assert (finding.name, finding.severity) == ("no-answer", Severity.WARNING)
    assert "9 requests for a login have gone out by eth1 since 12:59" in finding.what


@pytest.mark.parametrize("asked", [None, {"since": "12:59", "count": 1}])
def test_one_that_answers_or_was_called_just_now_is_no_fault(asked: dict[str, Any] | None) -> None:
    assert told_by_the_daemon({**IN_VAIN, "asked": asked}) == []


def test_what_the_daemon_has_told_is_not_told_again_by_what_was_heard() -> None:
    heard = hearing(start("eth1", outgoing=True, count=5))
    machine = replace(heard, statuses=(IN_VAIN,))

    assert names(examine(heard)) == ["no-answer"]
    assert names(examine(machine)) == ["no-answer"]
    assert "since 12:59" in next(one for one in examine(machine) if one.name == "no-answer").what


def test_frames_that_did_not_fit_are_told_of_even_while_online() -> None:
    too_long = {"port": "eth1", "count": 3, "size": 521, "last": "12:59"}
    troubles = told_by_the_daemon({**ONLINE, "too_long": too_long})[:1]

    assert names(troubles) == ["frames-too-long"]
    assert "3 frames did not fit into the MTU of eth1" in troubles[0].what
    assert troubles[0].remedy == "ip link set eth1 mtu 1500"


def test_a_session_that_may_be_over_is_told_of() -> None:
    assert names(told_by_the_daemon({**ONLINE, "doubtful": True})) == ["doubtful"]
    assert names(told_by_the_daemon({**ONLINE, "doubtful": False})) == []


def test_a_heartbeat_by_udp_is_told_in_every_state_because_it_explains_a_drop() -> None:
    by_udp = {"udp_heartbeat": {"server": "10.0.0.9", "port": 8000}}

    assert names(told_by_the_daemon({**ONLINE, **by_udp})) == ["udp-heartbeat"]
    assert "udp-heartbeat" in names(told_by_the_daemon({**ONLINE, **by_udp, "state": "backoff"}))
    assert names(told_by_the_daemon({**ONLINE, "udp_heartbeat": None})) == []


@pytest.mark.parametrize(
    ("was_online", "name", "words"),
    [
        (True, "session-dropped", "The server ended the session at 12:59"),
        (False, "last-failure", "The last login that failed, at 12:59"),
    ],
)
@pytest.mark.parametrize(
    ("state", "severity"), [("backoff", Severity.WARNING), ("online", Severity.NOTE)]
)
def test_a_session_that_was_dropped_is_no_login_that_failed(
    was_online: bool, name: str, words: str, state: str, severity: Severity
) -> None:
    failure = {"at": "12:59", "kind": "busy", "text": "", "advice": "", "was_online": was_online}
    finding = told_by_the_daemon({**ONLINE, "state": state, "last_failure": failure})[0]

    assert (finding.name, finding.severity) == (name, severity)
    assert words in finding.what


def test_a_login_of_the_routers_own_needs_no_lan() -> None:
    session = SessionConfiguration("dorm", "eth1", mode=Mode.LOGIN)
    machine = Machine(configuration=Configuration((session,)), interfaces=PORTS, heard=Heard(10))

    findings = examine(machine)

    assert names(findings) == []
    assert all("lan" not in finding.name for finding in findings)


def behind_the_port(page: str, mode: Mode) -> Finding:
    url = read_url(page)
    machine = replace(HEALTHY, portals=(("eth1", Found(which_portal(url), url)),))
    (finding,) = examine_portal(replace(SESSION, mode=mode), machine)
    return finding


@pytest.mark.parametrize(
    ("mode", "severity", "remedy"),
    [
        (Mode.RELAY, Severity.WARNING, "The router can log in there by itself"),
        (Mode.LOGIN, Severity.WARNING, "The router can log in there by itself"),
        (Mode.AUTO, Severity.NOTE, "the router logs in there by itself once nobody has"),
        (Mode.PORTAL, Severity.OK, ""),
    ],
)
def test_at_an_eportal_each_mode_is_told_what_is_left_to_do(
    mode: Mode, severity: Severity, remedy: str
) -> None:
    finding = behind_the_port("http://10.9.8.7/eportal/index.jsp", mode)

    assert finding.severity is severity
    assert remedy in finding.remedy
    assert bool(finding.remedy) is bool(remedy)


@pytest.mark.parametrize("mode", Mode)
def test_no_mode_logs_in_at_a_portal_of_others(mode: Mode) -> None:
    finding = behind_the_port("http://10.9.8.7/srun_portal_pc", mode)

    assert finding.severity is Severity.WARNING
    assert "open http://10.9.8.7 in a browser" in finding.remedy


def test_the_worst_finding_is_the_first_of_its_severity() -> None:
    warning, fatal, other = (
        Finding(severity, name, "", "")
        for severity, name in (
            (Severity.WARNING, "a"),
            (Severity.FATAL, "b"),
            (Severity.FATAL, "c"),
        )
    )

    assert worst((warning, fatal, other)) == fatal
    assert worst(()) is None


def test_a_warning_of_the_configuration_names_the_key() -> None:
    warning = Problem("c.yaml", 5, 10, "sessions[0].lan", "has no use", "leave it out")
    [finding, _fine] = examine_configuration(Machine("c.yaml", warnings=(warning,)))

    assert finding.what == "c.yaml:5: sessions[0].lan: has no use."


def test_a_configuration_that_this_user_may_not_read_is_a_matter_of_permission() -> None:
    [finding] = examine_configuration(Machine("c.yaml", is_forbidden=True))

    assert finding.area is Area.PERMISSION
    assert finding.remedy == "Run this as root, such as with sudo."
    assert "This user may not read c.yaml" in finding.what


@pytest.mark.parametrize(
    ("mode", "state", "told"),
    [
        (Mode.PORTAL, "backoff", ["no-portal"]),
        (Mode.PORTAL, "online", []),
        (Mode.LOGIN, "backoff", []),
    ],
)
def test_a_session_for_a_portal_that_nobody_leads_to_is_told_so(
    mode: Mode, state: str, told: list[str]
) -> None:
    session = SessionConfiguration("dorm", "eth1", mode=mode)
    status = {**ONLINE, "state": state, "last_failure": None}
    address = WanAddress(b"\x0a\x14\0\x64")
    machine = Machine(statuses=(status,), wan_addresses=(("eth1", address),))

    assert names(examine_portal(session, machine)) == told
