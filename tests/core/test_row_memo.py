"""Rows are made once, whichever program asks, and follow from their examples alone."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from condenset.core import row_memo
from condenset.core.row_memo import RowMemo
from tests.examples import normal


class Sums:
    """Sums of examples, found again where they are known; it counts those that it is asked to make."""

    def __init__(self, folder: Path) -> None:
        self.memo, self.asked = RowMemo(folder), list[int]()

    def __call__(self, examples: Tensor) -> Tensor:
        return self.memo.of([one.numpy().data for one in examples.contiguous()], lambda new: self._made(examples[new]))

    def _made(self, examples: Tensor) -> Tensor:
        self.asked.append(len(examples))
        return examples.sum((2, 3))


def test_a_row_is_made_once_and_found_in_any_order(tmp_path: Path) -> None:
    examples, sums = normal(100, 3, 4, 4), Sums(tmp_path)
    for asked in (examples[:70], examples.flip(0), torch.cat([examples[:2], examples[:2]])):
        assert torch.equal(sums(asked), asked.sum((2, 3)))
    assert sums.asked == [70, 30]


def test_contents_are_told_apart_by_their_bytes(tmp_path: Path) -> None:
    texts = [b"one", b"other", b"one"]
    assert (
        RowMemo(tmp_path).of(texts, lambda new: torch.tensor([[float(place)] for place in new])).unique().numel() == 2
    )


def test_many_rows_are_kept_for_other_programs_and_damaged_files_are_not_used(tmp_path: Path) -> None:
    examples, first = normal(100, 3, 4, 4), Sums(tmp_path / "rows")
    first(examples)
    second = Sums(tmp_path / "rows")
    assert torch.equal(second(examples), examples.sum((2, 3))) and (first.asked, second.asked) == ([100], [])
    (file,) = (tmp_path / "rows").glob("*.safetensors")
    file.write_bytes(file.read_bytes()[:-50])
    third = Sums(tmp_path / "rows")
    assert torch.equal(third(examples), examples.sum((2, 3))) and third.asked == [100]


def test_what_is_in_memory_is_bounded_and_what_is_asked_for_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_memo, "_MOST", 60 * 3 * 4)
    examples, sums = normal(80, 3, 4, 4), Sums(tmp_path)
    for part in (*examples.split(20), examples[:20], examples[10:80]):
        assert torch.equal(sums(part), part.sum((2, 3)))
    assert sums.asked == [20, 20, 20, 20, 20, 40]
