"""Inputs and labels as arrays that the engine can borrow."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from . import _core
from ._errors import DataError


def numbers_of(name: str, values: Any) -> npt.NDArray[Any]:
    """Return an array in C order whose type the engine can read. If ``values`` is such an array, it is not copied."""
    kind = type(values).__name__
    try:
        if not hasattr(values, "__array__") and hasattr(values, "__dlpack__"):
            values = np.from_dlpack(values)
        array = np.asarray(values)
        if array.dtype == object and array.size and hasattr(values, "columns"):
            array = _array_of_frame(name, values)
        array = _numbers_in(array)
    except DataError:
        raise
    except ValueError:
        raise DataError(f"{name}: found rows of different lengths, expected an array") from None
    except (TypeError, RuntimeError, BufferError) as error:
        raise DataError(f"{name}: found {kind}: {str(error).splitlines()[0]}") from None
    if np.ma.is_masked(values):
        raise DataError(f"{name}: found masked values, expected a number in each place")
    if array.ndim == 0:
        remedy = ", such as x.toarray()" if hasattr(values, "toarray") else ""
        raise DataError(f"{name}: found {kind}, expected an array of numbers{remedy}")
    if not _is_numeric(array):
        remedy = "; np.unique(labels, return_inverse=True) numbers classes" if name[0] == "y" else ""
        raise DataError(f"{name}: found {array.dtype}, expected numbers of at most 64 bits{remedy}")
    return np.ascontiguousarray(array)


def _numbers_in(cells: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return an array, with objects converted to numbers if all of them are numbers."""
    return np.array(cells.tolist()) if cells.dtype == object and cells.size else cells


def _is_numeric(array: npt.NDArray[Any]) -> bool:
    return array.dtype.kind in "biuf" and array.dtype.itemsize <= 8


def _array_of_frame(name: str, frame: Any) -> npt.NDArray[Any]:
    """Return a frame for which NumPy makes an array of objects as an array of numbers, column by column."""
    columns = []
    for label, column in frame.items():
        columns.append(_numbers_in(np.asarray(column)))
        if not _is_numeric(columns[-1]):
            raise DataError(f"{name}: found {column.dtype} in column {label!r}, expected numbers of at most 64 bits")
    return np.column_stack(columns)


def columns_of(values: Any) -> list[Any] | None:
    """Return the names of the columns of a frame, or None if ``values`` is not a frame."""
    columns = getattr(values, "columns", None)
    return None if columns is None else list(columns)


def refuse_other_columns(name: str, values: Any, expected: list[Any] | None) -> None:
    """Raise DataError if ``values`` is a frame and its columns differ in name or order from those of ``x_train``."""
    columns = columns_of(values)
    if columns is None or expected is None:
        return
    for found, wanted in zip(columns, expected, strict=False):
        if found != wanted:
            raise DataError(f"{name}: found column {found!r}, expected {wanted!r} in its place, as in x_train")


def inputs_of(name: str, values: Any) -> npt.NDArray[Any]:
    """Return inputs [N, ...]. If images have one channel, the axis of the channel is removed."""
    array = numbers_of(name, values)
    if array.ndim < 2:
        raise DataError(f"{name}: found shape {array.shape}, expected one row per sample")
    return array[..., 0] if array.ndim == 4 and array.shape[3] == 1 else array


def labels_of(name: str, values: Any) -> npt.NDArray[Any]:
    """Return labels [N], or one-hot rows [N, K]. The engine checks them."""
    array = numbers_of(name, values)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim not in (1, 2):
        raise DataError(f"{name}: found shape {array.shape}, expected one label or one-hot row per sample")
    return array


def borrowed(array: npt.NDArray[Any]) -> _core.NumpyArray:
    """Return a view of the array for the engine. The array must outlive the view."""
    return _core.NumpyArray(array.reshape(-1).view(np.uint8), array.dtype.str, list(array.shape))
