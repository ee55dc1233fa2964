"""float64 on devices that have it and on those that have not."""

from __future__ import annotations

import pytest
import torch

from condenset.core.float64 import brought, float64, has_float64
from condenset.core.nodes import Nodes, features_only
from tests.elsewhere import DEVICE, Attached

CPU = torch.device("cpu")


@pytest.mark.parametrize(("has", "where", "dtype"), [(True, DEVICE, torch.float64), (False, CPU, torch.float32)])
def test_values_stay_or_come_to_the_cpu_and_go_back(has: bool, where: torch.device, dtype: torch.dtype) -> None:
    with Attached(float64=has):
        values = torch.full((2,), 0.1).to(DEVICE).requires_grad_()
        wide = float64(values)
        assert (has_float64(DEVICE), wide.dtype, wide.device) == (has, torch.float64, where)
        back = brought(wide * 3, DEVICE)
        assert (back.dtype, back.device) == (dtype, DEVICE)
        back.sum().backward()
        assert values.grad is not None
        assert (values.grad.tolist(), values.grad.device) == ([3.0, 3.0], DEVICE)


def test_a_graph_comes_whole() -> None:
    with Attached(float64=False):
        graph = float64(features_only(torch.ones(2, 1).to(DEVICE)))
    assert isinstance(graph, Nodes)
    assert graph.propagation.tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert graph.features.dtype == graph.propagation.dtype == torch.float64


def test_on_the_cpu_a_constant_graph_is_widened_once() -> None:
    graph = features_only(torch.ones(2, 1))
    assert float64(graph) is float64(graph)
