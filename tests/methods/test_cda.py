"""CDA on the handwritten digits: SRe2L's recipe with one part more, and images that the network knows in the end."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from condenset.objectives.zoom import Zoom
from condenset.recipe import recipe_for
from tests.examples import digits
from tests.methods.recovering import recovered


def test_it_is_sre2l_with_a_curriculum() -> None:
    counts = torch.full((10,), 3)
    ours, theirs = (recipe_for(name, digits(), counts, {}) for name in ("cda", "sre2l"))
    assert replace(ours, objective=replace(ours.objective, zoom=None)) == theirs
    assert ours.objective.zoom == Zoom(0.08, 1.0)


@pytest.mark.slow
def test_images_become_those_that_the_network_knows() -> None:
    begun, ended = recovered("cda")
    assert ended > begun + 0.2
