"""jmuSupplicant's configuration as a session."""

from __future__ import annotations

import pytest

from ruijie_proxy.takeover.draft import TakenOver
from ruijie_proxy.takeover.sessions import take_over
from ruijie_proxy.takeover.source import NotTakenOver

PAGE = (
    "config jmusupplicant\n\toption enable '1'\n\toption username '20260001'\n"
    "\toption password 'hunter2'\n\toption ifname 'eth1'\n\toption netoperator '2'\n"
    "\toption ipaddr_midnight '0.0.0.0'\n\toption pinghost '0.0.0.0'\n"
)
LOGIN = {
    "mode": "login",
    "wan": "eth1",
    "username": "20260001",
    "password": "hunter2",
    "shape": "block",
    "client_version": "5.0.3",
    "edition": "1",
    "group": "ruijie",
    "dhcp": "before",
    "service": "移动宽带接入",
    "properties": ["0x18=hex:00000000", "0x35=hex:03"],
}


def taken(text: str) -> TakenOver:
    (session,) = take_over(text.encode(), "file")
    return session


def remarks(text: str) -> dict[str, str]:
    return {key: remark.text for remark in taken(text).remarks for key in remark.keys}


def test_the_page_of_luci() -> None:
    assert taken(PAGE).options == LOGIN
    assert taken(PAGE).remarks == ()


@pytest.mark.parametrize(
    ("lines", "options", "told"),
    [
        ("midnight '1'", {}, {"midnight": "set its hours instead"}),
        ("cronset_midnight '1'", {}, {"cronset_midnight": "set its hours instead"}),
        ("ipaddr_midnight '10.0.0.9'", {}, {"ipaddr_midnight": "set its hours instead"}),
        ("ipaddr '10.0.0.2'", {}, {"ipaddr": "uses the address that the port has"}),
        ("dns '1.1.1.1'", {}, {"dns": "it was sent to nobody"}),
        ("pinghost '223.5.5.5'", {"health": "on", "health_ping": "223.5.5.5"}, {}),
        ("netoperator '7'", {"service": None}, {"netoperator": "none of 0, 1, 2 and 3"}),
        ("no_internet_auth_only '1'", {}, {"no_internet_auth_only": "health looks at the way "}),
        ("color 'red'", {}, {"color": "not known to this program"}),
    ],
)
def test_what_its_other_options_become(
    lines: str, options: dict[str, str | None], told: dict[str, str]
) -> None:
    text = f"{PAGE}\toption {lines}\n"
    expected = {key: value for key, value in (LOGIN | options).items() if value is not None}

    assert taken(text).options == expected
    assert remarks(text).keys() == told.keys()
    for key, part in told.items():
        assert part in remarks(text)[key]


def test_its_command_line() -> None:
    text = "jmuSupplicant -u20260001 -phunter2 -s2 -b -n --ip 10.0.0.9 --interface_card eth1\n"

    assert taken(text).options == LOGIN
    assert set(remarks(text)) == {"-b", "-n", "--ip"}


def test_a_command_that_asks_for_the_port_names_none() -> None:
    with pytest.raises(NotTakenOver, match="names no network port"):
        taken("jmuSupplicant -u20260001 -phunter2 -s2\n")
