"""``frozen``: the frozen dataclass with slots that every value of this program is.

To a type checker, :func:`frozen` *is* ``dataclasses.dataclass(frozen=True, slots=True)``. At run
time it is the small part of it that the daemon uses, because importing :mod:`dataclasses` brings
in inspect, ast, dis and tokenize: 2.4 MB resident and half of the daemon's start (CPython 3.11 on
x86-64; ``make bench`` shows what the daemon needs in all). On a router of 64 MB that is no detail.
"""

from __future__ import annotations

# A type checker takes any variable of this name to be true; importing typing for it would load
# another 800 kB.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from dataclasses import dataclass, replace
    from typing import TypeVar, dataclass_transform

    T = TypeVar("T")

    @dataclass_transform(frozen_default=True)
    def frozen(cls: type[T]) -> type[T]:
        """Make a frozen dataclass with slots of an annotated class."""
        return dataclass(frozen=True, slots=True)(cls)

else:
    _MADE_SLOWLY = 250
    """How many values of a class are made before a constructor of its own is compiled."""

    def frozen(cls):
        """Make a frozen dataclass with slots of an annotated class.

        Fields are the annotations of the class itself, in order, with their defaults (which must be
        immutable). ``__post_init__`` is not called. Raises TypeError when a base class has fields:
        they are not inherited.
        """
        if any(getattr(base, "__match_args__", ()) for base in cls.__bases__):
            raise TypeError(f"{cls.__qualname__} cannot inherit the fields of a frozen value")
        namespace = dict(cls.__dict__)
        fields = tuple(namespace.get("__annotations__", ()))
        defaults = {name: namespace.pop(name) for name in fields if name in namespace}
        for name in ("__dict__", "__weakref__"):
            namespace.pop(name, None)
        namespace.setdefault("__repr__", _repr)
        namespace |= {
            "__qualname__": cls.__qualname__,
            "__slots__": fields,
            "__match_args__": fields,
            "__init__": _make_slow_init(fields, defaults),
            "__eq__": _eq,
            "__hash__": _hash,
            "__setattr__": _refuse_assignment,
            "__delattr__": _refuse_assignment,
            "__reduce__": _reduce,
        }
        return type(cls)(cls.__name__, cls.__bases__, namespace)

    def replace(value, /, **changes):
        """Return a copy of a frozen value with some fields changed.

        Raises TypeError for a name that is no field.
        """
        fields = {name: getattr(value, name) for name in value.__slots__}
        fields.update(changes)
        return type(value)(**fields)

    def _make_slow_init(fields, defaults):
        # Compiling takes as long as making hundreds of values, and a program that starts makes a
        # few of dozens of classes: it is put off until a class is seen to be used much.
        made = 0
        set_attribute = object.__setattr__

        def __init__(self, *values, **named_values):  # noqa: N807 - it stands for the real one
            nonlocal made
            made += 1
            if made <= _MADE_SLOWLY:
                if len(values) == len(fields) and not named_values:
                    for name, value in zip(fields, values, strict=True):
                        set_attribute(self, name, value)
                    return
                in_order = dict(zip(fields, values, strict=False))
                given = defaults | in_order | named_values
                twice = in_order.keys() & named_values.keys()
                if not twice and len(in_order) == len(values) and given.keys() == set(fields):
                    for name, value in given.items():
                        set_attribute(self, name, value)
                    return
            # From here on, or because it says what is wrong.
            init = type(self).__init__ = _make_init(fields, defaults)
            init(self, *values, **named_values)

        return __init__

    def _make_init(fields, defaults):
        # Compiled once a class, as dataclasses does: a real signature, and twice the speed of a
        # loop over keyword arguments.
        parameters = [f"{name}=defaults[{name!r}]" if name in defaults else name for name in fields]
        body = [f"    set_attribute(self, {name!r}, {name})" for name in fields] or ["    pass"]
        source = "\n".join([f"def __init__({', '.join(['self', *parameters])}):", *body])
        scope = {"defaults": defaults, "set_attribute": object.__setattr__}
        exec(source, scope)  # noqa: S102 - built from the names of a class of ours alone
        return scope["__init__"]

    def _as_tuple(self):
        return tuple([getattr(self, name) for name in self.__slots__])

    def _repr(self):
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__slots__)
        return f"{type(self).__qualname__}({fields})"

    def _eq(self, other):
        if type(other) is not type(self):
            return NotImplemented
        return _as_tuple(self) == _as_tuple(other)

    def _hash(self):
        return hash(_as_tuple(self))

    def _refuse_assignment(self, name, *_value):
        raise AttributeError(f"cannot assign to field {name!r} of a {type(self).__qualname__}")

    def _reduce(self):
        return type(self), _as_tuple(self)


__all__ = ["frozen", "replace"]
