"""Weights of a run can be converted for other libraries and back, and weights from elsewhere are checked."""

import dataclasses
import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gpu_sweep as gs
from gpu_sweep._core import activations
from gpu_sweep._onnx import _Graph

from .conftest import Arrays

Make = Callable[..., gs.Experiment]
Run = Callable[..., str]


@pytest.fixture
def trained(data: gs.Data, two_models: Make) -> gs.Result:
    return two_models(runs=1, epochs=2, activation="tanh").run(data, out="out", keep="weights")


def arrays_of(network: gs.Network) -> dict[str, Any]:
    """Return the entries of a state_dict, without using PyTorch."""
    named = [(f"{2 * index}", layer) for index, layer in enumerate(network.layers)]
    return {
        key: array
        for name, (kernel, bias) in named
        for key, array in ((f"{name}.weight", kernel.T), (f"{name}.bias", bias))
    }


def write_safetensors(file: str, tensors: dict[str, Any]) -> None:
    """Write tensors in the order of their names, as other programs do."""
    header, values = {}, b""
    for name, array in sorted(tensors.items()):
        kind = {"float32": "F32", "float64": "F64", "float16": "F16"}[str(array.dtype)]
        begin, values = len(values), values + np.ascontiguousarray(array).tobytes()
        header[name] = {"dtype": kind, "shape": array.shape, "data_offsets": [begin, len(values)]}
    text = json.dumps(header).encode()
    Path(file).write_bytes(len(text).to_bytes(8, "little") + text + values)


def test_there_and_back(trained: gs.Result, arrays: Arrays) -> None:
    network = trained.networks("two")[0]
    expected = network.predict_proba(arrays[2])
    network.save_safetensors("own.safetensors", ["a", "b", "c"])
    network.save_npz("own.npz")
    write_safetensors("other.safetensors", arrays_of(network))
    back = {
        "keras": gs.Network.from_keras_weights(trained.keras_weights("two", seed=0), like=network),
        "torch": gs.Network.from_torch_state_dict(arrays_of(network), "tanh", is_bytes=True),
        "safetensors": gs.Network.from_safetensors("own.safetensors"),
        "others' safetensors": gs.Network.from_safetensors("other.safetensors", "tanh"),
        "npz": gs.Network.from_npz("own.npz", "tanh", is_bytes=True),
        "npz of the run": gs.Network.from_npz("out/weights/two, seed 0.npz", like=network),
    }
    for way, each in back.items():
        assert np.abs(each.predict_proba(arrays[2]) - expected).max() <= 1e-6, way
    assert [each.seed for each in back.values()] == [None, None, 0, None, None, None]
    own = back["safetensors"]
    assert (own.normalize, own.is_bytes, own.activation) == (None, True, "tanh")
    ensemble = gs.Ensemble("mine", [back["keras"], own])
    assert ensemble.predict_proba(arrays[2]) == pytest.approx(expected)
    assert repr(own) == "Network(36-16-8-3, tanh, seed 0)"


def test_the_preprocessing_comes_back(arrays: Arrays, two_models: Make) -> None:
    x, y, x_test, y_test = (array.astype(np.float32) if array.ndim == 3 else array for array in arrays)
    data = gs.Data(x, y, x_test, y_test, normalize="standardize")
    network = two_models(runs=1, epochs=2).run(data, out="out", keep="weights").networks("one")[0]
    network.save_safetensors("own.safetensors")
    network.save_npz("own.npz")
    ways = [
        gs.Network.from_safetensors("own.safetensors"),
        gs.Network.from_npz("own.npz", "relu", is_bytes=False),
        gs.Network.from_keras_weights(network.keras_weights(), like=network),
    ]
    for back in ways:
        assert (back.predict_proba(x_test) == network.predict_proba(x_test)).all()
        back.save_onnx("back.onnx")
        network.save_onnx("own.onnx")
        assert Path("back.onnx").read_bytes() == Path("own.onnx").read_bytes()


def test_the_program_reads_them(trained: gs.Result, data: gs.Data, run_program: Run) -> None:
    data.save("d.npz")
    gs.Network.from_keras_weights(trained.keras_weights("two", seed=0), "tanh").save_npz("mine.npz")
    shown = run_program("evaluate", "--weights", "mine.npz", "--activation", "tanh", "--data", "d.npz", "--json")
    run = trained.summary["models"][1]["per_run"][0]
    assert json.loads(shown)["accuracy"] == run["test_accuracy"]


