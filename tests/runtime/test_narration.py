from __future__ import annotations

import inspect

import pytest

from ruijie_proxy.engine import events, heartbeats, learned, reasons, unanswered, way_in, way_out
from ruijie_proxy.engine.heartbeats import Off, Source
from ruijie_proxy.engine.learned import Difference
from ruijie_proxy.engine.portal.refusals import REFUSING
from ruijie_proxy.engine.reasons import ClearPassword, Doubt, Hurdle
from ruijie_proxy.engine.refusals import Advice, RefusalKind
from ruijie_proxy.engine.way_in import Turn
from ruijie_proxy.engine.way_out import Check, Remedy
from ruijie_proxy.protocol.portal.outcomes import Came
from ruijie_proxy.runtime.telling.level import Level
from ruijie_proxy.runtime.telling.narration import describe

CLIENT = bytes.fromhex("02000000cc01")
REQUEST = events.RequestRelayed(4, ("移动宽带接入", "教育网接入"))
PAGE = "http://10.9.8.7/eportal/index.jsp"
EXAMPLES: list[events.Event] = [
    events.LoginStarted(CLIENT, "lan2", again=False),
    events.LoginStarted(CLIENT, "", again=True),
    events.ClientWaits(CLIENT),
    events.ClientNotAllowed(CLIENT),
    events.TurnPassed(CLIENT, 4.0, was_asked=True),
    events.TurnPassed(CLIENT, 4.0, was_asked=False),
    events.StartIgnored(CLIENT),
    events.StartIgnored(CLIENT, Hurdle.OTHER_CLIENT, CLIENT),
    events.StartIgnored(CLIENT, Hurdle.OTHER_CLIENT),
    events.StartIgnored(CLIENT, Hurdle.OTHER_KIND),
    events.StartIgnored(CLIENT, Hurdle.AWAITS_RESULT),
    events.ServerFound(CLIENT),
    events.RequestRelayed(1),
    REQUEST,
    events.RequestRelayed(None),
    events.ResponseRelayed(99),
    events.LoginSucceeded("欢迎", "剩余 20 GB", 20, 1, 1),
    events.LoginSucceeded(None, None, None, 1, 2),
    events.LoginRefused("密码错误"),
    events.LoginRefused(None),
    events.LoginRefused("密码错误", own=True),
    events.LoginTimedOut(server_answered=True),
    events.LoginTimedOut(server_answered=False),
    events.UdpHeartbeatWanted(bytes((10, 0, 0, 9)), 8000, own=True),
    events.UdpHeartbeatWanted(bytes((10, 0, 0, 9)), 8000, own=False),
    events.NobodyAnswers(seconds=240.0, count=37),
    events.LoginIncomplete(1, 2),
    events.LogoffRelayed(),
    events.LogoffIgnored(),
    events.HeartbeatMismatch(),
    events.TookOver(Source.SERVER, 4140, 18.0),
    events.TookOver(Source.CLIENT, 4140, 27.0),
    events.NothingGranted(),
    events.OnlyProbes(),
    *(events.NoHeartbeats(off, client_may_leave=True) for off in Off),
    events.HeartbeatSent(4139),
    events.ProbeAnswered(7),
    events.ChallengedOnline("lan2"),
    events.ClientNeeded(),
    events.ClientNeeded(was_asked=False),
    *(events.SessionDoubtful(doubt) for doubt in Doubt),
    events.SessionConfirmed(),
    events.Dropped("您已被强制下线"),
    events.LinkLost(),
    events.LinkBack(session_goes_on=True),
    events.LinkBack(session_goes_on=False),
    events.Resumed(4141),
    events.TooLateToResume("too late"),
    events.AddressNotTaken("Device or resource busy"),
    events.LoginTimedOut(server_answered=True, client_is_awaited=False),
    events.LoginTimedOut(server_answered=False, client_is_awaited=False),
    events.LinkBack(session_goes_on=False, client_is_awaited=False),
    events.LinkBack(session_goes_on=False, client_is_awaited=False, session_was_held=True),
    events.TookOver(Source.SERVER, 4139, 18.0, client_may_leave=False),
    events.OnlyProbes(client_may_teach=False),
    events.EchoAnswered(),
    events.OwnLoginBegun("Linux 1.0", 1, 1),
    events.OwnLoginBegun("plain 802.1X", None, 2),
    events.RequestAnswered(1),
    events.RequestAnswered(4, ("移动宽带接入", "教育网接入")),
    *(events.ClearPasswordWanted(answer) for answer in ClearPassword),
    events.ServerSaid("欢迎"),
    events.ProofGivenAgain(),
    events.OtherEditionNext(2),
    events.OtherShapeNext("bare"),
    events.OtherShapeNext("block"),
    events.ShapeByVendor("bare", "Linux 1.31", 2),
    events.ShapeByVendor("block", "Windows 6.61", None),
    events.NextTryPlanned(15.0, limited=False),
    events.NextTryPlanned(0.0, limited=False),
    events.NextTryPlanned(540.0, limited=True),
    events.NextTryPlanned(30.0, limited=False, advice=Advice.CHECK_PASSWORD),
    events.NextTryPlanned(21600.0, limited=False, hours="06:00-23:59"),
    events.HoursLearned("mon-thu 06:00-23:30, fri,sat 06:00-24:00"),
    events.GaveUp(Advice.CHECK_PASSWORD, ()),
    events.GaveUp(Advice.CHOOSE_SERVICE, ("移动宽带接入", "教育网接入")),
    events.RefusedBefore("用户不存在或密码错误", Advice.CHECK_PASSWORD),
    events.LeftToClient(),
    events.LeaseAwaited(),
    events.LeaseMissing(),
    events.LoginSucceeded("", None, 60, 1, 1, page=PAGE),
    events.PortalLoginBegun(""),
    events.PortalLoginBegun(PAGE),
    events.PortalAdopted(PAGE),
    events.PortalNotTrusted("http://10.9.8.7"),
    events.TurnedToPortal("http://10.9.8.7"),
    *map(events.TurnedToSwitch, Turn),
    events.PortalSilent(60.0, PAGE),
    events.PortalUnread(PAGE, ""),
    events.PortalUnread(PAGE, "its answer is no JSON"),
    events.PortalReadAgain(PAGE, 600.0),
    events.PortalSilent(3600.0, ""),
    *(
        events.PortalHindered(came, RefusalKind.OTHER_PORTAL, "its answer is no JSON", PAGE)
        for came in REFUSING - {Came.REFUSED}
    ),
    events.PortalHindered(Came.UNCLEAR, RefusalKind.UNCLEAR_PORTAL, "its answer is no JSON", ""),
    events.LoggedOff(),
    events.LoggedOff(PAGE),
    events.EditionSeen(2),
    events.ProfileLearned("RG-SU For Linux V1.0", 1),
    events.ProfileDiffers(
        (Difference("the V4 check"), Difference("the head of the {frame}", "Start"))
    ),
    events.HealthFailed(Check.GATEWAY, "the gateway 10.0.0.1 answers no ARP request", 2, 3),
    *(events.HealthActed(remedy) for remedy in Remedy),
    events.HealthRestored(Remedy.RENEW, 340.4),
    events.HealthRestored(Remedy.LOG_IN, 5.0),
    events.HealthRestored(None, 120.0),
]


