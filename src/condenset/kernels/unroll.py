"""Training as one differentiable operation, by the adjoint method.

Back-propagation through K steps keeps the activations of K steps. Here the forward walk keeps the states of the
parameters alone, and the backward walk recomputes one step at a time, so memory is that of one step whatever K is:
states are kept for a stretch of steps, and at the beginning of every stretch. The gradient is the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable

from condenset.kernels.derivatives import Derivatives, Tensors
from condenset.kernels.descent import Descent, Rule

BatchOf = Callable[[int, Tensors], Tensors]  # (step, leaves) -> batch

_KEPT = 64 * 2**20  # bytes of a stretch of states that are kept rather than computed again; two are at a time


def unrolled(
    derivatives: Derivatives,
    batch_of: BatchOf,
    start: Float[Tensor, " p"],
    rates: Float[Tensor, " steps"],
    leaves: Sequence[Tensor],
    rule: Rule = Descent(),  # noqa: B008
    curvature: bool = True,
    window: int | None = None,
) -> Float[Tensor, " p"]:
    """Parameters after training from `start`, differentiable once in `start`, `rates` and `leaves`.

    Args:
        derivatives: of the loss of one step.
        batch_of: what the loss reads at a step beside the parameters, made from the leaves: a mini-batch, augmented.
            It is called up to three times per step, so what it draws may depend on the step only. A tensor that it
            reads from elsewhere is a constant: gradients reach `leaves` alone.
        start: (p,) parameters before the first step.
        rates: (steps,) learning rates; a shared learnt one is `rate.expand(steps)`.
        leaves: what batches are made of, such as decoded inputs and soft labels; integer tensors are constants.
        rule: how a gradient becomes a step.
        curvature: False holds each step's parameters constant, so that only the direct dependence of its gradient on
            the leaves counts: the gradient of TESLA (Cui et al. 2023, arXiv 2211.10586). True is the exact gradient
            of matching training trajectories (Cazenavette et al. 2022, arXiv 2203.11932).
        window: steps at the end that are differentiated; the state that the ones before lead to is a constant (Feng
            et al. 2024, arXiv 2311.07025). None: all.
    """
    whole = len(rates) if window is None else window
    walk = _Walk(derivatives, batch_of, rule, curvature, first=max(0, len(rates) - whole))
    end: Tensor = _Unroll.apply(walk, start, rates, *leaves)
    return end


@dataclass(frozen=True)
class _Walk:
    """What the walk does, in either direction; fields as in `unrolled`, and the first step that is differentiated."""

    derivatives: Derivatives
    batch_of: BatchOf
    rule: Rule
    curvature: bool
    first: int

    def stretch(self, state: Tensor, steps: int) -> int:
        """Steps of which states and gradients are kept together: all that fit, and no fewer than the root of all."""
        each = (state.numel() + state.shape[1]) * state.element_size()
        return max(1, math.isqrt(steps), _KEPT // each)

    def stretches(self, state: Tensor, steps: int) -> list[range]:
        """The differentiated steps, cut into stretches."""
        length = self.stretch(state, steps - self.first)
        return [range(head, min(head + length, steps)) for head in range(self.first, steps, length)]

    def forward(self, state: Tensor, steps: range, rates: Tensor, leaves: Tensors) -> tuple[Tensor, list[Tensor]]:
        """The state after these steps, and before each differentiated one its state with its gradient as a last row."""
        trace = []
        for step in steps:
            gradient = self.derivatives.gradient(state[0], *self.batch_of(step, leaves))
            if step >= self.first:
                trace.append(torch.cat([state, gradient[None]]))
            state = self.rule.advance(state, gradient, rates[step], step)
        return state, trace

    def backward(
        self, adjoint: Tensor, row: Tensor, step: int, rate: Tensor, leaves: Tensors
    ) -> tuple[Tensor, Tensor, Tensors]:
        """Derivatives of the result in the state before a step, in its rate and in its batch's part of the leaves.

        Args: adjoint, the derivative in the state after it; row, of `forward`'s trace.
        """
        with torch.enable_grad():
            state, gradient, rate = (t.detach().requires_grad_() for t in (row[:-1], row[-1], rate))
            after = self.rule.advance(state, gradient, rate, step)
            adjoint, pull, by_rate = torch.autograd.grad(after, (state, gradient, rate), adjoint)
            batch = self.batch_of(step, leaves)
        learnt = tuple(place for place, tensor in enumerate(batch, 1) if tensor.requires_grad)
        wanted = (0,) * self.curvature + learnt
        if not wanted:
            return adjoint, by_rate, ()
        parts = list(self.derivatives.second(wanted)(pull, state[0].detach(), *(t.detach() for t in batch)))
        if self.curvature:
            adjoint[0] += parts.pop(0)
        open_leaves = [leaf for leaf in leaves if leaf.requires_grad]
        made = [batch[place - 1] for place in learnt]
        return adjoint, by_rate, torch.autograd.grad(made, open_leaves, parts, materialize_grads=True) if made else ()


class _Unroll(torch.autograd.Function):
    """The walk forwards, and the adjoint of it backwards."""

    @staticmethod
    def forward(ctx: Any, walk: _Walk, start: Tensor, rates: Tensor, *leaves: Tensor) -> Tensor:
        """Final parameters (p,)."""
        state = walk.rule.begin(start.detach())
        constants = tuple(leaf.detach() for leaf in leaves)
        state, trace = walk.forward(state, range(walk.first), rates.detach(), constants)
        stretches = walk.stretches(state, len(rates))
        heads: list[Tensor] = []
        for steps in stretches:
            heads.append(state)
            state, trace = walk.forward(state, steps, rates.detach(), constants)
        ctx.walk, ctx.stretches = walk, stretches
        ctx.save_for_backward(rates, *leaves, *heads, *trace)
        return state[0].clone()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, result: Tensor) -> tuple[Tensor | None, ...]:
        """Gradients in (start, rates, leaves), from the last step to the first."""
        walk: _Walk = ctx.walk
        needed = ctx.needs_input_grad[3:]
        rates, *saved = ctx.saved_tensors
        leaves = tuple(leaf.detach().requires_grad_(need) for leaf, need in zip(saved, needed, strict=False))
        stretches: list[range] = ctx.stretches
        heads, trace = saved[len(needed) :][: len(stretches)], saved[len(needed) + len(stretches) :]
        totals = [torch.zeros_like(leaf) for leaf in leaves if leaf.requires_grad]
        rate_grads = torch.zeros_like(rates)
        adjoint = torch.zeros_like(walk.rule.begin(result))
        adjoint[0] = result
        for head, steps in zip(reversed(heads), reversed(stretches), strict=True):
            if steps is not stretches[-1]:
                trace = walk.forward(head, steps, rates, tuple(leaf.detach() for leaf in leaves))[1]
            for step in reversed(steps):
                adjoint, rate_grads[step], parts = walk.backward(adjoint, trace.pop(), step, rates[step], leaves)
                for total, part in zip(totals, parts, strict=bool(parts)):
                    total += part
        leaf_grads = iter(totals)
        by_start = adjoint[0] if walk.first == 0 else None
        return None, by_start, rate_grads, *(next(leaf_grads) if need else None for need in needed)
