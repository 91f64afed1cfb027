"""Conversion of the weights of dense layers to and from the forms that other libraries use."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ._arguments import path_of, texts
from ._errors import DataError, ExperimentError

Layer = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]
"""Kernel [inputs, outputs] and bias [outputs] of a dense layer."""

_MOST_HEADER = 100_000_000  # bytes, as the safetensors library allows
_KINDS = {"F32": np.float32, "F64": np.float64}


def _kind_of(value: Any) -> str:
    return str(getattr(value, "dtype", type(value).__name__)).removeprefix("torch.")


def _floats(name: str, value: Any) -> npt.NDArray[np.float32]:
    """Return a copy of an array or tensor of float32."""
    found = _kind_of(value)
    if found != "float32":
        raise DataError(f"{name}: found {found}, expected an array of float32")
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()  # a tensor of PyTorch, which may be on a GPU
    return np.array(value, np.float32, order="C")


def checked_layers(layers: Iterable[Layer], names: Iterable[tuple[str, str]]) -> list[Layer]:
    """Return layers after checking that their shapes fit together. Messages call kernel and bias by ``names``."""
    checked: list[Layer] = []
    features = None
    for (kernel, bias), (kernel_name, bias_name) in zip(layers, names, strict=True):
        if kernel.ndim != 2 or 0 in kernel.shape:
            raise DataError(f"{kernel_name}: found shape {kernel.shape}, expected two sizes: inputs and outputs")
        if features is not None and kernel.shape[0] != features:
            raise DataError(
                f"{kernel_name}: found {kernel.shape[0]} inputs, expected the {features} outputs of the layer before"
            )
        features = kernel.shape[1]
        if bias.shape != (features,):
            raise DataError(f"{bias_name}: found shape {bias.shape}, expected ({features},)")
        checked.append((kernel, bias))
    if not checked:
        raise DataError("layers: found none, expected at least an output layer")
    if features == 1:
        raise DataError(f"{kernel_name}: found one output, expected one per class: at least two")
    return checked


def layers_of_keras(weights: Any) -> list[Layer]:
    """Return the layers in the result of ``get_weights`` of a Keras model."""
    if not isinstance(weights, Sequence) or isinstance(weights, str):
        raise DataError(f"weights: found {type(weights).__name__}, expected the list that model.get_weights() returns")
    if len(weights) % 2:
        raise DataError(f"weights: found {len(weights)} arrays, expected kernel and bias of every dense layer")
    names = [f"weights[{index}]" for index in range(len(weights))]
    arrays = [_floats(name, value) for name, value in zip(names, weights, strict=True)]
    return checked_layers(zip(arrays[::2], arrays[1::2], strict=True), zip(names[::2], names[1::2], strict=True))


def _key(layer: str, part: str) -> str:
    return f"{layer}.{part}" if layer else part


def _numbered(layers: list[str]) -> list[str] | None:
    """Return layers in the order of the numbers in their names, or None if the names differ in more than numbers."""
    if len({re.sub(r"\d+", "#", layer) for layer in layers}) > 1:
        return None
    return sorted(layers, key=lambda layer: [int(number) for number in re.findall(r"\d+", layer)])


def _layer_names(tensors: Mapping[str, Any], source: str) -> list[str]:
    """Return the layers in ``tensors``, in its order. Raises DataError if it has anything that is not of a layer."""
    layers = dict.fromkeys(name.rpartition(".")[0] for name in tensors)
    for name in tensors:
        layer = name.rpartition(".")[0]
        if name not in (_key(layer, "weight"), _key(layer, "bias")):
            raise DataError(
                f"{source}: found {name!r}, expected only weight and bias of linear layers, or layers=[...]"
            )
    return list(layers)


def _layers_of_tensors(tensors: Mapping[str, Any], layers: Iterable[str], source: str) -> list[Layer]:
    names = [(_key(layer, "weight"), _key(layer, "bias")) for layer in layers]
    for name in (each for pair in names for each in pair):
        if name not in tensors:
            raise DataError(f"{source}: found no {name!r}, expected weight and bias of every linear layer")
    pairs = []
    for weight, bias in names:
        kernel = np.ascontiguousarray(_floats(weight, tensors[weight]).T)
        pairs.append((kernel, _floats(bias, tensors[bias])))
    return checked_layers(pairs, names)


def layers_of_torch(state: Any, layers: Sequence[str] | None) -> list[Layer]:
    """Return the layers in the result of ``state_dict`` of a PyTorch module."""
    if not isinstance(state, Mapping):
        raise DataError(f"state: found {type(state).__name__}, expected the dict that module.state_dict() returns")
    if layers is not None:
        layers = texts("layers", layers)
    else:
        layers = _layer_names(state, "state")
        layers = _numbered(layers) or layers
    return _layers_of_tensors(state, layers, "state")


def torch_arrays(layers: Sequence[Layer], names: Sequence[str] | None) -> dict[str, npt.NDArray[np.float32]]:
    """Return weight [outputs, inputs] and bias of every linear layer, under PyTorch's names."""
    own = names_of_layers(layers, names)
    arrays = {}
    for name, (kernel, bias) in zip(own, layers, strict=True):
        arrays[_key(name, "weight")] = np.ascontiguousarray(kernel.T)
        arrays[_key(name, "bias")] = np.ascontiguousarray(bias)
    return arrays


