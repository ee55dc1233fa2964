"""Content tells tensors apart: their numbers and the order of these, not where they lie."""

from __future__ import annotations

import hashlib

import torch

from condenset.core.digest import digest


def test_it_is_of_the_numbers_in_their_order() -> None:
    first, second = torch.arange(6.0).reshape(2, 3), torch.tensor([1, 2])
    assert digest(first, second) == hashlib.sha256(first.numpy().tobytes() + second.numpy().tobytes()).hexdigest()[:16]
    assert digest(first.T) == digest(first.T.contiguous()) != digest(first)
    assert len({digest(), digest(first), digest(second), digest(first, second), digest(second, first)}) == 5
