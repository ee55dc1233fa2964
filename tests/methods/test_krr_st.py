"""KRR-ST: the objective by hand, and what a short run gains over random images with their vectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from condenset.core.rng import Rng
from condenset.distillation import distillation, finished, start_state
from condenset.evaluation.exam import Exam
from condenset.learners.training import Training
from condenset.recipe import recipe_for
from condenset.sources.source import Draw
from condenset.tasks.catalogue import open_task
from tests.conformance.kinds import unlabelled_images
from tests.methods.learning import gain
from tests.tasks.pictures.encoders import MODEL, weights

NETWORK = "frepo-convnet:width=16,depth=2"
TRAINING = Training(epochs=200, optimiser="adam", rate=3e-3, weight_decay=0.0, schedule="cosine", loss="squared")
EXAM = Exam("short", 1, "200 epochs", TRAINING, networks=(NETWORK,))


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


@pytest.mark.slow
def test_a_short_run_beats_random_images_with_their_vectors(tmp_path: Path) -> None:
    task = open_task("digits", "unlabelled-images", encoder=MODEL, encoder_weights=str(weights()), encoder_size=32)
    above, terms = gain("krr-st", task, {"network": NETWORK, "steps": 300, "objective.examples": 200}, 10, EXAM)
    assert above > 0.05
    assert sum(terms[-10:]) < 0.7 * sum(terms[:10])
