"""Is model A better than model B, or was its seed luckier?

Trains small neural networks many times in one pass and says which differences are real:

>>> import numpy as np, gpu_sweep as gs
>>> rng = np.random.default_rng(0)
>>> x = rng.integers(0, 256, (300, 8, 8), dtype=np.uint8)
>>> y = (x.mean(axis=(1, 2)) > 127).astype(int)
>>> data = gs.Data(x[:200], y[:200], x[200:], y[200:])
>>> depth = gs.Experiment("depth", [gs.Model("one", [16]), gs.Model("two", [16, 8])], batch_size=32, epochs=2, runs=3)
>>> result = depth.run(data, out="results/depth")
>>> len(result.runs)
6
"""

from typing import TYPE_CHECKING, Any

from ._chart import Chart
from ._core import __version__
from ._data import Data
from ._errors import (
    BusyError,
    CorruptError,
    DataError,
    DeviceError,
    Error,
    ExperimentError,
    OutputError,
    SweepWarning,
)
from ._experiment import Experiment, Model
from ._forward import Ensemble, Network
from ._progress import Progress
from ._result import Result, open  # noqa: A004
from ._tools import Check, Comparison, Device, Judgement, compare, devices, judge, selftest

if TYPE_CHECKING:
    from ._sklearn import SeedEnsembleClassifier as SeedEnsembleClassifier

__all__ = [
    "BusyError",
    "Chart",
    "Check",
    "Comparison",
    "CorruptError",
    "Data",
    "DataError",
    "Device",
    "DeviceError",
    "Ensemble",
    "Error",
    "Experiment",
    "ExperimentError",
    "Judgement",
    "Model",
    "Network",
    "OutputError",
    "Progress",
    "Result",
    "SweepWarning",
    "__version__",
    "compare",
    "devices",
    "judge",
    "open",
    "selftest",
]


def __getattr__(name: str) -> Any:
    """Import SeedEnsembleClassifier on first access, because it needs scikit-learn."""
    if name == "SeedEnsembleClassifier":
        try:
            from ._sklearn import SeedEnsembleClassifier
        except ImportError as error:
            raise ImportError(f"gs.{name} needs scikit-learn 1.6 or newer: {error}") from error
        return SeedEnsembleClassifier
    raise AttributeError(f"module 'gpu_sweep' has no attribute {name!r}")
