"""Bad cables are bad in the measure that was asked for."""

from __future__ import annotations

from random import Random

from ruijie_proxy.lab.loss import NO_LOSS, Loss

FRAMES = 10_000


def test_a_good_cable_delivers_each_frame_once() -> None:
    random = Random(1)

    assert {NO_LOSS.copies(random) for _ in range(FRAMES)} == {1}
    assert not NO_LOSS


def test_a_bad_cable_loses_and_repeats_about_as_many_as_it_was_told() -> None:
    bad = Loss(lost=0.2, repeated=0.1)
    random = Random(1)

    copies = [bad.copies(random) for _ in range(FRAMES)]

    assert abs(copies.count(0) / FRAMES - 0.2) < 0.02
    assert abs(copies.count(2) / FRAMES - 0.8 * 0.1) < 0.02
    assert bad
