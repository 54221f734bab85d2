"""The router's own login against a switch that checks everything, in each dialect and shape."""

from __future__ import annotations

from typing import Any

import pytest

from ruijie_proxy.config.shape.model import Mode
from ruijie_proxy.engine import events
from ruijie_proxy.engine import settings as engine
from ruijie_proxy.engine.heartbeats import Source
from ruijie_proxy.engine.reasons import ClearPassword
from ruijie_proxy.engine.refusals import RefusalKind
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.engine.settings import DhcpMode, GroupMode, SessionSettings, V2Client
from ruijie_proxy.engine.states import State
from ruijie_proxy.lab.loss import Loss
from ruijie_proxy.lab.options import (
    Challenges,
    ClientOptions,
    Destination,
    Dialect,
    Group,
    Heartbeats,
    Padding,
    Shape,
    SuccessShape,
    SwitchOptions,
    switch_of_another_vendor,
)
from ruijie_proxy.lab.switch.checks import WRONG_CLIENT, WRONG_PASSWORD
from ruijie_proxy.protocol.eap import EapType
from ruijie_proxy.protocol.edition import Edition
from ruijie_proxy.secret import Secret
from ruijie_proxy.values import replace
from tests.integration.own_campus import (
    DAY,
    HOUR,
    LEASED,
    MINUTE,
    QUARANTINED,
    WAN,
    Routed,
    account,
    assert_within_limits,
    own,
)

GRANTING = [
    shape for shape in SuccessShape if shape not in (SuccessShape.BARE, SuccessShape.UNREADABLE)
]


# Dialects and shapes.


@pytest.mark.parametrize("shape", GRANTING)
def test_a_day_alone_leaves_the_switch_content(routed: Routed, shape: SuccessShape) -> None:
    campus = own(routed, SwitchOptions(success=shape, closest_heartbeats=15.0))
    campus.begin()
    campus.run(DAY)

    assert campus.switch.complaints == []
    assert campus.switch.starts == 1
    assert campus.session.status.heartbeat.source is Source.SERVER


@pytest.mark.parametrize("padding", Padding)
@pytest.mark.parametrize("destination", Destination)
@pytest.mark.parametrize("challenges", Challenges)
@pytest.mark.parametrize("full_eap_length", [True, False])
def test_a_switch_may_ask_in_every_way_that_is_known(
    routed: Routed,
    padding: Padding,
    destination: Destination,
    challenges: Challenges,
    full_eap_length: bool,
) -> None:
    campus = own(
        routed,
        SwitchOptions(
            padding=padding,
            login_destination=destination,
            online_destination=destination,
            challenges=challenges,
            full_eap_length=full_eap_length,
            services=("移动宽带接入", "教育网接入"),
            probe_interval=30.0,
        ),
    )
    campus.begin()
    campus.run(HOUR)

    assert campus.switch.complaints == []
    assert campus.state() is State.ONLINE
    assert campus.session.status.services == ("移动宽带接入", "教育网接入")


@pytest.mark.parametrize("shape", [SuccessShape.BARE, SuccessShape.UNREADABLE])
@pytest.mark.parametrize("every", [5.0, 30.0])
def test_without_a_readable_grant_probes_keep_the_session(
    routed: Routed, shape: SuccessShape, every: float
) -> None:
    campus = own(
        routed,
        SwitchOptions(success=shape, heartbeats=Heartbeats.FORBIDDEN, probe_interval=every),
    )
    campus.begin()
    campus.run(DAY / 8)

    assert campus.switch.complaints == []
    assert campus.switch.session is not None
    assert campus.session.status.heartbeat.source is Source.PROBE
    assert campus.of(events.OnlyProbes) == [events.OnlyProbes(client_may_teach=False)]


def test_the_v2_check_is_made_of_the_users_own_client(routed: Routed) -> None:
    options = SwitchOptions(dialect=Dialect.RUIJIE_V2, code_version=(3, 0x32))
    section = bytes.fromhex(options.code_section)
    login = account(dialect=engine.Dialect.RUIJIE_V2, v2_client=V2Client(section, (3, 0x32)))
    campus = own(routed, options, login=login)
    campus.begin()
    campus.run(HOUR)

    assert campus.switch.complaints == []
    assert campus.state() is State.ONLINE


