"""Labels stored as logits: probabilities at the start's, learnt, refused where broken."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from condenset.core.errors import ArtifactError
from condenset.labels.logits import Logits
from tests.conftest import close
from tests.examples import blobs, line, normal


def test_they_begin_at_the_starts_probabilities() -> None:
    shares = normal(4, 3).softmax(1)
    close(Logits.encode(shares, blobs().target)(), shares, 1e-6)


def test_hard_labels_leave_every_class_a_chance() -> None:
    labels = Logits.encode(torch.tensor([2, 0]), blobs().target)
    found = labels().detach().numpy()
    np.testing.assert_allclose(found, np.array([[0.01, 0.01, 3], [3, 0.01, 0.01]]) / 3.02, rtol=1e-5)
    labels()[0, 0].backward()
    assert labels.values.grad[0, 0] > 1e-3


def test_whatever_is_learnt_they_are_probabilities() -> None:
    labels = Logits(10 * normal(5, 3), simplex=True)
    assert torch.equal(labels(), labels.values.softmax(1))
    close(labels().sum(1), torch.ones(5), 1e-6)


def test_numbers_are_used_as_they_are() -> None:
    values = normal(3, 1)
    assert torch.equal(Logits.encode(values, line().target)(), values)


@pytest.mark.parametrize("values", [torch.zeros(3), torch.zeros(2, 2, dtype=torch.int64), torch.zeros(0, 3)])
def test_broken_tensors_are_refused(values: torch.Tensor) -> None:
    with pytest.raises(ArtifactError, match="tensor 'values' is"):
        Logits.restore({"values": values}, blobs().target)
