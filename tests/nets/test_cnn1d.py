"""The 1D CNN: its first block by hand, what shifting does, ragged series, stacks, and learning waves apart."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from condenset.core.ragged import Ragged
from condenset.core.rng import Rng
from condenset.learners.sgd import NetworkTraining
from condenset.learners.training import Training
from condenset.nets.stacked import stacked
from tests.conftest import close
from tests.examples import normal
from tests.networks import drawn
from tests.tasks.labelled_series import example


def test_a_block_is_convolution_norm_and_relu_and_segments_are_read() -> None:
    network = drawn("cnn1d:width=4,depth=1,kernel=3", (2, 8), 3, Rng(0))
    inputs, values = normal(5, 2, 8), network.parameters
    maps = F.conv1d(inputs, values["blocks.convolutions.0.weight"], values["blocks.convolutions.0.bias"], padding=1)
    maps = F.relu(F.layer_norm(maps, [4, 8]))
    embedding = maps.unflatten(2, (4, 2)).mean(3).flatten(1)
    found = network(inputs)
    close(found.layers[0], maps, 1e-5)
    close(found.embedding, embedding, 1e-5)
    close(found.logits, F.linear(embedding, values["classifier.weight"], values["classifier.bias"]), 1e-5)


def test_pooling_halves_the_time_between_blocks() -> None:
    output = drawn("cnn1d", (1, 40), 2, Rng(0))(normal(3, 1, 40))
    assert [tuple(layer.shape) for layer in output.layers] == [(3, 32, 40), (3, 32, 20), (3, 32, 10)]
    assert output.embedding.shape == (3, 128)
    assert torch.isfinite(drawn("cnn1d", (1, 1), 2, Rng(0))(normal(3, 1, 1)).logits).all()


def test_stacked_networks_compute_the_same_on_ragged_series() -> None:
    networks = [drawn("cnn1d:width=4", (2, 16), 3, Rng(seed)) for seed in (0, 1)]
    series = Ragged(torch.zeros(3, 2, 16), torch.tensor([16, 9, 4])).changed(normal(3, 2, 16))
    both = Ragged(torch.stack([series.values] * 2), torch.stack([series.steps] * 2))
    for network, own in zip(networks, stacked(networks)(both).logits, strict=True):
        torch.testing.assert_close(network(series).logits, own, rtol=1e-4, atol=1e-5)


def test_it_tells_waves_apart() -> None:
    task = example.task()
    learner = NetworkTraining("cnn1d:width=8", Training(epochs=20, optimiser="adam", rate=0.01))
    model = learner.fit(task.train.all(), task, Rng(0))
    assert task.grade(model, Rng(0))["accuracy"] > 0.9
