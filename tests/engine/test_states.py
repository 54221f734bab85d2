"""The table of states: what it promises as a whole."""

from __future__ import annotations

import pytest

from ruijie_proxy.engine.states import (
    HOLDING,
    LOGGING_IN,
    PUBLIC_NAMES,
    Cause,
    State,
    next_state,
)

PROMISED = {"waiting", "authenticating", "online", "backoff", "link-down", "stopped"}
"""The names of the user's interface."""


def may_follow(state: State) -> dict[Cause, State]:
    """Return what the table holds for a state."""
    found = {}
    for cause in Cause:
        try:
            found[cause] = next_state(state, cause)
        except KeyError:
            continue
    return found


@pytest.mark.parametrize("state", [state for state in State if state is not State.STOPPED])
def test_a_session_can_be_stopped_in_every_state_and_then_nothing_moves_it(state: State) -> None:
    assert next_state(state, Cause.STOPPED) is State.STOPPED
    assert may_follow(State.STOPPED) == {}


@pytest.mark.parametrize(
    "state", [state for state in State if state not in (State.STOPPED, State.LINK_DOWN)]
)
def test_every_state_above_a_link_knows_what_its_loss_means(state: State) -> None:
    assert next_state(state, Cause.LINK_LOST) is State.LINK_DOWN


@pytest.mark.parametrize("state", [state for state in State if state in HOLDING + LOGGING_IN])
def test_a_failure_always_means_waiting_for_a_client(state: State) -> None:
    assert next_state(state, Cause.FAILED) is State.WAITING


@pytest.mark.parametrize("state", LOGGING_IN)
def test_a_success_always_means_being_online(state: State) -> None:
    assert next_state(state, Cause.SUCCEEDED) is State.ONLINE


@pytest.mark.parametrize("state", LOGGING_IN)
def test_a_login_without_a_result_costs_no_session_that_was_held(state: State) -> None:
    after = next_state(state, Cause.TIMED_OUT)

    assert after is (State.ONLINE if state in HOLDING else State.WAITING)


def test_a_link_that_comes_back_too_late_means_waiting_for_a_client() -> None:
    assert next_state(State.LINK_DOWN, Cause.LINK_BACK) is State.WAITING
    assert next_state(State.LINK_DOWN, Cause.LINK_BACK_IN_TIME) is State.ONLINE


def test_a_pair_that_cannot_be_is_a_fault_of_the_program() -> None:
    with pytest.raises(KeyError):
        next_state(State.WAITING, Cause.FAILED)


def test_every_state_can_be_reached() -> None:
    reached = {State.WAITING}
    while True:
        further = reached | {after for state in reached for after in may_follow(state).values()}
        if further == reached:
            break
        reached = further

    assert reached == set(State)


def test_every_cause_is_in_the_table() -> None:
    assert {cause for state in State for cause in may_follow(state)} == set(Cause)


def test_users_see_only_the_promised_names() -> None:
    assert set(PUBLIC_NAMES) == set(State)
    assert set(PUBLIC_NAMES.values()) <= PROMISED