def names_of_layers(layers: Sequence[Layer], names: Sequence[str] | None) -> list[str]:
    """Return ``names``. By default these are the names in a PyTorch Sequential with activations between the layers."""
    own = [str(2 * i) for i in range(len(layers))] if names is None else texts("layers", names)
    if len(set(own)) != len(layers):
        raise ExperimentError(f"layers: found {len(set(own))} names, expected {len(layers)}")
    return own


def _header_of(path: Path, content: bytes) -> tuple[dict[str, Any], int]:
    """Return the header of a safetensors file, and where its values begin."""
    length = int.from_bytes(content[:8], "little")
    try:
        if len(content) < 8 or length > min(len(content) - 8, _MOST_HEADER):
            raise ValueError
        header = json.loads(content[8 : 8 + length].decode())
        if not isinstance(header, dict):
            raise ValueError
    except (ValueError, RecursionError):
        raise DataError(f"{path}: found no header of safetensors, expected a safetensors file") from None
    return header, 8 + length


def read_safetensors(file: str | os.PathLike[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the tensors of a file and its metadata. A tensor is an array, or an _Unread if its type is not read."""
    path = Path(path_of("file", file))
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}, expected a safetensors file") from None
    header, start = _header_of(path, content)
    metadata = header.pop("__metadata__", {})
    tensors: dict[str, Any] = {}
    for name, entry in header.items():
        try:
            kind, shape = _KINDS.get(entry["dtype"]), [int(size) for size in entry["shape"]]
            begin, end = (int(offset) for offset in entry["data_offsets"])
            if kind is None:
                tensors[name] = _Unread(str(entry["dtype"]))
                continue
            if not 0 <= begin <= end <= len(content) - start:
                raise ValueError
            tensors[name] = np.frombuffer(content[start + begin : start + end], kind).reshape(shape)
        except (KeyError, TypeError, ValueError):
            raise DataError(f"{path}: tensor {name!r} is damaged, expected its type, shape and values") from None
    return tensors, {str(key): str(value) for key, value in dict(metadata).items()}


class _Unread:
    """A tensor that was not read, because its type is neither F32 nor F64."""

    def __init__(self, dtype: str) -> None:
        self.dtype = dtype


def layers_of_safetensors(
    file: str | os.PathLike[str], tensors: Mapping[str, Any], stated: Sequence[str] | None
) -> list[Layer]:
    """Return the layers of a file: ``stated``, or all in the order of their numbers."""
    path = str(Path(file))
    if stated is not None:
        return _layers_of_tensors(tensors, texts("layers", stated), path)
    found = _layer_names(tensors, path)
    layers = _numbered(found)
    if layers is None:
        shown = ", ".join(map(repr, found))
        raise DataError(f"{path}: found the layers {shown} in no order, expected layers=[...] from first to last")
    return _layers_of_tensors(tensors, layers, path)
