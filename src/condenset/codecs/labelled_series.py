"""Labelled series (channels, time) as networks see them, each as far as it goes where lengths differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from condenset.codecs.codec import Codec
from condenset.codecs.restoring import expect_tensor
from condenset.core.batch import Inputs
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.ragged import Ragged
from condenset.core.spec import Leaf
from condenset.tasks.task import Task

_LENGTH = 4  # bytes


class LabelledSeries(Codec):
    """Stores values (items, channels, longest) float32, which can be learnt.

    Where lengths differ, these are stored beside them, (items,) int32, and stay as they begin.
    """

    lengths: Tensor | None

    def __init__(self, data: Float[Tensor, "items channels longest"], lengths: Int[Tensor, " items"] | None) -> None:
        """Args: data, the values; lengths, of the series; None: all are as long as there is room."""
        super().__init__()
        self.data = nn.Parameter(data.detach().clone().float())
        self.register_buffer("lengths", None if lengths is None else lengths.detach().clone().to(torch.int32))

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Inputs:
        """The series, all or those chosen; 0 beyond their ends."""
        data = self.data if index is None else self.data[index]
        if self.lengths is None:
            return data
        lengths = self.lengths if index is None else self.lengths[index]
        return Ragged(data, lengths.long()).changed(data)

    def fields(self) -> dict[str, Any]:
        """Whether lengths are stored."""
        return {"ragged": self.lengths is not None}

    @staticmethod
    def item_bytes(inputs: Leaf) -> int:
        """Of a series as long as the longest, and of its length where lengths differ."""
        return inputs.nbytes + (_LENGTH if inputs.meaning == Ragged.meaning else 0)

    @classmethod
    def encode(cls, inputs: Inputs, task: Task) -> LabelledSeries:
        """Store series (items, channels, longest). Raises `RequestError` for other data."""
        if isinstance(inputs, Ragged):
            return cls(inputs.values, inputs.steps)
        if isinstance(inputs, Tensor) and inputs.dim() == 3:
            return cls(inputs, None)
        raise RequestError(
            f"codec labelled-series stores series (items, channels, time) and {task.name!r} has none: choose raw"
        )

    @classmethod
    def restore(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> LabelledSeries:
        """Rebuild from "data" (items, channels, longest) and perhaps "lengths" (items,). Raises `ArtifactError`."""
        data = expect_tensor(tensors, "data", 3)
        if not fields.get("ragged"):
            return cls(data, None)
        lengths = expect_tensor(tensors, "lengths", 1, floating=False)
        if len(lengths) != len(data) or int(lengths.min()) < 1 or int(lengths.max()) > data.shape[2]:
            raise ArtifactError(
                f"lengths {lengths.tolist()[:8]} do not fit {len(data)} series of up to {data.shape[2]} steps: "
                f"expected one of 1 to {data.shape[2]} for each"
            )
        return cls(data, lengths)


CODEC = LabelledSeries