def test_pytorch(trained: gs.Result, arrays: Arrays) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    linear, tanh = torch.nn.Linear, torch.nn.Tanh
    module = torch.nn.Sequential(linear(36, 16), tanh(), linear(16, 8), tanh(), linear(8, 3))
    back = gs.Network.from_torch_state_dict(module.state_dict(), "tanh")
    rows = arrays[2].reshape(60, 36)
    with torch.no_grad():
        likely = module(torch.from_numpy(rows.astype(np.float32) / 255)).softmax(dim=1).numpy()
    assert np.abs(back.predict_proba(rows) - likely).max() <= 1e-6
    module.load_state_dict(trained.torch_state_dict("two", seed=0))
    again = gs.Network.from_torch_state_dict(module.state_dict(keep_vars=True), "tanh")
    assert (again.predict_proba(rows) == trained.predict_proba("two", rows)).all()
    with pytest.raises(gs.DataError, match=r"^0.weight: found float64, expected an array of float32$"):
        gs.Network.from_torch_state_dict(module.double().state_dict(), "tanh")
    with pytest.raises(gs.DataError, match=r"^0.weight: found bfloat16, expected an array of float32$"):
        gs.Network.from_torch_state_dict(module.bfloat16().state_dict(), "tanh")


def dense(*widths: int) -> list[Any]:
    """Return the arrays of a Keras model."""
    rng = np.random.default_rng(0)
    arrays = []
    for inputs, outputs in itertools.pairwise(widths):
        arrays += [rng.normal(size=(inputs, outputs)).astype(np.float32), np.zeros(outputs, np.float32)]
    return arrays


@pytest.mark.parametrize(
    ("weights", "line"),
    [
        (None, "^weights: found NoneType, expected the list that model.get_weights"),
        ([], "^layers: found none, expected at least an output layer$"),
        (dense(4, 3)[:1], "^weights: found 1 arrays, expected kernel and bias of every dense layer$"),
        (dense(4, 3) + dense(2, 2), r"^weights\[2\]: found 2 inputs, expected the 3 outputs of the layer before$"),
        ([*dense(4, 3)[:1], np.zeros(2, np.float32)], r"^weights\[1\]: found shape \(2,\), expected \(3,\)$"),
        ([np.zeros(4, np.float32)] * 4, r"^weights\[0\]: found shape \(4,\), expected two sizes: inputs and outputs$"),
        ([np.zeros((0, 3), np.float32), np.zeros(3, np.float32)], r"^weights\[0\]: found shape \(0, 3\)"),
        (dense(4, 1), r"^weights\[0\]: found one output, expected one per class: at least two$"),
        ([each.astype(float) for each in dense(4, 3)], r"^weights\[0\]: found float64, expected an array of float32$"),
        ([[[1.0, 2.0]], [0.0, 0.0]], r"^weights\[0\]: found list, expected an array of float32$"),
    ],
)
def test_weights_that_do_not_fit(weights: Any, line: str) -> None:
    with pytest.raises(gs.DataError, match=line) as caught:
        gs.Network.from_keras_weights(weights, "relu")
    assert "\n" not in str(caught.value)


def named(*names: str, width: int = 3) -> dict[str, Any]:
    layers: dict[str, Any] = {}
    for name in names:
        layers[f"{name}.weight"] = np.eye(width, dtype=np.float32)
        layers[f"{name}.bias"] = np.full(width, len(layers), np.float32)
    return layers


def test_the_order_of_layers() -> None:
    mixed = named("10", "2", "0")
    biases = [bias[0] for _, bias in gs.Network.from_torch_state_dict(mixed, "relu").layers]
    assert biases == [5, 3, 1]
    words = named("hidden", "out")
    assert [bias[0] for _, bias in gs.Network.from_torch_state_dict(words, "relu").layers] == [1, 3]
    write_safetensors("w.safetensors", named("in", "hidden", "out"))
    line = r"^w.safetensors: found the layers 'hidden', 'in', 'out' in no order, expected layers=\[...\] from first to"
    with pytest.raises(gs.DataError, match=line):
        gs.Network.from_safetensors("w.safetensors", "relu")
    stated = gs.Network.from_safetensors("w.safetensors", "relu", layers=["in", "hidden"])
    assert [bias[0] for _, bias in stated.layers] == [1, 3]
    alone = gs.Network.from_torch_state_dict({"weight": np.ones((2, 3), np.float32), "bias": np.zeros(2, np.float32)})
    assert repr(alone) == "Network(3-2, relu)"


def test_tensors_that_do_not_fit() -> None:
    other = {**named("0"), "1.running_mean": np.zeros(3, np.float32)}
    refused: list[tuple[Any, str]] = [
        (3, "^state: found int, expected the dict that module.state_dict"),
        (other, r"^state: found '1.running_mean', expected only weight and bias of linear layers, or layers=\[...\]$"),
        ({"0.weight": np.eye(3, dtype=np.float32)}, "^state: found no '0.bias', expected weight and bias of every"),
        ({}, "^layers: found none"),
    ]
    for state, line in refused:
        with pytest.raises(gs.DataError, match=line):
            gs.Network.from_torch_state_dict(state, "relu")
    assert gs.Network.from_torch_state_dict(other, layers=["0"]).layers[0][0].shape == (3, 3)
    with pytest.raises(gs.ExperimentError, match=r"^activation: found none, expected one of relu, .* or like=NETWORK$"):
        gs.Network.from_torch_state_dict(named("0", "2"))
    with pytest.raises(gs.ExperimentError, match=r"^activation: found 'rellu', expected one of relu, "):
        gs.Network.from_torch_state_dict(named("0", "2"), "rellu")
    with pytest.raises(gs.ExperimentError, match=r"^like: found str, expected gpu_sweep\.Network$"):
        gs.Network.from_keras_weights(dense(4, 3), like="relu")  # type: ignore[arg-type]


