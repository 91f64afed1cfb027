"""The network with weights that were kept: dense layers, then softmax."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _core

Layer = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]
"""Kernel [inputs, outputs] and bias [outputs] of a dense layer."""

_BATCH = 4096


def _softmax(logits: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    raised = np.exp((logits - logits.max(axis=1, keepdims=True)).astype(np.float64))
    likely: npt.NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return likely


def probabilities(
    layers: Sequence[Layer], activation: str, rows: npt.NDArray[Any], scale: float
) -> npt.NDArray[np.float64]:
    """Return the class probabilities of ``scale * rows``, [rows, classes], without dropout."""
    parts = []
    for start in range(0, len(rows), _BATCH):
        x: npt.NDArray[np.float32] = rows[start : start + _BATCH].astype(np.float32)
        x *= np.float32(scale)
        for kernel, bias in layers[:-1]:
            x = x @ kernel + bias
            _core.activate(activation, x)
        kernel, bias = layers[-1]
        parts.append(_softmax(x @ kernel + bias))
    return np.concatenate(parts) if parts else np.zeros((0, len(layers[-1][1])))
