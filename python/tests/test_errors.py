"""Every kind of error is an exception class of its own, and its message is one line."""

import multiprocessing
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gpu_sweep as gs
from gpu_sweep._errors import error_for, in_python

from .conftest import Arrays

Make = Callable[..., gs.Experiment]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"x_train": np.zeros((360, 6, 6), complex)}, "x_train: found complex128, expected numbers of at most 64 bits"),
        ({"x_train": np.zeros((360, 6, 6), np.int16)}, "x_test: values of uint8, expected int16 as in x_train"),
        ({"x_train": np.full((360, 36), np.nan), "x_test": np.zeros((60, 36))}, "x_train: found nan at row 0"),
        ({"x_train": np.full((360, 36), 1e39), "x_test": np.zeros((60, 36))}, r"x_train: found 1e\+39 at row 0"),
        ({"x_train": np.zeros(360, np.uint8)}, r"x_train: found shape \(360,\), expected one row per sample"),
        ({"x_test": np.zeros((60, 6, 5), np.uint8)}, "x_test: images of 6 x 5, expected 6 x 6"),
        ({"y_train": np.zeros(359, int)}, "y_train: 359 labels, expected 360"),
        ({"y_train": np.zeros((360, 3), int)}, "y_train: no 1 at row 0, expected one in each row"),
        ({"y_train": np.full(360, -1)}, "y_train: label -1 at row 0, expected a whole number from 0 to 255"),
        ({"y_train": np.full(360, 0.5)}, r"y_train: label 0\.5 at row 0, expected a whole number"),
        (
            {"x_train": np.zeros((0, 6, 6), np.uint8), "y_train": np.zeros(0, int)},
            "x_train: shape 0 x 6 x 6",
        ),
        ({"x_train": [[1, 2], [3]]}, "^x_train: found rows of different lengths, expected an array$"),
        ({"x_train": np.uint8(3)}, "^x_train: found uint8, expected an array of numbers$"),
        ({"x_train": (row for row in "ab")}, "^x_train: found generator, expected an array of numbers$"),
        ({"x_train": None}, "^x_train: found NoneType, expected an array of numbers$"),
        ({"y_train": np.full(360, 2**63, np.uint64)}, "^y_train: label 9.*at row 0, expected a whole number from 0 to"),
        ({"y_train": [2**70] * 360}, "^y_train: found object, expected numbers of at most 64 bits; np"),
        ({"x_train": np.ma.masked_greater(np.zeros((360, 2)), -1)}, "^x_train: found masked values, expected a number"),
        ({"class_names": "abc"}, "^class_names: found 'abc', expected a list of names$"),
        ({"class_names": 3}, "^class_names: found 3, expected a list of names$"),
        ({"class_names": ["\udc80", "b", "c"]}, "^class_names: found '.udc80', expected text that UTF-8 can encode$"),
        ({"name": None}, "^name: found None, expected text$"),
        ({"class_names": ["only"]}, "class_names: found 1, expected 2 to 256"),
        ({"class_names": ["a", "b"]}, "y_train: label 2 at row .*, expected 0 to 1"),
        (
            {"y_train": np.array(["a"] * 360)},
            r"y_train: found <U1, .*; np\.unique\(labels, return_inverse=True\) numbers classes",
        ),
    ],
)
def test_data(arrays: Arrays, change: dict[str, Any], line: str) -> None:
    good: dict[str, Any] = dict(zip(("x_train", "y_train", "x_test", "y_test"), arrays, strict=True))
    with pytest.raises((gs.DataError, gs.ExperimentError), match=line):
        gs.Data(**{**good, **change})


