"""The head on a frozen encoder is the MLP of tables, and words are nothing to it."""

from __future__ import annotations

import pytest
import torch

from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.core.texts import Texts
from tests.examples import normal
from tests.networks import drawn


def test_it_is_the_mlp_on_the_vectors() -> None:
    network, plain = (drawn(f"{name}:width=6", (4,), 3, Rng(0)) for name in ("text-mlp", "mlp"))
    rows = normal(5, 4)
    texts = Texts(rows, torch.ones(5, 7, dtype=torch.int32), torch.ones(5, 9, dtype=torch.uint8))
    same = plain.with_parameters(plain.unflatten(network.flat()))
    torch.testing.assert_close(network(texts).logits, same(rows).logits)
    torch.testing.assert_close(network(Texts.of_vectors(rows, (4,))).logits, network(texts).logits)
    assert network(texts).embedding.shape == (5, 6)


def test_a_depth_below_0_and_other_data_are_refused() -> None:
    with pytest.raises(RequestError, match="depth=-1"):
        drawn("text-mlp:depth=-1", (4,), 3, Rng(0))
    with pytest.raises(RequestError, match="reads text"):
        drawn("text-mlp", (3, 8, 8), 3, Rng(0))
