"""GraNd (Paul et al., NeurIPS 2021): real examples of a class by the length of the loss's gradient early in training.

The gradient is that of the last layer; the choice and the differences from the paper are those of EL2N.
"""

from __future__ import annotations

from condenset.recipe import Paper, coreset
from condenset.starts.grand import START

PAPER = Paper(
    name="grand",
    family="coreset",
    title="Deep Learning on a Data Diet: Finding Important Examples Early in Training",
    venue="NeurIPS",
    year=2021,
    arxiv="2107.07075",
    tasks=("image", "tabular"),
    recipe=coreset(START),
)
