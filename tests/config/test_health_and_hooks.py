"""The keys of checks while online, and of the user's own commands."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ruijie_proxy.config.reader import read_configuration
from ruijie_proxy.config.shape.model import (
    HOOK_EVENTS,
    HealthConfiguration,
    HooksConfiguration,
    SessionConfiguration,
)

Problems = Callable[[str], list[str]]
Session = Callable[[str], SessionConfiguration]


@pytest.mark.parametrize(
    ("keys", "enabled"),
    [
        ("", False),
        ("health: off", False),
        ("health: on", True),
        ("health: yes", True),
        ("health: {interval: 60}", True),
        ("health: {enabled: off, interval: 60}", False),
        ("health: {}", True),
    ],
)
def test_health_is_off_until_it_is_asked_for(session_of: Session, keys: str, enabled: bool) -> None:
    assert session_of(keys).health.enabled is enabled


def test_one_word_checks_address_and_gateway_with_the_defaults(session_of: Session) -> None:
    assert session_of("health: on").health == HealthConfiguration(
        enabled=True,
        interval=120.0,
        failures=3,
        gateway=True,
        quarantine=(),
        ping=None,
        url=None,
        status=204,
        timeout=5.0,
    )


def test_every_key_of_health_reaches_its_field(session_of: Session) -> None:
    keys = """\
