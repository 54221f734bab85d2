"""One login of the router's own: what it answers, and what it does not."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from random import Random
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.engine.actions import HeedServers, Report, SendToServer
from ruijie_proxy.engine.candidates import MOST_CANDIDATES, MOST_REQUESTS
from ruijie_proxy.engine.events import (
    ClearPasswordWanted,
    NobodyAnswers,
    RequestAnswered,
    ServerFound,
    ServerSaid,
)
from ruijie_proxy.engine.login.shaped_frames import frames_of
from ruijie_proxy.engine.login.supplicant import (
    CONTEST_WAIT,
    EAGER_FOR,
    LONGEST_PAUSE,
    REQUEST_BURST,
    START_JITTER,
    START_REPEAT,
    Supplicant,
)
from ruijie_proxy.engine.outbox import Outbox
from ruijie_proxy.engine.reasons import ClearPassword
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.engine.settings import Dialect, LoginSettings, SessionSettings
from ruijie_proxy.engine.unanswered import RESULT_WAIT, Asked, Unanswered
from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.eapol import TYPE_OFFSET, EapolFrame, EapolType
from ruijie_proxy.protocol.ethernet import (
    ADDRESS_SIZE,
    PAE_GROUP_ADDRESS,
    RUIJIE_GROUP_ADDRESS,
)
from ruijie_proxy.protocol.piece_types import PieceType
from ruijie_proxy.protocol.properties import MAGIC, Property
from ruijie_proxy.protocol.requests import Md5Challenge
from ruijie_proxy.protocol.results import Result
from ruijie_proxy.protocol.text import encode_text
from ruijie_proxy.secret import Secret
from tests.engine.conftest import GRANT, SERVER, WAN, Frames

T = TypeVar("T")
BOTH = (PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS)
OTHER_SERVER = Frames.OTHER_SERVER
REASON = "用户不存在或密码错误"


class Bench:
    """A supplicant whose server a test plays."""

    def __init__(
        self,
        dialect: Dialect = Dialect.RUIJIE,
        groups: tuple[bytes, ...] = (PAE_GROUP_ADDRESS,),
        jitter: Callable[[], float] = lambda: 0.0,
        login: LoginSettings | None = None,
    ) -> None:
        login = login or LoginSettings("20260001", Secret("plum-tree"), dialect)
        self.outbox = Outbox()
        self.unanswered = Unanswered()
        self.starts: list[tuple[float, bytes]] = []
        """When Starts went out, and to which group address."""
        self.now = 1000.0
        self.sent: list[bytes] = []
        self.events: list[object] = []
        self.heeded: list[HeedServers] = []
        self.supplicant = Supplicant(
            frames_of(SessionSettings(), login, RouterFacts(WAN), None, None),
            groups,
            self.outbox,
            self.unanswered,
            jitter,
        )

    def begin(self) -> None:
        self.supplicant.begin(self.now)
        self._carry()

    def receive(self, frame: bytes, after: float = 0.0) -> Result | None:
        self.now += after
        result = self.supplicant.receive(frame, self.now)
        self._carry()
        return result

    def wait(self, seconds: float) -> bool:
        """Let time pass, each timer being on time; tell whether the login has come to nothing."""
        end = self.now + seconds
        while (deadline := self.supplicant.next_deadline) is not None and deadline <= end:
            self.now = max(self.now, deadline)
            is_over = self.supplicant.handle_timer(self.now)
            self._carry()
            if is_over:
                return True
        self.now = end
        return False

    def answers(self) -> list[bytes]:
        """Return what was sent since the last look."""
        sent, self.sent = self.sent, []
        return sent

    def of(self, kind: type[T]) -> list[T]:
        return [event for event in self.events if isinstance(event, kind)]

    def _carry(self) -> None:
        for action in self.outbox.take():
            match action:
                case SendToServer(frame):
                    self.sent.append(frame)
                    if frame[TYPE_OFFSET] == EapolType.START:
                        self.starts.append((self.now, frame[:ADDRESS_SIZE]))
                case Report(event):
                    self.events.append(event)
                case HeedServers():
                    self.heeded.append(action)
                case _:
                    raise AssertionError(action)


@pytest.fixture
def bench() -> Bench:
    """A supplicant whose Start is out."""
    made = Bench()
    made.begin()
    made.answers()
    return made


def request(method: int, data: bytes = b"", identifier: int = 1, source: bytes = SERVER) -> bytes:
    packet = EapPacket.build(EapCode.REQUEST, identifier, method, data)
    return Frames.of_server(packet, WAN, source)


def method_of(frame: bytes) -> tuple[int, int | None]:
    """Return identifier and method of an answer."""
    packet, _ = EapPacket.parse(EapolFrame.parse(frame).body)
    assert packet.code == EapCode.RESPONSE
    return packet.identifier, packet.type


# A login.


def test_a_login_from_start_to_success(bench: Bench) -> None:
    bench.receive(Frames.identity_request(7))
    bench.receive(Frames.challenge(8, services="移动宽带接入@教育网接入"))
    result = bench.receive(Frames.success(GRANT, "欢迎"))

    assert [method_of(frame) for frame in bench.answers()] == [
        (7, EapType.IDENTITY),
        (8, EapType.MD5_CHALLENGE),
    ]
    assert bench.events == [
        ServerFound(SERVER),
        RequestAnswered(EapType.IDENTITY),
        RequestAnswered(EapType.MD5_CHALLENGE, ("移动宽带接入", "教育网接入")),
    ]
    assert result is not None
    assert (result.code, result.message) == (EapCode.SUCCESS, "欢迎")
    assert bench.supplicant.services == ("移动宽带接入", "教育网接入")
    assert bench.supplicant.next_deadline is None


def test_the_identity_response_is_there_for_whoever_keeps_the_session(bench: Bench) -> None:
    bench.receive(Frames.identity_request(7))
    bench.receive(Frames.challenge(8))

    assert bench.supplicant.identity_response == bench.answers()[0]


def test_two_challenges_are_two_answers(bench: Bench) -> None:
    bench.receive(Frames.identity_request(1))
    first = request(EapType.MD5_CHALLENGE, b"\x10" + bytes(16), 2)
    longer = request(EapType.MD5_CHALLENGE, b"\x10" + bytes(16) + b"\x51\x02ab", 2)
    bench.receive(first)
    bench.receive(longer, after=0.01)

    assert len(bench.answers()) == 3


def test_a_failure_is_a_result_with_its_message(bench: Bench) -> None:
    bench.receive(Frames.identity_request())
    result = bench.receive(Frames.failure(REASON))

    assert result is not None
    assert (result.code, result.message) == (EapCode.FAILURE, REASON)


# Repetitions.


@pytest.mark.parametrize(
    "frame", [Frames.identity_request(5), Frames.challenge(5)], ids=["identity", "challenge"]
)
def test_a_duplicate_within_a_second_is_not_answered(bench: Bench, frame: bytes) -> None:
    bench.receive(Frames.identity_request())
    bench.answers()
    bench.receive(frame)
    assert len(bench.answers()) == 1

    bench.receive(frame, after=0.0)
    bench.receive(frame, after=0.9)
    assert bench.answers() == []


@pytest.mark.parametrize(
    "frame", [Frames.identity_request(5), Frames.challenge(5)], ids=["identity", "challenge"]
)
def test_a_repetition_after_3_seconds_is_answered_with_the_same_bytes(
    bench: Bench, frame: bytes
) -> None:
    bench.receive(Frames.identity_request())
    bench.answers()
    bench.receive(frame)
    (answer,) = bench.answers()
    told = len(bench.events)

    for _ in range(3):
        bench.receive(frame, after=3.0)
        assert bench.answers() == [answer]
        bench.receive(frame, after=0.5)
        assert bench.answers() == [], "and its duplicate again not"
    assert len(bench.events) == told, "it is told once"


def test_what_the_padding_holds_makes_no_other_request(bench: Bench) -> None:
    """A repetition comes out of another buffer, with other stale memory behind it."""
    bench.receive(Frames.identity_request(5, trailer=b"\x11" * 20))
    bench.receive(Frames.identity_request(5, trailer=b"\x22" * 20), after=0.1)

    assert len(bench.answers()) == 1


def test_a_new_identifier_is_a_new_request(bench: Bench) -> None:
    bench.receive(Frames.identity_request(5))
    bench.receive(Frames.identity_request(6), after=0.1)

    assert [method_of(frame)[0] for frame in bench.answers()] == [5, 6]


# Who counts.


def test_only_the_server_that_has_gone_on_counts(bench: Bench) -> None:
    bench.receive(Frames.identity_request())
    bench.receive(Frames.challenge())
    bench.answers()

    bench.receive(Frames.identity_request(9, source=OTHER_SERVER))
    bench.receive(Frames.challenge(9, source=OTHER_SERVER))
    assert bench.receive(Frames.success(GRANT, source=OTHER_SERVER)) is None
    assert bench.receive(Frames.failure(REASON, source=OTHER_SERVER)) is None
    assert bench.answers() == []
    assert bench.supplicant.server == SERVER
    assert bench.of(ServerFound) == [ServerFound(SERVER)]


# Several who ask for the identity: the server is who goes on.

STRANGERS = [bytes.fromhex("00d0f8005e") + bytes((number,)) for number in range(100)]
"""Of the vendor that the server has, so that they are answered as it is."""


def destinations(frames: list[bytes]) -> list[bytes]:
    return [frame[:6] for frame in frames]


def test_all_who_ask_are_answered_and_the_proof_goes_to_the_one_that_goes_on(bench: Bench) -> None:
    bench.receive(Frames.identity_request(source=STRANGERS[0]))
    bench.receive(Frames.identity_request())
    bench.receive(Frames.identity_request(source=STRANGERS[1]))
    assert destinations(bench.answers()) == [STRANGERS[0], SERVER, STRANGERS[1]]

    bench.receive(Frames.challenge())
    for stranger in STRANGERS:
        bench.receive(Frames.challenge(source=stranger))

    assert destinations(bench.answers()) == [SERVER]
    assert bench.supplicant.server == SERVER
    assert bench.of(ServerFound) == [ServerFound(STRANGERS[0]), ServerFound(SERVER)]
    assert bench.receive(Frames.success(GRANT)) is not None


def test_the_session_keeps_the_identity_that_the_server_was_given(bench: Bench) -> None:
    bench.receive(Frames.identity_request(source=STRANGERS[0]))
    bench.receive(Frames.identity_request())
    bench.receive(Frames.challenge())

    response = bench.supplicant.identity_response
    assert response is not None
    assert response[:6] == SERVER


def test_who_was_not_answered_gets_no_proof_and_tells_no_result(bench: Bench) -> None:
    bench.receive(Frames.identity_request())
    bench.answers()

    for stranger in STRANGERS:
        bench.receive(Frames.challenge(source=stranger))
        assert bench.receive(Frames.failure(REASON, source=stranger)) is None
        assert bench.receive(Frames.success(GRANT, source=stranger)) is None

    assert bench.answers() == []


def test_a_challenge_before_any_question_who_one_is_gets_no_proof(bench: Bench) -> None:
    bench.receive(Frames.challenge(source=STRANGERS[0]))
    assert bench.answers() == []

    bench.receive(Frames.identity_request())
    bench.receive(Frames.challenge())

    assert destinations(bench.answers()) == [SERVER] * 2


def test_one_login_gives_one_proof_whoever_challenges(bench: Bench) -> None:
    for stranger in STRANGERS:
        bench.receive(Frames.identity_request(source=stranger))
    bench.answers()

    for stranger in STRANGERS:
        bench.receive(Frames.challenge(source=stranger))

    assert len(bench.answers()) == 1


def test_strangers_that_ask_are_answered_a_bounded_number_of_times(bench: Bench) -> None:
    for _ in range(10):
        for stranger in STRANGERS[1:]:
            bench.receive(Frames.identity_request(source=stranger), after=0.001)
    answers = bench.answers()

    assert len(answers) <= 1 + REQUEST_BURST + MOST_CANDIDATES * MOST_REQUESTS
    assert len(set(destinations(answers))) == 1 + MOST_CANDIDATES


def test_a_stranger_that_asked_first_does_not_use_up_the_answers_of_the_server(
    bench: Bench,
) -> None:
    for identifier in range(REQUEST_BURST * 5):
        bench.receive(Frames.identity_request(identifier, source=STRANGERS[0]))
    bench.receive(Frames.identity_request())
    bench.answers()

    bench.receive(Frames.challenge())

    assert destinations(bench.answers()) == [SERVER]


def test_the_known_server_is_answered_also_behind_all_strangers(bench: Bench) -> None:
    bench.supplicant.known_server = SERVER
    for stranger in STRANGERS:
        bench.receive(Frames.identity_request(source=stranger))
    bench.answers()

    bench.receive(Frames.identity_request())
    bench.receive(Frames.challenge())

    assert destinations(bench.answers()) == [SERVER] * 2


def test_where_none_of_several_goes_on_all_are_asked_anew(bench: Bench) -> None:
    bench.receive(Frames.identity_request(source=STRANGERS[0]))
    bench.receive(Frames.identity_request(source=STRANGERS[1]))
    bench.answers()

    assert not bench.wait(CONTEST_WAIT)
    assert destinations(bench.answers()) == [PAE_GROUP_ADDRESS]
    bench.receive(Frames.identity_request())
    bench.receive(Frames.challenge())

    assert bench.supplicant.server == SERVER


def test_all_that_may_be_the_server_are_heeded_and_then_the_server_alone(bench: Bench) -> None:
    first, second = STRANGERS[:2]
    for server in (first, second, SERVER):
        bench.receive(Frames.identity_request(source=server))
    bench.receive(Frames.challenge())

    assert bench.heeded == [
        HeedServers((), anew=True),
        HeedServers((first, second)),
        HeedServers((first, second, SERVER)),
        HeedServers((SERVER,)),
    ]


@pytest.mark.parametrize(
    "source", [PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS, b"\xff" * 6, bytes.fromhex("010203040506")]
)
def test_a_group_cannot_be_a_server(bench: Bench, source: bytes) -> None:
    bench.receive(Frames.identity_request(source=source))
    bench.receive(Frames.success(GRANT, source=source))

    assert bench.answers() == []
    assert not bench.supplicant.was_answered


def test_other_peoples_results_told_to_the_group_find_no_server(bench: Bench) -> None:
    for frame in (
        Frames.success(GRANT, to=PAE_GROUP_ADDRESS),
        Frames.failure(REASON, to=RUIJIE_GROUP_ADDRESS),
    ):
        assert bench.receive(frame) is None
    assert not bench.supplicant.was_answered


def test_a_server_that_refuses_at_once_is_heard(bench: Bench) -> None:
    result = bench.receive(Frames.failure("账号被封"))

    assert result is not None
    assert result.message == "账号被封"
    assert bench.supplicant.server == SERVER


def test_before_its_start_nobody_is_answered_who_asks_later_is() -> None:
    bench = Bench()
    bench.supplicant.go_on_with(SERVER)

    assert bench.supplicant.answer(Frames.challenge(3), bench.now)
    assert Bench().supplicant.answer(Frames.challenge(3), bench.now) is False


# Groups and repeated Starts.


def test_starts_go_to_each_group_in_turn_until_one_is_answered() -> None:
    bench = Bench(groups=BOTH)
    bench.begin()
    bench.wait(10.0)

    starts = bench.answers()
    assert [frame[:6] for frame in starts] == [*BOTH, *BOTH]
    assert len({frame[6:] for frame in starts}) == 1, "the same but for the group"

    bench.receive(Frames.identity_request())
    assert bench.supplicant.group == RUIJIE_GROUP_ADDRESS, "the one that was called last"
    assert bench.supplicant.tried == bench.starts[-1][0]
    bench.answers()
    bench.wait(RESULT_WAIT - 1)
    assert bench.answers() == []


def gaps_of(bench: Bench, to: bytes, begin: float, end: float) -> list[float]:
    """Return the times between the calls to one group address in a part of the time."""
    times = [at for at, group in bench.starts if group == to and begin <= at - 1000.0 <= end]
    return [later - earlier for earlier, later in pairwise(times)]


@pytest.mark.parametrize("groups", [BOTH, BOTH[:1]], ids=["both", "one"])
@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_for_half_a_minute_each_group_is_called_within_6_seconds(
    groups: tuple[bytes, ...], chance: float
) -> None:
    bench = Bench(groups=groups, jitter=lambda: chance)
    bench.begin()
    bench.wait(EAGER_FOR)

    for group in groups:
        gaps = gaps_of(bench, group, 0.0, EAGER_FOR)
        assert len(gaps) >= 4
        assert max(gaps) < 5.8, "with time left for the login"
    assert len(bench.starts) <= 14


@pytest.mark.parametrize("groups", [BOTH, BOTH[:1]], ids=["both", "one"])
def test_then_pauses_grow_and_each_group_is_called_within_the_longest_one(
    groups: tuple[bytes, ...],
) -> None:
    bench = Bench(groups=groups)
    bench.begin()
    bench.wait(3600.0)

    for group in groups:
        gaps = gaps_of(bench, group, EAGER_FOR, 3600.0)
        assert all(later > earlier - 0.001 for earlier, later in pairwise(gaps)), "none shrinks"
        assert gaps[0] < 10.0
        assert max(gaps) == pytest.approx(LONGEST_PAUSE)
    assert 120 <= len(bench.starts) / len(groups) <= 150


def test_chance_takes_a_part_of_each_pause_off() -> None:
    bench = Bench(jitter=lambda: 1.0)
    bench.begin()
    bench.wait(20.0)

    gaps = gaps_of(bench, PAE_GROUP_ADDRESS, 0.0, 20.0)
    assert gaps == pytest.approx([START_REPEAT * (1 - START_JITTER)] * len(gaps))


def test_routers_that_begin_as_one_do_not_call_as_one_for_long() -> None:
    """A campus after a power cut: a thousand links come up in the same moment."""
    chance = Random(8)
    calls: list[float] = []
    for _ in range(1000):
        bench = Bench(groups=BOTH, jitter=chance.random)
        bench.begin()
        bench.wait(300.0)
        calls += [at - 1000.0 for at, _ in bench.starts]

    def busiest(begin: float, end: float) -> int:
        """Return how many calls there are in the busiest tenth of a second."""
        tenths = [round(at * 10) for at in calls if begin <= at < end]
        return max(tenths.count(tenth) for tenth in set(tenths))

    assert busiest(0.0, 1.0) == 1000
    assert busiest(20.0, EAGER_FOR) <= 125, "an eighth of them"
    assert busiest(240.0, 300.0) <= 30


def test_no_number_of_starts_ends_the_login() -> None:
    bench = Bench(groups=BOTH)
    bench.begin()

    assert not bench.wait(24 * 3600.0)
    bench.receive(Frames.identity_request(7))
    assert method_of(bench.answers()[-1]) == (7, EapType.IDENTITY)


def test_calling_in_vain_is_told_ever_more_rarely() -> None:
    bench = Bench(groups=BOTH)
    bench.begin()
    bench.wait(24 * 3600.0)

    told = [event.seconds for event in bench.of(NobodyAnswers)]
    assert told[0] == pytest.approx(EAGER_FOR, abs=START_REPEAT)
    gaps = [later - earlier for earlier, later in pairwise(told)]
    assert all(later > earlier - LONGEST_PAUSE for earlier, later in pairwise(gaps))
    assert 24 + 4 <= len(told) <= 24 + 8, "every hour in the end"


def test_what_was_asked_is_known_until_a_server_answers() -> None:
    bench = Bench(groups=BOTH)
    bench.begin()
    bench.wait(3 * START_REPEAT + 0.1)
    assert bench.unanswered.asked == Asked(since=1000.0, count=4)

    bench.receive(Frames.identity_request())
    assert bench.unanswered.asked is None


def test_frames_that_say_other_addresses_count_from_the_next_start_on() -> None:
    bench = Bench()
    bench.begin()
    bench.answers()
    other = bytes.fromhex("0200000000e9")
    bench.supplicant.frames = frames_of(
        SessionSettings(), LoginSettings("x", Secret("y")), RouterFacts(other), None, None
    )
    bench.wait(START_REPEAT)

    assert [frame[6:12] for frame in bench.answers()] == [other]


# What may come in the middle.


@pytest.mark.parametrize("method", [3, 5, 6, 13, 25, 26, 254, 255, 0])
def test_other_methods_are_refused_in_favour_of_md5(bench: Bench, method: int) -> None:
    bench.receive(Frames.identity_request())
    bench.answers()
    bench.receive(request(method, b"whatever", 9))

    (answer,) = bench.answers()
    assert EapolFrame.parse(answer).body == bytes.fromhex("02 09 0006 03 04")


@pytest.mark.parametrize(
    ("allowed", "said"), [(True, ClearPassword.SENT), (False, ClearPassword.NOT_ALLOWED)]
)
def test_who_wants_the_password_in_clear_gets_it_by_leave_alone_and_that_is_told(
    allowed: bool, said: ClearPassword
) -> None:
    account = LoginSettings("20260001", Secret("plum-tree"), allow_clear_password=allowed)
    bench = Bench(login=account)
    bench.begin()
    bench.receive(Frames.identity_request())
    bench.answers()
    bench.receive(request(EapType.CLEAR_PASSWORD, b"", 9))

    (answer,) = bench.answers()
    in_clear = bytes.fromhex("02 09 0017 07 09") + b"plum-tree" + b"20260001"
    refused = bytes.fromhex("02 09 0006 03 04")
    assert EapolFrame.parse(answer).body == (in_clear if allowed else refused)
    assert bench.of(ClearPasswordWanted) == [ClearPasswordWanted(said)]
    assert "plum-tree" not in repr(bench.events)


def test_a_notification_is_answered_and_told(bench: Bench) -> None:
    bench.receive(Frames.identity_request())
    bench.answers()
    bench.receive(request(EapType.NOTIFICATION, "\r\n系统将于今晚维护\0".encode("gbk"), 9))

    (answer,) = bench.answers()
    assert EapolFrame.parse(answer).body == bytes.fromhex("02 09 0005 02")
    assert bench.of(ServerSaid) == [ServerSaid("系统将于今晚维护")]
    assert bench.supplicant.reason == "系统将于今晚维护", "for a Failure without a word"


def test_an_empty_notification_is_answered_and_says_nothing(bench: Bench) -> None:
    bench.receive(Frames.identity_request())
    bench.answers()
    bench.receive(request(EapType.NOTIFICATION, b"", 9))

    assert len(bench.answers()) == 1
    assert bench.of(ServerSaid) == []
    assert bench.supplicant.reason is None


def test_a_reason_behind_a_challenge_is_kept_until_the_result(bench: Bench) -> None:
    bench.receive(Frames.identity_request())
    bench.receive(request(EapType.MD5_CHALLENGE, b"\x10" + bytes(16) + REASON.encode("gbk"), 2))
    bench.receive(Frames.challenge(3))

    assert bench.supplicant.reason == REASON


def test_services_on_offer_are_kept_though_a_later_challenge_has_none(bench: Bench) -> None:
    bench.receive(Frames.identity_request())
    bench.receive(Frames.challenge(2, services="一@二"))
    bench.receive(Frames.challenge(3))

    assert bench.supplicant.services == ("一", "二")


# What is not to be parsed.

STALE = Property(PieceType.SERVICES_ON_OFFER, encode_text("别人的"), marked=False).encode()


def test_stale_memory_behind_a_challenge_is_never_parsed(bench: Bench) -> None:
    """Another user's pieces, and a reason, behind the stated lengths."""
    bench.receive(Frames.identity_request())
    packet = Md5Challenge(2, bytes(16), (), b"").encode()
    clean = Frames.of_server(packet)
    dirty = Frames.of_server(packet, trailer=STALE + REASON.encode("gbk"))
    bench.receive(clean)
    answer = bench.answers()[-1]
    bench.receive(dirty, after=3.0)

    assert bench.answers() == [answer]
    assert bench.supplicant.services == ()
    assert bench.supplicant.reason is None


