"""Checks of the arguments that users pass, made before the compiled part receives them."""

from __future__ import annotations

import operator
import os
from collections.abc import Iterable
from typing import Any

from ._errors import ExperimentError


def whole(name: str, value: Any, bits: int = 32) -> int | None:
    """Return a whole number, or None. Ranges are checked elsewhere."""
    if value is None:
        return None
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, bool):
        raise ExperimentError(f"{name}: found {value!r}, expected a whole number") from None
    if not -(2 ** (bits - 1)) <= number < 2 ** (bits - 1):
        raise ExperimentError(f"{name}: found {number}, expected a whole number of at most {bits} bits")
    return number


def seed_of(value: Any) -> int:
    """Return the seed of a run."""
    number = whole("seed", value, bits=64)
    if number is None or number < 0:
        raise ExperimentError(f"seed: found {value!r}, expected a whole number of at least 0")
    return number


def text(name: str, value: Any) -> str:
    """Return a text that UTF-8 can encode."""
    if not isinstance(value, str):
        raise ExperimentError(f"{name}: found {value!r}, expected text")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ExperimentError(f"{name}: found {value!r}, expected text that UTF-8 can encode") from None
    return str(value)


def texts(name: str, values: Any) -> list[str]:
    """Return a list of texts. Other values in the list are converted to texts."""
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise ExperimentError(f"{name}: found {values!r}, expected a list of names")
    return [text(name, str(each)) for each in values]


def path_of(name: str, value: Any) -> str:
    """Return the path of a file or folder."""
    if not isinstance(value, (str, os.PathLike)):
        raise ExperimentError(f"{name}: found {value!r}, expected a path")
    path = os.fspath(value)
    if not isinstance(path, str) or not path or "\0" in path:
        raise ExperimentError(f"{name}: found {path!r}, expected a path")
    return text(name, path)


def truth(name: str, value: Any) -> bool:
    """Return True or False."""
    if isinstance(value, bool) or type(value).__name__ in ("bool", "bool_"):  # NumPy's own types of truth values
        return bool(value)
    raise ExperimentError(f"{name}: found {value!r}, expected True or False")


def number(name: str, value: Any) -> float:
    """Return a number. Ranges are checked elsewhere."""
    if not isinstance(value, (str, bytes)):
        try:
            return float(value)
        except (TypeError, ValueError, OverflowError):
            pass
    raise ExperimentError(f"{name}: found {value!r}, expected a number")


def seconds(name: str, value: Any) -> float | None:
    """Return a number of seconds, which is finite and at least 0, or None if ``value`` is None."""
    if value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = -1
    if not 0 <= number < float("inf"):
        raise ExperimentError(f"{name}: found {value!r}, expected a number of at least 0")
    return number
