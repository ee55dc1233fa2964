"""Indices: which of a number of things, in as few bytes as tell them apart."""

from __future__ import annotations

import torch

NARROW = (torch.uint8, torch.int16, torch.int32)


def index_dtype(count: int) -> torch.dtype:
    """The narrowest whole numbers that hold 0 to `count` - 1, of 1 to 8 bytes."""
    return next((dtype for dtype in NARROW if count - 1 <= torch.iinfo(dtype).max), torch.int64)