def test_nor_is_what_lies_between_the_eap_length_and_the_eapol_length(bench: Bench) -> None:
    body = Md5Challenge(2, bytes(16), (), b"").encode().encode() + STALE + REASON.encode("gbk")
    bench.receive(Frames.identity_request())
    bench.answers()
    bench.receive(Frames.of_server(body))

    assert len(bench.answers()) == 1
    assert (bench.supplicant.services, bench.supplicant.reason) == ((), None)


def test_a_challenge_that_goes_on_in_the_padding_is_cut(bench: Bench) -> None:
    bench.receive(Frames.identity_request())
    bench.answers()
    whole = Md5Challenge(2, bytes(16), (), b"").encode().encode()
    short = whole[:2] + b"\x00\x0a" + whole[4:10]
    bench.receive(Frames.of_server(short, trailer=whole[10:]))

    assert bench.answers() == []


def test_a_result_in_the_padding_is_none(bench: Bench) -> None:
    bench.receive(Frames.identity_request())
    success = EapPacket.build(EapCode.SUCCESS, 2).encode()

    assert bench.receive(Frames.of_server(b"", trailer=success)) is None


def test_a_message_in_the_padding_of_a_failure_is_none(bench: Bench) -> None:
    bench.receive(Frames.identity_request())
    failure = EapPacket.build(EapCode.FAILURE, 2)
    text = encode_text("账号被封")
    result = bench.receive(Frames.of_server(failure, trailer=MAGIC + b"\0\x08" + text))

    assert result is not None
    assert result.message is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        b"\x00" + bytes(16),
        b"\x10",
        b"\x10" + bytes(15),
        b"\x0f" + bytes(15),
        b"\x11" + bytes(17),
        b"\xff" + bytes(16),
        b"\xff" + bytes(255),
    ],
    ids=["nothing", "0", "0 of 16", "16 of 0", "15 of 16", "15", "17", "255 of 16", "255"],
)
def test_a_challenge_that_cannot_be_answered_is_not_and_the_next_one_is(
    bench: Bench, data: bytes
) -> None:
    bench.receive(Frames.identity_request())
    bench.answers()
    bench.receive(request(EapType.MD5_CHALLENGE, data, 2))
    assert bench.answers() == []

    bench.receive(Frames.challenge(2), after=3.0)
    assert [method_of(frame) for frame in bench.answers()] == [(2, EapType.MD5_CHALLENGE)]


