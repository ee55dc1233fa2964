"""The transformer for series: order counts, tokens beyond an end are not read, what does not divide is refused."""

from __future__ import annotations

import pytest
import torch

from condenset.core.errors import RequestError
from condenset.core.ragged import Ragged
from condenset.core.rng import Rng
from condenset.nets.vit import Block
from tests.conftest import close
from tests.examples import normal
from tests.networks import drawn

NAME = "series-transformer:width=8,heads=2,patch=4"


def test_tokens_segments_and_logits() -> None:
    output = drawn("series-transformer", (3, 100), 5, Rng(0))(normal(2, 3, 100))
    assert [tuple(layer.shape) for layer in output.layers] == [(2, 20, 32)] * 2
    assert output.embedding.shape == (2, 128) and output.logits.shape == (2, 5)


def test_what_lies_beyond_an_end_is_not_read() -> None:
    network = drawn(NAME, (2, 32), 3, Rng(0))
    short = Ragged(torch.zeros(2, 2, 32), torch.tensor([16, 32])).changed(normal(2, 2, 32))
    noisy = Ragged(torch.cat([short.values[..., :16], 9 * normal(2, 2, 16)], 2), short.steps)
    close(network(noisy).logits[0], network(short).logits[0], 1e-5)
    assert not torch.allclose(network(noisy).logits[1], network(short).logits[1])


def test_a_block_that_may_read_all_tokens_is_the_one_without_a_mask() -> None:
    block = Block(8, 2)
    with torch.no_grad():
        for number, parameter in enumerate(block.parameters()):
            parameter.copy_(normal(*parameter.shape, seed=number))
    close(block(normal(2, 5, 8), torch.ones(2, 5)), block(normal(2, 5, 8)), 1e-6)


@pytest.mark.parametrize("name", ["series-transformer:patch=9", "series-transformer:heads=3"])
def test_what_does_not_fit_is_refused(name: str) -> None:
    with pytest.raises(RequestError, match=r"do not fit series of 8 steps"):
        drawn(name, (1, 8), 2, Rng(0))
