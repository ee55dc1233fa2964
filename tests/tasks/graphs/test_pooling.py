"""The vectors of graphs against dense matrices."""

from __future__ import annotations

import math

import pytest
import torch

from condenset.core.errors import RequestError
from condenset.tasks.graphs.pooling import pooled_propagated
from tests.conftest import close
from tests.core.test_graphs import dense
from tests.examples import normal
from tests.tasks.graphs import example


def test_they_are_means_of_propagated_features_sizes_and_degrees() -> None:
    graphs = example.task().train.batch.inputs.take(torch.arange(5))
    expected = []
    for features, matrix in dense(graphs):
        looped = matrix + torch.eye(len(matrix))
        scale = looped.sum(1).rsqrt()
        once = (looped * scale[:, None] * scale) @ features
        twice = (looped * scale[:, None] * scale) @ once
        sizes = torch.tensor([math.log(len(matrix)), float(matrix.sum()) / 2 / len(matrix)])
        expected.append(torch.cat([features.mean(0), once.mean(0), twice.mean(0), sizes]))
    close(pooled_propagated(graphs), torch.stack(expected), 1e-5)


def test_rows_of_numbers_are_refused() -> None:
    with pytest.raises(RequestError, match="reads graphs"):
        pooled_propagated(normal(3, 2))
