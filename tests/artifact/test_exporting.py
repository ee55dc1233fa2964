"""Every export is read back with another library and says what the set says."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import torch
from PIL import Image

from condenset.artifact import read, save
from condenset.artifact.exporting import export_set
from condenset.artifact.importing import import_set
from condenset.artifact.reading import Artifact
from condenset.core.errors import RequestError
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task
from tests.artifact.conftest import CLASSES, RECIPE, gcond_files
from tests.tasks.graph.example import communities


@pytest.fixture
def artifact(saved: Path) -> Artifact:
    return read(saved)


@pytest.fixture
def table(table_set: SyntheticSet, table_task: Task, tmp_path: Path) -> Artifact:
    return read(save(table_set, table_task, tmp_path / "table", RECIPE))


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Artifact:
    task, folder = communities(), tmp_path_factory.mktemp("graph")
    made = import_set(gcond_files(folder, 8) / "adj_x.pt", "gcond", task=task)
    return read(save(made, task, folder / "set", RECIPE))


def expected_pixels(artifact: Artifact) -> np.ndarray:
    """(n, height, width, channels) by the definition: inputs times std plus mean, in 256 levels."""
    record = artifact.card.task.preprocessing
    inputs = artifact.synthetic.decode().inputs.detach().numpy().astype(float).transpose(0, 2, 3, 1)
    return np.round(np.clip(inputs * record["std"] + record["mean"], 0, 1) * 255)


def test_png_folders_stay_inside_whatever_the_classes_are_called(artifact: Artifact, tmp_path: Path) -> None:
    out = export_set(artifact, "png", tmp_path / "png")
    assert sorted(p.name for p in out.iterdir()) == ["cat", "dog _ .._wolf", "eel", "labels.csv"]
    files = sorted(out.rglob("*.png"), key=lambda path: path.name)
    labels = artifact.synthetic.decode().targets.argmax(1).tolist()
    assert [("cat", "dog _ .._wolf", "eel").index(path.parent.name) for path in files] == labels
    for path, expected in zip(files, expected_pixels(artifact), strict=True):
        with Image.open(path) as picture:
            assert np.abs(np.asarray(picture, dtype=float) - expected).max() <= 1
    soft = pd.read_csv(out / "labels.csv")
    found = soft[[f"soft_{name}" for name in CLASSES]].to_numpy()
    assert np.allclose(found, artifact.synthetic.decode().targets.detach(), atol=1e-6)


@pytest.mark.parametrize("to", ["png", "parquet"])
def test_that_pixels_lose_what_lies_outside_their_range_is_said(artifact: Artifact, tmp_path: Path, to: str) -> None:
    record = artifact.card.task.preprocessing
    inputs = artifact.synthetic.decode().inputs.detach().numpy().transpose(0, 2, 3, 1)
    unit = inputs * np.array(record["std"]) + np.array(record["mean"])
    share = np.mean((unit < -1 / 255) | (unit > 256 / 255))
    assert share > 0.01
    with pytest.warns(UserWarning, match=f"{share:.1%} of the learnt values.*npz keeps them"):
        export_set(artifact, to, tmp_path / ("out" if to == "png" else "out.parquet"))


def test_npz_is_exact(artifact: Artifact, tmp_path: Path) -> None:
    batch = artifact.synthetic.decode()
    with np.load(export_set(artifact, "npz", tmp_path / "set.npz"), allow_pickle=False) as arrays:
        assert np.array_equal(arrays["x"], batch.inputs.detach()) and np.array_equal(
            arrays["y"], batch.targets.detach()
        )
        assert tuple(arrays["classes"]) == CLASSES
        assert arrays["rates"] == pytest.approx(0.0173, rel=1e-6)


def test_image_parquet_is_what_the_hub_reads(artifact: Artifact, tmp_path: Path) -> None:
    out = export_set(artifact, "hf", tmp_path / "hf")
    assert (out / "README.md").read_text().startswith("---\npretty_name:")
    table = pq.read_table(out / "data" / "train-00000-of-00001.parquet")
    features = json.loads(table.schema.metadata[b"huggingface"])["info"]["features"]
    assert features["label"] == {"names": list(CLASSES), "_type": "ClassLabel"}
    assert table["label"].to_pylist() == artifact.synthetic.decode().targets.argmax(1).tolist()
    assert np.allclose(table["soft_label"].to_pylist(), artifact.synthetic.decode().targets.detach(), atol=1e-6)
    pixels = [np.asarray(Image.open(io.BytesIO(row["bytes"])), dtype=float) for row in table["image"].to_pylist()]
    assert np.abs(np.stack(pixels) - expected_pixels(artifact)).max() <= 1
    single = pq.read_table(export_set(artifact, "parquet", tmp_path / "one.parquet"))
    assert single.equals(table)


@pytest.mark.parametrize("to", ["csv", "parquet"])
def test_a_table_has_its_original_columns_and_classes(table: Artifact, tmp_path: Path, to: str) -> None:
    out = export_set(table, to, tmp_path / f"set.{to}")
    frame = pd.read_csv(out) if to == "csv" else pd.read_parquet(out)
    assert list(frame.columns)[:2] == ["age", "town"] and frame.shape == (6, 3)
    assert frame["age"].between(18, 90).all() and frame["age"].dtype == np.int64
    assert frame["town"].isin(["Bonn", "Köln"]).all()
    names = table.card.task.target.classes
    assert frame.iloc[:, 2].tolist() == [names[y] for y in table.synthetic.decode().targets.tolist()]


def test_pyg_holds_the_edges_of_the_set(graph: Artifact, tmp_path: Path) -> None:
    out = export_set(graph, "pyg", tmp_path / "pyg")
    released = torch.load(gcond_files(tmp_path, 8) / "adj_x.pt", weights_only=True)
    with np.load(out / "graph.npz", allow_pickle=False) as arrays:
        adjacency = np.zeros((8, 8))
        adjacency[arrays["edge_index"][0], arrays["edge_index"][1]] = arrays["edge_weight"]
        assert np.abs(adjacency - released.numpy()).max() < 1e-6
        assert arrays["y"].tolist() == graph.synthetic.groups.tolist()
        width = arrays["x"].shape[1]
    pytest.importorskip("torch_geometric")
    data = torch.load(out / "data.pt", weights_only=False)
    assert (data.num_nodes, data.num_features, data.is_undirected()) == (8, width, True)


def test_a_format_that_does_not_fit_names_those_that_do(artifact: Artifact, table: Artifact, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="'csv' does not fit image data: use one of png, npz, parquet, hf"):
        export_set(artifact, "csv", tmp_path / "x")
    with pytest.raises(RequestError, match="'pyg' does not fit tabular data: use one of npz, parquet, csv, hf"):
        export_set(table, "pyg", tmp_path / "x")


def test_what_exists_is_never_overwritten(artifact: Artifact, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(RequestError, match="exists already"):
        export_set(artifact, "npz", tmp_path / "taken")
    assert (tmp_path / "taken").read_text() == "mine"


@pytest.mark.parametrize(
    ("to", "change"),
    [
        ("png", {"mean": "dark"}),
        ("png", {"std": None}),
        ("parquet", {"mean": [[1, 2], [3]]}),
        ("csv", {"columns": "none"}),
        ("csv", {"columns": [{"kind": 3}]}),
        ("csv", {"target": 5}),
        ("parquet", {"target": {"name": []}}),
    ],
)
def test_preprocessing_that_describes_nothing_is_refused(
    artifact: Artifact, table: Artifact, tmp_path: Path, to: str, change: dict[str, object]
) -> None:
    one = table if {"columns", "target"} & set(change) else artifact
    one.card.task.preprocessing.update(change)
    with pytest.raises(RequestError, match=r"altered|cannot be read"):
        export_set(one, to, tmp_path / "out")
    assert not (tmp_path / "out").exists()
