"""How a run is carried out: where, with how many bits, by which workers, and how much work lies ahead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch

from condenset.core.executor import LOCAL, Executor

Precision = Literal["auto", "float32", "bfloat16"]
PRECISIONS: tuple[Precision, ...] = ("auto", "float32", "bfloat16")


@dataclass(frozen=True)
class Execution:
    """What results depend on only up to rounding.

    Attributes:
        device: where tensors live.
        precision: of compiled networks; "auto" takes bfloat16 where the device multiplies it faster than float32.
        times: how often the same work will be done (steps of a run, networks of an exam); compiling repays if often.
        executor: where jobs run that do not need each other.
        memory: bytes that a pool's networks may take with their real sides, one real side more or less; None: all of
            them. What does not fit is drawn and measured anew.
        disk: bytes that real sides of signals may take in the cache folder, for runs to come; 0 keeps none.
    """

    device: torch.device | str = "cpu"
    precision: Precision = "auto"
    times: int = 1
    executor: Executor = LOCAL
    memory: int | None = None
    disk: int = 0

    @property
    def half(self) -> bool:
        """Whether compiled networks compute in bfloat16."""
        if self.precision != "auto":
            return self.precision == "bfloat16"
        kind = torch.device(self.device).type
        if kind == "cpu":
            return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
        supported = getattr(getattr(torch, kind, None), "is_bf16_supported", None)
        return supported is not None and supported()

    @property
    def stacks(self) -> bool:
        """Whether networks that are trained alike go through the device in one pass, which one would not fill."""
        return torch.device(self.device).type != "cpu" and self.executor is LOCAL


HERE = Execution()  # on the CPU, done once
