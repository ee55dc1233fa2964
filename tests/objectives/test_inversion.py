"""Inverting a network: each term by its formula in NumPy, which examples are seen, and where it pulls."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from condenset.assets.teacher_store import Squeeze, TeacherStore
from condenset.core.rng import Rng
from condenset.nets.layer_inputs import with_norm_statistics
from condenset.nets.network import Network
from condenset.objectives.inversion import Inversion, distance, total_variation
from condenset.objectives.objective import Objective
from condenset.objectives.zoom import Zoom
from condenset.sources.source import Draw
from tests.conftest import close
from tests.examples import digits, normal, set_of

TASK = digits()
LABELS = torch.arange(10).repeat(2)
SET = set_of(normal(20, 1, 8, 8), LABELS)


def network() -> Network:
    return TeacherStore(Squeeze(epochs=1, examples=200), TASK, ("convnet:width=4,depth=2,norm=batch",)).teacher(0)


def test_terms_are_the_mean_loss_and_the_weighted_distance_of_the_statistics() -> None:
    assert isinstance(Inversion(), Objective)
    trained = network()
    output, layers = with_norm_statistics(trained, SET.codec.data)
    terms = Inversion(statistics=0.5, first=3.0, length=0.25).begin(TASK).terms(SET, Draw(trained), Rng(0))
    norms = [
        np.linalg.norm((one.mean - one.running_mean).detach().numpy())
        + np.linalg.norm((one.variance - one.running_variance).detach().numpy())
        for one in layers
    ]
    assert list(terms) == ["classification", "statistics", "length"]
    close(terms["classification"], torch.nn.functional.cross_entropy(output.logits, LABELS), 1e-5)
    close(terms["statistics"], torch.tensor(0.5 * (3 * norms[0] + norms[1])), 1e-5)
    lengths = np.linalg.norm(SET.codec.data.detach().numpy().reshape(20, -1), axis=1)
    close(terms["length"], torch.tensor(0.25 * lengths.mean()), 1e-5)


def test_variances_may_count_more_than_means() -> None:
    trained = network()
    _, layers = with_norm_statistics(trained, SET.codec.data)
    found = [distance(layers, 1.0, weight) for weight in (0.0, 1.0, 11.0)]
    means = sum(torch.linalg.vector_norm(one.mean - one.running_mean) for one in layers)
    close(found[0], means, 1e-5)
    close(found[2] - found[0], 11 * (found[1] - found[0]), 1e-4)


def test_a_stage_sees_the_items_of_its_rank_alone() -> None:
    running = Inversion(statistics=0.0).begin(TASK)
    trained = network()
    losses = torch.nn.functional.cross_entropy(trained(SET.codec.data).logits, LABELS, reduction="none").view(2, 10)
    for stage in range(2):
        term = running.terms(SET, Draw(trained, stage=stage), Rng(0))["classification"]
        close(term, losses[stage].mean(), 1e-5)


def test_what_is_seen_shrinks_with_the_progress_where_there_is_a_zoom() -> None:
    """At the beginning all of every image; the crops of later steps are others in every step."""
    trained, running = network(), Inversion(statistics=0.0, zoom=Zoom(0.1)).begin(TASK)
    whole = Inversion(statistics=0.0).begin(TASK).terms(SET, Draw(trained), Rng(0))["classification"]
    begun, *ended = (
        running.terms(SET, Draw(trained, progress=progress), Rng(seed))["classification"]
        for progress, seed in ((0.0, 0), (1.0, 0), (1.0, 1))
    )
    close(begun, whole, 1e-4)
    assert len({round(term.item(), 4) for term in (begun, *ended)}) == 3


def test_total_variation_counts_every_neighbour_once() -> None:
    images = normal(2, 3, 4, 5).double().numpy()
    pairs = [
        images[..., 1:] - images[..., :-1],
        images[:, :, 1:] - images[:, :, :-1],
        images[:, :, 1:, 1:] - images[:, :, :-1, :-1],
        images[:, :, 1:, :-1] - images[:, :, :-1, 1:],
    ]
    expected = sum(np.sqrt((part**2).sum()) for part in pairs)
    close(total_variation(torch.from_numpy(images)), torch.tensor(expected), 1e-12)


def test_a_step_may_see_a_few_examples_of_every_class() -> None:
    trained = network()
    running = Inversion(statistics=0.0, of_set=1).begin(TASK)
    losses = torch.nn.functional.cross_entropy(trained(SET.codec.data).logits, LABELS, reduction="none").view(2, 10)
    found = torch.stack([running.terms(SET, Draw(trained), Rng(seed))["classification"] for seed in range(20)])
    assert found.min() >= losses.min(0).values.mean() - 1e-5
    assert found.max() <= losses.max(0).values.mean() + 1e-5
    assert len(found.unique()) > 10


@pytest.mark.parametrize("term", ["classification", "statistics"])
def test_it_pulls_the_set_to_what_the_network_knows(term: str) -> None:
    trained, synthetic = network(), set_of(normal(20, 1, 8, 8), LABELS)
    running, pixels = Inversion().begin(TASK), synthetic.codec.data
    before = running.terms(synthetic, Draw(trained), Rng(0))[term]
    (slope,) = torch.autograd.grad(before, pixels)
    pixels.data -= 0.1 * slope / slope.norm()
    after = running.terms(synthetic, Draw(replace(trained)), Rng(0))[term]
    assert after < before
