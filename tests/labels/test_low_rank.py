"""Soft labels of few numbers: the start's as near as the rank allows, what is stored, refusals."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from condenset.core.budget import Size
from condenset.core.errors import ArtifactError, RequestError
from condenset.distillation import start_state
from condenset.labels.low_rank import LowRank
from condenset.recipe import budgeted, price
from condenset.tasks.targets.classification import Classification
from tests.conftest import close
from tests.examples import digits, line, normal

TARGET = Classification(tuple("abcdefgh"))
SHARES = (normal(30, 8) + 4 * torch.eye(8)[torch.arange(30) % 8]).softmax(1)


def test_all_ranks_are_the_start_and_fewer_are_the_nearest_to_it() -> None:
    close(LowRank.encode(SHARES, TARGET, rank=8)(), SHARES.clamp(min=0.01 / 8), 2e-3)
    labels = LowRank.encode(SHARES, TARGET, rank=2)
    logits = SHARES.clamp(min=0.01 / 8).log().numpy()
    classes = logits.argmax(1)
    others = (logits.sum(1) - logits.max(1)) / 7
    rest = logits - others[:, None]
    rest[np.arange(30), classes] = 0
    left, strengths, right = np.linalg.svd(rest, full_matrices=False)
    expected = (left[:, :2] * strengths[:2]) @ right[:2]
    np.testing.assert_allclose((labels.left @ labels.right).detach().numpy(), expected, atol=1e-4)
    np.testing.assert_allclose(labels.strengths.detach().numpy(), logits.max(1) - others, rtol=1e-5)
    assert labels.classes.tolist() == classes.tolist()


def test_hard_labels_begin_as_such_and_every_part_can_move() -> None:
    labels = LowRank.encode(torch.arange(8), TARGET)
    close(labels(), 0.99 * torch.eye(8) + 0.01 / 8, 2e-3)
    labels()[0, 3].backward()
    assert labels.strengths.grad.abs().sum() > 0 and labels.right.grad.abs().sum() > 0


def test_the_bytes_are_what_is_stored_and_the_ledger_of_a_budget_counts_them() -> None:
    changes = {"labels": "low-rank:rank=3"}
    counts, recipe = budgeted("dm", digits(), Size(bytes=6000), changes)
    item, shared = price(digits(), recipe)
    assert (item, shared) == (4 * 64 + 2 + 4 + 4 * 3, 4 * 3 * 10)
    stored = start_state(digits(), recipe, counts, 0).synthetic.nbytes()
    assert stored.labels == int(counts.sum()) * 18 + shared and stored.total <= 6000 < stored.total + item


def test_they_are_rebuilt_and_what_does_not_fit_is_refused() -> None:
    state = LowRank.encode(SHARES, TARGET).state_dict()
    assert torch.equal(LowRank.restore(state, TARGET)(), LowRank.encode(SHARES, TARGET)())
    for change in (
        {"classes": torch.full((30,), 8, dtype=torch.int16)},
        {"classes": torch.full((30,), -1, dtype=torch.int16)},
        {"classes": torch.zeros(30, dtype=torch.int64)},
        {"strengths": torch.zeros(29)},
        {"right": torch.zeros(3, 8)},
        {"right": torch.zeros(2, 7)},
    ):
        with pytest.raises(ArtifactError):
            LowRank.restore(state | change, TARGET)
    with pytest.raises(RequestError, match="of classes, of rank 1 to their number: got rank 9"):
        LowRank.encode(SHARES, TARGET, rank=9)
    with pytest.raises(RequestError, match="are of classes"):
        LowRank.encode(normal(3, 1), line().target)
    with pytest.raises(RequestError, match=r"labels 'low-rank' cannot be built with {'ranks': 2}"):
        budgeted("dm", digits(), Size(bytes=6000), {"labels": "low-rank:ranks=2"})
