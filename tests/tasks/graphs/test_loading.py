"""Opening graphs: files, folders and names, the same task again, and what does not exist."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from condenset.core.errors import DataError, RequestError
from condenset.tasks.catalogue import modality_of, open_task
from condenset.tasks.graphs import open_graphs
from condenset.tasks.graphs.loading import recognise
from tests.tasks.graphs import example


def test_a_file_and_a_folder_are_the_same_task(tmp_path: Path) -> None:
    given = example.raw(40)
    file = tmp_path / "shapes.txt"
    file.write_text(example.text(given))
    folder = example.folder(given, tmp_path / "SHAPES")
    tasks = [open_task(str(path)) for path in (file, folder)]
    assert {task.modality.name for task in tasks} == {"graphs"}
    one, other = tasks
    assert one.fingerprint == other.fingerprint and one.name == other.name == "shapes"
    assert torch.equal(one.train.batch.inputs.edges, other.train.batch.inputs.edges)
    assert open_task(**one.source).fingerprint == one.fingerprint
    assert one.footprint.files == pytest.approx(0.8 * file.stat().st_size, rel=0.05)


def test_options_choose_the_split(tmp_path: Path) -> None:
    file = tmp_path / "shapes.txt"
    file.write_text(example.text(example.raw(40)))
    assert len(open_graphs(file, test_fraction=0.2).held_out()) == 8
    assert open_graphs(file, seed=3).source["seed"] == 3
    assert open_graphs(file, seed=3).fingerprint != open_graphs(file).fingerprint


def test_what_is_not_there_or_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="'mutga': did you mean 'mutag'"):
        open_graphs("mutga")
    with pytest.raises(DataError, match="give a folder of the TU collection"):
        open_graphs(tmp_path)
    (tmp_path / "notes.txt").write_text("nothing of the kind")
    with pytest.raises(RequestError, match="cannot tell what"):
        modality_of(tmp_path / "notes.txt")
    with pytest.raises(DataError, match="expected the number of graphs"):
        open_graphs(tmp_path / "notes.txt")


def test_files_and_folders_of_graphs_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "shapes.txt"
    file.write_text(example.text(example.raw(6)))
    assert recognise(file) and recognise(example.folder(example.raw(6), tmp_path / "tu"))
    for name, content in (
        ("a.txt", b"some words\n"),
        ("b.txt", b"\xff\xfe\x00"),
        ("c.txt", b""),
        ("d.csv", file.read_bytes()),
    ):
        (tmp_path / name).write_bytes(content)
        assert not recognise(tmp_path / name)
    assert not recognise(tmp_path) and not recognise(tmp_path / "absent.txt")
