"""Named random streams: every random number has an address, so a run repeats, resumes and splits exactly.

A stream is a seed and a path of names. A generator is made from the address alone, never from what was drawn
before, so a step draws the same numbers whether or not the run was interrupted in between.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import torch


@dataclass(frozen=True)
class Rng:
    """A random stream, addressed by `seed` and `path`.

    Example: `Rng(0).child("augment", step).torch()` is a fresh `torch.Generator`, the same in every process.
    """

    seed: int
    path: tuple[str | int, ...] = ()

    def child(self, *names: str | int) -> Rng:
        """The stream below this one; different names give independent numbers."""
        return Rng(self.seed, self.path + names)

    def integer(self) -> int:
        """The stream's own number, in [0, 2^63)."""
        text = repr((self.seed, *self.path))
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1

    def torch(self, device: torch.device | str = "cpu") -> torch.Generator:
        """A new torch generator at the beginning of this stream."""
        return torch.Generator(device=device).manual_seed(self.integer())

    def numpy(self) -> np.random.Generator:
        """A new NumPy generator at the beginning of this stream."""
        return np.random.default_rng(self.integer())
