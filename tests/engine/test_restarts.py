"""Which Starts, while online, are a client's wish to log in anew."""

from __future__ import annotations

import pytest

from ruijie_proxy.engine.relay.restarts import REMEMBERED_CLIENTS, Restarts

CLIENT = bytes.fromhex("02000000cc01")
OTHER = bytes.fromhex("02000000cc02")


@pytest.mark.parametrize(
    ("pause", "patient"),
    [(0.0, False), (0.99, False), (1.0, True), (5.0, True), (60.0, True), (60.1, False)],
)
def test_a_client_that_repeats_its_start_after_some_seconds_means_it(
    pause: float, patient: bool
) -> None:
    restarts = Restarts()

    assert not restarts.means_a_new_login(CLIENT, 1000.0)
    assert restarts.means_a_new_login(CLIENT, 1000.0 + pause) is patient


def test_each_client_has_its_own_patience() -> None:
    restarts = Restarts()
    restarts.means_a_new_login(CLIENT, 1000.0)

    assert not restarts.means_a_new_login(OTHER, 1005.0)
    assert restarts.means_a_new_login(CLIENT, 1010.0)


def test_what_is_forgotten_does_not_count() -> None:
    restarts = Restarts()
    restarts.means_a_new_login(CLIENT, 1000.0)

    restarts.forget()

    assert not restarts.means_a_new_login(CLIENT, 1005.0)


def test_made_up_addresses_cost_no_more_than_a_few_real_ones() -> None:
    restarts = Restarts()
    restarts.means_a_new_login(CLIENT, 1000.0)
    for number in range(REMEMBERED_CLIENTS):
        restarts.means_a_new_login(number.to_bytes(6, "big"), 1001.0)

    assert not restarts.means_a_new_login(CLIENT, 1005.0)  # forgotten, and remembered from now
    assert restarts.means_a_new_login(CLIENT, 1010.0)
