"""Sweeps that Ctrl-C, callbacks, warnings or deleted files stop, sweeps in threads, and the line of progress."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import gpu_sweep as gs
from gpu_sweep._progress import Listener

from .conftest import Arrays, summary_without_timing

Make = Callable[..., gs.Experiment]

LONG = """
import sys, numpy as np, gpu_sweep as gs
from gpu_sweep import Model
data = gs.Data(*(np.load(f"{part}.npy") for part in ("x", "y", "xt", "yt")))
experiment = gs.Experiment("long", [Model("m", [64, 32])], runs=2, epochs=600, batch_size=16)
begun = []
def show(progress):
    if not begun:
        begun.append(print("begun", flush=True))
try:
    experiment.run(data, out=sys.argv[1], device="cpu", lanes=2, progress=show)
except KeyboardInterrupt as stop:
    print(*stop.__notes__, flush=True)
    raise
"""


def save(arrays: Arrays) -> None:
    import numpy as np

    for name, array in zip(("x", "y", "xt", "yt"), arrays, strict=True):
        np.save(f"{name}.npy", array)


def stop_once(out: str) -> float:
    """Interrupt a training. Return the seconds until the process said what it had kept."""
    with subprocess.Popen([sys.executable, "-c", LONG, out], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "begun\n"
        sent = time.monotonic()
        child.send_signal(signal.SIGINT)
        note = child.stdout.readline()
        waited = time.monotonic() - sent
    assert child.returncode == -signal.SIGINT
    assert note == f"0 of 2 runs are kept in {out}; the same call continues\n"
    return waited


def test_ctrl_c_keeps_snapshots_and_continues_to_the_same_bits(arrays: Arrays) -> None:
    save(arrays)
    # The best of several attempts must be below a second, because other processes may use the cores during some of
    # them. Each begins anew: what an earlier one trained would leave too little to stop.
    out = next((out for out in ("a", "b", "c", "d", "e") if stop_once(out) < 1), None)
    assert out is not None
    assert list(Path(out, "snapshots").iterdir())
    assert not Path(out, "summary.json").exists()
    subprocess.run([sys.executable, "-c", LONG, out], check=True)
    subprocess.run([sys.executable, "-c", LONG, "at_once"], check=True)
    assert summary_without_timing(out) == summary_without_timing("at_once")


def test_an_exception_of_the_callback_loses_nothing(data: gs.Data, two_models: Make) -> None:
    def fail(progress: gs.Progress) -> None:
        if progress.runs >= 1:
            raise RuntimeError("no more")

    experiment = two_models(runs=40, epochs=120)
    with pytest.raises(RuntimeError, match="no more") as caught:
        experiment.run(data, out="out", progress=fail)
    assert any("of 80 runs are kept in out" in note for note in caught.value.__notes__)
    kept = len(gs.open("out").runs)
    assert 1 <= kept < 80
    progress: list[gs.Progress] = []
    experiment.run(data, out="out", progress=progress.append)
    assert progress[-1].all_runs == 80 - kept
    assert progress[-1].share == pytest.approx(1)
    experiment.run(data, out="at_once")
    assert summary_without_timing("out") == summary_without_timing("at_once")


def test_a_folder_deleted_during_a_run(data: gs.Data, two_models: Make) -> None:
    def delete(progress: gs.Progress) -> None:
        shutil.rmtree("out", ignore_errors=True)

    with pytest.raises(gs.OutputError, match=r"out/runs\.sqlite was deleted or replaced") as caught:
        two_models(runs=40, epochs=120).run(data, out="out", progress=delete)
    assert "\n" not in str(caught.value)


def test_a_store_deleted_before_the_results_are_shown(data: gs.Data, monkeypatch: pytest.MonkeyPatch) -> None:
    models = [gs.Model(f"m{width}", [width]) for width in range(2, 42)]
    many = gs.Experiment("many", models, runs=3, epochs=1, batch_size=128)
    many.run(data, out="out")

    # Nothing is left to train. The first note arrives while the report of 780 pairs is being made.
    def delete(listener: Listener, line: str) -> None:
        for file in Path("out").glob("runs.sqlite*"):
            file.unlink()

    monkeypatch.setattr(Listener, "note", delete)
    with pytest.raises(gs.OutputError, match=r"120 finished runs are saved in out/runs\.rescued\.sqlite"):
        many.run(data, out="out")
    Path("out/runs.rescued.sqlite").rename("out/runs.sqlite")
    assert len(gs.open("out").runs) == 120


def test_a_warning_turned_into_an_error_stops(data: gs.Data) -> None:
    same = gs.Experiment("same", [gs.Model("a", [4]), gs.Model("b", [4])], runs=1, epochs=1)
    with pytest.raises(gs.SweepWarning):
        same.run(data, out="out")


def test_two_studies_in_two_threads(data: gs.Data, two_models: Make) -> None:
    failures: list[BaseException] = []

    def train(out: str, activation: str) -> None:
        try:
            two_models(activation=activation).run(data, out=out, lanes=1)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=train, args=(f"{kind}_beside", kind)) for kind in ("relu", "tanh")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    for kind in ("relu", "tanh"):
        two_models(activation=kind).run(data, out=kind)
        assert summary_without_timing(f"{kind}_beside") == summary_without_timing(kind)


def test_the_gil_is_free_during_a_run(data: gs.Data, two_models: Make) -> None:
    turns = 0
    done = threading.Event()

    def count() -> None:
        nonlocal turns
        while not done.wait(0.001):
            turns += 1

    counter = threading.Thread(target=count)
    counter.start()
    two_models(runs=20, epochs=20).run(data, out="out")
    done.set()
    counter.join()
    assert turns > 5


def test_a_folder_in_use(data: gs.Data, two_models: Make) -> None:
    long = two_models(runs=40, epochs=120)
    seen: list[BaseException] = []

    def nested(progress: gs.Progress) -> None:
        if seen:
            return
        try:
            long.run(data, out="out")
        except gs.BusyError as error:
            seen.append(error)

    long.run(data, out="out", progress=nested)
    assert str(os.getpid()) in str(seen[0])


def test_the_line_of_progress(data: gs.Data, two_models: Make, capsys: pytest.CaptureFixture[str]) -> None:
    two_models().run(data, out="out", progress=True)
    assert capsys.readouterr().err.rstrip().splitlines()[-1].strip().startswith("100%  6 of 6 runs")
    two_models().run(data, out="again", progress=False)
    assert capsys.readouterr().err == ""
