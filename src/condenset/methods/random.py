"""Random real examples: the baseline that every method must beat at the same bytes."""

from __future__ import annotations

from condenset.recipe import Method, coreset
from condenset.starts.random import random

METHOD = Method(
    family="coreset",
    title="Random selection, stratified by class",
    venue="baseline",
    year=2018,
    needs=(),
    recipe=coreset(random),
)
