"""Hard labels: stored as they are, never learnt, refused where broken."""

from __future__ import annotations

import pytest
import torch

from condenset.core.errors import ArtifactError
from condenset.labels.hard import Hard
from tests.examples import blobs, line, normal


def test_classes_and_values_are_kept_and_soft_rows_become_their_largest_entry() -> None:
    classes, values = torch.tensor([2, 0, 1]), normal(3, 1)
    assert Hard.encode(classes, blobs().target)().tolist() == [2, 0, 1]
    assert Hard.encode(torch.tensor([[0.1, 0.9, 0.0], [0.5, 0.2, 0.3]]), blobs().target)().tolist() == [1, 0]
    assert torch.equal(Hard.encode(values, line().target)(), values)


def test_nothing_is_learnt_and_the_start_is_not_shared() -> None:
    classes = torch.tensor([2, 0])
    labels = Hard(classes)
    classes[0] = 1
    assert labels().tolist() == [2, 0]
    assert list(labels.parameters()) == []


@pytest.mark.parametrize("values", [None, torch.zeros(2, 1, dtype=torch.int64), torch.zeros(3), torch.zeros(1, 1, 1)])
def test_broken_tensors_are_refused(values: torch.Tensor | None) -> None:
    with pytest.raises(ArtifactError, match="labels 'values' are"):
        Hard.restore({} if values is None else {"values": values}, blobs().target)
