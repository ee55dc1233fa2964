"""How GCond shares synthetic nodes among classes, and the order that its released sets imply for their labels."""

from __future__ import annotations

import torch
from jaxtyping import Int
from torch import Tensor

from condenset.core.errors import BudgetError


def label_allocation(
    labels: Int[Tensor, " n"], rate: float
) -> tuple[Int[Tensor, " synthetic"], Int[Tensor, "classes 3"]]:
    """Labels of the synthetic nodes, and rows (class, start, end) of their contiguous blocks in the same order.

    Classes come in ascending order of their count, ties in order of first appearance. Each gets
    max(int(count x rate), 1) nodes, and the last, most frequent one what remains of int(n x rate). Released sets of
    GCond (Jin et al. 2022, arXiv 2110.07580), DosCond, GDEM and SFGC are laid out like this.

    Args: labels, (n,) classes of the training nodes in the data's order; rate, synthetic nodes per training node.
    Raises `BudgetError` for a rate outside (0, 1], and where nothing remains for the most frequent class: the
    released code then loses that class and exceeds the budget without a word.
    """
    if not 0 < rate <= 1:
        raise BudgetError(f"rate is {rate}: expected more than 0 and at most 1")
    counts: dict[int, int] = {}
    for label in labels.tolist():
        counts[label] = counts.get(label, 0) + 1
    order = sorted(counts, key=lambda label: counts[label])  # stable: ties stay in order of first appearance
    sizes = [max(int(counts[label] * rate), 1) for label in order[:-1]]
    remaining = int(len(labels) * rate) - sum(sizes)
    if remaining < 1:
        raise BudgetError(
            f"rate {rate} of {len(labels)} nodes is {int(len(labels) * rate)} synthetic nodes, and the smaller classes "
            f"already take {sum(sizes)}: nothing remains for class {order[-1]}; raise the rate"
        )
    ends = torch.tensor([*sizes, remaining]).cumsum(0)
    starts = ends - torch.tensor([*sizes, remaining])
    classes = torch.tensor(order)
    return classes.repeat_interleave(ends - starts), torch.stack([classes, starts, ends], 1)
