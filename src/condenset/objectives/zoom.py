"""A curriculum of crops: images are first seen whole, later by ever smaller squares (Yin and Shen, CDA, TMLR 2024,
arXiv 2311.18838)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from condenset.core.rng import Rng
from condenset.kernels.patches import cropped


@dataclass(frozen=True)
class Zoom:
    """How small the squares are.

    Attributes:
        smallest: share of an image that a square covers at least, in the end.
        until: share of the run's steps in which the least share falls from 1 to that, along a cosine; 0: it is that
            from the beginning.
    """

    smallest: float = 0.08
    until: float = 1.0

    def least(self, progress: float) -> float:
        """Share that a square covers at least, after so much of the run."""
        if progress >= self.until:
            return self.smallest
        return self.smallest + (1 - self.smallest) * 0.5 * (1 + math.cos(math.pi * progress / self.until))

    def __call__(self, images: Float[Tensor, "n c h w"], progress: float, rng: Rng) -> Float[Tensor, "n c h w"]:
        """A random square of every image, in the size of the image."""
        return cropped(images, self.least(progress), rng.torch(), images.shape[2], images.shape[3])
