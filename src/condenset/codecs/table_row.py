"""Table rows: z-scores and category logits are stored, and every decoded row is legal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from condenset.codecs.codec import Codec
from condenset.codecs.restoring import expect_tensor
from condenset.core.batch import Inputs
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.float64 import float64
from condenset.core.spec import Leaf
from condenset.tasks.columns.column import Column, Date, Number, from_fields, layout, matrix_width, starts, to_fields
from condenset.tasks.columns.keeping import decode_rows, settled, steps_of
from condenset.tasks.columns.rules import Rules, rules_from
from condenset.tasks.task import Task

_SCALE = ("low", "high", "mean", "std", "whole")  # of a column of numbers
_SMOOTHING = 0.05  # added to one-hot places before the logarithm, so that softmax is not saturated at the start


class TableRow(Codec):
    """Stores (items, width) float32: a z-score for every number and date, a logit for every category.

    The forward pass is always legal: numbers lie in the training range, integers on their grid, categories are
    one-hot, and a missing number reads as 0 beside its indicator. Gradients pass straight through rounding and
    clamping, and through the softmax where a category is chosen (Bengio et al., 2013, arXiv 1308.3432). What holds
    between columns of the training rows is kept: one that follows from another is what that other says.
    """

    def __init__(
        self, data: Float[Tensor, "items width"], columns: Sequence[Column], rules: Rules | None = None
    ) -> None:
        """Args: data, z-scores and logits side by side in the order of the columns; rules, which hold between them."""
        super().__init__()
        self.columns, self.rules = tuple(columns), rules or Rules()
        self.data = nn.Parameter(data.detach().clone().float())
        at = starts(self.columns)
        numbers = [(c, start) for c, start in zip(self.columns, at, strict=True) if isinstance(c, Number | Date)]
        self._places = [start for _, start in numbers]
        self._gaps = [(index, start + 2) for index, (c, start) in enumerate(numbers) if c.scale.missing]
        self._steps = steps_of(self.columns, self.rules)
        fields = [[getattr(column.scale, field) for column, _ in numbers] for field in _SCALE]
        self._scale = torch.tensor(fields, dtype=torch.float64)  # no buffer: a device may have no float64

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Float[Tensor, "chosen width"]:
        """Legal rows (items, width) as networks see them, all or those chosen."""
        data = self.data if index is None else self.data[index]
        hard, soft = settled(data, self._steps)
        hard[:, self._places] = self._on_grid(hard[:, self._places])
        for number, gap in self._gaps:
            hard[:, self._places[number]] *= 1 - hard[:, gap]
        return hard + (soft - soft.detach())

    def _on_grid(self, z: Float[Tensor, "items numbers"]) -> Float[Tensor, "items numbers"]:
        wide = float64(z)
        low, high, mean, std, whole = self._scale.to(wide.device)
        values = (wide * std + mean).clamp(low, high)
        values = torch.where(whole.bool(), values.round(), values)
        return ((values - mean) / std).to(z)

    def to_frame(self) -> pd.DataFrame:
        """The decoded rows as a table (items, columns), columns in their order and of their original types."""
        return decode_rows(self().detach().cpu().numpy(), self.columns, self.rules)

    def fields(self) -> dict[str, Any]:
        """The columns and what holds between them, with which a set decodes without its dataset."""
        rules = self.rules.record()
        return {"columns": to_fields(self.columns)} | ({"rules": rules} if rules else {})

    @staticmethod
    def item_bytes(inputs: Leaf) -> int:
        """Of a row of float32 numbers."""
        return inputs.nbytes

    @classmethod
    def encode(cls, inputs: Inputs, task: Task) -> TableRow:
        """Store rows (items, width); a centroid's fractional one-hot becomes the logits that softmax back to it.

        Raises `RequestError` where the task is no table.
        """
        if "columns" not in task.preprocessing or not isinstance(inputs, Tensor):
            raise RequestError(f"codec table-row stores tables and {task.name!r} is none: choose the codec raw")
        columns = from_fields(task.preprocessing["columns"])
        data = inputs.detach().clone().float()
        for start, stop in layout(columns).choices:
            data[:, start:stop] = (data[:, start:stop].clamp(min=0) + _SMOOTHING).log()
        return cls(data, columns, rules_from(task.constraints, columns))

    @classmethod
    def restore(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> TableRow:
        """Rebuild from "data" (items, width). Raises `ArtifactError` where its width or a rule is not the columns'."""
        columns = from_fields(fields.get("columns", ()))
        data = expect_tensor(tensors, "data", 2)
        if data.shape[1] != matrix_width(columns):
            widths = f"{data.shape[1]} wide and the columns are {matrix_width(columns)}"
            raise ArtifactError(f"tensor 'data' is {widths}: tensors and card belong to different sets")
        return cls(data, columns, rules_from(fields.get("rules", {}), columns))


CODEC = TableRow
