"""Training by SGD as one differentiable operation, by the adjoint method.

Back-propagation through K steps keeps the activations of K steps. Here the forward walk keeps the parameter iterates
alone, and the backward walk recomputes one step at a time, so memory grows with K times the parameters and not with
K times the activations; the gradient is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable

from condenset.core.errors import RequestError

InnerLoss = Callable[[Tensor, int, tuple[Tensor, ...]], Tensor]  # (flat parameters, step, leaves) -> scalar


def unrolled_sgd(
    loss: InnerLoss,
    start: Float[Tensor, " p"],
    rates: Float[Tensor, " steps"],
    leaves: Sequence[Tensor],
    momentum: float = 0.0,
    curvature: bool = True,
) -> Float[Tensor, " p"]:
    """Parameters after SGD from `start`: v <- momentum * v + gradient, parameters <- parameters - rate * v.

    Differentiable once, in `start`, `rates` and `leaves`. Kept for the backward walk: steps x p numbers, twice that
    with momentum, and the leaves.

    Args:
        loss: a pure function; it is called twice per step, so what it draws (a mini-batch, an augmentation) may depend
            on the step only. A tensor that it reads from elsewhere is a constant: gradients reach `leaves` alone.
        start: (p,) parameters before the first step.
        rates: (steps,) learning rates; a shared learnt one is `rate.expand(steps)`.
        leaves: what the loss reads, such as decoded inputs and soft labels; integer tensors are constants.
        momentum: heavy-ball coefficient in [0, 1).
        curvature: False holds each step's parameters constant, so that only the direct dependence of its gradient on
            the leaves counts: the gradient of TESLA (Cui et al. 2023, arXiv 2211.10586). True is the exact gradient
            of matching training trajectories (Cazenavette et al. 2022, arXiv 2203.11932).

    Raises:
        RequestError: a momentum outside [0, 1).
    """
    if not 0.0 <= momentum < 1.0:
        raise RequestError(f"momentum is {momentum}, expected a number in [0, 1): 0 is plain SGD")
    walk = _Walk(loss, momentum, curvature)
    end: Tensor = _Unroll.apply(walk, start, rates, *leaves)
    return end


@dataclass(frozen=True)
class _Walk:
    """What the walk does at every step, in either direction; fields as in `unrolled_sgd`."""

    loss: InnerLoss
    momentum: float
    curvature: bool

    def gradient(self, theta: Tensor, step: int, leaves: tuple[Tensor, ...], graph: bool) -> Tensor:
        """Gradient (p,) of the loss in the parameters, itself differentiable where `graph` is true."""
        with torch.enable_grad():
            return torch.autograd.grad(self.loss(theta, step, leaves), theta, create_graph=graph)[0]

    def pulled(self, gradient: Tensor, theta: Tensor, leaves: tuple[Tensor, ...], pull: Tensor) -> list[Tensor]:
        """`pull` times the derivative of the gradient: in the parameters if they count, then in each open leaf."""
        wanted = [theta] * self.curvature + [leaf for leaf in leaves if leaf.requires_grad]
        if not (wanted and gradient.requires_grad):
            return [torch.zeros_like(tensor) for tensor in wanted]
        return list(torch.autograd.grad(gradient, wanted, pull, materialize_grads=True))


class _Unroll(torch.autograd.Function):
    """The walk forwards, and the adjoint of it backwards."""

    @staticmethod
    def forward(ctx: Any, walk: _Walk, start: Tensor, rates: Tensor, *leaves: Tensor) -> Tensor:
        """Final parameters (p,)."""
        steps, size = len(rates), len(start)
        iterates = start.new_empty(steps, size)
        velocities = start.new_empty(steps if walk.momentum else 0, size)
        theta, velocity = start.detach().clone(), torch.zeros_like(start)
        constants = tuple(leaf.detach() for leaf in leaves)
        for step in range(steps):
            iterates[step] = theta
            gradient = walk.gradient(theta.requires_grad_(), step, constants, graph=False)
            velocity = walk.momentum * velocity + gradient
            if walk.momentum:
                velocities[step] = velocity
            theta = theta.detach() - rates[step].detach() * velocity
        ctx.walk = walk
        ctx.save_for_backward(rates, iterates, velocities, *leaves)
        return theta

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, adjoint: Tensor) -> tuple[Tensor | None, ...]:
        """Gradients in (start, rates, leaves), from the last step to the first.

        `adjoint` and `pull` are the derivatives of the result in a step's parameters and in its velocity.
        """
        walk: _Walk = ctx.walk
        rates, iterates, velocities, *saved = ctx.saved_tensors
        needed = ctx.needs_input_grad[3:]
        leaves = tuple(leaf.detach().requires_grad_(need) for leaf, need in zip(saved, needed, strict=True))
        open_grads = [torch.zeros_like(leaf) for leaf in leaves if leaf.requires_grad]
        rate_grads, pull = torch.zeros_like(rates), torch.zeros_like(adjoint)
        for step in reversed(range(len(rates))):
            theta = iterates[step].detach().requires_grad_()
            gradient = walk.gradient(theta, step, leaves, graph=True)
            velocity = velocities[step] if walk.momentum else gradient.detach()
            rate_grads[step] = -adjoint.dot(velocity)
            pull = walk.momentum * pull - rates[step] * adjoint
            parts = walk.pulled(gradient, theta, leaves, pull)
            if walk.curvature:
                adjoint = adjoint + parts.pop(0)
            for total, part in zip(open_grads, parts, strict=True):
                total += part
        found = iter(open_grads)
        return None, adjoint, rate_grads, *(next(found) if need else None for need in needed)
