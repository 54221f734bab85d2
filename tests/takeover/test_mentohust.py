"""MentoHUST's configuration as a session."""

from __future__ import annotations

from base64 import b64encode

import pytest

from ruijie_proxy.takeover.draft import TakenOver
from ruijie_proxy.takeover.mentohust import decode_password
from ruijie_proxy.takeover.sessions import take_over
from ruijie_proxy.takeover.source import NotTakenOver

USUAL = "[MentoHUST]\nUsername=me\nPassword=hunter2\nNic=eth1\nDhcpMode=2\n"
ACCOUNT = {"mode": "login", "wan": "eth1", "username": "me", "password": "hunter2", "dhcp": "after"}
LOGIN = ACCOUNT | {"shape": "block"}
WRITTEN_BY_ITSELF = """\
# MentoHUST for Linux By HustMoon Studio
[MentoHUST]
MaxFail=8
Username=me
Password= FlRUS0FYDg==
Nic=eth1
IP=0.0.0.0
Mask=255.255.255.255
Gateway=0.0.0.0
DNS=0.0.0.0
PingHost=0.0.0.0
Timeout=8
EchoInterval=30
RestartWait=15
StartMode=1
DhcpMode=2
DaemonMode=0
ShowNotify=5
Version=0.00
DataFile=/etc/mentohust/
DhcpScript=udhcpc -i
"""


def taken(text: str) -> TakenOver:
    (session,) = take_over(text.encode(), "file")
    return session


def remarks(text: str) -> dict[str, str]:
    """Return what is said of each key."""
    return {key: remark.text for remark in taken(text).remarks for key in remark.keys}


def test_a_whole_file_is_taken_over() -> None:
    told = remarks(WRITTEN_BY_ITSELF)

    assert taken(WRITTEN_BY_ITSELF).options == LOGIN | {"group": "ruijie"}
    assert set(told) == {
        "DaemonMode",
        "DataFile",
        "DhcpScript",
        "MaxFail",
        "RestartWait",
        "ShowNotify",
        "Timeout",
    }
    assert "dialect 'ruijie-v2' with client_exe" in told["DataFile"]


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("echointerval=20", {"heartbeat_interval": "20"}),
        ("STARTMODE=0", {}),
        ("DNS=202.114.0.242", {"dns": ["202.114.0.242"]}),
        ("Version=4.10", {"client_version": "4.10"}),
        ("Version=1.08", {"client_version": "1.8"}),
        ("PingHost=8.8.8.8", {"health": "on", "health_ping": "8.8.8.8"}),
        ("DhcpMode=3", {"dhcp": "before"}),
        ("DhcpMode=1", {"dhcp": "double"}),
        ("DhcpScript=/etc/renew", {"dhcp_renew": ["/etc/renew"]}),
    ],
)
def test_a_key_becomes_an_option(line: str, options: dict[str, object]) -> None:
    assert taken(f"{USUAL}{line}\n").options == LOGIN | options


def test_its_cernet_mode_is_a_dialect() -> None:
    assert taken(f"{USUAL}StartMode=2\n").options == ACCOUNT | {"dialect": "cernet"}


V4 = {
    "shape": "block",
    "client_version": "1.0",
    "edition": "1",
    "client_name": "RG-SU For Linux V1.0",
    "dns": ["202.114.0.242", "8.8.8.8"],
    "properties": ["0x35=hex:01"],
}


@pytest.mark.parametrize(
    ("lines", "options"),
    [
        ("ServiceName=internet\n", {}),
        ("ServiceName=学生\n", {"service": "学生"}),
        ("ServiceName=internet\nMaxRetries=3\nRestartOnLogOff=1\n", {}),
        (
            "ServiceName=internet\nDhcpMode=0\n",
            {"dhcp": "off", "properties": ["0x18=hex:00000001", "0x35=hex:01"]},
        ),
    ],
)
def test_a_build_with_the_v4_check_is_known_by_its_keys(
    lines: str, options: dict[str, object]
) -> None:
    assert taken(USUAL + lines).options == ACCOUNT | V4 | options


def test_what_such_a_build_does_not_send_is_said() -> None:
    told = remarks(
        f"{USUAL}ServiceName=internet\nDNS=1.1.1.1\nVersion=4.10\nMaxRetries=3\nRestartOnLogOff=0\n"
    )

    assert "sends its own, and what it sends is kept" in told["DNS"]
    assert "sends its own, and what it sends is kept" in told["Version"]
    assert "begun again, within the limits" in told["RestartOnLogOff"]
    assert set(told) == {"DNS", "Version", "MaxRetries", "RestartOnLogOff"}


