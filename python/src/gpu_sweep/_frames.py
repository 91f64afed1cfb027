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


def pairs_frame(pairs: list[dict[str, Any]]) -> pd.DataFrame:
    """Return a frame with one row per pair. An interval becomes two columns, with NaN for a missing interval."""
    import pandas as pd

    rows = []
    for pair in pairs:
        row: dict[str, Any] = {}
        for key, value in pair.items():
            if "interval" in key:
                low, high = value or (None, None)
                row[f"{key}_low"] = np.nan if low is None else low
                row[f"{key}_high"] = np.nan if high is None else high
            else:
                row[key] = value
        rows.append(row)
    return pd.DataFrame(rows)
