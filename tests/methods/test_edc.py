"""EDC on the handwritten digits: G-VBSM from real images with statistics by class."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from condenset.recipe import recipe_for
from condenset.starts.random import random
from tests.examples import digits
from tests.methods.recovering import recovered


def test_it_is_g_vbsm_with_a_real_start_statistics_by_class_and_weak_crops() -> None:
    counts = torch.full((10,), 3)
    ours, theirs = (recipe_for(name, digits(), counts, {}) for name in ("edc", "g-vbsm"))
    assert (ours.start, ours.objective.by_group, ours.objective.zoom.until) == (random, 0.5, 0.0)
    own = replace(ours.objective, by_group=0.0, zoom=None, thinness=1.0)
    assert replace(ours, start=theirs.start, objective=own, steps=theirs.steps) == theirs


@pytest.mark.slow
def test_noise_becomes_what_the_networks_know() -> None:
    begun, ended = recovered("edc", {"start": "noise"})
    assert ended > begun + 0.2
