"""Gradient distances against NumPy and the released code's numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
import torch
from torch import Tensor

from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.kernels.distance import (
    global_cosine,
    joint_cosine,
    l1,
    layerwise_cosine,
    relative_error,
    squared_error,
    tensorwise_cosine,
)
from tests.conftest import close, golden

Distance = Callable[[Sequence[Tensor], Sequence[Tensor]], Tensor]
RELEASED: dict[str, Distance] = {"ours": layerwise_cosine, "mse": squared_error, "cos": global_cosine}
SHAPES = [(4, 3, 2, 2), (4,), (5, 4), (5,)]
GROUPS = 3


def gradients(name: str) -> list[Tensor]:
    rng = Rng(0).child(name)
    return [torch.randn(GROUPS, *s, dtype=torch.float64, generator=rng.child(str(s)).torch()) for s in SHAPES]


def one_group(arrays: dict[str, Tensor], prefix: str, count: int) -> list[Tensor]:
    return [arrays[f"{prefix}{place}"][None] for place in range(count)]


def numpy_layerwise(real: list[np.ndarray], synthetic: list[np.ndarray]) -> float:
    total = 0.0
    for a, b in zip(real, synthetic, strict=True):
        for row, other in zip(a.reshape(len(a), -1), b.reshape(len(b), -1), strict=True) if a.ndim > 1 else ():
            total += 1 - row @ other / (np.linalg.norm(row) * np.linalg.norm(other) + 1e-6)
    return total


def numpy_cosine(real: list[np.ndarray], synthetic: list[np.ndarray]) -> float:
    a, b = (np.concatenate([t.ravel() for t in side]) for side in (real, synthetic))
    return 1 - a @ b / (np.linalg.norm(a) * np.linalg.norm(b) + 1e-6)


PLAIN = {
    layerwise_cosine: numpy_layerwise,
    global_cosine: numpy_cosine,
    squared_error: lambda r, s: sum(((a - b) ** 2).sum() for a, b in zip(r, s, strict=True)),
    l1: lambda r, s: sum(np.abs(a - b).sum() for a, b in zip(r, s, strict=True)),
}


@pytest.mark.parametrize("distance", PLAIN, ids=lambda f: f.__name__)
def test_every_group_is_measured_alone(distance: Distance) -> None:
    real, synthetic = gradients("real"), gradients("synthetic")
    expected = [PLAIN[distance]([t[g].numpy() for t in real], [t[g].numpy() for t in synthetic]) for g in range(GROUPS)]
    close(distance(real, synthetic), torch.tensor(expected, dtype=torch.float64), 1e-12)


@pytest.mark.parametrize("metric", RELEASED)
def test_released_values_with_zero_rows(metric: str) -> None:
    arrays = golden("images/gradient_distance")
    real, synthetic = one_group(arrays, "real.", 6), one_group(arrays, "syn.", 6)
    value = RELEASED[metric](real, synthetic)[0]
    close(value, arrays[f"match_loss.{metric}"], 1e-12)
    close(value, arrays[f"dcc.match_loss.{metric}"], 1e-12)


@pytest.mark.parametrize(("distance", "key"), [(layerwise_cosine, "distance_wb"), (l1, "idc.dist.l1")])
def test_released_values_of_single_parameters(distance: Distance, key: str) -> None:
    arrays = golden("images/gradient_distance")
    for place in range(6):
        value = distance([arrays[f"real.{place}"][None]], [arrays[f"syn.{place}"][None]])[0]
        close(value, arrays[f"{key}.{place}"], 1e-12)


@pytest.mark.parametrize("metric", RELEASED)
def test_released_gradients(metric: str) -> None:
    arrays = golden("images/gradient_distance")
    real = one_group(arrays, "live.real.", 6)
    synthetic = [tensor.requires_grad_() for tensor in one_group(arrays, "live.syn.", 6)]
    value = RELEASED[metric](real, synthetic)[0]
    close(value, arrays[f"live.match_loss.{metric}"], 1e-12)
    for place, found in enumerate(torch.autograd.grad(value, synthetic, materialize_grads=True)):
        close(found[0], arrays[f"live.grad.{metric}.{place}"], 1e-10)


@pytest.mark.parametrize("metric", RELEASED)
def test_released_graph_values(metric: str) -> None:
    arrays = golden("modalities/graphs_gcond_match")
    real, synthetic = (  # stored in x out; the distance reads out x in
        [arrays[f"in_{side}_{place}"].mT[None] if place in (0, 2) else arrays[f"in_{side}_{place}"][None]
         for place in range(4)]
        for side in ("real", "syn")
    )  # fmt: skip
    close(RELEASED[metric](real, synthetic)[0], arrays[f"out_{metric}"], 1e-12)


@pytest.mark.parametrize("distance", [layerwise_cosine, global_cosine])
def test_zero_gradients_count_one_and_have_finite_gradients(distance: Distance) -> None:
    real = [torch.ones(2, 3, 4)]
    synthetic = [torch.zeros(2, 3, 4, requires_grad=True)]
    value = distance(real, synthetic)
    close(value, torch.full((2,), 3.0 if distance is layerwise_cosine else 1.0), 1e-7)
    assert torch.isfinite(torch.autograd.grad(value.sum(), synthetic)[0]).all()


def test_biases_alone_have_no_layerwise_distance() -> None:
    assert torch.equal(layerwise_cosine([torch.ones(2, 5)], [-torch.ones(2, 5)]), torch.zeros(2))


@pytest.mark.parametrize("distance", PLAIN, ids=lambda f: f.__name__)
@pytest.mark.parametrize("synthetic", [[], [torch.ones(1, 3)], [torch.ones(2, 3)] * 2])
def test_lists_that_do_not_pair_up_are_refused(distance: Distance, synthetic: list[Tensor]) -> None:
    with pytest.raises(RequestError, match=r"do not pair up: real \[\(2, 3\)\]"):
        distance([torch.ones(2, 3)], synthetic)


def test_a_relative_error_is_a_share_of_the_real_square_of_each_group() -> None:
    real, synthetic = gradients("real"), gradients("synthetic")
    joined = [np.concatenate([part.numpy().reshape(GROUPS, -1) for part in side], 1) for side in (real, synthetic)]
    expected = ((joined[0] - joined[1]) ** 2).sum(1) / (joined[0] ** 2).sum(1)
    close(relative_error(real, synthetic), torch.from_numpy(expected), 1e-12)
    nothing = [torch.zeros_like(part) for part in real]
    assert torch.isfinite(relative_error(nothing, nothing)).all()


def test_joint_cosine_is_that_of_the_sums_and_does_not_see_what_groups_have_in_common() -> None:
    real, synthetic = gradients("real"), gradients("synthetic")
    sums = [[part.sum(0).numpy() for part in side] for side in (real, synthetic)]
    found = joint_cosine(real, synthetic)
    assert found.shape == (GROUPS,) and abs(found.sum().item() - numpy_cosine(*sums)) < 1e-12
    signs = torch.tensor([1.0, -1.0, 0.0], dtype=torch.float64)
    moved = [part + 5 * signs.view(-1, *[1] * (part.dim() - 1)) for part in synthetic]
    close(joint_cosine(real, moved), found, 1e-12)
    assert (global_cosine(real, moved) - global_cosine(real, synthetic)).abs().max() > 0.01


def test_tensorwise_cosine_is_that_of_gradmm() -> None:
    known = golden("modalities/series_text_multimodal_gradmm")
    target, current, earlier = (
        [known[f"in_{side}_{place}"][None] for place in range(3)] for side in ("target", "current", "previous")
    )
    close(tensorwise_cosine(target, current)[0], known["out_cos"], 1e-5)
    both = [a + b for a, b in zip(current, earlier, strict=True)]
    close(tensorwise_cosine(target, both)[0], known["out_cos_prev"], 1e-5)
