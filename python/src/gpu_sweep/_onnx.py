"""Networks as ONNX models, written as https://onnx.ai/onnx/repo-docs/IR.html describes them."""

from __future__ import annotations

import math
import os
import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ._core import __version__
from ._errors import ExperimentError
from ._files import FileKind, replacing

if TYPE_CHECKING:
    from ._forward import Network

_IR_VERSION = 8
_OPSET = 13
_FLOAT, _UINT8, _DOUBLE = 1, 2, 11
_LEAKY_SLOPE = 0.01
_OPERATIONS = {"relu": "Relu", "sigmoid": "Sigmoid", "tanh": "Tanh", "elu": "Elu", "selu": "Selu"}

Values = npt.NDArray[np.float32] | npt.NDArray[np.float64]


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _field(number: int, value: int | float | str | bytes) -> bytes:
    """Return a field of a protobuf message: a number, a text, or another message."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    if isinstance(value, float):
        return _varint(number << 3 | 5) + struct.pack("<f", value)
    content = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _attribute(name: str, value: int | float) -> bytes:
    is_float = isinstance(value, float)
    return _field(1, name) + _field(2 if is_float else 3, value) + _field(20, 1 if is_float else 2)


def _tensor(name: str, values: Values) -> bytes:
    kind = _FLOAT if values.dtype == np.float32 else _DOUBLE
    sizes = b"".join(_field(1, size) for size in values.shape)
    return sizes + _field(2, kind) + _field(8, name) + _field(9, np.ascontiguousarray(values).tobytes())


def _value(name: str, kind: int, columns: int) -> bytes:
    """Return the type of an input or output: [rows, columns], for any number of rows."""
    shape = _field(1, _field(2, "rows")) + _field(1, _field(1, columns))
    return _field(1, name) + _field(2, _field(1, _field(1, kind) + _field(2, shape)))


class _Graph:
    """A chain of operations: by default, each takes the result of the previous one."""

    def __init__(self, name: str) -> None:
        self.nodes: list[bytes] = []
        self.tensors: list[bytes] = []
        self.last = name

    def add(self, kind: str, *others: str, **attributes: int | float) -> str:
        self.last = self.join(kind, self.last, *others, **attributes)
        return self.last

    def join(self, kind: str, *inputs: str, **attributes: int | float) -> str:
        output = f"v{len(self.nodes)}"
        fields = [_field(1, each) for each in inputs] + [_field(2, output), _field(4, kind)]
        fields += [_field(5, _attribute(*each)) for each in attributes.items()]
        self.nodes.append(b"".join(fields))
        return output

    def constant(self, values: Values | float) -> str:
        name = f"c{len(self.tensors)}"
        self.tensors.append(_tensor(name, np.asarray(values, np.float32) if isinstance(values, float) else values))
        return name

    def activate(self, activation: str) -> None:
        x = self.last
        if activation == "silu":
            self.last = self.join("Mul", x, self.join("Sigmoid", x))
        elif activation == "gelu":
            self.add("Mul", self.constant(math.sqrt(0.5)))
            self.add("Erf")
            self.add("Add", self.constant(1.0))
            self.add("Mul", x)
            self.add("Mul", self.constant(0.5))
        elif activation == "leaky_relu":
            self.add("LeakyRelu", alpha=_LEAKY_SLOPE)
        elif activation in _OPERATIONS:
            self.add(_OPERATIONS[activation])
        else:
            raise ExperimentError(f"onnx: found activation {activation!r}, expected one with operations of ONNX")


def _prepare(graph: _Graph, network: Network) -> None:
    if network.mean is not None and network.scale is not None:
        graph.add("Cast", to=_DOUBLE)
        graph.add("Sub", graph.constant(network.mean))
        graph.add("Mul", graph.constant(network.scale))
        graph.add("Cast", to=_FLOAT)
        return
    if network.is_bytes:
        graph.add("Cast", to=_FLOAT)
    if network.divisor not in (None, 1.0):
        graph.add("Mul", graph.constant(1 / network.divisor))


_START = _field(1, _IR_VERSION) + _field(2, "gpu_sweep")
_KIND = FileKind("ONNX model of gpu_sweep", _START, b"", 64)


def save_onnx(file: str | os.PathLike[str], network: Network, class_names: Sequence[str] | None) -> None:
    """Write a model that maps rows ``x``, as in :meth:`Network.predict_proba`, to ``probabilities``."""
    if network.is_bytes is None:
        raise ExperimentError(
            "onnx: the type of the inputs is not known, expected results opened with their data "
            "or a network with is_bytes"
        )
    graph = _Graph("x")
    _prepare(graph, network)
    for index, (kernel, bias) in enumerate(network.layers):
        graph.add("Gemm", graph.constant(kernel), graph.constant(bias))
        if index + 1 < len(network.layers):
            graph.activate(network.activation)
    graph.add("Softmax", axis=1)
    features, classes = len(network.layers[0][0]), len(network.layers[-1][1])
    names = [str(each) for each in (range(classes) if class_names is None else class_names)]
    if len(names) != classes:
        raise ExperimentError(f"class_names: found {len(names)}, expected {classes}")
    graph.nodes.append(_field(1, graph.last) + _field(2, "probabilities") + _field(4, "Identity"))
    content = b"".join(_field(1, node) for node in graph.nodes) + _field(2, "network")
    content += b"".join(_field(5, tensor) for tensor in graph.tensors)
    content += _field(11, _value("x", _UINT8 if network.is_bytes else _FLOAT, features))
    content += _field(12, _value("probabilities", _FLOAT, classes))
    model = _START + _field(3, __version__) + _field(7, content)
    model += _field(8, _field(1, "") + _field(2, _OPSET))
    model += _field(14, _field(1, "class_names") + _field(2, "\n".join(names)))
    with replacing(file, _KIND) as part:
        part.write_bytes(model)
