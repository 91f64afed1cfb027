"""Errors are exceptions by kind, with one line."""

import multiprocessing
import os
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
    with pytest.raises(gs.DataError, match=line):
        gs.Data(**{**good, **change})


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
