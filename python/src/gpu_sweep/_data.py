"""Data sets in memory."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _core
from ._errors import DataError, SweepWarning

_LARGEST_LABEL = 255
_USUAL_VALIDATION = 1 / 6


def bytes_of(name: str, values: Any) -> npt.NDArray[np.uint8]:
    """Return the images [N, height, width], without a copy if they are contiguous."""
    array = np.asarray(values)
    if array.dtype != np.uint8:
        raise DataError(f"{name}: found {array.dtype}, expected uint8 from 0 to 255")
    if array.ndim < 2:
        raise DataError(f"{name}: found shape {array.shape}, expected one row per sample")
    if array.ndim == 4 and array.shape[3] == 1:
        array = array[:, :, :, 0]
    if array.ndim != 3:
        array = array.reshape(len(array), 1, -1)
    return np.ascontiguousarray(array)


def _labels_of(name: str, values: Any, names: Sequence[str] | None) -> npt.NDArray[np.uint8]:
    array = np.asarray(values)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise DataError(f"{name}: found shape {array.shape}, expected one label per row")
    if array.dtype.kind not in "iu":
        raise DataError(f"{name}: found {array.dtype}, expected integers from 0 on")
    most = _LARGEST_LABEL if names is None else len(names) - 1
    bad = np.flatnonzero((array < 0) | (array > most))
    if bad.size:
        raise DataError(f"{name}: label {array[bad[0]]} at row {bad[0]}, expected 0 to {most}")
    return np.ascontiguousarray(array, dtype=np.uint8)


class Data:
    """A data set for classification in arrays.

    The images are borrowed, not copied, if they are contiguous; do not change them while a study is trained.
    Data are known by the hash of their values: the same values in IDX files are the same data for the command
    line, so a study may continue there.

    Parameters
    ----------
    x_train, x_test:
        uint8 of shape [N, ...], from 0 to 255. [N, height, width] are images in reports.
    y_train, y_test:
        integers [N], from 0 to at most 255.
    validation:
        share of the training rows held out for validation: 1/6, by the program's own rule.
    class_names:
        one name per class; by default their numbers.
    name:
        what messages and reports call the data.

    Raises
    ------
    DataError
        for arrays that do not fit together.

    Examples
    --------
    >>> import numpy as np, gpu_sweep as gs
    >>> rng = np.random.default_rng(0)
    >>> x = rng.integers(0, 256, (120, 8, 8), dtype=np.uint8)
    >>> y = (x.mean(axis=(1, 2)) > 127).astype(int)
    >>> gs.Data(x[:100], y[:100], x[100:], y[100:], class_names=["dark", "light"])
    Data(83 training, 17 validation, 20 test rows of 64 features, 2 classes)
    """

    def __init__(
        self,
        x_train: Any,
        y_train: Any,
        x_test: Any,
        y_test: Any,
        *,
        validation: float = _USUAL_VALIDATION,
        class_names: Sequence[str] | None = None,
        name: str = "arrays",
    ) -> None:
        if validation != _USUAL_VALIDATION:
            raise DataError(f"validation: found {validation}, expected 1/6 of the training rows")
        names = None if class_names is None else [str(each) for each in class_names]
        if names is not None and not 2 <= len(names) <= _LARGEST_LABEL + 1:
            raise DataError(f"class_names: found {len(names)}, expected 2 to {_LARGEST_LABEL + 1}")
        self._core = _core.ArrayData(
            bytes_of("x_train", x_train),
            _labels_of("y_train", y_train, names),
            bytes_of("x_test", x_test),
            _labels_of("y_test", y_test, names),
            name,
        )
        if names is not None:
            self._core.set_class_names(names)
        found = self._core.describe()
        self.rows: tuple[int, int, int] = found["rows"]
        """Rows of the training, validation and test splits."""
        self.features: int = found["features"]
        self.class_names: list[str] = found["class_names"]
        self.sha256: list[str] = found["sha256"]
        """Hashes of the training images and labels and the test images and labels, as IDX files."""
        for line in found["warnings"]:
            warnings.warn(line, SweepWarning, stacklevel=2)

    def __repr__(self) -> str:
        train, validation, test = self.rows
        return (
            f"Data({train} training, {validation} validation, {test} test rows of {self.features} features, "
            f"{len(self.class_names)} classes)"
        )

    def save(self, directory: str | os.PathLike[str]) -> None:
        """Write the four IDX files into a folder, for ``gpu_sweep run --data DIRECTORY``.

        The command line knows them as the same data.
        """
        self._core.save(os.fspath(directory))
