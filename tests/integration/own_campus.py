"""A campus whose router logs in by itself, made in a few words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ruijie_proxy.config.shape.model import Mode
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.engine.settings import LoginSettings, SessionSettings
from ruijie_proxy.lab.options import (
    DEFAULT_PASSWORD,
    DEFAULT_USER,
    ClientOptions,
    SwitchOptions,
)
from ruijie_proxy.secret import Secret
from ruijie_proxy.values import replace

MINUTE = 60.0
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WAN = bytes.fromhex("0200000000e1")
QUARANTINED = RouterFacts(WAN, address=bytes((172, 16, 0, 100)))
LEASED = RouterFacts(
    WAN,
    address=bytes((10, 20, 30, 101)),
    netmask=bytes((255, 255, 255, 0)),
    gateway=bytes((10, 20, 30, 1)),
    dns=bytes((202, 114, 0, 242)),
    dns_servers=(bytes((202, 114, 0, 242)),),
)

Routed = Callable[..., Any]


def account(**changes: Any) -> LoginSettings:
    """Return the settings of the campus's only user."""
    return replace(LoginSettings(DEFAULT_USER, Secret(DEFAULT_PASSWORD)), **changes)


def own(
    routed: Routed,
    options: SwitchOptions | None = None,
    *,
    client: ClientOptions | None = None,
    login: LoginSettings | None = None,
    facts: RouterFacts = LEASED,
    mode: Mode = Mode.LOGIN,
    **settings: Any,
) -> Any:
    """Make the campus; further keywords are the router's settings."""
    return routed(
        options or SwitchOptions(),
        client or ClientOptions(),
        SessionSettings(login=login or account(), **settings),
        mode=mode,
        facts=facts,
    )


def most_within(times: list[float], seconds: float) -> int:
    """Return how many there were in the busiest time of that length."""
    return max((sum(at <= t < at + seconds for t in times) for at in times), default=0)


def assert_within_limits(campus: Any) -> None:
    """The switch has never counted more against the user than the limits allow."""
    fruitless, succeeded = campus.switch.fruitless, campus.switch.succeeded
    assert most_within(fruitless, 10 * MINUTE) <= 3, fruitless
    assert most_within(fruitless, HOUR) <= 8, fruitless
    assert most_within(succeeded, HOUR) <= 20, succeeded
