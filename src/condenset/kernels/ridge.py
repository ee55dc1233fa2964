"""Kernel ridge regression in closed form, the inner problem of KIP, RFAD, FRePo, RCIG and GC-SNTK."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.core.errors import DivergenceError
from condenset.core.float64 import float64

# Added to the diagonal in turn, relative to its mean, until the factorisation succeeds.
_JITTERS = (0.0, 1e-12, 1e-10, 1e-8, 1e-6)


def ridge_solve(
    k_ss: Float[Tensor, "n n"],
    y: Float[Tensor, "n outputs"],
    regulariser: float,
    weight: Float[Tensor, " n"] | None = None,
) -> Float[Tensor, "n outputs"]:
    """The coefficients (K + regulariser * trace(K) / n * I)^-1 y, differentiable in `k_ss` and `y`.

    With weights, of which only the proportions count, every example's squared error counts so much: the coefficients
    are S (S K S + regulariser * trace(S K S) / n * I)^-1 S y for S² = weight / mean weight. What has weight 0 is left
    out, and its coefficients are 0.

    Solved in float64 (see `core.float64`) by Cholesky; a jitter of at most 1e-6 of the mean diagonal entry is added
    where the matrix is not numerically positive definite. Returns float64, since coefficients of a weakly regularised
    kernel are large and cancel in the prediction.

    Raises `DivergenceError` where the kernel has values that are not finite, or no jitter helps.
    """
    if weight is not None and bool((weight != weight[0]).any()):
        return _weighted_solve(k_ss, y, regulariser, weight)
    kernel = float64(k_ss)
    if not bool(torch.isfinite(kernel).all()):
        bad = int((~torch.isfinite(kernel)).sum())
        raise DivergenceError(f"{bad} of {kernel.numel()} kernel entries are not finite: lower the learning rate")
    for jitter in _JITTERS:
        factor, info = torch.linalg.cholesky_ex(regularised(kernel, regulariser + jitter))
        if int(info) == 0:
            return torch.cholesky_solve(float64(y), factor)
    smallest, mean = float(torch.linalg.eigvalsh(kernel.detach())[0]), float(kernel.diagonal().mean())
    raise DivergenceError(
        f"the kernel matrix of {len(kernel)} examples has smallest eigenvalue {smallest:.3e} beside a mean diagonal of "
        f"{mean:.3e}, expected positive with regulariser {regulariser:g}: raise the regulariser"
    )


def _weighted_solve(
    k_ss: Float[Tensor, "n n"], y: Float[Tensor, "n outputs"], regulariser: float, weight: Float[Tensor, " n"]
) -> Float[Tensor, "n outputs"]:
    kernel = float64(k_ss)
    chosen = weight.nonzero().flatten().to(kernel.device)
    kept = weight.to(kernel)[chosen]
    root = (kept / kept.mean()).sqrt()[:, None]
    solved = root * ridge_solve(root * kernel[chosen][:, chosen] * root.T, root * float64(y)[chosen], regulariser)
    return solved.new_zeros(y.shape).index_copy(0, chosen, solved)


def regularised(k_ss: Float[Tensor, "n n"], regulariser: float) -> Float[Tensor, "n n"]:
    """K + regulariser * trace(K) / n * I."""
    return k_ss + regulariser * k_ss.diagonal().mean() * torch.eye(len(k_ss), dtype=k_ss.dtype, device=k_ss.device)


def ridge_predict(
    k_ts: Float[Tensor, "targets n"],
    k_ss: Float[Tensor, "n n"],
    y: Float[Tensor, "n outputs"],
    regulariser: float,
    weight: Float[Tensor, " n"] | None = None,
) -> Float[Tensor, "targets outputs"]:
    """Predictions k_ts (k_ss + regulariser * trace / n * I)^-1 y, in the dtype of `k_ts`; see `ridge_solve`."""
    return (float64(k_ts) @ ridge_solve(k_ss, y, regulariser, weight)).to(k_ts)
