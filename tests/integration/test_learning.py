"""What the router learns from a relayed login: whether it could have logged in by itself."""

from __future__ import annotations

from typing import Any

import pytest

from ruijie_proxy.config.shape.model import Mode
from ruijie_proxy.engine import events
from ruijie_proxy.engine import settings as engine
from ruijie_proxy.engine.states import State
from ruijie_proxy.lab.options import Challenges, ClientOptions, SwitchOptions
from ruijie_proxy.protocol.edition import Edition
from ruijie_proxy.protocol.properties import PropertyType
from ruijie_proxy.secret import Secret
from tests.integration.own_campus import DAY, HOUR, MINUTE, Routed, account, own

UNKNOWN_PROPERTY = ((0x7D, "0badcafe"),)


def relayed(routed: Routed, switch: SwitchOptions, client: ClientOptions, **more: Any) -> Any:
    """Make a campus whose router relays, and let the client log in."""
    campus = own(routed, switch, client=client, mode=more.pop("mode", Mode.RELAY), **more)
    campus.session.begin(campus.now)
    campus.login()
    assert campus.state() is State.ONLINE
    return campus


@pytest.mark.parametrize("edition", Edition)
@pytest.mark.parametrize("challenges", Challenges)
def test_a_client_that_could_be_computed_is_learned_whole(
    routed: Routed, edition: Edition, challenges: Challenges
) -> None:
    campus = relayed(
        routed,
        SwitchOptions(edition=edition, challenges=challenges),
        ClientOptions(
            edition=edition,
            service="教育网接入",
            disk_serial="WD-WCC4E1234567",
            extra_properties=UNKNOWN_PROPERTY,
        ),
    )

    assert campus.of(events.EditionSeen) == [events.EditionSeen(edition)]
    assert len(campus.of(events.ProfileLearned)) == 1
    profile = campus.profile
    assert profile.edition == edition
    assert profile.content(0x7D) == bytes.fromhex("0badcafe")
    assert profile.content(PropertyType.DISK_SERIAL).rstrip(b"\0") == b"WD-WCC4E1234567"
    assert profile.content(PropertyType.MAC_ADDRESS) == b"", "that is the router's own to tell"
    assert profile.content(PropertyType.PASSWORD) == b""


@pytest.mark.parametrize("edition", Edition)
def test_without_a_password_the_zero_check_still_tells_the_edition(
    routed: Routed, edition: Edition
) -> None:
    campus = routed(SwitchOptions(edition=edition), ClientOptions(edition=edition))
    campus.login()

    assert campus.of(events.EditionSeen) == [events.EditionSeen(edition)]
    assert campus.profile is None
    assert not campus.of(events.ProfileDiffers)


@pytest.mark.parametrize("edition", Edition)
def test_a_client_that_begins_with_the_check_of_the_text_teaches_that_too(
    routed: Routed, edition: Edition
) -> None:
    switch = SwitchOptions(edition=edition, text_check=True)
    teacher = relayed(routed, switch, ClientOptions(edition=edition, text_check=True))
    assert teacher.of(events.EditionSeen) == [events.EditionSeen(edition)]

    campus = own(routed, switch)
    campus.profile = teacher.profile
    campus.restart_router()
    campus.run(HOUR)

    assert campus.state() is State.ONLINE
    assert campus.switch.complaints == []


def test_a_windows_clients_check_is_named_as_what_differs(routed: Routed) -> None:
    campus = relayed(routed, SwitchOptions(check_v4=False), ClientOptions(foreign_check=True))

    (differs,) = campus.of(events.ProfileDiffers)
    assert any("V4 check" in str(part) for part in differs.parts)
    assert campus.profile is None


def test_a_wrong_password_in_the_configuration_is_found_out(routed: Routed) -> None:
    campus = relayed(
        routed,
        SwitchOptions(),
        ClientOptions(),
        login=account(password=Secret("not the one")),
    )

    (differs,) = campus.of(events.ProfileDiffers)
    assert [str(part) for part in differs.parts] == [
        "the MD5 value",
        "the password property of the MD5 response",
    ]


