"""Trained networks: dense layers, then softmax."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _core
from ._arguments import path_of
from ._arrays import inputs_of
from ._errors import DataError, ExperimentError
from ._exports import load_safetensors, save_safetensors
from ._layers import Layer, checked_layers, layers_of_keras, layers_of_torch, torch_arrays
from ._onnx import save_onnx

_NORMALIZE = (None, "scale", "standardize", "none")
_BATCH = 4096


def _softmax(logits: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    raised = np.exp((logits - logits.max(axis=1, keepdims=True)).astype(np.float64))
    likely: npt.NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return likely


@dataclass(frozen=True, eq=False, repr=False)
class Network:
    """One trained network, with the preprocessing of its inputs.

    Returned by :meth:`Result.networks`, or made from the weights of another library: ``from_keras_weights``,
    ``from_torch_state_dict``, ``from_safetensors``, ``from_npz``. Such weights must be float32; other types are
    refused. The output layer is followed by softmax. ``activation`` and the preprocessing are taken from the network
    ``like``, unless they are stated.

    Raises
    ------
    DataError
        for layers that do not fit together, and values of another type than float32.
    ExperimentError
        for an activation that does not exist.

    Examples
    --------
    >>> network = result.networks("two")[0]
    >>> network
    Network(64-16-8-2, relu, seed 0)
    >>> network.inputs(x_new).dtype, network.predict_proba(x_new).shape
    (dtype('float32'), (5, 2))
    >>> tuned = gs.Network.from_keras_weights(network.keras_weights(), like=network)
    >>> bool((tuned.predict_proba(x_new) == network.predict_proba(x_new)).all())
    True
    """

    seed: int | None
    """None for weights from elsewhere."""
    layers: Sequence[Layer]
    """Kernel [inputs, outputs] and bias [outputs] of every layer, the output layer last."""
    activation: str
    """The activation of the hidden layers."""
    normalize: str | None = None
    """As in :class:`Data`; None is the default for the type of the inputs."""
    mean: npt.NDArray[np.float64] | None = None
    """The mean of every column of the training rows, if inputs are standardized."""
    scale: npt.NDArray[np.float64] | None = None
    """One divided by the standard deviation of every column, if inputs are standardized."""
    is_bytes: bool | None = None
    """Whether the network was trained on uint8; None if its data are not known."""

    def __post_init__(self) -> None:
        if not isinstance(self.layers, Sequence):
            raise DataError(f"layers: found {type(self.layers).__name__}, expected a list of kernels and biases")
        names = [(f"layers[{index}] kernel", f"layers[{index}] bias") for index in range(len(self.layers))]
        for layer, pair in zip(self.layers, names, strict=True):
            for name, array in zip(pair, layer, strict=True):
                if not isinstance(array, np.ndarray) or array.dtype != np.float32:
                    found = getattr(array, "dtype", type(array).__name__)
                    raise DataError(f"{name}: found {found}, expected an array of float32")
        checked_layers(self.layers, names)
        if self.activation not in _core.activations():
            known = ", ".join(_core.activations())
            raise ExperimentError(f"activation: found {self.activation!r}, expected one of {known}")
        if self.normalize not in _NORMALIZE:
            raise ExperimentError(f"normalize: found {self.normalize!r}, expected scale, standardize, none or None")
        features = len(self.layers[0][0])
        for name, values in (("mean", self.mean), ("scale", self.scale)):
            if (values is not None) != (self.normalize == "standardize"):
                raise ExperimentError(f"{name}: expected with normalize='standardize', and only then")
            if values is not None and np.shape(values) != (features,):
                raise DataError(f"{name}: found shape {np.shape(values)}, expected ({features},)")

    @classmethod
    def from_keras_weights(
        cls, weights: Any, activation: str | None = None, *, like: Network | None = None, is_bytes: bool | None = None
    ) -> Network:
        """Return the network of ``model.get_weights()``, for a Keras model of dense layers.

        Examples
        --------
        >>> gs.Network.from_keras_weights(result.keras_weights("two", seed=1), "relu")
        Network(64-16-8-2, relu)
        """
        return cls._from(layers_of_keras(weights), {}, activation, like, is_bytes)

    @classmethod
    def from_torch_state_dict(
        cls,
        state: Any,
        activation: str | None = None,
        *,
        layers: Sequence[str] | None = None,
        like: Network | None = None,
        is_bytes: bool | None = None,
    ) -> Network:
        """Return the network of ``module.state_dict()``, for a PyTorch module of linear layers.

        ``layers`` are the names of the layers to use, the output layer last. By default all layers are used. They are
        in the order of their numbers, or in the order of the dict if their names differ in more than numbers. The
        values of the dict may be arrays.
        """
        return cls._from(layers_of_torch(state, layers), {}, activation, like, is_bytes)

    @classmethod
    def from_safetensors(
        cls,
        file: str | os.PathLike[str],
        activation: str | None = None,
        *,
        layers: Sequence[str] | None = None,
        like: Network | None = None,
        is_bytes: bool | None = None,
    ) -> Network:
        """Return the network in a safetensors file, with the names of :meth:`from_torch_state_dict`.

        A file that :meth:`save_safetensors` wrote also states the activation and the preprocessing.

        Examples
        --------
        >>> result.networks("two")[1].save_safetensors("again.safetensors")
        >>> gs.Network.from_safetensors("again.safetensors")
        Network(64-16-8-2, relu, seed 1)
        """
        found, recipe = load_safetensors(file, layers)
        return cls._from(found, recipe, activation, like, is_bytes)

    @classmethod
    def from_npz(
        cls,
        file: str | os.PathLike[str],
        activation: str | None = None,
        *,
        like: Network | None = None,
        is_bytes: bool | None = None,
    ) -> Network:
        """Return the network in a file of ``gpu_sweep run --save-weights``, or of :meth:`save_npz`.

        Examples
        --------
        >>> result.networks("two")[1].save_npz("two.npz")
        >>> gs.Network.from_npz("two.npz", "relu")
        Network(64-16-8-2, relu)
        """
        layers, (normalize, mean, scale) = _core.read_weights(path_of("file", file))
        recipe = {"normalize": normalize, "mean": mean, "scale": scale} if normalize is not None else {}
        return cls._from(layers, recipe, activation, like, is_bytes)

    @classmethod
    def _from(
        cls,
        layers: Sequence[Layer],
        recipe: dict[str, Any],
        activation: str | None,
        like: Network | None,
        is_bytes: bool | None,
    ) -> Network:
        """Return a network whose properties are the stated ones, else those of ``like``, else those of ``recipe``."""
        known = dict(recipe)
        if like is not None:
            if not isinstance(like, Network):
                raise ExperimentError(f"like: found {type(like).__name__}, expected gpu_sweep.Network")
            same = ("activation", "normalize", "mean", "scale", "is_bytes")
            known |= {name: getattr(like, name) for name in same}
        if activation is not None:
            known["activation"] = activation
        if is_bytes is not None:
            known["is_bytes"] = bool(is_bytes)
        if "activation" not in known:
            if len(layers) > 1:
                names = ", ".join(_core.activations())
                raise ExperimentError(f"activation: found none, expected one of {names}, or like=NETWORK")
            known["activation"] = _core.activations()[0]  # never applied, because there is no hidden layer
        return cls(known.pop("seed", None), layers, **known)

    def __repr__(self) -> str:
        widths = "-".join(str(len(kernel)) for kernel, _ in self.layers) + f"-{len(self.layers[-1][1])}"
        return f"Network({widths}, {self.activation}{'' if self.seed is None else f', seed {self.seed}'})"

    def keras_weights(self) -> list[npt.NDArray[np.float32]]:
        """Return the list of arrays for ``set_weights`` of a Keras model with the same dense layers."""
        return [array for layer in self.layers for array in layer]

    def torch_state_dict(self, layers: Sequence[str] | None = None) -> dict[str, Any]:
        """Return the dict for ``load_state_dict`` of a PyTorch module: see :meth:`Result.torch_state_dict`."""
        arrays = torch_arrays(self.layers, layers)
        try:
            import torch
        except ImportError as error:
            raise ImportError(f"torch_state_dict needs PyTorch: {error}") from error
        return {name: torch.from_numpy(array.copy()) for name, array in arrays.items()}

    def save_safetensors(self, file: str | os.PathLike[str], layers: Sequence[str] | None = None) -> None:
        """Write a safetensors file: see :meth:`Result.save_safetensors`."""
        save_safetensors(file, self, layers)

    def save_onnx(self, file: str | os.PathLike[str], class_names: Sequence[str] | None = None) -> None:
        """Write an ONNX model: see :meth:`Result.save_onnx`."""
        save_onnx(file, self, class_names)

    def save_npz(self, file: str | os.PathLike[str]) -> None:
        """Write the file that ``gpu_sweep evaluate --weights`` and ``train --init-weights`` read."""
        _core.write_weights(
            path_of("file", file), list(self.layers), normalize=self.normalize, mean=self.mean, scale=self.scale
        )

    @property
    def divisor(self) -> float | None:
        """The number by which inputs are divided. None if their type decides: 255 for uint8, otherwise 1."""
        if self.normalize is None:
            return None if self.is_bytes is None else 255.0 if self.is_bytes else 1.0
        return 255.0 if self.normalize == "scale" else 1.0

    def inputs(self, x: Any) -> npt.NDArray[np.float32]:
        """Return the inputs of the first layer for rows ``x``: [rows, features], scaled or standardized.

        Raises DataError if the rows have a different number of values than the training rows, or if only the rows or
        only the training rows are of type uint8.
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


