"""Captures that say less than a whole login: each gets a sentence of its own, and what there is."""

from __future__ import annotations

import struct
from collections.abc import Iterable

import pytest

from ruijie_proxy.config.shape.model import Mode
from ruijie_proxy.engine.refusals import RefusalKind
from ruijie_proxy.engine.settings import DhcpMode, Dialect, GroupMode, LoginSettings
from ruijie_proxy.lab.campus.memory import CLIENT_ADDRESS
from ruijie_proxy.lab.options import (
    ClientOptions,
    Group,
    SuccessShape,
    SwitchOptions,
    linux_1_31,
    switch_of_another_vendor,
)
from ruijie_proxy.learn.candidates import candidates
from ruijie_proxy.learn.findings import Findings, Lack, Likeness, Outcome, RemarkCode, Sureness
from ruijie_proxy.learn.session import Ports
from ruijie_proxy.learn.telling import heading_of, rows_of, sentence_on, sentences_on_the_router
from ruijie_proxy.protocol.portal.portals import Portal
from ruijie_proxy.secret import Secret
from tests.inspect.recorded import Recorded, RecordedCampus, login, pcap, pcapng
from tests.learn.learning import ACCOUNT, findings_of, learned, observed, session_from
from tests.learn.traffic import ACKNOWLEDGEMENT, REFUSAL, arp, at, dhcp, http, in_time

START, ASKED, IDENTITY, CHALLENGE, ANSWER, SUCCESS = range(6)
"""Places of the frames in a usual login."""
RADIOTAP = 127
KEY = bytes.fromhex("0180c2000003 00d0f8d9f104 888e 01 03 005f 02") + bytes(94)
"""An EAPOL-Key frame, as Wi-Fi has it."""


def remarks(findings: Findings) -> dict[RemarkCode, str]:
    """Return the remarks with their sentences."""
    return {remark.code: sentence_on(remark) for remark in findings.remarks}


def without(frames: Iterable[Recorded], *places: int) -> list[Recorded]:
    return [one for place, one in enumerate(frames) if place not in places]


def test_a_file_without_a_packet() -> None:
    findings = learned([])

    assert findings.outcome is Outcome.NONE
    assert remarks(findings) == {RemarkCode.EMPTY: "There is no packet in it."}


def test_a_capture_without_802_1x() -> None:
    findings = learned([at(1, arp("10.20.30.101"), by_client=True)])

    assert list(remarks(findings)) == [RemarkCode.NO_8021X]


HIJACKS = {
    Portal.EPORTAL: (
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<script>top.self.location.href="
        b"'http://10.0.0.5/eportal/index.jsp?wlanuserip=ab'</script>"
    ),
    Portal.SAM_PLUS: (
        b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.5/portal/portal-main?sessionId=9\r\n\r\n"
    ),
    Portal.SRUN: b"HTTP/1.0 302 Moved\r\nlocation: http://10.0.0.5/srun_portal_pc?ac_id=1\r\n\r\n",
    Portal.DR_COM: b"GET /eportal/portal/login?user=1 HTTP/1.1\r\nHost: 10.0.0.5\r\n\r\n",
}


@pytest.mark.parametrize("portal", HIJACKS)
def test_a_web_login_is_named_for_what_it_is(portal: Portal) -> None:
    findings = learned([at(1, http(HIJACKS[portal]))])

    told = remarks(findings)
    assert set(told) == {RemarkCode.NO_8021X, RemarkCode.WEB_PORTAL}
    assert "http://10.0.0.5" in told[RemarkCode.WEB_PORTAL]
    assert "wlanuserip" not in told[RemarkCode.WEB_PORTAL], "what the query tells of a person"
    assert dict(findings.remarks[-1].values)["portal"] == portal.value


def test_pages_of_the_web_are_no_portals() -> None:
    page = b"HTTP/1.1 302 Found\r\nLocation: https://www.example.org/\r\n\r\n"

    assert list(remarks(learned([at(1, http(page))]))) == [RemarkCode.NO_8021X]


def test_wi_fi_by_its_link_type() -> None:
    content = pcap([at(1, bytes(60))], link_type=RADIOTAP)

    assert list(remarks(findings_of(content))) == [RemarkCode.WIRELESS]


