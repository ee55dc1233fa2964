"""Labels that sum to 1: one-hot at the start, divided by their sums, learnt, refused where broken."""

from __future__ import annotations

import pytest
import torch

from condenset.core.errors import ArtifactError
from condenset.labels.probabilities import Probabilities
from tests.examples import blobs, line, normal


def test_they_begin_near_one_hot_or_at_the_value() -> None:
    found = Probabilities.encode(torch.tensor([2, 0]), blobs().target)()
    low, high = 0.02 / 3, 0.98 + 0.02 / 3
    torch.testing.assert_close(found, torch.tensor([[low, low, high], [high, low, low]]))
    values = normal(3, 1)
    assert torch.equal(Probabilities.encode(values, line().target)(), values)


def test_rows_are_divided_by_their_sums_and_gradients_keep_to_the_simplex() -> None:
    stored = torch.tensor([[1.0, 3.0, 0.0], [0.2, 0.2, 0.4]])
    labels = Probabilities(stored, simplex=True)
    torch.testing.assert_close(labels(), torch.tensor([[0.25, 0.75, 0.0], [0.25, 0.25, 0.5]]))
    (labels() * normal(2, 3)).sum().backward()
    along = (labels.values.grad * stored).sum(1)  # a longer row is the same label
    torch.testing.assert_close(along, torch.zeros(2), atol=1e-6, rtol=0)


def test_a_row_that_has_become_all_zero_is_still_finite() -> None:
    labels = Probabilities(torch.zeros(1, 3), simplex=True)
    labels().square().sum().backward()
    assert torch.isfinite(labels()).all() and torch.isfinite(labels.values.grad).all()


@pytest.mark.parametrize("values", [torch.zeros(3), torch.zeros(2, 2, dtype=torch.int64), torch.zeros(0, 3)])
def test_broken_tensors_are_refused(values: torch.Tensor) -> None:
    with pytest.raises(ArtifactError, match="tensor 'values' is"):
        Probabilities.restore({"values": values}, blobs().target)