def test_another_users_login_teaches_nothing(routed: Routed) -> None:
    campus = relayed(
        routed,
        SwitchOptions(users={"neighbour": "else"}),
        ClientOptions(username="neighbour", password="else"),
    )

    assert campus.profile is None
    assert not campus.of(events.ProfileDiffers)


def test_a_client_without_a_private_block_teaches_nothing(routed: Routed) -> None:
    campus = relayed(
        routed,
        SwitchOptions(require_private_block=False),
        ClientOptions(private_block=False),
    )

    assert campus.profile is None
    assert not campus.of(events.ProfileDiffers)


def test_a_refused_login_teaches_nothing(routed: Routed) -> None:
    campus = own(
        routed,
        SwitchOptions(refusals=("账号被封",)),
        mode=Mode.RELAY,
    )
    campus.login()

    assert campus.profile is None
    assert not campus.of(events.EditionSeen)


def test_what_was_learned_is_what_the_router_logs_in_with(routed: Routed) -> None:
    client = ClientOptions(
        edition=Edition.SECOND,
        client_version="1.30",
        service="教育网接入",
        extra_properties=UNKNOWN_PROPERTY,
    )
    teacher = relayed(routed, SwitchOptions(edition=Edition.SECOND), client)
    campus = own(routed, SwitchOptions(edition=Edition.SECOND))
    campus.profile = teacher.profile
    campus.restart_router()
    campus.run(HOUR)

    assert campus.state() is State.ONLINE
    assert campus.switch.complaints == []
    assert campus.switch.starts == 1
    (begun,) = campus.of(events.OwnLoginBegun)
    assert begun.client == teacher.profile.name
    start = campus.to_switch[0]
    assert bytes.fromhex("000013117d060badcafe") in start
    assert "教育网接入".encode("gbk") in start


# The mode auto.


def test_auto_logs_in_by_itself_where_nothing_speaks_against_it(routed: Routed) -> None:
    campus = own(routed, mode=Mode.AUTO)
    campus.begin()
    campus.run(DAY / 4)

    assert campus.switch.complaints == []
    assert campus.state() is State.ONLINE
    assert campus.switch.starts == 1


def test_a_rejected_client_turns_into_waiting_for_a_genuine_one(routed: Routed) -> None:
    campus = own(
        routed,
        SwitchOptions(check_v4=False, refusals=("使用了非管理员指定的客户端",) * 3),
        client=ClientOptions(foreign_check=True),
        mode=Mode.AUTO,
    )
    campus.begin(5 * MINUTE)
    assert campus.state() is State.WAITING
    assert len(campus.of(events.LeftToClient)) == 1
    assert len(campus.switch.tries) == 3

    campus.restart_router()
    campus.run(DAY)
    assert campus.state() is State.WAITING, "it is remembered"
    assert len(campus.switch.tries) == 3

    campus.login()
    campus.take_pc_away()
    campus.run(HOUR)
    assert campus.state() is State.ONLINE
    assert campus.switch.session is not None


def test_a_login_that_teaches_brings_auto_back(routed: Routed) -> None:
    campus = own(
        routed,
        SwitchOptions(edition=Edition.SECOND, refusals=("客户端类型不允许",) * 3),
        client=ClientOptions(edition=Edition.SECOND, client_version="1.30"),
        mode=Mode.AUTO,
    )
    campus.begin(5 * MINUTE)
    assert campus.state() is State.WAITING
    campus.login()
    assert campus.of(events.ProfileLearned)
    campus.take_pc_away()
    campus.run(HOUR)

    campus.switch.kick(campus.now)
    campus.run(HOUR)
    assert campus.state() is State.ONLINE
    assert campus.switch.logins == 2
    assert campus.of(events.OwnLoginBegun)[-1].client == campus.profile.name
    assert campus.session.status.client is None, "no client has logged in this time"


def test_a_client_that_cannot_be_computed_leaves_the_logins_to_it(routed: Routed) -> None:
    campus = own(
        routed,
        SwitchOptions(check_v4=False),
        client=ClientOptions(foreign_check=True, start_repeats=9, start_interval=5.0),
        mode=Mode.AUTO,
    )
    campus.begin()
    assert campus.state() is State.ONLINE, "by itself, at first"
    campus.login(30.0)
    assert campus.of(events.ProfileDiffers)
    assert campus.session.status.client is not None

    campus.switch.kick(campus.now)
    campus.take_pc_away()
    campus.run(DAY)
    assert campus.state() is State.WAITING
    assert campus.switch.logins == 2


