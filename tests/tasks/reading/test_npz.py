"""NPZ files by the names of their arrays."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from condenset.core.errors import DataError
from condenset.tasks.reading.npz import input_axes, read_splits

INPUTS, TARGETS = np.arange(24.0).reshape(8, 3), np.arange(8) % 2


@pytest.mark.parametrize(("inputs", "targets"), [("x", "y"), ("X", "y"), ("images", "labels"), ("X_train", "y_train")])
def test_inputs_and_targets_are_found_by_name(tmp_path: Path, inputs: str, targets: str) -> None:
    np.savez(tmp_path / "a.npz", **{inputs: INPUTS, targets: TARGETS})
    found = read_splits(tmp_path / "a.npz")
    assert np.array_equal(found.train[0], INPUTS) and np.array_equal(found.train[1], TARGETS)
    assert found.test is None and found.validation is None
    assert input_axes(tmp_path / "a.npz") == 2


@pytest.mark.parametrize("form", ["{split}_images {split}_labels", "x_{split} y_{split}"])
def test_further_splits_are_found(tmp_path: Path, form: str) -> None:
    arrays = {}
    for number, split in enumerate(("train", "test", "val")):
        inputs, targets = form.format(split=split).split()
        arrays |= {inputs: INPUTS + number, targets: TARGETS}
    np.savez_compressed(tmp_path / "a.npz", **arrays)
    found = read_splits(tmp_path / "a.npz")
    assert found.test is not None and found.validation is not None
    assert [pair[0][0, 0] for pair in (found.train, found.test, found.validation)] == [0, 1, 2]
    with zipfile.ZipFile(tmp_path / "a.npz") as archive:
        sizes = {info.filename: info.compress_size for info in archive.infolist()}
    names = form.format(split="train").split()
    assert found.files == sum(sizes[f"{name}.npy"] for name in names) < (tmp_path / "a.npz").stat().st_size / 2


def test_other_files_have_no_inputs(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", a=INPUTS)
    (tmp_path / "text.npz").write_text("x, y")
    assert input_axes(tmp_path / "other.npz") == input_axes(tmp_path / "text.npz") == 0
    with pytest.raises(DataError, match=r"holds arrays \['a'\]: expected x, y or images, labels"):
        read_splits(tmp_path / "other.npz")
    with pytest.raises(DataError, match="cannot be read as NPZ"):
        read_splits(tmp_path / "text.npz")


def test_an_archive_of_zeros_is_refused_by_its_heads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDENSET_LIMITS", "bytes=1000000")
    np.savez_compressed(tmp_path / "zeros.npz", x=np.zeros((1000, 1000)), y=np.zeros(1000))
    assert (tmp_path / "zeros.npz").stat().st_size < 20_000
    with pytest.raises(DataError, match=r"zeros\.npz has 8,008,000 bytes.*CONDENSET_LIMITS=bytes=8008000"):
        read_splits(tmp_path / "zeros.npz")


def test_a_head_that_claims_more_than_there_is_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "claims.npz", "w") as archive:
        for name, shape in (("x", "(10000000000, 8)"), ("y", "(8,)")):
            head = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}}}".ljust(117) + "\n"
            archive.writestr(f"{name}.npy", b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head.encode())
    assert input_axes(tmp_path / "claims.npz") == 2
    with pytest.raises(DataError, match="has 640,000,000,064 bytes"):
        read_splits(tmp_path / "claims.npz")
    with pytest.raises(DataError, match="no file"):
        read_splits(tmp_path / "absent.npz")


def test_arrays_of_the_other_byte_order_are_read(tmp_path: Path) -> None:
    np.savez(tmp_path / "set.npz", x=INPUTS.astype(INPUTS.dtype.newbyteorder()), y=np.arange(len(INPUTS), dtype=">i2"))
    inputs, targets = read_splits(tmp_path / "set.npz").train
    assert np.array_equal(inputs, INPUTS) and targets.tolist() == list(range(len(INPUTS)))
    assert inputs.dtype.isnative and targets.dtype.isnative


def test_a_head_that_is_no_head_is_refused(tmp_path: Path) -> None:
    head = "{'descr': '<f8', 'fortran_order': False, 'shape': (8,".ljust(117) + "\n"
    with zipfile.ZipFile(tmp_path / "open.npz", "w") as archive:
        for name in ("x", "y"):
            archive.writestr(f"{name}.npy", b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head.encode())
    assert input_axes(tmp_path / "open.npz") == 0
    with pytest.raises(DataError, match="the head of 'x' is damaged"):
        read_splits(tmp_path / "open.npz")
