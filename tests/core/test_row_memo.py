"""Rows are made once, whichever program asks, and follow from their examples alone."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from condenset.core import row_memo
from condenset.core.row_memo import RowMemo
from tests.examples import normal


class Sums:
    """A function that counts what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __call__(self, examples: Tensor) -> Tensor:
        self.asked.append(len(examples))
        return examples.sum((2, 3))


def test_a_row_is_made_once_and_found_in_any_order(tmp_path: Path) -> None:
    examples, made, memo = normal(100, 3, 4, 4), Sums(), RowMemo(tmp_path)
    assert torch.equal(memo.of(examples[:70], made), examples[:70].sum((2, 3)))
    assert torch.equal(memo.of(examples.flip(0), made), examples.flip(0).sum((2, 3)))
    assert torch.equal(memo.of(torch.cat([examples[:2], examples[:2]]), made)[2:], examples[:2].sum((2, 3)))
    assert made.asked == [70, 30]


def test_many_rows_are_kept_for_other_programs_and_damaged_files_are_not_used(tmp_path: Path) -> None:
    examples, made = normal(100, 3, 4, 4), Sums()
    RowMemo(tmp_path / "rows").of(examples, made)
    RowMemo(tmp_path / "rows").of(examples, made)
    assert made.asked == [100]
    (file,) = (tmp_path / "rows").glob("*.safetensors")
    file.write_bytes(file.read_bytes()[:-50])
    assert torch.equal(RowMemo(tmp_path / "rows").of(examples, made), examples.sum((2, 3)))
    assert made.asked == [100, 100]


def test_what_is_in_memory_is_bounded(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(row_memo, "_MOST", 60 * 3 * 4)
    examples, made, memo = normal(80, 3, 4, 4), Sums(), RowMemo(tmp_path)
    for part in examples.split(20):
        assert torch.equal(memo.of(part, made), part.sum((2, 3)))
    memo.of(examples[:20], made)
    assert made.asked == [20] * 5
