"""The risk of ridge regression on a decoded series."""

from __future__ import annotations

import torch

from condenset.core.budget import Size
from condenset.core.rng import Rng
from condenset.distillation import begin
from condenset.learners.channel_ridge import ChannelRidgeRegression
from condenset.objectives.channel_ridge import ChannelRidge
from condenset.recipe import budgeted
from condenset.sources.source import Draw
from tests.tasks.series.example import series


def test_it_is_half_the_error_of_the_learner_and_its_gradient_is_that_of_differences() -> None:
    task = series()
    counts, recipe = budgeted("series-ridge", task, Size(items=12), {})
    synthetic, real = begin(task, recipe, counts, Rng(0)), task.train.draw(30, Rng(1))
    draw, solver = Draw(task.network(None, Rng(0))), ChannelRidge(0.1)

    def loss() -> torch.Tensor:
        return solver.loss(synthetic, real, draw, task, Rng(0))

    model = ChannelRidgeRegression(0.1).fit(synthetic.decode().detach(), task, Rng(0))
    expected = task.target.grades(model(real.inputs).float(), real.targets)["mse"] / 2
    assert abs(loss().item() - expected) < 1e-6
    (gradient,) = torch.autograd.grad(loss(), synthetic.codec.data)
    for place in ((0, 0), (3, 1), (11, 0)):
        with torch.no_grad():
            synthetic.codec.data[place] += 1e-2
            above = loss().item()
            synthetic.codec.data[place] -= 2e-2
            below = loss().item()
            synthetic.codec.data[place] += 1e-2
        assert abs((above - below) / 2e-2 - gradient[place].item()) < 2e-2 * gradient.abs().max().item()
