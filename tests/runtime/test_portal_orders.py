"""What an order to a web portal has come to, where the child that carried it out tells nothing."""

from __future__ import annotations

import os

import pytest

from ruijie_proxy.engine.actions import AskPortal
from ruijie_proxy.engine.settings import LoginSettings
from ruijie_proxy.protocol.portal.outcomes import Came, Order, Outcome
from ruijie_proxy.runtime.basis.c_modules import signal
from ruijie_proxy.runtime.basis.event_loop import EventLoop
from ruijie_proxy.runtime.portal import orders
from ruijie_proxy.runtime.portal.orders import PortalOrders
from ruijie_proxy.secret import Secret

PAGE = "http://10.9.8.7/eportal/index.jsp"


def outcome_of(order: Order) -> Outcome:
    """Carry out an order."""
    answered: list[Outcome] = []
    loop = EventLoop()

    def on_answer(outcome: Outcome) -> None:
        answered.append(outcome)
        loop.stop()

    login = LoginSettings("20261234", Secret("plum-tree"))
    asker = PortalOrders(loop, "lo", login, on_answer, lambda _: None)
    asker.carry_out(AskPortal(order, PAGE, ""))
    loop.run()
    asker.close()
    loop.close()
    return answered[0]


def die(*_: object) -> str:
    os._exit(3)


def wait_for_ever(*_: object) -> str:
    signal.pause()
    raise AssertionError("woken")


@pytest.mark.parametrize("child", [die, wait_for_ever, lambda *_: "{", lambda *_: "[]"])
@pytest.mark.parametrize("order", Order)
def test_a_password_may_have_been_sent_by_a_child_that_tells_nothing(
    monkeypatch: pytest.MonkeyPatch, child: object, order: Order
) -> None:
    """What is not known to be none counts as a try: the limits hold."""
    monkeypatch.setattr(orders, "_converse", child)
    monkeypatch.setattr(orders, "_CONVERSATION_TIMEOUT", 0.2)

    outcome = outcome_of(order)

    assert outcome.came is Came.SILENT
    assert outcome.has_tried is (order in (Order.LOG_IN, Order.COME_BACK))


def test_where_no_child_can_be_started_nothing_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(11, "no more processes")

    monkeypatch.setattr(orders, "ForkedQuestion", fail)

    assert outcome_of(Order.LOG_IN) == Outcome(Came.SILENT)
