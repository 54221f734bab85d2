"""What is known of campuses, and what a session makes of it."""

from __future__ import annotations

from typing import Any

import pytest

from ruijie_proxy.config.campus_defaults import read_settings
from ruijie_proxy.config.reader import Reading, parse_configuration
from ruijie_proxy.config.shape.campuses import CAMPUSES, Campus, campus_of
from ruijie_proxy.config.shape.model import Configuration
from ruijie_proxy.config.shape.problems import ConfigurationProblems
from ruijie_proxy.engine.settings import DhcpMode, Dialect, GroupMode, Shape, ZeroCheck

OWN = 'wan: eth1, mode: login, username: "20261234", password: plum-tree'


def reading(session: str) -> Reading:
    return parse_configuration(f"sessions: [{{{session}}}]".encode(), "config.yaml")


def session_of(session: str) -> Any:
    return Configuration.from_plain(reading(session).plain).sessions[0]


@pytest.mark.parametrize("campus", CAMPUSES, ids=lambda campus: campus.name)
def test_what_a_campus_wants_is_what_a_configuration_can_say(campus: Campus) -> None:
    assert read_settings(campus.settings)
    if campus.settings.get("dialect") == "ruijie-v2":
        return  # it needs the user's own 8021x.exe, and says so: below
    assert session_of(f"{OWN}, campus: {campus.name}").settings.login


def test_names_are_in_order_and_each_its_own() -> None:
    names = [campus.name for campus in CAMPUSES]
    assert names == sorted(set(names))


def test_a_session_gets_what_its_campus_wants() -> None:
    session = session_of(f"{OWN}, campus: gzhu")
    login = session.settings.login
    assert (login.client_version, login.edition, login.zero_check) == ("1.31", 2, ZeroCheck.TEXT)
    assert login.properties == ((0x35, b"\0"),)
    assert session.settings.group is GroupMode.RUIJIE
    assert session.settings.dhcp is DhcpMode.DOUBLE
    assert session.settings.heartbeats is False


def test_every_key_of_the_users_own_goes_before_it() -> None:
    session = session_of(
        f"{OWN}, campus: gzhu, edition: 1, group: standard, dhcp: {{mode: after, timeout: 9}}, "
        'heartbeat: on, properties: {0x35: "hex:03", 0x55: remove}'
    )
    login = session.settings.login
    assert (login.client_version, login.edition) == ("1.31", 1)
    assert session.settings.group is GroupMode.STANDARD
    assert (session.settings.dhcp, session.settings.lease_wait) == (DhcpMode.AFTER, 9)
    assert session.settings.heartbeats is True
    assert login.properties == ((0x35, b"\x03"), (0x55, None))


def test_part_of_a_group_of_the_users_own_leaves_the_rest_to_the_campus() -> None:
    session = session_of(f"{OWN}, campus: gdufs, dhcp: {{timeout: 9}}")
    assert (session.settings.dhcp, session.settings.lease_wait) == (DhcpMode.DOUBLE, 9)


def test_heartbeats_of_the_users_own_go_before_a_campus_that_wants_none() -> None:
    read = reading(f"{OWN}, campus: gzhu, heartbeat: {{interval: 25}}")
    assert read.warnings == ()
    settings = Configuration.from_plain(read.plain).sessions[0].settings
    assert (settings.heartbeats, settings.heartbeat_interval) == (True, 25)


def test_no_heartbeats_of_the_users_own_go_before_a_campus_that_says_how_often() -> None:
    read = reading(f"{OWN}, campus: zzu, heartbeat: off")
    assert read.warnings == ()
    assert Configuration.from_plain(read.plain).sessions[0].settings.heartbeats is False


def test_a_relay_whose_user_says_when_dhcp_is_waits_for_no_second_success() -> None:
    relay = "wan: eth1, lan: br-lan, campus: gdufs"
    assert session_of(relay).settings.successes == 2
    assert session_of(f"{relay}, dhcp: {{timeout: 9}}").settings.successes == 2
    assert session_of(f"{relay}, dhcp: {{mode: after}}").settings.successes == 1


def test_another_dialect_of_the_users_own_leaves_out_what_is_of_the_first() -> None:
    read = reading(f"{OWN}, campus: gzhu, dialect: plain")
    assert read.warnings == ()
    login = Configuration.from_plain(read.plain).sessions[0].settings.login
    assert login is not None
    assert (login.dialect, login.edition) == (Dialect.PLAIN, None)


def test_a_relay_without_an_account_gets_what_is_of_use_to_it() -> None:
    read = reading("wan: eth1, lan: br-lan, campus: gzhu")
    assert read.warnings == ()
    settings = Configuration.from_plain(read.plain).sessions[0].settings
    assert settings.login is None
    assert settings.group is GroupMode.RUIJIE
    assert settings.successes == 2, "dhcp: double, as a relay has it"
    assert settings.heartbeats is False


def test_a_shape_of_the_users_own_takes_the_zero_check_with_it() -> None:
    read = reading(f"{OWN}, campus: gzhu, shape: bare")
    assert read.warnings == ()
    login = Configuration.from_plain(read.plain).sessions[0].settings.login
    assert login is not None
    assert (login.shape, login.zero_check) == (Shape.BARE, None)


def test_what_a_campus_needs_of_the_user_is_asked_for() -> None:
    with pytest.raises(ConfigurationProblems, match="client_exe: is missing"):
        reading(f"{OWN}, campus: hust")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("gzhou", "is no campus that is known here; did you mean gzhu?"),
        ("atlantis", "is no campus that is known here; use a campus of"),
        ("[gzhu]", "is a list, not a single value"),
    ],
)
def test_a_campus_that_nobody_knows_is_told_with_the_nearest(name: str, told: str) -> None:
    with pytest.raises(ConfigurationProblems) as raised:
        reading(f"{OWN}, campus: {name}")
    assert told in str(raised.value)


def test_a_name_may_be_in_capitals() -> None:
    assert session_of(f"{OWN}, campus: GDUFS").settings.dhcp is DhcpMode.DOUBLE
    assert campus_of("atlantis") is None
