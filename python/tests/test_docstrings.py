"""Every example in a docstring does what it says."""

import doctest
import importlib

import pytest

import gpu_sweep as gs


@pytest.mark.parametrize("module", ["", "._data", "._experiment", "._result", "._tools", "._progress", "._sklearn"])
def test_examples(module: str) -> None:
    found = importlib.import_module(f"gpu_sweep{module}")
    outcome = doctest.testmod(found, extraglobs={"gs": gs})
    assert outcome.failed == 0


def test_some_examples_ran() -> None:
    finder = doctest.DocTestFinder()
    assert sum(bool(test.examples) for test in finder.find(gs)) >= 1
