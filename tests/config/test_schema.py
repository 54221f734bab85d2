"""What each key takes, and the answer to what it does not take."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ruijie_proxy.config.shape.model import Configuration, RenewMethod, SessionConfiguration
from ruijie_proxy.engine.settings import ClientLogoff, FieldsMode, GroupMode, MacMode

Problems = Callable[[str], list[str]]
Session = Callable[[str], SessionConfiguration]
ConfigurationOf = Callable[[str], Configuration]

MINIMAL = "sessions: [{wan: eth1, lan: br-lan}]\n"


@pytest.mark.parametrize(
    ("line", "setting", "value"),
    [
        ("login_timeout: 5", "login_timeout", 5.0),
        ("login_timeout: 600", "login_timeout", 600.0),
        ("login_timeout: 7.5", "login_timeout", 7.5),
        ('login_timeout: "90"', "login_timeout", 90.0),
        ("login_timeout: 010", "login_timeout", 10.0),
        ("group: keep", "group", GroupMode.KEEP),
        ("group: standard", "group", GroupMode.STANDARD),
        ("group: ruijie", "group", GroupMode.RUIJIE),
        ("mac: rewrite", "mac", MacMode.REWRITE),
        ("mac: clone", "mac", MacMode.CLONE),
        ("mac: keep", "mac", MacMode.KEEP),
        ("mac: clone\nrestore_mac: true", "restore_mac", True),
        ("mac: clone\nrestore_mac: Yes", "restore_mac", True),
        ("restore_mac: off", "restore_mac", False),
        ("fields: keep", "fields", FieldsMode.KEEP),
        ("fields: rewrite", "fields", FieldsMode.REWRITE),
        ("successes: 1", "successes", 1),
        ("successes: 5", "successes", 5),
        ("client_logoff: forward", "client_logoff", ClientLogoff.FORWARD),
        ("client_logoff: ignore", "client_logoff", ClientLogoff.IGNORE),
        ("client: any", "clients", ()),
        ("client: any", "any_client", True),
        ("client: 02:00:00:00:cc:01", "any_client", False),
        ("client: [02:00:00:00:cc:01]", "any_client", False),
        ("group: keep", "any_client", False),
        *((f"heartbeat: {word}", "heartbeats", word != "off") for word in ("auto", "on", "off")),
        ("heartbeat: {enabled: no}", "heartbeats", False),
        ("heartbeat: {interval: 15}", "heartbeats", True),
        ("heartbeat: {interval: 1}", "heartbeat_interval", 1.0),
        ("heartbeat: {interval: 300}", "heartbeat_interval", 300.0),
        ("heartbeat: {interval: auto}", "heartbeat_interval", None),
        ("heartbeat: {number: auto}", "heartbeat_number", None),
        ("heartbeat: {number: 0}", "heartbeat_number", 0),
        ("heartbeat: {number: 0x102B}", "heartbeat_number", 0x102B),
        ("heartbeat: {number: 4294967295}", "heartbeat_number", 0xFFFFFFFF),
    ],
)
def test_a_setting_is_read(session_of: Session, line: str, setting: str, value: object) -> None:
    read = getattr(session_of(line).settings, setting)

    assert (type(read), read) == (type(value), value)


@pytest.mark.parametrize(
    "client",
    [
        # To YAML 1.1 the first is a number to base 60.
        "client: 00:11:22:33:44:55",
        'client: "00:11:22:33:44:55"',
        "client: 00-11-22-33-44-55",
        "client: [00:11:22:33:44:55]",
        "client:\n  - 00:11:22:33:44:55",
    ],
)
def test_a_mac_address_is_taken_from_its_text(session_of: Session, client: str) -> None:
    assert session_of(client).settings.clients == (bytes.fromhex("001122334455"),)


def test_several_clients_keep_their_order(session_of: Session) -> None:
    session = session_of("client: [02:00:00:00:CC:02, 02:00:00:00:cc:01]")

    assert session.settings.clients == (
        bytes.fromhex("02000000cc02"),
        bytes.fromhex("02000000cc01"),
    )


def test_off_is_a_word_and_no_boolean(session_of: Session) -> None:
    session = session_of("dhcp: {renew: off}")

    assert session.dhcp.method is RenewMethod.OFF
    assert not session.settings.renew


def test_a_renewal_by_command_keeps_its_arguments_apart(session_of: Session) -> None:
    session = session_of('dhcp: {renew: [/bin/renew, "a b", 10, no], timeout: 1.5}')

    assert session.dhcp.method is RenewMethod.COMMAND
    assert session.dhcp.command == ("/bin/renew", "a b", "10", "no")
    assert session.dhcp.timeout == 1.5
    assert session.settings.renew


@pytest.mark.parametrize("wan", ["a", "eth0.2", "pppoe-wan", "123456789012345", "no", "宿舍网"])
def test_what_linux_takes_as_a_name_is_an_interface(
    configuration_of: ConfigurationOf, wan: str
) -> None:
    (session,) = configuration_of(f"sessions: [{{wan: {wan}, lan: br-lan}}]").sessions

    assert session.wan == wan


@pytest.mark.parametrize(
    ("wan", "name"), [("eth1", "eth1"), ("eth0.2", "eth0-2"), ("宿舍网", "---")]
)
def test_a_session_without_a_name_has_that_of_its_wan_port(
    configuration_of: ConfigurationOf, wan: str, name: str
) -> None:
    (session,) = configuration_of(f"sessions: [{{wan: {wan}, lan: br-lan}}]").sessions

    assert session.name == name


def test_paths_are_read(configuration_of: ConfigurationOf) -> None:
    configuration = configuration_of(MINIMAL + "control: /run/a.sock\nstate_dir: /var/校园\n")

    assert (configuration.control, configuration.state_dir) == ("/run/a.sock", "/var/校园")


def test_what_the_log_says_and_where_the_figures_go_is_read(
    configuration_of: ConfigurationOf,
) -> None:
    lines = "log: {level: notice, format: json}\nmetrics: /run/校园.prom\njournal_dir: /etc/j\n"
    configuration = configuration_of(MINIMAL + lines)

    assert (configuration.log.level, configuration.log.format) == ("notice", "json")
    assert (configuration.metrics, configuration.journal_dir) == ("/run/校园.prom", "/etc/j")


def test_of_the_log_one_key_alone_may_be_given(configuration_of: ConfigurationOf) -> None:
    configuration = configuration_of(MINIMAL + "log: {level: error}\n")

    assert (configuration.log.level, configuration.log.format) == ("error", "text")


def test_a_group_whose_keys_are_all_commented_out_is_one_left_out(session_of: Session) -> None:
    assert session_of("heartbeat:\n#  interval: 20\ndhcp:") == session_of("")


AN_ADDRESS = "use any, or a MAC address such as 02:00:00:00:cc:01, or a list of them"
AN_INTERVAL = "use auto, or seconds from 1 to 300, such as 20"
A_NUMBER = "use auto, or 0 to 4294967295, decimal or as 0x102B"
A_TIMEOUT = "use seconds from 5 to 600, such as 60"
A_COMMAND = "use auto or off, or a command as a list such as [udhcpc, -n, -q, -i, eth1]"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (
            "hartbeat: {interval: 20}",
            '4:5: sessions[0]: unknown key; did you mean "heartbeat"?',
        ),
        ("MAC: keep", '4:5: sessions[0]: unknown key; did you mean "mac"?'),
        (
            "xyzzy: 1",
            "4:5: sessions[0]: unknown key; the keys here are name, mode, campus, wan, lan, "
            "client, username, password, password_file, dialect, shape, edition, zero_check, "
            "check_case, client_version, client_name, client_exe, service, disk_serial, dns, "
            "properties, allow_clear_password, portal, operator_username, operator_password, "
            "operator_password_file, login_timeout, group, mac, restore_mac, fields, "
            "successes, client_logoff, hours, logoff_on_exit, heartbeat, dhcp, health, hooks",
        ),
        (
            "heartbeat: {intervall: 20}",
            '4:17: sessions[0].heartbeat: unknown key; did you mean "interval"?',
        ),
        (
            "? [a]\n: b",
            "4:7: sessions[0]: a key must be a word; use keys such as wan: and lan:",
        ),
        ("wan: eth2", "4:5: sessions[0].wan: is given twice, first in line 2; keep one of the two"),
        (
            "mode: realy",
            "4:11: sessions[0].mode: is not one of relay, login, auto, portal; "
            'did you mean "relay"?',
        ),
        (
            "name: my dorm",
            "4:11: sessions[0].name: is no name for a session; "
            "use 1 to 32 of the characters A-Z a-z 0-9 _ -, such as dorm",
        ),
        (
            f"name: {'n' * 33}",
            "4:11: sessions[0].name: is no name for a session; "
            "use 1 to 32 of the characters A-Z a-z 0-9 _ -, such as dorm",
        ),
        (
            "client: 00:11:22:33:44",
            f"4:13: sessions[0].client: is no MAC address; {AN_ADDRESS}",
        ),
        (
            "client: 00:11:22-33:44:55",
            f"4:13: sessions[0].client: is no MAC address; {AN_ADDRESS}",
        ),
        (
            "client: [02:00:00:00:cc:01, any]",
            "4:33: sessions[0].client[1]: is no MAC address; "
            "use a MAC address such as 02:00:00:00:cc:01",
        ),
        (
            "client: 01:80:c2:00:00:03",
            f"4:13: sessions[0].client: is not the address of one card; {AN_ADDRESS}",
        ),
        (
            "client: 00:00:00:00:00:00",
            f"4:13: sessions[0].client: is not the address of one card; {AN_ADDRESS}",
        ),
        ("client: []", f"4:13: sessions[0].client: the list is empty; {AN_ADDRESS}"),
        (
            "client: {mac: 1}",
            f"4:13: sessions[0].client: is a group of keys, not a single value; {AN_ADDRESS}",
        ),
        (
            "login_timeout: 4.9",
            f"4:20: sessions[0].login_timeout: is too small; {A_TIMEOUT}",
        ),
        (
            "login_timeout: 601",
            f"4:20: sessions[0].login_timeout: is too large; {A_TIMEOUT}",
        ),
        (
            "login_timeout: 60s",
            f"4:20: sessions[0].login_timeout: is not a number of seconds; {A_TIMEOUT}",
        ),
        (
            "login_timeout: .inf",
            f"4:20: sessions[0].login_timeout: is not a number of seconds; {A_TIMEOUT}",
        ),
        ("login_timeout:", f"4:19: sessions[0].login_timeout: has no value; {A_TIMEOUT}"),
        ("login_timeout: ~", f"4:20: sessions[0].login_timeout: has no value; {A_TIMEOUT}"),
        (
            "login_timeout: [60]",
            f"4:20: sessions[0].login_timeout: is a list, not a single value; {A_TIMEOUT}",
        ),
        (
            "group: standart",
            "4:12: sessions[0].group: is not one of keep, standard, ruijie, auto; "
            'did you mean "standard"?',
        ),
        (
            "mac: 02:00:00:00:cc:01",
            "4:10: sessions[0].mac: is not one of rewrite, clone, keep; use rewrite, clone or keep",
        ),
        (
            "restore_mac: 1",
            "4:18: sessions[0].restore_mac: is neither true nor false; use true or false",
        ),
        (
            "fields: clone",
            "4:13: sessions[0].fields: is not one of rewrite, keep; use rewrite or keep",
        ),
        (
            "successes: 0",
            "4:16: sessions[0].successes: is too small; use a whole number from 1 to 5",
        ),
        (
            "successes: 6",
            "4:16: sessions[0].successes: is too large; use a whole number from 1 to 5",
        ),
        (
            "successes: 1.5",
            "4:16: sessions[0].successes: is not a whole number; use a whole number from 1 to 5",
        ),
        (
            "client_logoff: forwards",
            "4:20: sessions[0].client_logoff: is not one of ignore, forward; "
            'did you mean "forward"?',
        ),
        (
            "heartbeat: 20",
            "4:16: sessions[0].heartbeat: is neither on nor off; "
            "use auto, on or off, or the keys enabled, interval and number below it",
        ),
        (
            "heartbeat:\n  interval:20",
            "5:7: sessions[0].heartbeat: is neither on nor off; "
            'write "key: value", with a space after the colon',
        ),
        (
            "heartbeat: {interval: 0}",
            f"4:27: sessions[0].heartbeat.interval: is too small; {AN_INTERVAL}",
        ),
        (
            "heartbeat: {interval: 300.1}",
            f"4:27: sessions[0].heartbeat.interval: is too large; {AN_INTERVAL}",
        ),
        (
            "heartbeat: {number: 4294967296}",
            f"4:25: sessions[0].heartbeat.number: is too large; {A_NUMBER}",
        ),
        (
            "heartbeat: {number: -1}",
            f"4:25: sessions[0].heartbeat.number: is not a whole number; {A_NUMBER}",
        ),
        (
            "dhcp: {renew: udhcpc -n}",
            f"4:19: sessions[0].dhcp.renew: is not one of auto, off; {A_COMMAND}",
        ),
        ("dhcp: {renew: []}", f"4:19: sessions[0].dhcp.renew: the list is empty; {A_COMMAND}"),
        (
            'dhcp: {renew: [""]}',
            "4:20: sessions[0].dhcp.renew[0]: is empty; use a text",
        ),
        (
            "dhcp: {renew: [a, [b]]}",
            "4:23: sessions[0].dhcp.renew[1]: is a list, not a single value; use a text",
        ),
        (
            "dhcp: {timeout: 121}",
            "4:21: sessions[0].dhcp.timeout: is too large; use seconds from 1 to 120, such as 30",
        ),
    ],
)
def test_what_a_session_cannot_take_is_told_with_what_would_do(
    problems_with: Problems, line: str, problem: str
) -> None:
    assert problems_with(line) == [f"config.yaml:{problem}"]


@pytest.mark.parametrize(
    "wan",
    [
        "a/b",
        "'a b'",
        "a:b",
        ".",
        "..",
        "1234567890123456",
        "校园网络接口",
        "校园",
        '"a\\e[1m"',
        "''",
    ],
)
def test_what_linux_does_not_take_is_no_interface(problems_of: Problems, wan: str) -> None:
    (problem,) = problems_of(f"sessions:\n  - wan: {wan}\n    lan: br-lan")

    assert problem.startswith("config.yaml:2:10: sessions[0].wan: ")
    assert problem.endswith(
        " cannot be the name of an interface; "
        "use the interface towards the campus switch, such as eth1"
    )


A_SOCKET = "use an absolute path of at most 107 bytes, such as /run/ruijie-proxy/control.sock"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("contrl: /a", '2:1: unknown key; did you mean "control"?'),
        (
            "username: me",
            '2:1: unknown key; it belongs to one of the sessions; write it below the "- " of that '
            "one, in the same column as its other keys",
        ),
        ("control: run/a", f"2:10: control: is no absolute path; {A_SOCKET}"),
        ("control: /run/", f"2:10: control: names a directory; {A_SOCKET}"),
        (f"control: /{'路' * 36}", f"2:10: control: is longer than 107 bytes; {A_SOCKET}"),
        (
            'control: "/run/\\0"',
            f"2:10: control: has characters that cannot be printed; {A_SOCKET}",
        ),
        (
            "state_dir: ~/state",
            "2:12: state_dir: is no absolute path; "
            "use an absolute path such as /var/lib/ruijie-proxy",
        ),
        ("state_dir: ''", "2:12: state_dir: is empty; use an absolute path such as "),
        ("journal_dir: here", "2:14: journal_dir: is no absolute path; use an absolute path "),
        ("metrics: m.prom", "2:10: metrics: is no absolute path; use an absolute path such as "),
        (
            "metrics: /run/metrics/",
            "2:10: metrics: does not end in .prom, and node_exporter reads nothing else; use ",
        ),
        (
            "log: {level: warn}",
            "2:14: log.level: is not one of debug, info, notice, warning, error; "
            'did you mean "warning"?',
        ),
        ("log: {format: xml}", "2:15: log.format: is not one of text, json; use text or json"),
        ("log: {levl: info}", '2:7: log: unknown key; did you mean "level"?'),
        ("log: debug", "2:6: log: is a single value, not a group of keys; use the keys level and "),
    ],
)
def test_what_the_daemon_cannot_take_is_told_with_what_would_do(
    problems_of: Problems, line: str, problem: str
) -> None:
    (told,) = problems_of(MINIMAL + line)

    assert told.startswith(f"config.yaml:{problem}")


def test_the_longest_socket_path_that_linux_takes_is_taken(
    configuration_of: ConfigurationOf,
) -> None:
    path = "/" + "s" * 106

    assert configuration_of(f"{MINIMAL}control: {path}").control == path


A_LIST = 'use a list, with "- " before the first key of each session'


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (
            "control: /a",
            'config.yaml:1:1: sessions: is missing; add a list, with "- " before the first key of '
            "each session",
        ),
        ("sessions:", f"config.yaml:1:10: sessions: is empty, not a list; {A_LIST}"),
        ("sessions: []", f"config.yaml:1:11: sessions: the list is empty; {A_LIST}"),
        (
            "sessions:\n  wan: eth1\n  lan: br-lan",
            f"config.yaml:2:3: sessions: is a group of keys, not a list; {A_LIST}",
        ),
        (
            "sessions: [eth1]",
            "config.yaml:1:12: sessions[0]: is a single value, not a group of keys; "
            "use keys such as wan: and lan:",
        ),
        (
            "sessions: [{wan: eth1}]",
            "config.yaml:1:12: sessions[0].lan: is missing; "
            "add the interface where the client PC is, such as br-lan",
        ),
        (
            "sessions: [{lan: br-lan}]",
            "config.yaml:1:12: sessions[0].wan: is missing; "
            "add the interface towards the campus switch, such as eth1",
        ),
        (
            "- wan: eth1",
            "config.yaml:1:1: is a list, not a group of keys; "
            "use keys such as sessions: and state_dir:",
        ),
        (
            "wan:eth1",
            "config.yaml:1:1: is a single value, not a group of keys; "
            'write "key: value", with a space after the colon',
        ),
    ],
)
def test_a_file_of_the_wrong_shape_is_told(
    problems_of: Problems, content: str, problem: str
) -> None:
    assert problems_of(content) == [problem]


def test_every_problem_is_told_at_once_in_the_order_of_the_file(problems_of: Problems) -> None:
    content = """\