def test_wi_fi_by_its_key_exchange() -> None:
    assert list(remarks(learned([at(1, KEY)]))) == [RemarkCode.WIRELESS]


def test_without_the_start_the_rest_is_learned() -> None:
    findings = learned(without(login(), START))

    assert findings.outcome is Outcome.ONLINE
    assert list(remarks(findings)) == [RemarkCode.NO_START]
    assert findings.comparison.lack is Lack.FRAMES
    assert (findings.edition.value, findings.challenges.value) == (1, 1)
    assert findings.group.sure is Sureness.NOT_SEEN
    assert session_from(findings, Ports("eth1", "br-lan"))[1].mode is Mode.RELAY


def test_without_the_challenge_what_it_proves_stays_open() -> None:
    findings = learned(without(login(), CHALLENGE))

    assert list(remarks(findings)) == [RemarkCode.NO_CHALLENGE]
    assert findings.comparison.lack is Lack.FRAMES
    assert findings.granted.value is not None


def test_one_that_began_when_the_client_was_online() -> None:
    findings = learned(login()[SUCCESS + 1 :])

    assert findings.outcome is Outcome.BEFORE
    assert list(remarks(findings)) == [RemarkCode.BEGAN_ONLINE]


def test_one_that_began_with_the_success() -> None:
    findings = learned(login()[SUCCESS:])

    assert findings.outcome is Outcome.ONLINE
    assert list(remarks(findings)) == [RemarkCode.BEGAN_ONLINE]
    assert findings.granted.value is not None


@pytest.mark.parametrize("count", range(2, SUCCESS + 1))
def test_one_that_ended_before_the_result(count: int) -> None:
    findings = learned(login()[:count])

    assert findings.outcome is Outcome.NO_RESULT
    assert list(remarks(findings)) == [RemarkCode.ENDED_EARLY]


def test_a_call_that_nobody_answers() -> None:
    findings = learned(login(SwitchOptions(answers=False)))

    assert findings.outcome is Outcome.UNANSWERED
    assert list(remarks(findings)) == [RemarkCode.UNANSWERED]


def test_one_direction_alone() -> None:
    frames = login()
    of_the_client = learned(one for one in frames if one.by_client)
    of_the_server = learned(one for one in frames if not one.by_client)

    assert RemarkCode.CLIENT_ALONE in remarks(of_the_client)
    assert RemarkCode.SERVER_ALONE in remarks(of_the_server)


@pytest.mark.parametrize("in_request", [False, True])
def test_a_refused_login_tells_the_servers_text_and_its_kind(in_request: bool) -> None:
    switch = SwitchOptions(
        refuse_always="密码不匹配,请输入正确的密码!", reason_in_request=in_request
    )

    findings = learned(login(switch, seconds=5.0))

    assert findings.outcome is Outcome.REFUSED
    assert findings.refused.value is not None
    assert findings.refused.value.text == "密码不匹配,请输入正确的密码!"
    assert findings.refused.value.kind is RefusalKind.CREDENTIALS
    assert RemarkCode.REFUSED in remarks(findings)
    assert findings.edition.value == 1, "what the client is, it shows all the same"


def test_the_login_that_succeeded_counts_and_not_the_refused_one_before() -> None:
    switch = SwitchOptions(refusals=("认证失败",), quiet_period=0.0)

    findings = learned(login(switch, ClientOptions(retry_after_failure=2.0)))

    assert findings.outcome is Outcome.ONLINE
    assert findings.comparison.likeness is Likeness.SAME
    assert not findings.refused.is_known


def test_frames_that_were_cut() -> None:
    content = cut(login(), 96)

    findings = findings_of(content)

    assert RemarkCode.CUT in remarks(findings)
    assert findings.outcome is Outcome.ONLINE
    assert findings.dialect.value is Dialect.RUIJIE
    assert findings.dialect.sure is Sureness.INFERRED
    assert findings.comparison.lack is Lack.FRAMES


