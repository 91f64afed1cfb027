"""Arguments of users, checked before the compiled part takes them."""

from __future__ import annotations

import operator
from typing import Any

from ._errors import ExperimentError


def whole(name: str, value: Any, bits: int = 32) -> int | None:
    """Return a whole number, or None. Ranges are checked elsewhere."""
    if value is None:
        return None
    try:
        number = operator.index(value)
    except TypeError:
        raise ExperimentError(f"{name}: found {value!r}, expected a whole number") from None
    if not -(2 ** (bits - 1)) <= number < 2 ** (bits - 1):
        raise ExperimentError(f"{name}: found {number}, expected a whole number of at most {bits} bits")
    return number


def text(name: str, value: Any) -> str:
    """Return a text."""
    if not isinstance(value, str):
        raise ExperimentError(f"{name}: found {value!r}, expected text")
    return value


def seconds(name: str, value: Any) -> float | None:
    """Return a time, or None."""
    if value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = -1
    if not 0 <= number < float("inf"):
        raise ExperimentError(f"{name}: found {value!r}, expected a number of at least 0")
    return number
