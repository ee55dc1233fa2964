"""A generator is matched by the likelihood of what it writes: weights by groups, texts anew, and what it needs."""

from __future__ import annotations

import pytest
import torch

from condenset.codecs.text_generator import TextGenerator
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.kernels.distance import global_cosine
from condenset.labels.hard import Hard
from condenset.objectives.generated_matching import GeneratedMatching, likelihoods
from condenset.objectives.signal_matching import SignalMatching
from condenset.signals.head_gradient import HeadGradient
from condenset.sources.source import Draw
from condenset.synthetic import Contract, SyntheticSet
from tests.examples import set_of
from tests.tasks.text import example

TASK = example.task()
OBJECTIVE = GeneratedMatching(SignalMatching(HeadGradient(), global_cosine, per_group=20), texts=8)


def test_weights_are_a_softmax_over_each_group() -> None:
    losses, groups = torch.tensor([1.0, 2.0, 5.0, 1.5, 0.5]), torch.tensor([0, 0, 1, 0, 1])
    found = likelihoods(losses, groups, 2.0)
    for group in (0, 1):
        own = groups == group
        torch.testing.assert_close(found[own], (-losses[own] / 2).softmax(0))


def test_the_generator_descends_and_the_stream_decides_what_it_writes() -> None:
    batch, draw = TASK.train.sample(2, Rng(0)), Draw(TASK.network("textcnn:width=4", Rng(0)))
    codec = TextGenerator.encode(batch.inputs, TASK)
    synthetic, running = SyntheticSet(codec, Hard(batch.targets), batch.groups, Contract("text")), OBJECTIVE.begin(TASK)
    one, again, other = (running.terms(synthetic, draw, Rng(seed))["matching"] for seed in (1, 1, 2))
    assert one == again != other
    parameters = list(codec.parameters())
    gradient = torch.autograd.grad(one, parameters)
    with torch.no_grad():
        model = codec.model
        assert max(part.abs().max() for part in gradient) > 0
        for parameter, slope in zip(model.parameters(), gradient, strict=True):
            parameter -= 1e-3 * slope
    assert torch.isfinite(running.terms(synthetic, draw, Rng(1))["matching"])


def test_a_set_without_a_generator_is_refused() -> None:
    batch = TASK.train.sample(1, Rng(0))
    with pytest.raises(RequestError, match="needs text-generator"):
        OBJECTIVE.begin(TASK).terms(
            set_of(torch.zeros(2, 3), batch.targets), Draw(TASK.network("textcnn:width=4", Rng(0))), Rng(0)
        )
