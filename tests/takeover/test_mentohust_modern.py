"""The JSON of MentoHUST Modern as a session."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ruijie_proxy.takeover.draft import TakenOver
from ruijie_proxy.takeover.sessions import take_over
from ruijie_proxy.takeover.source import NotTakenOver
from tests.config.windows_program import windows_program

SAVED = {
    "enable": True,
    "auto_connect": False,
    "username": "20260001",
    "password": "hunter2",
    "interface_description": "Realtek",
    "interface_id": "eth1",
    "interface_mac": "02:00:00:00:00:aa",
    "ipaddr": "0.0.0.0",
    "gateway": "0.0.0.0",
    "mask": "255.255.255.0",
    "ping": "0.0.0.0",
    "timeout": 8,
    "interval": 30,
    "wait": 15,
    "fail_number": 0,
    "multicast_address": 1,
    "dhcp_mode": 2,
    "dhcp_script": "",
    "version": "5.00",
    "dns": "0.0.0.0",
    "client_exe": "",
}
LOGIN = {
    "mode": "login",
    "wan": "eth1",
    "username": "20260001",
    "password": "hunter2",
    "dhcp": "after",
    "dialect": "ruijie-v2",
    "check_case": "upper",
    "client_version": "5.0",
    "disk_serial": "HUSTMOON",
    "group": "ruijie",
}


@pytest.fixture
def program(tmp_path: Path) -> str:
    path = tmp_path / "8021x.exe"
    path.write_bytes(windows_program())
    return str(path)


def taken(**changed: object) -> TakenOver:
    (session,) = take_over(json.dumps(SAVED | changed, indent=2).encode(), "file")
    return session


def remarks(**changed: object) -> dict[str, str]:
    return {key: remark.text for remark in taken(**changed).remarks for key in remark.keys}


def test_what_it_saves_is_taken_over(program: str) -> None:
    options = dict(taken(client_exe=program).options)
    properties = options.pop("properties")

    assert options == LOGIN | {"client_exe": program}
    assert properties == [
        "0x18=hex:00000000",
        "0x2F=hex:",
        "0x35=hex:01",
        f"0x39=hex:{'00' * 32}",
    ]
    assert set(remarks(client_exe=program)) == {
        "auto_connect",
        "fail_number",
        "interface_description",
        "interface_mac",
        "timeout",
        "wait",
    }


@pytest.mark.parametrize(
    ("changed", "options"),
    [
        ({"interval": 20}, {"heartbeat_interval": "20"}),
        ({"dns": "1.1.1.1"}, {"dns": ["1.1.1.1"]}),
        ({"ping": "223.5.5.5"}, {"health": "on", "health_ping": "223.5.5.5"}),
        ({"version": "auto"}, {}),
        ({"version": "4.10"}, {"client_version": "4.10"}),
        ({"dhcp_mode": 3}, {"dhcp": "before"}),
    ],
)
def test_a_key_becomes_an_option(
    program: str, changed: dict[str, object], options: dict[str, object]
) -> None:
    found = dict(taken(client_exe=program, **changed).options)
    del found["properties"]

    assert found == LOGIN | {"client_exe": program} | options


def test_two_logins_are_told_in_a_property(program: str) -> None:
    options = taken(client_exe=program, dhcp_mode=1).options

    assert options["dhcp"] == "double"
    assert "0x18=hex:00000000" not in options["properties"]


def test_modes_that_take_no_program() -> None:
    assert taken(multicast_address=2).options["dialect"] == "cernet"
    old = taken(version="0.00").options
    assert "dialect" not in old
    assert old["shape"] == "block"


def test_what_it_leaves_out_has_its_defaults(program: str) -> None:
    saved = {key: SAVED[key] for key in ("username", "password", "interface_id")}
    text = json.dumps(saved | {"client_exe": program})
    (session,) = take_over(text.encode(), "file")

    assert session.options.items() >= (LOGIN | {"client_exe": program}).items()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (
            {"interface_id": "\\Device\\NPF_{0F2A7C31-1111-4222-8333-0123456789AB}"},
            "names a port of another machine; write the ",
        ),
        ({"client_exe": "C:\\8021x.exe"}, "logs in by the Windows client's own program, and "),
        ({"client_exe": "/none/8021x.exe"}, "logs in by the Windows client's own program, and /n"),
        ({"password": ""}, "holds no password; "),
    ],
)
def test_what_makes_no_session_is_told(changed: dict[str, object], told: str) -> None:
    with pytest.raises(NotTakenOver) as caught:
        taken(**changed)

    assert str(caught.value).startswith(told)
    assert "hunter2" not in str(caught.value)


def test_json_that_is_cut_or_nested_without_end_is_told_without_its_content() -> None:
    for text in (json.dumps(SAVED)[:-1], '{"a":' * 10_000):
        with pytest.raises(NotTakenOver, match="begins as JSON, and is none in line 1") as caught:
            take_over(text.encode(), "file")
        assert "hunter2" not in str(caught.value)
