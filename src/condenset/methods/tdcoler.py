"""TDColER: rows that are typical in a latent space of their columns, in which classes lie apart.

Differences from the paper, which searches for the settings of each table's encoder in 500 trials: one setting for all
tables, of those that it tries, and fewer rounds. Of its encoders the perceptron, of its outputs the nearest rows.
"""

from __future__ import annotations

from condenset.recipe import Method, coreset
from condenset.starts.latent_medoids import LatentMedoids

METHOD = Method(
    family="coreset",
    title="On Learning Representations for Tabular Data Distillation",
    venue="arXiv",
    year=2025,
    arxiv="2501.13905",
    needs=("columns",),
    recipe=coreset(LatentMedoids()),
)
