"""Every key of the schema can be written in YAML and in UCI, and says the same in both."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from ruijie_proxy.config.notations.document import parse_document
from ruijie_proxy.config.shape.schema import CONFIGURATION, SESSION
from ruijie_proxy.config.shape.shapes import Group, Report, ScalarOrGroup
from ruijie_proxy.notation import quoted

SAMPLES: dict[str, Any] = {
    "control": "/run/c.sock",
    "control_group": "network",
    "state_dir": "/s",
    "profile_dir": "/p",
    "journal_dir": "/j",
    "log.level": "debug",
    "log.format": "json",
    "metrics": "/m.prom",
    "key_file": "/k",
    "session.name": "dorm",
    "session.mode": "auto",
    "session.wan": "eth1",
    "session.lan": "br-lan",
    "session.client": ["02:00:00:00:cc:01", "02:00:00:00:cc:02"],
    "session.username": "me",
    "session.password": 'it\'s #1; "p\\w"',
    "session.password_file": "/pw",
    "session.dialect": "plain",
    "session.shape": "bare",
    "session.edition": "2",
    "session.zero_check": "text",
    "session.check_case": "upper",
    "session.client_version": "1.31",
    "session.client_name": "RG-SU For Linux V1.0",
    "session.client_exe": "/8021x.exe",
    "session.service": "移动宽带接入",
    "session.disk_serial": "WD-1",
    "session.dns": ["202.114.0.242", "202.114.0.131"],
    "session.properties": {"0x62": "hex:00", "0x55": "remove", "0x76": "text:"},
    "session.portal": "http://10.9.8.7/eportal/index.jsp",
    "session.operator_username": "13900000000",
    "session.operator_password": "pear-tree",
    "session.operator_password_file": "/opw",
    "session.allow_clear_password": "yes",
    "session.login_timeout": "30",
    "session.group": "ruijie",
    "session.mac": "clone",
    "session.restore_mac": "yes",
    "session.fields": "keep",
    "session.successes": "2",
    "session.client_logoff": "forward",
    "session.campus": "gzhu",
    "session.hours": "mon-thu 06:00-23:30, fri,sat 06:00-24:00",
    "session.logoff_on_exit": "on",
    "session.heartbeat.enabled": "off",
    "session.heartbeat.interval": "15",
    "session.heartbeat.number": "0x102B",
    "session.dhcp.mode": "before",
    "session.dhcp.renew": ["udhcpc", "-n", "-i", "eth1"],
    "session.dhcp.timeout": "9",
    "session.health.enabled": "on",
    "session.health.interval": "60",
    "session.health.failures": "4",
    "session.health.gateway": "false",
    "session.health.quarantine": ["172.16.0.0/12", "10.0.0.0/8"],
    "session.health.ping": "114.114.114.114",
    "session.health.url": "http://connect.rom.miui.com/generate_204",
    "session.health.status": "200",
    "session.health.timeout": "3",
    "session.hooks.authenticating": ["/bin/a", "x"],
    "session.hooks.online": ["/bin/b", "y z"],
    "session.hooks.offline": "off",
    "session.hooks.failure": ["/bin/c"],
    "session.hooks.renewed": ["/bin/d"],
    "session.hooks.client-needed": ["/bin/e"],
    "session.hooks.timeout": "10",
}
"""A value of each key, as text; of a list its words; of the table its pairs."""
SHORT_FORMS = {"session.dhcp": "off", "session.health": "on", "session.heartbeat": "off"}
"""Groups that one value can stand for."""


def keys_of(group: Group, path: str) -> Iterator[str]:
    for key, shape in group.keys.items():
        below = shape.group if isinstance(shape, ScalarOrGroup) else shape
        if isinstance(below, Group):
            yield from keys_of(below, f"{path}{key}.")
        elif key != "sessions":
            yield f"{path}{key}"


def test_there_is_a_sample_of_every_key() -> None:
    keys = {*keys_of(CONFIGURATION, ""), *keys_of(SESSION, "session.")}

    assert set(SAMPLES) == keys


def in_yaml(key: str, value: Any) -> str:
    inner: Any = value
    for name in reversed(key.removeprefix("session.").split(".")):
        inner = {name: inner}
    if not key.startswith("session."):
        return json.dumps({**inner, "sessions": [{"wan": "eth9"}]})
    return json.dumps({"sessions": [{"wan": "eth9"} | inner]})  # JSON is YAML


def in_uci(key: str, value: Any) -> str:
    name = key.removeprefix("session.").replace(".", "_").replace("-", "_")
    if isinstance(value, dict):
        value = [f"{number}={content}" for number, content in value.items()]
    words = value if isinstance(value, list) else [value]
    verb = "list" if isinstance(value, list) else "option"
    lines = "".join(f"\t{verb} {name} {quoted(word)}\n" for word in words)
    wan = "" if key == "session.wan" else "\toption wan 'eth9'\n"
    if key.startswith("session."):
        return f"config session\n{wan}{lines}"
    return f"config globals 'globals'\n{lines}config session\n{wan}"


def plain_of(text: str) -> Any:
    document = parse_document(text.encode(), "file")
    report = Report("file", document.notation)
    plain = CONFIGURATION.read(document.root, "", report)
    assert [*document.problems, *report.problems] == []
    return plain


@pytest.mark.parametrize(
    ("key", "value"), [*SAMPLES.items(), *SHORT_FORMS.items()], ids=lambda value: str(value)[:30]
)
def test_a_key_says_the_same_in_uci_and_in_yaml(key: str, value: Any) -> None:
    assert plain_of(in_uci(key, value)) == plain_of(in_yaml(key, value))
