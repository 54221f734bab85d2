"""What a session asks for comes out once, and in its order."""

from __future__ import annotations

from ruijie_proxy.engine.actions import ForgetSession, Report, SendToServer
from ruijie_proxy.engine.events import ClientWaits, LinkLost
from ruijie_proxy.engine.outbox import STRANGER_BURST, STRANGER_INTERVAL, Outbox

WAITS = ClientWaits(bytes(6))


def test_actions_come_out_in_order_and_once() -> None:
    outbox = Outbox()
    outbox.act(SendToServer(b"1"))
    outbox.report(LinkLost())
    outbox.act(ForgetSession())

    assert outbox.take() == [SendToServer(b"1"), Report(LinkLost()), ForgetSession()]
    assert outbox.take() == []


def test_what_was_taken_is_not_changed_by_what_comes_after() -> None:
    outbox = Outbox()
    outbox.act(ForgetSession())
    taken = outbox.take()
    outbox.act(ForgetSession())

    assert taken == [ForgetSession()]


def test_strangers_fill_no_log() -> None:
    outbox = Outbox()
    for step in range(1000):
        outbox.report_stranger(WAITS, 1000.0 + step * STRANGER_INTERVAL / 1000)
    assert STRANGER_BURST <= len(outbox.take()) <= STRANGER_BURST + 1

    outbox.report_stranger(WAITS, 2000.0)
    outbox.report(LinkLost())
    assert outbox.take() == [Report(WAITS), Report(LinkLost())]


def test_strangers_do_not_keep_the_users_own_news_back() -> None:
    outbox = Outbox()
    for _ in range(100):
        outbox.report_stranger(WAITS, 1000.0)
    outbox.take()
    for _ in range(10):
        outbox.report(LinkLost())

    assert outbox.take() == [Report(LinkLost())] * 10
