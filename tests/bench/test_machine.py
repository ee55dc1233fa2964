"""Rates as shares of a matrix product's."""

import pytest
import torch

from condenset.bench.machine import matrix_product, rate_row


def test_work_like_the_products_own_has_a_share_of_one() -> None:
    side = len(matrix_product(torch.float32)())
    row = rate_row("work", 2 * side**3, seconds=0.5, product=0.5, target=("at least", 0.9))
    assert row.ratio == pytest.approx(1)
    assert row.value == pytest.approx(2 * side**3 / 0.5 / 1e9)
    assert row.met


def test_a_quarter_of_the_work_in_half_the_time_has_half_the_rate() -> None:
    side = len(matrix_product(torch.float32)())
    row = rate_row("work", side**3 // 2, seconds=0.5, product=1.0, target=("at least", 0.6))
    assert row.ratio == pytest.approx(0.5)
    assert not row.met
