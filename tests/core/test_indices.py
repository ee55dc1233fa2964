"""Indices are as narrow as they can be, and no narrower."""

from __future__ import annotations

import pytest
import torch

from condenset.core.indices import index_dtype


@pytest.mark.parametrize(
    ("count", "dtype"),
    [
        (1, torch.uint8),
        (256, torch.uint8),
        (257, torch.int16),
        (2**15, torch.int16),
        (2**15 + 1, torch.int32),
        (2**31 + 1, torch.int64),
    ],
)
def test_the_last_of_so_many_is_held_and_a_narrower_kind_would_not_hold_it(count: int, dtype: torch.dtype) -> None:
    assert index_dtype(count) is dtype
    assert torch.tensor(count - 1).to(dtype).item() == count - 1
