"""``Frozen``: the frozen dataclass with slots that every value of this program is.

To a type checker, a class of this base *is* a ``dataclass(frozen=True, slots=True)``. At run time
it is the small part of that which the daemon uses, because importing :mod:`dataclasses` brings in
inspect, ast, dis and tokenize: 2.4 MB resident and half of the daemon's start (CPython 3.11 on
x86-64; ``make bench`` shows what the daemon needs in all). On a router of 64 MB that is no detail.

It is no decorator: that would get a class without slots and make another of it, a hundred times.
Making a class takes as long as all else that a start does for it, and the first would be garbage.
"""

from __future__ import annotations

# A type checker takes any variable of this name to be true; importing typing for it would load
# another 800 kB.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from dataclasses import replace
    from typing import dataclass_transform

    @dataclass_transform(frozen_default=True)
    class Frozen:
        """Makes a frozen dataclass with slots of an annotated class that has it for its base."""

else:
    _MADE_SLOWLY = 250
    """How many values of a class are made before a constructor of its own is compiled."""

    _set_attribute = object.__setattr__

    def replace(value, /, **changes):
        """Return a copy of a frozen value with some fields changed.

        Raises TypeError for a name that is no field.
        """
        fields = {name: getattr(value, name) for name in value.__slots__}
        fields.update(changes)
        return type(value)(**fields)

    def _make_init(fields, defaults):
        # Compiled once a class, as dataclasses does: a real signature, and twice the speed of a
        # loop over keyword arguments.
        parameters = [f"{name}=defaults[{name!r}]" if name in defaults else name for name in fields]
        body = [f"    set_attribute(self, {name!r}, {name})" for name in fields] or ["    pass"]
        source = "\n".join([f"def __init__({', '.join(['self', *parameters])}):", *body])
        scope = {"defaults": defaults, "set_attribute": _set_attribute}
        exec(source, scope)  # noqa: S102 - built from the names of a class of ours alone
        return scope["__init__"]

    class _Maker(type):
        """Makes the classes."""

        def __new__(meta, name, bases, namespace):
            if any(getattr(base, "__match_args__", ()) for base in bases):
                raise TypeError(f"{name} cannot inherit the fields of a frozen value")
            # Not kept: they are a dictionary and a text a field, and nobody asks for them.
            fields = tuple(namespace.pop("__annotations__", ()))
            defaults = {field: namespace.pop(field) for field in fields if field in namespace}
            namespace["__slots__"] = namespace["__match_args__"] = fields
            namespace["_first_ones"] = iter(range(_MADE_SLOWLY))
            if defaults:
                namespace["_defaults"] = defaults
            return super().__new__(meta, name, bases, namespace)

    class Frozen(metaclass=_Maker):
        """Makes a frozen dataclass with slots of an annotated class that has it for its base.

        Fields are the annotations of the class itself, in order, with their defaults (which must be
        immutable). ``__post_init__`` is not called. Raises TypeError when a base class has fields:
        they are not inherited.
        """

        _defaults = {}  # noqa: RUF012 - the same for all that have none

        # Compiling a constructor takes as long as making hundreds of values, and a program that
        # starts makes a few of dozens of classes: it is put off until a class is seen to be used
        # much.
        def __init__(self, *values, **named_values):
            made = type(self)
            fields, defaults = made.__match_args__, made._defaults
            if not fields or next(made._first_ones, None) is not None:
                if len(values) == len(fields) and not named_values:
                    for name, value in zip(fields, values, strict=True):
                        _set_attribute(self, name, value)
                    return
                in_order = dict(zip(fields, values, strict=False))
                given = defaults | in_order | named_values
                twice = in_order.keys() & named_values.keys()
                if not twice and len(in_order) == len(values) and given.keys() == set(fields):
                    for name, value in given.items():
                        _set_attribute(self, name, value)
                    return
            # From here on, or because it says what is wrong.
            init = _make_init(fields, defaults)
            if fields:  # a class without any may be inherited from
                made.__init__ = init
            init(self, *values, **named_values)

        def __repr__(self):
            fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__slots__)
            return f"{type(self).__qualname__}({fields})"

        def __eq__(self, other):
            if type(other) is not type(self):
                return NotImplemented
            return _as_tuple(self) == _as_tuple(other)

        def __hash__(self):
            return hash(_as_tuple(self))

        def __setattr__(self, name, _value):
            raise AttributeError(f"cannot assign to field {name!r} of a {type(self).__qualname__}")

        def __delattr__(self, name):
            raise AttributeError(f"cannot assign to field {name!r} of a {type(self).__qualname__}")

        def __reduce__(self):
            return type(self), _as_tuple(self)

    def _as_tuple(self):
        return tuple([getattr(self, name) for name in self.__slots__])


__all__ = ["Frozen", "replace"]
