"""The keys of the router's own login: what each takes, and the answer to what it does not take."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ruijie_proxy.config import mode_checks
from ruijie_proxy.config.shape import parsers
from ruijie_proxy.config.shape.model import Configuration, RenewMethod, SessionConfiguration
from ruijie_proxy.engine.settings import (
    DhcpMode,
    Dialect,
    GroupMode,
    LoginSettings,
    Shape,
    ZeroCheck,
)
from ruijie_proxy.protocol import password, properties
from ruijie_proxy.protocol.clients import client_profile

Problems = Callable[[str], list[str]]
ConfigurationOf = Callable[[str], Configuration]

START = """\
sessions:
  - mode: login
    wan: eth1
    username: me
    password: pw
"""
LOGIN = START.replace("    username: me\n    password: pw\n", "")


def _with(keys: str, start: str = START) -> str:
    return start + "\n".join(f"    {line}" for line in keys.splitlines())


@pytest.fixture
def login_of(configuration_of: ConfigurationOf) -> Callable[..., LoginSettings]:
    def login(keys: str, start: str = START) -> LoginSettings:
        (session,) = configuration_of(_with(keys, start)).sessions
        assert session.settings.login is not None
        return session.settings.login

    return login


@pytest.fixture
def session_of(configuration_of: ConfigurationOf) -> Callable[[str], SessionConfiguration]:
    def session(keys: str) -> SessionConfiguration:
        (session,) = configuration_of(_with(keys)).sessions
        return session

    return session


LoginOf = Callable[..., LoginSettings]


@pytest.mark.parametrize(
    ("line", "setting", "value"),
    [
        ("dialect: ruijie", "dialect", Dialect.RUIJIE),
        ("dialect: plain", "dialect", Dialect.PLAIN),
        ("dialect: cernet", "dialect", Dialect.CERNET),
        *((f"shape: {shape.value}", "shape", shape) for shape in Shape),
        *((f"zero_check: {made_of.value}", "zero_check", made_of) for made_of in ZeroCheck),
        ("allow_clear_password: true", "allow_clear_password", True),
        ("allow_clear_password: off", "allow_clear_password", False),
        ("edition: auto", "edition", None),
        ("edition: 1", "edition", 1),
        ("edition: 2", "edition", 2),
        ("client_version: auto", "client_version", None),
        # To YAML 1.1 it is the number 1.3.
        ("client_version: 1.30", "client_version", "1.30"),
        ("client_version: 0.255", "client_version", "0.255"),
        ("client_version: 255.0", "client_version", "255.0"),
        ("client_version: 5.0.3", "client_version", "5.0.3"),
        ("client_version: 6.86", "client_version", "6.86"),
        ("client_name: RG-SU For Linux V1.0", "client_name", "RG-SU For Linux V1.0"),
        (f"client_name: {'锐' * 100}", "client_name", "锐" * 100),
        ("service: 教育网接入", "service", "教育网接入"),
        (f"service: {'网' * 16}", "service", "网" * 16),
        (f"disk_serial: {'x' * 64}", "disk_serial", "x" * 64),
        ("dns: 202.114.0.242", "dns", ("202.114.0.242",)),
        ("dns: [0.0.0.0, 255.255.255.255]", "dns", ("0.0.0.0", "255.255.255.255")),
        (f"dns: [{', '.join(['1.1.1.1'] * 8)}]", "dns", ("1.1.1.1",) * 8),
        ("properties:", "properties", ()),
        ("properties: {0x39: remove}", "properties", ((0x39, None),)),
        ("properties: {57: 'hex:'}", "properties", ((0x39, b""),)),
        ("properties: {0x76: 'text:'}", "properties", ((0x76, b""),)),
        (
            "properties:\n  0xff: hex:00ABcd\n  0x00: text:移动",
            "properties",
            ((0xFF, b"\x00\xab\xcd"), (0, "移动".encode("gbk"))),
        ),
        (f"properties: {{1: hex:{'00' * 247}}}", "properties", ((1, bytes(247)),)),
    ],
)
def test_a_setting_of_the_login_is_read(
    login_of: LoginOf, line: str, setting: str, value: object
) -> None:
    read = getattr(login_of(line), setting)

    assert (type(read), read) == (type(value), value)


@pytest.mark.parametrize(
    ("written", "password"),
    [
        ("hunter2", "hunter2"),
        ("007", "007"),
        ("1e3", "1e3"),
        ("off", "off"),
        ("'~'", "~"),
        ("a:b#c", "a:b#c"),
        ('"a # b: \\"c\\""', 'a # b: "c"'),
        ("密码 龘", "密码 龘"),
        ("p" * 240, "p" * 240),
    ],
)
def test_a_password_is_its_text(login_of: LoginOf, written: str, password: str) -> None:
    login = login_of(f"username: 20261234@campus\npassword: {written}", LOGIN)

    assert login.username == "20261234@campus"
    assert login.password.reveal() == password


def test_a_password_without_a_private_block_may_be_longer(login_of: LoginOf) -> None:
    login = login_of(f"username: 20261234\npassword: {'p' * 1024}\ndialect: plain", LOGIN)

    assert login.password.reveal() == "p" * 1024


@pytest.mark.parametrize(
    ("line", "mode", "method", "wait"),
    [
        ("", DhcpMode.AFTER, RenewMethod.AUTO, 30.0),
        ("dhcp: off", DhcpMode.OFF, RenewMethod.OFF, 30.0),
        ("dhcp: 'off'", DhcpMode.OFF, RenewMethod.OFF, 30.0),
        ("dhcp: before", DhcpMode.BEFORE, RenewMethod.AUTO, 30.0),
        ("dhcp: {mode: double, timeout: 7}", DhcpMode.DOUBLE, RenewMethod.AUTO, 7.0),
        ("dhcp: {renew: [udhcpc]}", DhcpMode.AFTER, RenewMethod.COMMAND, 30.0),
        ("dhcp: {renew: off}", DhcpMode.AFTER, RenewMethod.OFF, 30.0),
    ],
)
def test_the_address_is_had_as_told(
    session_of: Callable[[str], SessionConfiguration],
    line: str,
    mode: DhcpMode,
    method: RenewMethod,
    wait: float,
) -> None:
    session = session_of(line)

    assert (session.settings.dhcp, session.dhcp.method) == (mode, method)
    assert (session.settings.lease_wait, session.dhcp.timeout) == (wait, wait)
    assert session.settings.renew is (method is not RenewMethod.OFF)


def test_logging_off_and_the_group_are_settings_of_the_session(
    session_of: Callable[[str], SessionConfiguration],
) -> None:
    settings = session_of("logoff_on_exit: yes\ngroup: auto").settings

    assert settings.logoff_on_exit
    assert settings.group is GroupMode.AUTO


def test_the_limits_are_the_protocols() -> None:
    assert parsers.SERVICE_SIZE == client_profile.SERVICE_SIZE
    assert parsers.DISK_SERIAL_SIZE == client_profile.DISK_SERIAL_SIZE
    assert parsers.MAXIMUM_CONTENT_SIZE == properties.MAXIMUM_CONTENT_SIZE


def test_the_versions_that_are_warned_of_are_the_clients_whose_check_nobody_knows() -> None:
    assert tuple(client_profile.WINDOWS_PRESETS) == mode_checks.WINDOWS_VERSIONS
    assert parsers.LONGEST_HIDDEN_PASSWORD == password.LONGEST_HIDDEN_PASSWORD


A_USERNAME = "use the name of your campus account, without spaces"
A_PASSWORD = "use its password, or what ruijie-proxy password seal makes of it; in quotes"
A_VERSION = "use auto, or a version such as 1.31"
A_PROPERTY = "use remove, hex:00ff or text:… of at most 247 bytes"
A_SERVICE = (
    "by 802.1X it goes as at most 32 bytes in GBK: shorten it, or, for a web portal, "
    "set mode: portal"
)
DNS = "use an IPv4 address such as 202.114.0.242"
SERVERS = f"{DNS}, or a list of up to 8"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("username: my name", f"username: has a space in it; {A_USERNAME}"),
        ("username:", f"username: has no value; {A_USERNAME}"),
        ("username: 😀", f"username: has characters that GBK does not have; {A_USERNAME}"),
        ('username: "a\\nb"', f"username: has characters that cannot be printed; {A_USERNAME}"),
        (f"username: {'我' * 127}", f"username: is longer than 253 bytes in GBK; {A_USERNAME}"),
        ("password: ~", f"password: has no value; {A_PASSWORD}"),
        ("password: ''", f"password: is empty; {A_PASSWORD}"),
        ("password: [a]", f"password: is a list, not a single value; {A_PASSWORD}"),
        ("password: {a: b}", f"password: is a group of keys, not a single value; {A_PASSWORD}"),
        ('password: "\\ud800"', f"password: has characters that cannot be printed; {A_PASSWORD}"),
        (f"password: {'密' * 342}", f"password: is longer than 1024 bytes; {A_PASSWORD}"),
        (
            "password_file: pw",
            "password_file: is no absolute path; "
            "use an absolute path such as /etc/ruijie-proxy/dorm.password",
        ),
        (
            "dialect: ruijie-v4",
            'dialect: is not one of ruijie, ruijie-v2, plain, cernet; did you mean "ruijie-v2"?',
        ),
        ("edition: 3", "edition: is not one of 1, 2; use auto, 1 or 2"),
        ("shape: bar", 'shape: is not one of auto, block, bare, inside; did you mean "bare"?'),
        (
            "zero_check: ones",
            "zero_check: is not one of zeros, text; use zeros or text",
        ),
        (
            "check_case: title",
            "check_case: is not one of lower, upper; use lower or upper",
        ),
        (
            "allow_clear_password: hunter2",
            "allow_clear_password: is neither true nor false; use true or false",
        ),
        *(
            (
                f"client_version: {version}",
                "client_version: is not two or three numbers from 0 to 255 with dots between; "
                f"{A_VERSION}",
            )
            for version in ("1", "1.256", "1.0.1.0", "1.0.", "1..0", "1.05", "V1.0", "-1.0")
        ),
        (
            f"client_name: {'锐' * 100}x",
            "client_name: is longer than 200 bytes in GBK; "
            "use the client's name for itself, at most 200 bytes in GBK",
        ),
        ("service: €", f"service: has characters that GBK does not have; {A_SERVICE}"),
        (f"service: {'网' * 16}x", f"service: is longer than 32 bytes in GBK; {A_SERVICE}"),
        (
            "disk_serial: 盘",
            "disk_serial: is not plain ASCII; use a serial number, at most 64 bytes in ASCII",
        ),
        (
            f"disk_serial: {'x' * 65}",
            "disk_serial: is longer than 64 bytes; use a serial number, at most 64 bytes in ASCII",
        ),
        *(
            (f"dns: {address}", f"dns: is no IPv4 address; {SERVERS}")
            for address in ("1.1.1", "1.1.1.256", "1.1.1.01", "::1", "dns.example")
        ),
        (
            "portal: https://10.9.8.7/eportal/index.jsp",
            "portal: is not http:; "
            "leave it out, and log in there in a browser: by HTTPS the router sends no password",
        ),
        ("dns: [1.1.1.1, x]", f"dns[1]: is no IPv4 address; {DNS}"),
        (
            f"dns: [{', '.join(['1.1.1.1'] * 9)}]",
            f"dns: the list has more than 8 items; {SERVERS}",
        ),
        (
            "properties: [0x39]",
            "properties: is a list, not a group of keys; "
            "use property types from 0x00 to 0xFF below it, each with "
            "remove, hex:00ff or text:… of at most 247 bytes",
        ),
        (
            "properties:\n  0x39:remove",
            "properties: is a single value, not a group of keys; "
            'write "key: value", with a space after the colon',
        ),
        (
            "properties: {0x100: remove}",
            "properties: is too large; use property types from 0x00 to 0xFF",
        ),
        (
            "properties: {SERVICE: remove}",
            "properties: is not a whole number; use property types from 0x00 to 0xFF",
        ),
        (
            "properties: {0x39: remove, 57: remove}",
            "properties.0x39: is given twice; keep one of the two",
        ),
        (
            "properties: {0x39: internet}",
            f"properties.0x39: says neither remove nor hex: nor text:; {A_PROPERTY}",
        ),
        (
            "properties: {0x39: hex:123}",
            f"properties.0x39: has not two hexadecimal digits for each byte; {A_PROPERTY}",
        ),
        (
            f"properties: {{0x39: hex:{'00' * 248}}}",
            f"properties.0x39: is longer than 247 bytes; {A_PROPERTY}",
        ),
        (
            "properties: {0x39: text:😀}",
            f"properties.0x39: has characters that GBK does not have; {A_PROPERTY}",
        ),
        ("properties: {0x39:}", f"properties.0x39: has no value; {A_PROPERTY}"),
        (
            "logoff_on_exit: always",
            "logoff_on_exit: is neither true nor false; use true or false",
        ),
        (
            "dhcp: never",
            "dhcp: is not one of off, before, after, double; use off, before, after or double, "
            "or the keys mode, renew and timeout below it",
        ),
        (
            "dhcp: befor",
            'dhcp: is not one of off, before, after, double; did you mean "before"?',
        ),
        (
            "dhcp:\n  mode:before",
            "dhcp: is not one of off, before, after, double; "
            'write "key: value", with a space after the colon',
        ),
        (
            "dhcp: [off]",
            "dhcp: is a list, not a group of keys; "
            "use off, before, after or double, or the keys mode, renew and timeout below it",
        ),
    ],
)
def test_what_a_login_cannot_take_is_told_with_what_would_do(
    problems_of: Problems, line: str, problem: str
) -> None:
    key = line.partition(":")[0]
    others = [one for one in ("username: me", "password: pw") if not one.startswith(key + ":")]
    if key == "password_file":
        others.remove("password: pw")
    told = problems_of(_with("\n".join([*others, line]), LOGIN))

    assert [one.split(" ", 1)[1].removeprefix("sessions[0].") for one in told] == [problem]


@pytest.mark.parametrize(
    ("line", "paths"),
    [
        ("", ("/var/lib/ruijie-proxy", "/var/lib/ruijie-proxy", "/etc/ruijie-proxy/seal.key")),
        ("state_dir: /s", ("/s", "/s", "/etc/ruijie-proxy/seal.key")),
        ("state_dir: /s\nprofile_dir: /p\nkey_file: /k", ("/s", "/p", "/k")),
    ],
)
def test_the_paths_of_a_login_are_read(
    configuration_of: ConfigurationOf, line: str, paths: tuple[str, ...]
) -> None:
    read = configuration_of(START + line)

    assert (read.state_dir, read.profile_dir, read.key_file) == paths
