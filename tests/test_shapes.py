"""The tests check the shapes that functions, methods and fields of the library state."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch
from jaxtyping import TypeCheckError

from condenset.core.batch import Batch
from condenset.kernels.ridge import ridge_solve
from condenset.tasks.tabular.marginals import categories


def test_arguments_of_shapes_that_do_not_go_together_are_told() -> None:
    with pytest.raises(TypeCheckError, match="n outputs"):
        ridge_solve(torch.eye(3), torch.zeros(2, 1), 1.0)


def test_a_field_of_another_type_is_told() -> None:
    with pytest.raises(TypeCheckError, match="groups"):
        Batch(torch.zeros(2, 3), torch.zeros(2), torch.zeros(2), torch.ones(2))


def test_what_states_no_shape_is_left_as_it_is() -> None:
    assert hasattr(Batch.select, "__wrapped__") and not hasattr(Batch.__len__, "__wrapped__")


def test_a_shape_that_has_a_name_of_its_own_is_checked() -> None:
    with pytest.raises(TypeCheckError, match="weight"):
        categories(pd.Series(["a"]), np.ones((1, 1)), pd.Series(["a"]))
