"""DC: its loops are those of the released code."""

from __future__ import annotations

import torch

from condenset.recipe import recipe_for
from condenset.sources.online import Online
from tests.conftest import golden
from tests.examples import digits


def test_golden_loops() -> None:
    """The released table of outer and inner loops by images per class."""
    arrays = golden("images/dc_loops")
    for per_class, outer, inner in zip(*(arrays[k].tolist() for k in ("ipc", "outer_loop", "inner_loop")), strict=True):
        source = recipe_for("dc", digits(), torch.full((10,), per_class), {}).source
        assert isinstance(source, Online)
        assert (source.outer, source.inner) == (outer, inner), f"at {per_class} images per class"
