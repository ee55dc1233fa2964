"""Random examples of every bin, where bins part a group from what is most like all of it to what is rare in it."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.errors import BudgetError, RequestError
from condenset.core.rng import Rng
from condenset.kernels.selection import graph_cut_bins
from condenset.sources.pretrained import Pretrained
from condenset.starts.by_score import looked_at
from condenset.starts.start import wanted
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Bins:
    """The bins of dataset quantisation (Zhou et al., ICCV 2023, arXiv 2308.10524); call it for a batch.

    Attributes:
        source: the trained network whose embeddings are compared, the first of its networks.
        network: its architecture, None for the task's default.
        bins: of a group.
        balance: of being like all others, in the choice of a bin; the rest of 2 is for being unlike those in it.
        adaptive: share of the items that bins get by how much they are worth, the others being spread evenly.
        candidates: random examples of a group that are put into bins, more where more are needed.
    """

    source: Pretrained = field(default_factory=Pretrained)
    network: str | None = None
    bins: int = 10
    balance: float = 1.0
    adaptive: float = 0.0
    candidates: int = 1000

    def __post_init__(self) -> None:
        """Raises `RequestError` for no bin and for a share that is none."""
        if self.bins < 1 or not 0 <= self.adaptive <= 1:
            raise RequestError(
                f"bins={self.bins}, adaptive={self.adaptive}: expected a bin or more and a share of 0 to 1"
            )

    def __call__(self, task: Task, counts: Int[Tensor, " groups"], rng: Rng) -> Batch:
        """`counts[g]` examples of group g, those of the first bin first. Raises `BudgetError` where it has fewer."""
        observer, picks = self.source.trained(task, self.network), []
        for group, count in wanted(counts):
            generator, members = rng.child(group).torch(), task.train.members(group)
            if count > len(members):
                raise BudgetError(f"{count} examples are asked for of a group that has {len(members)}: ask for fewer")
            order = torch.randperm(len(members), generator=generator)[: max(self.candidates, 2 * count)]
            free = members[order]
            embeddings = looked_at(observer, task.train.select(free)).embedding.flatten(1)
            parts = graph_cut_bins(embeddings, min(self.bins, len(free)), self.balance)
            taken = quotas(self._shares(embeddings, parts), [len(part) for part in parts], count, generator)
            drawn = [
                part[torch.randperm(len(part), generator=generator)[:take]]
                for part, take in zip(parts, taken, strict=True)
            ]
            picks.append(free[torch.cat(drawn)])
        return task.train.cut_out(torch.cat(picks))

    def _shares(self, embeddings: Float[Tensor, "n d"], parts: list[Int[Tensor, " _"]]) -> Float[Tensor, " bins"]:
        """Of the items, by bin."""
        even = torch.full((len(parts),), 1 / len(parts))
        return torch.lerp(even, worth(embeddings, parts), self.adaptive) if self.adaptive else even


def worth(embeddings: Float[Tensor, "n d"], parts: list[Int[Tensor, " _"]]) -> Float[Tensor, " bins"]:
    """How much bins are worth, in shares of 1: half of it how like all points they are, half how unlike each other.

    Both by cosines. Li et al. (Adaptive Dataset Quantization, AAAI 2025, arXiv 2412.16895) measure the first by the
    texture of images, and the second by a network that learns to tell images from their kin.
    """
    directions = F.normalize(embeddings, dim=1).cpu()
    means = torch.stack([directions[part].mean(0) for part in parts])
    like = F.cosine_similarity(means, directions.mean(0)[None], dim=1).clamp_min(0)
    unlike = 1 - means.square().sum(1)
    return (_normalised(like) + _normalised(unlike)) / 2


def _normalised(score: Float[Tensor, " bins"]) -> Float[Tensor, " bins"]:
    """In shares of 1; even ones of nothing."""
    return score / score.sum() if score.sum() > 0 else torch.full_like(score, 1 / len(score))


def quotas(shares: Float[Tensor, " bins"], room: list[int], count: int, generator: torch.Generator) -> list[int]:
    """How many of `count` items each bin gives, which is within one of its share; what has no room there goes to bins
    with most of it left. Which bins round up is drawn."""
    places = (torch.arange(count) + torch.rand((), generator=generator)) / count
    owners = torch.bucketize(places, shares.cumsum(0)[:-1])
    taken = torch.minimum(torch.bincount(owners, minlength=len(room)), torch.tensor(room))
    while taken.sum() < count:
        taken[(torch.tensor(room) - taken).argmax()] += 1
    return [int(take) for take in taken]
