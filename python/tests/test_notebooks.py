"""The notebooks of examples/ run from top to bottom."""

import json

import pytest

from .conftest import REPOSITORY


@pytest.mark.parametrize("notebook", sorted((REPOSITORY / "examples").glob("*.ipynb")), ids=lambda path: path.stem)
def test_every_cell_runs(notebook, capsys) -> None:  # type: ignore[no-untyped-def]
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    names: dict[str, object] = {}
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [], "stored without outputs"
            exec(compile("".join(cell["source"]), str(notebook), "exec"), names)
    assert "together" in capsys.readouterr().out
