"""Whatever happens at a port in whatever order: in the end it is online by what is there."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from ruijie_proxy.engine.actions import SendToServer
from ruijie_proxy.engine.states import State
from ruijie_proxy.protocol.portal.outcomes import Order
from tests.integration.both_ways import NO_ADDRESS, BothWays, a_portal
from tests.integration.own_campus import HOUR, LEASED, assert_within_limits

Step = Callable[["World"], object]
PAUSES = (0.0, 0.3, 2.0, 31.0, 75.0, 200.0, 700.0)


class World(BothWays):
    """A port behind which anything may change, and what has to hold at every moment."""

    def __init__(self) -> None:
        self.there = a_portal(keepalive=5)
        super().__init__(portal=self.there)

    def _carry_out(self, action: object) -> None:
        at_portal = self.session.status.portal is not None
        assert not (at_portal and isinstance(action, SendToServer)), "a frame, while at a portal"
        logins = len(self.there.portal.logins)
        super()._carry_out(action)
        if len(self.there.portal.logins) > logins:
            assert at_portal
            assert self.asked[-1].order in (Order.LOG_IN, Order.COME_BACK)

    def end(self) -> None:
        """Log off for good, and see that nothing is left."""
        self.log_off()
        before = len(self.there.portal.logins)
        self.run(HOUR)
        assert self.session.held is None
        assert len(self.there.portal.logins) == before


def _switch(there: bool) -> Step:
    def step(world: World) -> None:
        if there is not world.switch_is_there:
            world.link(False)
            world.switch_is_there = there
            world.link(True)

    return step


def _portal(there: bool) -> Step:
    def step(world: World) -> None:
        world.portal = world.there if there else None
        world.there.portal.is_silent = False

    return step


def _flap(world: World) -> None:
    world.link(False)
    world.run(5)
    world.link(True)


STEPS: dict[str, Step] = {
    "switch": _switch(True),
    "no switch": _switch(False),
    "portal": _portal(True),
    "no portal": _portal(False),
    "portal down": lambda world: setattr(world.there, "is_down", True),
    "portal up": lambda world: setattr(world.there, "is_down", False),
    "dropped": lambda world: world.there.portal.drop(world.there.address),
    "asked": BothWays.switch_asks,
    "address": lambda world: world.address(LEASED),
    "no address": lambda world: world.address(NO_ADDRESS),
    "flap": _flap,
    "restart": lambda world: world.restart_router(1.0),
    "log off": BothWays.log_off,
    "relogin": lambda world: world.session.log_in_anew(world.now),
    "client": lambda world: world.login(1.0),
}
steps = st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.sampled_from(PAUSES)), max_size=12)


def lived(history: list[tuple[str, float]]) -> World:
    world = World()
    world.begin(1.0)
    for name, pause in history:
        STEPS[name](world)
        world.run(pause)
    return world


SETTINGS = settings(max_examples=40)


@SETTINGS
@given(steps)
def test_in_the_end_it_is_online_at_the_switch(history: list[tuple[str, float]]) -> None:
    world = lived(history)
    _portal(False)(world)
    _switch(True)(world)
    _flap(world)
    world.session.try_again(world.now)
    world.run(2 * HOUR)

    assert world.state() is State.ONLINE
    assert world.session.status.portal is None
    assert_within_limits(world)
    world.end()


@SETTINGS
@given(steps)
def test_in_the_end_it_is_online_at_the_portal(history: list[tuple[str, float]]) -> None:
    world = lived(history)
    _switch(False)(world)
    _portal(True)(world)
    world.there.is_down = False
    world.address(LEASED)
    world.session.trust_anew()
    world.session.try_again(world.now)
    world.run(2 * HOUR)

    assert world.is_at_portal
    assert world.state() is State.ONLINE
    assert world.there.portal.complaints == []
    world.end()