def test_damaged_files(trained: gs.Result) -> None:
    network = trained.networks("one")[0]
    network.save_safetensors("w.safetensors")
    whole = Path("w.safetensors").read_bytes()
    for end in range(0, len(whole), 97):
        Path("w.safetensors").write_bytes(whole[:end])
        with pytest.raises(gs.DataError, match=r"^w.safetensors: ") as caught:
            gs.Network.from_safetensors("w.safetensors")
        assert "\n" not in str(caught.value)
    write_safetensors("half.safetensors", {name: each.astype(np.float16) for name, each in named("0").items()})
    with pytest.raises(gs.DataError, match=r"^0.weight: found F16, expected an array of float32$"):
        gs.Network.from_safetensors("half.safetensors")
    with pytest.raises(gs.DataError, match=r"^nothing: No such file or directory, expected a safetensors file$"):
        gs.Network.from_safetensors("nothing")
    with pytest.raises(gs.DataError, match=r"nothing\.npz"):
        gs.Network.from_npz("nothing.npz", "relu")


def test_a_network_is_checked(trained: gs.Result) -> None:
    network = trained.networks("one")[0]
    mean = np.zeros(35)
    with pytest.raises(gs.DataError, match=r"^mean: found shape \(35,\), expected \(36,\)$"):
        dataclasses.replace(network, normalize="standardize", mean=mean, scale=mean)
    with pytest.raises(gs.ExperimentError, match=r"^mean: expected with normalize='standardize', and only then$"):
        dataclasses.replace(network, mean=np.zeros(36))
    with pytest.raises(gs.ExperimentError, match=r"^normalize: found 'scael'"):
        dataclasses.replace(network, normalize="scael")
    assert network != dataclasses.replace(network)


def test_every_activation_has_operations_of_onnx() -> None:
    for activation in activations():
        _Graph("x").activate(activation)
    with pytest.raises(
        gs.ExperimentError, match=r"^onnx: found activation 'mish', expected one with operations of ONNX$"
    ):
        _Graph("x").activate("mish")


def test_files_of_the_user_stay(trained: gs.Result, data: gs.Data, two_models: Make) -> None:
    network = trained.networks("one")[0]
    writers: dict[str, Callable[[str], None]] = {
        "safetensors file": lambda file: trained.save_safetensors(file, "one", seed=0),
        "ONNX model": lambda file: trained.save_onnx(file, "one", seed=0),
        "weights file": network.save_npz,
        "data archive": data.save,
        "experiment": lambda file: two_models().save(file, data),
    }
    for number, (kind, write) in enumerate(writers.items()):
        file = Path(f"{number}.npz")
        write(str(file))
        write(str(file))
        for foreign in (
            b"precious",
            b"PK\x03\x04 and so on",
            b"{}",
            *(Path(f"{other}.npz").read_bytes() for other in range(number)),
        ):
            Path("theirs.npz").write_bytes(foreign)
            with pytest.raises(
                gs.ExperimentError, match=rf"^theirs.npz: found an existing file that is no {kind}"
            ) as caught:
                write("theirs.npz")
            assert str(caught.value).endswith(", expected another name")
            assert Path("theirs.npz").read_bytes() == foreign


def test_arrays_of_the_user_stay(data: gs.Data, arrays: Arrays) -> None:
    data.save("folder")
    data.save("folder")
    np.save("folder/y_test.npy", 1 - arrays[3])
    before = Path("folder/y_test.npy").read_bytes()
    with pytest.raises(gs.ExperimentError, match=r"^folder/y_test\.npy: found an existing file with other values"):
        data.save("folder")
    assert Path("folder/y_test.npy").read_bytes() == before
    np.savez("theirs.npz", x_train=arrays[0])
    with pytest.raises(gs.ExperimentError, match=r"^theirs\.npz: found an existing file that is no data archive of"):
        data.save("theirs.npz")


@pytest.mark.parametrize("name", ["summary.json", "report.html"])
def test_a_run_refuses_a_folder_of_the_user(data: gs.Data, two_models: Make, name: str) -> None:
    Path("out").mkdir()
    Path("out", name).write_text("precious")
    seen: list[gs.Progress] = []
    with pytest.raises(
        gs.ExperimentError, match=rf"^out/{name}: found an existing file that is no .*, expected another"
    ):
        two_models().run(data, out="out", progress=seen.append)
    assert not seen
    assert [path.name for path in Path("out").iterdir()] == [name]
    assert Path("out", name).read_text() == "precious"
