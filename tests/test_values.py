"""``values.Frozen`` behaves as the frozen dataclass that type checkers take it for."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import ruijie_proxy
from ruijie_proxy.values import Frozen, replace


class Lease(Frozen):
    """How long an address may be used."""

    address: str
    """IPv4, as text."""
    seconds: int = 300
    servers: tuple[str, ...] = ()

    @staticmethod
    def parse(text: str) -> Lease:
        """Read ``ADDRESS/SECONDS``."""
        address, _, seconds = text.partition("/")
        return Lease(address, int(seconds))

    @property
    def minutes(self) -> float:
        """The lease's time in minutes."""
        return self.seconds / 60


class Nothing(Frozen):
    """A value without fields."""


class Secret(Frozen):
    """A value that does not show what it holds."""

    word: str

    def __repr__(self) -> str:
        return "Secret(…)"


def make_ours() -> Any:
    """Make a small class."""

    class Point(Frozen):
        """A point."""

        x: int
        y: int = 7

    return Point


def make_theirs() -> Any:
    """Make the same as a dataclass, of the same name."""

    @dataclasses.dataclass(frozen=True, slots=True)
    class Point:
        """A point."""

        x: int
        y: int = 7

    Point.__qualname__ = make_ours().__qualname__
    return Point


MANY = 300
"""More values than are made before a constructor is compiled."""
Ours = make_ours()
Theirs = make_theirs()


def test_fields_are_given_by_place_or_by_name_and_defaults_fill_the_rest() -> None:
    lease = Lease("10.0.0.2", servers=("10.0.0.1",))

    assert (lease.address, lease.seconds, lease.servers) == ("10.0.0.2", 300, ("10.0.0.1",))


def test_the_signature_is_that_of_a_dataclass_once_a_class_is_used_much() -> None:
    for _ in range(MANY):
        Ours(1)
    ours, theirs = (inspect.signature(point).parameters for point in (Ours, Theirs))

    assert [(p.name, p.kind, p.default) for p in ours.values()] == [
        (p.name, p.kind, p.default) for p in theirs.values()
    ]


@pytest.mark.parametrize("values_before", [0, 1, MANY])
def test_a_value_is_the_same_whether_it_is_the_first_of_its_class_or_one_of_many(
    values_before: int,
) -> None:
    point = make_ours()
    for _ in range(values_before):
        point(0)

    assert repr(point(1)) == repr(Theirs(1))
    assert repr(point(y=2, x=1)) == repr(Theirs(y=2, x=1))


@pytest.mark.parametrize("values_before", [0, MANY])
@pytest.mark.parametrize(
    ("arguments", "named"),
    [((), {}), ((1, 2, 3), {}), ((1,), {"z": 1}), ((1,), {"x": 1}), ((), {"y": 1, "z": 1})],
)
def test_wrong_arguments_are_a_type_error(
    arguments: tuple[int, ...], named: dict[str, int], values_before: int
) -> None:
    ours = make_ours()
    for _ in range(values_before):
        ours(0)

    for point in (ours, Theirs):
        with pytest.raises(TypeError):
            point(*arguments, **named)


def test_the_text_form_is_that_of_a_dataclass() -> None:
    assert repr(Ours(1)) == repr(Theirs(1))
    assert repr(Lease("a", 5)) == "Lease(address='a', seconds=5, servers=())"
    assert repr(Nothing()) == "Nothing()"


def test_a_class_may_hide_what_it_holds() -> None:
    assert "plum-tree" not in repr(Secret("plum-tree"))


def test_equal_fields_of_the_same_class_are_equal_and_hash_alike() -> None:
    assert Lease("a", 5) == Lease("a", 5)
    assert Lease("a", 5) != Lease("a", 6)
    assert len({Lease("a", 5), Lease("a", 5), Lease("a", 6), Nothing(), Nothing()}) == 3


def test_a_value_equals_no_other_class_with_the_same_fields() -> None:
    assert Ours(1) != make_ours()(1)
    assert Ours(1) != Theirs(1)
    assert Ours(1) != (1, 7)


