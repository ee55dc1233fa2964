"""GraNd (Paul et al., NeurIPS 2021): real examples of a class by the length of the loss's gradient early in training.

The gradient is that of the last layer; the choice and the differences from the paper are those of EL2N.
"""

from __future__ import annotations

from dataclasses import replace

from condenset.methods import el2n
from condenset.recipe import coreset
from condenset.starts.grand import START

METHOD = replace(el2n.METHOD, recipe=coreset(START))
