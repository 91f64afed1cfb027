"""Trained networks: dense layers, then softmax."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _core
from ._data import inputs_of
from ._errors import DataError

Layer = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]
"""Kernel [inputs, outputs] and bias [outputs] of a dense layer."""

_BATCH = 4096


def _softmax(logits: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    raised = np.exp((logits - logits.max(axis=1, keepdims=True)).astype(np.float64))
    likely: npt.NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return likely


@dataclass(frozen=True)
class Network:
    """One trained network, with the preprocessing of its inputs. Returned by :meth:`Result.networks`.

    Examples
    --------
    >>> network = result.networks("two")[0]
    >>> network.inputs(x_new).dtype, network.predict_proba(x_new).shape
    (dtype('float32'), (5, 2))
    """

    seed: int
    layers: Sequence[Layer]
    """Kernel [inputs, outputs] and bias [outputs] of every layer, the output layer last."""
    activation: str
    """The activation of the hidden layers."""
    normalize: str | None
    """As in :class:`Data`; None is the default for the type of the inputs."""
    mean: npt.NDArray[np.float64] | None
    """The mean of every column of the training rows, if inputs are standardized."""
    scale: npt.NDArray[np.float64] | None
    """One divided by the standard deviation of every column, if inputs are standardized."""
    is_bytes: bool | None
    """Whether the network was trained on uint8; None if its data are not known."""

    @property
    def divisor(self) -> float | None:
        """The number that inputs are divided by; None if their type decides (255 for uint8, otherwise 1)."""
        if self.normalize is None:
            return None if self.is_bytes is None else 255.0 if self.is_bytes else 1.0
        return 255.0 if self.normalize == "scale" else 1.0

    def inputs(self, x: Any) -> npt.NDArray[np.float32]:
        """Return the inputs of the first layer for rows ``x``: [rows, features], scaled or standardized.

        Raises DataError if the rows have a different number of values than the training rows, or if only one of
        the two is of uint8.
        """
        rows = inputs_of("x", x)
        rows = rows.reshape(len(rows), -1)
        features = len(self.layers[0][0])
        if rows.shape[1] != features:
            raise DataError(f"x: found rows of {rows.shape[1]} values, expected {features}")
        if self.is_bytes is not None and self.is_bytes != (rows.dtype == np.uint8):
            kind = "uint8" if self.is_bytes else "another type than uint8"
            raise DataError(f"x: found {rows.dtype}, expected {kind}, as the training rows are")
        if self.mean is not None and self.scale is not None:
            return ((rows.astype(np.float64) - self.mean) * self.scale).astype(np.float32)
        divisor = self.divisor or (255.0 if rows.dtype == np.uint8 else 1.0)
        inputs: npt.NDArray[np.float32] = rows.astype(np.float32)
        inputs *= np.float32(1 / divisor)
        return inputs

    def predict_proba(self, x: Any) -> npt.NDArray[np.float64]:
        """Return the class probabilities of rows, [rows, classes], without dropout."""
        rows = inputs_of("x", x)
        parts = [np.zeros((0, len(self.layers[-1][1])))]
        for start in range(0, len(rows), _BATCH):
            values = self.inputs(rows[start : start + _BATCH])
            for kernel, bias in self.layers[:-1]:
                values = values @ kernel + bias
                _core.activate(self.activation, values)
            kernel, bias = self.layers[-1]
            parts.append(_softmax(values @ kernel + bias))
        return np.concatenate(parts)


@dataclass(frozen=True)
class Ensemble:
    """All networks of a model, which predict by their mean probability. Returned by :attr:`Result.ensemble`.

    Examples
    --------
    >>> ensemble = gs.Ensemble("two", result.networks("two"))
    >>> ensemble.predict(x_new).shape, ensemble.disagreement(x_new).shape
    ((5,), (5,))
    """

    model: str
    networks: Sequence[Network]
    """In ascending order of their seeds, without networks that diverged."""

    def predict_proba(self, x: Any) -> npt.NDArray[np.float64]:
        """Return the mean of the class probabilities of all networks, [rows, classes]."""
        mean: npt.NDArray[np.float64] = np.mean([each.predict_proba(x) for each in self.networks], axis=0)
        return mean

    def predict(self, x: Any) -> npt.NDArray[np.intp]:
        """Return the number of the class with the highest mean probability, [rows]."""
        classes: npt.NDArray[np.intp] = self.predict_proba(x).argmax(axis=1)
        return classes

    def disagreement(self, x: Any) -> npt.NDArray[np.float64]:
        """Return for every row the share of networks that vote against the majority: 0 if all agree."""
        votes = np.stack([each.predict_proba(x).argmax(axis=1) for each in self.networks])
        counts = np.stack([(votes == each).sum(axis=0) for each in range(len(self.networks[0].layers[-1][1]))])
        against: npt.NDArray[np.float64] = 1 - counts.max(axis=0) / len(votes)
        return against

    def __repr__(self) -> str:
        return f"Ensemble({len(self.networks)} networks of {self.model!r})"
