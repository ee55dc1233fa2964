"""Herding, k-center and k-means against exhaustive computations and the released code's orders."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist
from sklearn.exceptions import ConvergenceWarning
from torch import Tensor

from condenset.core.errors import BudgetError, DataError, RequestError
from condenset.core.rng import Rng
from condenset.kernels.selection import graph_cut, graph_cut_bins, herding, k_center, k_means
from tests.conftest import golden

SELECTIONS: dict[str, Callable[[Tensor, int], Tensor]] = {
    "herding": herding,
    "graph_cut": graph_cut,
    "k_center": lambda features, count: k_center(features, count, 0),
    "k_means": lambda features, count: k_means(features, count, 0).nearest,
}


def cloud(n: int = 60, d: int = 4) -> Tensor:
    return torch.randn(n, d, dtype=torch.float64, generator=Rng(0).child("cloud").torch())


@pytest.mark.parametrize("part", ["class0", "class1", "class2", "all"])
def test_released_herding_orders(part: str) -> None:
    arrays = golden("images/coresets")
    members = torch.arange(40) if part == "all" else (arrays["labels"] == int(part[-1])).nonzero().flatten()
    expected = arrays[f"idc_herding.{part}.order"]
    assert members[herding(arrays["X"][members], len(expected))].tolist() == expected.tolist()


@pytest.mark.parametrize("seed", ["seed0", "seed1"])
def test_released_k_center_orders(seed: str) -> None:
    arrays = golden("images/coresets")
    order = k_center(arrays["X"], 12, int(arrays[f"kcenter.{seed}.start"]))
    assert order.tolist() == arrays[f"kcenter.{seed}.order"].tolist()
    assert sorted(order[:8].tolist()) == arrays[f"kcenter.{seed}.budget8.sorted"].tolist()


def test_each_herded_point_brings_the_running_mean_closest_to_the_mean() -> None:
    points = cloud().numpy()
    taken: list[int] = []
    for chosen in herding(cloud(), 10).tolist():
        means = {i: points[[*taken, i]].mean(0) for i in range(len(points)) if i not in taken}
        gaps = {i: np.linalg.norm(mean - points.mean(0)) for i, mean in means.items()}
        assert chosen == min(gaps, key=gaps.__getitem__)
        taken.append(chosen)


def test_herding_beats_the_first_points_at_the_mean() -> None:
    points = cloud()
    gap = lambda index: (points[index].mean(0) - points.mean(0)).norm().item()
    assert gap(herding(points, 10)) < 0.25 * gap(torch.arange(10))


def test_each_k_center_point_is_the_farthest_from_the_centres() -> None:
    points = cloud().numpy()
    order = k_center(cloud(), 12, 7).tolist()
    assert order[0] == 7
    for step in range(1, 12):
        assert order[step] == cdist(points, points[order[:step]]).min(1).argmax()


@pytest.mark.parametrize("balance", [0.5, 1.0])
def test_each_point_of_a_graph_cut_has_the_greatest_gain(balance: float) -> None:
    """Gains by SciPy's cosines; those of the released code are an increasing function of them, 0.5 + 0.5 * cosine."""
    points = cloud().numpy()
    cosines, taken = 1 - cdist(points, points, "cosine"), list[int]()
    for chosen in graph_cut(cloud(), 12, balance).tolist():
        gains = balance * cosines.sum(0) - 2 * cosines[taken].sum(0)
        gains[taken] = -np.inf
        assert chosen == gains.argmax()
        taken.append(chosen)


def test_bins_hold_every_point_once_and_each_is_the_graph_cut_of_what_was_left() -> None:
    parts = graph_cut_bins(cloud(), 7)
    assert sorted(torch.cat(parts).tolist()) == list(range(60))
    assert {len(part) for part in parts} == {8, 9}
    left = [i for i in range(60) if i not in parts[0].tolist()]
    assert torch.equal(parts[0], graph_cut(cloud(), len(parts[0])))
    assert parts[1].tolist() == [left[i] for i in graph_cut(cloud()[left], len(parts[1])).tolist()]


def test_k_means_finds_separated_clusters() -> None:
    middles = 20 * torch.eye(4, dtype=torch.float64)
    sizes = [5, 10, 15, 30]
    points = cloud(60) * 0.1 + middles.repeat_interleave(torch.tensor(sizes), 0)
    found = k_means(points, 4, Rng(3).integer())
    owner = found.centres.argmax(1)
    assert sorted(owner.tolist()) == [0, 1, 2, 3]
    bounds = np.cumsum([0, *sizes])
    for place, own in enumerate(owner.tolist()):
        members = points[bounds[own] : bounds[own + 1]]
        assert found.sizes[place] == sizes[own]
        torch.testing.assert_close(found.centres[place], members.mean(0))
        assert found.nearest[place] == bounds[own] + (members - members.mean(0)).norm(dim=1).argmin()


def test_k_means_repeats_under_a_seed_and_keeps_the_dtype() -> None:
    points = cloud().float()
    first, second = (k_means(points, 7, Rng(1).integer()) for _ in range(2))
    assert torch.equal(first.centres, second.centres) and torch.equal(first.nearest, second.nearest)
    assert first.centres.dtype == torch.float32 and first.sizes.sum() == len(points)
    assert len(set(first.nearest.tolist())) == 7


def test_k_means_with_fewer_distinct_points_than_clusters_still_gives_different_points() -> None:
    points = torch.tensor([[0.0], [0.0], [0.0], [5.0], [5.0]])
    with pytest.warns(ConvergenceWarning):
        found = k_means(points, 4, 0)
    assert len(set(found.nearest.tolist())) == 4 and sorted(found.sizes.tolist()) == [0, 0, 2, 3]
    for centre, nearest in zip(found.centres[found.sizes > 0], found.nearest[found.sizes > 0], strict=True):
        assert torch.equal(points[nearest], centre)


def test_ties_go_to_the_lowest_index() -> None:
    same = torch.full((37, 3), 0.1)
    assert herding(same, 5).tolist() == graph_cut(same, 5).tolist() == [0, 1, 2, 3, 4]
    assert k_center(same, 5, 2).tolist() == [2, 0, 1, 3, 4]
    corners = torch.tensor([[0.0], [1.0], [-1.0], [1.0]])
    assert k_center(corners, 3, 0).tolist() == [0, 1, 2]


@pytest.mark.parametrize("name", ["herding", "graph_cut", "k_center"])
def test_the_whole_set_is_an_order_of_all_points(name: str) -> None:
    assert sorted(SELECTIONS[name](cloud(), 60).tolist()) == list(range(60))


@pytest.mark.parametrize("count", [0, -1, 61])
@pytest.mark.parametrize("name", SELECTIONS)
def test_an_impossible_count_is_refused_with_the_numbers(name: str, count: int) -> None:
    with pytest.raises(BudgetError, match=f"{count} of 60"):
        SELECTIONS[name](cloud(), count)


@pytest.mark.parametrize("name", SELECTIONS)
def test_features_that_are_not_finite_are_refused(name: str) -> None:
    points = cloud()
    points[3, 1] = torch.nan
    with pytest.raises(DataError, match="not finite"):
        SELECTIONS[name](points, 3)


@pytest.mark.parametrize("first", [-1, 60])
def test_a_first_centre_outside_the_points_is_refused(first: int) -> None:
    with pytest.raises(RequestError, match=f"is {first}, expected"):
        k_center(cloud(), 3, first)
