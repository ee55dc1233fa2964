"""Pooling by name."""

from __future__ import annotations

import pytest

from condenset.core.errors import UnknownNameError
from condenset.nets.graph_pooling import graph_pooling
from tests.conftest import close
from tests.core.test_graphs import graphs


def test_the_sum_is_the_mean_times_the_nodes() -> None:
    whole = graphs()
    mean, total = (graph_pooling(name)(whole, whole.features) for name in ("mean", "sum"))
    close(total, mean * whole.sizes[:, None], 1e-6)


def test_another_name_is_an_error_that_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="mean"):
        graph_pooling("maen")
