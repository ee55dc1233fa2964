"""Propagation over a graph: D^-1/2 (A + I) D^-1/2, its inverse, and blocks of both.

Kipf & Welling 2017, "Semi-supervised classification with graph convolutional networks", arXiv 1609.02907.
"""

from __future__ import annotations

import warnings

import numpy as np
import scipy.sparse as sp
import torch
from jaxtyping import Float, Int
from torch import Tensor

from condenset.core.errors import RequestError

_ASYMMETRY = 1e-5  # of the largest weight: what float32 rounding explains


def normalise_adjacency(adjacency: Float[Tensor, "n n"] | sp.sparray | sp.spmatrix) -> Tensor:
    """D^-1/2 (A + I) D^-1/2 with D the row sums of A + I, in the dtype of A.

    Args: adjacency, (n, n) symmetric and non-negative (`expect_weights`): a dense tensor gives a dense tensor,
        differentiable in it; a SciPy sparse matrix gives a sparse CSR tensor. The identity is always added, so A
        should hold no self-loops.
    """
    if isinstance(adjacency, Tensor):
        looped = adjacency + torch.eye(len(adjacency), dtype=adjacency.dtype, device=adjacency.device)
        scale = looped.sum(1).rsqrt()
        return looped * (scale[:, None] * scale)
    pairs = sp.coo_array(adjacency + sp.eye_array(adjacency.shape[0], dtype=adjacency.dtype))
    roots = 1 / np.sqrt(pairs.sum(axis=1))
    values = (pairs.data * (roots[pairs.row] * roots[pairs.col])).astype(adjacency.dtype)
    return _csr_tensor(sp.csr_array((values, (pairs.row, pairs.col)), shape=pairs.shape))


def recover_adjacency(propagation: Float[Tensor, "n n"]) -> Float[Tensor, "n n"]:
    """The dense adjacency A without self-loops whose propagation was given.

    Since A has a zero diagonal, P_ii = 1 / d_i and A_ij = P_ij / sqrt(P_ii P_jj). That needs no other entry, so the
    block of P at some nodes gives the block of A there.
    Raises `RequestError` where a diagonal entry is not above 0: such a matrix propagates without self-loops.
    """
    diagonal = propagation.diagonal()
    if bool((diagonal <= 0).any()):
        raise RequestError(
            f"propagation has a diagonal entry of {diagonal.min().item():.3g}: expected D^-1/2 (A + I) D^-1/2, whose "
            "diagonal is positive; make it with normalise_adjacency"
        )
    scale = diagonal.rsqrt()
    adjacency = propagation * (scale[:, None] * scale)
    return adjacency - torch.diag_embed(adjacency.diagonal())


def dense_block(propagation: Tensor, index: Int[Tensor, " chosen"]) -> Float[Tensor, "chosen chosen"]:
    """Rows and columns `index` of a dense or sparse CSR matrix, dense."""
    if propagation.layout != torch.sparse_csr:
        return propagation[index][:, index]
    parts = (propagation.values(), propagation.col_indices(), propagation.crow_indices())
    matrix = sp.csr_array(tuple(part.cpu().numpy() for part in parts), shape=tuple(propagation.shape))
    chosen = index.cpu().numpy()
    return torch.from_numpy(matrix[chosen][:, chosen].toarray()).to(propagation.device)


def edges_of(propagation: Tensor) -> tuple[Int[Tensor, "2 edges"], Float[Tensor, " edges"]]:
    """Row and column (2, edges) of every entry that is not zero of a dense or sparse CSR matrix, and its value.

    Differentiable in the values of a dense matrix.
    """
    if propagation.layout == torch.sparse_csr:
        entries = propagation.to_sparse(layout=torch.sparse_coo).coalesce()
        return entries.indices(), entries.values()
    index = propagation.detach().nonzero().T
    return index, propagation[index[0], index[1]]


def expect_weights(adjacency: Float[Tensor, "..."]) -> None:
    """Raises `RequestError` unless this is a symmetric (n, n) matrix of finite weights of 0 or more."""
    shape = tuple(adjacency.shape)
    if len(shape) != 2 or shape[0] != shape[1]:
        raise RequestError(f"adjacency has shape {shape}: expected (nodes, nodes)")
    wrong = ~(torch.isfinite(adjacency) & (adjacency >= 0))
    if bool(wrong.any()):
        raise RequestError(
            f"adjacency holds {adjacency[wrong][0].item():.3g} ({int(wrong.sum())} such entries): "
            "expected finite weights of 0 or more"
        )
    difference = (adjacency - adjacency.T).abs().max().item()
    if difference > _ASYMMETRY * adjacency.max().item():
        raise RequestError(f"adjacency differs from its transpose by {difference:.3g}: expected an undirected graph")


def _csr_tensor(matrix: sp.csr_array) -> Tensor:
    pointers, columns = (torch.from_numpy(part.astype(np.int64)) for part in (matrix.indptr, matrix.indices))
    with warnings.catch_warnings():
        # torch calls the layout "beta"; that is nothing the user of this library could act upon
        warnings.filterwarnings("ignore", message="Sparse CSR tensor support", category=UserWarning)
        return torch.sparse_csr_tensor(
            pointers, columns, torch.from_numpy(matrix.data), matrix.shape, check_invariants=True
        )
