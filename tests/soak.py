"""Which of many cases run each time, and which only in the soak."""

from collections.abc import Iterable
from typing import Any

import pytest


def covering(values: Iterable[Any], *, one_in: int, first: int = 0) -> list[Any]:
    """Return all values for parameters: one in so many for every run, and the others for the soak."""
    return [
        value if number % one_in == first else pytest.param(*_several(value), marks=pytest.mark.soak)
        for number, value in enumerate(values)
    ]


def _several(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)