def test_a_damaged_file_keeps_what_came_before() -> None:
    findings = findings_of(pcapng(login())[:-20])

    assert findings.outcome is Outcome.ONLINE
    assert findings.comparison.likeness is Likeness.SAME


def cut(frames: Iterable[Recorded], size: int) -> bytes:
    """Write a pcap of frames that were captured up to a size."""
    written = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, size, 1)
    for one in frames:
        data = one.frame[:size]
        seconds, rest = divmod(one.at, 10**9)
        written += struct.pack("<IIII", seconds, rest // 1000, len(data), len(one.frame)) + data
    return written


def test_a_short_one_says_what_it_cannot_show() -> None:
    findings = learned(login(seconds=0.05))

    assert list(remarks(findings)) == [RemarkCode.SHORT]
    assert findings.probes.sure is Sureness.NOT_SEEN


def test_a_mirror_port_is_known_by_the_clients_at_it() -> None:
    other = bytes.fromhex("0200000000dd")
    frames = login()
    others = [
        Recorded(one.at + 10**6, one.frame.replace(CLIENT_ADDRESS, other), one.by_client)
        for one in login(SwitchOptions(seed=2), seconds=5.0)
    ]

    seen = pcap(in_time(*frames, *others))

    assert RemarkCode.MIRROR in remarks(findings_of(seen))
    assert {one.client.address for one in candidates(observed(seen))} == {CLIENT_ADDRESS, other}


def test_tagged_frames_come_from_a_trunk() -> None:
    tagged = [
        Recorded(one.at, one.frame[:12] + b"\x81\x00\x00\x0a" + one.frame[12:], one.by_client)
        for one in login()
    ]

    findings = learned(tagged)

    assert "VLAN 10" in remarks(findings)[RemarkCode.TAGGED]
    assert findings.comparison.likeness is Likeness.SAME


def test_another_method_is_for_a_client() -> None:
    frames = login(SwitchOptions(offers_first=25))[: IDENTITY + 2]

    findings = learned(frames)

    assert RemarkCode.OTHER_METHOD in remarks(findings)
    assert findings.comparison.lack is Lack.METHOD


# Whether the router can log in by itself.


def test_without_the_password_only_what_it_proves_stays_open() -> None:
    findings = learned(login(), account=None)

    assert findings.comparison.likeness is Likeness.UNCHECKED
    assert findings.comparison.lack is Lack.PASSWORD
    assert session_from(findings, Ports("eth1", "br-lan"), None)[1].mode is Mode.RELAY


def test_without_the_password_another_check_still_differs() -> None:
    switch, client = SwitchOptions(check_v4=False), ClientOptions(foreign_check=True)

    findings = learned(login(switch, client), account=None)

    assert findings.comparison.likeness is Likeness.DIFFERS
    assert [str(one) for one in findings.comparison.differences] == ["the V4 check"]


def test_a_wrong_password_is_found_out() -> None:
    wrong = LoginSettings(ACCOUNT.username, Secret("another"))

    findings = learned(login(), wrong)

    assert [str(one) for one in findings.comparison.differences] == [
        "the MD5 value",
        "the password property of the MD5 response",
    ]


def test_a_login_of_another_account_is_not_compared() -> None:
    findings = learned(login(), LoginSettings("neighbour", Secret("x")))

    assert findings.comparison.lack is Lack.OTHER_ACCOUNT


def test_heartbeats_of_a_key_that_nobody_granted_take_the_client() -> None:
    switch = SwitchOptions(success=SuccessShape.UNREADABLE)

    findings = learned(login(switch, ClientOptions(key=switch.keys[0])))

    assert findings.comparison.likeness is Likeness.SAME
    assert findings.heartbeat_key_is_granted.value is False
    assert not findings.can_log_in
    assert session_from(findings, Ports("eth1", "br-lan"))[1].mode is Mode.RELAY


def test_a_heartbeat_by_udp_is_told() -> None:
    pieces = ((0x5A, "0000c350"), (0x5B, "0a000005"))
    switch = switch_of_another_vendor(pieces=pieces)

    findings = learned(login(switch, linux_1_31()))

    assert findings.udp_heartbeat.value is not None
    assert findings.udp_heartbeat.value.port == 50000
    assert RemarkCode.UDP_HEARTBEAT in remarks(findings)


# DHCP.


def dhcp_of(*others: Recorded, **client: str) -> Findings:
    return learned(in_time(*login(client=ClientOptions(**client), seconds=70.0), *others))  # type: ignore[arg-type]


LEASED = {"address": "10.20.30.101", "netmask": "255.255.255.0"}


def test_an_address_that_comes_before_the_login() -> None:
    findings = dhcp_of(at(-3, dhcp(ACKNOWLEDGEMENT, "10.20.30.101")), **LEASED)

    assert findings.dhcp.value is DhcpMode.BEFORE
    assert findings.dhcp.sure is Sureness.SHOWN
    assert not findings.quarantine.is_known


def test_an_address_that_is_kept_was_there_before() -> None:
    findings = dhcp_of(at(30, arp("10.20.30.101"), by_client=True), **LEASED)

    assert findings.dhcp.value is DhcpMode.BEFORE
    assert findings.dhcp.sure is Sureness.INFERRED


def test_an_address_that_comes_after_the_login() -> None:
    findings = dhcp_of(at(3, dhcp(ACKNOWLEDGEMENT, "10.20.30.101")))

    assert findings.dhcp.value is DhcpMode.AFTER
    assert findings.address.value == bytes((10, 20, 30, 101))


def test_an_address_of_another_network_before_was_of_a_quarantine() -> None:
    findings = dhcp_of(
        at(-3, dhcp(ACKNOWLEDGEMENT, "172.16.5.9", "255.255.0.0")),
        at(2, dhcp(REFUSAL, "0.0.0.0")),
        at(3, dhcp(ACKNOWLEDGEMENT, "10.20.30.101")),
        address="172.16.5.9",
        netmask="255.255.0.0",
    )

    assert findings.dhcp.value is DhcpMode.AFTER
    assert findings.quarantine.value == "172.16.0.0/16"
    assert session_from(findings)[1].health.quarantine == ("172.16.0.0/16",)


def test_what_dhcp_gives_to_others_says_nothing() -> None:
    other = bytes.fromhex("0200000000dd")

    findings = dhcp_of(at(3, dhcp(ACKNOWLEDGEMENT, "10.20.30.102", station=other)))

    assert not findings.dhcp.is_known


def test_a_second_login_with_the_address_is_double() -> None:
    campus = RecordedCampus(SwitchOptions(successes=2))
    campus.login(2.0)
    between = at(campus.now, dhcp(ACKNOWLEDGEMENT, "10.20.30.101"))
    campus.run(1.0)
    campus.login(30.0)

    findings = learned(in_time(*campus.recorded, between))

    assert findings.successes.value == 2
    assert findings.dhcp.value is DhcpMode.DOUBLE
    assert findings.dhcp.sure is Sureness.SHOWN
    assert session_from(findings)[1].settings.dhcp is DhcpMode.DOUBLE
    relayed = session_from(findings, Ports("eth1", "br-lan"), None)[1]
    assert relayed.settings.successes == 2


def test_a_login_after_a_logoff_is_none_of_two() -> None:
    campus = RecordedCampus()
    campus.login(2.0)
    campus.client.logoff(campus.now)
    campus.run(1.0)
    campus.login(30.0)

    assert learned(campus.recorded).successes.value == 1


# What is told.


def test_nothing_that_is_told_can_steer_a_terminal() -> None:
    steering = "\x1b]0;evil\x07"
    switch = SwitchOptions(message=f"hello{steering}", services=(f"a{steering}", "b"))

    findings = learned(login(switch, ClientOptions(service=f"x{steering}")))

    told = [heading_of(findings) or "", *sentences_on_the_router(findings)]
    told += [text for row in rows_of(findings) for text in row]
    assert all(text.isprintable() for text in told)
    session, _read = session_from(findings)
    assert "service" not in session.options, "what no configuration takes is left out"


def test_the_group_that_was_answered_is_told() -> None:
    switch, client = SwitchOptions(), ClientOptions(start_group=Group.RUIJIE)

    assert learned(login(switch, client)).group.value is GroupMode.RUIJIE
