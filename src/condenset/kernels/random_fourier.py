"""Gaussian kernel by random Fourier features (Rahimi and Recht, 2007): its rank is fixed, its cost linear."""

from __future__ import annotations

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Inputs
from condenset.core.rng import Rng
from condenset.core.structure import as_rows
from condenset.kernels.random_features import feature_kernel, fourier_features, gaussian_frequencies


@dataclass(frozen=True)
class RandomFourier:
    """exp(-|x - y|^2 / (2 bandwidth^2 d)) for examples (n, d) once flattened, approximated with `count` frequencies.

    Attributes:
        count: number of random frequencies; the error falls as 1 / sqrt(count).
        bandwidth: length scale as a root-mean-square difference per entry, so that one value serves inputs of
            any size whose entries are standardised.
        seed: of the frequencies; the same seed and input size give the same kernel in every process.
    """

    count: int = 1024
    bandwidth: float = 1.0
    seed: int = 0

    def __call__(self, a: Inputs, b: Inputs) -> Float[Tensor, "na nb"]:
        """Kernel matrix between flattened (na, ...) and (nb, ...) tensors. Raises `RequestError` for a graph."""
        rows, columns = as_rows(a, "kernel 'random-fourier'"), as_rows(b, "kernel 'random-fourier'")
        entries = rows.shape[1]
        stream = Rng(self.seed).child("random-fourier", entries)
        frequencies = gaussian_frequencies(entries, self.count, self.bandwidth * entries**0.5, stream).to(rows)
        return feature_kernel(fourier_features(rows, frequencies), fourier_features(columns, frequencies))


KERNEL = RandomFourier()
