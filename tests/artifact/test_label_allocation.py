"""GCond's label allocation against the golden vectors, and where this library departs from it."""

from __future__ import annotations

import pytest
import torch

from condenset.artifact.label_allocation import label_allocation
from condenset.core.errors import BudgetError
from condenset.tasks.graph.loading import open_graph
from tests.conftest import golden


@pytest.mark.parametrize("case", [0, 1])
def test_allocation_matches_golden(case: int) -> None:
    vectors = golden("modalities/graphs_label_alloc")
    labels, blocks = label_allocation(vectors[f"in_labels_{case}"], float(vectors["in_rates"][case]))
    assert torch.equal(labels, vectors[f"out_labels_syn_{case}"])
    assert torch.equal(blocks, vectors[f"out_blocks_{case}"])
    assert torch.equal(labels.sort().values, vectors[f"out_cgc_labels_{case}"])


def test_a_class_that_would_be_lost_is_refused_where_the_release_loses_it() -> None:
    vectors = golden("modalities/graphs_label_alloc")
    labels = vectors["in_labels_2"]
    assert len(vectors["out_labels_syn_2"].unique()) < len(labels.unique())
    with pytest.raises(BudgetError, match="nothing remains for class"):
        label_allocation(labels, float(vectors["in_rates"][2]))


@pytest.mark.real_data("planetoid/cora/raw")
def test_cora_blocks_are_in_order_of_first_appearance() -> None:
    batch = open_graph("cora").train.batch
    labels, blocks = label_allocation(batch.targets[batch.examples()], 0.25)
    assert blocks[:, 0].tolist() == [3, 4, 0, 2, 1, 5, 6]
    assert labels.tolist() == torch.tensor([3, 4, 0, 2, 1, 5, 6]).repeat_interleave(5).tolist()


@pytest.mark.parametrize("rate", [0.0, -0.1, 1.5, float("nan")])
def test_impossible_rates_are_refused(rate: float) -> None:
    with pytest.raises(BudgetError, match="at most 1"):
        label_allocation(torch.tensor([0, 1]), rate)
