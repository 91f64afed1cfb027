"""Studies give the same bits as the program, can be continued on either side, and give complete results."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gpu_sweep as gs
from gpu_sweep._core import activations

from .conftest import Arrays, summary_without_timing

Make = Callable[..., gs.Experiment]
Run = Callable[..., str]


def program_study(run_program: Run, data: gs.Data, experiment: gs.Experiment, out: str) -> None:
    data.save("d.npz")
    experiment.save("e.toml", data)
    run_program("run", "e.toml", "--data", "d.npz", "-o", out, "--device", "cpu")


def test_bits_are_those_of_the_program(data: gs.Data, two_models: Make, run_program: Run) -> None:
    program_study(run_program, data, two_models(), "by_program")
    two_models().run(data, out="by_python", device="cpu")
    assert summary_without_timing("by_python") == summary_without_timing("by_program")
    assert Path("by_python/report.html").exists()


@pytest.mark.parametrize("first", ["program", "python"])
def test_a_study_continues_on_the_other_side(data: gs.Data, two_models: Make, run_program: Run, first: str) -> None:
    few, all_runs = two_models(runs=2), two_models(runs=4)
    if first == "program":
        program_study(run_program, data, few, "out")
        progress: list[gs.Progress] = []
        all_runs.run(data, out="out", device="cpu", progress=progress.append)
        assert progress[-1].all_runs == 4
    else:
        few.run(data, out="out", device="cpu")
        program_study(run_program, data, all_runs, "out")
    all_runs.run(data, out="at_once", device="cpu")
    assert summary_without_timing("out") == summary_without_timing("at_once")


def test_the_program_reads_a_study_and_opens_its_export(data: gs.Data, two_models: Make, run_program: Run) -> None:
    result = two_models().run(data, out="out")
    assert run_program("show", "out") == repr(result)
    run_program("export", "out", "--format", "csv", "--to", "csv")
    assert Path("csv/runs.csv").read_text() == result._core.runs_csv()


def test_frames(data: gs.Data, two_models: Make) -> None:
    result = two_models(runs=3, epochs=2).run(data, out="out")
    assert list(result.runs["seed"]) == [0, 1, 2] * 2
    assert len(result.history) == 6 * 3
    first = result.summary["models"][0]["per_run"][0]
    assert result.runs["test_accuracy"][0] == first["test_accuracy"]
    assert list(result.history["val_loss"][:3]) == first["history"]["val_loss"]
    assert set(result.pairs["metric"]) == {"validation accuracy", "test accuracy"}
    assert {"interval_low", "interval_high", "told", "new_images_told"} <= set(result.pairs.columns)


def test_weights_and_predictions_agree(data: gs.Data, arrays: Arrays, two_models: Make) -> None:
    result = two_models().run(data, out="out", keep=["weights", "probabilities"])
    x = arrays[2].reshape(len(arrays[2]), -1).astype(np.float32) / 255
    layers = result.weights("two", seed=1)
    assert [kernel.shape for kernel, _ in layers] == [(36, 16), (16, 8), (8, 3)]
    for kernel, bias in layers[:-1]:
        x = np.maximum(x @ kernel + bias, 0)
    kernel, bias = layers[-1]
    logits = x @ kernel + bias
    predicted = result.predictions("two")
    assert predicted.shape == (3, 60)
    assert (logits.argmax(axis=1) == predicted[1]).all()
    likely = np.exp(logits - logits.max(axis=1, keepdims=True))
    likely /= likely.sum(axis=1, keepdims=True)
    assert result.probabilities("two")[1] == pytest.approx(likely, abs=2e-3)


def test_weights_for_other_frameworks(data: gs.Data, arrays: Arrays, two_models: Make) -> None:
    result = two_models().run(data, out="out", keep=["weights"])
    flat = result.keras_weights("two", seed=2)
    assert [array.shape for array in flat] == [(36, 16), (16,), (16, 8), (8,), (8, 3), (3,)]
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    linear = torch.nn.Linear
    module = torch.nn.Sequential(linear(36, 16), torch.nn.ReLU(), linear(16, 8), torch.nn.ReLU(), linear(8, 3))
    module.load_state_dict(result.torch_state_dict("two", seed=2))
    x = torch.from_numpy(arrays[2].reshape(60, 36).astype(np.float32) / 255)
    assert (module(x).argmax(dim=1).numpy() == result.predictions("two")[2]).all()
    with pytest.raises(gs.ExperimentError, match="layers: found 2 names, expected 3"):
        result.torch_state_dict("two", seed=2, layers=["a", "b"])


def test_safetensors(data: gs.Data, two_models: Make) -> None:
    import json

    result = two_models(runs=1).run(data, out="out", keep=["weights"])
    result.save_safetensors("two.safetensors", "two", seed=0, layers=["a", "b", "c"])
    content = Path("two.safetensors").read_bytes()
    length = int.from_bytes(content[:8], "little")
    header, values = json.loads(content[8 : 8 + length]), content[8 + length :]
    assert header.pop("__metadata__") == {
        "producer": "gpu_sweep",
        "format": "pt",
        "activation": "relu",
        "layers": '["a", "b", "c"]',
        "seed": "0",
        "inputs_divided_by": "255",
        "inputs_are_bytes": "true",
    }
    assert max(entry["data_offsets"][1] for entry in header.values()) == len(values)
    for name, (kernel, bias) in zip("abc", result.weights("two", seed=0), strict=True):
        for part, array in (("weight", kernel.T), ("bias", bias)):
            entry = header[f"{name}.{part}"]
            found = np.frombuffer(values[slice(*entry["data_offsets"])], np.float32).reshape(entry["shape"])
            assert (found == array).all()
    library = pytest.importorskip("safetensors.numpy", reason="safetensors is not installed")
    assert set(library.load_file("two.safetensors")) == set(header)


def test_ensemble(data: gs.Data, arrays: Arrays, two_models: Make) -> None:
    result = two_models(runs=8, epochs=4).run(data, out="out", keep=["weights"])
    ensemble = result.ensemble
    assert repr(ensemble) == f"Ensemble(8 networks of {result.choice!r})"
    assert ensemble.predict_proba(arrays[2]) == pytest.approx(result.predict_proba(ensemble.model, arrays[2]))
    votes = result.predictions(ensemble.model)
    against = [1 - np.bincount(column).max() / 8 for column in votes.T]
    assert ensemble.disagreement(arrays[2]) == pytest.approx(against)
    assert (ensemble.predict(arrays[2]) == ensemble.predict_proba(arrays[2]).argmax(axis=1)).all()


@pytest.mark.parametrize("activation", activations())
def test_new_rows_are_predicted_as_the_test_rows_were(data: gs.Data, arrays: Arrays, activation: str) -> None:
    model = gs.Model("m", [16, 8], activation=activation)
    experiment = gs.Experiment("e", [model], runs=2, epochs=2, batch_size=32)
    result = experiment.run(data, out="out", keep=["weights", "probabilities"])
    kept = result.probabilities("m").astype(float)
    assert result.predict_proba("m", arrays[2], seed=1) == pytest.approx(kept[1], abs=6e-4)
    mean = result.predict_proba("m", arrays[2])
    assert mean == pytest.approx(kept.mean(axis=0), abs=6e-4)
    assert mean.sum(axis=1) == pytest.approx(np.ones(60))
    with pytest.raises(gs.DataError, match="x: found rows of 35 values, expected 36"):
        result.predict_proba("m", arrays[2].reshape(60, 36)[:, 1:])


def test_what_was_not_kept_names_its_keep(data: gs.Data, two_models: Make) -> None:
    result = two_models().run(data, out="out")
    with pytest.raises(gs.ExperimentError, match=r"'two' seed 1: out keeps no weights.*keep=\[\"weights\"\]"):
        result.weights("two", seed=1)
    with pytest.raises(gs.ExperimentError, match=r"keep=\[\"probabilities\"\]"):
        result.probabilities("two")
    with pytest.raises(gs.ExperimentError, match="did you mean 'two'"):
        result.predictions("tow")
    with pytest.raises(gs.ExperimentError, match="'two' seed 9: no such run"):
        result.weights("two", seed=9)


def test_verdict_choice_and_page(data: gs.Data, two_models: Make) -> None:
    result = two_models(runs=8, epochs=4).run(data, out="out")
    assert result.models == ["one", "two"]
    assert result.verdict.startswith(result.summary["verdict"]["sentence"])
    assert result.choice in ("one", "two")
    html = result._repr_html_()
    assert "<svg" in html
    assert "one – two" in html
    assert "data:image" in gs.open("out", data=data).report()


def test_charts_are_those_of_the_report(data: gs.Data, two_models: Make) -> None:
    result = two_models(runs=6).run(data, out="out", keep="probabilities")
    charts = result.charts()
    assert charts[-1].kind == "reliability"
    assert [chart.kind for chart in charts[:4]] == ["distributions"] * 2 + ["differences"] * 2
    chart = result.chart("curves", "val_loss")
    points = next(entry["values"] for entry in chart.spec["data"] if entry["name"] == "points")
    assert [point["epoch"] for point in points] == [0, 1, 2, 3] * 2
    losses = result.history.groupby(["model", "epoch"])["val_loss"].mean()
    assert [point["mean"] for point in points] == pytest.approx(list(losses))
    assert all("var(--" not in str(each.spec) for each in charts)
    assert chart._repr_mimebundle_()["application/vnd.vega.v5+json"] is chart.spec
    with pytest.raises(gs.ExperimentError, match="chart: found 'curve', expected one of distributions, "):
        result.chart("curve")


def test_open_needs_the_data_of_the_study(data: gs.Data, arrays: Arrays, two_models: Make) -> None:
    two_models().run(data, out="out")
    assert len(gs.open("out").runs) == 6
    other = gs.Data(255 - arrays[0], *arrays[1:])
    with pytest.raises(gs.DataError, match="were not trained on"):
        gs.open("out", data=other)
    with pytest.raises(gs.DataError, match=r"^data: found ndarray, expected gpu_sweep\.Data$"):
        gs.open("out", data=arrays[0])  # type: ignore[arg-type]
    with pytest.raises(gs.ExperimentError, match="nothing"):
        gs.open("nothing")


def test_compare_prints_what_the_program_prints(data: gs.Data, two_models: Make, run_program: Run) -> None:
    first = two_models(runs=6).run(data, out="a")
    second = two_models(runs=6, activation="tanh").run(data, out="b")
    compared = gs.compare(first, second)
    assert repr(compared) == run_program("compare", "a", "b") == repr(gs.compare("a", second))
    assert len(compared.pairs) == 6


def test_from_toml_equals_the_file(data: gs.Data, two_models: Make) -> None:
    two_models(runs=7).save("e.toml", data)
    experiment = gs.Experiment.from_toml("e.toml", runs=2, epochs=1, seed=5)
    assert repr(experiment) == "Experiment('small', 2 models, 2 runs each, seeds from 5)"
    assert [model["epochs"] for model in experiment.models] == [1, 1]
    assert list(experiment.run(data, out="out").runs["seed"]) == [5, 6] * 2


def test_what_matters_is_stated(data: gs.Data, two_models: Make, run_program: Run) -> None:
    experiment = two_models(runs=8, smallest_difference=99, max_diverged=0.5)
    program_study(run_program, data, experiment, "by_program")
    result = experiment.run(data, out="by_python", device="cpu")
    assert summary_without_timing("by_python") == summary_without_timing("by_program")
    assert "the same" in result.verdict


def test_grid_and_optimizer_settings() -> None:
    experiment = gs.Experiment(
        "grid",
        [gs.Model("m", [8], optimizer={"name": "sgd", "momentum": 0.9})],
        runs=2,
        grid={"optimizer.learning_rate": [0.1, np.float64(1e-5)], "dropout": (0.0, 0.25)},
    )
    assert [model["optimizer"]["learning_rate"] for model in experiment.models] == [0.1, 0.1, 1e-5, 1e-5]
    assert {model["optimizer"]["momentum"] for model in experiment.models} == {0.9}


def test_awkward_names_survive(data: gs.Data) -> None:
    name = '="quoted" ünïcode name\\, #1'
    experiment = gs.Experiment("awkward", [gs.Model(name, [4])], runs=1, epochs=1, batch_size=32)
    result = experiment.run(data, out="out", keep="weights")
    assert result.weights(name, seed=0)
    assert list(result.runs["model"]) == [name]
    assert list(result.runs["hidden"]) == ["4"]


@pytest.mark.slow
def test_selftest() -> None:
    lines: list[str] = []
    assert all(check.passed for check in gs.selftest("cpu", lines.append))
    assert lines
    assert lines[0].startswith("cpu: pass")


def test_judge_prints_what_the_program_prints(run_program: Run) -> None:
    import pandas as pd

    rng = np.random.default_rng(1)
    rows: list[dict[str, Any]] = [
        {"arch": model, "seed": seed, "acc": round(float(rng.normal(mean, 0.01)), 4)}
        for model, mean in (("plain", 0.9), ("wide", 0.93))
        for seed in range(8)
    ]
    frame = pd.DataFrame(rows)
    frame.to_csv("scores.csv", index=False)
    judged = gs.judge("scores.csv", higher=True, columns={"model": "arch", "score": "acc"})
    assert repr(judged) == run_program("judge", "scores.csv", "--higher", "--columns", "model=arch,score=acc")
    again = gs.judge(frame, higher=True, columns={"model": "arch", "score": "acc"})
    assert again.verdict == judged.verdict
    assert "wide" in judged.verdict
    assert len(judged.pairs) == 1
    limited = gs.judge("scores.csv", higher=True, columns={"model": "arch", "score": "acc"}, smallest_difference=0.5)
    words = ("--higher", "--columns", "model=arch,score=acc", "--smallest-difference", "0.5")
    assert repr(limited) == run_program("judge", "scores.csv", *words)
    with pytest.raises(
        gs.ExperimentError, match="smallest_difference: found 0, expected a number above 0 that a float can hold"
    ):
        gs.judge(frame, higher=True, columns={"model": "arch", "score": "acc"}, smallest_difference=0)
    looked = gs.judge("scores.csv", higher=True, columns={"model": "arch", "score": "acc"}, until_decided=True)
    told = run_program("judge", "scores.csv", "--higher", "--columns", "model=arch,score=acc", "--until-decided")
    assert repr(looked) == told
    assert looked.verdict != judged.verdict
    assert "<svg" in judged._repr_html_()


def test_warnings_of_the_program_are_warnings(arrays: Arrays) -> None:
    x, y, x_test, y_test = arrays
    with pytest.warns(gs.SweepWarning, match="labels from 1 to 3"):
        gs.Data(x, y + 1, x_test, y_test + 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = gs.Data(x, y + 1, x_test, y_test + 1)
    same = [gs.Model("a", [4]), gs.Model("b", [4])]
    with pytest.warns(gs.SweepWarning):
        gs.Experiment("same", same, runs=1, epochs=1).run(data, out="out")
