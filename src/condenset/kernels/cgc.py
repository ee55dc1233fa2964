"""The closed forms of CGC: confidences of a linear probe, means weighted by them, edges by similarity, and features
whose propagation gives the means (Gao et al., Rethinking and Accelerating Graph Condensation, WWW 2025, 2405.13707)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor

from condenset.core.propagation import normalise_adjacency

_PROPAGATED = 3  # times that features of the set are propagated, as released
_FLOOR = 1e-10  # of a degree


def linear_probe(
    hops: Sequence[Float[Tensor, "n d"]], labels: Float[Tensor, "n outputs"]
) -> Float[Tensor, "d outputs"]:
    """Least squares of least norm from the mean over hops of examples' features to their label rows."""
    mean = torch.stack(list(hops)).mean(0)
    return torch.linalg.lstsq(mean, labels, driver="gelsd").solution


def confidences(scores: Float[Tensor, "n outputs"], labels: Int[Tensor, " n"]) -> Float[Tensor, " n"]:
    """The softmax of the own class's score, (n,); where another class scores best, the least of all."""
    own = scores.softmax(1).gather(1, labels[:, None])[:, 0]
    return own.where(scores.argmax(1) == labels, own.min())


def confident_means(
    vectors: Float[Tensor, "n d"], owners: Int[Tensor, " n"], confidence: Float[Tensor, " n"], temperature: float
) -> Float[Tensor, "k d"]:
    """The mean of every cluster, weighted by a softmax of confidence / temperature; clusters are 0, ..., k - 1."""
    powers = ((confidence - confidence.max()) / temperature).exp()
    clusters = int(owners.max()) + 1
    totals = powers.new_zeros(clusters).index_add(0, owners, powers)
    shares = (powers / totals[owners])[:, None]
    return vectors.new_zeros(clusters, vectors.shape[1]).index_add(0, owners, shares * vectors)


def similarity_edges(vectors: Float[Tensor, "k d"], threshold: float) -> Float[Tensor, "k k"]:
    """1 between vectors whose cosine is above the threshold, else 0; a zero diagonal."""
    directions = torch.nn.functional.normalize(vectors, dim=1)
    return (directions @ directions.T > threshold).to(vectors).fill_diagonal_(0)


def unpropagated(vectors: Float[Tensor, "k d"], adjacency: Float[Tensor, "k k"], scale: float) -> Float[Tensor, "k d"]:
    """Features X whose propagation is near `vectors` H and which change little along edges.

    They solve (Q Q^T + L) X = scale Q^T H with Q the cube of the normalised adjacency and L the normalised Laplacian of
    the edges, (k, k).
    """
    cube = torch.linalg.matrix_power(normalise_adjacency(adjacency), _PROPAGATED)
    degrees = adjacency.sum(1)
    roots = (degrees + _FLOOR).rsqrt()
    laplacian = roots[:, None] * (torch.diag(degrees) - adjacency) * roots
    return torch.linalg.solve(cube @ cube.T + laplacian, scale * cube.T @ vectors)
