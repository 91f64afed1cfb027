"""Weights for other libraries."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ._errors import ExperimentError
from ._files import replacing
from ._forward import Layer, Network


def torch_arrays(layers: Sequence[Layer], names: Sequence[str] | None) -> dict[str, npt.NDArray[np.float32]]:
    """Return weight [outputs, inputs] and bias of every linear layer, under PyTorch's names."""
    own = [str(2 * i) for i in range(len(layers))] if names is None else list(names)
    if len(own) != len(layers):
        raise ExperimentError(f"layers: found {len(own)} names, expected {len(layers)}")
    arrays = {}
    for name, (kernel, bias) in zip(own, layers, strict=True):
        arrays[f"{name}.weight"] = np.ascontiguousarray(kernel.T)
        arrays[f"{name}.bias"] = np.ascontiguousarray(bias)
    return arrays


def _recipe(network: Network) -> dict[str, str]:
    """Return the metadata that a reader needs besides the weights, as strings, the only type that safetensors has."""
    recipe = {"format": "pt", "activation": network.activation, "seed": str(network.seed)}
    if network.divisor is not None:
        recipe["inputs_divided_by"] = f"{network.divisor:g}"
    return recipe


def save_safetensors(file: str | os.PathLike[str], network: Network, names: Sequence[str] | None) -> None:
    """Write the file that https://huggingface.co/docs/safetensors describes: header, then values."""
    arrays: dict[str, npt.NDArray[Any]] = dict(torch_arrays(network.layers, names))
    if network.mean is not None and network.scale is not None:
        arrays |= {"inputs.mean": network.mean, "inputs.scale": network.scale}
    header: dict[str, Any] = {"__metadata__": _recipe(network)}
    end = 0
    # The library's own order: wide types first, so that every array is aligned.
    ordered = sorted(arrays.items(), key=lambda item: (-item[1].dtype.itemsize, item[0]))
    for name, array in ordered:
        begin, end = end, end + array.nbytes
        kind = "F32" if array.dtype == np.float32 else "F64"
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [begin, end]}
    text = json.dumps(header, ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    with replacing(file) as part, part.open("wb") as stream:
        stream.write(len(text).to_bytes(8, "little") + text)
        for _, array in ordered:
            stream.write(np.ascontiguousarray(array).data)
