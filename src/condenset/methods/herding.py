"""Herding (Welling, ICML 2009): real examples whose running mean follows the mean of their class."""

from __future__ import annotations

from condenset.core.reported import Reported
from condenset.recipe import Method, coreset
from condenset.starts.herding import herding

METHOD = Method(
    family="coreset",
    title="Herding Dynamical Weights to Learn",
    venue="ICML",
    year=2009,
    needs=(),
    recipe=coreset(herding),
    reported=(
        Reported("fashion-mnist", "1 per class", "convnet", "dc2021", 0.67, 0.019, "Table 1 of DC"),
        Reported("fashion-mnist", "10 per class", "convnet", "dc2021", 0.711, 0.007, "Table 1 of DC"),
        Reported("mnist", "1 per class", "convnet", "dc2021-mnist", 0.892, 0.016, "Table 1 of DC"),
        Reported("mnist", "10 per class", "convnet", "dc2021-mnist", 0.937, 0.003, "Table 1 of DC"),
    ),
)
