"""How far two views of the same examples are from telling the same by numbers that tell different things."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor

_EPS = 1e-5  # added to variances


def redundancy(first: Float[Tensor, "n d"], second: Float[Tensor, "n d"], balance: float = 0.005) -> Float[Tensor, ""]:
    """The loss of Zbontar et al., Barlow Twins, ICML 2021, arXiv 2103.03230.

    Of the correlations (d, d) between the numbers of one view and those of the other: squared distance of the diagonal
    from 1, and `balance` times the squares beside it.
    """
    correlations = _standardised(first).mT @ _standardised(second) / len(first)
    alike = (1 - correlations.diagonal()).square().sum()
    return alike + balance * (correlations.square().sum() - correlations.diagonal().square().sum())


def _standardised(values: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
    return (values - values.mean(0)) * (values.var(0, correction=0) + _EPS).rsqrt()