@pytest.mark.parametrize("case", engine.CheckCase)
def test_a_campus_may_want_a_later_version_and_upper_case(
    routed: Routed, case: engine.CheckCase
) -> None:
    options = SwitchOptions(dialect=Dialect.RUIJIE_V2, code_version=(6, 0x3D), upper_case=True)
    login = account(
        dialect=engine.Dialect.RUIJIE_V2,
        v2_client=V2Client(bytes.fromhex(options.code_section), (3, 0x32)),
        client_version="6.61",
        check_case=case,
    )
    campus = own(routed, options, login=login)
    campus.begin()

    wants_upper = case is engine.CheckCase.UPPER
    assert (campus.switch.complaints == []) is wants_upper
    assert (campus.state() is State.ONLINE) is wants_upper


def test_another_programs_code_fails_the_v2_check(routed: Routed) -> None:
    login = account(
        dialect=engine.Dialect.RUIJIE_V2, v2_client=V2Client(bytes(range(256)) * 8, (3, 0x32))
    )
    campus = own(routed, SwitchOptions(dialect=Dialect.RUIJIE_V2), login=login)
    campus.begin()

    assert campus.state() is not State.ONLINE
    assert campus.of(events.LoginRefused) == [events.LoginRefused(WRONG_CLIENT, own=True)]


@pytest.mark.parametrize("method", [None, 25])
@pytest.mark.parametrize("notification", [None, "系统将于今晚维护"])
def test_the_plain_dialect_is_rfc_3748_and_nothing_more(
    routed: Routed, method: int | None, notification: str | None
) -> None:
    campus = own(
        routed,
        SwitchOptions(
            dialect=Dialect.PLAIN,
            offers_first=method,
            notification=notification,
            reauthentication_interval=600.0,
        ),
        login=account(dialect=engine.Dialect.PLAIN),
    )
    campus.begin()
    campus.run(HOUR)

    assert campus.switch.complaints == []
    assert campus.state() is State.ONLINE
    told = [event.message for event in campus.of(events.ServerSaid)]
    assert set(told) == ({notification} if notification else set())


@pytest.mark.parametrize("dialect", [Dialect.PLAIN, Dialect.RUIJIE])
@pytest.mark.parametrize("allowed", [True, False])
def test_a_switch_that_wants_the_password_in_clear_is_told_it_or_proposed_md5(
    routed: Routed, dialect: Dialect, allowed: bool
) -> None:
    login = account(dialect=engine.Dialect(dialect.value), allow_clear_password=allowed)
    options = SwitchOptions(dialect=dialect, offers_first=EapType.CLEAR_PASSWORD)
    campus = own(routed, options, login=login)
    campus.begin()

    assert campus.switch.complaints == []
    assert campus.state() is State.ONLINE
    said = ClearPassword.SENT if allowed else ClearPassword.NOT_ALLOWED
    assert campus.of(events.ClearPasswordWanted) == [events.ClearPasswordWanted(said)]


def test_a_wrong_password_in_clear_is_refused(routed: Routed) -> None:
    options = SwitchOptions(offers_first=EapType.CLEAR_PASSWORD)
    login = replace(account(allow_clear_password=True), password=Secret("another"))
    campus = own(routed, options, login=login)
    campus.begin()

    assert campus.switch.complaints == ["the password in clear is wrong"]
    assert campus.of(events.LoginRefused) == [events.LoginRefused(WRONG_PASSWORD, own=True)]


def test_cernet_is_kept_by_answering_its_echoes(routed: Routed) -> None:
    campus = own(
        routed,
        SwitchOptions(dialect=Dialect.CERNET, expected_address="10.20.30.101"),
        login=account(dialect=engine.Dialect.CERNET),
    )
    campus.begin()
    campus.run(DAY / 4)

    assert campus.switch.complaints == []
    assert campus.switch.session is not None
    assert campus.session.status.heartbeat.source is Source.PROBE
    assert campus.log_off()
    assert campus.switch.session is None
    assert campus.switch.complaints == []


# Groups and editions.


@pytest.mark.parametrize("accepted", [Group.STANDARD, Group.RUIJIE])
def test_the_group_that_is_answered_is_found_and_remembered(
    routed: Routed, accepted: Group
) -> None:
    campus = own(routed, SwitchOptions(accepted_starts=accepted))
    campus.begin(10.0)
    assert campus.state() is State.ONLINE
    assert campus.memory.group == accepted.value

    campus.switch.kick(campus.now)
    before = campus.switch.starts
    campus.run(120.0)
    assert campus.state() is State.ONLINE
    assert campus.switch.starts == before + 1, "the right group at once"


