"""``choices`` behaves as the enumerations that type checkers take it for."""

from __future__ import annotations

import copy
import enum
import json
import pickle
from typing import Any

import pytest

from ruijie_proxy import choices


class State(choices.Enum):
    """What a door can be."""

    OPEN = "open"
    SHUT = "shut"

    @property
    def lets_in(self) -> bool:
        """Whether one can go through."""
        return self is State.OPEN


class Level(choices.IntEnum):
    """How much something matters."""

    ERROR = 3
    INFO = 6


def declare(module: Any) -> tuple[Any, Any]:
    """Make the same two classes with one module or the other."""

    class Word(module.Enum):  # type: ignore[misc]
        ONE = "one"
        TWO = "two"

    class Number(module.IntEnum):  # type: ignore[misc]
        ONE = 1
        TWO = 2

    return Word, Number


OURS = declare(choices)
THEIRS = declare(enum)
BOTH = pytest.mark.parametrize("kind", [*OURS, *THEIRS])


@BOTH
def test_members_have_a_name_and_a_value_and_come_in_their_order(kind: Any) -> None:
    assert [member.name for member in kind] == ["ONE", "TWO"]
    assert [kind(member.value) for member in kind] == [kind.ONE, kind.TWO]
    assert len(kind) == 2


@BOTH
def test_a_member_is_found_by_value_and_by_name_and_is_there_once(kind: Any) -> None:
    assert kind(kind.TWO.value) is kind.TWO
    assert kind(kind.TWO) is kind.TWO
    assert kind["TWO"] is kind.TWO
    assert kind.ONE in kind


@BOTH
@pytest.mark.parametrize("value", ["three", 3, None, [1]])
def test_a_value_that_no_member_has_is_a_value_error(kind: Any, value: object) -> None:
    with pytest.raises(ValueError, match=r"is not a valid .*(Word|Number)"):
        kind(value)


@BOTH
def test_a_name_that_no_member_has_is_a_key_error(kind: Any) -> None:
    with pytest.raises(KeyError):
        kind["THREE"]


@BOTH
def test_nothing_of_it_can_be_assigned(kind: Any) -> None:
    with pytest.raises(AttributeError):
        kind.ONE = kind.TWO
    with pytest.raises(AttributeError):
        kind.ONE.value = 5


@BOTH
def test_a_copy_of_a_member_is_the_member(kind: Any) -> None:
    assert copy.copy(kind.ONE) is kind.ONE
    assert copy.deepcopy([kind.ONE]) == [kind.ONE]
    assert copy.deepcopy(kind.ONE) is kind.ONE


@pytest.mark.parametrize("member", [State.SHUT, Level.INFO])
def test_a_member_survives_being_pickled(member: object) -> None:
    assert pickle.loads(pickle.dumps(member)) is member


def test_text_forms_are_those_of_enum() -> None:
    for ours, theirs in zip(OURS, THEIRS, strict=True):
        assert repr(ours.ONE) == repr(theirs.ONE)
        assert str(ours.ONE) == str(theirs.ONE)
        assert f"{ours.ONE}" == f"{theirs.ONE}"


def test_members_differ_from_their_values_but_where_they_are_numbers() -> None:
    assert State.OPEN != "open"  # type: ignore[comparison-overlap]
    assert {3: "found"}[Level.ERROR] == "found"
    assert Level.ERROR < Level.INFO
    assert {3: "found"}[Level.ERROR] == "found"
    assert json.dumps({"level": Level.INFO}) == '{"level": 6}'
    assert f"{Level.INFO:02x}" == "06"


def test_a_class_may_have_methods_and_properties() -> None:
    assert State.OPEN.lets_in
    assert not State.SHUT.lets_in


def test_two_names_for_one_value_are_refused() -> None:
    with pytest.raises(TypeError, match="two names"):

        class Doubled(choices.Enum):
            ONE = 1
            UNO = 1
