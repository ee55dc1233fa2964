"""EL2N (Paul et al., NeurIPS 2021): real examples of a class by the length of the error vector early in training.

Below a fifth of the data the easiest are kept, above it the hardest. Differences from the paper, which prunes a few
tenths of the data and always keeps the hardest: that, and 3 narrow networks of 5 epochs on 1000 examples.
"""

from __future__ import annotations

from condenset.recipe import Method, coreset
from condenset.starts.el2n import START

METHOD = Method(
    family="coreset",
    title="Deep Learning on a Data Diet: Finding Important Examples Early in Training",
    venue="NeurIPS",
    year=2021,
    arxiv="2107.07075",
    needs=("independent",),
    recipe=coreset(START),
)