@pytest.mark.parametrize("mode", [GroupMode.STANDARD, GroupMode.RUIJIE])
def test_a_group_that_is_set_is_the_only_one(routed: Routed, mode: GroupMode) -> None:
    other = Group.RUIJIE if mode is GroupMode.STANDARD else Group.STANDARD
    campus = own(routed, SwitchOptions(accepted_starts=other), group=mode)
    campus.begin(300.0)

    assert campus.state() is not State.ONLINE
    assert campus.of(events.NobodyAnswers)
    assert not campus.of(events.LoginTimedOut), "it goes on calling"


@pytest.mark.parametrize("accepted", [Group.STANDARD, Group.RUIJIE, Group.BOTH])
@pytest.mark.parametrize("deaf_for", [0.5, 2.9, 6.0, 9.0, 15.0, 22.0, 29.0])
def test_a_switch_that_wakes_up_lets_the_router_in_within_6_seconds(
    routed: Routed, deaf_for: float, accepted: Group
) -> None:
    campus = own(routed, SwitchOptions(accepted_starts=accepted))
    receive, wakes_up = campus.switch.receive, campus.now + deaf_for
    campus.switch.receive = lambda frame, now: receive(frame, now) if now >= wakes_up else None
    campus.begin(deaf_for)
    assert campus.session.status.asked is not None
    campus.run(6.0)

    assert campus.state() is State.ONLINE
    assert len(campus.switch.tries) == 1, "it is left alone once it has answered"
    assert (campus.memory.tries, len(campus.memory.logins)) == ((), 1)
    assert campus.session.status.asked is None


@pytest.mark.parametrize("accepted", [Group.STANDARD, Group.RUIJIE])
@pytest.mark.parametrize("deaf_for", [MINUTE, 10 * MINUTE, DAY])
def test_one_that_wakes_up_late_lets_it_in_within_the_longest_pause(
    routed: Routed, deaf_for: float, accepted: Group
) -> None:
    campus = own(routed, SwitchOptions(accepted_starts=accepted))
    receive, wakes_up = campus.switch.receive, campus.now + deaf_for
    campus.switch.receive = lambda frame, now: receive(frame, now) if now >= wakes_up else None
    campus.begin(deaf_for)
    campus.run(31.0)

    assert campus.state() is State.ONLINE
    assert (campus.memory.tries, len(campus.memory.logins)) == ((), 1)


@pytest.mark.parametrize("edition", Edition)
def test_the_wrong_edition_costs_one_try_and_is_remembered(
    routed: Routed, edition: Edition
) -> None:
    campus = own(routed, SwitchOptions(edition=edition))
    campus.begin(60.0)

    assert campus.state() is State.ONLINE
    refused = 0 if edition is Edition.FIRST else 1
    assert len(campus.of(events.LoginRefused)) == refused
    campus.switch.kick(campus.now)
    campus.run(300.0)
    assert campus.state() is State.ONLINE
    assert len(campus.of(events.LoginRefused)) == refused


def test_two_wrong_editions_are_the_end_of_trying_in_a_shape_that_is_set(routed: Routed) -> None:
    options = SwitchOptions(refuse_always=WRONG_CLIENT)
    campus = own(routed, options, login=account(shape=engine.Shape.BLOCK))
    campus.begin(DAY)

    assert len(campus.switch.tries) == 2
    assert campus.state() is State.GIVEN_UP
    assert campus.session.status.last_failure.text == WRONG_CLIENT


@pytest.mark.parametrize("edition", [1, 2])
def test_an_edition_that_is_set_is_the_only_one(routed: Routed, edition: int) -> None:
    wanted = Edition.SECOND if edition == 1 else Edition.FIRST
    login = account(edition=edition, shape=engine.Shape.BLOCK)
    campus = own(routed, SwitchOptions(edition=wanted), login=login)
    campus.begin(DAY)

    assert len(campus.switch.tries) == 1
    assert campus.state() is State.GIVEN_UP


