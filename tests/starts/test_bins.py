"""Dataset quantisation: from every bin its share, common examples before rare ones, and what is refused."""

from __future__ import annotations

import pytest
import torch

from condenset.assets.teacher_store import Squeeze
from condenset.core.errors import BudgetError, RequestError
from condenset.core.rng import Rng
from condenset.sources.pretrained import Pretrained
from condenset.starts.bins import Bins, quotas, worth
from condenset.starts.by_score import looked_at
from tests.examples import digits

NAME = "convnet:width=8,depth=2,norm=batch"
SOURCE = Pretrained(Squeeze(epochs=3, examples=600, batch=32))
COUNTS = torch.tensor([3, 1, 20, 4, 1, 1, 1, 1, 1, 10])


@pytest.mark.parametrize("adaptive", [0.0, 0.5])
def test_there_are_so_many_of_every_class_no_two_the_same_and_the_stream_decides(adaptive: float) -> None:
    start = Bins(SOURCE, NAME, adaptive=adaptive)
    batch, again, other = (start(digits(), COUNTS, Rng(seed)) for seed in (0, 0, 1))
    assert torch.bincount(batch.groups).tolist() == COUNTS.tolist()
    assert len(batch.inputs.flatten(1).unique(dim=0)) == len(batch)
    assert torch.equal(batch.inputs, again.inputs)
    assert not torch.equal(batch.inputs, other.inputs)


def test_the_first_bins_are_more_like_their_class_than_the_last() -> None:
    counts = torch.full((10,), 40)
    batch = Bins(SOURCE, NAME, bins=4)(digits(), counts, Rng(0))
    embedded = torch.nn.functional.normalize(looked_at(SOURCE.trained(digits(), NAME), batch).embedding, dim=1)
    own = embedded.view(10, 4, 10, -1)
    likeness = (own * own.mean((1, 2), keepdim=True)).sum(3).mean((0, 2))
    assert likeness[0] > likeness[1] > likeness[2] > likeness[3]


def test_a_bin_is_worth_what_it_is_like_and_how_varied_it_is() -> None:
    """Cosines by hand: the first bin is two copies of the mean's direction, the second two opposite directions."""
    embeddings = torch.tensor([[2.0, 0.0], [3.0, 0.0], [0.0, 1.0], [0.0, -4.0]])
    found = worth(embeddings, [torch.tensor([0, 1]), torch.tensor([2, 3])])
    assert found.tolist() == pytest.approx([0.5, 0.5])  # all of the likeness, and all of the variety
    assert worth(embeddings[:2], [torch.tensor([0]), torch.tensor([1])]).tolist() == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize("seed", range(5))
def test_bins_give_their_shares_within_one_and_never_more_than_they_have(seed: int) -> None:
    generator = Rng(seed).torch()
    shares = torch.tensor([0.1, 0.4, 0.25, 0.25])
    taken = quotas(shares, [9, 9, 9, 9], 10, generator)
    assert sum(taken) == 10
    assert all(abs(take - 10 * share) < 1 for take, share in zip(taken, shares.tolist(), strict=True))
    assert quotas(shares, [9, 2, 9, 9], 10, generator)[1] == 2
    assert quotas(shares, [3, 3, 3, 3], 12, generator) == [3, 3, 3, 3]


def test_more_than_there_are_are_refused() -> None:
    with pytest.raises(BudgetError, match="1000 examples are asked for of a group that has"):
        Bins(SOURCE, NAME)(digits(), torch.full((10,), 1000), Rng(0))


@pytest.mark.parametrize("wrong", [{"bins": 0}, {"adaptive": 1.5}, {"adaptive": -0.1}])
def test_no_bins_and_impossible_shares_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(RequestError, match="expected a bin or more and a share of 0 to 1"):
        Bins(**wrong)  # type: ignore[arg-type]
