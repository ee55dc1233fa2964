"""How many steps an epoch has."""

from __future__ import annotations

import pytest

from condenset.learners.training import Training


@pytest.mark.parametrize(("examples", "expected"), [(1, 1), (255, 1), (256, 1), (257, 2), (512, 2), (600, 3)])
def test_the_last_part_of_an_epoch_may_be_smaller(examples: int, expected: int) -> None:
    assert Training(epochs=1, batch=256).steps(examples) == expected
