"""Every example in a docstring gives the output that it shows."""

import doctest
import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gpu_sweep as gs

MODULES = sorted(path.stem for path in Path(gs.__file__).parent.glob("_*.py") if path.stem != "__init__")


@pytest.fixture
def names() -> dict[str, Any]:
    """Return the variables that examples use without defining them."""
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (300, 8, 8), dtype=np.uint8)
    y = (x.mean(axis=(1, 2)) > 127).astype(int)
    data = gs.Data(x[:200], y[:200], x[200:], y[200:])
    models = [gs.Model("one", [16]), gs.Model("two", [16, 8])]
    depth = gs.Experiment("depth", models, batch_size=32, epochs=2, runs=3)
    return {"gs": gs, "data": data, "x_new": x[:5], "result": depth.run(data, keep=["weights"])}


@pytest.mark.parametrize("module", ["", *(f".{name}" for name in MODULES)])
def test_examples(module: str, names: dict[str, Any]) -> None:
    outcome = doctest.testmod(importlib.import_module(f"gpu_sweep{module}"), extraglobs=names)
    assert outcome.failed == 0


def test_what_has_examples() -> None:
    shown = {test.name for name in MODULES for test in examples_of(f"gpu_sweep.{name}")}
    for owner in ("Chart", "Data", "Ensemble", "Experiment", "Model", "Network", "Result", "SeedEnsembleClassifier"):
        assert any(name.endswith(f".{owner}") for name in shown), owner
    for owner in ("compare", "devices", "judge", "open", "run", "save", "weights", "predict_proba", "networks"):
        assert any(name.endswith(f".{owner}") for name in shown), owner


def examples_of(module: str) -> list[doctest.DocTest]:
    found = doctest.DocTestFinder().find(importlib.import_module(module))
    return [test for test in found if test.examples]