@pytest.mark.parametrize(("version", "edition"), [("1.0", 1), ("1.30", 2), ("1.31", 2)])
def test_each_preset_has_the_edition_that_belongs_to_it(
    routed: Routed, version: str, edition: int
) -> None:
    campus = own(
        routed, SwitchOptions(edition=Edition(edition)), login=account(client_version=version)
    )
    campus.begin()

    assert campus.switch.complaints == []
    assert campus.state() is State.ONLINE


@pytest.mark.parametrize("edition", Edition)
@pytest.mark.parametrize("zero_check", [None, *engine.ZeroCheck])
def test_a_campus_that_wants_the_check_of_the_text_takes_no_other(
    routed: Routed, edition: Edition, zero_check: engine.ZeroCheck | None
) -> None:
    login = account(edition=int(edition), zero_check=zero_check)
    campus = own(routed, SwitchOptions(edition=edition, text_check=True), login=login)
    campus.begin()

    is_text = zero_check is engine.ZeroCheck.TEXT
    assert (campus.state() is State.ONLINE) is is_text
    assert (campus.switch.complaints == []) is is_text


@pytest.mark.parametrize("version", ["5.0.3", "6.61", "6.86"])
def test_a_windows_client_passes_only_where_nobody_compares_its_check(
    routed: Routed, version: str
) -> None:
    login = account(client_version=version)
    content = own(routed, SwitchOptions(check_v4=False), login=login)
    content.begin()
    assert content.switch.complaints == []
    assert content.state() is State.ONLINE

    strict = own(routed, SwitchOptions(), login=login)
    strict.begin(DAY)
    assert len(strict.switch.tries) == 1, "no other client is tried in its place"
    assert strict.state() is State.GIVEN_UP


# Shapes.

BARE_BY_MISTAKE = ["Start holds more than its header"]
"""The first Start of `shape: auto`, before anybody could have a vendor."""


def test_at_another_vendors_switch_the_router_finds_the_bare_shape_by_itself(
    routed: Routed,
) -> None:
    campus = own(routed, switch_of_another_vendor())
    campus.begin()

    assert campus.switch.complaints == BARE_BY_MISTAKE
    assert campus.state() is State.ONLINE
    assert campus.session.status.services
    assert campus.session.status.accounting
    campus.run(DAY)
    campus.switch.kick(campus.now)
    campus.run(5 * MINUTE)
    assert campus.state() is State.ONLINE
    assert campus.switch.complaints == BARE_BY_MISTAKE, "the next Start is bare"
    assert campus.of(events.LoginRefused) == []


def at_address(routed: Routed, options: SwitchOptions, address: str) -> Any:
    """Make a campus whose switch has an address that does not fit its shape."""
    return routed(
        options,
        ClientOptions(),
        SessionSettings(login=account()),
        mode=Mode.LOGIN,
        facts=LEASED,
        switch_address=bytes.fromhex(address),
    )


def test_a_switch_that_wants_the_block_under_another_vendors_address_gets_it(
    routed: Routed,
) -> None:
    """It says that there was no client of Ruijie's, and the other shape is tried."""
    campus = at_address(routed, SwitchOptions(), "000fe2d9f104")
    campus.begin(MINUTE)

    assert campus.state() is State.ONLINE
    assert campus.of(events.OtherShapeNext) == [events.OtherShapeNext("block")]
    assert len(campus.of(events.LoginRefused)) == 1
    campus.switch.kick(campus.now)
    campus.run(5 * MINUTE)
    assert campus.state() is State.ONLINE
    assert len(campus.of(events.LoginRefused)) == 1, "it is remembered"
    assert_within_limits(campus)


def test_a_switch_of_ruijies_address_that_hears_the_bare_shape_alone_gets_that(
    routed: Routed,
) -> None:
    """It drops what is not sent to the group, without a word."""
    campus = at_address(routed, switch_of_another_vendor(), "00d0f8d9f104")
    campus.begin(MINUTE)

    assert campus.state() is State.ONLINE
    assert campus.of(events.OtherShapeNext) == [events.OtherShapeNext("bare")]
    campus.switch.kick(campus.now)
    before = len(campus.switch.complaints)
    campus.run(5 * MINUTE)
    assert campus.state() is State.ONLINE
    assert len(campus.switch.complaints) == before, "it is remembered"
    assert_within_limits(campus)


