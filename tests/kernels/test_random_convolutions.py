"""ROCKET's filters: features against a loop over places, how filters are drawn, and the ends of ragged series."""

from __future__ import annotations

import numpy as np
import torch

from condenset.core.rng import Rng
from condenset.kernels.random_convolutions import convolution_features, random_filters
from tests.conftest import close
from tests.examples import normal


def plain(filters, values: np.ndarray) -> np.ndarray:
    """One series (channels, steps): the share above 0 and the greatest, filter by filter."""
    shares, tops = [], []
    padded = np.pad(values, ((0, 0), (filters.padding, filters.padding)))
    reach = (filters.weight.shape[2] - 1) * filters.dilation
    for weight, bias in zip(filters.weight.numpy(), filters.bias.numpy(), strict=True):
        places = range(padded.shape[1] - reach)
        found = [(weight * padded[:, at : at + reach + 1 : filters.dilation]).sum() + bias for at in places]
        shares.append(np.mean(np.array(found) > 0))
        tops.append(max(found))
    return np.array(shares + tops)


def test_features_are_what_a_loop_computes() -> None:
    values = normal(3, 2, 30)
    filters = random_filters(2, 30, 100, Rng(0))
    found = convolution_features(filters, values, torch.ones(3, 1, 30))
    for row, series in zip(found, values.numpy(), strict=True):
        close(row, torch.from_numpy(np.concatenate([plain(group, series) for group in filters])), 1e-5)


def test_filters_are_of_several_lengths_and_reaches_centred_and_fit_the_series() -> None:
    filters = random_filters(3, 50, 1000, Rng(1))
    assert {group.weight.shape[2] for group in filters} == {7, 9, 11}
    assert len({group.dilation for group in filters}) > 3
    assert {group.padding > 0 for group in filters} == {True, False}
    assert all((group.weight.shape[2] - 1) * group.dilation < 50 for group in filters)
    weight = torch.cat([group.weight.sum(2) for group in filters])
    assert weight.abs().max() < 1e-4
    read = torch.cat([(group.weight.abs().sum(2) > 0).sum(1) for group in filters])
    assert set(read.tolist()) == {1, 2, 3}
    short = random_filters(1, 4, 40, Rng(0))
    assert torch.isfinite(convolution_features(short, normal(2, 1, 4), torch.ones(2, 1, 4))).all()


def test_places_beyond_the_end_of_a_series_do_not_count() -> None:
    filters = random_filters(1, 20, 400, Rng(2))
    assert {group.padding > 0 for group in filters} == {True, False}
    alone, there = normal(1, 1, 20), (torch.arange(40) < 20).float()[None, None]
    padded = torch.nn.functional.pad(alone, (0, 20))
    close(convolution_features(filters, padded, there), convolution_features(filters, alone, there[..., :20]), 1e-5)
