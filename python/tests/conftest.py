"""Small data sets, and the program with which the package must agree."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gpu_sweep as gs

REPOSITORY = Path(__file__).resolve().parents[2]
Arrays = tuple[np.ndarray[Any, Any], ...]


@pytest.fixture(scope="session")
def arrays() -> Arrays:
    """Noise images in which the position of two brighter rows shows the class."""
    rng = np.random.default_rng(3)
    y = rng.integers(0, 3, 420)
    x = rng.integers(0, 180, (420, 6, 6), dtype=np.uint8)
    for row, label in enumerate(y):
        x[row, 2 * label : 2 * label + 2] += 40
    return x[:360], y[:360], x[360:], y[360:]


@pytest.fixture(scope="session")
def data(arrays: Arrays) -> gs.Data:
    return gs.Data(*arrays, class_names=["top", "middle", "bottom"])


@pytest.fixture
def two_models() -> Callable[..., gs.Experiment]:
    """Return a function that makes a small experiment."""

    def make(runs: int = 3, epochs: int = 3, **settings: Any) -> gs.Experiment:
        models = [gs.Model("one", [16]), gs.Model("two", [16, 8], dropout=0.0)]
        return gs.Experiment("small", models, runs=runs, epochs=epochs, batch_size=32, **settings)

    return make


@pytest.fixture(scope="session")
def program() -> Path:
    """Return the path of the program: $GPU_SWEEP_PROGRAM if it is set, otherwise the one in the build folder."""
    path = Path(os.environ.get("GPU_SWEEP_PROGRAM", REPOSITORY / "build" / "gpu_sweep"))
    if not path.exists():
        pytest.fail(f"{path}: not there, expected the program: ./run build, or GPU_SWEEP_PROGRAM")
    return path


@pytest.fixture
def run_program(program: Path, tmp_path: Path) -> Callable[..., str]:
    """Return a function that runs the program in a temporary folder and returns its output."""

    def run(*words: object) -> str:
        call = [str(program), *map(str, words)]
        done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="session", autouse=True)
def children_find_the_package() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(gs.__file__).parents[1]))
        yield


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def pytest_report_header() -> str:
    return f"gpu_sweep {gs.__version__} from {Path(gs.__file__).parent}"


def summary_without_timing(directory: Path | str) -> dict[str, Any]:
    import json

    summary: dict[str, Any] = json.loads((Path(directory) / "summary.json").read_text())
    del summary["timing"]
    for model in summary["models"]:
        for run in model["per_run"]:
            run.pop("train_seconds", None)
    return summary