@pytest.mark.parametrize("size", [1, 15, 17, 255])
def test_without_a_check_a_challenge_of_any_size_is_answered(size: int) -> None:
    bench = Bench(Dialect.PLAIN)
    bench.begin()
    bench.receive(Frames.identity_request())
    bench.answers()
    bench.receive(request(EapType.MD5_CHALLENGE, bytes((size,)) + bytes(size), 2))

    assert len(bench.answers()) == 1


@pytest.mark.parametrize("size", range(14 + 4, 14 + 4 + 5))
def test_a_request_that_was_cut_is_no_request_and_the_whole_one_is(bench: Bench, size: int) -> None:
    whole = Frames.identity_request(5)
    bench.receive(whole[:size])
    assert bench.answers() == []

    bench.receive(whole)
    assert [method_of(frame) for frame in bench.answers()] == [(5, EapType.IDENTITY)]


# Floods and silence.


def test_a_flood_of_requests_is_answered_20_times_and_then_once_a_second(bench: Bench) -> None:
    for number in range(1000):
        bench.receive(Frames.identity_request(number % 256), after=0.01)
    assert REQUEST_BURST <= len(bench.answers()) <= REQUEST_BURST + 10

    bench.receive(Frames.identity_request(1), after=30.0)
    assert len(bench.answers()) == 1


