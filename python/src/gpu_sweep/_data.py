"""Data sets in memory."""

from __future__ import annotations

import os
import re
import struct
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np

from . import _core
from ._arguments import path_of, text, texts
from ._arrays import borrowed, columns_of, inputs_of, labels_of, refuse_other_columns
from ._errors import DataError, ExperimentError, OutputError, SweepWarning, in_python
from ._files import FileKind, replacing
from ._toml import table_text

_MOST_CLASSES = 256
HoldOut = float | str | Mapping[str, Any] | None
"""A share of the rows, a dict with ``fraction``, ``seed`` and ``stratified``, or "none". None means the default."""

_ANY_EXPERIMENT = """name = "data"
runs = 1
[[model]]
name = "any"
hidden = []
epochs = 1
batch_size = 1
"""
_MARK = b"gpu_sweep"
_EXTRA = struct.pack("<HH", 0x7367, len(_MARK)) + _MARK  # extra field of an archive's entry; readers skip it
_KIND = FileKind("data archive of gpu_sweep", b"PK\x03\x04", _MARK, 64)
_CHUNK = 2**24
_DOS_DATE = (1980, 1, 1, 0, 0, 0)  # equal data give equal archives


def _parsed(settings: Mapping[str, Any]) -> tuple[str, _core.Experiment]:
    """Return settings of the data twice: as lines of an experiment file, and as the program reads these lines."""
    lines = table_text(settings)
    return lines, _parsed_text(lines)


def _parsed_text(lines: str) -> _core.Experiment:
    try:
        return _core.parse_experiment(f"{lines}{_ANY_EXPERIMENT}", "data")
    except ExperimentError as error:
        raise ExperimentError(re.sub(r"^data:\d+: ", "data: ", str(error))) from None


def _names(names: Sequence[str] | None) -> list[str]:
    if names is None:
        return []
    found = texts("class_names", names)
    if not 2 <= len(found) <= _MOST_CLASSES:
        raise DataError(f"class_names: found {len(found)}, expected 2 to {_MOST_CLASSES}")
    return found


def _settings(class_names: list[str], **stated: Any) -> dict[str, Any]:
    """Return the settings that are not None, under the names that an experiment file uses."""
    settings = {key: value for key, value in stated.items() if value is not None}
    for key in ("validation", "test", "judge"):
        if key in settings and not isinstance(settings[key], (Mapping, str)):
            settings[key] = {"fraction": settings[key]}
    return settings | ({"class_names": class_names} if class_names else {})


