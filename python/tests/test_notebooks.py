"""The notebooks of examples/ run from top to bottom."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from .conftest import REPOSITORY

SHOWN = {
    "own_data": lambda names, printed: "together" in printed and names["result"].verdict in printed,
    "how_many_seeds": lambda names, printed: (
        "seeds per model" in printed and names["powers"].iloc[-1] >= 0.9 and "4 features" in names["judged"].verdict
    ),
}


def test_every_notebook_is_checked() -> None:
    assert {path.stem for path in (REPOSITORY / "examples").glob("*.ipynb")} == set(SHOWN)


@pytest.mark.parametrize(("notebook", "is_right"), SHOWN.items(), ids=SHOWN)
def test_every_cell_runs(
    notebook: str, is_right: Callable[[dict[str, Any], str], bool], capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    names: dict[str, Any] = {}
    for cell in json.loads((REPOSITORY / f"examples/{notebook}.ipynb").read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [], "stored without outputs"
            exec(compile("".join(cell["source"]), notebook, "exec"), names)
    assert is_right(names, capsys.readouterr().out)
