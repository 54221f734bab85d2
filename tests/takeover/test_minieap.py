"""minieap's configuration as a session: what each key becomes, and what is said of the others."""

from __future__ import annotations

import pytest

from ruijie_proxy.takeover.draft import TakenOver
from ruijie_proxy.takeover.sessions import take_over
from ruijie_proxy.takeover.source import NotTakenOver

USUAL = "username=20261234\npassword=hunter2\nnic=eth0.2\nmodule=rjv3\n"
SAVED = USUAL + (
    "daemonize=0\nif-impl=sockraw\nmax-fail=3\nmax-retries=3\nno-auto-reauth=0\n"
    "wait-after-fail=30\nstage-timeout=5\nauth-round=1\npid-file=/var/run/minieap.pid\n"
    "log-file=/var/log/minieap.log\nheartbeat=60\neap-bcast-addr=0\ndhcp-type=2\n"
    "service=internet\nversion-str=RG-SU For Linux V1.0\ndhcp-script=\nmax-dhcp-count=3\n"
)
"""What ``minieap -w`` writes: all keys, those with their defaults, too."""
LUCI = (
    "config minieap\n\toption enable '1'\n\toption username '20261234'\n"
    "\toption password 'hunter2'\n\toption nic 'eth0.2'\n\tlist module 'rjv3'\n"
)
LOGIN = {"mode": "login", "wan": "eth0.2", "username": "20261234", "password": "hunter2"}
PROPERTIES = ["0x35=hex:01", "0x79=remove"]
CLIENT = {
    "shape": "block",
    "client_version": "1.31",
    "edition": "1",
    "client_name": "RG-SU For Linux V1.0",
    "properties": PROPERTIES,
}
"""What minieap sends without a key."""


def taken(text: str) -> TakenOver:
    (session,) = take_over(text.encode(), "file")
    return session


def remarks(text: str) -> dict[str, str]:
    """Return what is said of each key."""
    return {key: remark.text for remark in taken(text).remarks for key in remark.keys}


def test_an_account_makes_a_login() -> None:
    assert taken(USUAL).options == LOGIN | CLIENT | {"dhcp": "after"}
    assert taken(USUAL).remarks == ()


def test_defaults_that_were_written_down_stay_defaults() -> None:
    assert taken(SAVED).options == LOGIN | CLIENT | {"dhcp": "after"}


def test_what_has_no_counterpart_is_named_with_the_reason() -> None:
    told = remarks(SAVED)

    assert set(told) == {
        "daemonize",
        "if-impl",
        "log-file",
        "max-dhcp-count",
        "max-fail",
        "max-retries",
        "pid-file",
        "stage-timeout",
        "wait-after-fail",
    }
    assert "runs as a service" in told["daemonize"]
    assert "never tries so often that the account is banned" in told["max-fail"]


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("heartbeat=30", {"heartbeat_interval": "30"}),
        ("heartbeat=0", {"heartbeat": "off"}),
        ("eap-bcast-addr=1", {"group": "ruijie"}),
        ("dhcp-type=1", {"dhcp": "double"}),
        ("dhcp-type=3", {"dhcp": "before"}),
        ("auth-round=2", {"dhcp": "double"}),
        ("service=移动宽带接入", {"service": "移动宽带接入"}),
        ("version-str=RG-SU For Linux V1.31", {"client_name": "RG-SU For Linux V1.31"}),
        ("fake-serial=WD-1", {"disk_serial": "WD-1"}),
        ("fake-dns1=1.1.1.1\nfake-dns2=8.8.8.8", {"dns": ["1.1.1.1", "8.8.8.8"]}),
        ("fake-dns1=1.1.1.1", {"dns": ["1.1.1.1"]}),
        (
            "fake-dns1=1.1.1.1\nfake-dns2=8.8.8.8;9.9.9.9",
            {"dns": ["1.1.1.1", "8.8.8.8", "9.9.9.9"]},
        ),
        ("fake-dns2=8.8.8.8", {"properties": [*PROPERTIES, "0x76=text:8.8.8.8"]}),
        ("fake-dns2=8.8.8.8;9.9.9.9", {"properties": [*PROPERTIES, "0x76=text:8.8.8.8;9.9.9.9"]}),
        (
            "fake-dns1=1.1.1.1\nfake-dns2=2001:da8::1",
            {"dns": ["1.1.1.1"], "properties": [*PROPERTIES, "0x76=text:2001:da8::1"]},
        ),
        ("fake-dns2=8.8.8.8\nrj-option=76:ab", {"properties": [*PROPERTIES, "0x76=hex:ab"]}),
        ("dhcp-script=/etc/renew.sh wan", {"dhcp_renew": ["/etc/renew.sh", "wan"]}),
        (
            "rj-option=6a:000102\nrj-option=79:AB\nrj-option=5:00\nrj-option=35:03:r",
            {"properties": ["0x35=hex:03", "0x79=hex:ab", "0x6A=hex:000102", "0x05=hex:00"]},
        ),
        ("password= with  spaces#", {"password": " with  spaces#"}),
        ("pinghost=0.0.0.0", {}),
    ],
)
def test_a_key_becomes_an_option(line: str, options: dict[str, object]) -> None:
    assert taken(f"{USUAL}{line}\n").options == LOGIN | CLIENT | {"dhcp": "after"} | options


