"""TextCNN: filters of three lengths over the words, the greatest value over time; vectors are nothing to it."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from condenset.core.rng import Rng
from condenset.core.texts import Texts
from condenset.nets.stacked import stacked
from tests.examples import normal
from tests.networks import drawn


def texts(*rows: list[int]) -> Texts:
    words = torch.nn.utils.rnn.pad_sequence([torch.tensor(row, dtype=torch.int32) for row in rows], batch_first=True)
    return Texts(normal(len(rows), 4), words, torch.zeros(len(rows), 1, dtype=torch.uint8))


def test_it_is_what_a_loop_over_windows_computes() -> None:
    network = drawn("textcnn:width=2,size=3", (4,), 2, Rng(0))
    values = network.parameters
    embedded = torch.stack([values["embedding.weight"][word] for word in (5, 9, 2, 7, 3, 8)])
    features = []
    for number, width in enumerate((3, 4, 5)):
        weight, bias = (values[f"convolutions.{number}.{name}"] for name in ("weight", "bias"))
        windows = [embedded[at : at + width].T for at in range(7 - width)]
        features.append(torch.stack([F.relu((weight * window).sum((1, 2)) + bias) for window in windows]).amax(0))
    embedding = torch.cat(features)
    found = network(texts([5, 9, 2, 7, 3, 8]))
    torch.testing.assert_close(found.embedding[0], embedding, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(
        found.logits[0], values["classifier.weight"] @ embedding + values["classifier.bias"], rtol=1e-5, atol=1e-6
    )


def test_the_order_of_words_counts_and_short_and_empty_texts_are_read() -> None:
    network = drawn("textcnn:width=4,size=8", (4,), 2, Rng(0))
    assert not torch.allclose(network(texts([2, 3, 4, 5, 6])).logits, network(texts([6, 5, 4, 3, 2])).logits)
    for few in (texts([2]), Texts.of_vectors(normal(1, 4), (4,))):
        assert torch.isfinite(network(few).logits).all()


def test_stacked_networks_compute_the_same() -> None:
    networks = [drawn("textcnn:width=4,size=8", (4,), 2, Rng(seed)) for seed in (0, 1)]
    rows = texts([2, 3, 4, 5, 6, 7], [9, 8])
    both = Texts(*(torch.stack([part, part]) for part in (rows.vector, rows.words, rows.letters)))
    logits = stacked(networks)(both).logits
    for network, own in zip(networks, logits, strict=True):
        torch.testing.assert_close(network(rows).logits, own, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["textcnn:width=4,size=8", "bilstm:width=4,size=8"])
def test_words_that_weigh_one_are_read_as_the_words_and_gradients_reach_the_weights(name: str) -> None:
    network, hard = drawn(name, (4,), 2, Rng(0)), texts([2, 3, 4, 5, 6], [9, 8])
    weights = F.one_hot(hard.words.long(), 10).float() * (hard.words > 0)[..., None]
    soft = Texts(hard.vector, weights.requires_grad_(), hard.letters)
    torch.testing.assert_close(network(soft).logits, network(hard).logits)
    network(soft).logits.sum().backward()
    assert weights.grad is not None and bool((weights.grad[0].abs().amax(1) > 0).any())