def test_values_have_no_order() -> None:
    with pytest.raises(TypeError):
        assert Ours(1) < Ours(2)


@pytest.mark.parametrize("name", ["x", "y"])
def test_assignment_and_deletion_are_refused_as_a_dataclass_refuses_them(name: str) -> None:
    for point in (Ours(1), Theirs(1)):
        with pytest.raises(AttributeError, match=name):
            setattr(point, name, 2)
        with pytest.raises(AttributeError, match=name):
            delattr(point, name)
        assert point.x == 1


def test_a_misspelt_field_cannot_be_assigned() -> None:
    with pytest.raises(AttributeError, match="second"):
        setattr(Lease("a"), "second", 1)  # noqa: B010 - a type checker refuses it, as it should


def test_instances_have_slots_and_no_dictionary() -> None:
    for point in (Ours, Theirs):
        assert point.__slots__ == ("x", "y")
        assert not hasattr(point(1), "__dict__")


def test_docstring_and_names_are_kept() -> None:
    assert Lease.__doc__ == "How long an address may be used."
    assert (Lease.__name__, Lease.__qualname__, Lease.__module__) == ("Lease", "Lease", __name__)
    assert Ours.__qualname__ == "make_ours.<locals>.Point"


def test_methods_and_properties_are_kept() -> None:
    assert Lease.parse("10.0.0.2/120") == Lease("10.0.0.2", 120)
    assert Lease.parse("10.0.0.2/120").minutes == 2
    assert isinstance(Lease.parse("a/1"), Lease)


def test_a_value_can_be_taken_apart_by_a_match_statement() -> None:
    assert Ours.__match_args__ == Theirs.__match_args__
    match Lease("10.0.0.2", 120):
        case Lease(address, 120):
            assert address == "10.0.0.2"
        case _:
            pytest.fail("the pattern should have matched")


def test_replace_changes_a_copy() -> None:
    lease = Lease("a", 5, ("b",))

    assert replace(lease, seconds=6) == Lease("a", 6, ("b",))
    assert replace(lease) == lease
    assert lease.seconds == 5


def test_replace_knows_only_fields() -> None:
    with pytest.raises(TypeError):
        replace(Ours(1), z=1)
    with pytest.raises(TypeError):
        dataclasses.replace(Theirs(1), z=1)


@pytest.mark.parametrize("value", [Lease("a", 5, ("b",)), Nothing()], ids=repr)
def test_values_survive_copying_and_pickling(value: object) -> None:
    assert copy.copy(value) == value
    assert copy.deepcopy(value) == value
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(value, protocol)) == value


def test_inheriting_fields_is_refused_instead_of_losing_them() -> None:
    with pytest.raises(TypeError, match="cannot inherit"):

        class Longer(Lease, Frozen):
            """A lease with one more field."""

            renewed: int = 0


def test_a_base_class_without_fields_is_fine() -> None:
    class Event:
        """What happened."""

    class Moved(Event, Frozen):
        """Something moved."""

        steps: int

    assert isinstance(Moved(2), Event)
    assert Moved(2) == Moved(2)


def test_a_base_class_that_was_called_wrongly_is_still_one() -> None:
    class Base(Frozen):
        """Without fields."""

    class Moved(Base):
        """Something moved."""

        steps: int

    with pytest.raises(TypeError):
        Base(1)  # type: ignore[call-arg]
    assert (Base(), Moved(2).steps) == (Base(), 2)


def test_importing_it_loads_nothing_else() -> None:
    """This is the only reason for which it exists; dataclasses would bring 2.4 MB."""
    source = Path(ruijie_proxy.__file__).parents[1]
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); before = set(sys.modules)\n"
        "import ruijie_proxy.values; print(*sorted(set(sys.modules) - before))"
    )
    finished = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script, str(source)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert finished.stdout.split() == ["__future__", "ruijie_proxy", "ruijie_proxy.values"]
