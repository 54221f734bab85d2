"""``Enum`` and ``IntEnum``: names for what has few values, as the daemon uses them.

To a type checker they *are* those of :mod:`enum`. At run time they are the small part of it that
the daemon uses. Python's own take a hundred lines of Python for every class and, in 3.11, a call
for every member that is named. That was a fifth of the daemon's start on a small router: it has two
dozen such classes, and a table of transitions (``make test-mips`` measures the start).
"""

from __future__ import annotations

TYPE_CHECKING = False

if TYPE_CHECKING:
    from enum import Enum, IntEnum
else:

    def _is_member(key, value):
        return not key.startswith("_") and not hasattr(value, "__get__")

    class _Choices(type):
        """Makes the class's plain attributes its members, in their order."""

        def __new__(meta, name, bases, namespace):
            given, rest = {}, {}
            for key, value in namespace.items():
                (given if _is_member(key, value) else rest)[key] = value
            is_number = any(issubclass(base, int) for base in bases)
            if not is_number:  # which Python gives no slots
                rest["__slots__"] = ("name", "value") if given else ()
            cls = super().__new__(meta, name, bases, rest)
            members = {}
            for key, value in given.items():
                member = int.__new__(cls, value) if is_number else object.__new__(cls)
                object.__setattr__(member, "name", key)
                object.__setattr__(member, "value", value)
                type.__setattr__(cls, key, member)
                members[value] = member
            if len(members) != len(given):
                raise TypeError(f"{name} has two names for one value")
            type.__setattr__(cls, "_members", members)
            return cls

        def __call__(cls, value):
            """Return the member of a value, or a member itself. Raises ValueError otherwise."""
            if isinstance(value, cls):
                return value
            try:
                return cls._members[value]
            except (KeyError, TypeError):
                raise ValueError(f"{value!r} is not a valid {cls.__qualname__}") from None

        def __getitem__(cls, name):
            """Return the member of a name. Raises KeyError when there is none."""
            for member in cls._members.values():
                if member.name == name:
                    return member
            raise KeyError(name)

        def __iter__(cls):
            return iter(cls._members.values())

        def __len__(cls):
            return len(cls._members)

        def __contains__(cls, member):
            return isinstance(member, cls)

        def __setattr__(cls, name, value):
            raise AttributeError(f"cannot assign to {name!r} of {cls.__qualname__}")

    class Enum(metaclass=_Choices):
        """A class whose attributes are its members; each has a ``name`` and a ``value``."""

        def __setattr__(self, name, value):
            raise AttributeError(f"cannot assign to {name!r} of a {type(self).__qualname__}")

        def __repr__(self):
            return f"<{type(self).__name__}.{self.name}: {self.value!r}>"

        def __str__(self):
            return f"{type(self).__name__}.{self.name}"

        def __reduce__(self):
            return type(self), (self.value,)

        def __copy__(self):
            return self

        def __deepcopy__(self, _memo):
            return self

    class IntEnum(int, Enum):
        """The same where each member is its number, too."""

        __repr__ = Enum.__repr__
        __str__ = int.__repr__


__all__ = ["Enum", "IntEnum"]
