"""Distances between two signals, one number per group.

A signal is a list of tensors, such as one per parameter, shaped (groups, ...), in the same order on both sides; the
results are (groups,) in the tensors' dtype, differentiable in both. All raise `RequestError` for lists that do not
pair up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.core.errors import RequestError

_NORM_FLOOR = 1e-6  # added to the product of the norms, so that a zero row counts 1 and not NaN
_PHASE_FLOOR = 1e-12  # of the phase part, so that the root has a finite slope


def layerwise_cosine(real: Sequence[Tensor], synthetic: Sequence[Tensor]) -> Float[Tensor, " groups"]:
    """Sum over output units of 1 - cosine; one-dimensional parameters such as biases count 0.

    A parameter of two or more dimensions reads as (first dimension, the rest), so weights must be stored out x in.
    Zhao, Mopuri & Bilen 2021, "Dataset condensation with gradient matching", arXiv 2006.05929; GCond, arXiv 2110.07580.
    """

    def units(a: Tensor, b: Tensor) -> Tensor:
        return _cosine_distance(a.flatten(2), b.flatten(2)).sum(1) if a.ndim > 2 else a.new_zeros(len(a))

    return _total(real, synthetic, units)


def squared_error(real: Sequence[Tensor], synthetic: Sequence[Tensor]) -> Float[Tensor, " groups"]:
    """Sum of squared differences over all parameters, (groups, ...) each."""
    return _total(real, synthetic, lambda a, b: (a - b).flatten(1).square().sum(1))


def relative_error(real: Sequence[Tensor], synthetic: Sequence[Tensor]) -> Float[Tensor, " groups"]:
    """Squared error over all parameters, (groups, ...) each, as a share of the real side's square.

    Jin et al. 2022, "Condensing graphs via one-step gradient matching" (DosCond), arXiv 2206.07746.
    """
    size = squared_error(real, [torch.zeros_like(tensor) for tensor in real])
    return squared_error(real, synthetic) / size.clamp(min=torch.finfo(size.dtype).tiny)


def l1(real: Sequence[Tensor], synthetic: Sequence[Tensor]) -> Float[Tensor, " groups"]:
    """Sum of absolute differences over all parameters, (groups, ...) each (Kim et al. 2022, IDC, arXiv 2205.14959)."""
    return _total(real, synthetic, lambda a, b: (a - b).flatten(1).abs().sum(1))


def global_cosine(real: Sequence[Tensor], synthetic: Sequence[Tensor]) -> Float[Tensor, " groups"]:
    """1 - cosine between the rows of all parameters side by side, (groups, p), biases included."""
    _check(real, synthetic)
    return _cosine_distance(_joined(real), _joined(synthetic))


def joint_cosine(real: Sequence[Tensor], synthetic: Sequence[Tensor]) -> Float[Tensor, " groups"]:
    """1 - cosine between the sums over all groups, shared out equally: what all groups have in common cancels.

    Cazenavette et al. 2025, "Dataset distillation for pre-trained self-supervised vision models", arXiv 2511.16674.
    """
    _check(real, synthetic)
    distance = _cosine_distance(_joined(real).sum(0), _joined(synthetic).sum(0))
    return (distance / len(real[0])).expand(len(real[0]))


def tensorwise_cosine(real: Sequence[Tensor], synthetic: Sequence[Tensor]) -> Float[Tensor, " groups"]:
    """Mean over parameters, (groups, ...) each, of 1 - cosine between them as a whole, biases alike.

    Nguyen et al. 2025, "Synthetic text generation for training large language models via gradient matching" (GRADMM),
    arXiv 2502.17607.
    """

    def whole(a: Tensor, b: Tensor) -> Tensor:
        return _cosine_distance(a.flatten(1), b.flatten(1))

    return _total(real, synthetic, whole) / len(real)


def characteristic(
    real: Sequence[Tensor], synthetic: Sequence[Tensor], amplitude: float = 0.5, phase: float = 0.5
) -> Float[Tensor, " groups"]:
    """Mean over frequencies of the root of weighted amplitude and phase parts (Wang et al. 2025, NCFM, 2502.20653).

    Both sides are the real and the imaginary parts of characteristic functions, two tensors (groups, frequencies). With
    equal weights of 1/2 it is the mean of |difference| / sqrt(2).
    """
    _check(real, synthetic)
    (a, b), (c, d) = real, synthetic
    one, other = (a.square() + b.square()).sqrt(), (c.square() + d.square()).sqrt()
    turned = (2 * (one * other - a * c - b * d)).clamp(min=_PHASE_FLOOR)
    return (amplitude * (one - other).square() + phase * turned).sqrt().mean(1)


def _cosine_distance(a: Float[Tensor, "*rows d"], b: Float[Tensor, "*rows d"]) -> Float[Tensor, "*rows"]:
    norms = torch.linalg.vector_norm(a, dim=-1) * torch.linalg.vector_norm(b, dim=-1)
    distance: Tensor = 1 - (a * b).sum(-1) / (norms + _NORM_FLOOR)
    return distance


def _joined(tensors: Sequence[Tensor]) -> Float[Tensor, "groups p"]:
    return torch.cat([tensor.flatten(1) for tensor in tensors], dim=1)


def _total(
    real: Sequence[Tensor], synthetic: Sequence[Tensor], distance: Callable[[Tensor, Tensor], Tensor]
) -> Float[Tensor, " groups"]:
    """Sum over parameters of `distance`, which maps two (groups, ...) tensors to (groups,)."""
    _check(real, synthetic)
    return torch.stack([distance(a, b) for a, b in zip(real, synthetic, strict=True)]).sum(0)


def _check(real: Sequence[Tensor], synthetic: Sequence[Tensor]) -> None:
    shapes, others = ([tuple(tensor.shape) for tensor in side] for side in (real, synthetic))
    if not shapes or shapes != others or len({shape[:1] for shape in shapes}) > 1:
        raise RequestError(
            f"gradients do not pair up: real {shapes}, synthetic {others}; "
            "expected the same non-empty list of shapes (groups, *parameter shape) on both sides"
        )
