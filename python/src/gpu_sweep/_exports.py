"""Networks as safetensors files."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ._errors import DataError
from ._files import FileKind, replacing
from ._layers import Layer, layers_of_safetensors, names_of_layers, read_safetensors, torch_arrays

if TYPE_CHECKING:
    from ._forward import Network

_PRODUCER = {"producer": "gpu_sweep"}
_KIND = FileKind("safetensors file of gpu_sweep", b"", json.dumps(_PRODUCER)[1:-1].encode(), 256)
_BYTES = {True: "true", False: "false"}


def _recipe(network: Network, layers: Sequence[str]) -> dict[str, str]:
    """Return the metadata that a reader needs besides the weights. They are strings, as safetensors requires."""
    recipe = {**_PRODUCER, "format": "pt", "activation": network.activation, "layers": json.dumps(list(layers))}
    if network.seed is not None:
        recipe["seed"] = str(network.seed)
    if network.divisor is not None:
        recipe["inputs_divided_by"] = f"{network.divisor:g}"
    if network.normalize is not None:
        recipe["normalize"] = network.normalize
    if network.is_bytes is not None:
        recipe["inputs_are_bytes"] = _BYTES[network.is_bytes]
    return recipe


def save_safetensors(file: str | os.PathLike[str], network: Network, names: Sequence[str] | None) -> None:
    """Write the file that https://huggingface.co/docs/safetensors describes: header, then values."""
    layers = names_of_layers(network.layers, names)
    arrays: dict[str, npt.NDArray[Any]] = dict(torch_arrays(network.layers, layers))
    if network.mean is not None and network.scale is not None:
        arrays |= {"inputs.mean": network.mean, "inputs.scale": network.scale}
    header: dict[str, Any] = {"__metadata__": _recipe(network, layers)}
    end = 0
    # The order that the safetensors library uses, too: wide types come first, so that every array is aligned.
    ordered = sorted(arrays.items(), key=lambda item: (-item[1].dtype.itemsize, item[0]))
    for name, array in ordered:
        begin, end = end, end + array.nbytes
        kind = "F32" if array.dtype == np.float32 else "F64"
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [begin, end]}
    text = json.dumps(header, ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    with replacing(file, _KIND) as part, part.open("wb") as stream:
        stream.write(len(text).to_bytes(8, "little") + text)
        for _, array in ordered:
            stream.write(np.ascontiguousarray(array).data)


def load_safetensors(file: str | os.PathLike[str], stated: Sequence[str] | None) -> tuple[list[Layer], dict[str, Any]]:
    """Return the layers of a file and, if this package wrote it, what its metadata say about the network."""
    tensors, metadata = read_safetensors(file)
    if metadata.get("producer") != _PRODUCER["producer"]:
        return layers_of_safetensors(file, tensors, stated), {}
    try:
        layers = stated or json.loads(metadata["layers"])
        found: dict[str, Any] = {"activation": metadata["activation"], "normalize": metadata.get("normalize")}
        found["seed"] = int(metadata["seed"]) if "seed" in metadata else None
        found["is_bytes"] = {"true": True, "false": False}.get(metadata.get("inputs_are_bytes", ""))
    except (KeyError, ValueError):
        raise DataError(f"{file}: found damaged metadata, expected a safetensors file of gpu_sweep") from None
    if "inputs.mean" in tensors and "inputs.scale" in tensors:
        found |= {"mean": tensors["inputs.mean"], "scale": tensors["inputs.scale"]}
    return layers_of_safetensors(file, tensors, layers), found
