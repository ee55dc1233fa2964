"""Readable texts by the method of multipliers: the penalty, a round's end by hand, and what it needs."""

from __future__ import annotations

import pytest
import torch

from condenset.assets.language_models import LanguageModelStore
from condenset.codecs.soft_words import SoftWords
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.kernels.distance import tensorwise_cosine
from condenset.labels.hard import Hard
from condenset.nets.language_model import nearest_readable
from condenset.objectives.readable import Readable, RunningReadable
from condenset.objectives.signal_matching import SignalMatching
from condenset.signals.head_gradient import HeadGradient
from condenset.sources.source import Draw
from condenset.state import AfterStep
from condenset.synthetic import Contract, SyntheticSet
from tests.examples import set_of
from tests.tasks.text import example

TASK = example.task()
OBJECTIVE = Readable(SignalMatching(HeadGradient(), tensorwise_cosine, per_group=20), top=5, penalty=0.5, every=3)


def begun() -> tuple[RunningReadable, SyntheticSet]:
    batch = TASK.train.sample(2, Rng(0))
    codec = SoftWords.encode(batch.inputs, TASK)
    return OBJECTIVE.begin(TASK), SyntheticSet(codec, Hard(batch.targets), batch.groups, Contract("text"))


def test_the_penalty_is_half_rho_times_the_squared_distance_with_its_multipliers() -> None:
    running, synthetic = begun()
    codec, draw = synthetic.codec, Draw(TASK.network("textcnn:width=4", Rng(0)))
    assert running.terms(synthetic, draw, Rng(1))["readability"] == 0
    with torch.no_grad():
        codec.data[1, 0, 4] += 0.2
        codec.dual[1, 0, 4] += 0.1
        codec.dual[0, 2, 6] -= 0.3
    terms = running.terms(synthetic, draw, Rng(1))
    torch.testing.assert_close(terms["readability"], torch.tensor(0.25 * (0.3**2 + 0.3**2)))
    terms["matching"].backward()
    assert codec.data.grad.abs().max() > 0


def test_a_round_ends_with_a_projection_and_a_step_of_the_multipliers() -> None:
    running, synthetic = begun()
    assert isinstance(running, AfterStep)
    codec = synthetic.codec
    with torch.no_grad():
        codec.data += torch.randn(codec.data.shape, generator=Rng(3).torch())
    before = {name: value.clone() for name, value in codec.state_dict().items()}
    running.after(0, synthetic)
    assert all(torch.equal(value, before[name]) for name, value in codec.state_dict().items())
    running.after(2, synthetic)
    lengths = (before["text"] > 0).sum(1)
    model = LanguageModelStore(TASK).model()
    text = nearest_readable(model, before["data"], lengths, synthetic.groups, 5)
    assert torch.equal(codec.text.long(), text) and not torch.equal(codec.text, before["text"])
    one_hot = torch.nn.functional.one_hot(text, codec.data.shape[2])
    torch.testing.assert_close(codec.dual, (before["data"] - one_hot) * (text > 0)[..., None])


def test_a_set_without_soft_words_is_refused() -> None:
    batch = TASK.train.sample(1, Rng(0))
    other = set_of(torch.zeros(2, 3), batch.targets)
    with pytest.raises(RequestError, match="needs soft-words"):
        begun()[0].terms(other, Draw(TASK.network("textcnn:width=4", Rng(0))), Rng(0))
