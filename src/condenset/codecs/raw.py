"""Raw tensor: examples are stored as networks see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from condenset.codecs.restoring import expect_tensor
from condenset.core.batch import Inputs
from condenset.core.errors import RequestError
from condenset.tasks.task import Task


class Raw(nn.Module):
    """Stores (items, *input_shape) float32 and returns it."""

    def __init__(self, data: Float[Tensor, "items ..."]) -> None:
        """Args: data, the examples in the task's input space."""
        super().__init__()
        self.data = nn.Parameter(data.detach().clone().float())

    def forward(self) -> Float[Tensor, "items ..."]:
        """The stored examples, (items, *input_shape)."""
        return self.data

    def origin(self) -> Int[Tensor, " items"]:
        """Every decoded example is its own item."""
        return torch.arange(len(self.data), device=self.data.device)

    def parameter_groups(self) -> dict[str, list[nn.Parameter]]:
        """One group, "data": the examples (items, *input_shape)."""
        return {"data": [self.data]}

    def fields(self) -> dict[str, Any]:
        """The shape of one example."""
        return {"input_shape": list(self.data.shape[1:])}

    @staticmethod
    def examples_per_item() -> int:
        """One."""
        return 1

    @classmethod
    def encode(cls, inputs: Inputs, task: Task) -> Raw:
        """Store the inputs (items, *input_shape). Raises `RequestError` for a graph."""
        if not isinstance(inputs, Tensor):
            raise RequestError(f"codec raw stores tensors and {task.name!r} is a graph: choose the codec graph-nodes")
        return cls(inputs)

    @classmethod
    def restore(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Raw:
        """Rebuild from the tensor "data", (items, *input_shape)."""
        return cls(expect_tensor(tensors, "data", 1 + len(fields["input_shape"])))


CODEC = Raw
