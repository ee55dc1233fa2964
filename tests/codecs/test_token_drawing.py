"""Images drawn of sparse codes: the network by NumPy, the paper's count of numbers, what is kept and its gradient."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from condenset.codecs.token_drawing import drawing
from condenset.core.errors import RequestError
from condenset.core.rng import Rng


def normal(*shape: int, name: str = "x") -> torch.Tensor:
    return torch.randn(shape, generator=Rng(0).child(name).torch())


def normed(rows: np.ndarray, gain: np.ndarray, shift: np.ndarray) -> np.ndarray:
    rows = rows - rows.mean(1, keepdims=True)
    return rows / np.sqrt((rows**2).mean(1, keepdims=True) + 1e-2) * gain + shift


def test_an_image_is_made_of_patches_that_every_block_reads_mixtures_for() -> None:
    form = drawing((2, 5, 7), patch=3, tokens=4, width=6, heads=2, kept=3, blocks=2)
    shared = {name: normal(*sides, name=name) for name, sides in form.shared.items()}
    codes = normal(1, 2, 6, 4)
    tokens, weights, biases, gains, shifts, head, colour = (part[0].double().numpy() for part in shared.values())
    mixed = np.concatenate([codes[0, h].double().numpy() @ tokens[:, 3 * h : 3 * h + 3] for h in (0, 1)], axis=1)
    seen = np.zeros((6, 6))
    for b in (0, 1):
        seen = normed(seen + mixed @ weights[b, 0].T + biases[b, 0], gains[b, 0], shifts[b, 0])
        inner = seen @ weights[b, 1].T + biases[b, 1]
        inner = inner * np.vectorize(lambda x: 0.5 * (1 + math.erf(x / math.sqrt(2))))(inner)
        seen = normed(seen + inner @ weights[b, 2].T + biases[b, 2], gains[b, 1], shifts[b, 1])
    squares = (seen @ head.T + colour).reshape(2, 3, 2, 3, 3)  # rows and columns of patches, channels, pixels
    expected = squares.transpose(2, 0, 3, 1, 4).reshape(2, 6, 9)[:, :5, :7]
    np.testing.assert_allclose(form(codes, shared)[0].numpy(), expected, atol=1e-3)


def test_numbers_are_those_of_the_released_network() -> None:
    """For ten classes of 32 x 32 images at one image a class: tokens, a block and the head, with their biases."""
    form = drawing((3, 32, 32), patch=4, tokens=16, width=32, heads=2, kept=48)
    block = 3 * (32 * 32 + 32) + 2 * 2 * 32
    assert sum(map(math.prod, form.shared.values())) == 16 * 32 + block + 48 * 33
    assert form.patches == 64 and form.bits == {"patches": 6, "tokens": 4}
    assert form.item_bytes == 96 * 2 + 96 * 6 // 8 + 96 * 4 // 8


def test_the_largest_codes_of_a_head_are_kept_and_gradients_reach_all() -> None:
    form = drawing((1, 8, 8), patch=4, tokens=3, width=4, heads=2, kept=5)
    codes = normal(3, 2, 4, 3).requires_grad_()
    sparse = form.sparse(codes)
    for kept, row in zip(
        sparse.detach().flatten(0, 1).flatten(1), codes.detach().flatten(0, 1).flatten(1), strict=True
    ):
        largest = row.abs().sort(descending=True).indices[:5]
        assert kept.nonzero().flatten().tolist() == sorted(largest.tolist())
        assert torch.equal(kept[largest], row[largest].half().float())
    sparse.sum().backward()
    assert torch.equal(codes.grad, torch.ones_like(codes))


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        ({"heads": 3}, "a width that heads divide"),
        ({"kept": 0}, "expected 1 or more"),
        ({"kept": 65}, "65 codes for 4 patches of side 4 and 16 tokens"),
        ({"tokens": 257}, "at most 256 of patches"),
    ],
)
def test_sizes_that_do_not_go_together_are_refused(sizes: dict[str, int], said: str) -> None:
    with pytest.raises(RequestError, match=said):
        drawing((1, 8, 8), **sizes)
