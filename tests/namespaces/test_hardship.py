"""A short part of the soak: each thing once. For minutes of it there is ``make soak``."""

from __future__ import annotations

from random import Random

import pytest

from tests.soak.scenarios import (
    Scenario,
    bad_cable,
    full_disk,
    hostile_hosts,
    kills_during_logins,
    kills_online_relayed,
)


@pytest.mark.parametrize(
    "scenario", [kills_during_logins, kills_online_relayed, full_disk, bad_cable, hostile_hosts]
)
def test_the_session_is_online_whatever_happens(scenario: Scenario) -> None:
    tally = scenario(1.0, Random(2026))

    assert tally.failed == []
    assert tally.done
