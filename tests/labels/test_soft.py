"""Soft labels: one-hot at the start, learnt, refused where broken."""

from __future__ import annotations

import pytest
import torch

from condenset.core.errors import ArtifactError
from condenset.labels.soft import Soft
from tests.examples import blobs, line, normal


def test_they_begin_one_hot_or_at_the_value() -> None:
    assert Soft.encode(torch.tensor([2, 0]), blobs().target)().tolist() == [[0, 0, 1], [1, 0, 0]]
    values = normal(3, 1)
    assert torch.equal(Soft.encode(values, line().target)(), values)


def test_they_are_learnt_apart_from_the_start() -> None:
    start = normal(2, 3)
    labels = Soft(start)
    (labels()[0, 1] * 5).backward()
    (parameter,) = labels.parameters()
    assert parameter.grad.tolist() == [[0, 5, 0], [0, 0, 0]]
    with torch.no_grad():
        parameter += 1
    assert torch.equal(labels(), start + 1)


@pytest.mark.parametrize("values", [torch.zeros(3), torch.zeros(2, 2, dtype=torch.int64), torch.zeros(0, 3)])
def test_broken_tensors_are_refused(values: torch.Tensor) -> None:
    with pytest.raises(ArtifactError, match="tensor 'values' is"):
        Soft.restore({"values": values}, blobs().target)