def test_a_reauthentication_is_answered_by_the_router_once_it_has_learned(
    routed: Routed,
) -> None:
    campus = own(
        routed,
        SwitchOptions(reauthentication_interval=3600.0, refusals=("客户端类型不允许",) * 3),
        mode=Mode.AUTO,
    )
    campus.begin(5 * MINUTE)
    campus.login()
    campus.take_pc_away()
    campus.run(DAY)

    assert campus.switch.session is not None
    assert campus.switch.logins > 20
    assert not campus.of(events.ClientNeeded)
    assert len(campus.of(events.LoginStarted)) == 1


def test_a_client_gives_the_router_no_trouble_while_that_is_online(routed: Routed) -> None:
    campus = own(routed, mode=Mode.AUTO, client=ClientOptions(start_repeats=0))
    campus.begin()
    campus.login()

    assert campus.of(events.StartIgnored)
    assert campus.state() is State.ONLINE
    assert campus.switch.logins == 1


def test_a_client_in_a_back_off_is_served_at_once(routed: Routed) -> None:
    campus = own(routed, SwitchOptions(refusals=("已达到同时在线用户数量上限",)), mode=Mode.AUTO)
    campus.begin(MINUTE)
    assert campus.state() is State.BACKOFF
    campus.login()

    assert campus.state() is State.ONLINE
    assert campus.session.status.client is not None


def test_a_clients_refusal_holds_for_the_router_too(routed: Routed) -> None:
    campus = own(
        routed,
        SwitchOptions(refusals=("已达到同时在线用户数量上限", "账号被封")),
        mode=Mode.AUTO,
    )
    campus.begin(MINUTE)
    campus.login()
    campus.run(2 * HOUR)

    assert len(campus.switch.tries) == 2, "one of the router's, one of the client's"
    campus.run(HOUR)
    assert campus.state() is State.ONLINE


def test_a_killed_auto_session_goes_on_as_what_it_was(routed: Routed) -> None:
    campus = own(routed, mode=Mode.AUTO)
    campus.begin()
    campus.restart_router()
    campus.run(HOUR)
    assert campus.switch.logins == 1
    assert campus.session.held.own

    relayed_campus = own(
        routed, SwitchOptions(refusals=("已达到同时在线用户数量上限",)), mode=Mode.AUTO
    )
    relayed_campus.begin(MINUTE)
    relayed_campus.login()
    relayed_campus.take_pc_away()
    relayed_campus.restart_router()
    relayed_campus.run(HOUR)
    assert relayed_campus.switch.logins == 1
    assert not relayed_campus.session.held.own


@pytest.mark.parametrize("seconds", [1.0, 200.0])
def test_a_link_that_flaps_finds_either_part(routed: Routed, seconds: float) -> None:
    campus = own(routed, mode=Mode.AUTO)
    campus.begin()
    campus.link(up=False)
    assert campus.state() is State.LINK_DOWN
    campus.run_without_router(seconds)
    campus.link(up=True)
    campus.run(MINUTE)
    assert campus.state() is State.ONLINE

    campus.log_off()
    assert campus.state() is State.WAITING
    campus.link(up=False)
    assert campus.state() is State.LINK_DOWN
    campus.link(up=True)
    assert campus.state() is State.WAITING


def test_logging_off_leaves_the_port_to_whoever_logs_in_next(routed: Routed) -> None:
    campus = own(routed, mode=Mode.AUTO)
    campus.begin()
    assert campus.log_off()
    campus.run(DAY)
    assert campus.switch.session is None

    campus.login()
    assert campus.state() is State.ONLINE


def test_the_plain_dialect_has_no_client_to_learn_from(routed: Routed) -> None:
    campus = relayed(
        routed,
        SwitchOptions(require_private_block=False),
        ClientOptions(private_block=False),
        login=account(dialect=engine.Dialect.PLAIN),
    )

    assert campus.profile is None