def test_the_shape_in_between_can_be_set(routed: Routed) -> None:
    login = account(shape=engine.Shape.INSIDE)
    campus = own(routed, SwitchOptions(shape=Shape.INSIDE), login=login)
    campus.begin()

    assert campus.switch.complaints == []
    assert campus.state() is State.ONLINE


@pytest.mark.parametrize("dhcp", [DhcpMode.AFTER, DhcpMode.DOUBLE])
def test_a_bare_login_passes_every_check_of_the_switch(routed: Routed, dhcp: DhcpMode) -> None:
    login = account(shape=engine.Shape.BARE, service="教育网接入", disk_serial="WD-1")
    campus = own(routed, switch_of_another_vendor(), login=login, dhcp=dhcp)
    campus.begin()
    campus.lease(LEASED)
    campus.run(MINUTE)

    assert campus.switch.complaints == []
    assert campus.state() is State.ONLINE


def test_a_wrong_password_is_known_by_the_reason_in_the_second_request(routed: Routed) -> None:
    login = account(password=Secret("not the right one"))
    campus = own(routed, switch_of_another_vendor(), login=login)
    campus.begin(DAY)

    assert len(campus.switch.tries) == 1
    assert campus.session.status.last_failure.kind is RefusalKind.CREDENTIALS


# DHCP.


def test_a_login_before_which_the_address_must_come_waits_for_it(routed: Routed) -> None:
    campus = own(
        routed,
        SwitchOptions(expected_address="10.20.30.101"),
        dhcp=DhcpMode.BEFORE,
        facts=RouterFacts(WAN),
    )
    campus.begin(10.0)
    assert campus.switch.starts == 0
    assert campus.renewals == 1

    campus.lease(LEASED)
    campus.run(HOUR)
    assert campus.switch.complaints == []
    assert campus.state() is State.ONLINE
    assert campus.renewals == 1


def test_an_address_that_is_there_already_is_not_waited_for(routed: Routed) -> None:
    campus = own(routed, SwitchOptions(expected_address="10.20.30.101"), dhcp=DhcpMode.BEFORE)
    campus.begin()

    assert campus.state() is State.ONLINE
    assert campus.renewals == 0


def test_a_login_asks_for_a_renewal_afterwards(routed: Routed) -> None:
    campus = own(routed, facts=QUARANTINED)
    campus.begin()

    assert campus.state() is State.ONLINE
    assert campus.renewals == 1


def test_a_fixed_address_is_never_renewed_and_told_as_fixed(routed: Routed) -> None:
    campus = own(
        routed,
        SwitchOptions(expected_address="10.20.30.101"),
        dhcp=DhcpMode.OFF,
        renew=False,
    )
    campus.begin()

    assert campus.switch.complaints == []
    assert campus.renewals == 0


def test_a_double_login_tells_the_address_in_the_second_one(routed: Routed) -> None:
    campus = own(
        routed,
        SwitchOptions(successes=2, first_success=SuccessShape.BARE),
        dhcp=DhcpMode.DOUBLE,
        facts=QUARANTINED,
    )
    campus.begin(5.0)
    assert campus.state() is State.PREPARING
    assert campus.switch.logins == 1

    campus.lease(LEASED)
    campus.run(HOUR)
    assert campus.switch.complaints == []
    assert campus.switch.logins == 2
    assert campus.state() is State.ONLINE
    assert campus.renewals == 1


def test_an_address_whose_gateway_is_still_to_come_waits_for_it_a_moment(routed: Routed) -> None:
    campus = own(
        routed,
        SwitchOptions(successes=2, first_success=SuccessShape.BARE),
        dhcp=DhcpMode.DOUBLE,
        facts=QUARANTINED,
    )
    campus.begin(5.0)
    campus.lease(replace(LEASED, gateway=None))
    assert campus.state() is State.PREPARING
    campus.session.router_changed(LEASED, campus.now)
    assert campus.state() is State.AUTHENTICATING


@pytest.mark.parametrize("renewal_ends", [True, False])
def test_a_lease_that_never_comes_is_warned_of_and_not_waited_for_for_ever(
    routed: Routed, renewal_ends: bool
) -> None:
    campus = own(
        routed,
        SwitchOptions(successes=2, second_login_within=100.0),
        dhcp=DhcpMode.DOUBLE,
        facts=QUARANTINED,
    )
    campus.begin(5.0)
    if renewal_ends:
        campus.lease(None)
    campus.run(60.0)

    assert campus.of(events.LeaseMissing) == [events.LeaseMissing()]
    assert campus.state() is State.ONLINE


