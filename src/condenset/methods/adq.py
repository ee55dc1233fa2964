"""ADQ: as DQ, with more images of the bins that are most like the class, and of those that are most varied.

Differences from the paper: those of DQ, and both scores are cosines of embeddings here, see `starts.bins.worth`. It is
not ahead: of scikit-learn's digits, ten per class taught a ConvNet 94.0 % (one set, two networks), random ones 94.4,
k-means 97.1.
"""

from __future__ import annotations

from condenset.recipe import Method, coreset
from condenset.starts.bins import Bins

METHOD = Method(
    family="coreset",
    title="Adaptive Dataset Quantization",
    venue="AAAI",
    year=2025,
    arxiv="2412.16895",
    needs=("grid", "classes"),
    recipe=coreset(Bins(adaptive=0.5)),
)
