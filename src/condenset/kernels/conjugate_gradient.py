"""Conjugate gradients: a linear system solved with products alone (Hestenes and Stiefel, 1952)."""

from __future__ import annotations

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

Product = Callable[[Tensor], Tensor]


def conjugate_gradient(product: Product, target: Float[Tensor, " n"], steps: int) -> Float[Tensor, " n"]:
    """The approximate solution x of A x = target after `steps` products, from x = 0; fewer where it is exact sooner.

    Args: product, x -> A x for a symmetric positive definite A.
    """
    solution = torch.zeros_like(target)
    residual, direction = target.clone(), target.clone()
    size = residual.dot(residual)
    smallest = size * torch.finfo(target.dtype).eps ** 2
    for _ in range(steps):
        if size <= smallest:
            break
        image = product(direction)
        length = size / direction.dot(image)
        solution = solution + length * direction
        residual = residual - length * image
        previous, size = size, residual.dot(residual)
        direction = residual + size / previous * direction
    return solution