@pytest.mark.parametrize(
    ("line", "key", "told"),
    [
        ("heartbeat=999", "heartbeat", "the interval that the server grants is used"),
        ("dhcp-type=9", "dhcp-type", "it is none of 0, 1, 2 and 3"),
        ("no-auto-reauth=1", "no-auto-reauth", "begun again, within the limits"),
        ("auth-round=3", "auth-round", "done once, or twice"),
        ("auth-round=many", "auth-round", "no number from 1 to 5"),
        ("dhcp-script=udhcpc -i eth0.2", "dhcp-script", "renewed by what manages it"),
        ("dhcp-script=/sbin/udhcpc", "dhcp-script", "renewed by what manages it"),
        ("dhcp-script=/etc/a.sh > /dev/null", "dhcp-script", "name it by its path as dhcp_renew"),
        ("dhcp-script=ifup wan", "dhcp-script", "name it by its path as dhcp_renew"),
        ("dhcp-type=0\ndhcp-script=/etc/a.sh", "dhcp-script", "of no use without DHCP"),
        ("fake-dns1=2001:da8::1", "fake-dns1", "only IPv4 addresses"),
        ("rj-option=6a:00:r", "rj-option", "replaces what is not there, and had no effect"),
        ("rj-option=6f", "rj-option", "in hexadecimal digits, such as 6f:000102"),
        ("rj-option=6f:0", "rj-option", "in hexadecimal digits"),
        ("rj-option=6a:00\nrj-option=6A:01", "rj-option", "the last one counts"),
        ("fake-serial=序列号", "disk_serial", "is not plain ASCII"),
        ("service=" + "长" * 17, "service", "is longer than 32 bytes in GBK"),
        ("module=other", "module", "only rjv3 has a counterpart"),
        ("color=red", "color", "not known to this program"),
    ],
)
def test_what_cannot_be_taken_is_said(line: str, key: str, told: str) -> None:
    assert told in remarks(f"{USUAL}{line}\n")[key]


def test_lines_that_nobody_can_read_are_told_by_their_numbers() -> None:
    (remark,) = taken(f"{USUAL}hunter2\n").remarks

    assert remark.keys == ()
    assert remark.text == "left out, since there is no key and value in it: line 5"


def test_without_dhcp_the_address_stays_a_fixed_one_and_that_is_said() -> None:
    assert taken(f"{USUAL}dhcp-type=0\n").options["dhcp"] == "off"
    assert "write dhcp 'after' instead" in remarks(f"{USUAL}dhcp-type=0\n")["dhcp-type"]


