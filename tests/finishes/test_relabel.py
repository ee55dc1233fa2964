"""Labels of teachers: what they are."""

from __future__ import annotations

import pytest
import torch

from condenset.assets.teachers import Teachers, balanced
from condenset.core.errors import RequestError
from condenset.core.execution import HERE
from condenset.core.registries import LEARNERS
from condenset.core.rng import Rng
from condenset.finishes.relabel import Relabel
from condenset.learners.training import Training
from tests.examples import blobs, line, set_of


def relabelled(**options: object) -> torch.Tensor:
    real = blobs().train.sample(4, Rng(1))
    return Relabel(**options)(blobs(), set_of(real.inputs, real.targets), Rng(0)).decode().targets  # type: ignore[arg-type]


def test_they_are_the_mean_of_the_teachers_probabilities() -> None:
    labels = relabelled()
    assert torch.allclose(labels.sum(1), torch.ones(12)) and bool((labels >= 0).all())
    each = [relabelled(teachers=Teachers((name,))) for name in ("forest:trees=100", "logistic")]
    assert torch.allclose(labels, (each[0] + each[1]) / 2, atol=1e-6)
    lesson = balanced(blobs().train.all())
    model = LEARNERS.get("logistic")(None, Training(epochs=1), HERE).fit(lesson, blobs(), Rng(0))
    assert torch.allclose(each[1], model(blobs().train.sample(4, Rng(1)).inputs), atol=1e-3)


def test_a_network_teaches_too() -> None:
    labels = relabelled(teachers=Teachers(("mlp:width=16,depth=1",), Training(epochs=40, batch=16)))
    assert (labels.argmax(1) == torch.arange(3).repeat_interleave(4)).double().mean() > 0.8


def test_a_number_becomes_what_is_expected_of_it() -> None:
    task = line()
    real = task.train.draw(6, Rng(0))
    found = Relabel()(task, set_of(real.inputs, real.targets), Rng(0)).decode().targets
    assert found.shape == (6, 1)
    assert (found - real.targets).square().mean() < 0.5 * real.targets.var()


def test_they_are_stored_in_as_few_bits_as_asked_for_and_priced_so() -> None:
    real = blobs().train.sample(4, Rng(1))
    few = Relabel(labels="byte-logits:bits=4")
    found = few(blobs(), set_of(real.inputs, real.targets), Rng(0))
    assert (found.decode().targets - relabelled()).abs().max() < 0.2
    assert few.label_bytes(blobs()) == (2, 1) and Relabel().label_bytes(blobs()) == (12, 0)
    with pytest.raises(RequestError, match="cannot be built with"):
        Relabel(labels="soft:bits=4").label_bytes(blobs())
