"""What a set says of itself, made here or read: names, constants, a table, a picture, and a folder of its own."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from sklearn.datasets import load_digits, load_iris

import condenset
from condenset.artifact import add_evaluation, load, read
from condenset.core.budget import Size
from condenset.core.errors import ArtifactError, RequestError
from condenset.synthetic import SyntheticSet
from tests.artifact.test_card import evaluation, own
from tests.tasks.graph import example


def flowers() -> SyntheticSet:
    frame = load_iris(as_frame=True).frame.assign(target=lambda f: np.array(["a", "b", "c"])[f["target"]])
    return condenset.distill(frame, "random", size=Size(per_class=2), target="target")


def digits() -> SyntheticSet:
    data = load_digits()
    some = np.flatnonzero(data.target < 3)[:90]
    images = (data.images[some, :, :, None] * [1.0, 0.5, 0.25] * 15).astype(np.uint8)
    return condenset.distill((images, data.target[some]), "random", size=Size(per_class=2))


def both(synthetic: SyntheticSet, tmp_path: Path) -> list[SyntheticSet]:
    """A set as it was made, and as it is read after it was saved."""
    return [synthetic, load(synthetic.save(tmp_path / "saved"))]


def test_a_table_says_its_classes_and_gives_its_rows_back(tmp_path: Path) -> None:
    real = load_iris(as_frame=True).frame
    for synthetic in both(flowers(), tmp_path):
        assert (len(synthetic), synthetic.classes) == (6, ("a", "b", "c"))
        assert synthetic.mean is None and synthetic.std is None, "columns are scaled each by itself"
        frame = synthetic.to_pandas()
        assert frame.columns.tolist() == [*real.columns[:-1], "target"] and frame["target"].tolist() == list("aabbcc")
        rows = {tuple(row) for row in real.iloc[:, :-1].round(5).to_numpy().tolist()}
        assert {tuple(row) for row in frame.iloc[:, :-1].round(5).to_numpy().tolist()} <= rows
        assert repr(synthetic) == (
            "<SyntheticSet of 6 items of the classes a, b, c, from table by random: 102 bytes, 6 of them labels>"
        )


def test_pictures_say_their_constants_and_give_their_pixels_back(tmp_path: Path) -> None:
    for synthetic in both(digits(), tmp_path):
        assert synthetic.mean is not None and synthetic.std is not None
        assert synthetic.mean.shape == synthetic.std.shape == (3,)
        assert synthetic.mean[0] > synthetic.mean[1] > synthetic.mean[2] > 0
        raw = synthetic.decode().inputs * synthetic.std[:, None, None] + synthetic.mean[:, None, None]
        frame = synthetic.to_pandas()
        np.testing.assert_allclose(np.stack(frame["image"]), raw.detach().permute(0, 2, 3, 1), atol=1e-6)
        assert np.stack(frame["image"]).shape == (6, 8, 8, 3) and frame["label"].tolist() == list("001122")


def test_nodes_are_rows_of_features_and_classes(tmp_path: Path) -> None:
    made = condenset.distill(example.pyg(), "random", size=Size(per_class=1))
    for synthetic in both(made, tmp_path):
        frame = synthetic.to_pandas()
        assert frame.drop(columns="label").shape == (2, synthetic.decode().inputs.features.shape[1])
        assert frame["label"].tolist() == ["0", "1"] and synthetic.classes == ("0", "1")


def test_soft_labels_stand_beside_the_likeliest_class() -> None:
    data = load_digits()
    some = np.flatnonzero(data.target < 2)[:60]
    pair = data.images[some], data.target[some]
    frame = condenset.distill(pair, "kip", size=Size(per_class=1), changes={"steps": 2}).to_pandas()
    assert frame.columns.tolist() == ["image", "label", "soft_0", "soft_1"]
    assert (frame["soft_0"] > frame["soft_1"]).tolist() == (frame["label"] == "0").tolist()


def test_a_picture_is_the_one_that_is_saved(tmp_path: Path) -> None:
    made, again = both(digits(), tmp_path)
    expected = np.asarray(Image.open(tmp_path / "saved" / "preview.png"))
    for synthetic in (made, again):
        assert np.array_equal(np.asarray(synthetic.plot()), expected)
        assert (
            "data:image/png;base64,iVBOR" in synthetic._repr_html_() and "images by random" in synthetic._repr_html_()
        )
    (tmp_path / "saved" / "preview.png").unlink()
    with pytest.raises(ArtifactError, match=r"preview\.png is missing"):
        again.plot()
    assert "images by random" in again._repr_html_() and "<img" not in again._repr_html_()


def test_saving_is_what_the_run_would_have_written(tmp_path: Path) -> None:
    synthetic = condenset.distill("iris", "k-means", size=Size(per_class=2), out=tmp_path / "run")
    synthetic.save(tmp_path / "again")
    load(tmp_path / "again").save(tmp_path / "third")
    for name in ("data.safetensors", "card.json", "README.md", "preview.png"):
        first = (tmp_path / "run" / name).read_bytes()
        assert first == (tmp_path / "again" / name).read_bytes() == (tmp_path / "third" / name).read_bytes()
    with pytest.raises(RequestError, match="holds a finished set already"):
        synthetic.save(tmp_path / "again")


def test_grades_are_kept_by_a_copy_and_not_by_a_set_that_was_changed(tmp_path: Path) -> None:
    flowers().save(tmp_path / "made")
    graded = evaluation(own(tmp_path / "made"))
    add_evaluation(tmp_path / "made", graded)
    load(tmp_path / "made").save(tmp_path / "copy")
    changed = load(tmp_path / "made")
    with torch.no_grad():
        changed.codec.data[0] = 0
    changed.save(tmp_path / "changed")
    assert read(tmp_path / "copy").card.evaluations == (graded,)
    assert read(tmp_path / "changed").card.evaluations == ()
    assert torch.equal(load(tmp_path / "changed").codec.data[0], torch.zeros(4))


def test_data_go_with_copies_and_stay_out_of_pickles() -> None:
    made = flowers()
    assert made.provenance is not None and made.provenance.task is not None
    assert copy.deepcopy(made).provenance is made.provenance
    sent = pickle.loads(pickle.dumps(made))
    assert sent.provenance is None and torch.equal(sent.decode().inputs, made.decode().inputs)


def test_the_words_of_others_are_no_html() -> None:
    frame = pd.DataFrame({"x": range(20), "y": ["<b>a", "<b>b"] * 10})
    shown = condenset.distill(frame, "random", size=Size(per_class=1), name="<script>")._repr_html_()
    assert "<b>" not in shown and "<script>" not in shown and "&lt;script&gt;" in shown
