"""ADQ: bins that are worth more give more."""

from __future__ import annotations

import torch

from condenset.core.rng import Rng
from condenset.recipe import recipe_for
from condenset.starts.bins import Bins, quotas
from tests.examples import digits


def test_half_of_the_items_go_to_bins_by_their_worth() -> None:
    start = recipe_for("adq", digits(), torch.full((10,), 20), {}).start
    assert isinstance(start, Bins) and start.adaptive == 0.5
    embeddings = torch.tensor([[1.0, 0.0], [1.0, 0.1], [1.0, 0.9], [1.0, -0.9], [0.1, 1.0], [0.1, 1.05]])
    shares = start._shares(embeddings, [torch.tensor(part) for part in ([0, 1], [2, 3], [4, 5])])
    assert shares.sum().item() == 1.0 and shares.argmax() == 1 and shares.argmin() == 2
    taken = quotas(shares, [20, 20, 20], 20, Rng(0).torch())
    assert taken[1] > 7 > taken[2]
