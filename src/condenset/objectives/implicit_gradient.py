"""Implicit gradients through a convex inner problem (Loo et al., RCIG, ICML 2023, arXiv 2302.06755).

The network is replaced by its tangents at the drawn parameters: features F that do not move, and outputs J w that are
linear in a change w of all parameters but the head's weights. The set of n examples teaches w and a head v,

    minimise over w and v   |Y - J w - F v|^2 + r n (|w|^2 + |v|^2).

The solution is w = J' a and v = F' a with K a = Y, where K = J J' + F F' + r n I. The loss on real examples depends on
the set directly, through v as w is held, and through w. With g the loss's derivative in w and q = g - J' K^-1 J g, the
second part is the gradient of (J q)' A (Y - J w), A = (F F' + r n I)^-1, where q and w are held: nothing is unrolled
and no gradient is differentiated.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.execution import HERE, Execution
from condenset.core.float64 import float64
from condenset.core.rng import Rng
from condenset.kernels.conjugate_gradient import conjugate_gradient
from condenset.kernels.ridge import ridge_solve
from condenset.learners.tangents import Tangents, compiled_products
from condenset.nets.compiled import repays
from condenset.objectives.feature_ridge import calibrated_loss, with_mirrored
from condenset.sources.source import Draw
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task

_PASSES = 5  # forward passes that the products with the tangents of an example cost: 2 and 3


@dataclass(frozen=True)
class ImplicitGradient:
    """How the inner problem is set and how its linear systems are solved.

    Attributes:
        regulariser: r, per example of the set.
        exact: examples of the set times outputs up to which K is held and solved with.
        products: conjugate-gradient steps with K where it is larger.
        limit: how long the implicit part may be beside the direct one, per tensor; it is shortened to that.
        mirrored: whether the set is joined by its left-right mirror images.
    """

    second_order: ClassVar[bool] = True

    regulariser: float = 5e-4
    exact: int = 2048
    products: int = 30
    limit: float = 1.0
    mirrored: bool = False

    def loss(
        self, synthetic: SyntheticSet, real: Batch, draw: Draw, task: Task, rng: Rng, execution: Execution = HERE
    ) -> Float[Tensor, ""]:
        """Calibrated cross-entropy on real examples; its gradient is the direct and the implicit part together."""
        decoded = with_mirrored(synthetic.decode()) if self.mirrored else synthetic.decode()
        learnt = decoded.inputs, task.target.centred(decoded.targets)
        images, labels = leaves = [tensor.detach().requires_grad_() for tensor in learnt]
        network = draw.network
        inner = _Inner(Tangents(network, images), labels, self.regulariser * len(decoded), self)
        change = inner.taught().requires_grad_()
        rest, features = inner.rest(change)
        fast = not network.buffers and repays(network.module, task.input_spec, _PASSES * len(real), execution)
        query = Tangents(network, real.inputs, compiled_products(network.module) if fast else None)
        loss, by_change, *direct = _outer(query, change, features.T @ rest, real, task, leaves)
        steered = inner.moved(inner.adjoint(by_change))
        implicit = torch.autograd.grad((steered * rest).sum(), leaves)
        gradients = [d + self._limited(i, d) for d, i in zip(direct, implicit, strict=True)]
        pulls = [((t - t.detach()) * g).sum() for t, g in zip(learnt, gradients, strict=True)]
        return loss + torch.stack(pulls).sum()

    def _limited(self, implicit: Tensor, direct: Tensor) -> Tensor:
        length = implicit.norm().clamp_min(torch.finfo(implicit.dtype).tiny)
        return implicit * (self.limit * direct.norm() / length).clamp(max=1)


def _outer(
    query: Tangents, change: Tensor, head: Tensor, real: Batch, task: Task, leaves: list[Tensor]
) -> tuple[Tensor, ...]:
    """The loss at the query, then its derivatives in the change and, where that is held, in the set's leaves.

    Args: head, v, which depends on the change and the leaves; its graph is kept.
    """
    with torch.no_grad():
        moved, features = query.moved(change)
    moved.requires_grad_()
    loss = calibrated_loss(moved + features @ head, real, task)
    by_moved, by_head, *direct = torch.autograd.grad(loss, [moved, change, *leaves], retain_graph=True)
    return loss.detach(), query.pulled(by_moved) + by_head, *direct


class _Inner:
    """The inner problem of one set."""

    def __init__(self, tangents: Tangents, labels: Tensor, ridge: float, how: ImplicitGradient) -> None:
        self._tangents, self._labels, self._ridge, self._how = tangents, labels, ridge, how
        self._features = tangents.features()

    def taught(self) -> Tensor:
        """w = J' K^-1 Y, flat."""
        return self._tangents.pulled(self._solved(self._labels.detach()))

    def adjoint(self, by_change: Tensor) -> Tensor:
        """q = g - J' K^-1 J g, flat."""
        with torch.no_grad():
            moved = self.moved(by_change)
        return by_change - self._tangents.pulled(self._solved(moved))

    def rest(self, change: Tensor) -> tuple[Float[Tensor, "n outputs"], Float[Tensor, "n d"]]:
        """A (Y - J w) and F, differentiable in the set and the change w; the head v is their product."""
        moved, features = self._tangents.moved(change)
        wide = float64(features)
        eye = torch.eye(len(wide), dtype=wide.dtype, device=wide.device)
        rows = float64(self._labels - moved)
        return torch.linalg.solve(wide @ wide.T + self._ridge * eye, rows).to(moved), features

    def moved(self, change: Tensor) -> Float[Tensor, "n outputs"]:
        """J change, differentiable in the set."""
        return self._tangents.moved(change)[0]

    def _solved(self, rows: Tensor) -> Tensor:
        """K^-1 rows (n, outputs)."""
        if rows.numel() <= self._how.exact:
            return ridge_solve(self._kernel, rows.reshape(-1, 1), regulariser=0.0).to(rows).view_as(rows)
        return conjugate_gradient(self._product, rows.flatten(), self._how.products).view_as(rows)

    @cached_property
    def _kernel(self) -> Float[Tensor, "rows rows"]:
        wide = float64(self._features)
        kernel = float64(self._tangents.kernel())
        eye = torch.eye(len(kernel) // len(wide), dtype=wide.dtype, device=wide.device)
        kernel += torch.kron(wide @ wide.T, eye)
        kernel.diagonal().add_(self._ridge)
        return kernel

    def _product(self, flat: Tensor) -> Tensor:
        rows, features = flat.view_as(self._labels), self._features
        with torch.no_grad():
            moved = self.moved(self._tangents.pulled(rows))
        return (moved + features @ (features.T @ rows) + self._ridge * rows).flatten()
