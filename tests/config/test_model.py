"""The typed model: built from plain values, with the defaults of what they leave out."""

from __future__ import annotations

import subprocess
import sys

from ruijie_proxy.config.model import (
    DEFAULT_PATH,
    Configuration,
    DhcpConfiguration,
    Mode,
    RenewMethod,
    SessionConfiguration,
)
from ruijie_proxy.engine.settings import (
    ClientLogoff,
    FieldsMode,
    GroupMode,
    MacMode,
    SessionSettings,
)


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
                    heartbeat_interval=None,
                    heartbeat_number=None,
                    renew=True,
                ),
                dhcp=DhcpConfiguration(method=RenewMethod.AUTO, command=None, timeout=30.0),
            ),
        ),
        control="/run/ruijie-proxy/control.sock",
        state_dir="/var/lib/ruijie-proxy",
    )
    assert DEFAULT_PATH == "/etc/ruijie-proxy/config.yaml"


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
                "heartbeat": {"interval": 15.0, "number": 0x102B},
                "dhcp": {"renew": ["udhcpc", "-i", "eth1"], "timeout": 10.0},
            }
        ],
        "control": "/run/c.sock",
        "state_dir": "/var/s",
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
                    heartbeat_interval=15.0,
                    heartbeat_number=0x102B,
                    renew=True,
                ),
                dhcp=DhcpConfiguration(RenewMethod.COMMAND, ("udhcpc", "-i", "eth1"), 10.0),
            ),
        ),
        control="/run/c.sock",
        state_dir="/var/s",
    )


def test_the_model_loads_nothing_that_a_resident_daemon_must_not_keep() -> None:
    program = "import sys, ruijie_proxy.config.model; print(*sys.modules)"
    # -S: what the virtual environment's own start-up files import is none of ours.
    bare = [sys.executable, "-S", "-c", f"import sys; sys.path = {sys.path!r}; {program}"]
    loaded = subprocess.run(bare, check=True, capture_output=True, text=True).stdout.split()

    assert "ruijie_proxy.config.model" in loaded
    assert not {"yaml", "dataclasses", "inspect", "typing", "logging", "difflib"} & set(loaded)
