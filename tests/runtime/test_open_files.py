"""Room for the descriptors of many sessions."""

from __future__ import annotations

import resource
from collections.abc import Iterator

import pytest

from ruijie_proxy.runtime.records.open_files import make_room


@pytest.fixture(autouse=True)
def limits() -> Iterator[None]:
    """Begin with the usual soft limit; whatever is set is taken back."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def soft_limit() -> int:
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def test_few_sessions_have_room_already() -> None:
    make_room(160)
    assert soft_limit() == 1024


def test_many_sessions_get_room() -> None:
    make_room(500)
    assert soft_limit() == 3064


def test_room_that_is_there_is_not_taken_away() -> None:
    make_room(500)
    make_room(200)
    assert soft_limit() == 3064


def test_the_hard_limit_is_no_obstacle_to_a_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1024, 2000))
    wanted: list[tuple[int, int]] = []
    with monkeypatch.context() as patched:
        patched.setattr(resource, "setrlimit", lambda _, pair: wanted.append(pair))
        make_room(500)
    monkeypatch.undo()
    assert wanted == [(2000, 2000)]