def test_frames_say_which_column(arrays: Arrays, two_models: Callable[..., gs.Experiment]) -> None:
    import pandas as pd

    y, y_test = arrays[1], arrays[3]
    good = pd.DataFrame({"a": pd.array([1, 2] * 180, dtype="Int64"), "b": [True, False] * 180})
    assert (
        gs.Data(good, y, good[:60], y_test).sha256 == gs.Data(good.astype(int), y, good[:60].astype(int), y_test).sha256
    )
    with pytest.raises(gs.DataError, match=r"^x_train: found \w+ in column 'c', expected numbers of at most 64 bits$"):
        gs.Data(good.assign(c=["x", "y"] * 180), y, good[:60], y_test)
    missing = good.assign(a=pd.array([1, None] * 180, dtype="Int64"))
    with pytest.raises(gs.DataError, match=r"^x_train: found nan at row 1, column 0, expected a finite number"):
        gs.Data(missing, y, good[:60].astype(float), y_test)
    with pytest.raises(gs.DataError, match=r"^x_test: found column 'b', expected 'a' in its place, as in x_train$"):
        gs.Data(good, y, good[["b", "a"]][:60], y_test)
    data = gs.Data(good.astype(float), y, good[:60].astype(float), y_test)
    result = two_models(runs=1, epochs=1).run(data, keep=["weights"])
    assert result.predict_proba("one", good[:2].astype(float)).shape == (2, len(data.class_names))
    with pytest.raises(gs.DataError, match=r"^x: found column 'b', expected 'a' in its place, as in x_train$"):
        result.predict_proba("one", good[["b", "a"]][:2].astype(float))
    sparse = pytest.importorskip("scipy.sparse")
    with pytest.raises(gs.DataError, match=r"^x_train: found csr_matrix, expected .*, such as x\.toarray\(\)$"):
        gs.Data(sparse.csr_matrix(arrays[0].reshape(360, 36)), *arrays[1:])


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"normalize": "scael"}, r"^data: normalize: found 'scael' \(did you mean 'scale'\?\)"),
        ({"validation": 1.5}, r"^data: .*fraction: found 1\.5"),
        ({"validation": True}, "^data: validation.fraction: found "),
        ({"validation": {"share": 0.1}}, "^data: .*share"),
    ],
)
def test_settings_of_data(arrays: Arrays, settings: dict[str, Any], line: str) -> None:
    with pytest.raises(gs.ExperimentError, match=line):
        gs.Data(*arrays, **settings)


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"activation": "rel"}, "did you mean 'relu'"),
        ({"dropout": 1.5}, "^model 'm': model.dropout: found 1.5, expected a number from 0"),
        ({"learning": 0.1}, "learning"),
        ({"batch_size": 0}, "batch_size"),
        ({"max_diverged": 0.2}, "max_diverged: found a key of the whole experiment"),
        ({"optimizer": object()}, "optimizer: found object, expected a number, text, list or dict"),
    ],
)
def test_experiment_settings(settings: dict[str, Any], line: str) -> None:
    with pytest.raises(gs.ExperimentError, match=line) as caught:
        gs.Experiment("e", [gs.Model("m", [4], **settings)], runs=1)
    assert "\n" not in str(caught.value)


def test_models() -> None:
    with pytest.raises(gs.ExperimentError, match="model 'm': hidden: found 256, expected a list of widths"):
        gs.Model("m", 256)  # type: ignore[arg-type]
    with pytest.raises(gs.ExperimentError, match=r"^model 'm': model.hidden"):
        gs.Experiment("e", [gs.Model("m", np.array([16, 0]))])  # type: ignore[arg-type]
    with pytest.raises(gs.ExperimentError, match="model"):
        gs.Experiment("e", [])
    for models in (["one"], gs.Model("m")):
        with pytest.raises(gs.ExperimentError, match=r"^models: found .*, expected a list of gpu_sweep\.Model$"):
            gs.Experiment("e", models)  # type: ignore[arg-type]
    with pytest.raises(gs.ExperimentError, match=r"^normalize: found in an experiment, expected in gpu_sweep\.Data$"):
        gs.Experiment("e", [gs.Model("m")], normalize="scale")
    with pytest.raises(gs.ExperimentError, match=r"^experiment: smallest_difference: found 0"):
        gs.Experiment("e", [gs.Model("m")], smallest_difference=0)
    with pytest.raises(gs.ExperimentError, match=r"^experiment: runs: found 0"):
        gs.Experiment("e", [gs.Model("m")], runs=0)


