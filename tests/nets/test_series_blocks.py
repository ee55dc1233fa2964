"""Convolutions in time: means of segments and norms against plain loops, and what lies beyond an end counts nowhere."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from condenset.core.errors import RequestError
from condenset.core.ragged import Ragged
from condenset.nets.series_blocks import SeriesBlocks, SeriesNorm, halved, read, segment_means
from tests.conftest import close
from tests.examples import normal


def test_segments_are_the_quarters_of_each_series() -> None:
    maps, there = read(Ragged(normal(2, 3, 8), torch.tensor([8, 4])))
    found = segment_means(maps * there, there)
    close(found[0], maps[0].unflatten(1, (4, 2)).mean(2), 1e-6)
    close(found[1], maps[1, :, :4], 1e-6)


def test_a_series_shorter_than_there_are_segments_leaves_some_empty() -> None:
    maps, there = read(normal(1, 1, 2))
    assert segment_means(maps, there)[0, 0].tolist() == [maps[0, 0, 0], 0, maps[0, 0, 1], 0]


@pytest.mark.parametrize(("over", "theirs"), [((2,), nn.GroupNorm(3, 3)), ((1, 2), nn.GroupNorm(1, 3))])
def test_norms_are_pytorchs_over_the_steps_that_are_there(over: tuple[int, ...], theirs: nn.Module) -> None:
    ours = SeriesNorm(3, over)
    nn.init.ones_(ours.weight), nn.init.zeros_(ours.bias)
    maps, there = read(Ragged(normal(2, 3, 8), torch.tensor([8, 5])))
    found = ours(maps, there)
    close(found[:1], theirs(maps[:1]), 1e-5)
    close(found[1:, :, :5], theirs(maps[1:, :, :5]), 1e-5)
    assert found[1, :, 5:].abs().max() == 0


def test_means_of_two_steps_leave_out_what_is_not_there() -> None:
    maps, there = read(Ragged(torch.tensor([[[1.0, 3.0, 5.0, 0.0, 0.0]]]), torch.tensor([3])))
    found, left = halved(maps, there)
    assert found.tolist() == [[[2.0, 5.0]]] and left.tolist() == [[[1.0, 1.0]]]


@pytest.mark.parametrize("norm", ["instance", "layer", "none"])
def test_features_of_a_short_series_do_not_depend_on_what_fills_it_up(norm: str) -> None:
    blocks = SeriesBlocks((2, 16), width=4, depth=3, kernel=3, norm=norm)
    with torch.no_grad():
        for number, parameter in enumerate(blocks.parameters()):
            parameter.copy_(normal(*parameter.shape, seed=number))
    short = Ragged(torch.zeros(1, 2, 16), torch.tensor([8])).changed(normal(1, 2, 16))
    longer = Ragged(torch.nn.functional.pad(short.values, (0, 24)), short.lengths)
    close(blocks(*read(longer))[0], blocks(*read(short))[0], 1e-5)


@pytest.mark.parametrize(("depth", "kernel"), [(6, 3), (0, 3), (2, 4)])
def test_what_does_not_fit_a_series_is_refused(depth: int, kernel: int) -> None:
    with pytest.raises(
        RequestError, match=r"do not fit series of 16 steps: choose a depth of 1 to 5 and an odd kernel"
    ):
        SeriesBlocks((1, 16), 4, depth, kernel, "layer")
