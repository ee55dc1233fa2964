"""The gradient of the last layer: against that of the whole network, and weighed as by DiLM's released code."""

from __future__ import annotations

import torch
from torch import nn

from condenset.core.rng import Rng
from condenset.kernels.distance import global_cosine
from condenset.nets.network import Network, Output
from condenset.objectives.generated_matching import likelihoods
from condenset.signals.class_gradient import ClassGradient
from condenset.signals.head_gradient import HeadGradient
from tests.conftest import close, golden
from tests.examples import batch_of, double, normal, task_of
from tests.networks import drawn

LABELS = torch.tensor([1, 0, 1, 2, 1, 0])
INPUTS = normal(6, 4, dtype=torch.float64)
TASK = task_of(INPUTS, LABELS, 3, "tabular")
NETWORK = double(drawn("mlp:width=5,depth=1", (4,), 3, Rng(0)))


def test_it_is_the_last_layers_part_of_the_gradient() -> None:
    batch = batch_of(INPUTS, LABELS)
    found = HeadGradient().sums(NETWORK, batch, TASK)
    whole = ClassGradient().sums(NETWORK, batch, TASK)
    assert torch.equal(found.counts, whole.counts.to(found.counts))
    for mine, theirs in zip(found.totals, whole.totals[-2:], strict=True):
        close(mine, theirs, 1e-12)


def test_it_is_differentiable_in_inputs_and_a_constant_without_gradients() -> None:
    inputs = INPUTS.clone().requires_grad_()
    batch = batch_of(inputs, LABELS)
    weight = normal(3, 3, 5, dtype=torch.float64)
    (mine,) = torch.autograd.grad((HeadGradient().sums(NETWORK, batch, TASK).totals[0] * weight).sum(), inputs)
    (theirs,) = torch.autograd.grad((ClassGradient().sums(NETWORK, batch, TASK).totals[-2] * weight).sum(), inputs)
    close(mine, theirs, 1e-10)
    with torch.no_grad():
        assert not HeadGradient().sums(NETWORK, batch_of(INPUTS, LABELS), TASK).totals[0].requires_grad


class Given(nn.Module):
    """The classifier on features as they are."""

    def __init__(self) -> None:
        super().__init__()
        self.classifier = nn.Linear(5, 2)

    def forward(self, features: torch.Tensor) -> Output:
        return Output(self.classifier(features), features)


def test_texts_weighed_by_their_likelihood_are_matched_as_by_dilm() -> None:
    known = golden("modalities/series_text_multimodal_dilm")
    losses = [known[f"in_gen_loss_{label}"].clone().requires_grad_() for label in (0, 1)]
    labels = torch.tensor([0, 1]).repeat_interleave(4)
    weight = likelihoods(torch.cat(losses), labels, float(known["in_temperature"]))
    close(weight.view(2, 4), known["out_weights"], 1e-9)
    parameters = {"classifier.weight": known["in_W"], "classifier.bias": known["in_b"]}
    network, task = Network(Given(), parameters, {}), task_of(normal(4, 5), torch.tensor([0, 1, 0, 1]), 2, "tabular")

    def signal(kind: str, labels: torch.Tensor, weight: torch.Tensor) -> tuple[torch.Tensor, ...]:
        features = torch.cat([known[f"in_x_{kind}_{label}"].reshape(-1, 5) for label in (0, 1)])
        batch = batch_of(features, labels)
        return HeadGradient().sums(network, type(batch)(batch.inputs, labels, labels, weight), task).mean()

    real = signal("real", torch.tensor([0, 1]).repeat_interleave(8), torch.ones(16, dtype=torch.float64))
    distance = global_cosine(real, signal("syn", labels, weight))
    close(1 - distance, known["out_cos"], 1e-4)
    distance.mean().backward()
    close(torch.stack([loss.grad for loss in losses]), known["out_grad_gen_loss"], 1e-4)
