"""Sets from others come in, sets of ours go out; neither overwrites anything."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from condenset.artifact.reading import read
from tests.run.conftest import Cli, photos


def released(path: Path) -> torch.Tensor:
    """A file as DC, DSA and DM leave it: one set of digits, two per class."""
    images = torch.randn(20, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    torch.save({"data": [[images, torch.arange(10).repeat_interleave(2)]]}, path)
    return images


def test_a_released_set_is_saved_as_one_of_ours(cli: Cli, tmp_path: Path) -> None:
    images = released(tmp_path / "res_DM.pt")
    words = ("import", "res_DM.pt", "--format", "dc", "--data", "digits", "--out", "theirs")
    record = cli(*words, "--json").record
    assert (record["schema"], record["items"], record["bytes"]["data"]) == ("condenset.import/1", 20, 20 * 64 * 4)
    artifact = read(tmp_path / "theirs")
    assert torch.equal(artifact.synthetic.decode().inputs, images)  # type: ignore[arg-type]
    assert artifact.card.recipe["method"] == "imported"
    again = cli(*words)
    assert again.code == 2 and "exists already" in again.err
    scored = cli("evaluate", "theirs", "--exam", "quick", "--networks", "logistic", "--baselines", "", "--json")
    assert scored.record["rows"][0]["bytes"] == 20 * 64 * 4 + 20


def test_a_file_of_other_data_is_refused(cli: Cli, tmp_path: Path) -> None:
    released(tmp_path / "res_DM.pt")
    photos(tmp_path / "photos", 3)
    told = cli("import", "res_DM.pt", "--format", "dc", "--data", "photos", "--out", "theirs")
    assert told.code == 2
    assert "made for other data" in told.err
    assert not (tmp_path / "theirs").exists()


@pytest.mark.parametrize("to", ["csv", "parquet", "npz", "hf"])
def test_a_table_goes_out_in_every_form(cli: Cli, tmp_path: Path, to: str) -> None:
    assert cli("distill", "iris", "--method", "k-means", "--per-class", "2", "--out", "made").code == 0
    told = cli("export", "made", "--to", to, "--out", f"out.{to}", "--json")
    assert told.record == {"schema": "condenset.export/1", "artifact": "made", "to": to, "out": f"out.{to}"}
    out = tmp_path / f"out.{to}"
    if to == "npz":
        with np.load(out) as arrays:
            assert arrays["x"].shape == (6, 4)
    else:
        frame = (
            pd.read_csv(out) if to == "csv" else pd.read_parquet(next(out.rglob("*.parquet")) if to == "hf" else out)
        )
        assert len(frame) == 6
        assert sorted(frame["target"].unique()) == ["setosa", "versicolor", "virginica"]
    assert cli("export", "made", "--to", to, "--out", f"out.{to}").code == 2


def test_a_form_that_does_not_fit_names_those_that_do(cli: Cli) -> None:
    assert cli("distill", "iris", "--method", "random", "--per-class", "1", "--out", "made").code == 0
    told = cli("export", "made", "--to", "png", "--out", "x")
    assert told.code == 2
    assert "npz, parquet, csv, hf" in told.err


def test_pictures_go_out_by_class(cli: Cli, tmp_path: Path) -> None:
    photos(tmp_path / "photos", 4)
    assert cli("distill", "photos", "--method", "random", "--per-class", "2", "--out", "made").code == 0
    assert cli("export", "made", "--to", "png", "--out", "pictures").code == 0
    found = sorted(str(path.parent.name) for path in (tmp_path / "pictures").rglob("*.png"))
    assert found == ["daisy"] * 2 + ["rose"] * 2 + ["tulip"] * 2


def test_a_hostile_file_is_never_unpickled(cli: Cli, tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (Path.touch, (Path("exploded"),))  # type: ignore[return-value]

    torch.save({"data": [Bomb()]}, tmp_path / "res_DM.pt")
    told = cli("import", "res_DM.pt", "--format", "dc", "--data", "digits", "--out", "theirs", "--json")
    assert told.code == 2
    assert json.loads(told.out)["error"]["kind"] == "ArtifactError"
    assert not (tmp_path / "exploded").exists()