SBWML = (
    "config mentohust 'config'\n\toption enable '1'\n\toption username 'me'\n"
    "\toption password 'hunter2'\n\toption interface 'eth1'\n\toption mask '255.255.255.0'\n"
    "\toption gateway '0.0.0.0'\n\toption ping '0.0.0.0'\n\toption timeout '8'\n"
    "\toption interval '30'\n\toption wait '15'\n\toption fail_number '0'\n"
    "\toption version '0.00'\n"
)


def test_the_page_that_saves_no_default_means_two_logins() -> None:
    """Its script says -d1 and -a0 where the page has left them out."""
    assert taken(SBWML).options == LOGIN | {"dhcp": "double"}
    assert taken(f"{SBWML}\toption dhcp_mode '0'\n").options["dhcp"] == "off"


@pytest.mark.parametrize(
    ("line", "key", "told"),
    [
        ("IP=10.0.0.2", "IP", "set a fixed one in the network configuration"),
        ("Gateway=10.0.0.1", "Gateway", "set a fixed one in the network configuration"),
        ("Version=x.y", "Version", "it is no version such as 1.31"),
        ("StartMode=2\nDNS=1.1.1.1", "DNS", "of no use with dialect 'cernet'"),
        ("StartMode=2\nVersion=4.10", "Version", "of no use with dialect 'cernet'"),
        ("Hidden=1", "Hidden", "not known to this program"),
    ],
)
def test_what_cannot_be_taken_is_said(line: str, key: str, told: str) -> None:
    assert told in remarks(f"{USUAL}{line}\n")[key]


def test_without_a_word_about_dhcp_there_is_none() -> None:
    text = USUAL.replace("DhcpMode=2\n", "")

    assert taken(text).options == LOGIN | {"dhcp": "off"}
    assert "write dhcp 'after' instead" in remarks(text)["dhcpmode"]


@pytest.mark.parametrize(
    ("hidden", "password"),
    [
        ("P2N5", "ABC"),
        ("FlRUS0FYDg==", "hunter2"),
        (b64encode(bytes([0xC3 ^ 0x7E, 0xDC ^ 0x21])).decode(), "密"),
        ("not base64!", None),
        ("====", None),
        ("", None),
        (b64encode(bytes(73)).decode(), None),
        (b64encode(b"~!:").decode(), None),
    ],
)
def test_a_hidden_password_is_read(hidden: str, password: str | None) -> None:
    """``A`` ^ ``~``, ``B`` ^ ``!``, ``C`` ^ ``:`` is 3f 63 79, which is ``P2N5`` in base64."""
    assert decode_password(hidden) == password


def test_a_space_marks_a_hidden_password_and_nothing_else_does() -> None:
    assert taken(USUAL.replace("hunter2", " P2N5")).options["password"] == "ABC"
    assert taken(USUAL.replace("hunter2", "P2N5")).options["password"] == "P2N5"
    text = USUAL.replace("hunter2", " hunter2!")
    assert taken(text).options["password"] == "hunter2!"
    assert "taken as it stands" in remarks(text)["Password"]


def test_the_hidden_password_of_some_editions_has_a_key_of_its_own() -> None:
    text = USUAL.replace("Password=hunter2", "Password=\nEncodePass=P2N5")
    assert taken(text).options["password"] == "ABC"
    assert taken(f"{USUAL}EncodePass=P2N5\n").options["password"] == "hunter2"


@pytest.mark.parametrize(
    "options",
    [
        {"enable": "1", "ifname": "eth1", "startmode": "1", "pinghost": "8.8.8.8"},
        {"enabled": "1", "nic": "eth1", "startmode": "1", "pinghost": "8.8.8.8", "version": "0.00"},
        {"enable": "1", "interface": "eth1", "multicast_address": "1", "ping": "8.8.8.8"},
    ],
)
def test_the_pages_of_luci_call_keys_by_several_names(options: dict[str, str]) -> None:
    given = {"username": "me", "password": "hunter2", "dhcpmode": "2", **options}
    lines = "".join(f"\toption {key} '{value}'\n" for key, value in given.items())

    assert taken(f"config mentohust 'default'\n{lines}").options == LOGIN | {
        "group": "ruijie",
        "health": "on",
        "health_ping": "8.8.8.8",
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (USUAL.replace("Nic=eth1\n", ""), "names no network port; "),
        (USUAL.replace("hunter2", ""), "holds no password; "),
        (USUAL.replace("=me", "="), "holds no account; "),
        ("config mentohust 'config'\n\toption enable '0'\n", "names no network port; "),
    ],
)
def test_what_makes_no_session_is_told(text: str, told: str) -> None:
    with pytest.raises(NotTakenOver) as caught:
        taken(text)

    assert str(caught.value).startswith(told)
