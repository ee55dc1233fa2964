"""Numbers of a prior that are learnt before one stage of its decoder after another, from its latent space on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from condenset.codecs.codec import Codec
from condenset.codecs.parametric import Form, Parametric, fields_of, scale_of


@runtime_checkable
class Stage(Form, Protocol):
    """A form that a stage of a decoder makes of the one before."""

    def next(self, numbers: Float[Tensor, "n numbers"]) -> Float[Tensor, "n later"]:
        """What stands before the next stage, of what stands before this one."""


class Descending(Codec):
    """Numbers before the first of several stages, and what is added before each further one, 0 at first, while they are
    learnt in turns (Zhong et al., Hierarchical Features Matter, CVPR 2025, arXiv 2406.05704). What stands before the
    last stage is stored. All are times a scale, as those of `LearntParametric`.
    """

    def __init__(
        self, kind: type[Parametric], stages: Sequence[Stage], numbers: Float[Tensor, "items numbers"]
    ) -> None:
        """Args: kind, of what is stored; stages, one after another; numbers, before the first."""
        super().__init__()
        self._kind, self.stages, self.parts = kind, tuple(stages), nn.ParameterList()
        for number, stage in enumerate(self.stages):
            if number:
                numbers = self.stages[number - 1].next(numbers).detach()
            scale = scale_of(stage, numbers)
            self.register_buffer(f"scale{number}", scale)
            self.parts.append(nn.Parameter(torch.zeros_like(numbers) if number else numbers * scale))

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Float[Tensor, "items channels height width"]:
        """Images (items, channels, height, width), all or those chosen."""
        return self.stages[-1](self._numbers(index))

    def turn(self, done: float) -> None:
        """See `Codec.turn`: stages have equal shares of the run."""
        now = min(int(done * len(self.stages)), len(self.stages) - 1)
        for number, part in enumerate(self.parts):
            part.requires_grad_(number == now)

    def fields(self) -> dict[str, Any]:
        """As of what is stored."""
        return fields_of(self.stages[-1])

    def stored(self) -> Parametric:
        """What stands before the last stage."""
        return self._kind(self.stages[-1], self._numbers())

    def _numbers(self, index: Int[Tensor, " chosen"] | None = None) -> Float[Tensor, "items numbers"]:
        own = [part / self.get_buffer(f"scale{number}") for number, part in enumerate(self.parts)]
        numbers, *added = own if index is None else [part[index] for part in own]
        for stage, more in zip(self.stages, added, strict=False):
            numbers = stage.next(numbers) + more
        return numbers
