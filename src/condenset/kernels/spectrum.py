"""Spectra of graphs, and GDEM's distances between them (Liu et al., Graph Distillation with Eigenbasis Matching, ICML
2024, arXiv 2310.09202). Eigenvalues are those of the Laplacian I - P of a propagation P."""

from __future__ import annotations

import math

import scipy.sparse as sp
import torch
from jaxtyping import Float
from scipy.sparse import linalg
from torch import Tensor
from torch.nn.functional import normalize

_DENSE = 400  # nodes up to which all eigenvectors are computed


def extreme_eigenpairs(
    propagation: Tensor, count: int, smallest: float
) -> tuple[Float[Tensor, " count"], Float[Tensor, "nodes count"]]:
    """Eigenvalues (count,) of the Laplacian and their vectors (nodes, count), float64: the ceil(count * smallest)
    smallest ones, ascending, then the largest ones.

    Args: propagation, (nodes, nodes) symmetric, dense or sparse CSR; count, up to the number of nodes.
    """
    low = math.ceil(count * smallest)
    if len(propagation) <= max(_DENSE, 2 * count):
        dense = propagation.to_dense().cpu().double()
        values, vectors = torch.linalg.eigh(torch.eye(len(dense), dtype=torch.float64) - dense)
        kept = torch.cat([torch.arange(low), torch.arange(len(values) - (count - low), len(values))])
        return values[kept], vectors[:, kept]
    entries = propagation.cpu().to_sparse(layout=torch.sparse_coo).coalesce()
    place = tuple(entries.indices().numpy())
    matrix = sp.csr_array((entries.values().double().numpy(), place), shape=tuple(propagation.shape))
    start = matrix.sum(axis=0)  # ARPACK would draw one
    parts = [
        linalg.eigsh(matrix, k=some, which=end, v0=start) for some, end in ((low, "LA"), (count - low, "SA")) if some
    ]
    values = torch.cat([1 - torch.from_numpy(found) for found, _ in parts])
    vectors = torch.cat([torch.from_numpy(found) for _, found in parts], 1)
    order = torch.cat([values[:low].argsort(), low + values[low:].argsort()])
    return values[order], vectors[:, order]


def spectral_features(vectors: Float[Tensor, "n k"], features: Float[Tensor, "n d"]) -> Float[Tensor, "k d"]:
    """What features are along every eigenvector, at length 1."""
    return normalize(vectors.T @ features)


def eigenbasis_distance(real: Float[Tensor, "k d"], synthetic: Float[Tensor, "k d"]) -> Float[Tensor, ""]:
    """Mean squared entry of the differences t t^T - s s^T of rows t and s of length 1, without forming these."""
    squared = (real * synthetic).sum(1).square()
    lengths = real.square().sum(1).square() + synthetic.square().sum(1).square()
    return (lengths - 2 * squared).mean() / real.shape[1] ** 2


def low_pass(
    values: Float[Tensor, " k"], vectors: Float[Tensor, "n k"], features: Float[Tensor, "n d"]
) -> Float[Tensor, "n d"]:
    """Features propagated in the span of the eigenvectors: U diag(1 - values) U^T X."""
    return (vectors * (1 - values)) @ (vectors.T @ features)


def class_distance(real: Float[Tensor, "classes d"], synthetic: Float[Tensor, "classes d"]) -> Float[Tensor, ""]:
    """Mean squared difference of the cosines between classes' means (classes, d) of both sides from the identity."""
    cosines = normalize(real) @ normalize(synthetic).T
    return (cosines - torch.eye(len(real), dtype=cosines.dtype, device=cosines.device)).square().mean()


def orthogonality(vectors: Float[Tensor, "n k"]) -> Float[Tensor, ""]:
    """Mean squared difference of U^T U from the identity."""
    gram = vectors.T @ vectors
    return (gram - torch.eye(len(gram), dtype=gram.dtype, device=gram.device)).square().mean()
