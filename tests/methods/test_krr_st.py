"""KRR-ST: the objective by hand, and what a short run teaches of the encoder's vectors."""

from __future__ import annotations

import numpy as np
import torch

from condenset.core.rng import Rng
from condenset.distillation import distillation, finished, start_state
from condenset.recipe import recipe_for
from condenset.sources.source import Draw
from tests.conformance.kinds import unlabelled_images

NETWORK = "frepo-convnet:width=16,depth=2"


def test_the_loss_is_that_of_regression_with_a_constant_feature() -> None:
    """By NumPy, with the ridge of a millionth of the kernel's trace."""
    task, counts = unlabelled_images.make(), torch.tensor([5])
    state = start_state(task, recipe_for("krr-st", task, counts, {"source.size": 1, "steps": 1}), counts, seed=0)
    network, support, real = task.network(NETWORK, Rng(0)), state.synthetic.decode(), task.train.sample(9, Rng(2))
    own, other = (network(batch.inputs).embedding.detach().double().numpy() for batch in (support, real))
    kernel, across = (side @ own.T / own.shape[1] + 1 for side in (own, other))
    ridge = kernel + 1e-6 * np.trace(kernel) * np.eye(5)
    error = across @ np.linalg.solve(ridge, support.targets.detach().double().numpy()) - real.targets.double().numpy()
    solver, draw = state.recipe.objective.solver, Draw(network)
    found = solver.loss(state.synthetic, solver.features(real, draw), draw, task, Rng(0))
    np.testing.assert_allclose(found.item(), 0.5 * np.square(error).sum(1).mean(), rtol=2e-3)


def test_a_short_run_teaches_more_of_the_encoders_vectors() -> None:
    """Images and vectors are learnt, both."""
    task, counts = unlabelled_images.make(), torch.tensor([4])
    changes = {"network": NETWORK, "steps": 60, "source.size": 3, "optimisers.data.rate": 0.03}
    state = start_state(task, recipe_for("krr-st", task, counts, changes), counts, seed=0)
    images, vectors = (part.detach().clone() for part in (state.synthetic.decode().inputs, state.synthetic.labels()))
    terms = [step.terms["risk"] for step in distillation(state, seed=0)]
    made = finished(state, seed=0).decode()
    assert not torch.equal(made.inputs, images) and not torch.equal(made.targets, vectors)
    assert sum(terms[-9:]) < 0.8 * sum(terms[:9])
