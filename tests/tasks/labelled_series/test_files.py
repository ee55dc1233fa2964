"""Which files are read: a folder of the archive, NAME_TRAIN beside NAME_TEST, tables, NPZ."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from condenset.core.errors import DataError, RequestError
from condenset.tasks.labelled_series.files import of_arrays, read_labelled_series, recognise
from condenset.tasks.labelled_series.layout import Layout
from tests.tasks.labelled_series import example

PLAIN = Layout()


def test_a_folder_of_the_archive(tmp_path: Path) -> None:
    folder = example.archived(tmp_path)
    (folder / "Waves_eq_TRAIN.ts").write_text("of another form")
    raw = read_labelled_series(folder, PLAIN, None)
    assert (raw.name, len(raw.train), len(raw.test or ()), raw.ragged, raw.channels) == (
        "Waves",
        40,
        20,
        False,
        ("x0", "x1"),
    )
    assert raw.files == (folder / "Waves_TRAIN.ts").stat().st_size
    same = read_labelled_series(folder / "Waves_TRAIN.ts", PLAIN, None)
    assert same.sha256 == raw.sha256 and len(same.test or ()) == 20
    alone = read_labelled_series(folder / "Waves_TEST.ts", PLAIN, None)
    assert len(alone.train) == 20 and alone.test is None
    (folder / "Waves_TRAIN.ts").unlink()
    (folder / "More_TRAIN.ts").write_text("")
    with pytest.raises(DataError, match=r"holds More_TRAIN.ts, Waves_eq_TRAIN.ts: name the file to train on"):
        read_labelled_series(folder, PLAIN, None)


def test_tables_of_the_archive_and_own_ones(tmp_path: Path) -> None:
    frame = example.rows(20)
    for split in ("TRAIN", "TEST"):
        frame.to_csv(tmp_path / f"W_{split}.tsv", sep="\t", header=False, index=False)
    raw = read_labelled_series(tmp_path / "W_TRAIN.tsv", PLAIN, None)
    assert (raw.name, len(raw.train), len(raw.test or ()), raw.train.lengths[0]) == ("W", 20, 20, 24)
    example.steps(8).to_csv(tmp_path / "own.csv", index=False)
    layout = Layout("kind", "run", "second")
    raw = read_labelled_series(tmp_path / "own.csv", layout, tmp_path / "own.csv")
    assert raw.channels == ("left", "right") and len(raw.train) == len(raw.test or ()) == 8


def test_arrays_with_and_without_lengths(tmp_path: Path) -> None:
    values, labels = example.waves(10)
    np.savez(tmp_path / "a.npz", X=values, y=labels)
    assert read_labelled_series(tmp_path / "a.npz", PLAIN, None).train.lengths == [24] * 10
    lengths = np.arange(10, 20)
    np.savez(tmp_path / "b.npz", x_train=values, y_train=labels, x_test=values, y_test=labels,
             lengths_train=lengths, lengths_test=lengths)  # fmt: skip
    raw = read_labelled_series(tmp_path / "b.npz", PLAIN, None)
    assert raw.ragged and raw.train.lengths == lengths.tolist() and (raw.test or raw.train).lengths == lengths.tolist()


@pytest.mark.parametrize(
    ("shape", "labels", "lengths", "message"),
    [
        ((4,), 4, None, r"series of it are float64 \(4,\): expected numbers"),
        ((4, 2, 3, 3), 4, None, r"expected numbers \(n, channels, steps\)"),
        ((4, 2, 3), 3, None, r"labels of it have shape \(3,\) for 4 series"),
        ((4, 2, 3), 4, [1, 2, 3], "lengths of it do not fit"),
        ((4, 2, 3), 4, [1, 2, 3, 4], "lengths of it do not fit"),
        ((4, 2, 3), 4, [0, 2, 3, 3], "lengths of it do not fit"),
        ((4, 2, 3), 4, [1.0, 2.0, 3.0, 3.0], "lengths of it do not fit"),
    ],
)
def test_arrays_that_do_not_fit(shape: tuple[int, ...], labels: int, lengths: list | None, message: str) -> None:
    with pytest.raises(DataError, match=message):
        of_arrays((np.zeros(shape), np.zeros(labels)), None if lengths is None else np.array(lengths), "it")


def test_values_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(DataError, match="expected numbers"):
        of_arrays((np.full((2, 3), "a"), np.zeros(2)), None, "it")


def test_options_of_tables_are_refused_elsewhere(tmp_path: Path) -> None:
    folder = example.archived(tmp_path)
    np.savez(tmp_path / "a.npz", X=np.zeros((4, 2, 3)), y=np.arange(4))
    for path in (folder, tmp_path / "a.npz"):
        with pytest.raises(RequestError, match="options"):
            read_labelled_series(path, Layout("kind"), None)


def test_files_are_recognised_by_their_names(tmp_path: Path) -> None:
    folder = example.archived(tmp_path)
    for name in ("W_TRAIN.csv", "own.csv", "own.npz"):
        (tmp_path / name).write_text("1,2\n")
    found = {path.name for path in [folder, *folder.iterdir(), *tmp_path.glob("*.*")] if recognise(path)}
    assert found == {"Waves", "Waves_TRAIN.ts", "Waves_TEST.ts", "W_TRAIN.csv"}
    assert recognise(tmp_path) and not recognise(tmp_path.parent / "none") and not recognise(tmp_path / "none.ts")
