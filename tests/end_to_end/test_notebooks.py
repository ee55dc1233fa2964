"""The notebooks of the documentation are committed without outputs, and run from the first cell to the last."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import ROOT

READ = {
    "graph": ("planetoid/cora/raw",),
    "interactions": ("recsys/amazon-magazine",),
    "labelled-series": ("ucr/ItalyPowerDemand",),
    "molecules": ("graphs/MUTAG.txt",),
    "series": ("series/ETTh1.csv",),
    "texts": ("text/sst2",),
}
NOTEBOOKS = sorted((ROOT / "docs/notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_committed_without_outputs(path: Path) -> None:
    cells = [c for c in json.loads(path.read_text(encoding="utf8"))["cells"] if c["cell_type"] == "code"]
    assert cells and all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells)


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [pytest.param(path, id=path.stem, marks=pytest.mark.real_data(*READ.get(path.stem, ()))) for path in NOTEBOOKS],
)
def test_a_notebook_runs_and_shows_a_set_and_its_grades(path: Path, tmp_path: Path) -> None:
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(notebook, timeout=900, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    shown = "".join(output.data.get("text/html", "") for output in outputs if "data" in output)
    assert "SyntheticSet of " in shown and "what the set holds" in shown
    assert "<p>exam " in shown and "best" in shown
