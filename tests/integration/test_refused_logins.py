"""What becomes of a login that is refused, in all that servers are known to say."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest

from ruijie_proxy.config.shape.model import Mode
from ruijie_proxy.engine import events
from ruijie_proxy.engine.refusals import Advice, RefusalKind, read_refusal
from ruijie_proxy.engine.settings import DhcpMode, Dialect, Shape
from ruijie_proxy.engine.states import State
from ruijie_proxy.lab.options import SuccessShape, SwitchOptions
from ruijie_proxy.values import replace
from tests.engine.test_refusals import KNOWN
from tests.integration.own_campus import (
    DAY,
    HOUR,
    LEASED,
    MINUTE,
    Routed,
    account,
    assert_within_limits,
    most_within,
    own,
)

TEXTS = [text for texts in KNOWN.values() for text in texts]
STOPPING = [text for text in TEXTS if read_refusal(text).stops]
OF_THEIR_OWN = (RefusalKind.ACCOUNT, RefusalKind.LOCKED, RefusalKind.ADDRESS_IN_USE)
"""Kinds whose tries do not grow slower and slower."""
RETRIED = [
    text
    for text in TEXTS
    if not read_refusal(text).stops and read_refusal(text).kind not in OF_THEIR_OWN
]
WITHOUT_KNOWN_WORDS = "未知错误 0x17"


@pytest.mark.parametrize("text", STOPPING)
def test_what_only_the_user_can_mend_is_tried_once(routed: Routed, text: str) -> None:
    login = account(edition=1, shape=Shape.BLOCK)
    campus = own(routed, SwitchOptions(refuse_always=text), login=login)
    campus.begin(DAY)

    assert len(campus.switch.tries) == 1
    assert campus.state() is State.GIVEN_UP
    assert campus.session.status.last_failure.kind is read_refusal(text).kind
    assert len(campus.of(events.GaveUp)) == 1


@pytest.mark.parametrize("text", [*RETRIED, WITHOUT_KNOWN_WORDS])
def test_what_may_pass_is_tried_again_more_and_more_slowly(routed: Routed, text: str) -> None:
    campus = own(routed, SwitchOptions(refuse_always=text))
    campus.begin(4 * DAY)

    tries = campus.switch.tries
    pauses = [later - earlier for earlier, later in pairwise(tries)]
    assert len(pauses) >= 3
    assert pauses[0] < pauses[-1] or "6分钟" in text, "or as long as it says"
    assert max(pauses) <= DAY * 1.3
    assert_within_limits(campus)


def test_a_ban_is_waited_out_for_as_long_as_it_says(routed: Routed) -> None:
    text = "因使用非法客户端认证被暂停账号，系统将在6分钟后自动恢复"
    campus = own(routed, SwitchOptions(refusals=(text,)))
    campus.begin(6 * MINUTE)
    assert len(campus.switch.tries) == 1

    campus.run(4 * MINUTE)
    assert campus.state() is State.ONLINE


def test_a_ban_without_a_time_is_waited_out_for_long(routed: Routed) -> None:
    campus = own(routed, SwitchOptions(refusals=("账号被封",)))
    campus.begin(2 * HOUR)
    assert len(campus.switch.tries) == 1


@pytest.mark.parametrize("text", KNOWN[RefusalKind.ACCOUNT])
def test_an_account_that_has_to_be_paid_is_tried_twice_a_day(routed: Routed, text: str) -> None:
    campus = own(routed, SwitchOptions(refuse_always=text))
    campus.begin(6 * DAY)

    pauses = [later - earlier for earlier, later in pairwise(campus.switch.tries)]
    assert 9 <= len(pauses) <= 12
    assert all(12 * HOUR <= pause <= 16 * HOUR for pause in pauses)
    assert campus.state() is State.BACKOFF, "it goes on: somebody may pay"


LOCKED = "密码输入错误次数太多，请1分钟后重试"
IN_USE = "IPv4地址冲突,您使用的IPv4地址已有用户在使用中!"


def test_a_lock_is_waited_out_and_then_it_is_tried_once_more(routed: Routed) -> None:
    campus = own(routed, SwitchOptions(refusals=(LOCKED,)))
    campus.begin(MINUTE)
    assert len(campus.switch.tries) == 1

    campus.run(2 * MINUTE)
    assert campus.state() is State.ONLINE


@pytest.mark.parametrize("text", [LOCKED, IN_USE])
def test_what_is_tried_once_more_is_tried_no_more_than_that(routed: Routed, text: str) -> None:
    campus = own(routed, SwitchOptions(refuse_always=text))
    campus.begin(4 * DAY)

    assert len(campus.switch.tries) == 2
    assert campus.state() is State.GIVEN_UP
    (gave_up,) = campus.of(events.GaveUp)
    assert gave_up.advice is read_refusal(text).advice


@pytest.mark.parametrize("text", [LOCKED, IN_USE])
def test_who_tries_again_gets_its_two_tries_anew(routed: Routed, text: str) -> None:
    campus = own(routed, SwitchOptions(refuse_always=text))
    campus.begin(HOUR)
    campus.session.try_again(campus.now)
    campus.run(HOUR)

    assert len(campus.switch.tries) == 4


@pytest.mark.parametrize("text", [LOCKED, IN_USE])
def test_after_a_session_that_lasted_it_is_the_first_time_again(routed: Routed, text: str) -> None:
    campus = own(routed, SwitchOptions(refusals=(text,)))
    campus.begin(HOUR)
    assert campus.state() is State.ONLINE
    campus.link(up=False)
    campus.run_without_router(2 * HOUR)
    campus.switch.options = replace(campus.switch.options, refuse_always=text)
    campus.link(up=True)
    campus.run(HOUR)

    assert len(campus.switch.tries) == 4, "two, and two more"


def test_an_address_in_use_is_renewed_and_the_next_try_tells_the_new_one(routed: Routed) -> None:
    renewed = replace(LEASED, address=bytes((10, 20, 30, 102)))
    options = SwitchOptions(refusals=(IN_USE,), expected_address="10.20.30.102")
    campus = own(routed, options)
    campus.renew = lambda: campus.lease(renewed)
    campus.begin(MINUTE)

    assert campus.state() is State.ONLINE
    assert campus.renewals == 2, "one for the try, and one after the login"
    assert len(campus.switch.tries) == 2


def test_a_fixed_address_in_use_is_not_renewed(routed: Routed) -> None:
    campus = own(routed, SwitchOptions(refuse_always=IN_USE), dhcp=DhcpMode.OFF, renew=False)
    campus.begin(HOUR)

    assert (campus.renewals, len(campus.switch.tries)) == (0, 2)


def test_a_client_that_is_told_so_tries_by_itself(routed: Routed) -> None:
    campus = own(routed, SwitchOptions(refusals=(IN_USE,)), mode=Mode.RELAY)
    campus.begin()
    campus.login(MINUTE)

    assert campus.session.status.last_failure.kind is RefusalKind.ADDRESS_IN_USE
    assert campus.renewals == 0
    assert len(campus.switch.tries) == 1


def test_a_server_without_a_word_to_a_plain_login_may_want_the_dialect(routed: Routed) -> None:
    plain = account(dialect=Dialect.PLAIN)
    campus = own(routed, SwitchOptions(refuse_always=" "), login=plain)
    campus.begin(10.0)

    failure = campus.session.status.last_failure
    assert (failure.kind, failure.advice) == (RefusalKind.UNKNOWN, Advice.NO_REASON_PLAIN)


def test_one_refusal_that_asks_for_another_try_gets_it(routed: Routed) -> None:
    campus = own(routed, SwitchOptions(refusals=("您前一次上网没有正常下线，请再认证一次",)))
    campus.begin(MINUTE)

    assert campus.state() is State.ONLINE


@pytest.mark.parametrize("in_property", [False, True])
def test_a_reason_that_stands_before_the_failure_counts(routed: Routed, in_property: bool) -> None:
    campus = own(
        routed,
        SwitchOptions(
            refuse_always="用户不存在或密码错误",
            reason_in_request=not in_property,
            reason_in_property=in_property,
        ),
    )
    campus.begin(HOUR)

    failure = campus.session.status.last_failure
    assert failure.kind is RefusalKind.CREDENTIALS
    assert failure.text == "用户不存在或密码错误"
    assert len(campus.switch.tries) == 1


def test_the_services_on_offer_are_told_where_the_wrong_one_was_chosen(routed: Routed) -> None:
    offered = ("移动宽带接入", "教育网接入")
    campus = own(routed, SwitchOptions(services=offered, refuse_always="用户不允许使用本服务"))
    campus.begin()

    (gave_up,) = campus.of(events.GaveUp)
    assert gave_up.services == offered


def test_they_stay_in_the_status_of_who_waits_for_a_client_then(routed: Routed) -> None:
    offered = ("移动宽带接入", "教育网接入")
    options = SwitchOptions(services=offered, refuse_always="用户不允许使用本服务")
    campus = own(routed, options, mode=Mode.AUTO)
    campus.begin(HOUR)

    status = campus.session.status
    assert status.state is State.WAITING
    assert status.services == offered
    assert status.last_failure.kind is RefusalKind.SERVICE


@pytest.mark.parametrize("mode", [Mode.LOGIN, Mode.AUTO])
def test_a_password_that_was_refused_is_tried_once_whoever_restarts_the_router(
    routed: Routed, mode: Mode
) -> None:
    campus = own(routed, SwitchOptions(refuse_always="用户不存在或密码错误"), mode=mode)
    campus.begin(HOUR)
    for _ in range(20):
        campus.restart_router(away=30.0)
        campus.run(HOUR)

    assert len(campus.switch.tries) == 1
    assert campus.session.status.last_failure.text == "用户不存在或密码错误"


@pytest.mark.parametrize("text", ["用户不存在或密码错误", "已达到同时在线用户数量上限", "账号被封"])
def test_an_invitation_right_after_a_failure_is_never_answered(routed: Routed, text: str) -> None:
    campus = own(
        routed,
        SwitchOptions(
            refuse_always=text,
            invite_after_failure=True,
            invitations=50,
            invitation_interval=1.0,
        ),
    )
    campus.begin(2 * MINUTE)

    assert not [text for text in campus.switch.complaints if "invitation" in text]
    assert len(campus.switch.tries) == 1


# The limits: no server, whatever it says or does, counts more than 3 logins in 10 minutes or 8 in
# an hour that come to nothing, nor more than 20 in an hour that succeed.


@pytest.mark.parametrize("edition", [None, 1])
@pytest.mark.parametrize("dhcp", [DhcpMode.AFTER, DhcpMode.DOUBLE])
@pytest.mark.parametrize("text", [*TEXTS, WITHOUT_KNOWN_WORDS])
def test_no_text_makes_the_router_exceed_the_limits_whoever_restarts_it(
    routed: Routed, text: str, dhcp: DhcpMode, edition: int | None
) -> None:
    campus = own(
        routed, SwitchOptions(refuse_always=text), login=account(edition=edition), dhcp=dhcp
    )
    campus.begin()
    for _ in range(40):
        campus.restart_router(away=1.0)
        campus.run(2 * MINUTE)

    assert len(campus.switch.tries) >= 1
    assert_within_limits(campus)


@pytest.mark.parametrize(
    "options",
    [
        SwitchOptions(stops_after_identity=True),
        SwitchOptions(alive_interval=0.5, first_heartbeat_within=100.0),
        SwitchOptions(success=SuccessShape.BARE, alive_interval=3.0),
    ],
    ids=["falls silent", "drops at once", "drops for want of heartbeats"],
)
def test_no_behaviour_does(routed: Routed, options: SwitchOptions) -> None:
    campus = own(routed, options)
    campus.begin(6 * HOUR)

    assert len(campus.switch.tries) >= 8, "it goes on trying"
    assert_within_limits(campus)
    # What is let in and dropped at once counts as what is refused does.
    assert most_within(campus.switch.tries, 10 * MINUTE) <= 3
    assert most_within(campus.switch.tries, HOUR) <= 8


def test_nor_does_a_mixture_of_all_with_links_that_flap(routed: Routed) -> None:
    for seed in range(30):
        random = Random(seed)
        refusals = tuple(random.choices([*RETRIED, WITHOUT_KNOWN_WORDS], k=60))
        campus = own(
            routed,
            SwitchOptions(seed=seed, refusals=refusals, invite_after_failure=True),
            dhcp=random.choice([DhcpMode.AFTER, DhcpMode.DOUBLE]),
        )
        campus.begin()
        for _ in range(60):
            match random.randrange(4):
                case 0:
                    campus.restart_router(away=random.uniform(0, 30))
                case 1:
                    campus.link(up=False)
                    campus.run_without_router(random.uniform(0, 60))
                    campus.link(up=True)
                case 2:
                    campus.switch.kick(campus.now)
                case _:
                    campus.run(random.uniform(0, 20 * MINUTE))
            campus.run(random.uniform(0, 2 * MINUTE))
        assert_within_limits(campus)


def test_two_good_logins_and_a_slip_of_the_password_leave_two_tries_free(routed: Routed) -> None:
    campus = own(routed, SwitchOptions())
    campus.begin(10.0)
    for refuse_always in (None, "用户不存在或密码错误"):
        campus.log_off()
        campus.switch.options = replace(campus.switch.options, refuse_always=refuse_always)
        campus.session.try_again(campus.now)
        campus.run(20.0)
    assert campus.switch.logins == 2
    assert campus.state() is State.GIVEN_UP

    campus.switch.options = replace(campus.switch.options, refuse_always=None)
    campus.session.try_again(campus.now)
    campus.run(20.0)
    assert campus.state() is State.ONLINE


def test_a_script_that_logs_in_again_and_again_comes_to_twenty_logins_in_an_hour(
    routed: Routed,
) -> None:
    campus = own(routed, SwitchOptions())
    campus.begin(10.0)
    for _ in range(400):
        campus.log_off()
        campus.session.try_again(campus.now)
        campus.run(30.0)

    assert most_within(campus.switch.succeeded, HOUR) == 20
    assert len(campus.switch.succeeded) >= 60


def test_a_server_that_nobody_hears_is_called_patiently(routed: Routed) -> None:
    campus = own(routed, SwitchOptions(answers=False))
    campus.begin(HOUR)

    starts = len(campus.to_switch)
    assert 240 <= starts <= 360, "for half a minute every 3 s, then both groups every 15 to 30"
    told = [event.seconds for event in campus.of(events.NobodyAnswers)]
    assert 7 <= len(told) <= 8, "after half a minute, and after twice as long each time"
    assert campus.memory.tries == ()