health:
  interval: 10
  failures: 1
  gateway: no
  quarantine: [172.16.0.0/12, 0.0.0.0/0, 10.1.2.3/32]
  ping: 114.114.114.114
  url: http://example.edu.cn:8080/generate_204?a=b
  status: 200
  timeout: 1.5"""

    assert session_of(keys).health == HealthConfiguration(
        True,
        10.0,
        1,
        False,
        ("172.16.0.0/12", "0.0.0.0/0", "10.1.2.3/32"),
        "114.114.114.114",
        "http://example.edu.cn:8080/generate_204?a=b",
        200,
        1.5,
    )


def test_what_is_off_is_not_checked(session_of: Session) -> None:
    keys = "health: {quarantine: off, ping: off, url: off}"

    assert session_of(keys).health == session_of("health: on").health


A_NETWORK = "use a network such as 172.16.0.0/12"
A_URL = "use off, or an address such as http://connect.rom.miui.com/generate_204"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (
            "health: often",
            "4:13: sessions[0].health: is neither true nor false; use on or off, or the keys "
            "interval, failures, gateway, quarantine, ping, url, status and timeout below it",
        ),
        (
            "health: {interval: 9}",
            "4:24: sessions[0].health.interval: is too small; "
            "use seconds from 10 to 3600, such as 120",
        ),
        (
            "health: {intervall: 60}",
            '4:14: sessions[0].health: unknown key; did you mean "interval"?',
        ),
        (
            "health: {failures: 0}",
            "4:24: sessions[0].health.failures: is too small; use a whole number from 1 to 100",
        ),
        (
            "health: {quarantine: [172.16.0.0]}",
            f"4:27: sessions[0].health.quarantine[0]: is no IPv4 network; {A_NETWORK}",
        ),
        (
            "health: {quarantine: [172.16.0.0/33]}",
            f"4:27: sessions[0].health.quarantine[0]: is no IPv4 network; {A_NETWORK}",
        ),
        (
            "health: {quarantine: [172.300.0.0/12]}",
            f"4:27: sessions[0].health.quarantine[0]: is no IPv4 address; {A_NETWORK}",
        ),
        (
            "health: {quarantine: [172.17.0.0/12]}",
            "4:27: sessions[0].health.quarantine[0]: is not the first address of a network of /12; "
            + A_NETWORK,
        ),
        (
            "health: {quarantine: 172.16.0.0/12}",
            "4:26: sessions[0].health.quarantine: is neither off nor a list; "
            "use off, or a list of up to 16 networks such as [172.16.0.0/12]",
        ),
        (
            "health: {ping: '2001:db8::1::2'}",
            "4:20: sessions[0].health.ping: is no IPv6 address; "
            "use off, or an IP address such as 114.114.114.114",
        ),
        (
            "health: {ping: www.edu.cn}",
            "4:20: sessions[0].health.ping: is no IPv4 address; "
            "use off, or an IP address such as 114.114.114.114",
        ),
        (
            "health: {url: https://www.edu.cn/}",
            "4:19: sessions[0].health.url: is not http:; "
            "use an address of http://, which captive portals answer, too",
        ),
        *(
            (
                f'health: {{url: "{url}"}}',
                f"4:19: sessions[0].health.url: is no address of http://; {A_URL}",
            )
            for url in (
                "www.edu.cn",
                "http://",
                "http://me:secret@www.edu.cn/",
                "http://www.edu.cn/#there",
                "http://www.edu.cn/a b",
                "http://校园网/",
                "http://www.edu.cn/\\r\\nX: 1",
            )
        ),
        *(
            (
                f"health: {{url: 'http://www.edu.cn{rest}'}}",
                "4:19: sessions[0].health.url: is longer than 500 characters, or its port is none; "
                + A_URL,
            )
            for rest in (":0/", ":65536", "/" + "a" * 500)
        ),
        (
            "health: {status: 99, url: http://a/}",
            "4:22: sessions[0].health.status: is too small; use a whole number from 100 to 599",
        ),
        (
            "hooks: {onlin: [/a]}",
            '4:13: sessions[0].hooks: unknown key; did you mean "online"?',
        ),
        (
            "hooks: {online: /etc/told; rm -r}",
            "4:21: sessions[0].hooks.online: is neither off nor a list; "
            "use off, or a command as a list such as [/etc/ruijie-proxy/told, wan]",
        ),
        (
            "hooks: {online: [logger, online]}",
            "4:22: sessions[0].hooks.online[0]: is no absolute path; "
            "write the path of the program, such as /usr/bin/logger",
        ),
        (
            "hooks: {online: [[a]]}",
            "4:22: sessions[0].hooks.online[0]: is a list, not a single value; use a text",
        ),
        (
            "hooks: {timeout: 0.5}",
            "4:22: sessions[0].hooks.timeout: is too small; use seconds from 1 to 600, such as 30",
        ),
    ],
)
def test_what_does_not_fit_is_told_with_what_would_do(
    problems_with: Problems, line: str, problem: str
) -> None:
    assert problems_with(line) == [f"config.yaml:{problem}"]


def test_an_unreadable_url_is_told_once(problems_with: Problems) -> None:
    (problem,) = problems_with("health: {status: 200, url: nothing}")

    assert "health.url" in problem


def test_each_event_has_its_command(session_of: Session) -> None:
    keys = "hooks:\n" + "\n".join(
        f"  {event}: [/bin/told, {event}, '; $HOME']" for event in HOOK_EVENTS
    )

    assert session_of(keys).hooks == HooksConfiguration(
        tuple((event, ("/bin/told", event, "; $HOME")) for event in HOOK_EVENTS), 30.0
    )


def test_hooks_that_are_off_are_none(session_of: Session) -> None:
    keys = "hooks: {online: off, offline: [/bin/true], timeout: 5}"

    assert session_of(keys).hooks == HooksConfiguration((("offline", ("/bin/true",)),), 5.0)


def warnings_about(folder: Path, program: Path) -> list[str]:
    session = {"wan": "eth1", "lan": "lan", "hooks": {"online": [str(program), "; $HOME"]}}
    file = folder / "config.yaml"
    file.write_text(json.dumps({"sessions": [session]}))
    return [str(warning) for warning in read_configuration(str(file)).warnings]


def test_a_hook_that_nobody_else_may_change_is_fine(tmp_path: Path) -> None:
    program = tmp_path / "told"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)

    assert warnings_about(tmp_path, program) == []


@pytest.mark.parametrize("mode", [0o775, 0o757])
def test_a_hook_that_others_may_change_is_warned_of(tmp_path: Path, mode: int) -> None:
    program = tmp_path / "told"
    program.write_text("#!/bin/sh\n")
    program.chmod(mode)

    (warning,) = warnings_about(tmp_path, program)
    assert warning.endswith(
        "sessions[0].hooks.online[0]: others may change what is run here; chmod go-w it"
    )


def test_a_hook_that_is_missing_is_warned_of(tmp_path: Path) -> None:
    (warning,) = warnings_about(tmp_path, tmp_path / "nothing")

    assert "hooks.online[0]: there is no such program; " in warning


def test_a_hook_that_cannot_be_run_is_warned_of(tmp_path: Path) -> None:
    program = tmp_path / "told"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o644)

    assert "hooks.online[0]: cannot be run; " in warnings_about(tmp_path, program)[0]
    assert "hooks.online[0]: cannot be run; " in warnings_about(tmp_path, tmp_path)[0]