def test_silence_after_an_answer_ends_the_login(bench: Bench) -> None:
    bench.receive(Frames.identity_request())
    assert not bench.wait(RESULT_WAIT - 0.1)
    assert bench.wait(0.2)
    assert not bench.supplicant.handle_timer(bench.now + 100.0)


def test_each_request_gives_the_server_its_time_anew(bench: Bench) -> None:
    bench.receive(Frames.identity_request(1))
    assert not bench.wait(RESULT_WAIT - 1)
    bench.receive(Frames.challenge(2))
    assert not bench.wait(RESULT_WAIT - 1)
    assert bench.wait(2.0)


def test_a_timer_that_comes_early_does_nothing(bench: Bench) -> None:
    assert not bench.supplicant.handle_timer(bench.now)
    assert bench.outbox.take() == []


# Anything at all.

mutated = st.builds(
    lambda whole, cut, offset, patch: (whole[:offset] + patch + whole[offset + len(patch) :])[:cut],
    whole=st.sampled_from(
        [
            Frames.identity_request(3),
            Frames.challenge(4, services="一@二"),
            Frames.success(GRANT, "欢迎"),
            Frames.failure(REASON),
            request(EapType.NOTIFICATION, b"text", 5),
            request(26, b"mschapv2", 6),
        ]
    ),
    cut=st.integers(18, 120) | st.just(10_000),
    offset=st.integers(14, 60),
    patch=st.binary(max_size=6),
)
headed = st.binary(min_size=4, max_size=60).map(lambda rest: WAN + SERVER + b"\x88\x8e" + rest)


@given(
    dialect=st.sampled_from([Dialect.RUIJIE, Dialect.PLAIN, Dialect.CERNET]),
    groups=st.sampled_from([BOTH, BOTH[:1]]),
    frames=st.lists(st.tuples(mutated | headed, st.floats(0.0, 20.0)), max_size=30),
)
def test_whatever_comes_in_nothing_is_raised_and_each_frame_has_one_answer_at_most(
    dialect: Dialect, groups: tuple[bytes, ...], frames: list[tuple[bytes, float]]
) -> None:
    bench = Bench(dialect, groups)
    bench.begin()
    for frame, pause in frames:
        bench.wait(pause)
        bench.answers()
        bench.receive(frame)
        assert len(bench.answers()) <= 1
