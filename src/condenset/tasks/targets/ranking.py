"""Which of many items a user wants: a score for every item, of which only the order counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from condenset.core.float64 import float64
from condenset.core.metric import Metric
from condenset.core.structure import Tree
from condenset.tasks.targets.numbers import Numbers

_FIRST = 10  # places of the list that a user is shown
_UNINFORMED = 0.5  # the AUC of scores that are all the same


@dataclass(frozen=True)
class Ranking(Numbers):
    """Items in the order in which a user wants them.

    Targets of training are rows (n, items) of how much each item is wanted, 0 or 1 of real users. Held-out targets are
    {"seen": (n, items), "wanted": (n, items)} booleans: what a user is known to have, which is not recommended again,
    and what is to be found. Where rows alone are graded, nothing is seen and all of them is wanted.

    A row of zeros is the uninformed prediction. Not popularity: taking that from the targets would hand a learner one
    number for every item that the bytes of a set do not count.

    Attributes:
        items: names of the items in the order of their scores; ties go to the first.
    """

    items: tuple[str, ...]

    kind: ClassVar[str] = "ranking"
    uninformed: ClassVar[str] = "popularity"
    metrics: ClassVar[tuple[Metric, ...]] = tuple(
        Metric(name, bounds=(0.0, 1.0)) for name in (f"ndcg@{_FIRST}", f"recall@{_FIRST}", "auc")
    )

    @property
    def outputs(self) -> int:
        """Number of items."""
        return len(self.items)

    def loss(self, outputs: Float[Tensor, "n items"], targets: Float[Tensor, "n items"]) -> Float[Tensor, " n"]:
        """Multinomial likelihood per example, (n,), as infinite-AE's and Mult-VAE's: -sum_i x_i log softmax(s)_i."""
        return -(targets * outputs.log_softmax(1)).sum(1)

    def probabilities(self, targets: Float[Tensor, "n items"]) -> Float[Tensor, "n items"]:
        """Rows (n, items) clamped at 0 and divided by their sum; a row without a positive number becomes uniform."""
        clamped = targets.clamp(min=0)
        sums = clamped.sum(1, keepdim=True)
        return torch.where(sums > 0, clamped / sums.clamp(min=torch.finfo(sums.dtype).tiny), 1 / self.outputs)

    def grades(self, predictions: Float[Tensor, "n items"], targets: Tree) -> dict[str, float]:
        """Means over the users who want something; what they are known to have is left out of their lists.

        nDCG@10 divides by what the best order of min(10, wanted) items would get, recall@10 by that number. AUC is the
        chance that a wanted item stands before one that is not, over all items that a user has not seen; ties half.
        """
        seen, wanted = _seen_and_wanted(targets)
        some = wanted.any(1)
        scores, seen, wanted = predictions[some], seen[some], wanted[some]
        if len(scores) == 0:
            return dict.fromkeys((metric.name for metric in self.metrics), 0.0) | {"auc": _UNINFORMED}
        ndcg, recall = _of_first(scores, seen, wanted)
        values = ndcg.mean(), recall.mean(), _area(scores, seen, wanted)
        return {metric.name: float(value) for metric, value in zip(self.metrics, values, strict=True)}

    def describe(self) -> str:
        """Their number."""
        return f"the order of {len(self.items):,} items"

    def content(self) -> str:
        """Their number."""
        return f"that say which of {len(self.items):,} items are wanted"

    def arrays(self) -> Mapping[str, Any]:
        """Their names."""
        import numpy as np

        return {"items": np.array(self.items)}


def _seen_and_wanted(targets: Tree) -> tuple[Bool[Tensor, "n items"], Bool[Tensor, "n items"]]:
    if isinstance(targets, Tensor):
        return torch.zeros_like(targets, dtype=torch.bool), targets > 0
    return targets["seen"], targets["wanted"]


def _of_first(
    scores: Float[Tensor, "n items"], seen: Bool[Tensor, "n items"], wanted: Bool[Tensor, "n items"]
) -> tuple[Float[Tensor, " n"], Float[Tensor, " n"]]:
    """nDCG and recall of the first places, (n,) each, for users who want at least one item."""
    places = min(_FIRST, scores.shape[1])
    order = scores.masked_fill(seen, -torch.inf).argsort(dim=1, descending=True, stable=True)[:, :places]
    hits = float64((wanted & ~seen).gather(1, order))  # of a short list the seen items are the end
    gains = 1 / float64(torch.arange(2, places + 2)).log2().to(hits)
    most = wanted.sum(1).clamp(max=places)
    return (hits * gains).sum(1) / gains.cumsum(0)[most - 1], hits.sum(1) / most


def _area(
    scores: Float[Tensor, "n items"], seen: Bool[Tensor, "n items"], wanted: Bool[Tensor, "n items"]
) -> Float[Tensor, ""]:
    """Mean area under the curve of the users who have an item to find and another to tell it from."""
    found, others = wanted & ~seen, ~(seen | wanted)
    apart = found.any(1) & others.any(1)
    if not apart.any():
        return scores.new_tensor(_UNINFORMED)
    scores, found, others = scores[apart], found[apart], others[apart]
    places = found.byte().topk(int(found.sum(1).max()), dim=1).indices  # what is to be found comes first
    asked, real = scores.gather(1, places).contiguous(), found.gather(1, places)
    ranked = scores.masked_fill(~others, torch.inf).sort(dim=1).values
    below = torch.searchsorted(ranked, asked) + torch.searchsorted(ranked, asked, right=True)
    shares = float64(below) / 2 / others.sum(1, keepdim=True)
    return ((shares * real).sum(1) / real.sum(1)).mean()


TARGET = Ranking