@dataclass(frozen=True, eq=False, repr=False)
class Ensemble:
    """Networks that predict by the mean of their probabilities. :attr:`Result.ensemble` is one.

    Examples
    --------
    >>> ensemble = gs.Ensemble("two", result.networks("two"))
    >>> ensemble.predict(x_new).shape, ensemble.disagreement(x_new).shape
    ((5,), (5,))
    """

    model: str
    networks: Sequence[Network]
    """In :attr:`Result.ensemble`, they are in ascending order of their seeds, and none of them diverged."""

    def __post_init__(self) -> None:
        shapes = {(len(each.layers[0][0]), len(each.layers[-1][1])) for each in self.networks}
        if len(shapes) != 1:
            found = " and ".join(f"{inputs} inputs with {outputs} classes" for inputs, outputs in sorted(shapes))
            raise ExperimentError(f"networks: found {found or 'none'}, expected networks of the same data")

    def predict_proba(self, x: Any) -> npt.NDArray[np.float64]:
        """Return the mean of the class probabilities of all networks, [rows, classes]."""
        mean: npt.NDArray[np.float64] = np.mean([each.predict_proba(x) for each in self.networks], axis=0)
        return mean

    def predict(self, x: Any) -> npt.NDArray[np.intp]:
        """Return the number of the class with the highest mean probability, [rows]."""
        classes: npt.NDArray[np.intp] = self.predict_proba(x).argmax(axis=1)
        return classes

    def disagreement(self, x: Any) -> npt.NDArray[np.float64]:
        """Return for every row the share of networks that do not vote for the most frequent class: 0 if all agree."""
        votes = np.stack([each.predict_proba(x).argmax(axis=1) for each in self.networks])
        counts = np.stack([(votes == each).sum(axis=0) for each in range(len(self.networks[0].layers[-1][1]))])
        against: npt.NDArray[np.float64] = 1 - counts.max(axis=0) / len(votes)
        return against

    def __repr__(self) -> str:
        return f"Ensemble({len(self.networks)} network{'s' * (len(self.networks) != 1)} of {self.model!r})"