sessions:
  - wan: eth1
    lann: br-lan
    mac: clon
    heartbeat: {interval: 20s, number: x}
  - lan: br-lan
    client: [00:11:22:33:44:5g, 02:00:00:00:cc:01]
control: here
"""

    told = [problem.removeprefix("config.yaml:") for problem in problems_of(content)]

    assert [problem.split(";")[0] for problem in told] == [
        "2:5: sessions[0].lan: is missing",
        "3:5: sessions[0]: unknown key",
        "4:10: sessions[0].mac: is not one of rewrite, clone, keep",
        "5:27: sessions[0].heartbeat.interval: is not a number of seconds",
        "5:40: sessions[0].heartbeat.number: is not a whole number",
        "6:5: sessions[1].wan: is missing",
        "7:14: sessions[1].client[0]: is no MAC address",
        "8:10: control: is no absolute path",
    ]


def test_a_message_repeats_nothing_of_the_file(problems_with: Problems) -> None:
    (key, value) = problems_with(f'"{"k" * 900}": 1\nname: "\\e[2J{"v" * 900}"')

    assert "sessions[0]: unknown key; " in key
    assert "kkk" not in key
    assert "sessions[0].name: is no name" in value
    assert "vvv" not in value


def test_a_value_that_goes_on_in_the_next_line_is_told(problems_with: Problems) -> None:
    assert problems_with("name: dorm\n  mac:clone") == [
        "config.yaml:4:11: sessions[0].name: goes on in the next line; "
        "write it in one line, or put quotes around it"
    ]
