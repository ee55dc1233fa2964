"""Groups: by class, by bin, all together."""

from __future__ import annotations

import numpy as np
import torch

from condenset.core.groups import ByBin, ByClass, Groups, Together
from tests.examples import normal


def test_every_kind_of_groups_numbers_its_targets() -> None:
    soft = normal(20, 3).softmax(1)
    assert ByClass(("a", "b", "c")).of(soft).tolist() == soft.argmax(1).tolist()
    bins, values = ByBin((-0.5, 0.0, 1.0)), normal(50, 1)
    assert bins.of(values).tolist() == np.digitize(values[:, 0].numpy(), bins.edges, right=True).tolist()
    assert Together().of(values).tolist() == [0] * 50
    for groups, count in ((ByClass(("a", "b", "c")), 3), (bins, 4), (Together(), 1)):
        assert isinstance(groups, Groups) and len(groups) == len(groups.names) == count
    assert bins.names == ("lowest to -0.5", "-0.5 to 0", "0 to 1", "1 to highest")


def test_of_several_numbers_the_first_decides() -> None:
    values = torch.tensor([[0.2, 9.0], [-3.0, 9.0]])
    assert ByBin((0.0,)).of(values).tolist() == [1, 0]
