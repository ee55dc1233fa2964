"""K-center greedy (Sener & Savarese, ICLR 2018): real examples that cover their class."""

from __future__ import annotations

from condenset.core.reported import Reported
from condenset.recipe import Method, coreset
from condenset.starts.k_center import k_center

METHOD = Method(
    family="coreset",
    title="Active Learning for Convolutional Neural Networks: A Core-Set Approach",
    venue="ICLR",
    year=2018,
    arxiv="1708.00489",
    needs=(),
    recipe=coreset(k_center),
    reported=(
        Reported("fashion-mnist", "1 per class", "convnet", "dc2021", 0.669, 0.018, "Table 1 of DC"),
        Reported("fashion-mnist", "10 per class", "convnet", "dc2021", 0.547, 0.015, "Table 1 of DC"),
        Reported("mnist", "1 per class", "convnet", "dc2021-mnist", 0.893, 0.015, "Table 1 of DC"),
        Reported("mnist", "10 per class", "convnet", "dc2021-mnist", 0.844, 0.017, "Table 1 of DC"),
    ),
)
