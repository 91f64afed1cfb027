"""Writes settings as TOML text, which the parser of the program reads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ._arguments import text
from ._errors import ExperimentError


def value_text(value: Any, name: str) -> str:
    """Return a value in TOML syntax. Raises ExperimentError, which calls the value ``name``, for other types."""
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (int, np.integer)):
        if not -(2**63) <= value < 2**63:
            raise ExperimentError(f"{name}: found {value}, expected a number of at most 64 bits")
        return str(int(value))
    if isinstance(value, (float, np.floating)):
        return repr(float(value))
    if isinstance(value, str):
        return json.dumps(text(name, value), ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(k)} = {value_text(v, name)}" for k, v in value.items()) + " }"
    if hasattr(value, "tolist"):  # an array or a column of pandas
        return value_text(value.tolist(), name)
    if isinstance(value, Sequence):
        return "[" + ", ".join(value_text(each, name) for each in value) + "]"
    raise ExperimentError(f"{name}: found {type(value).__name__}, expected a number, text, list or dict")


def _key(key: str) -> str:
    """Return a key, dotted or not, in TOML syntax."""
    return ".".join(json.dumps(part, ensure_ascii=False) for part in str(key).split("."))


def table_text(settings: Mapping[str, Any]) -> str:
    """Return one line per setting."""
    return "".join(f"{_key(key)} = {value_text(value, key)}\n" for key, value in settings.items())
