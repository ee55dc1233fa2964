"""ZCA whitening of images: with the absolute regulariser of the trajectory papers, and FRePo's relative one."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.core.errors import DataError

_CHUNK = 8192  # examples whose outer products are summed at once; bounds the memory of a fit


@dataclass(frozen=True)
class Whitening:
    """A fitted whitening of flattened examples of d values.

    Attributes:
        mean: (d,) of the examples it was fitted on.
        matrix: (d, d) symmetric, applied to centred rows.
        inverse: (d, d) symmetric, its inverse.
    """

    mean: Float[Tensor, " d"]
    matrix: Float[Tensor, "d d"]
    inverse: Float[Tensor, "d d"]

    def apply(self, images: Float[Tensor, " n *shape"]) -> Float[Tensor, " n *shape"]:
        """Whitened examples, in the same shape."""
        return ((images.flatten(1) - self.mean) @ self.matrix).view_as(images)

    def invert(self, whitened: Float[Tensor, " n *shape"]) -> Float[Tensor, " n *shape"]:
        """Examples as they were before whitening, in the same shape."""
        return (whitened.flatten(1) @ self.inverse + self.mean).view_as(whitened)


def zca_absolute(images: Float[Tensor, " n *shape"], eps: float = 0.1) -> Whitening:
    """Whitening U (S + eps)^(-1/2) U' of the sample covariance U S U', divisor n - 1, as MTT uses it.

    Args: images, before any normalisation, in [0, 1]; eps, in the unit of a variance of the images.
    Raises `DataError` for fewer than two images.
    """
    mean, scatter = _moments(images)
    values, vectors = torch.linalg.eigh(scatter / (len(images) - 1))
    return _whitening(mean, values.clamp_min(0) + eps, vectors)


def zca_relative(images: Float[Tensor, " n *shape"], strength: float = 0.1) -> Whitening:
    """Whitening U S^(-1/2) U' of the covariance (divisor n) plus strength * trace / d on its diagonal, as in FRePo.

    With n images of more than n values, the directions from the n-th on, which no image reaches, keep their scale;
    as in the released code one more unreached direction, which centring frees, does not.

    Args: images, standardised per channel; strength, relative to the mean variance.
    Raises `DataError` for fewer than two images.
    """
    mean, scatter = _moments(images)
    values, vectors = torch.linalg.eigh(scatter / len(images))
    values = values.clamp_min(0) + strength * values.mean()
    unspanned = max(0, len(values) - len(images))
    values[:unspanned] = 1
    return _whitening(mean, values, vectors)


def _moments(images: Tensor) -> tuple[Tensor, Tensor]:
    if len(images) < 2:
        raise DataError(f"whitening was given {len(images)} image(s): it needs at least 2 to fit a covariance")
    rows = images.flatten(1)
    mean = rows.mean(0)
    scatter = rows.new_zeros(rows.shape[1], rows.shape[1])
    for start in range(0, len(rows), _CHUNK):
        centred = rows[start : start + _CHUNK] - mean
        scatter.addmm_(centred.T, centred)
    return mean, scatter


def _whitening(mean: Tensor, values: Tensor, vectors: Tensor) -> Whitening:
    root = values.sqrt()
    return Whitening(mean, (vectors / root) @ vectors.T, (vectors * root) @ vectors.T)
