"""The probe: a drawn linear classifier on the encoder's vectors, and nothing of the encoder is a parameter."""

from __future__ import annotations

import pickle

import pytest
import torch

from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.nets.encoder_weights import keep_encoder
from condenset.nets.frozen_encoder import frozen_encoder
from condenset.nets.stacked import stackable
from tests.examples import normal
from tests.networks import drawn
from tests.tasks.pictures.encoders import MODEL, weights


def test_it_is_a_linear_classifier_on_the_vectors() -> None:
    address = keep_encoder(MODEL, weights()).address
    network, images = drawn(f"probe:encoder={address},size=32", (3, 8, 8), 4, Rng(0)), normal(5, 3, 8, 8)
    vectors, weight = frozen_encoder(address, 32)(images), network.parameters["head.weight"]
    output = network(images)
    assert set(network.parameters) == {"head.weight", "head.bias"} and not network.buffers
    torch.testing.assert_close(output.logits, vectors @ weight.T)
    assert torch.equal(output.embedding, vectors)
    assert abs(weight.std().item() - 0.01) < 0.001
    sent = pickle.loads(pickle.dumps(network))
    assert torch.equal(sent(images).logits, output.logits)
    assert not stackable([network, network])


def test_it_needs_an_encoder_that_is_kept() -> None:
    with pytest.raises(RequestError, match="says no encoder: write probe:encoder="):
        drawn("probe", (3, 8, 8), 4, Rng(0))
    with pytest.raises(RequestError, match="not kept here"):
        drawn("probe:encoder=test_resnet-0000", (3, 8, 8), 4, Rng(0))
