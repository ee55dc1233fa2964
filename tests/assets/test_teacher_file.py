"""A teacher's file: read back as it was written, and refused where it is none for these data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from condenset.assets.teacher_file import Told, read_as, read_teacher, write_teacher
from condenset.core.errors import DataError
from condenset.tasks.targets.classification import Classification
from tests.examples import digits

TOLD = Told("mlp", digits().target.describe(), read_as(digits()), {"epochs": 3}, 3, "accuracy 0.9", "")
TENSORS = {"weight": torch.arange(6.0).view(2, 3), "bias": torch.tensor([1.5])}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_teacher(tmp_path / "teacher.safetensors", TOLD, TENSORS)
    return tmp_path / "teacher.safetensors"


def test_it_is_read_as_it_was_written(path: Path) -> None:
    told, tensors = read_teacher(path)
    assert replace(told, digest="") == TOLD
    assert all(torch.equal(tensors[name], value) for name, value in TENSORS.items())
    told.expect(digits(), path)


def test_numbers_that_were_altered_are_refused(path: Path) -> None:
    with safe_open(path, framework="pt") as file:
        head = file.metadata()
    save_file(TENSORS | {"bias": torch.tensor([1.25])}, path, metadata=head)
    with pytest.raises(DataError, match="was altered: its numbers are not those that were written"):
        read_teacher(path)


@pytest.mark.parametrize("content", [None, b"", b"no safetensors at all", b"\x10\0\0\0\0\0\0\0{}"])
def test_what_is_missing_or_damaged_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "teacher.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=r"teacher\.safetensors cannot be read"):
        read_teacher(path)


@pytest.mark.parametrize("head", [None, {"teacher": "{"}, {"teacher": '{"network": 3}'}, {"teacher": "[]"}])
def test_files_that_are_no_teachers_are_refused(tmp_path: Path, head: dict[str, str] | None) -> None:
    path = tmp_path / "other.safetensors"
    save_file(TENSORS, path, metadata=head)
    with pytest.raises(DataError, match="does not say what teacher it is"):
        read_teacher(path)


def test_a_teacher_of_other_classes_is_refused(path: Path) -> None:
    told, _ = read_teacher(path)
    others = replace(digits(), target=Classification(("cat", "dog")))
    with pytest.raises(DataError, match=r"knows 10 classes.*these data have 2 classes: cat, dog.*a teacher of these"):
        told.expect(others, path)


def test_a_teacher_of_another_normalisation_is_refused(path: Path) -> None:
    told, _ = read_teacher(path)
    others = replace(digits(), preprocessing=digits().preprocessing | {"mean": [0.25], "data": "elsewhere"})
    with pytest.raises(DataError, match=r"reads inputs of {'mean': \[0.305.*opened with {'mean': \[0.25\]}"):
        told.expect(others, path)