# Bad cables.


def test_a_cable_that_loses_and_repeats_a_third_of_all_frames_is_no_obstacle(
    routed: Routed,
) -> None:
    bad_cable = Loss(lost=0.3, repeated=0.3)
    waits = []
    for seed in range(60):
        campus = own(
            routed,
            SwitchOptions(
                seed=seed,
                inward=bad_cable,
                outward=bad_cable,
                alive_interval=300.0,
                first_heartbeat_within=300.0,
                challenges=list(Challenges)[seed % len(Challenges)],
            ),
        )
        campus.begin(0.0)
        began = campus.now
        while not campus.of(events.LoginSucceeded):
            campus.run(5.0)
            assert campus.now < began + 2 * HOUR, f"seed {seed}"
        waits.append(campus.now - began)
    # A Success that is lost is never sent again, and the tries that follow are few by design.
    assert sorted(waits)[len(waits) // 2] <= MINUTE


def test_a_step_that_the_server_repeats_is_answered_again(routed: Routed) -> None:
    campus = own(routed)
    lost: list[bytes] = []

    def lose_first_answer(frame: bytes) -> None:
        if len(campus.to_switch) == 2 and not lost:
            lost.append(frame)
        else:
            deliver(frame, campus.now)

    deliver = campus.switch.receive
    campus.switch.receive = lambda frame, now: lose_first_answer(frame)
    campus.begin(10.0)

    assert lost
    assert campus.state() is State.ONLINE
    assert campus.switch.starts == 1


# Staying online, and ending.


def test_full_reauthentications_are_answered_without_dropping(routed: Routed) -> None:
    campus = own(routed, SwitchOptions(reauthentication_interval=3600.0))
    campus.begin()
    campus.run(DAY)

    assert campus.switch.complaints == []
    assert campus.switch.starts == 1
    assert len(campus.of(events.ProofGivenAgain)) == pytest.approx(23, abs=1)


def test_a_kicked_session_logs_in_again_after_a_pause(routed: Routed) -> None:
    campus = own(routed)
    campus.begin()
    campus.run(HOUR)
    campus.switch.kick(campus.now)
    campus.run(5.0)
    assert campus.state() is State.BACKOFF

    campus.run(HOUR)
    assert campus.state() is State.ONLINE
    assert campus.switch.logins == 2


def test_a_logoff_on_the_self_service_page_is_meant(routed: Routed) -> None:
    campus = own(routed)
    campus.begin()
    campus.switch.kick(campus.now, "您已自助下线")
    campus.run(DAY)

    assert campus.state() is State.GIVEN_UP
    assert campus.switch.logins == 1


@pytest.mark.parametrize("moment", [0.0, 0.5, 17.9, 18.1, 40.0])
def test_a_killed_program_goes_on_without_a_login(routed: Routed, moment: float) -> None:
    campus = own(routed)
    campus.begin(moment)
    campus.restart_router(away=0.2)
    campus.run(HOUR)

    assert campus.switch.complaints == []
    assert campus.switch.logins == 1
    assert campus.of(events.Resumed)


def test_a_link_that_comes_back_late_means_another_login(routed: Routed) -> None:
    campus = own(routed)
    campus.begin()
    campus.link(up=False)
    campus.run_without_router(120.0)
    campus.link(up=True)
    campus.run(60.0)

    assert campus.state() is State.ONLINE
    assert campus.switch.logins == 2


def test_logging_off_tells_the_switch_and_ends_all_trying(routed: Routed) -> None:
    campus = own(routed)
    campus.begin()

    assert campus.log_off()
    assert campus.switch.session is None
    assert campus.kept is None
    campus.run(DAY)
    assert campus.switch.starts == 1
    assert campus.switch.complaints == []
    assert not campus.log_off()


@pytest.mark.parametrize("wanted", [True, False])
def test_a_clean_end_says_goodbye_where_that_is_wanted(routed: Routed, wanted: bool) -> None:
    campus = own(routed, logoff_on_exit=wanted)
    campus.begin()
    campus.stop()

    assert (campus.switch.session is None) is wanted
    assert (campus.kept is None) is wanted
    assert campus.switch.complaints == []
