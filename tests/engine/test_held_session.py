"""A session that is held: what a flood may bring about, and what is written down of it."""

from __future__ import annotations

import pytest

from ruijie_proxy.engine.actions import ForgetSession, KeepSession, SendToServer
from ruijie_proxy.engine.heartbeats import Authentication
from ruijie_proxy.engine.keeping.held_session import (
    PROBE_BURST,
    SUCCESS_BURST,
    SUCCESS_INTERVAL,
    HeldSession,
)
from ruijie_proxy.engine.kept_session import KeptSession
from ruijie_proxy.engine.outbox import Outbox
from ruijie_proxy.engine.settings import SessionSettings
from ruijie_proxy.protocol.results import Result
from tests.engine.conftest import CLIENT, GRANT, SERVER, WAN, Frames

NOW = 1000.0
IDENTITY = Frames.response(Frames.identity, WAN)
BARE_SUCCESS = Result(3, 2, b"", ())


class Holder:
    """A held session, and what it asks for."""

    def __init__(self, *, granted: bool = True, own: bool = True) -> None:
        self.outbox = Outbox()
        grant = GRANT if granted else None
        self.held = HeldSession(
            Authentication(SERVER, WAN, IDENTITY, grant),
            SessionSettings(),
            self.outbox,
            client=WAN if own else CLIENT,
            own=own,
            since=NOW,
            message="欢迎",
            accounting="本月已用3.5小时",
        )
        self.held.keeper.begin(client_may_teach=False, now=NOW)
        self.held.keeper.handle_timer(NOW)
        self.outbox.take()

    def sent(self) -> list[bytes]:
        return [action.frame for action in self.outbox.take() if isinstance(action, SendToServer)]

    def kept(self) -> KeptSession:
        """Let it be written down, and return what was."""
        self.outbox.take()
        self.held.save()
        (action,) = self.outbox.take()
        assert isinstance(action, KeepSession)
        return action.kept


def test_a_flood_of_successes_is_heeded_3_times_and_then_every_10_seconds() -> None:
    held = Holder().held
    heeded = [
        held.told_success(BARE_SUCCESS, proven=False, now=NOW + number / 100)
        for number in range(1000)
    ]

    assert heeded[:SUCCESS_BURST] == [True] * SUCCESS_BURST
    assert heeded.count(True) == SUCCESS_BURST
    assert held.told_success(BARE_SUCCESS, proven=False, now=NOW + 10.0 + SUCCESS_INTERVAL)


def test_a_flood_of_probes_is_answered_5_times_and_then_once_a_second() -> None:
    holder = Holder(granted=False)
    for number in range(1000):
        assert holder.held.answer_identity(number % 256, NOW + number / 100)

    assert PROBE_BURST <= len(holder.sent()) <= PROBE_BURST + 10


def test_a_flood_of_echoes_is_answered_as_rarely() -> None:
    holder = Holder(granted=False)
    for number in range(1000):
        holder.held.answer_echo(b"echo", NOW + number / 100)

    assert PROBE_BURST <= holder.sent().count(b"echo") <= PROBE_BURST + 10


@pytest.mark.parametrize("own", [True, False])
def test_what_is_written_down_is_held_again(own: bool) -> None:
    kept = KeptSession.from_plain(Holder(own=own).kept().to_plain())

    again = HeldSession.from_kept(kept, SessionSettings(), Outbox(), NOW + 5.0)

    assert again.authentication == Authentication(SERVER, WAN, IDENTITY, None)
    assert (again.client, again.own, again.since) == (WAN if own else CLIENT, own, NOW)
    assert (again.message, again.accounting) == ("欢迎", "本月已用3.5小时")
    assert again.keeper.resume_point.next_number == kept.next_number is not None


def test_a_proof_given_anew_brings_the_servers_new_words() -> None:
    held = Holder().held

    assert held.told_success(BARE_SUCCESS, proven=False, now=NOW + 60.0)
    assert (held.message, held.accounting) == ("欢迎", "本月已用3.5小时")
    assert held.told_success(BARE_SUCCESS, proven=True, now=NOW + 120.0)
    assert (held.message, held.accounting) == (None, None)


def test_a_goodbye_is_the_callers_or_the_usual_one_and_ends_what_was_kept() -> None:
    for given in (b"the dialect's own", None):
        holder = Holder()
        holder.held.log_off(given)

        goodbye, forgotten = holder.outbox.take()
        assert isinstance(goodbye, SendToServer)
        assert forgotten == ForgetSession()
        if given is not None:
            assert goodbye.frame == given
        else:
            assert goodbye.frame[:16] == SERVER + WAN + bytes.fromhex("888e 0102")
