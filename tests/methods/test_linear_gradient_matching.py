"""Linear gradient matching: the objective by hand, and what a short run gains on an encoder of random weights."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.distillation import distillation, start_state
from condenset.kernels.distance import joint_cosine
from condenset.recipe import recipe_for
from condenset.signals.head_gradient import HeadGradient
from tests.conformance.kinds import encoded


def test_the_distance_is_that_of_the_gradients_of_a_batch() -> None:
    """By autograd of the classifier's mean loss, each class counted alike."""
    task, draws = encoded.make(), []
    network = task.network(None, Rng(3))
    real, images = task.train.all(), task.train.sample(2, Rng(1))
    for batch in (real, images):
        weight = network.parameters["head.weight"].clone().requires_grad_()
        bias = network.parameters["head.bias"].clone().requires_grad_()
        loss = F.cross_entropy(network(batch.inputs).embedding @ weight.T + bias, batch.targets, reduction="none")
        mean = torch.stack([loss[batch.groups == group].mean() for group in range(3)]).sum()
        draws.append(torch.cat([part.flatten() for part in torch.autograd.grad(mean, (weight, bias))]))
    expected = 1 - F.cosine_similarity(*draws, dim=0)
    signal = HeadGradient()
    told, guess = (signal.compared(signal.sums(network, batch, task)) for batch in (real, images))
    torch.testing.assert_close(joint_cosine(told, guess).sum(), expected, rtol=2e-3, atol=1e-5)


def test_a_short_run_comes_nearer_to_the_datas_gradient_and_stays_between_black_and_white() -> None:
    task, counts = encoded.make(), torch.tensor([1, 1, 1])
    state = start_state(task, recipe_for("linear-gradient-matching", task, counts, {"steps": 15}), counts, seed=0)
    terms = [step.terms["matching"] for step in distillation(state, seed=0)]
    assert terms[-1] < 0.7 * terms[0]
    made: Batch = state.synthetic.decode()
    assert torch.allclose(task.modality.legal(made.inputs, task.preprocessing), made.inputs, atol=1e-5)
