"""The typed model: built from plain values, with the defaults of what they leave out."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ruijie_proxy.config.shape.model import (
    Configuration,
    DhcpConfiguration,
    LogConfiguration,
    Mode,
    RenewMethod,
    SessionConfiguration,
)
from ruijie_proxy.engine.settings import (
    CheckCase,
    ClientLogoff,
    DhcpMode,
    Dialect,
    FieldsMode,
    GroupMode,
    LoginSettings,
    MacMode,
    SessionSettings,
    Shape,
    V2Client,
    ZeroCheck,
)
from ruijie_proxy.secret import Secret


def test_what_is_left_out_has_the_promised_default() -> None:
    minimal = {"sessions": [{"name": "dorm", "wan": "eth1", "lan": "br-lan"}]}

    assert Configuration.from_plain(minimal) == Configuration(
        sessions=(
            SessionConfiguration(
                name="dorm",
                mode=Mode.RELAY,
                wan="eth1",
                lan="br-lan",
                settings=SessionSettings(
                    clients=(),
                    login_timeout=60.0,
                    group=GroupMode.KEEP,
                    mac=MacMode.REWRITE,
                    restore_mac=False,
                    fields=FieldsMode.REWRITE,
                    successes=1,
                    client_logoff=ClientLogoff.IGNORE,
                    heartbeats=True,
                    heartbeat_interval=None,
                    heartbeat_number=None,
                    renew=True,
                    dhcp=DhcpMode.AFTER,
                    lease_wait=30.0,
                    login=None,
                    logoff_on_exit=False,
                ),
                dhcp=DhcpConfiguration(method=RenewMethod.AUTO, command=None, timeout=30.0),
            ),
        ),
        control="/run/ruijie-proxy/control.sock",
        state_dir="/var/lib/ruijie-proxy",
        profile_dir="/var/lib/ruijie-proxy",
        journal_dir="/var/lib/ruijie-proxy",
        log=LogConfiguration("info", "text"),
        metrics=None,
        key_file="/etc/ruijie-proxy/seal.key",
    )


def test_every_plain_value_reaches_its_field() -> None:
    plain = {
        "sessions": [
            {
                "name": "dorm",
                "mode": "relay",
                "wan": "eth1",
                "lan": "br-lan",
                "client": ["02:00:00:00:cc:01"],
                "login_timeout": 90.0,
                "group": "ruijie",
                "mac": "clone",
                "restore_mac": True,
                "fields": "keep",
                "successes": 2,
                "client_logoff": "forward",
                "heartbeat": {"enabled": False, "interval": 15.0, "number": 0x102B},
                "dhcp": {"renew": ["udhcpc", "-i", "eth1"], "timeout": 10.0},
            }
        ],
        "control": "/run/c.sock",
        "state_dir": "/var/s",
        "log": {"level": "warning", "format": "json"},
        "metrics": "/run/r.prom",
    }

    assert Configuration.from_plain(plain) == Configuration(
        sessions=(
            SessionConfiguration(
                name="dorm",
                mode=Mode.RELAY,
                wan="eth1",
                lan="br-lan",
                settings=SessionSettings(
                    clients=(bytes.fromhex("02000000cc01"),),
                    login_timeout=90.0,
                    group=GroupMode.RUIJIE,
                    mac=MacMode.CLONE,
                    restore_mac=True,
                    fields=FieldsMode.KEEP,
                    successes=2,
                    client_logoff=ClientLogoff.FORWARD,
                    heartbeats=False,
                    heartbeat_interval=15.0,
                    heartbeat_number=0x102B,
                    renew=True,
                    lease_wait=10.0,
                ),
                dhcp=DhcpConfiguration(RenewMethod.COMMAND, ("udhcpc", "-i", "eth1"), 10.0),
            ),
        ),
        control="/run/c.sock",
        state_dir="/var/s",
        profile_dir="/var/s",
        journal_dir="/var/s",
        log=LogConfiguration("warning", "json"),
        metrics="/run/r.prom",
        key_file="/etc/ruijie-proxy/seal.key",
    )


def test_every_plain_value_of_a_login_reaches_its_field() -> None:
    plain = {
        "name": "dorm",
        "mode": "login",
        "wan": "eth1",
        "username": "20261234",
        "password": "hunter2",
        "dialect": "ruijie-v2",
        "shape": "inside",
        "edition": 2,
        "zero_check": "text",
        "check_case": "upper",
        "client_version": "1.31",
        "client_name": "RG-SU",
        "client_exe": {"code_section": b"code", "version": [3, 50]},
        "service": "移动",
        "disk_serial": "WD-1",
        "dns": ["202.114.0.242"],
        "properties": [[0x39, b"internet"], [0x54, None]],
        "allow_clear_password": True,
        "group": "auto",
        "logoff_on_exit": True,
        "dhcp": {"mode": "double", "timeout": 5.0},
    }

    assert SessionConfiguration.from_plain(plain) == SessionConfiguration(
        name="dorm",
        wan="eth1",
        lan=None,
        mode=Mode.LOGIN,
        settings=SessionSettings(
            group=GroupMode.AUTO,
            dhcp=DhcpMode.DOUBLE,
            lease_wait=5.0,
            logoff_on_exit=True,
            login=LoginSettings(
                username="20261234",
                password=Secret("hunter2"),
                dialect=Dialect.RUIJIE_V2,
                shape=Shape.INSIDE,
                edition=2,
                zero_check=ZeroCheck.TEXT,
                check_case=CheckCase.UPPER,
                client_version="1.31",
                client_name="RG-SU",
                service="移动",
                disk_serial="WD-1",
                dns=("202.114.0.242",),
                properties=((0x39, b"internet"), (0x54, None)),
                v2_client=V2Client(b"code", (3, 50)),
                allow_clear_password=True,
            ),
        ),
        dhcp=DhcpConfiguration(timeout=5.0),
    )


def test_a_configuration_shows_itself_without_its_passwords() -> None:
    account = {"username": "20261234", "password": "hunter2"}
    session = {"name": "dorm", "mode": "login", "wan": "eth1", **account}

    assert "hunter2" not in repr(Configuration.from_plain({"sessions": [session]}))


@pytest.mark.parametrize(
    ("mode", "dhcp", "renewed"),
    [
        ("relay", {}, True),
        ("relay", {"mode": "off"}, False),
        ("relay", {"mode": "before"}, False),
        ("relay", {"mode": "after"}, True),
        ("relay", {"mode": "after", "renew": "off"}, False),
        ("login", {"mode": "off"}, False),
        ("login", {"mode": "before"}, True),
        ("login", {"mode": "double"}, True),
        ("auto", {"mode": "before"}, True),
    ],
)
def test_the_address_is_renewed_where_there_is_something_to_renew(
    mode: str, dhcp: dict[str, str], renewed: bool
) -> None:
    plain = {"name": "dorm", "mode": mode, "wan": "eth1", "lan": "br-lan", "dhcp": dhcp}

    assert SessionConfiguration.from_plain(plain).settings.renew is renewed


def test_what_was_learned_is_kept_beside_the_sessions_unless_told_otherwise() -> None:
    session = {"name": "dorm", "wan": "eth1", "lan": "br-lan"}
    together = Configuration.from_plain({"sessions": [session], "state_dir": "/s"})
    apart = Configuration.from_plain(
        {"sessions": [session], "state_dir": "/s", "profile_dir": "/p", "journal_dir": "/j"}
    )

    assert (together.profile_dir, apart.profile_dir) == ("/s", "/p")
    assert (together.journal_dir, apart.journal_dir) == ("/s", "/j")


def test_the_model_loads_nothing_that_a_resident_daemon_must_not_keep() -> None:
    program = "import sys, ruijie_proxy.config.shape.model; print(*sys.modules)"
    # -S: what the virtual environment's own start-up files import is none of ours.
    bare = [sys.executable, "-S", "-c", f"import sys; sys.path = {sys.path!r}; {program}"]
    loaded = subprocess.run(bare, check=True, capture_output=True, text=True).stdout.split()

    assert "ruijie_proxy.config.shape.model" in loaded
    heavy = {"yaml", "dataclasses", "inspect", "typing", "logging", "difflib", "base64"}
    assert not (heavy | {"cryptography", "pefile", "click"}) & set(loaded)
