"""What a session's mode and dialect need, and what they have no use for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ruijie_proxy.config.shape.model import Configuration, Mode, SessionConfiguration

Problems = Callable[[str], list[str]]
Warnings = Callable[[str], list[str]]
ConfigurationOf = Callable[[str], Configuration]

ACCOUNT = "username: me, password: pw"
PORTAL = "portal: http://10.9.8.7/eportal/index.jsp, operator_username: o, operator_password: p"
ADD_USERNAME = "add username:, the name of your campus account"
ADD_PASSWORD = "add password:, or password_file: with a path"
NO_ACCOUNT = (
    "is for the router's own login, and no account is given; "
    "leave it out, or add username: and password:"
)
FOR_RELAYING = (
    "is for relaying a client's login, which mode: login never does; "
    "leave it out, or set mode: auto"
)


def _session(keys: str) -> str:
    return f"sessions: [{{wan: eth1, {keys}}}]"


def _without_places(problems: list[str]) -> list[str]:
    return [problem.split(" ", 1)[1].removeprefix("sessions[0].") for problem in problems]


@pytest.mark.parametrize(
    ("keys", "problems"),
    [
        (
            "mode: relay",
            ["lan: is missing; add the interface where the client PC is, such as br-lan"],
        ),
        (
            f"mode: auto, {ACCOUNT}",
            ["lan: is missing; add the interface where the client PC is, such as br-lan"],
        ),
        (
            "mode: login",
            [f"username: is missing; {ADD_USERNAME}", f"password: is missing; {ADD_PASSWORD}"],
        ),
        ("mode: login, username: me", [f"password: is missing; {ADD_PASSWORD}"]),
        ("mode: login, password: pw", [f"username: is missing; {ADD_USERNAME}"]),
        (
            "mode: auto, lan: br-lan",
            [
                f"username: is missing; {ADD_USERNAME}, or set mode: relay",
                f"password: is missing; {ADD_PASSWORD}, or set mode: relay",
            ],
        ),
        (
            "lan: br-lan, username: me",
            [f"password: is missing; {ADD_PASSWORD}, or leave username: and password: out"],
        ),
        (
            "lan: br-lan, password: pw",
            [f"username: is missing; {ADD_USERNAME}, or leave username: and password: out"],
        ),
        (
            f"mode: login, {ACCOUNT}, password_file: /none",
            ["password_file: is given beside password; keep one of the two"],
        ),
        (
            f"mode: login, {ACCOUNT}, dialect: ruijie-v2, edition: 1",
            [
                "client_exe: is missing; add client_exe:, the path of your own 8021x.exe",
            ],
        ),
    ],
)
def test_what_does_not_go_with_the_mode_or_the_dialect_is_told(
    problems_of: Problems, keys: str, problems: list[str]
) -> None:
    assert _without_places(problems_of(_session(keys))) == problems


@pytest.mark.parametrize(
    ("keys", "warnings"),
    [
        (
            f"mode: login, lan: br-lan, {ACCOUNT}",
            ["lan: has no use with mode: login; leave it out, or set mode: auto"],
        ),
        (
            "lan: br-lan, dialect: plain, edition: 1",
            [f"dialect: {NO_ACCOUNT}", f"edition: {NO_ACCOUNT}"],
        ),
        (
            f"mode: login, {ACCOUNT}, client: 02:00:00:00:cc:01, mac: clone, restore_mac: true",
            [f"{key}: {FOR_RELAYING}" for key in ("client", "mac", "restore_mac")],
        ),
        (
            f"mode: login, {ACCOUNT}, fields: keep, successes: 2, client_logoff: forward",
            [f"{key}: {FOR_RELAYING}" for key in ("fields", "successes", "client_logoff")],
        ),
        ("lan: br-lan, group: auto", ["group: auto is for the router's own login; use keep"]),
        (
            "lan: br-lan, dhcp: double",
            ["dhcp: double is for the router's own login; leave it out and add successes: 2"],
        ),
        (
            "lan: br-lan, dhcp: {timeout: 9, mode: double}",
            ["dhcp.mode: double is for the router's own login; leave it out and add successes: 2"],
        ),
        (
            f"mode: login, {ACCOUNT}, dhcp: {{mode: off, renew: auto}}",
            ["dhcp.renew: has no use with mode: off; leave it out, or change mode"],
        ),
        (
            f"mode: login, {ACCOUNT}, dialect: plain, edition: auto, service: s, dns: 1.1.1.1",
            [
                f"{key}: has no use with dialect: plain; leave it out, or set dialect: ruijie"
                for key in ("edition", "service", "dns")
            ],
        ),
        (
            f"mode: login, {ACCOUNT}, dialect: cernet, client_version: 1.0, client_name: c, "
            "disk_serial: d, properties: {1: remove}",
            [
                f"{key}: has no use with dialect: cernet; leave it out, or set dialect: ruijie"
                for key in ("client_version", "client_name", "disk_serial", "properties")
            ],
        ),
        (
            f"mode: login, {ACCOUNT}, client_exe: /none, check_case: upper",
            [
                f"{key}: has no use with dialect: ruijie; leave it out, or set dialect: ruijie-v2"
                for key in ("check_case", "client_exe")
            ],
        ),
        (
            f"mode: login, {ACCOUNT}, dialect: plain, shape: bare, zero_check: text, "
            "allow_clear_password: true",
            [
                f"{key}: has no use with dialect: plain; leave it out, or set dialect: ruijie"
                for key in ("shape", "zero_check")
            ],
        ),
        (
            f"mode: login, {ACCOUNT}, dialect: cernet, allow_clear_password: true",
            [
                "allow_clear_password: has no use with dialect: cernet; "
                "leave it out, or set dialect: ruijie"
            ],
        ),
        *(
            (
                f"mode: login, {ACCOUNT}, shape: {shape}, zero_check: text",
                [f"zero_check: has no use with shape: {shape}; leave it out, or set shape: block"],
            )
            for shape in ("bare", "inside")
        ),
        *(
            (
                f"mode: login, {ACCOUNT}, client_version: {version}",
                [
                    "client_version: is that of a Windows client whose check cannot be computed: "
                    "it passes only where the campus compares nothing; "
                    "use a Linux client's, such as 1.31, or mode: relay, if it is refused"
                ],
            )
            for version in ("5.0.3", "6.61", "6.86")
        ),
        (
            "lan: br-lan, heartbeat: {enabled: off, interval: 15, number: 1}",
            [
                f"heartbeat.{key}: has no use with enabled: off; leave it out, or change enabled"
                for key in ("interval", "number")
            ],
        ),
        ("lan: br-lan, shape: bare", [f"shape: {NO_ACCOUNT}"]),
        (
            "lan: br-lan, restore_mac: true",
            [
                "restore_mac: has nothing to restore: only mac: clone changes the WAN port's "
                "address; add mac: clone, or leave restore_mac out"
            ],
        ),
        (
            "lan: br-lan, health: {status: 200}",
            ["health.status: has no use without url:; add url:, or leave it out"],
        ),
    ],
)
def test_what_only_another_mode_or_dialect_has_a_use_for_may_stand_and_is_told(
    warnings_of: Warnings, keys: str, warnings: list[str]
) -> None:
    assert _without_places(warnings_of(_session(keys))) == warnings


def test_the_mode_can_be_changed_and_changed_back_with_one_word(
    configuration_of: ConfigurationOf,
) -> None:
    keys = f"lan: br-lan, {ACCOUNT}, client: 02:00:00:00:cc:01, mac: clone, restore_mac: true"
    relay, login, auto = (
        configuration_of(_session(f"{keys}, mode: {mode}")).sessions[0]
        for mode in ("relay", "login", "auto")
    )

    assert (relay.lan, relay.settings.mac) == (auto.lan, auto.settings.mac)
    assert relay.lan == "br-lan"
    # As if they were not there: what is not relayed is not relayed under another address, either.
    assert login == configuration_of(_session(f"mode: login, {ACCOUNT}")).sessions[0]


def test_a_key_without_a_use_must_fit_all_the_same(problems_of: Problems) -> None:
    (problem,) = _without_places(problems_of(_session(f"mode: login, {ACCOUNT}, successes: 9")))

    assert problem == "successes: is too large; use a whole number from 1 to 5"


def test_what_is_missing_is_told_at_its_session(problems_of: Problems) -> None:
    (problem, _) = problems_of("sessions:\n- {wan: eth1, lan: l}\n- {wan: eth2, mode: login}")

    assert problem.startswith("config.yaml:3:3: sessions[1].username: is missing; ")


@pytest.mark.parametrize(
    "keys",
    [
        "mode: logn",
        f"mode: login, {ACCOUNT}, dialect: plan, edition: 1",
        "mode: login, username: '', password: pw",
        "mode: login, username: me, password: ''",
        "mode: auto, lan: a/b, username: me, password: pw",
    ],
)
def test_a_value_already_told_is_not_judged_again(problems_of: Problems, keys: str) -> None:
    (problem,) = problems_of(_session(keys))

    assert "is missing" not in problem


@pytest.mark.parametrize(
    ("keys", "mode", "lan"),
    [
        ("lan: br-lan", Mode.RELAY, "br-lan"),
        (f"lan: br-lan, {ACCOUNT}, edition: 2, service: s", Mode.RELAY, "br-lan"),
        ("lan: br-lan, logoff_on_exit: true, dhcp: before", Mode.RELAY, "br-lan"),
        (f"mode: login, {ACCOUNT}, group: keep, login_timeout: 30", Mode.LOGIN, None),
        (f"mode: login, {ACCOUNT}, group: auto, dhcp: double", Mode.LOGIN, None),
        (f"mode: auto, lan: br-lan, {ACCOUNT}, mac: clone, successes: 2", Mode.AUTO, "br-lan"),
        (f"mode: login, {ACCOUNT}, dialect: plain, logoff_on_exit: true", Mode.LOGIN, None),
        (f"mode: auto, lan: br-lan, {ACCOUNT}, {PORTAL}, edition: 2", Mode.AUTO, "br-lan"),
        (f"mode: portal, {ACCOUNT}, {PORTAL}", Mode.PORTAL, None),
    ],
)
def test_what_goes_together_is_taken(
    configuration_of: ConfigurationOf, keys: str, mode: Mode, lan: str | None
) -> None:
    session: SessionConfiguration
    (session,) = configuration_of(_session(keys)).sessions

    assert (session.mode, session.lan) == (mode, lan)


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        (
            f"mode: auto, lan: br-lan, {ACCOUNT}, operator_username: o",
            "operator_password: is missing; add operator_password:, or leave both out",
        ),
        ("mode: auto, lan: br-lan, username: u", "or password_file: with a path, or set mode: rel"),
    ],
)
def test_what_a_portal_wants_goes_with_the_modes_that_may_log_in_there(
    problems_of: Problems, keys: str, told: str
) -> None:
    (problem,) = problems_of(_session(keys))

    assert told in problem.replace("“", "").replace("”", "")


def test_what_was_learned_of_a_switch_outlasts_an_upgrade(
    configuration_of: ConfigurationOf,
) -> None:
    """A session of mode auto that says nothing of portals is the same as before there were any."""
    (session,) = configuration_of(_session(f"mode: auto, lan: br-lan, {ACCOUNT}")).sessions

    assert session.settings.login is not None
    assert session.settings.login.portal is None


def test_sessions_that_log_in_by_themselves_share_no_lan(
    configuration_of: ConfigurationOf,
) -> None:
    sessions = [f"{{wan: eth{number}, mode: login, {ACCOUNT}}}" for number in (1, 2)]

    assert len(configuration_of(f"sessions: [{', '.join(sessions)}]").sessions) == 2


LONG = "校园网（学生宿舍）中国移动 100M 包月"
NOT_IN_GBK = "€ premium"


@pytest.mark.parametrize("service", [LONG, NOT_IN_GBK, "网" * 255])
def test_a_portals_service_may_have_a_longer_name_than_802_1x_has_room_for(
    service: str, configuration_of: ConfigurationOf
) -> None:
    keys = f"mode: portal, {ACCOUNT}, service: {service}"
    (session,) = configuration_of(_session(keys)).sessions
    assert session.settings.login is not None
    assert session.settings.login.service == service


@pytest.mark.parametrize(
    ("mode", "told"),
    [
        ("mode: login", "by 802.1X it goes as at most 32 bytes in GBK: shorten it, or, for a web"),
        ("mode: auto, lan: br-lan", "it goes both ways, and by 802.1X as at most 32 bytes in GBK"),
        ("lan: br-lan", "by 802.1X it goes as at most 32 bytes in GBK: shorten it, or, for a web"),
    ],
)
def test_elsewhere_it_is_explained_why_it_may_not(
    mode: str, told: str, problems_of: Problems
) -> None:
    (problem,) = problems_of(_session(f"{mode}, {ACCOUNT}, service: {LONG}"))
    assert f"sessions[0].service: is longer than 32 bytes in GBK; {told}" in problem
    assert "set mode: portal" in problem


def test_no_portal_has_a_service_of_such_a_name(problems_of: Problems) -> None:
    (problem,) = problems_of(_session(f"mode: portal, {ACCOUNT}, service: {'网' * 256}"))
    assert "service: is longer than 255 characters" in problem