HOMES = (events, heartbeats, learned, reasons, unanswered, way_in, way_out)
"""Where events stand."""


def test_every_event_of_the_engine_has_its_line() -> None:
    told = {type(event) for event in EXAMPLES}
    known = {
        value
        for _, value in inspect.getmembers(events, inspect.isclass)
        if value.__module__ in {module.__name__ for module in HOMES}
    }

    assert told == known


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: type(event).__name__)
def test_a_line_is_one_line_for_people(event: events.Event) -> None:
    level, text = describe(event)

    assert isinstance(level, Level)
    assert text
    assert text.isprintable()
    assert "None" not in text
    assert "b'" not in text


def test_the_servers_own_words_are_told() -> None:
    assert "“密码错误”" in describe(events.LoginRefused("密码错误"))[1]
    assert "(credentials)" in describe(events.LoginRefused("密码错误"))[1]
    assert "移动宽带接入, 教育网接入" in describe(REQUEST)[1]


def test_a_takeover_says_that_the_pc_may_go() -> None:
    level, text = describe(events.TookOver(Source.SERVER, 4140, 18.0))

    assert level is Level.NOTICE
    assert "from number 4140, every 18 s" in text
    assert "The PC may be switched off" in text


def test_who_is_asked_for_the_password_in_clear_hears_of_the_setting() -> None:
    level, text = describe(events.ClearPasswordWanted(ClearPassword.NOT_ALLOWED))

    assert level is Level.WARNING
    assert "“allow_clear_password: true”" in text
    assert "255 bytes" in describe(events.ClearPasswordWanted(ClearPassword.TOO_LONG))[1]


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (events.RequestRelayed(7), "server to client: asks for the password in clear"),
        (events.ResponseRelayed(7), "client to server: answers with the password in clear"),
    ],
)
def test_a_relayed_password_in_clear_is_named(event: events.Event, text: str) -> None:
    assert describe(event)[1] == text


@pytest.mark.parametrize(
    ("off", "why"),
    [
        (Off.CONFIGURED, "as configured (“heartbeat: off”)"),
        (Off.SERVER, "as the server wants none"),
        (Off.SHAPE, "as there are none in the bare shape"),
    ],
)
def test_that_no_heartbeats_are_sent_is_told_with_the_reason(off: Off, why: str) -> None:
    level, text = describe(events.NoHeartbeats(off, client_may_leave=False))

    assert level is Level.NOTICE
    assert why in text
    assert "PC" not in text
    assert "The PC may be switched off" in describe(events.NoHeartbeats(off, True))[1]


def test_a_success_tells_that_the_server_wants_no_heartbeats() -> None:
    event = events.LoginSucceeded(None, None, None, 1, 1, forbids_heartbeats=True)

    assert describe(event)[1] == "Success, no heartbeats wanted"


def test_a_heartbeat_is_only_for_those_who_look_closely() -> None:
    assert describe(events.HeartbeatSent(4139))[0] is Level.DEBUG
