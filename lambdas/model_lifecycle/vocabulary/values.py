"""Frozen dataclasses that are made in a quarter of the time: each cold start makes dozens of them.

Python's own decorator compiles six methods for each class that it freezes. Here it compiles one: the others are the
same for all classes.
"""

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # For those who read types, it is Python's own.
    from dataclasses import dataclass as dataclass  # noqa: TID251
else:

    def dataclass(*, frozen: bool, kw_only: bool = False) -> Callable[[type], type]:
        """Do as Python's own decorator does for what is frozen, and refuse anything else with TypeError."""
        if not frozen:
            raise TypeError("a value must be frozen")

        def made(cls: type) -> type:
            for name in _METHODS.keys() - vars(cls).keys():
                setattr(cls, name, _METHODS[name])
            return dataclasses.dataclass(kw_only=kw_only, repr=False, eq=False)(cls)  # noqa: TID251 - nowhere else

        return made


def _values(value: Any) -> tuple[object, ...]:
    return tuple(getattr(value, field.name) for field in dataclasses.fields(value) if field.compare)


def _equal(one: Any, other: Any) -> bool:
    return _values(one) == _values(other) if other.__class__ is one.__class__ else NotImplemented


def _hash(value: Any) -> int:
    return hash(_values(value))


def _shown(value: Any) -> str:
    fields = (f"{field.name}={getattr(value, field.name)!r}" for field in dataclasses.fields(value))
    return f"{type(value).__qualname__}({', '.join(fields)})"


def _set_once(value: Any, name: str, to: object) -> None:
    if name in value.__dict__ or name not in value.__dataclass_fields__:
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
    value.__dict__[name] = to


def _keep(_value: Any, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


_METHODS = {
    "__eq__": _equal,
    "__hash__": _hash,
    "__repr__": _shown,
    "__setattr__": _set_once,
    "__delattr__": _keep,
}
