"""EL2N against NumPy, under the network of the last epoch."""

from __future__ import annotations

import numpy as np
import torch
from scipy.special import softmax

from condenset.core.rng import Rng
from condenset.starts.el2n import START, el2n
from tests.conftest import close
from tests.examples import blobs, line


def test_it_is_the_length_of_the_error_vector_after_the_last_epoch() -> None:
    task = blobs()
    networks = [task.network("mlp:width=5,depth=1", Rng(seed)) for seed in range(3)]
    found = el2n(iter(networks), task.train.batch, task)
    probabilities = softmax(networks[-1](task.train.batch.inputs).logits.detach().double().numpy(), axis=1)
    error = np.linalg.norm(probabilities - np.eye(3)[task.train.batch.targets.numpy()], axis=1)
    close(found, torch.from_numpy(error), 1e-5)


def test_examples_that_a_trained_network_gets_right_score_lower() -> None:
    task = blobs(spread=2.5)
    chosen = torch.arange(len(task.train.batch))
    scores = START.scores(task, chosen, Rng(0))
    centres = torch.stack([task.train.batch.inputs[task.train.members(group)].mean(0) for group in range(3)])
    right = torch.cdist(task.train.batch.inputs, centres).argmin(1) == task.train.batch.targets
    assert 3 < int((~right).sum()) < 40
    assert scores[right].mean() < 0.6 * scores[~right].mean()


def test_a_number_scores_by_how_far_it_is_off() -> None:
    task = line()
    network = task.network("mlp:width=5,depth=1", Rng(0))
    off = (network(task.train.batch.inputs).logits - task.train.batch.targets).abs()[:, 0]
    order = el2n(iter([network]), task.train.batch, task).argsort()
    assert torch.equal(order, off.argsort())