def test_its_proxy_mode_relays() -> None:
    text = "nic=eth0\nproxy-lan-iface=br-lan\nauth-round=2\nservice=x\nservice=internet\n"

    assert taken(text).options == {
        "mode": "relay",
        "wan": "eth0",
        "lan": "br-lan",
        "dhcp": "after",
        "successes": "2",
    }
    assert "no account is given" in remarks(text)["service"]


def test_two_logins_with_dhcp_between_are_the_clients_when_relaying() -> None:
    options = taken("nic=eth0\nproxy-lan-iface=br-lan\ndhcp-type=1\n").options

    assert options["successes"] == "2"
    assert "dhcp" not in options


def test_an_account_beside_the_proxy_mode_is_kept_for_later() -> None:
    text = f"{USUAL}proxy-lan-iface=br-lan\n"

    assert taken(text).options == {
        **LOGIN,
        **CLIENT,
        "mode": "relay",
        "lan": "br-lan",
        "dhcp": "after",
    }
    assert "with mode 'auto' the router does so by itself" in remarks(text)["proxy-lan-iface"]


def test_without_its_ruijie_module_the_login_is_a_plain_one() -> None:
    text = USUAL.replace("rjv3", "printer") + "service=x\nversion-str=RG-SU For Linux V1.0\n"

    assert taken(text).options == LOGIN | {"dhcp": "after", "dialect": "plain"}
    assert set(remarks(text)) == {"module", "service"}
    assert "leave dialect out" in remarks(text)["module"]


def test_the_pages_of_luci_have_keys_of_their_own() -> None:
    text = (
        f"{LUCI}\toption pinghost '114.114.114.114'\n\toption pingintval '60'\n"
        "\toption pingcommand 'minieap -k 1'\n\toption fake_serial 'WD-1'\n"
        "\toption pid_file '/x'\n\tlist rj_option '6a:00'\n"
    )

    assert taken(text).options == LOGIN | CLIENT | {
        "dhcp": "after",
        "health": "on",
        "health_ping": "114.114.114.114",
        "health_interval": "60",
        "disk_serial": "WD-1",
        "properties": [*PROPERTIES, "0x6A=hex:00"],
    }
    assert set(remarks(text)) == {"pingcommand", "pid_file"}


@pytest.mark.parametrize(
    ("line", "key", "told"),
    [
        ("option enable '0'", "enable", "it was switched off there; the session is on"),
        ("option dhcp_type '3'", "dhcp_type", "its page in LuCI calls it after"),
        ("option pinghost 'www.baidu.com'", "pinghost", "it is no IPv4 address"),
        ("option pinghost '1.1.1.1'\n\toption pingintval '5'", "pingintval", "from 10 to 3600"),
    ],
)
def test_what_is_said_of_its_pages_options(line: str, key: str, told: str) -> None:
    text = f"{LUCI}\t{line}\n".replace("\toption enable '1'\n", "")

    assert told in remarks(text)[key]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (USUAL.replace("nic=", "x="), "names no network port; write the port to the campus "),
        (USUAL.replace("username=", "x="), "holds no account; write username and password "),
        (USUAL.replace("password=", "x="), "holds no password; write username and password "),
        (USUAL.replace("20261234", "2026 1234"), "username: has a space in it; "),
        (USUAL.replace("eth0.2", "eth0/2"), "wan: cannot be the name of an interface; "),
    ],
)
def test_what_makes_no_session_is_told(text: str, told: str) -> None:
    with pytest.raises(NotTakenOver) as caught:
        taken(text)

    assert str(caught.value).startswith(told)
    assert "hunter2" not in str(caught.value)


def test_a_session_does_not_show_its_password() -> None:
    assert "hunter2" not in repr(taken(USUAL))
