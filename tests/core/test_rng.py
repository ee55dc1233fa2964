"""Streams are stable across processes and versions, differ by address, and leave the global generator alone."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from condenset.core.rng import Rng

words = st.text("abcxyz-_", min_size=1, max_size=6)
paths = st.lists(words | st.integers(0, 10**6), max_size=4).map(tuple)
seeds = st.integers(-(2**40), 2**70)


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (Rng(0), 5254295370254170289),
        (Rng(7).child("augment", 3), 7316120746574625999),
    ],
)
def test_the_numbers_of_an_address_never_change(stream: Rng, expected: int) -> None:
    """Stored runs resume only while these hold: a change here breaks every recorded result."""
    assert stream.integer() == expected


@given(seeds, paths)
def test_the_integer_fits_every_generator(seed: int, path: tuple[str | int, ...]) -> None:
    assert 0 <= Rng(seed, path).integer() < 2**63


@given(st.lists(st.tuples(st.integers(0, 99), paths), min_size=2, max_size=20, unique_by=str))
def test_different_addresses_give_different_numbers(addresses: list[tuple[int, tuple[str | int, ...]]]) -> None:
    numbers = {Rng(seed, path).integer() for seed, path in addresses}
    assert len(numbers) == len(addresses)


@given(seeds, paths, paths)
def test_a_child_is_reached_in_one_step_or_several(
    seed: int, above: tuple[str | int, ...], below: tuple[str | int, ...]
) -> None:
    assert Rng(seed).child(*above).child(*below) == Rng(seed).child(*above, *below)


def test_what_was_drawn_before_does_not_matter() -> None:
    fresh = torch.rand(5, generator=Rng(3).child("step", 9).torch())
    parent = Rng(3)
    torch.rand(100, generator=parent.torch())
    torch.rand(100, generator=parent.child("step", 8).torch())
    assert torch.equal(torch.rand(5, generator=parent.child("step", 9).torch()), fresh)


def test_numpy_repeats_and_starts_at_the_beginning() -> None:
    stream = Rng(3).child("split")
    first = stream.numpy().permutation(50)
    assert (stream.numpy().permutation(50) == first).all()
    assert (stream.child("next").numpy().permutation(50) != first).any()


def test_the_global_torch_generator_is_left_alone() -> None:
    before = torch.get_rng_state()
    torch.rand(10, generator=Rng(1).child("x").torch())
    assert torch.equal(torch.get_rng_state(), before)


def test_sibling_streams_are_uncorrelated() -> None:
    """Under independence a correlation of n pairs has standard deviation 1/sqrt(n); 4.5 of them over 190 pairs."""
    draws = torch.stack([torch.randn(4096, generator=Rng(0).child("net", i).torch()) for i in range(20)])
    correlation = np.corrcoef(draws.numpy()) - np.eye(20)
    assert np.abs(correlation).max() < 4.5 / np.sqrt(4096)
