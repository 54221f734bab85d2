"""Options on their way to an endpoint's process: as JSON, and back."""

from __future__ import annotations

import dataclasses
import enum
import types
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from ruijie_proxy.choices import Enum

Options = TypeVar("Options")


def options_to_json(options: Any) -> dict[str, Any]:
    """Return an options value's fields as JSON can hold them."""
    return dataclasses.asdict(options)


def options_from_json(kind: type[Options], fields: dict[str, Any]) -> Options:
    """Make an options value of a dataclass type from what :func:`options_to_json` gave.

    Fields that are missing keep their defaults. Raises TypeError for names that are no field,
    ValueError for values that an enumeration does not have.
    """
    hints = get_type_hints(kind)
    known = {name: _read(hints.get(name, object), value) for name, value in fields.items()}
    return kind(**known)


def _read(hint: Any, value: Any) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        if value is None:
            return None
        hint = next(part for part in get_args(hint) if part is not type(None))
    if get_origin(hint) is tuple:
        first, *others = get_args(hint)
        hints = [first] * len(value) if others == [Ellipsis] else [first, *others]
        return tuple(_read(hint, item) for hint, item in zip(hints, value, strict=True))
    if isinstance(hint, type) and issubclass(hint, (enum.Enum, Enum)):
        return hint(value)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return options_from_json(hint, value)
    return value
