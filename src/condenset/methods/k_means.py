"""K-means prototypes (Lloyd 1982): the cluster centres of every class."""

from __future__ import annotations

from condenset.recipe import Method, coreset
from condenset.starts.k_means import k_means

METHOD = Method(
    family="coreset",
    title="Least squares quantization in PCM",
    venue="IEEE Transactions on Information Theory",
    year=1982,
    needs=(),
    recipe=coreset(k_means),
)
