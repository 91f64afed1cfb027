"""Exports and summaries as pandas frames."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

_TEXT_COLUMNS = {"model", "key", "hidden"}


def _column_of(name: str, cells: Sequence[str]) -> list[Any]:
    """Return a column of an export as strings, as integers, or as floats with NaN for empty cells."""
    if name in _TEXT_COLUMNS:
        return [cell[1:] if cell[:1] == "'" and cell[1:2] in "=+-@" else cell for cell in cells]
    for kind in (int, float):
        try:
            return [kind(cell) if cell or kind is int else np.nan for cell in cells]
        except ValueError:
            continue
    return list(cells)


def frame_of(text: str) -> pd.DataFrame:
    """Return an export of comma-separated values as a frame."""
    import pandas as pd

    header, *rows = csv.reader(io.StringIO(text))
    columns = zip(*rows, strict=True) if rows else ([] for _ in header)
    return pd.DataFrame({name: _column_of(name, cells) for name, cells in zip(header, columns, strict=True)})


def _cells(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return the cells of a row. An interval takes two cells, NaN if it is missing; an object takes one per value."""
    cells: dict[str, Any] = {}
    for key, value in values.items():
        name = prefix + key
        if "interval" in key:
            low, high = value or (None, None)
            cells[f"{name}_low"] = np.nan if low is None else low
            cells[f"{name}_high"] = np.nan if high is None else high
        elif isinstance(value, dict):
            cells |= _cells(value, f"{name}_")
        else:
            cells[name] = value
    return cells


def pairs_frame(pairs: list[dict[str, Any]]) -> pd.DataFrame:
    """Return a frame with one row per pair. It has columns such as ``interval_low`` and ``new_images_told``."""
    import pandas as pd

    return pd.DataFrame([_cells(pair) for pair in pairs])
