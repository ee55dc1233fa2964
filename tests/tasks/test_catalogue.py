"""Opening data: known names, paths of each kind, options that do not exist, and what cannot be told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from condenset.core.errors import RequestError, UnknownNameError
from condenset.tasks.catalogue import modality_of, open_task
from condenset.tasks.task import modalities
from tests.tasks.graph import example
from tests.tasks.pictures.pictures import class_folders


def test_a_known_name_opens_its_modality() -> None:
    assert open_task("iris").modality.name == "tabular"
    assert modality_of("digits").name == "image"
    assert modality_of("cora").name == "graph"


def test_paths_are_recognised_by_what_they_hold(tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    table.write_text("a,b,target\n" + "".join(f"{i},{i % 3},{'xy'[i % 2]}\n" for i in range(20)))
    np.savez(tmp_path / "images.npz", x=np.zeros((4, 5, 5), np.uint8), y=np.array([0, 1, 0, 1]))
    np.savez(tmp_path / "graph.npz", **example.arrays())
    folders = class_folders(tmp_path / "pictures", {"cat": 2, "dog": 2})
    kinds = {table: "tabular", tmp_path / "images.npz": "image", tmp_path / "graph.npz": "graph", folders: "image"}
    for path, kind in kinds.items():
        assert modality_of(path).name == modality_of(str(path)).name == kind
    assert len(open_task(table, target="b").groups) == 3


def test_what_takes_nearly_anything_is_asked_last() -> None:
    asked = [kind.name for kind in modalities()]
    assert asked[-1] == "tabular" and sorted(asked[:-1]) == asked[:-1]


def test_options_are_those_of_the_modality_and_none_means_its_default() -> None:
    assert open_task("iris", target=None, seed=None).source["seed"] == 0
    with pytest.raises(RequestError, match=r"have no option --image-size, --split: their options are .*--target"):
        open_task("iris", size=8, split="random")


def test_options_are_known_by_the_names_of_the_command_line(tmp_path: Path) -> None:
    folders = class_folders(tmp_path / "pictures", {"cat": 5, "dog": 5})
    by_flag, by_parameter = open_task(folders, image_size=9), open_task(folders, size=9)
    assert by_flag.input_spec.shape[-2:] == (9, 9) and by_flag.source == by_parameter.source


@pytest.mark.parametrize(
    ("source", "kind", "message"),
    [
        ("fashion-minst", UnknownNameError, "unknown dataset 'fashion-minst': did you mean 'fashion-mnist'"),
        ("nowhere/at/all", RequestError, "no file or folder 'nowhere/at/all'"),
        ("missing.csv", RequestError, "no file or folder 'missing.csv': give a path"),
        ("photos/", RequestError, "no file or folder 'photos/': give a path"),
        ("holidays", RequestError, "no file or folder 'holidays' and no dataset of that name"),
    ],
)
def test_what_does_not_exist_is_refused(source: str, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        open_task(source)


@pytest.mark.parametrize("kind", ["image", "graph"])
def test_a_path_that_is_not_there_is_no_unknown_dataset_of_any_kind(kind: str) -> None:
    for source in ("cora/", "cora.npz", "./mnist", "data/mnist"):
        with pytest.raises(RequestError, match="there is no file or folder"):
            open_task(source, task=kind)


def test_what_cannot_be_told_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("nothing of the kind")
    with pytest.raises(RequestError, match=r"cannot tell what .*notes\.md") as refused:
        open_task(tmp_path / "notes.md")
    assert all(words in str(refused.value) for kind in modalities() for words in kind.files)


def test_a_kind_that_is_said_is_not_recognised_and_is_kept() -> None:
    opened = open_task("iris", task="tabular")
    assert opened.source["task"] == "tabular"
    assert open_task(opened.source.pop("source"), **opened.source).fingerprint == opened.fingerprint
    with pytest.raises(UnknownNameError, match="'tabulr': did you mean 'tabular'"):
        open_task("iris", task="tabulr")
