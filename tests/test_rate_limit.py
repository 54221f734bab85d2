"""The token bucket that floods run dry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.rate_limit import RateLimit


@pytest.mark.parametrize("began", [0.0, 0.1, 1234.567, 98765432.1])
def test_a_burst_passes_whole_and_no_more_at_once(began: float) -> None:
    limit = RateLimit(burst=4, seconds_each=1.0)

    assert [limit.allows(began) for _ in range(6)] == [True] * 4 + [False] * 2


@pytest.mark.parametrize("began", [0.1, 98765432.1])
def test_after_the_burst_one_passes_every_so_many_seconds(began: float) -> None:
    limit = RateLimit(burst=2, seconds_each=10.0)
    for _ in range(2):
        limit.allows(began)

    assert not limit.allows(began + 9.0)
    assert limit.allows(began + 10.0)
    assert not limit.allows(began + 11.0)
    assert limit.allows(began + 20.0)


def test_a_quiet_time_gives_the_whole_burst_back_and_no_more() -> None:
    limit = RateLimit(burst=3, seconds_each=1.0)
    for _ in range(3):
        limit.allows(0.0)

    assert [limit.allows(3600.0) for _ in range(5)] == [True] * 3 + [False] * 2


def test_what_is_refused_does_not_put_off_what_comes_after() -> None:
    limit = RateLimit(burst=1, seconds_each=1.0)
    limit.allows(0.0)
    for step in range(100):
        limit.allows(step / 100)

    assert limit.allows(1.0)


@given(
    burst=st.integers(1, 10),
    seconds_each=st.floats(0.1, 30.0),
    pauses=st.lists(st.floats(0.0, 5.0), max_size=200),
)
def test_no_stretch_of_time_lets_more_through_than_its_share(
    burst: int, seconds_each: float, pauses: list[float]
) -> None:
    limit = RateLimit(burst, seconds_each)
    now, passed = 1000.0, []
    for pause in pauses:
        now += pause
        if limit.allows(now):
            passed.append(now)

    for first in range(len(passed)):
        for last in range(first, len(passed)):
            share = burst + (passed[last] - passed[first]) / seconds_each
            assert last - first + 1 <= share + 0.001
