"""Implicit gradients through a convex inner problem (Loo et al., RCIG, ICML 2023, arXiv 2302.06755).

The network is replaced by its tangents at the drawn parameters: features F that do not move, and outputs J w that are
linear in a change w of all parameters but the head's weights. The set of n examples teaches w and a head v,

    minimise over w and v   |Y - J w - F v|^2 + r n (|w|^2 + |v|^2).

v is solved for exactly, which leaves (J' A J + I) w = J' A Y with A = (F F' + r n I)^-1; that is solved by conjugate
gradients. The loss on real examples depends on the set directly and through w. With q from a second such system,
(J' A J + I) q = dloss/dw, the second part is the gradient of (J q)' A (Y - J w) where q and w are held: nothing is
unrolled and no gradient is differentiated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Batch, Inputs
from condenset.core.execution import HERE, Execution
from condenset.core.rng import Rng
from condenset.kernels.conjugate_gradient import conjugate_gradient
from condenset.nets.network import Network
from condenset.objectives.feature_ridge import calibrated_loss, with_mirrored
from condenset.sources.source import Draw
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task

_HEAD = "classifier.weight"


@dataclass(frozen=True)
class ImplicitGradient:
    """How the inner problem is set and how far its two linear systems are solved.

    Attributes:
        regulariser: r, per example of the set.
        inner: conjugate-gradient steps towards w.
        inverse: conjugate-gradient steps towards q.
        limit: how long the implicit part may be beside the direct one, per tensor; it is shortened to that.
        mirrored: whether the set is joined by its left-right mirror images.
    """

    second_order: ClassVar[bool] = True

    regulariser: float = 5e-4
    inner: int = 20
    inverse: int = 20
    limit: float = 1.0
    mirrored: bool = False

    def loss(
        self, synthetic: SyntheticSet, real: Batch, draw: Draw, task: Task, rng: Rng, execution: Execution = HERE
    ) -> Float[Tensor, ""]:
        """Calibrated cross-entropy on real examples; its gradient is the direct and the implicit part together."""
        decoded = with_mirrored(synthetic.decode()) if self.mirrored else synthetic.decode()
        assert isinstance(decoded.inputs, Tensor), "tangents are taken of networks that read tensors"
        learnt = decoded.inputs, task.target.centred(decoded.targets)
        images, labels = leaves = [tensor.detach().requires_grad_() for tensor in learnt]
        inner = _Inner(draw.network, images, labels, self.regulariser * len(decoded))
        change = inner.solve(inner.taught(), self.inner).requires_grad_()
        loss = calibrated_loss(inner.predicted(change, real.inputs), real, task)
        by_change, *direct = torch.autograd.grad(loss, [change, *leaves])
        adjoint = inner.solve(inner.free * by_change, self.inverse)
        implicit = torch.autograd.grad(inner.coupling(adjoint, change.detach()), leaves)
        gradients = [d + self._limited(i, d) for d, i in zip(direct, implicit, strict=True)]
        steered = [((t - t.detach()) * g).sum() for t, g in zip(learnt, gradients, strict=True)]
        return loss.detach() + torch.stack(steered).sum()

    def _limited(self, implicit: Tensor, direct: Tensor) -> Tensor:
        length = implicit.norm().clamp_min(torch.finfo(implicit.dtype).tiny)
        return implicit * (self.limit * direct.norm() / length).clamp(max=1)


class _Inner:
    """The inner problem of one set and network. Changes w are flat, with nought for the head's weights."""

    def __init__(self, network: Network, images: Tensor, labels: Tensor, ridge: float) -> None:
        self._network, self._images, self._labels, self._ridge = network, images, labels, ridge
        free = [torch.full_like(p, float(name != _HEAD)) for name, p in network.parameters.items()]
        self.free = torch.cat([part.flatten() for part in free])
        found: Any = torch.func.vjp(self._at(images.detach()), dict(network.parameters))
        (_, self._features), self._pull = found

    def taught(self) -> Tensor:
        """J' A Y, flat."""
        return self._pulled(self._weighed(self._labels.detach(), self._features))

    def solve(self, target: Tensor, steps: int) -> Tensor:
        """(J' A J + I)^-1 of a flat target, nearly."""

        def product(change: Tensor) -> Tensor:
            moved, _ = self._tangents(self._images.detach(), change)
            return self._pulled(self._weighed(moved, self._features)) + change

        return conjugate_gradient(product, target, steps)

    def predicted(self, change: Tensor, query: Inputs) -> Float[Tensor, "n outputs"]:
        """Outputs for other images after the change and with the head that suits it; differentiable in the set."""
        moved, features = self._tangents(self._images, change)
        moved_query, features_query = self._tangents(query, change)
        return moved_query + features_query @ (features.T @ self._weighed(self._labels - moved, features))

    def coupling(self, adjoint: Tensor, change: Tensor) -> Float[Tensor, ""]:
        """(J q)' A (Y - J w), differentiable in the set."""
        steered, features = self._tangents(self._images, adjoint)
        moved, _ = self._tangents(self._images, change)
        return (steered * self._weighed(self._labels - moved, features)).sum()

    def _weighed(self, rows: Tensor, features: Tensor) -> Tensor:
        """A times rows (n, outputs), solved in float64."""
        wide = features.double()
        eye = torch.eye(len(wide), dtype=wide.dtype, device=wide.device)
        return torch.linalg.solve(wide @ wide.T + self._ridge * eye, rows.double()).to(rows)

    def _tangents(self, images: Inputs, change: Tensor) -> tuple[Tensor, Tensor]:
        """J w (n, outputs) and F (n, features)."""
        point, direction = dict(self._network.parameters), self._network.unflatten(change)
        found: Any = torch.func.jvp(self._at(images), (point,), (direction,))
        (_, features), (moved, _) = found
        return moved, features

    def _pulled(self, rows: Tensor) -> Tensor:
        """J' times rows (n, outputs), flat."""
        (found,) = self._pull((rows, torch.zeros_like(self._features)))
        return self.free * torch.cat([found[name].flatten() for name in self._network.parameters])

    def _at(self, images: Inputs) -> Callable[[Mapping[str, Tensor]], tuple[Tensor, Tensor]]:
        def outputs(parameters: Mapping[str, Tensor]) -> tuple[Tensor, Tensor]:
            output = self._network(images, parameters)
            return output.logits, output.embedding

        return outputs