@pytest.mark.parametrize(
    ("arguments", "kind", "line"),
    [
        ({"device": "tpu"}, gs.ExperimentError, "tpu"),
        ({"device": "cuda:77"}, gs.DeviceError, "cuda:77"),
        ({"precision": "fp16"}, gs.ExperimentError, "precision: found 'fp16'"),
        ({"lanes": 0}, gs.ExperimentError, "lanes: found 0, expected an integer from 1 to 1024"),
        ({"lanes": "two"}, gs.ExperimentError, "^lanes: found 'two', expected a whole number$"),
        ({"lanes": 2**40}, gs.ExperimentError, f"^lanes: found {2**40}, expected a whole number of at most 32 bits$"),
        ({"device": None}, gs.ExperimentError, "^device: found None, expected text$"),
        ({"snapshot_seconds": -1}, gs.ExperimentError, "^snapshot_seconds: found -1, expected a number of at least 0$"),
        ({"snapshot_seconds": float("nan")}, gs.ExperimentError, "^snapshot_seconds: found nan, "),
        ({"keep": ["wieghts"]}, gs.ExperimentError, "keep: found 'wieghts', expected 'weights' or 'probabilities'"),
        ({"out": "/proc/nowhere"}, gs.OutputError, "/proc/nowhere"),
    ],
)
def test_run(data: gs.Data, two_models: Make, arguments: dict[str, Any], kind: type[gs.Error], line: str) -> None:
    with pytest.raises(kind, match=line) as caught:
        two_models().run(data, **{"out": "out", **arguments})
    assert "\n" not in str(caught.value)
    assert not Path("out/runs.sqlite").exists()


def test_another_study_in_the_folder(data: gs.Data, two_models: Make) -> None:
    two_models(epochs=1).run(data, out="out")
    before = Path("out/summary.json").read_bytes()
    with pytest.raises(gs.ExperimentError, match="epochs"):
        two_models(epochs=2).run(data, out="out")
    assert Path("out/summary.json").read_bytes() == before


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (
            "no calibration; gpu_sweep run --keep-predictions computes",
            'no calibration; run(keep=["probabilities"]) computes',
        ),
        ("--keep-predictions: 3 finished runs", 'keep=["probabilities"]: 3 finished runs'),
        ("--save-weights: w holds", 'keep=["weights"]: w holds'),
        ("expected one, or --columns score=NAME", 'expected one, or columns={"score": NAME}'),
        ("or --missing failed or --missing not-run", 'or missing="failed" or missing="not-run"'),
        ("--test-share: missing", "test_share: missing"),
        ("expected one of them: --data a or --data b", 'expected one of them: gs.Data.open("a") or gs.Data.open("b")'),
        ("--data nowhere: no such directory", "nowhere: no such directory"),
        ("--device cuda:7: none", "device cuda:7: none"),
        ("gpu_sweep run EXPERIMENT.toml --device cpu", "gpu_sweep run EXPERIMENT.toml --device cpu"),
    ],
)
def test_flags_become_arguments(line: str, shown: str) -> None:
    assert in_python(line) == shown
    assert str(error_for(2, line)) == shown


def test_what_is_kept_later_is_said_in_words_of_python(data: gs.Data, two_models: Make) -> None:
    two_models().run(data, out="out")
    with pytest.warns(gs.SweepWarning) as caught:
        two_models().run(data, out="out", keep=["probabilities"])
    assert [str(each.message) for each in caught] == [
        'keep=["probabilities"]: 6 finished runs without class probabilities, trained again to obtain them'
    ]
    with pytest.warns(gs.SweepWarning, match=r'^keep=\["weights"\]: 6 runs'):
        two_models().run(data, out="out", keep=["weights"])