class Data:
    """A data set for classification in arrays.

    Arrays in C order are borrowed, not copied. Do not change them while a study is trained. Data are identified by the
    hash of their values. For the command line, the files that :meth:`save` writes are therefore the same data, and a
    study that was begun in Python can be continued there.

    Parameters
    ----------
    x_train, x_test:
        numbers of shape [N, ...]: booleans, integers or floats. uint8 stays bytes unless it is standardized;
        every other type becomes float32. uint8 of [N, height, width] are images in reports.
    y_train, y_test:
        whole numbers [N] from 0 to at most 255, or one-hot rows [N, classes].
    validation:
        the share of the training rows that is held out (by default 1/6), a dict with ``fraction``, ``seed`` and
        ``stratified``, a pair ``(x, y)`` of separate validation rows, or "none" to train on all rows.
    judge:
        the share of the training rows, or a dict as for ``validation``, that is held out before the validation rows and
        judges the models. By default, no rows are held out for this.
    normalize:
        "scale" (bytes / 255), "standardize" (mean 0 and deviation 1 of every column of the training rows) or
        "none". By default "scale" for bytes and "none" for other numbers.
    split:
        "shared" (default), or "per_run": each seed has its own split into training and validation rows, the same for
        every model.
    class_names:
        one name per class; by default the numbers of the classes.
    name:
        what messages and reports call the data.

    Attributes
    ----------
    rows:
        rows of the training, validation and test splits.
    features, class_names:
        the number of values per row, and the names of the classes.
    is_bytes:
        whether the inputs are uint8, which stay bytes in memory; None where that is not known.
    sha256:
        hashes of the training inputs and labels and the test inputs and labels, as :meth:`save` writes them.
    toml:
        settings of the data, as lines for the top of an experiment file.
    place:
        where the files are, or the ``name`` of arrays.

    Raises
    ------
    DataError
        for arrays that do not fit together, or values that are not finite.
    ExperimentError
        for a setting that is out of its range or does not fit the data.

    Examples
    --------
    >>> import numpy as np, gpu_sweep as gs
    >>> rng = np.random.default_rng(0)
    >>> x = rng.integers(0, 256, (120, 8, 8), dtype=np.uint8)
    >>> y = (x.mean(axis=(1, 2)) > 127).astype(int)
    >>> gs.Data(x[:100], y[:100], x[100:], y[100:], class_names=["dark", "light"])
    Data(83 training, 17 validation, 20 test rows of 64 features, 2 classes)
    >>> gs.Data(x[:100] / 255, y[:100], x[100:] / 255, y[100:], normalize="standardize", validation=0.25).rows
    (75, 25, 20)
    """

    is_bytes: bool | None

    def __init__(
        self,
        x_train: Any,
        y_train: Any,
        x_test: Any,
        y_test: Any,
        *,
        validation: HoldOut | tuple[Any, Any] | list[Any] = None,
        judge: HoldOut = None,
        normalize: str | None = None,
        split: str | None = None,
        class_names: Sequence[str] | None = None,
        name: str = "arrays",
    ) -> None:
        given = {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}
        if isinstance(validation, (tuple, list)):
            if len(validation) != 2:
                raise DataError(f"validation: found {len(validation)} arrays, expected two: inputs and labels")
            given["x_valid"], given["y_valid"] = validation
            validation = None
        self._columns = columns_of(x_train)
        for key in ("x_test", "x_valid"):
            self._refuse_other_columns(key, given.get(key))
        self._arrays = {
            key: inputs_of(key, values) if key[0] == "x" else labels_of(key, values) for key, values in given.items()
        }
        names = _names(class_names)
        settings = _settings(names, normalize=normalize, validation=validation, judge=judge, split=split)
        self.toml, parsed = _parsed(settings)
        self._made_of = (text("name", name), names)
        self._adopt(self._source(parsed))
        self.is_bytes = self._arrays["x_train"].dtype == np.uint8

    @classmethod
    def open(
        cls,
        place: str | os.PathLike[str] = "",
        *,
        validation: HoldOut = None,
        judge: HoldOut = None,
        normalize: str | None = None,
        target: str | None = None,
        test: HoldOut = None,
        split: str | None = None,
        class_names: Sequence[str] | None = None,
    ) -> Data:
        """Return the data set in files, as ``gpu_sweep run --data PLACE`` reads it.

        ``place`` is an ``.npz`` archive, a CSV table, or a folder of ``.npy``, CSV or IDX files. Without it,
        Fashion-MNIST is searched for in the same places as by the command line. ``target`` and ``test`` are for tables
        only: the column of the labels, and the rows that a single table holds out for testing. The files are read again
        when a study is trained.
        """
        data = cls.__new__(cls)
        data._arrays = {}
        data._columns = None
        names = _names(class_names)
        settings = _settings(
            names, normalize=normalize, validation=validation, judge=judge, target=target, test=test, split=split
        )
        data.toml, parsed = _parsed(settings)
        data._made_of = ("" if isinstance(place, str) and not place else path_of("place", place), names)
        stays_bytes = data._adopt(data._source(parsed))
        data.is_bytes = None if normalize == "standardize" else stays_bytes
        return data

    def _refuse_other_columns(self, name: str, values: Any) -> None:
        refuse_other_columns(name, values, self._columns)

    def _source(self, settings: _core.Experiment) -> _core.DataSource:
        name, class_names = self._made_of
        if not self._arrays:
            return _core.DataSource(name, class_names, settings)
        arrays = {key: borrowed(array) for key, array in self._arrays.items()}
        return _core.DataSource(arrays, name, class_names, settings)

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key != "_core"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._core = self._source(_parsed_text(self.toml))

    def _adopt(self, core: _core.DataSource) -> bool:
        """Set the attributes that describe the data. Return whether uint8 inputs stay bytes in memory."""
        self._core = core
        found = core.describe()
        self.rows: tuple[int, int, int] = found["rows"]
        self.features: int = found["features"]
        self.class_names: list[str] = found["class_names"]
        self.sha256: list[str] = found["sha256"]
        self.place: str = found["place"]
        self._known_as: list[list[str]] = [self.sha256, found["sha256_as_idx"]]
        for line in found["warnings"]:
            warnings.warn(in_python(line), SweepWarning, stacklevel=3)
        return bool(found["stays_bytes"])

    def __repr__(self) -> str:
        train, validation, test = self.rows
        features = f"{self.features} feature{'s' * (self.features != 1)}"
        return (
            f"Data({train} training, {validation} validation, {test} test rows of {features}, "
            f"{len(self.class_names)} classes)"
        )

    def save(self, place: str | os.PathLike[str]) -> None:
        """Write the arrays for ``gpu_sweep run --data PLACE``: an ``.npz`` archive, or a folder of ``.npy`` files.

        The command line recognizes these files as the same data. Settings of the data belong in the experiment file,
        into which :meth:`Experiment.save` writes them.
        """
        if not self._arrays:
            raise DataError(f"{self.place}: found a data set in files, expected one in arrays: use --data {self.place}")
        path = Path(path_of("place", place))
        if path.suffix != ".npz":
            files = {key: path / f"{key}.npy" for key in self._arrays}
            for key, file in files.items():
                self._refuse_other_values(key, file)
            for key, file in files.items():
                with replacing(file, None) as part, part.open("wb") as stream:
                    self._write(key, stream)
            return
        with replacing(path, _KIND) as part, zipfile.ZipFile(part, "w") as archive:
            for key in self._arrays:
                entry = zipfile.ZipInfo(f"{key}.npy", _DOS_DATE)
                entry.extra = _EXTRA
                with archive.open(entry, "w", force_zip64=True) as stream:
                    self._write(key, stream)

    def _chunks(self, key: str) -> Iterator[bytes | memoryview]:
        """Yield the bytes of an array as a .npy file."""
        yield self._core.npy_start(key)
        values = self._arrays[key].reshape(-1).view(np.uint8).data
        for start in range(0, len(values), _CHUNK):
            yield values[start : start + _CHUNK]

    def _write(self, key: str, stream: IO[bytes]) -> None:
        for chunk in self._chunks(key):
            stream.write(chunk)

    def _refuse_other_values(self, key: str, file: Path) -> None:
        """Raise ExperimentError if ``file`` exists with other contents: it may be a file of the user."""
        try:
            with file.open("rb") as stream:
                same = all(stream.read(len(chunk)) == chunk for chunk in self._chunks(key)) and not stream.read(1)
        except (FileNotFoundError, NotADirectoryError):
            return  # if a part of the path is no folder, the writer will report it
        except OSError as error:
            raise OutputError(f"{file}: {error.strerror or error}, expected a file that can be written") from None
        if not same:
            raise ExperimentError(f"{file}: found an existing file with other values, expected another folder")
