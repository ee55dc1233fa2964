"""First and second derivatives of a loss by flat parameters and by the batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.func import grad

Tensors = tuple[Tensor, ...]
Loss = Callable[..., Tensor]  # (flat parameters, *batch) -> scalar


class Derivatives:
    """First and second derivatives of a loss, as pure functions of tensors, so that each can be compiled.

    Attributes:
        gradient: `(parameters, *batch) -> ` the derivative in the parameters, (p,) both.
    """

    def __init__(self, loss: Loss, prepare: Callable[[Callable[..., Any]], Callable[..., Any]] | None = None) -> None:
        """Args: loss, a pure function; prepare, applied to every derivative, such as a compiler."""
        self._loss, self._prepare = loss, prepare or (lambda function: function)
        self._second: dict[tuple[int, ...], Callable[..., Tensors]] = {}
        self.gradient: Callable[..., Tensor] = self._prepare(grad(loss))

    def second(self, wanted: tuple[int, ...]) -> Callable[..., Tensors]:
        """`(pull, parameters, *batch) -> ` derivatives of <gradient, pull> in the wanted ones of these arguments.

        Args: wanted, places in (parameters, *batch): 0 is the parameters.
        """
        if wanted not in self._second:

            def pulled(pull: Tensor, *arguments: Tensor) -> Tensors:
                def along(*arguments: Tensor) -> Tensor:
                    return grad(self._loss)(*arguments).dot(pull)

                return grad(along, argnums=wanted)(*arguments)

            self._second[wanted] = self._prepare(pulled)
        return self._second[wanted]

    def differentiable(self, parameters: Tensor, *batch: Tensor) -> Tensor:
        """The gradient, of the parameters' shape, differentiable once in what requires a gradient, by `second`."""
        gradient: Tensor = _Gradient.apply(self, parameters, *batch)
        return gradient


class _Gradient(torch.autograd.Function):
    """A gradient that keeps its arguments alone, and what it is by them."""

    @staticmethod
    def forward(ctx: Any, derivatives: Derivatives, *arguments: Tensor) -> Tensor:
        """The derivative in the first argument."""
        ctx.derivatives = derivatives
        ctx.save_for_backward(*arguments)
        return derivatives.gradient(*(argument.detach() for argument in arguments))

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, pull: Tensor) -> tuple[Tensor | None, ...]:
        """Derivatives of <gradient, pull> in the arguments that require it."""
        wanted = tuple(place for place, needed in enumerate(ctx.needs_input_grad[1:]) if needed)
        gradients = ctx.derivatives.second(wanted)(pull, *(argument.detach() for argument in ctx.saved_tensors))
        by_place = dict(zip(wanted, gradients, strict=True))
        return None, *(by_place.get(place) for place in range(len(ctx.saved_tensors)))
