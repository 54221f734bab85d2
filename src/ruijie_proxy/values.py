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

    def frozen(cls):
        """Make a frozen dataclass with slots of an annotated class.

        Fields are the annotations of the class itself, in order, with their defaults (which must be
        immutable). ``__post_init__`` is not called. Raises TypeError when a base class has fields:
        they are not inherited.
        """
        if any(getattr(base, "__match_args__", ()) for base in cls.__bases__):
            raise TypeError(f"{cls.__qualname__} cannot inherit the fields of a frozen value")
        annotations = dict(cls.__annotations__)
        fields = tuple(annotations)
        defaults = {name: cls.__dict__[name] for name in fields if name in cls.__dict__}
        namespace = {
            name: value
            for name, value in cls.__dict__.items()
            if name not in defaults and name not in ("__dict__", "__weakref__", "__annotations__")
        }
        namespace.update(
            __slots__=fields,
            __match_args__=fields,
            __init__=_make_first_init(fields, defaults),
            __repr__=namespace.get("__repr__", _repr),
            __eq__=_eq,
            __hash__=_hash,
            __setattr__=_refuse_assignment,
            __delattr__=_refuse_assignment,
            __reduce__=_reduce,
        )
        made = type(cls)(cls.__name__, cls.__bases__, namespace)
        made.__annotations__ = annotations
        made.__qualname__ = cls.__qualname__
        return made

    def replace(value, /, **changes):
        """Return a copy of a frozen value with some fields changed.

        Raises TypeError for a name that is no field.
        """
        fields = {name: getattr(value, name) for name in value.__slots__}
        fields.update(changes)
        return type(value)(**fields)

    def _make_first_init(fields, defaults):
        # Compiling takes most of the time that a class takes to be made, and a program that starts
        # makes dozens of them, with one value of many: it is put off until a second one is wanted.
        def __init__(self, *values, **named_values):  # noqa: N807 - it stands for the real one
            init = type(self).__init__ = _make_later_init(fields, defaults)
            in_order = dict(zip(fields, values, strict=False))
            given = defaults | in_order | named_values
            twice = in_order.keys() & named_values.keys()
            if twice or len(in_order) != len(values) or given.keys() != set(fields):
                init(self, *values, **named_values)  # which says what is wrong
                return
            for name in fields:
                object.__setattr__(self, name, given[name])

        return __init__

    def _make_later_init(fields, defaults):
        def __init__(self, *values, **named_values):  # noqa: N807 - it stands for the real one
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