def test_arguments_of_wrong_types(data: gs.Data, two_models: Make) -> None:
    import pandas as pd

    result = two_models(runs=1).run(data, out="out", keep="weights")
    network = result.networks("two")[0]
    frame = pd.DataFrame({"a": [0.1, 0.2, 0.3], "b": [0.2, 0.1, 0.4]})
    wrong: Any = 3
    calls: dict[str, Callable[[], object]] = {
        "^models: found 3, ": lambda: gs.Experiment("e", wrong),
        "^grid: found 3, ": lambda: gs.Experiment("e", [gs.Model("m")], grid=wrong),
        f"^seed: found {2**63}, expected a number of at most 64 bits": lambda: gs.Experiment(
            "e", [gs.Model("m")], seed=2**63
        ),
        "^keep: found 3, ": lambda: two_models().run(data, keep=wrong),
        "^lanes: found True, ": lambda: two_models().run(data, lanes=True),
        "^progress: found 3, expected True or False": lambda: two_models().run(data, progress=wrong),
        "^until_decided: found 3, ": lambda: two_models().run(data, until_decided=wrong),
        "^race: found 3, ": lambda: two_models().run(data, race=wrong),
        "^out: found 3, expected a path": lambda: two_models().run(data, out=wrong),
        "^out: found '', ": lambda: two_models().run(data, out=""),
        "^place: found 'a.x00b', ": lambda: data.save("a\0b"),
        "^directory: found 3, ": lambda: gs.open(wrong),
        "^file: found 3, ": lambda: result.save_onnx(wrong, "two", 0),
        "^file: found '', ": lambda: network.save_npz(""),
        "^model: found 3, expected text": lambda: result.predictions(wrong),
        "^model: found None, ": lambda: result.networks(None),  # type: ignore[arg-type]
        "^seed: found '1', ": lambda: result.weights("two", "1"),  # type: ignore[arg-type]
        "^seed: found -1, expected a whole number of at least 0": lambda: result.weights("two", -1),
        "^seed: found None, ": lambda: result.weights("two", None),  # type: ignore[arg-type]
        "^kind: found 3, ": lambda: result.chart(wrong),
        "^layers: found 3, expected a list of names": lambda: result.save_safetensors("f", "two", 0, wrong),
        "^networks: found none, expected networks of": lambda: gs.Ensemble("two", []),
        "^networks: found 3 inputs with 3 classes and 36": lambda: gs.Ensemble(
            "two", [network, gs.Network(0, [(np.eye(3, dtype=np.float32), np.zeros(3, np.float32))], "relu")]
        ),
        "^higher: found 'yes', expected True or False": lambda: gs.judge(frame, higher="yes"),  # type: ignore[arg-type]
        "^columns: found 3, ": lambda: gs.judge(frame, higher=True, columns=wrong),
        "^metric: found 3, ": lambda: gs.judge(frame, higher=True, metric=wrong),
        "^test_share: found 'x', expected a number": lambda: gs.judge(frame, higher=True, test_share="x"),  # type: ignore[arg-type]
        "^device: found 3, ": lambda: gs.selftest(wrong),
        "^on_check: found 3, ": lambda: gs.selftest("cpu", wrong),
    }
    for line, call in calls.items():
        with pytest.raises(gs.ExperimentError, match=line) as caught:
            call()
        assert "\n" not in str(caught.value)
    Path("file").write_text("")
    with pytest.raises(gs.OutputError, match=r"^file/x_train\.npy: .*, expected a file that can be written$"):
        data.save("file")
    with pytest.raises(gs.DataError, match=r"^out: Is a directory, expected a table of scores$"):
        gs.judge("out", higher=True)


def test_what_crosses_processes(data: gs.Data, arrays: Arrays, two_models: Make) -> None:
    def sent(value: Any) -> Any:
        return pickle.loads(pickle.dumps(value))

    two_models(runs=3).save("e.toml", data)
    experiment = sent(gs.Experiment.from_toml("e.toml", runs=1, seed=5))
    assert repr(experiment) == "Experiment('small', 2 models, 1 runs each, seeds from 5)"
    there = sent(data)
    assert (there.sha256, there.class_names, there.toml) == (data.sha256, data.class_names, data.toml)
    result = sent(experiment.run(there, out="out", keep="weights"))
    assert list(result.runs["seed"]) == [5, 5]
    network = sent(result.networks("two")[0])
    assert (network.predict_proba(arrays[2]) == result.predict_proba("two", arrays[2])).all()
    data.save("d.npz")
    assert sent(gs.Data.open("d.npz", validation=0.5)).rows == (180, 180, 60)


def test_kinds_are_also_the_usual_ones() -> None:
    assert issubclass(gs.DataError, ValueError)
    assert issubclass(gs.OutputError, OSError)
    assert [kind.exit_code for kind in (gs.ExperimentError, gs.DataError, gs.CorruptError)] == [2, 3, 8]


def test_damaged_results(data: gs.Data, two_models: Make) -> None:
    two_models().run(data, out="out")
    store = Path("out/runs.sqlite")
    store.write_bytes(b"SQLite format 3\0" + os.urandom(5000))
    with pytest.raises(gs.CorruptError, match=r"runs\.sqlite"):
        gs.open("out")


def run_in_child(data: gs.Data, experiment: gs.Experiment, queue: Any) -> None:
    try:
        experiment.run(data, out="child")
        queue.put("trained")
    except gs.DeviceError as error:
        queue.put(str(error))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_process_is_refused(data: gs.Data, two_models: Make) -> None:
    two_models().run(data, out="out")
    context = multiprocessing.get_context("fork")
    queue: Any = context.Queue()
    child = context.Process(target=run_in_child, args=(data, two_models(), queue))
    child.start()
    assert 'expected a process started by "spawn"' in queue.get(timeout=30)
    child.join()
