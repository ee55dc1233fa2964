"""Raw: examples are stored as networks see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jaxtyping import Int
from torch import Tensor, nn

from condenset.codecs.codec import Codec
from condenset.codecs.restoring import expect_tensor
from condenset.core import spec
from condenset.core.batch import Inputs
from condenset.core.errors import RequestError
from condenset.core.spec import Spec
from condenset.core.structure import joint, take
from condenset.tasks.task import Task


class Raw(Codec):
    """Stores the tensors (items, ...) of every example, one or several by name, and returns them.

    Numbers are float32 and can be learnt; ids and masks keep their type and stay as they begin.
    """

    data: nn.Parameter | nn.ParameterDict

    def __init__(self, data: Tensor | Mapping[str, Tensor]) -> None:
        """Args: data, the examples in the task's input space."""
        super().__init__()
        if isinstance(data, Tensor):
            self.data = _stored(data)
        else:
            self.data = nn.ParameterDict({name: _stored(part) for name, part in data.items()})

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Inputs:
        """The stored examples (items, ...), all or those chosen."""
        inputs = self.data if isinstance(self.data, Tensor) else dict(self.data.items())
        return inputs if index is None else take(inputs, index)

    def fields(self) -> dict[str, Any]:
        """The shape of one example, or the shapes of its parts by name."""
        if isinstance(self.data, Tensor):
            return {"input_shape": list(self.data.shape[1:])}
        return {"parts": {name: list(part.shape[1:]) for name, part in self.data.items()}}

    @staticmethod
    def item_bytes(inputs: Spec) -> int:
        """Of an example as it stands."""
        return spec.item_bytes(inputs)

    @classmethod
    def encode(cls, inputs: Inputs, task: Task) -> Raw:
        """Store the inputs (items, ...). Raises `RequestError` for a graph, and for what is more than numbers."""
        if joint(inputs):
            raise RequestError(f"codec raw stores examples one by one and {task.name!r} is a graph: take graph-nodes")
        if not isinstance(inputs, Tensor | Mapping):
            held = spec.describe(task.input_spec)
            raise RequestError(f"codec raw stores numbers and {task.name!r} holds {held}: take {task.modality.codec}")
        return cls(inputs)

    @classmethod
    def restore(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Raw:
        """Rebuild from the tensor "data", (items, ...), or from "data.<part>". Raises `ArtifactError`."""
        if "parts" not in fields:
            return cls(expect_tensor(tensors, "data", 1 + len(fields["input_shape"])))
        parts = {
            name: expect_tensor(tensors, f"data.{name}", 1 + len(shape), floating=None)
            for name, shape in fields["parts"].items()
        }
        return cls(parts)


def _stored(values: Tensor) -> nn.Parameter:
    own = values.detach().clone()
    return nn.Parameter(own.float() if own.is_floating_point() else own, requires_grad=own.is_floating_point())


CODEC = Raw
