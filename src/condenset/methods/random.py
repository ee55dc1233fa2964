"""Random real examples: the baseline that every method must beat at the same bytes."""

from __future__ import annotations

from condenset.recipe import Paper, coreset
from condenset.starts.random import random

PAPER = Paper(
    name="random",
    family="coreset",
    title="Random selection, stratified by class",
    venue="baseline",
    year=2018,
    arxiv=None,
    needs=(),
    recipe=coreset(random),
)
