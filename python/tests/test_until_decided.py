"""With until_decided or race, the package and the program train the same seeds."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

import gpu_sweep as gs

from .conftest import summary_without_timing

Run = Callable[..., str]
LAST_SEED = 2**63 - 1


def three_models(runs: int = 1, seed: int = 5, epochs: int = 3) -> gs.Experiment:
    """Two models that learn equally well, and one that hardly learns."""
    blind = gs.Model("blind", [4], optimizer={"name": "sgd", "learning_rate": 1e-6})
    models = [gs.Model("wide", [32]), gs.Model("twin", [33]), blind]
    return gs.Experiment("bought", models, runs=runs, seed=seed, epochs=epochs, batch_size=32)


def bought(result: gs.Result) -> dict[str, int]:
    return {str(model): len(runs) for model, runs in result.runs.groupby("model")}


def test_both_sides_buy_the_same_seeds(data: gs.Data, run_program: Run, caplog: pytest.LogCaptureFixture) -> None:
    data.save("d.npz")
    three_models().save("e.toml", data)
    words = ("run", "e.toml", "--data", "d.npz", "--device", "cpu", "--until-decided", "--max-runs")
    shown = run_program(*words, 20, "-o", "by_program")
    seen: list[gs.Progress] = []
    with caplog.at_level(logging.INFO, logger="gpu_sweep"):
        result = three_models().run(
            data, out="by_python", device="cpu", until_decided=True, max_runs=20, progress=seen.append
        )
    assert summary_without_timing("by_python") == summary_without_timing("by_program")
    assert repr(result) == shown
    assert "at most 20 of each" in result.verdict
    assert result.summary["verdict"]["until_decided"]["complete"]
    runs = bought(result)
    assert 12 <= runs["blind"] < 20
    assert runs["wide"] == runs["twin"] == 20
    assert seen[-1] == gs.Progress(1.0, sum(runs.values()), sum(runs.values()), seen[-1].seconds)
    assert caplog.messages[1:3] == [
        "at most 20 runs of each of 3 models, until every pair is decided: the first look is after 12 runs",
        "the first round has 12 seeds",
    ]
    pairs = result.pairs[result.pairs["metric"] == "validation accuracy"]
    told = {(row.first, row.second): row.told for row in pairs.itertuples()}
    assert told[("wide", "blind")]
    assert not told[("wide", "twin")]

    # The study is begun on one side and continued on the other side with a higher limit.
    three_models().run(data, out="raised", device="cpu", until_decided=True, max_runs=14)
    run_program(*words, 20, "-o", "raised")
    assert summary_without_timing("raised") == summary_without_timing("by_program")
    run_program(*words, 14, "-o", "back")
    three_models().run(data, out="back", device="cpu", until_decided=True, max_runs=20)
    assert summary_without_timing("back") == summary_without_timing("by_program")

    stored = Path("by_program/runs.sqlite").stat().st_mtime_ns
    again = three_models().run(data, out="by_program", device="cpu", until_decided=True, max_runs=20)
    assert Path("by_program/runs.sqlite").stat().st_mtime_ns == stored
    assert again.verdict == result.verdict


def test_both_sides_race_alike(data: gs.Data, run_program: Run) -> None:
    data.save("d.npz")
    three_models().save("e.toml", data)
    shown = run_program("run", "e.toml", "--data", "d.npz", "--device", "cpu", "--race", "--max-runs", 12, "-o", "a")
    result = three_models().run(data, out="b", device="cpu", race=True, max_runs=12)
    assert summary_without_timing("b") == summary_without_timing("a")
    assert repr(result) == shown
    race = result.summary["verdict"]["race"]
    assert race["complete"]
    assert [(each["model"], each["reason"]) for each in race["left"]] == [("blind", "behind")]
    assert bought(result) == {"wide": 10, "twin": 10, "blind": 7}
    assert "1 of 3 models left it after 7 seeds. 2 remain after 10 seeds." in result.verdict
    with pytest.raises(gs.ExperimentError, match="race: given -> not given"):
        three_models().run(data, out="b", until_decided=True, max_runs=12)


def test_a_stopped_study_buys_the_same_seeds(data: gs.Data) -> None:
    def stop(progress: gs.Progress) -> None:
        if progress.runs > 0:
            raise RuntimeError("no more")

    # There are so many epochs that the study is still training when the exception reaches it.
    long = three_models(epochs=300)
    with pytest.raises(RuntimeError, match="no more") as caught:
        long.run(data, out="out", until_decided=True, max_runs=14, replicas_per_group=2, progress=stop)
    assert any(note.endswith("runs are kept in out; the same call continues") for note in caught.value.__notes__)
    assert not Path("out/summary.json").exists()
    long.run(data, out="out", until_decided=True, max_runs=14)
    long.run(data, out="at_once", until_decided=True, max_runs=14)
    assert summary_without_timing("out") == summary_without_timing("at_once")


def test_what_is_refused(data: gs.Data) -> None:
    one = gs.Experiment("one", [gs.Model("only", [4])], epochs=1, batch_size=32)
    refused: list[tuple[gs.Experiment, dict[str, int], str]] = [
        (one, {"until_decided": True}, "^until_decided: found 1 model, expected 2 to 250$"),
        (one, {"max_runs": 8}, "^max_runs: found no until_decided=True or race=True, expected one of them$"),
        (
            three_models(),
            {"until_decided": True, "race": True},
            "^race: found until_decided=True as well, expected one",
        ),
        (one, {"race": True}, "^race: found 1 model, expected 3 or more; until_decided takes two$"),
        (three_models(), {"until_decided": True, "max_runs": 0}, "^max_runs: found 0, expected an integer from 1 to"),
        (
            three_models(seed=LAST_SEED),
            {"until_decided": True},
            rf"^seed: found {LAST_SEED} with 100 runs, expected a ",
        ),
    ]
    for experiment, arguments, line in refused:
        with pytest.raises(gs.ExperimentError, match=line):
            experiment.run(data, out="out", **arguments)  # type: ignore[arg-type]
    few = three_models().run(data, out="few", until_decided=True, max_runs=2)
    assert bought(few) == {"wide": 2, "twin": 2, "blind": 2}
    with pytest.raises(gs.ExperimentError, match="until_decided: given -> not given"):
        three_models(runs=2).run(data, out="few")
