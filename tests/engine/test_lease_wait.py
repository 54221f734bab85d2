"""The wait for the WAN port's address ends with another one than was there, and its gateway."""

from __future__ import annotations

from ruijie_proxy.engine.login.lease_wait import LeaseWait
from ruijie_proxy.engine.outbox import Outbox
from ruijie_proxy.engine.settings import DhcpMode, SessionSettings
from ruijie_proxy.values import replace
from tests.engine.own_session import FACTS, LOGIN

SETTINGS = SessionSettings(login=LOGIN, dhcp=DhcpMode.DOUBLE, renew=False)


def test_the_address_that_was_there_before_does_not_end_it() -> None:
    wait = LeaseWait(SETTINGS, Outbox())
    wait.begin(FACTS, 100.0)

    assert not wait.ends_with(FACTS, 101.0)
    assert wait.ends_with(replace(FACTS, address=bytes((10, 20, 30, 102))), 102.0)
