"""A small campus after a power cut, as ``bench --only campus`` has a large one.

The same seed gives the same figures in every run, so what is held here is held exactly.
"""

from __future__ import annotations

from math import inf
from random import Random

import pytest

from bench.campus.kinds import BY_DESIGN, OTHERS, OURS, Kind
from bench.campus.power_cut import Aftermath, Campus, power_cut
from bench.campus.rows import DEAD_FOR, SLACK, digests_shared
from ruijie_proxy.lab.switch.radius_server import RadiusServer

ROUTERS = 300
SHRUNK = ROUTERS / Campus().routers
SMALL = Campus(ROUTERS, Campus().logins_a_second * SHRUNK, round(Campus().queue * SHRUNK))
SMALL_WAVE = 7.0
"""As the bench has it; in so few, chance makes a busier second."""


def after_power_cut(kind: Kind, *, dead_for: float = 0.0) -> Aftermath:
    """Let the power come back, and the switches answer after so many seconds."""
    campus = Campus(SMALL.routers, SMALL.logins_a_second, SMALL.queue, dead_for)
    with digests_shared():
        return power_cut(kind, campus)


@pytest.mark.parametrize("kind", OURS, ids=[kind.name for kind in OURS])
@pytest.mark.parametrize("dead_for", [0.0, DEAD_FOR])
def test_all_routers_are_online_soon_after_the_server_could_have_let_in_the_last(
    kind: Kind, dead_for: float
) -> None:
    after = after_power_cut(kind, dead_for=dead_for)

    assert after.online_after(1.0) <= SLACK * SMALL.least_time
    assert max(after.tries) <= 3
    assert after.limited == 0
    assert after.start_wave is not None
    assert after.start_wave <= SMALL_WAVE
    assert after.heartbeat_wave is None or after.heartbeat_wave <= 2.0
    assert set(after.complaints) <= BY_DESIGN


@pytest.mark.parametrize("kind", OURS, ids=[kind.name for kind in OURS])
def test_each_switch_draws_challenges_of_its_own(kind: Kind) -> None:
    server = RadiusServer(SMALL.logins_a_second, SMALL.queue)

    ports = [kind.make_port(number, Random(1), server) for number in range(20)]

    # With the same challenges for all, one number would be every relay's chance.
    assert len({port.switch.options.seed for port in ports}) == len(ports)


def test_programs_without_chance_take_several_times_as_long_or_give_up() -> None:
    minieap, mentohust = (after_power_cut(kind) for kind in OTHERS)

    assert minieap.online_after(1.0) == inf
    assert minieap.offline > ROUTERS / 2
    assert mentohust.online_after(1.0) > 2 * SLACK * SMALL.least_time
